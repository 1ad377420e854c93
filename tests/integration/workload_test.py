"""lint --workload: what an application asks, as PostgreSQL counted or logged it."""

import csv
import gzip
import io
import json
import unittest

from _command_line import CommandLine

SCHEMA = """SELECT pg_catalog.set_config('search_path', '', false);
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
CREATE TABLE public.users (id integer NOT NULL, email public.citext, score integer, born date, PRIMARY KEY (id));
CREATE TABLE public.orders (id bigint NOT NULL, user_id integer REFERENCES public.users (id), total numeric, at timestamptz, PRIMARY KEY (id));
"""

GOOD = "SELECT id, total FROM orders WHERE user_id = $1 LIMIT $2"
DIVISION = "SELECT score / 2 FROM users WHERE id = $1"


def statistics(*rows, header=("userid", "query", "calls", "total_exec_time")):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for query, calls in rows:
        writer.writerow((10, query, calls, calls * 1.5))
    return text.getvalue()


def log_line(message):
    return "2026-11-01 10:00:00.123 UTC [77] app@shop LOG:  " + message.replace("\n", "\n\t") + "\n"


def csvlog(message, severity="LOG"):
    record = ["2026-11-01 10:00:00.123 UTC", "app", "shop", 77, "[local]", "a.1", 1, "SELECT", "2026-11-01", "3/4", 0, severity, "00000",
              message] + [""] * 12
    text = io.StringIO()
    csv.writer(text).writerow(record)
    return text.getvalue()


