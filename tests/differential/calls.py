"""What a database does, beside its catalog and rows: what its functions give, and what its triggers make of a row.

A body's names are found when it runs, by the search_path of whoever calls it, and nobody knows which one that will be. So
the source's functions are called under each path that there may have been, and the target's, whose names are bound, under
one: its result has to be one of the source's.
"""

import itertools
import re

import wire

# What a call is given, by type; arguments of another type are not tried.
_VALUES = {"integer": "1", "bigint": "1", "smallint": "1", "text": "'v'", "character varying": "'v'", "boolean": "true",
           "numeric": "1.5", "double precision": "1.5", "date": "'2024-01-01'", "jsonb": "'{}'", "character(3)": "'abc'",
           "timestamp without time zone": "'2024-01-01'", "timestamp with time zone": "'2024-01-01'",
           "uuid": "'00000000-0000-4000-8000-000000000000'", "text[]": "'{}'"}
_CANCELLED = "57014"
# What is not the same twice, or not on two servers; nothing of a transaction that is rolled back stays, but of these.
_NOT_TWICE = re.compile(r"(?i)\b(?:now|random|current_\w+|\w*_timestamp|gen_random\w*|uuid\w*|nextval|setval|lastval|currval|version|user|"
                        r"session_user|pg_\w+|txid\w*|dblink\w*|copy|commit|rollback)\b")


def source_paths(found):
    """Every search_path of one or two schemas of a catalog, and the empty one."""
    schemas = sorted(path[1] for path in found if path[0] == "schema")[:4]
    pairs = [", ".join(pair) for pair in itertools.permutations(map(_quoted, schemas), 2)]
    return ["''", *map(_quoted, schemas), *pairs]


def target_paths(_):
    return ["public"]


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def read_calls(client, found, paths):
    """Adds to functions `call`, to tables with triggers `written row`: what came of them under each of the paths.

    The value is a sorted list without what failed; where they take too long, there is none.
    """
    for path, properties in found.items():
        if path[0] == "function":
            call = _call(path, properties)
            if call:
                _note(properties, "call", _under(client, paths, [call]))
        elif path[0] == "table" and _triggers_that_act_twice_alike(path, found):
            _note(properties, "written row", _under(client, paths, _writes(path, found)))


def _triggers_that_act_twice_alike(table, found):
    triggers = [properties["definition"] for path, properties in found.items() if path[0] == "trigger" and path[1:3] == table[1:]]
    bodies = [properties["body"] for path, properties in found.items() if path[0] == "function" and properties["result"] == "trigger"
              and any(path[2].split("(")[0] in definition for definition in triggers)]
    return triggers and not any(_NOT_TWICE.search(body) for body in bodies)


def _call(path, properties):
    types = [argument for argument in re.findall(r"\((.*)\)$", path[2])[0].split(", ") if argument]
    if (properties["kind"] != "f" or properties["language"] not in ("sql", "plpgsql") or properties["result"] in ("trigger", "event_trigger")
            or _NOT_TWICE.search(properties["body"])):
        return None
    arguments = [next((value for kind, value in _VALUES.items() if (" " + argument).endswith(" " + kind)), None) for argument in types]
    if None in arguments:
        return None
    name = f"{_quoted(path[1])}.{_quoted(path[2][:path[2].index('(')])}"
    return f"SELECT string_agg(x::text, ', ' ORDER BY x::text) FROM {name}({', '.join(arguments)}) x"


def _writes(path, found):
    """A row with values in all columns is written, then written again."""
    columns = [(column[3], properties) for column, properties in found.items() if column[0] == "column" and column[1:3] == path[1:]]
    values = {name: _value(properties["type"], found) for name, properties in columns if not properties["generated"]}
    values = {name: value for name, value in values.items() if value}
    if not values:
        return []
    table = f"{_quoted(path[1])}.{_quoted(path[2])}"
    row = "RETURNING concat_ws(', ', " + ", ".join(f"{_quoted(name)}::text" for name in values) + ")"
    insert = f"INSERT INTO {table} ({', '.join(map(_quoted, values))}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(values.values())}) {row}"
    # An identity that is always generated cannot be set to itself.
    same = [name for name, properties in columns if name in values and not properties["identity"]][:1]
    return [insert, *(f"UPDATE {table} SET {_quoted(name)} = {_quoted(name)} WHERE {_quoted(name)} = {values[name]} {row}" for name in same)]


def _value(kind, found):
    for path, properties in found.items():
        names = path[1:3]
        if path[0] != "type" or kind not in map(".".join, itertools.product(*((name, _quoted(name)) for name in names))):
            continue
        if properties["kind"] == "d":
            return _value(properties["base"], found)
        if properties["kind"] == "e":
            return "'" + (properties["labels"] or "").split(", ")[0].replace("'", "''") + "'"
    # Another one than rows have.
    return "901" if _VALUES.get(kind) == "1" else _VALUES.get(kind) or _VALUES.get(kind.split("(")[0])


def _note(properties, name, results):
    if results is not None:
        properties[name] = sorted(results)


def _under(client, paths, statements):
    """What the statements give; None where they take too long."""
    results = set()
    within = client.status == "T"
    for path in paths:
        client.query("SAVEPOINT calls" if within else "BEGIN")
        try:
            client.query(f"SET LOCAL search_path = {path}; SET LOCAL statement_timeout = '2s'")
            results.add("; ".join(str(sorted(map(str, client.rows(statement)))) for statement in statements))
        except wire.ServerError as problem:
            if problem.sqlstate == _CANCELLED:
                return None
        finally:
            client.query("ROLLBACK TO SAVEPOINT calls" if within else "ROLLBACK")
    return results
