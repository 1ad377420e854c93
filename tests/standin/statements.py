"""SQL text to statements and tokens: enough lexing to intercept safely, no grammar."""

import bisect
import re

# What can hide a semicolon, plus the semicolon itself.
_SPLIT = re.compile(r"""
    --[^\n]*
  | /\*
  | (?<![\w$])[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'
  | '[^']*(?:''[^']*)*'
  | "[^"]*(?:""[^"]*)*"
  | (?<![\w$])\$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w]*)?\$
  | ;
""", re.X | re.S)

_TOKEN = re.compile(r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<block>/\*)
  | (?P<string>[eE]'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'|(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*')
  | (?P<ident>(?:[uU]&)?"[^"]*(?:""[^"]*)*")
  | (?P<dollar>\$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w]*)?\$)
  | (?P<param>\$\d+)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
  | (?P<op>:::?|[-+*/<>=~!@\#%^&|`?]+|.)
""", re.X | re.S)

_ATOMIC = re.compile(r"\s*create\s+(or\s+replace\s+)?(function|procedure)\b.*\bbegin\s+atomic\b",
                     re.I | re.S)


def _block_comment_end(sql, start):
    """Position after the (nesting) comment opened at `start`."""
    depth, position = 0, start
    for match in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if match.group() == "/*" else -1
        position = match.end()
        if depth == 0:
            return position
    return len(sql)


def _dollar_end(sql, match):
    """Position after the dollar-quoted string whose opening tag `match` found."""
    end = sql.find(match.group(), match.end())
    return len(sql) if end < 0 else end + len(match.group())


def split(sql):
    """The statements of a simple query, without semicolons; empty ones are left out."""
    parts, start, position = [], 0, 0
    while True:
        match = _SPLIT.search(sql, position)
        if match is None:
            parts.append(sql[start:])
            break
        found, position = match.group(), match.end()
        if found == "/*":
            position = _block_comment_end(sql, match.start())
        elif found[0] == "$":
            position = _dollar_end(sql, match)
        elif found == ";":
            segment = sql[start:match.start()]
            if _ATOMIC.match(segment) and not re.search(r"\bend\s*$", segment, re.I):
                continue
            parts.append(segment)
            start = position
    return [part.strip() for part in parts if _has_tokens(part)]


def _has_tokens(text):
    """False for a text of blanks and comments."""
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match.lastgroup not in ("space", "block"):
            return True
        position = match.end() if match.lastgroup == "space" else _block_comment_end(text, position)
    return False


class Token:
    """One token: kind (word, ident, string, dollar, param, number, op), text, where."""

    __slots__ = ("kind", "text", "start", "end")

    def __init__(self, kind, text, start):
        self.kind, self.text, self.start, self.end = kind, text, start, start + len(text)

    @property
    def low(self):
        """Lower-case text of a word or operator; quoted things never equal a keyword."""
        return self.text.lower() if self.kind != "ident" else self.text

    @property
    def shown(self):
        """As CockroachDB names it in `at or near`."""
        if self.kind == "ident":
            return self.text[1:-1].replace('""', '"')
        if self.kind == "string":
            return literal_value(self)
        return self.text.lower()

    def normal(self):
        """One space-free word for Statement.normal."""
        if self.kind == "string":
            return "'?'"
        if self.kind == "dollar":
            return "$?$"
        if self.kind == "ident":
            return re.sub(r"\s", "_", self.text)
        return self.text.lower()


def tokenize(sql):
    tokens, position = [], 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        kind, position = match.lastgroup, match.end()
        if kind == "tag":
            kind = "dollar"
        if kind == "space":
            continue
        if kind == "block":
            position = _block_comment_end(sql, match.start())
            continue
        if kind == "dollar":
            position = _dollar_end(sql, match)
        tokens.append(Token(kind, sql[match.start():position], match.start()))
    return tokens


def literal_value(token):
    """The value of a string token ('...' or E'...')."""
    text = token.text
    if text[0] in "eE":
        escapes = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
        body = text[2:-1].replace("''", "'")

        def unescape(match):
            return escapes.get(match[1], match[1])
        return re.sub(r"\\(.)", unescape, body, flags=re.S)
    return text[text.index("'") + 1:-1].replace("''", "'")


def quote_literal(text):
    if "\\" in text:
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + text.replace("'", "''") + "'"


def quote_ident(name):
    return '"' + name.replace('"', '""') + '"'


def ident_value(token):
    """The name an identifier token stands for."""
    return token.shown if token.kind == "ident" else token.text.lower()


class Statement:
    """One statement: its text, tokens and a normal form for regular expressions.

    `normal` is the tokens joined by single spaces, words in lower case, strings as '?',
    dollar-quoted strings as $?$; so `CREATE TABLE a.b (c Int)` is
    `create table a . b ( c int )`.
    """

    def __init__(self, text):
        self.text = text
        self.tokens = tokenize(text)
        self._starts, parts, offset = [], [], 0
        for token in self.tokens:
            part = token.normal()
            self._starts.append(offset)
            parts.append(part)
            offset += len(part) + 1
        self.normal = " ".join(parts)

    def token_at(self, offset):
        """The token at an offset of `normal`, None at its end."""
        if offset >= len(self.normal):
            return None
        return self.tokens[bisect.bisect_right(self._starts, offset) - 1]

    def closing(self, opening):
        """Index of the bracket that closes the one at token index `opening`."""
        depth = 0
        for index in range(opening, len(self.tokens)):
            text = self.tokens[index].text
            if text in "([":
                depth += 1
            elif text in ")]":
                depth -= 1
                if depth == 0:
                    return index
        return len(self.tokens) - 1

    def name_at(self, index):
        """A possibly qualified name at token index: (list of its tokens' values, next index)."""
        parts = []
        while index < len(self.tokens) and self.tokens[index].kind in ("word", "ident"):
            parts.append(ident_value(self.tokens[index]))
            index += 1
            if index < len(self.tokens) and self.tokens[index].text == ".":
                index += 1
            else:
                break
        return parts, index
