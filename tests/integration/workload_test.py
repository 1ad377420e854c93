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
        self.assertIn("called 3 times, 100.0 % of all calls; 3 ms in all", found[0]["notes"])
        self.assertEqual((found[0]["span"]["file"], found[0]["span"]["start"]["line"], found[0]["span"]["start"]["column"]),
                         ("w", 1, len(log_line("statement: "))))

    def test_csvlog_and_gzip(self):
        text = csvlog('execute <unnamed>: SELECT score / 2 FROM "users"') + csvlog("statement: SELECT 1; SELECT score / 2 FROM users", "ERROR")
        found = self.findings(gzip.compress(text.encode()))
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
        self.assertEqual(run.out, "")
        self.assertIn("3 that change the schema were not looked at", run.err)
        self.assertIn("1 could not be seen", run.err)

    def test_a_rollback_undoes_nothing_for_others(self):
        self.assertEqual(self.findings(statistics(("ROLLBACK", 9), (GOOD, 1), ("SET search_path TO nowhere", 5), ("BEGIN", 9))), [])

    def test_a_baseline_leaves_out_what_is_known(self):
        rows = statistics((DIVISION, 1), ("LISTEN news", 1))
        self.lint(rows, "--baseline", "known.jsonl", "--update-baseline")
        run = self.lint(rows, "--baseline", "known.jsonl")
        self.assertEqual((run.returncode, run.out), (0, ""))

    def test_what_is_no_workload(self):
        for text in ("nothing\n", "a,b\n1,2\n", ""):
            self.write("no", text)
            self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no"), "holds no statement", "query")
        self.write("no", 'query,calls\n"SELECT 1,2\n')
        self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no"), "a quote in it stays open")
        self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "nowhere"), "nowhere")
        for words in (("--fix",), ("--diff",), ("--dialect", "cockroachdb"), ("--changed-since", "HEAD")):
            self.assert_usage_error(self.run_tool("lint", "schema.sql", "--workload", "no", *words), "--workload")


if __name__ == "__main__":
    unittest.main()
