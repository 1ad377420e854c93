"""An example of each rule: a statement of the passes' cases that it is reported of, which test_golden compiles."""

import re

from _command_line import SOURCE

# What a `;` does not end a statement in.
INSIDE = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | \$(\w*)\$.*?\$\1\$ | \bBEGIN\ ATOMIC\b.*?\bEND(?=\s*;)""",
    re.DOTALL | re.VERBOSE)
END = re.compile(r"\bFROM\s+stdin\b[^;]*;.*?^\\\.$|;", re.DOTALL | re.MULTILINE | re.IGNORECASE)
FINDING = re.compile(r"(error|warning|info) (\S+) (\d+):(\d+) (.*)")
LONGEST = 1500


def statements(sql):
    """Of each the first line, from 1, and the text."""
    found = []
    begin = 0
    outside = INSIDE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), sql)
    for end in [match.end() for match in END.finditer(outside)]:
        text = sql[begin:end]
        found.append((sql.count("\n", 0, begin) + text[:len(text) - len(text.lstrip())].count("\n") + 1, text.strip()))
        begin = end
    return found


def examples():
    """By rule: the shortest statement, what is said of it, the case's path, and the case's options."""
    best = {}
    for path in sorted(SOURCE.glob("passes/*/cases/*.test")):
        parts = re.split(r"^----\n", path.read_text(), flags=re.MULTILINE)
        options = "".join(re.findall(r"^-- options: (.*)$", parts[0], re.MULTILINE))
        sql = re.sub(r"\A(?:(?:#|-- options:).*\n)*", "", parts[0])
        if len(parts) < 3:
            continue
        read = statements(sql)
        for level, rule, line, _, message in FINDING.findall(parts[2]):
            text = next((text for first, text in reversed(read) if first <= int(line)), "")
            if text and len(text) <= LONGEST and (rule not in best or len(text) < len(best[rule][0])):
                best[rule] = (text, f"{level}: {message}", path.relative_to(SOURCE), options)
    return best
