#!/usr/bin/env bash
# A schema comparison that exits 0 for two databases that answer the same statements differently, and that never ends for others.
#
# Versions:  migra 3.0.1663481299 with schemainspect 3.1.1663587362, server and pg_dump 16.2 (PyPI pgserver 0.1.4). Both Python
#            packages are the last ones of their projects, and in use.
# Expected:  migra compares two schemas and exits 0 only "if the schemas match"; what it prints makes the first one like the
#            second, so that another comparison finds nothing more. What it does not look at is named in its documentation.
# Seen:      exit 0 and no output, with --unsafe, where pg_dump's texts of the two differ and so do their answers:
#              a rule that turns DELETE into nothing        the step of a sequence          a view's WITH CHECK OPTION
#              a domain's CHECK                             the bounds of a partition       an aggregate's INITCOND
#              an operator, and a cast ON ASSIGNMENT
#            although it does look at sequences, views, partitions and functions, and prints what makes the last ones.
#            For three others it prints statements that PostgreSQL takes and that change nothing, so the second comparison prints
#            the same again, for ever: a foreign key NOT VALID (written "NOT VALID not valid", and validated one line below), the
#            default of a view's column, the mark that CLUSTER leaves at an index (which is dropped and built again each time).
# Matters:   "no difference" is used to prove that a database was moved or migrated. A comparison of dumps' texts, or of the
#            catalogs, finds all eleven.
set -euo pipefail
export LC_ALL=C PGUSER=postgres PGDATABASE=postgres PYTHONWARNINGS=ignore

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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps pgserver==0.1.4 migra==3.0.1663481299 \
    schemainspect==3.1.1663587362 sqlbag==0.1.1617247075 sqlalchemy==1.4.54 greenlet==3.1.1 psycopg2-binary==2.9.10 six==1.17.0 \
    packaging==24.2 setuptools==75.8.0
programs=$(echo "$work"/venv/lib/python3*/site-packages/pgserver/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >schema.sql <<'SQL'
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE DOMAIN amount AS integer CHECK (VALUE > 0);
CREATE TABLE parent (id integer PRIMARY KEY, feels mood);
CREATE TABLE child (id integer PRIMARY KEY, parent_id integer, owed integer, paid amount);
ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent;
CREATE INDEX by_owed ON child (owed);
CREATE SEQUENCE numbers;
CREATE VIEW large AS SELECT id, owed FROM child WHERE owed > 100;
CREATE TABLE days (at date) PARTITION BY RANGE (at);
CREATE TABLE january PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE RULE keep AS ON DELETE TO parent DO INSTEAD NOTHING;
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE CAST (text AS mood) WITH INOUT AS ASSIGNMENT;
SQL

compare() { venv/bin/migra --unsafe "postgresql://postgres@/first?host=$PGHOST" "postgresql://postgres@/second?host=$PGHOST"; }
dumps_differ() { ! diff -q <(pg_dump --schema-only first) <(pg_dump --schema-only second) >/dev/null; }
# What a database says to statements that are taken back: its error, else the last line.
answer() { { echo 'BEGIN;'; echo "$2"; } | psql -qXAt -d "$1" 2>&1 | grep -vE '^(DETAIL|HINT|LINE| *\^)' | sed 's/^.*ERROR:  //' | tail -n 1; }
make_both() {
    dropdb --if-exists first 2>/dev/null
    dropdb --if-exists second 2>/dev/null
    for database in first second; do
        createdb "$database"
        psql -qX -v ON_ERROR_STOP=1 -d "$database" -f schema.sql
    done
    psql -qX -v ON_ERROR_STOP=1 -d second -c "$1"
}

# what is changed in the second database; what both are asked
unseen() {
    make_both "$1"
    local printed status=0
    printed=$(compare) || status=$?
    dumps_differ && dumps="dumps differ" || dumps="dumps are equal"
    echo "exit $status, $(printf '%s' "$printed" | wc -c) bytes, $dumps: $(answer first "$2") | $(answer second "$2")"
}

endless() {
    make_both "$1"
    local status=0 again=0
    compare >once.sql || status=$?
    psql -qX -v ON_ERROR_STOP=1 -d first -f once.sql
    compare >twice.sql || again=$?
    dumps_differ && dumps="dumps differ" || dumps="dumps are equal"
    cmp -s once.sql twice.sql && same="the same again" || same="something else"
    echo "exit $status, then $again, $same, $dumps: $(grep -c . once.sql) lines"
}

{
    unseen 'DROP RULE keep ON parent' \
        "INSERT INTO parent VALUES (1); DELETE FROM parent; SELECT count(*) || ' left' FROM parent;"
    unseen 'ALTER SEQUENCE numbers INCREMENT 5' "SELECT nextval('numbers'); SELECT nextval('numbers');"
    unseen 'CREATE OR REPLACE VIEW large AS SELECT id, owed FROM child WHERE owed > 100 WITH CHECK OPTION' \
        "INSERT INTO large VALUES (1, 1) RETURNING 'taken';"
    unseen 'ALTER DOMAIN amount DROP CONSTRAINT amount_check' "INSERT INTO child (id, paid) VALUES (1, -1) RETURNING 'taken';"
    unseen "ALTER TABLE days DETACH PARTITION january;
            ALTER TABLE days ATTACH PARTITION january FOR VALUES FROM ('2026-01-01') TO ('2026-03-01')" \
        "INSERT INTO days VALUES ('2026-02-10') RETURNING 'taken';"
    unseen "DROP AGGREGATE total(integer);
            CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '10')" \
        'SELECT total(n) FROM generate_series(1, 3) AS n;'
    unseen 'DROP OPERATOR === (integer, integer)' 'SELECT 1 === 1;'
    unseen 'DROP CAST (text AS mood)' "INSERT INTO parent SELECT 1, 'low'::text RETURNING 'taken';"
    endless 'ALTER TABLE child DROP CONSTRAINT child_parent;
             ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent NOT VALID'
    endless 'ALTER VIEW large ALTER owed SET DEFAULT 7'
    endless 'ALTER TABLE child CLUSTER ON by_owed'
} >seen.txt 2>errors.txt || { cat errors.txt; exit 1; }

cat >expected.txt <<'TEXT'
exit 0, 0 bytes, dumps differ: 1 left | 0 left
exit 0, 0 bytes, dumps differ: 2 | 6
exit 0, 0 bytes, dumps differ: taken | new row violates check option for view "large"
exit 0, 0 bytes, dumps differ: value for domain amount violates check constraint "amount_check" | taken
exit 0, 0 bytes, dumps differ: no partition of relation "days" found for row | taken
exit 0, 0 bytes, dumps differ: 6 | 16
exit 0, 0 bytes, dumps differ: t | operator does not exist: integer === integer
exit 0, 0 bytes, dumps differ: taken | column "feels" is of type mood but expression is of type text
exit 2, then 2, the same again, dumps differ: 3 lines
exit 2, then 2, the same again, dumps differ: 4 lines
exit 2, then 2, the same again, dumps differ: 2 lines
TEXT
diff expected.txt seen.txt
echo "migra says that all is equal, or the same for ever: as recorded"
