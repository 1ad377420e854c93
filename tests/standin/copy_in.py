"""COPY ... FROM STDIN as CockroachDB reads it.

CSV goes to PostgreSQL untouched.  In text format CockroachDB takes some types' fields
without decoding the backslash escapes, and stores a bytea field's decoded bytes as they
are; TextTraps turns each line into one that makes PostgreSQL store the same thing.
"""

import re
from dataclasses import dataclass

from statements import ident_value, literal_value, quote_ident, quote_literal

# attname, trap ('bytea', 'raw' or ''), identity and generated flags of a table's columns.
_COLUMNS = """SELECT a.attname, CASE
  WHEN a.atttypid = 'bytea'::regtype THEN 'bytea'
  WHEN a.atttypid IN ('json'::regtype, 'jsonb'::regtype, 'tsvector'::regtype,
                      'tsquery'::regtype, 'pg_catalog.citext'::regtype)
    OR t.typtype IN ('e', 'c') OR a.attcollation NOT IN (0, t.typcollation) THEN 'raw'
  ELSE '' END, a.attidentity, a.attgenerated
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = {}::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""

_SIMPLE = {"b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.S)


@dataclass
class CopyIn:
    """A parsed COPY ... FROM STDIN."""

    table: str
    columns: list
    format: str
    delimiter: str


def parse_copy(statement):
    """CopyIn, or None when the statement is something else."""
    if not re.match(r"^copy (?!\()", statement.normal) or \
            not re.search(r" from stdin\b", statement.normal):
        return None
    tokens = statement.tokens
    name, index = statement.name_at(1)
    columns = []
    if tokens[index].text == "(":
        end = statement.closing(index)
        columns = [ident_value(token) for token in tokens[index + 1:end] if token.text != ","]
        index = end + 1
    form = "text"
    if re.search(r" from stdin .*\bcsv\b", statement.normal):
        form = "csv"
    elif re.search(r" from stdin .*\bbinary\b", statement.normal):
        form = "binary"
    delimiter = "," if form == "csv" else "\t"
    for index in range(index, len(tokens) - 1):
        if tokens[index].low == "delimiter":
            value = tokens[index + 2 if tokens[index + 1].low == "as" else index + 1]
            if value.kind == "string":
                delimiter = literal_value(value)
    return CopyIn(".".join(quote_ident(part) for part in name[-2:]), columns, form, delimiter)


def table_columns(client, table):
    """Rows (name, trap, identity, generated) of a table's columns, in order."""
    return client.rows(_COLUMNS.format(quote_literal(table)))


def write_refusal(columns):
    """ErrorResponse fields when one of the columns written to may not be, else None."""
    for name, _, identity, generated in columns:
        if identity == "a":
            return {"C": "428C9", "M": f'cannot insert into column "{name}"',
                    "D": f'Column "{name}" is an identity column defined as GENERATED ALWAYS'}
        if generated:
            return {"C": "55000", "M": f'cannot write directly to computed column "{name}"'}
    return None


def taken_in_silence(fields, imported):
    """Whether PostgreSQL's error is of a value that CockroachDB takes, and cuts or keeps as it is.

    Both ways: character varying(n), bit varying(n) and "char" are cut, numeric(p, s) is not checked;
    IMPORT INTO does not look at UTF-8 either (05_copy, 11, 12, 16).
    """
    state, text = fields.get("C"), fields.get("M", "")
    return state == "22001" or (state == "22003" and text == "numeric field overflow") or (imported and state == "22021")


def decode_escapes(field):
    """A text-format field's bytes after COPY's own unescaping."""
    def one(match):
        escape = match[1]
        if escape[:1] == b"x" and len(escape) > 1:
            return bytes([int(escape[1:], 16)])
        if escape.isdigit() and escape[0] in b"01234567":
            return bytes([int(escape, 8) & 255])
        simple = _SIMPLE.get(escape.decode("latin-1"))
        return escape if simple is None else bytes([simple])
    return _ESCAPE.sub(one, field) if b"\\" in field else field


class TextTraps:
    """Rewrites a stream of text-format lines; feed() may be given any cuts of it."""

    def __init__(self, traps, delimiter):
        self.traps = [(index, trap) for index, trap in enumerate(traps) if trap]
        self.delimiter = delimiter.encode()
        self.rest = b""

    def feed(self, data):
        data = self.rest + data
        end = data.rfind(b"\n") + 1
        self.rest = data[end:]
        return b"".join(self._line(line) for line in data[:end].splitlines(True))

    def finish(self):
        rest, self.rest = self.rest, b""
        return self._line(rest) if rest else b""

    def _line(self, line):
        if line.startswith(b"\\."):
            return line
        body = line.rstrip(b"\r\n")
        fields = body.split(self.delimiter)
        for index, trap in self.traps:
            if index < len(fields) and fields[index] != b"\\N":
                if trap == "bytea":
                    fields[index] = b"\\\\x" + decode_escapes(fields[index]).hex().encode()
                else:
                    fields[index] = fields[index].replace(b"\\", b"\\\\")
        return self.delimiter.join(fields) + line[len(body):]
