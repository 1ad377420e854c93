"""PostgreSQL's error messages in CockroachDB's words (the ones that were recorded)."""

import json
import re

from statements import quote_ident, quote_literal

_TYPES = {"bigint": "int", "integer": "int4", "smallint": "int2", "double precision": "float",
          "real": "float", "numeric": "decimal", "boolean": "bool",
          "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz"}
_UPPER = {"character varying": "VARCHAR", "character": "CHAR", "bit varying": "VARBIT",
          "bit": "BIT"}


def go_quote(text):
    """A string as Go's %q prints it."""
    return json.dumps(text, ensure_ascii=False)


def parse_failure(type_name, value):
    """CockroachDB's words for a value its type cannot read."""
    kind = _TYPES.get(type_name, type_name)
    text = f"could not parse {go_quote(value)} as type {kind}"
    if kind.startswith("int") and kind != "interval":
        text += f": strconv.ParseInt: parsing {go_quote(value)}: invalid syntax"
    return text


def check_expression(definition):
    """`CHECK ((v > 0))` to `v > 0:::INT8`."""
    inner = re.sub(r"^CHECK \(|\)( NOT VALID)?$", "", definition)
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    inner = inner.strip()
    return re.sub(r"(?<![\w.'\"])(\d+)(?![\w.'\"])", r"\1:::INT8", inner)


def _plain(new, sqlstate=None):
    def change(fields, match, _):
        fields["M"] = match.expand(new)
        if sqlstate:
            fields["C"] = sqlstate
    return change


def _bad_value(fields, match, _):
    if match[1] in ("json", "jsonb"):
        fields["M"] = "could not parse JSON: unable to decode JSON: invalid JSON token"
        fields.pop("D", None)
    else:
        fields["M"] = parse_failure(match[1], match[2])


def _out_of_range(fields, match, look):
    kind = _TYPES.get(match[2], match[2])
    if look.is_copy:
        fields["C"] = "22P02"
        fields["M"] = (f'could not parse "{match[1]}" as type {kind}: strconv.ParseInt: parsing '
                       f'"{match[1]}": value out of range')
    else:
        fields["M"] = f"integer out of range for type {kind}"


def _overflow(fields, _, look):
    found = re.search(r"precision (\d+), scale (\d+) must round to an absolute value less than "
                      r"(\S+?)\.", fields.get("D", ""))
    if found:
        fields["M"] = (f"type DECIMAL({found[1]},{found[2]}): value with precision {found[1]}, "
                       f"scale {found[2]} must round to an absolute value less than {found[3]}")
        fields.pop("D")


def _too_long(fields, match, _):
    fields["M"] = f"value too long for type {_UPPER.get(match[1], match[1])}({match[2]})"


def _bits(fields, match, look):
    literal = re.search(r"[bB]?'([01]+)'", look.text)
    size = f"length {len(literal[1])} " if literal else ""
    fields["M"] = f"bit string {size}too large for type VARBIT({match[1]})"


def _few_fields(fields, match, look):
    expected, found = look.copy_width, re.search(r'line \d+: "(.*)"$', fields.get("W", ""), re.S)
    if expected and found:
        got = len(found[1].split(look.copy_delimiter))
        fields["M"] = f"expected {expected} values, got {got}"


def _null(fields, match, _):
    fields["M"] = f'null value in column "{match[1]}" violates not-null constraint'
    fields.pop("D", None)


def _check(fields, match, look):
    definition = look.constraint(match[1], match[2])
    if definition:
        fields["M"] = f"failed to satisfy CHECK constraint ({check_expression(definition)})"
    fields.pop("D", None)


def _check_scan(fields, match, look):
    definition = look.constraint(match[2], match[1])
    if definition:
        row = look.violating_row(match[2], definition)
        fields["M"] = f'validation of CHECK "{check_expression(definition)}" failed on row: {row}'
    fields.pop("D", None)


def _not_null_scan(fields, match, look):
    row = look.violating_row(match[2], f"CHECK ({quote_ident(match[1])} IS NOT NULL)")
    fields["M"] = f'validation of column "{match[1]}" NOT NULL failed on row: {row}'


def _foreign_key(fields, match, look):
    if look.normal.startswith("alter table"):
        row, parent = look.orphan(match[1], match[2], fields.get("D", ""))
        fields["M"] = f'foreign key violation: "{match[1]}" row {row} has no match in "{parent}"'
        fields.pop("D", None)
    else:
        verb = "update" if look.normal.startswith("update") else "insert"
        fields["M"] = (f'{verb} on table "{match[1]}" violates foreign key constraint '
                       f'"{match[2]}"')


def _referenced(fields, match, look):
    verb = "update" if look.normal.startswith("update") else "delete"
    fields["M"] = f"{verb} on table {match[1]}"


def _duplicate_build(fields, match, look):
    name = match[1]
    if " primary key " in look.normal:
        name = "crdb_internal_index_2_name_placeholder"
    fields["M"] = ("failed to ingest index entries during backfill: duplicate key value violates "
                   f'unique constraint "{name}"')
    fields["D"] = fields.get("D", "").replace("is duplicated", "already exists")
    fields["n"] = name


