"""Makes a failing history small: takes statements out while the failure stays the same."""


def shrink(world, statements, result, sign, trials=120):
    """(statements, Result): as few as `trials` attempts find whose failure still has the sign."""
    size = max(1, len(statements) // 2)
    while trials > 0:
        position, before = 0, len(statements)
        while position < len(statements) and trials > 0:
            fewer = statements[:position] + statements[position + size:]
            trials -= 1
            tried, taken = world.try_history(fewer)
            if tried.outcome == result.outcome and sign in tried.signs:
                # Statements that no longer run without the rest go at the same time.
                statements, result = taken, tried
            else:
                position += size
        if size == 1 and len(statements) == before:
            break
        size = max(1, size // 2)
    return statements, result