class Workload(CommandLine):
    def setUp(self):
        super().setUp()
        self.write("schema.sql", SCHEMA)

    def lint(self, workload, *words, name="w", **more):
        self.write(name, workload)
        run = self.run_tool("lint", "schema.sql", "--workload", name, *words, **more)
        self.assertIn(run.returncode, (0, 1), run.err)
        return run

    def findings(self, workload, *words):
        return [json.loads(line) for line in self.lint(workload, "--format", "jsonl", *words).out.splitlines()]

    def test_what_runs_as_it_is_is_none(self):
        run = self.lint(statistics((GOOD, 90), ("BEGIN", 5), ("COMMIT", 5), ("INSERT INTO orders (id, total) VALUES ($1, $2)", 3),
                                   ("SELECT count(*) FROM users WHERE born > now() - INTERVAL $1", 2),
                                   ("SELECT $1::integer, $2::int[] FROM users", 1)), "--fail-on", "warning")
        self.assertEqual([line for line in run.out.splitlines() if "info" not in line and ": " in line and "w:" in line], [], run.out)
        self.assertEqual(run.returncode, 0)

    def test_most_called_first_with_calls_and_share(self):
        found = self.findings(statistics((GOOD, 60), (DIVISION, 10), ("SELECT id FROM users WHERE id = $1 FOR KEY SHARE", 1),
                                         ("NOTIFY news, $1", 30)))
        self.assertEqual([one["span"]["start"]["line"] for one in found][:2], [5, 3], found)
        division = next(one for one in found if one["rule"] == "workload-rewritten")
        self.assertEqual(division["severity"], "warning")
        self.assertIn("//", division["advice"])
        self.assertIn("SELECT: integer division is written //", division["notes"])
        self.assertIn("called 10 times, 9.9 % of all calls; 15 ms in all", division["notes"])

    def test_what_a_setting_makes_up_for_is_an_info(self):
        found = self.findings(statistics(("SELECT id FROM users ORDER BY score", 2), ("SELECT $1::int[]", 1), ("SELECT score / 2, id::int FROM users", 1)))
        self.assertEqual([one["severity"] for one in found], ["info", "info", "warning"], found)
        self.assertIn("null_ordered_last", " ".join(found[0]["notes"]))
        self.assertIn("default_int_size", " ".join(found[1]["notes"]))

    def test_exit_status_is_lints(self):
        warned = self.lint(statistics((DIVISION, 10)))
        self.assertEqual(warned.returncode, 0)
        self.assertEqual(self.lint(statistics((DIVISION, 10)), "--fail-on", "warning").returncode, 1)
        refused = self.lint(statistics(("LISTEN news", 1)))
        self.assertEqual(refused.returncode, 1, refused.out)
        self.assertIn("1 (100.0 % of the calls) are refused", refused.err)
        self.assertNotIn("UNLISTEN", refused.out)
        self.assertIn("CREATE CHANGEFEED", refused.out)

    def test_names_are_those_of_the_schema(self):
        rules = {one["rule"] for one in self.findings(statistics(("SELECT id FROM nowhere", 1)))}
        self.assertEqual(rules, {"workload-name"})

    def test_locks_that_lock_nothing(self):
        self.assertEqual([one["rule"] for one in self.findings(statistics(("SELECT pg_try_advisory_lock($1), pg_try_advisory_lock($2)", 1)))],
                         ["workload-lock"])

    def test_constants_where_no_parameter_stands(self):
        self.assertEqual(self.findings(statistics(("SELECT EXTRACT($1 FROM born), TIMESTAMP WITH TIME ZONE $2, now() AT TIME ZONE $3 FROM users", 1))), [])

    def test_findings_of_the_schema_are_not_said(self):
        self.write("schema.sql", SCHEMA + "CREATE TABLE public.x (id bigserial PRIMARY KEY, period tsrange, EXCLUDE USING gist (period WITH &&));\n")
        self.assertEqual(self.findings(statistics((GOOD, 1))), [])

    def test_statements_that_differ_in_constants_are_one(self):
        log = (log_line("statement: SELECT score / 2 FROM users WHERE id IN (1, 2)") +
               log_line("duration: 2.5 ms  statement: select score / 3\nFROM users /* tag */ WHERE id IN (7)") +
               log_line("execute S_1: SELECT score / $1 FROM users WHERE id IN ($2, $3)") +
               log_line("duration: 9 ms  parse S_1: SELECT score / $1 FROM users WHERE id IN ($2, $3)") +
               log_line("execute fetch from S_1/C_1: SELECT score / $1 FROM users WHERE id IN ($2, $3)") +
               log_line("duration: 0.1 ms") + log_line("connection received: host=[local]"))
        found = [one for one in self.findings(log) if one["rule"] == "workload-rewritten"]
        self.assertEqual(len(found), 1, found)
        self.assertIn("called 2 times, 66.7 % of all calls; 3 ms in all", found[0]["notes"])
        self.assertEqual((found[0]["span"]["file"], found[0]["span"]["start"]["line"], found[0]["span"]["start"]["column"]),
                         ("w", 1, len(log_line("statement: "))))

    def test_csvlog_and_gzip(self):
        text = csvlog('execute <unnamed>: SELECT score / 2 FROM "users"') + csvlog("statement: SELECT 1; SELECT score / 2 FROM users", "ERROR")
        found = self.findings(gzip.compress(text.encode()))
        self.assertEqual([one["rule"] for one in found], ["workload-rewritten"])

    def test_many_commas_make_no_csvlog(self):
        for comma in (",", ", "):
            with self.subTest(comma):
                found = self.findings(log_line("statement: SELECT score / 2 FROM users WHERE id IN (%s)" % comma.join(map(str, range(30)))))
                self.assertEqual([one["rule"] for one in found], ["workload-rewritten"])

    def test_auto_explain_is_no_second_call(self):
        plan = "duration: 4 ms  plan:\nQuery Text: SELECT score / 2\n  FROM users\nSeq Scan on users  (cost=0.00..1.00 rows=1 width=4)"
        as_json = 'duration: 4 ms  plan:\n{\n  "Query Text": "SELECT score / 2 FROM users",\n  "Plan": {}\n}'
        for text in (plan, as_json):
            with self.subTest(text):
                found = self.findings(log_line("statement: SELECT score / 2 FROM users") + log_line(text))
                self.assertEqual(len(found), 1)
                self.assertTrue(found[0]["notes"][-1].startswith("called once, 100.0 %"), found[0]["notes"])
                self.assertEqual(len(self.findings(log_line(text))), 1)

    def test_several_statements_of_a_line_are_each_one(self):
        run = self.lint(log_line("statement: BEGIN; UPDATE users SET score = score / 2; ROLLBACK;") + log_line("statement: " + GOOD.replace("$", "")))
        self.assertIn("4 statements, 4 calls", run.err)
        self.assertIn("workload-rewritten", run.out)

    def test_temporary_tables_are_there_for_what_asks_them(self):
        found = self.findings(statistics(("SELECT id FROM picked", 9), ("CREATE TEMP TABLE picked (id bigint)", 1)))
        self.assertNotIn("workload-name", {one["rule"] for one in found}, found)

    def test_changes_of_the_schema_are_counted(self):
        run = self.lint(statistics(("CREATE TABLE users (id bigint)", 1), ("ALTER TABLE users ADD x int", 1), ("DROP TABLE users", 1), (GOOD, 1),
                                   ("<insufficient privilege>", 7)))
        self.assertIn("1 could not be seen by who read them", run.out)
        self.assertNotIn("error", run.out)
        self.assertIn("3 that change the schema were not looked at", run.err)
        self.assertIn("1 could not be seen", run.err)

    def test_a_rollback_undoes_nothing_for_others(self):
        self.assertEqual(self.findings(statistics(("ROLLBACK", 9), (GOOD, 1), ("SET search_path TO nowhere", 5), ("BEGIN", 9))), [])

    def rules_of(self, *statements):
        return {one["rule"] for one in self.findings(statistics(*((statement, 1) for statement in statements))) if one["severity"] != "info"}

    def test_what_other_statements_hold_is_looked_at(self):
        for statement in ("PREPARE p AS SELECT score / 2 FROM users", "PREPARE p (int) AS SELECT score / 2 FROM users WHERE id = $1",
                          "DECLARE c CURSOR WITH HOLD FOR SELECT score / 2 FROM users", "EXPLAIN SELECT score / 2 FROM users",
                          "COPY (SELECT score / 2 FROM users) TO STDOUT", "EXPLAIN ANALYZE SELECT score / 2 FROM users"):
            with self.subTest(statement):
                found = [one for one in self.findings(statistics((statement, 1))) if one["rule"] == "workload-rewritten"]
                self.assertEqual(len(found), 1)
                self.assertIn(statement.split("SELECT")[0] + "SELECT", found[0]["advice"])
                self.assertIn("score // 2", found[0]["advice"])
        self.assertIn("missing-function", self.rules_of("EXPLAIN SELECT pg_notify('a', 'b')"))

    def test_an_execute_is_what_it_executes(self):
        prepared = "prepare: PREPARE p AS SELECT score / 2 FROM users"
        log = log_line("statement: EXECUTE p(1);") + log_line(prepared).replace("LOG:", "DETAIL:")
        self.assertIn("workload-rewritten", {one["rule"] for one in self.findings(log)})
        record = csvlog("statement: EXECUTE p(1);").rstrip().split(",")
        record[14] = prepared
        self.assertIn("workload-rewritten", {one["rule"] for one in self.findings(",".join(record) + "\n")})
        unknown = self.findings(log_line("statement: EXECUTE q(1);") + log_line("statement: " + GOOD.replace("$", "")))
        self.assertEqual([one["rule"] for one in unknown if "unseen" in one["rule"]], ["workload-unseen"])

    def test_constants_of_another_kind_are_another_statement(self):
        pairs = (("SELECT score / 2.0 FROM users", "SELECT score / 2 FROM users", "workload-rewritten"),
                 ("SELECT id FROM users WHERE email ~ 'x'", "SELECT id FROM users WHERE email ~ '(?<=a)b'", "regex-dialect"),
                 ("SET client_encoding = 'UTF8'", "SET client_encoding = 'LATIN1'", "workload-refused"))
        for first, second, rule in pairs:
            with self.subTest(second):
                found = self.findings(log_line("statement: " + first) + log_line("statement: " + second))
                self.assertIn((rule, 2), {(one["rule"], one["span"]["start"]["line"]) for one in found})
        run = self.lint(log_line("statement: INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b')") +
                        log_line("statement: INSERT INTO users (id, email) VALUES (3, 'c')"))
        self.assertIn("1 statement, 2 calls", run.err)

    def test_rows_that_cannot_be_read_are_said(self):
        found = self.findings("query,calls\n" + "".join(row + "\n" for row in ("SELECT 1,2", "SELECT 2", "SELECT 3,", " ,7", "SELECT 4,abc",
                                                                               "SELECT 5,-10", "SELECT 6,1e3")))
        self.assertEqual([(one["rule"], one["message"].split()[0]) for one in found], [("workload-unseen", "6")])

    def test_logs_whose_lines_are_cut(self):
        self.write("w", "Nov  1 10:00:00 host postgres[77]: [5-1] LOG:  statement: SELECT 1,\n"
                        "Nov  1 10:00:00 host postgres[77]: [5-2] #011 2\n")
        self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "w"), "syslog", "stderr")
        prefixed = "2026-11-01 10:00:00 UTC [77]: [5-1] user=a LOG:  statement: SELECT score / 2\n FROM users\n"
        self.assertIn("workload-unseen", {one["rule"] for one in self.findings(prefixed)})

    def test_what_the_server_refuses_of_a_session(self):
        for statement, severity in (("DECLARE c SCROLL CURSOR FOR SELECT id FROM users", "warning"),
                                    ("DECLARE c BINARY CURSOR FOR SELECT id FROM users", "warning"), ("FETCH BACKWARD 1 FROM c", "warning"),
                                    ("FETCH PRIOR FROM c", "warning"), ("MOVE BACKWARD ALL FROM c", "warning"),
                                    ("COPY users TO STDOUT WITH (FORMAT binary)", "warning"), ("SET standard_conforming_strings = off", "error"),
                                    ("SET work_mem = '1MB'", "error"), ("SET client_encoding = 'LATIN1'", "error")):
            with self.subTest(statement):
                self.assertEqual([(one["rule"], one["severity"]) for one in self.findings(statistics((statement, 1)))],
                                 [("workload-refused", severity)])
        self.assertEqual(self.rules_of("SET application_name = 'x'", "SET default_transaction_isolation = 'serializable'", "SET enable_seqscan = off",
                                       "SET ROLE foo", "SET LOCAL app.tenant = '7'", "RESET statement_timeout", "SHOW server_version",
                                       "DECLARE c NO SCROLL CURSOR FOR SELECT id FROM users", "FETCH FORWARD 5 FROM c"), set())

    def test_what_tables_and_operators_do_not_have(self):
        for statement in ("SELECT ctid FROM users", "UPDATE users SET score = 1 WHERE users.xmin = '1'", "DELETE FROM users RETURNING ctid",
                          "SELECT '{{1,2},{3,4}}'::int[]"):
            with self.subTest(statement):
                self.assertEqual(self.rules_of(statement) - {"workload-rewritten"}, {"expression-refused"})
        for statement in ("SELECT '{}'::jsonb @@ '$.a == 1'", "SELECT email <-> 'x' FROM (SELECT 'a'::text AS email) AS x"):
            with self.subTest(statement):
                self.assertEqual(self.rules_of(statement), {"missing-operator"})
        self.assertEqual(self.rules_of("SELECT ARRAY[[1, 2], [3, 4]]"), {"array-of-arrays"})
        self.assertEqual(self.rules_of("SELECT tableoid FROM users", "SELECT ARRAY[1, 2], '{1,2}'::bigint[]"), set())

    def test_large_objects(self):
        found = self.findings(statistics(*((f"SELECT {call}", 1) for call in ("lo_open($1, $2)", "lo_unlink(score) FROM users", "lowrite($1, $2)",
                                                                             "lo_import($1)", "lo_get($1)"))))
        self.assertEqual([one["severity"] for one in found], ["error"] * 5, found)
        self.assertNotIn("pg_dump", json.dumps(found))
        fast = self.findings(log_line('fastpath function call: "lo_open" (OID 952)') + log_line("statement: SELECT 1"))
        self.assertEqual([one["rule"] for one in fast], ["workload-unseen"])

    def test_names_of_all_statements(self):
        for statement in ("CALL foo($1)", "TRUNCATE users, nope", "COPY nope TO STDOUT", "INSERT INTO pg_temp.x VALUES (1)"):
            with self.subTest(statement):
                self.assertIn("workload-name", self.rules_of(statement))
        self.assertEqual(self.rules_of("COPY users TO STDOUT", "COPY public.users (id) FROM STDIN", "TRUNCATE users"), set())

    def test_rows_changed_in_common_tables(self):
        self.assertEqual(self.rules_of("WITH d AS (DELETE FROM orders RETURNING id) SELECT id FROM d",
                                       "WITH d AS (INSERT INTO orders (id) VALUES (1) RETURNING id), e AS (SELECT id FROM d) SELECT count(*) FROM e"),
                         set())
        found = self.findings(statistics(("WITH d AS (UPDATE users SET score = score / 2 RETURNING id) SELECT id FROM d", 1)))
        self.assertIn("score // 2", found[0]["advice"])
        self.assertTrue(found[0]["advice"].rstrip("`.").endswith("SELECT id FROM d"), found[0]["advice"])

    def test_a_refusal_says_why(self):
        for statement in ("TRUNCATE users RESTART IDENTITY", "SELECT id FROM users TABLESAMPLE system (1)",
                          "MERGE INTO users USING orders ON true WHEN MATCHED THEN DO NOTHING", "SELECT score::money FROM users"):
            with self.subTest(statement):
                found = self.findings(statistics((statement, 1)))
                self.assertNotIn("statement-unknown", {one["rule"] for one in found})
                self.assertNotIn("``", json.dumps(found))
                if statement.startswith(("TRUNCATE", "MERGE")):
                    self.assertNotEqual(found[0]["advice"], "Write it in CockroachDB's words.")
                self.assertTrue({"workload-refused", "workload-unread", "workload-rewritten"} & {one["rule"] for one in found}, found)

    def test_passwords_are_not_shown(self):
        for statement in ("CREATE USER foo WITH PASSWORD 'SECRETPW", "ALTER ROLE foo PASSWORD 'SECRETPW"):
            run = self.lint(statistics((statement, 1), (GOOD, 1)))
            self.assertNotIn("SECRETPW", run.out + run.err)
            self.assertIn("workload-unseen", run.out)

    def test_a_byte_order_mark(self):
        self.assertEqual(self.findings("\ufeffquery,calls\nSELECT 1,2\n"), [])

    def test_a_baseline_leaves_out_what_is_known(self):
        rows = statistics((DIVISION, 1), ("LISTEN news", 1))
        self.lint(rows, "--baseline", "known.jsonl", "--update-baseline")
        run = self.lint(rows, "--baseline", "known.jsonl")
        self.assertEqual((run.returncode, run.out), (0, ""))

    def test_what_is_no_workload(self):
        for text in ("nothing\n", "a,b\n1,2\n", ""):
            self.write("no", text)
            self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no"), "holds no statement", "query")
        self.write("no", "query,calls\n")
        self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no"), "no row")
        for text, words in ((statistics(("<insufficient privilege>", 1)), "pg_read_all_stats"), (statistics(("DROP TABLE users", 1)), "change the schema")):
            self.write("no", text)
            self.assert_usage_error(self.run_tool("lint", "schema.sql", "-q", "--workload", "no"), words)
        self.write("no", 'query,calls\n"SELECT 1,2\n')
        self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no"), "a quote in it stays open")
        self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "nowhere"), "nowhere")
        for words in (("--fix",), ("--diff",), ("--dialect", "cockroachdb"), ("--changed-since", "HEAD")):
            self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no", *words), "--workload")


if __name__ == "__main__":
    unittest.main()