def _duplicate(fields, match, _):
    key = re.match(r"Key \((.*?)\)=\((.*)\) already exists\.$", fields.get("D", ""), re.S)
    if key and "," not in key[1] and not re.fullmatch(r"-?[\d.]+", key[2]):
        fields["D"] = f"Key ({key[1]})=('{key[2]}') already exists."


def _dependents(fields, match, _):
    found = re.search(r"constraint \S+ on table (\S+) depends on table", fields.get("D", ""))
    if found:
        fields["M"] = f'"{match[1]}" is referenced by foreign key from table "{found[1]}"'


def _truncate(fields, _, __):
    found = re.search(r'Table "(.*?)" references "(.*?)"', fields.get("D", ""))
    if found:
        fields["M"] = f'"{found[2]}" is referenced by foreign key from table "{found[1]}"'
        fields["H"] = "truncate dependent tables at the same time or specify the CASCADE option"
        fields.pop("D")


def _incompatible(fields, _, look):
    found = re.search(r'Key columns "(.*?)" and "(.*?)" are of incompatible types: (.*?) and (.*?)\.',
                      fields.get("D", ""))
    if found:
        kinds = [{"text": "string", "bigint": "int"}.get(kind, kind) for kind in found.groups()[2:]]
        parent = re.search(r"references (?:\S+ \. )?(\S+)", look.normal)
        fields["M"] = (f'type of "{found[1]}" ({kinds[0]}) does not match foreign key '
                       f'"{parent[1]}"."{found[2]}" ({kinds[1]})')
        fields.pop("D")


def _exists(fields, match, look):
    fields["M"] = f'relation "{look.database}.public.{match[1]}" already exists'


def _missing(fields, match, look):
    found = re.search(r"\b(\S+) \. \"?" + re.escape(match[1]) + r"\b", look.normal)
    name = f"{found[1]}.{match[1]}" if found else match[1]
    fields["M"] = f'relation "{name}" does not exist'


def _always(fields, match, _):
    if "generated column" in fields.get("D", ""):
        fields["C"], fields["M"] = "55000", (
            f'cannot write directly to computed column "{match[1]}"')
        fields.pop("D")
    else:
        fields["M"] = f'cannot insert into column "{match[1]}"'
        fields["D"] = fields.get("D", "").rstrip(".")


def _not_validatable(fields, match, look):
    fields["M"] = (f'constraint "{match[1]}" of relation "{look.database}.public.{match[2]}" is '
                   "not a foreign key, check, or unique without index constraint")


# PostgreSQL's message to a change of the fields; the first match wins.
_RULES = tuple((re.compile(pattern, re.S), change) for pattern, change in (
    (r'^syntax error at or near "(.*)"$', _plain(r'at or near "\1": syntax error')),
    (r"^syntax error at end of input$", _plain('at or near "EOF": syntax error')),
    (r'^(?:table|sequence|view) "(.*)" does not exist$', _missing),
    (r'^constraint "(.*)" for table "(.*)" does not exist$',
     _plain(r'constraint "\1" of relation "\2" does not exist')),
    (r'^role "(.*)" does not exist$', _plain(r'role/user "\1" does not exist')),
    (r'^role "(.*)" already exists$', _plain(r"a role/user named \1 already exists")),
    (r"^function (.*?)\(.*\) does not exist$", _plain(r"unknown function: \1()")),
    (r"^no schema has been selected to create in$",
     _plain("no database or schema specified", "42602")),
    (r'^multiple primary keys for table "(.*)" are not allowed$', _plain(r"\g<0>", "42611")),
    (r'^relation "([^".]*)" already exists$', _exists),
    (r'^null value in column "(.*?)" of relation', _null),
    (r'^new row for relation "(.*)" violates check constraint "(.*)"$', _check),
    (r'^check constraint "(.*)" of relation "(.*)" is violated by some row$', _check_scan),
    (r'^column "(.*)" of relation "(.*)" contains null values$', _not_null_scan),
    (r'^insert or update on table "(.*)" violates foreign key constraint "(.*)"$', _foreign_key),
    (r'^update or delete on table (.*)$', _referenced),
    (r'^could not create unique index "(.*)"$', _duplicate_build),
    (r'^duplicate key value violates unique constraint', _duplicate),
    (r'^there is no unique constraint matching given keys for referenced table "(.*)"$',
     _plain(r"there is no unique constraint matching given keys for referenced table \1", "23503")),
    (r'^foreign key constraint ".*" cannot be implemented$', _incompatible),
    (r"^cannot drop table (\S+) because other objects depend on it$", _dependents),
    (r"^cannot truncate a table referenced in a foreign key constraint$", _truncate),
    (r'^cannot insert a non-DEFAULT value into column "(.*)"$', _always),
    (r'^constraint "(.*)" of relation "(.*)" is not a foreign key or check constraint$',
     _not_validatable),
    (r'^invalid input syntax for type (.*?): "(.*)"$', _bad_value),
    (r"^invalid input syntax for type (jsonb?)()$", _bad_value),
    (r'^value "(.*)" is out of range for type (.*)$', _out_of_range),
    (r"^()(smallint|integer|bigint) out of range$", _out_of_range),
    (r"^numeric field overflow$", _overflow),
    (r"^value too long for type (character varying|character)\((\d+)\)$", _too_long),
    (r"^bit string length (\d+) does not match type bit\((\d+)\)$",
     _plain(r"bit string length \1 does not match type BIT(\2)")),
    (r"^bit string too long for type bit varying\((\d+)\)$", _bits),
    (r"^(?:missing data for column|extra data after last expected column)", _few_fields),
    (r'^cannot use "?now', _plain("now(): context-dependent operators are not allowed")),
    (r"^generation expression is not immutable$",
     _plain("context-dependent operators are not allowed in STORED COMPUTED COLUMN", "0A000")),
    (r'^column "(.*)" of relation "(.*)" must be declared NOT NULL before identity',
     _plain(r"\g<0>", "55000")),
))


