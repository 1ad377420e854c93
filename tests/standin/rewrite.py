"""CockroachDB's SQL to PostgreSQL's: the same meaning in words the backing server knows.

rewrite() edits the text by token, so literals and comments stay untouched.
"""

import re
from dataclasses import dataclass, field

from statements import ident_value, quote_ident

_SERIALS = {"serial", "serial2", "serial4", "serial8", "bigserial", "smallserial"}
_WORDS = {"string": "text", "bytes": "bytea", "blob": "bytea", "int64": "int8", "json": "jsonb"}
_NOT_BEFORE_TYPE = {"select", "where", "and", "or", "by", "on", "set", "from", "join", "into",
                    "update", "table", "when", "then", "else", "case", "not", "in", "distinct",
                    "constraint", "key", "index", "exists", "to", "is", "like", "as", "language",
                    "returning", "having", "using", "limit", "primary", "references", "schema"}
_ELEMENT_KEYWORDS = {"constraint", "check", "unique", "primary", "foreign", "exclude", "like",
                     "index", "inverted", "family", "vector"}
_MODIFIED = {"geometry", "geography", "vector"}


@dataclass
class Rewritten:
    """What to run instead: `sql`, then `after` in the same implicit transaction."""

    sql: str
    after: list = field(default_factory=list)
    notices: list = field(default_factory=list)


class _Edits:
    """Replacements of token ranges, applied once at the end."""

    def __init__(self, statement):
        self.statement = statement
        self.edits = {}
        self.dropped = set()

    def replace(self, first, last, text):
        """Tokens first..last (inclusive) become `text`."""
        if self.dropped.isdisjoint(range(first, last + 1)):
            self.edits[first] = (last, text)
            self.dropped.update(range(first, last + 1))

    def drop(self, first, last):
        self.replace(first, last, "")

    def text(self, first=0, last=None):
        """The edited text of tokens first..last."""
        tokens, source = self.statement.tokens, self.statement.text
        last = len(tokens) - 1 if last is None else last
        parts, index, position = [], first, tokens[first].start if tokens else 0
        while index <= last:
            if index in self.edits:
                end, text = self.edits[index]
                parts.append(source[position:tokens[index].start] + text)
                position, index = tokens[end].end, end + 1
            else:
                index += 1
        parts.append(source[position:tokens[last].end])
        return "".join(parts)


def rewrite(statement, int_size=8, serials_are_rowids=True):
    """Rewritten for one statement.

    int_size: value of default_int_size; serials_are_rowids: serial_normalization = rowid.
    """
    normal = statement.normal
    edits = _Edits(statement)
    result = Rewritten(statement.text)
    if limited := re.match(r"(?is)delete from (\S+) where true limit (\d+) returning 1$", statement.text):
        return Rewritten("DELETE FROM {0} WHERE ctid IN (SELECT ctid FROM {0} LIMIT {1}) RETURNING 1".format(*limited.groups()))
    if normal.startswith("create database "):
        return _create_database(statement)
    if normal.startswith("drop database "):
        sql = re.sub(r"(?i)\s+(cascade|restrict)\s*$", "", statement.text)
        return Rewritten(sql + " WITH (FORCE)")
    if normal.startswith(("alter table", "create table", "create unlogged", "create temp")):
        _table_options(edits, result)
    is_ddl = normal.startswith(("create", "alter"))
    if normal.startswith(("create table", "create unlogged", "create temp")):
        _create_table(edits, result)
    if is_ddl:
        _strip_everywhere(edits)
        _serials(edits, result, int_size, serials_are_rowids)
    if re.match(r"create (?:unique |inverted |vector )*index", normal):
        _create_index(edits, result)
    _types(edits, int_size)
    _as_of(edits)
    result.sql = edits.text() if statement.tokens else statement.text
    return result


def _create_database(statement):
    """Only the name is kept: encodings, locales and templates are the backing server's."""
    index = 2
    while statement.tokens[index].low in ("if", "not", "exists"):
        index += 1
    name = quote_ident(ident_value(statement.tokens[index]))
    return Rewritten(f"CREATE DATABASE {name}")


