#!/usr/bin/env bash
# The tree of a trigger's function is no JSON in one version, and in the next ones RETURN new and RETURN old are the same.
#
# Versions:  libpg_query's PL/pgSQL parser as parse_plpgsql_json of pglast 7.22 (PostgreSQL 17.7), 8.4 (18.4) and 8.8 (18.6).
# Expected:  a function that returns trigger gets a tree as others do, and a later version says at least what an earlier one said.
# Seen:      - 8.4 closes one brace too many for each variable that only triggers have (tg_name, tg_op ...; tg_event and tg_tag of
#              event triggers): for every such function, whatever its body, the text is no JSON, and parse_plpgsql raises a
#              JSONDecodeError. pg_query itself reports no error: who passes the text on unread notices nothing.
#            - 7.22 leaves these variables out, 8.8 lists them among the datums.
#            - 7.22 has the returned expression in PLpgSQL_stmt_return. With 8.8 a RETURN of a variable is an empty statement: the
#              variable's number, which the server keeps beside it, is not written. RETURN new, RETURN old and RETURN of any other
#              row are one and the same tree, in plain functions too: an expression with an operator is still there.
#            - new_varno is left out where it is 0, which it is in 18 and was not in 17: absent does not mean that there is no NEW.
# Matters:   a BEFORE trigger that returns OLD discards an UPDATE: linters and translators that compare trees, or look whether
#            NEW is returned, see no difference any more after an upgrade of the parser.
set -euo pipefail
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >trees.py <<'PY'
import json
import sys

from pglast.parser import parse_plpgsql_json


def tree(body, returns="trigger"):
    """The tree of a function, None where its text is no JSON."""
    text = parse_plpgsql_json(f"CREATE FUNCTION f() RETURNS {returns} LANGUAGE plpgsql AS $body${body}$body$;")
    try:
        return json.loads(text)[0]["PLpgSQL_function"]
    except json.JSONDecodeError:
        return None


def first_statement(function):
    return function["action"]["PLpgSQL_stmt_block"]["body"][0]


def variables(function):
    return {name for datum in function["datums"] for node in datum.values() if (name := node.get("refname"))}


version = sys.argv[1]
new, old = tree("BEGIN RETURN new; END"), tree("BEGIN RETURN old; END")
event = tree("BEGIN PERFORM 1; END", "event_trigger")
plain = [tree(f"DECLARE a integer; b integer; BEGIN RETURN {what}; END", "integer") for what in ("a", "b", "a + 1")]
assert None not in plain, version

if version == "7.22":
    assert variables(new) == {"found", "new", "old"} and "new_varno" in new, new
    assert first_statement(new)["PLpgSQL_stmt_return"]["expr"]["PLpgSQL_expr"]["query"] == "new", new
    assert new != old and plain[0] != plain[1]
    print("7.22: RETURN new and RETURN old are told apart; tg_op and the like are no datums")
elif version == "8.4":
    assert new is None and old is None and event is None
    print("8.4: no JSON for any function that returns trigger or event_trigger")
else:
    assert {"tg_op", "tg_name", "new", "old"} <= variables(new) and "tg_event" in variables(event), new
    assert "new_varno" not in new and new["old_varno"] == 1, new
    assert first_statement(new) == {"PLpgSQL_stmt_return": {"lineno": 1}}, new
    assert new == old and plain[0] == plain[1] != plain[2]
    print("8.8: RETURN new and RETURN old have one tree, RETURN a and RETURN b too; RETURN a + 1 has its expression")
PY

for version in 7.22 8.4 8.8; do
    python3 -m venv "venv-$version"
    "venv-$version/bin/pip" install --quiet --disable-pip-version-check --no-deps "pglast==$version"
    "venv-$version/bin/python" trees.py "$version"
done