def translate(fields, look):
    """A new dict of ErrorResponse fields; `look` is a Lookups."""
    fields = {key: value for key, value in fields.items() if key not in "PpqFLRdcst"}
    for pattern, change in _RULES:
        match = pattern.search(fields.get("M", ""))
        if match:
            change(fields, match, look)
            break
    if not look.is_copy:
        fields.pop("W", None)
    return fields


class Lookups:
    """What a translation may need to know; `rows` runs a query on a side connection."""

    def __init__(self, statement, database, rows, copy_width=0, copy_delimiter="\t"):
        self.normal = statement.normal if statement else ""
        self.text = statement.text if statement else ""
        self.database, self.rows = database, rows
        self.copy_width, self.copy_delimiter = copy_width, copy_delimiter
        self.is_copy = copy_width > 0

    def constraint(self, table, name):
        """Definition of a constraint, None when it is not visible from outside."""
        found = self.rows("SELECT pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_class c "
                          f"ON c.oid = conrelid WHERE relname = {quote_literal(table)} "
                          f"AND conname = {quote_literal(name)} LIMIT 1")
        if found:
            return found[0][0]
        match = re.search(r"check (\(.*\))", self.normal)
        return f"CHECK {match[1]}" if match and "'?'" not in match[1] else None

    def _table(self, table):
        found = self.rows("SELECT oid::regclass::text, NOT EXISTS (SELECT FROM pg_index WHERE "
                          "indrelid = c.oid AND indisprimary) FROM pg_class c "
                          f"WHERE relname = {quote_literal(table)} AND relkind = 'r' LIMIT 1")
        return found[0] if found else (quote_ident(table), "f")

    def violating_row(self, table, definition):
        """`a=1, b='x'` of one row that breaks a CHECK definition."""
        condition = re.sub(r"^CHECK | NOT VALID$", "", definition, flags=re.I)
        name, hidden = self._table(table)
        columns = [row[0] for row in self.rows(
            f"SELECT attname FROM pg_attribute WHERE attrelid = {quote_literal(name)}::regclass "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum")]
        parts = " || ', ' || ".join(_pair(column) for column in columns)
        more = " || ', rowid=' || unique_rowid()" if hidden == "t" else ""
        found = self.rows(f"SELECT {parts}{more} FROM {name} WHERE NOT ({condition}) LIMIT 1")
        return found[0][0] if found else ""

    def orphan(self, table, constraint, detail):
        """(`pid=999, id=3`, parent) of one row without a match, as well as it can be told."""
        parent = re.search(r'is not present in table "(.*?)"', detail)
        key = re.search(r"Key \((.*?)\)=\((.*?)\)", detail)
        if not key:
            return "", parent[1] if parent else ""
        columns, values = key[1].split(", "), key[2].split(", ")
        pairs = [f"{column}={value}" for column, value in zip(columns, values)]
        name, hidden = self._table(table)
        if hidden == "f" and len(columns) == len(values):
            others = [row[0] for row in self.rows(
                "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND "
                f"attnum = ANY (indkey) WHERE indrelid = {quote_literal(name)}::regclass AND "
                "indisprimary ORDER BY array_position(indkey::int2[], attnum)")]
            others = [column for column in others if quote_ident(column) not in columns
                      and column not in columns]
            if others:
                where = " AND ".join(f"{column}::text = {quote_literal(value)}"
                                     for column, value in zip(columns, values))
                select = " || ', ' || ".join(_pair(column) for column in others)
                found = self.rows(f"SELECT {select} FROM {name} WHERE {where} LIMIT 1")
                pairs += [found[0][0]] if found else []
        return ", ".join(pairs), parent[1] if parent else ""


def _pair(column):
    """SQL for `name=value` of a column, strings quoted."""
    name = quote_ident(column)
    return (f"{quote_literal(column + '=')} || CASE WHEN {name} IS NULL THEN 'NULL' "
            f"WHEN pg_typeof({name}) IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) "
            f"THEN quote_literal({name}) ELSE {name}::text END")
