"""What names a statement mentions, and which of them it changes."""

import re

_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')


def words_of(text):
    """All names that a text mentions, in lower case: a message may leave a name's quotes out."""
    return {(quoted.replace('""', '"') or word).lower() for quoted, word in _WORD.findall(text)}


def last_name(text):
    """The last name that a text mentions, as a set: of a qualified one, the object's own."""
    found = _WORD.findall(text)
    return words_of('"' + found[-1][0] + '"' if found[-1][0] else found[-1][1]) if found else set()


_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$]+))*'
_KIND = (r"(?:materialized\s+view|foreign\s+table|event\s+trigger|table|view|index|sequence|type|domain|function|procedure|routine|aggregate|"
         r"trigger|policy|rule|schema|constraint|column|role)")
_CHANGED = tuple(re.compile(r"(?is)^\s*" + pattern) for pattern in (
    rf"(?:create|alter|comment\s+on|drop)\s+(?:or\s+replace\s+)?(?:(?:unlogged|temp|temporary|unique|recursive|constraint)\s+)*{_KIND}\s+"
    rf"(?:concurrently\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?!on\s)(?P<names>{_NAME})(?P<rest>.*)",
    rf"create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?P<rest>on\s.*)",
    rf"(?:insert\s+into|update|delete\s+from|truncate|copy|refresh\s+materialized\s+view)\s+(?:table\s+)?(?:only\s+)?(?P<names>{_NAME})(?P<rest>)",
))
# What changes more than it names first.
_FAR = re.compile(r"(?is)\bcascade\b|^\s*drop\b.*,|^\s*truncate\b.*,|^\s*(?:create|alter|drop)\s+(?:schema|role)\b")


def changed_by(text):
    """The names of what a statement changes: all that it mentions, where that cannot be told."""
    text = re.sub(r"^(?:\s*--[^\n]*\n)+", "", text)
    found = next(filter(None, (pattern.match(text) for pattern in _CHANGED)), None)
    if found is None or _FAR.search(text):
        return words_of(text)
    name = found.groupdict().get("names") or ""
    if re.match(r"(?i)\s*comment\s+on\s+column\b", text):
        return words_of(name)
    changed = last_name(name)
    rest = found["rest"]
    if re.match(rf"(?is)\s*(?:create|alter|drop|comment\s+on)\b(?:\s+\w+){{0,2}}?\s+(?:index|trigger|policy|rule|constraint)\b", text):
        # What it hangs on, with `ON INSERT TO t` of a rule.
        for name in re.findall(rf"(?is)\b(?:on|to)\s+(?:only\s+)?({_NAME})", rest)[:2]:
            changed |= last_name(name)
    renamed = re.search(rf"(?is)\brename\s+to\s+({_NAME})", rest)
    return changed | (last_name(renamed[1]) if renamed else set())