def _table_options(edits, result):
    """Trailing WITH (...) of CREATE TABLE and ALTER TABLE SET (...)."""
    statement = edits.statement
    tokens = statement.tokens
    for index in range(len(tokens) - 1):
        if tokens[index].low in ("with", "set", "reset") and tokens[index + 1].text == "(":
            end = statement.closing(index + 1)
            if statement.normal.startswith("create") and end != len(tokens) - 1:
                continue
            inner = " ".join(token.normal() for token in tokens[index + 2:end])
            if not re.match(r"(?:schema_locked|ttl\w*|fillfactor|autovacuum\w*|exclude_data\w*|"
                            r"sql_stats\w*|infer_rbr\w*)\b", inner):
                continue
            for name in re.findall(r"\b(fillfactor|autovacuum_\w+)\b", inner):
                shown = name
                if not statement.normal.startswith("create"):
                    shown = " ".join(t.text.strip("'") for t in tokens[index + 2:end])
                result.notices.append(f'storage parameter "{shown}" is ignored')
            # ALTER TABLE needs some action in place of the dropped one.
            edits.replace(index, end, "" if statement.normal.startswith("create")
                          else "SET (fillfactor = 100)")


def _create_table(edits, result):
    statement = edits.statement
    tokens = statement.tokens
    start = next(i for i, token in enumerate(tokens) if token.low == "table") + 1
    while tokens[start].low in ("if", "not", "exists"):
        start += 1
    name, opening = statement.name_at(start)
    if statement.normal.startswith("create unlogged"):
        edits.drop(1, 1)
        result.notices.append("UNLOGGED TABLE will behave as a regular table in CockroachDB")
    if opening >= len(tokens) or tokens[opening].text != "(":
        return
    closing = statement.closing(opening)
    for index in range(closing + 1, len(tokens)):
        # CockroachDB's own partitions, locality: storage details.
        if tokens[index].low in ("partition", "locality"):
            edits.drop(index, len(tokens) - 1)
            break
    table = ".".join(quote_ident(part) for part in name)
    elements = _elements(statement, opening, closing)
    columns = [ident_value(tokens[first]) for first, _ in elements
               if tokens[first].low not in _ELEMENT_KEYWORDS]
    used, kept = set(), 0
    for first, last in elements:
        words = [token.low for token in tokens[first:first + 3]]
        if _is_index_element(words, tokens, first):
            result.after.append(_index_element(edits, first, last, table))
            _drop_element(edits, first, last, opening, closing)
        elif words[0] == "family" and _is_family(tokens, first):
            _drop_element(edits, first, last, opening, closing)
        else:
            kept += 1
            _table_element(edits, first, last, columns, used)
    if elements and not kept:
        raise ValueError("a table needs a column")


def _elements(statement, opening, closing):
    """(first, last) token indexes of the comma-separated elements between two brackets."""
    found, first, depth = [], opening + 1, 0
    for index in range(opening + 1, closing + 1):
        text = statement.tokens[index].text
        if text in "([":
            depth += 1
        elif text in ")]" and index != closing:
            depth -= 1
        if (text == "," and depth == 0) or index == closing:
            if index > first:
                found.append((first, index - 1))
            first = index + 1
    return found


def _is_index_element(words, tokens, first):
    if words[0] in ("inverted", "vector") and words[1] == "index":
        return True
    if words[:2] == ["unique", "index"]:
        return True
    # A column may be named index: then a type follows instead of a list.
    return words[0] == "index" and (words[1] == "(" or (
        tokens[first + 2].text == "("
        and words[1] not in ("varchar", "character", "numeric", "decimal", "char", "timestamp",
                             "time", "bit", "text", "interval", "timestamptz")))


def _is_family(tokens, first):
    return tokens[first + 1].text == "(" or tokens[first + 2].text == "("


