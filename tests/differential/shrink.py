"""Makes a failing history small: takes statements out while the failure stays the same."""

from history_words import Statement


def shrink(world, statements, result, sign, trials=120):
    """(statements, Result): as few as `trials` attempts find whose failure still has the sign."""
    def attempt(fewer):
        """True when they fail alike; they are what is left, then."""
        nonlocal statements, result, trials
        trials -= 1
        tried, taken = world.try_history(fewer)
        if tried.outcome != result.outcome or sign not in tried.signs:
            return False
        # Statements that no longer run without the rest go at the same time.
        statements, result = taken, tried
        return True

    size = max(1, len(statements) // 2)
    while trials > 0:
        position, before = 0, len(statements)
        while position < len(statements) and trials > 0:
            if not attempt(statements[:position] + statements[position + size:]):
                position += size
        if size == 1 and len(statements) == before:
            break
        size = max(1, size // 2)
    position = 0
    while position < len(statements) and trials > 0:
        if not any(trials > 0 and attempt([*statements[:position], part, *statements[position + 1:]])
                   for part in _without_a_part(statements[position])):
            position += 1
    return statements, result


def _without_a_part(statement):
    """A transaction, with one of the statements between its ends left out."""
    parts = statement.sql.split(";\n") if statement.run else []
    for number in range(1, len(parts) - 1):
        yield Statement(";\n".join(parts[:number] + parts[number + 1:]))