def _drop_element(edits, first, last, opening, closing):
    """Drops an element and one comma next to it."""
    if last + 1 < closing:
        edits.drop(first, last + 1)
    elif first - 1 > opening:
        edits.drop(first - 1, last)


def _index_element(edits, first, last, table):
    """CREATE INDEX text for an INDEX element of CREATE TABLE."""
    tokens = edits.statement.tokens
    words = [token.low for token in tokens[first:last + 1]]
    kind = "UNIQUE " if words[0] == "unique" else ""
    inverted = words[0] == "inverted"
    index = first + words.index("index") + 1
    name = ""
    if tokens[index].text != "(":
        name, index = tokens[index].text, index + 1
    text = edits.statement.text[tokens[index].start:tokens[last].end]
    text = re.sub(r"(?i)\bstoring\b", "INCLUDE", text)
    text = re.sub(r"(?i)\busing\s+hash\b(\s*with\s*\([^)]*\))?|\bnot\s+visible\b", "", text)
    return (f"CREATE {kind}INDEX {name} ON {table} "
            f"{'USING gin ' if inverted else ''}{text}")


def _table_element(edits, first, last, columns, used):
    """A column or constraint: keeps it, in PostgreSQL's words."""
    statement = edits.statement
    tokens = statement.tokens
    words = [token.low for token in tokens[first:last + 1]]
    is_column = words[0] not in _ELEMENT_KEYWORDS
    references = False
    depth = 0
    for index in range(first, last + 1):
        token = tokens[index]
        if token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth -= 1
        elif depth:
            continue
        elif token.low == "references":
            references = True
        elif token.low == "check" and tokens[index + 1].text == "(":
            if not (index - 2 >= first and tokens[index - 2].low == "constraint"):
                name = _check_name(statement, index + 1, columns, used)
                edits.replace(index, index, f"CONSTRAINT {quote_ident(name)} CHECK")
        elif is_column and token.low == "as" and tokens[index + 1].text == "(" \
                and tokens[index - 1].low != "always":
            edits.replace(index, index, "GENERATED ALWAYS AS")
        elif token.low == "virtual" and index > first and tokens[index - 1].text == ")":
            edits.replace(index, index, "STORED")
        elif is_column and not references and token.low == "on" \
                and tokens[index + 1].low == "update":
            end = index + 2
            if end + 1 <= last and tokens[end + 1].text == "(":
                end = statement.closing(end + 1)
            edits.drop(index, end)
        elif not is_column and token.low in ("key", "unique") and index + 1 <= last \
                and tokens[index + 1].text == "(":
            for inner in range(index + 2, statement.closing(index + 1)):
                if tokens[inner].low in ("asc", "desc"):
                    edits.drop(inner, inner)


def _check_name(statement, opening, columns, used):
    """check_<columns of the expression>, as CockroachDB names an unnamed CHECK."""
    seen = []
    for token in statement.tokens[opening:statement.closing(opening) + 1]:
        if token.kind in ("word", "ident"):
            value = ident_value(token)
            if value in columns and value not in seen:
                seen.append(value)
    base = name = "_".join(["check", *seen])
    number = 0
    while name in used:
        number += 1
        name = f"{base}{number}"
    used.add(name)
    return name


def _strip_everywhere(edits):
    """Words without a counterpart: hash sharding, visibility, typed casts, STORING."""
    statement = edits.statement
    tokens = statement.tokens
    for index, token in enumerate(tokens):
        following = tokens[index + 1].low if index + 1 < len(tokens) else ""
        if token.low == "using" and following == "hash" and (
                tokens[index - 1].text == ")" or tokens[index - 1].low == "key"):
            end = index + 1
            if end + 2 < len(tokens) and tokens[end + 1].low == "with" \
                    and tokens[end + 2].text == "(":
                end = statement.closing(end + 2)
            edits.drop(index, end)
        elif token.low == "not" and following == "visible":
            edits.drop(index, index + 1)
        elif token.low == "storing" and following == "(":
            edits.replace(index, index, "INCLUDE")
        elif token.text == ":::":
            edits.replace(index, index, "::")
        elif token.kind == "word" and token.low in _MODIFIED:
            first = index
            if index > 1 and tokens[index - 1].text == "." and tokens[index - 2].low == "public":
                first = index - 2
            end = statement.closing(index + 1) if following == "(" else index
            if (first, end) != (index, index) and tokens[first - 1].text != "(":
                edits.replace(first, end, token.low)


def _serials(edits, result, int_size, serials_are_rowids):
    if not serials_are_rowids:
        return
    tokens = edits.statement.tokens
    for index, token in enumerate(tokens):
        if token.kind == "word" and token.low in _SERIALS and index \
                and tokens[index - 1].kind in ("word", "ident") \
                and tokens[index - 1].low not in _NOT_BEFORE_TYPE:
            edits.replace(index, index, "int8 DEFAULT unique_rowid() NOT NULL")
            if token.low in ("smallserial", "serial2") or (
                    int_size == 4 and token.low in ("serial", "serial4")):
                result.notices.append(
                    f"upgrading the column {ident_value(tokens[index - 1])} to INT8 to utilize "
                    "the session serial_normalization setting")


def _create_index(edits, result):
    statement = edits.statement
    tokens = statement.tokens
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.low == "concurrently":
            edits.drop(index, index)
            result.notices.append(
                "CONCURRENTLY is not required as all indexes are created concurrently")
        elif token.low == "using" and following is not None \
                and following.low in ("hnsw", "cspann"):
            # The stand-in's vectors are text: an ordinary index keeps the name alive.
            edits.replace(index + 1, index + 1, "btree")
        elif token.low in ("vector_l2_ops", "vector_ip_ops", "vector_cosine_ops", "array_ops"):
            edits.drop(index, index)
        elif token.low in ("inverted", "vector") and index < 3 and following.low == "index":
            edits.drop(index, index)
        elif token.low == "with" and following is not None and following.text == "(":
            end = statement.closing(index + 1)
            if any(t.low == "fillfactor" for t in tokens[index:end]):
                edits.drop(index, end)
                result.notices.append('storage parameter "fillfactor" is ignored')
    unnamed = re.match(r"create unique index on (?:\S+ \. )?(\S+) (?:using btree )?"
                       r"\( ([a-z_]\w*(?: , [a-z_]\w*)*) \)", statement.normal)
    if unnamed:
        name = "_".join([unnamed[1].strip('"'), *unnamed[2].split(" , "), "key"])
        edits.replace(2, 2, f"INDEX {quote_ident(name)}")
    if statement.normal.startswith("create inverted"):
        opening = next(i for i, token in enumerate(tokens) if token.text == "(")
        edits.replace(opening, opening, "USING gin (")


def _types(edits, int_size):
    tokens = edits.statement.tokens
    for index, token in enumerate(tokens):
        if token.kind != "word":
            continue
        low = token.low
        if low not in _WORDS and low not in ("int", "integer"):
            continue
        before = tokens[index - 1] if index else None
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if before is None or before.text == "." or after in (".", "("):
            continue
        if low in ("int", "integer"):
            if int_size == 8 and (before.kind in ("word", "ident") or before.text in
                                  ("::", ":::", "(", ",")):
                edits.replace(index, index, "int8")
        elif before.text in ("::", ":::") or (before.kind in ("word", "ident")
                                              and before.low not in _NOT_BEFORE_TYPE):
            edits.replace(index, index, _WORDS[low])


def _as_of(edits):
    """AS OF SYSTEM TIME <expression>: the present will do."""
    statement = edits.statement
    tokens = statement.tokens
    for index in range(len(tokens) - 4):
        if [t.low for t in tokens[index:index + 4]] == ["as", "of", "system", "time"]:
            end = index + 4
            if end + 1 < len(tokens) and tokens[end + 1].text == "(":
                end = statement.closing(end + 1)
            elif tokens[end].text == "-" and end + 1 < len(tokens):
                end += 1
            edits.drop(index, end)
