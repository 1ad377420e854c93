"""The command line as scripts hold it: streams, exit statuses, files that are whole or not there."""

import gzip
import json
import os
import pathlib
import re
import signal
import stat
import subprocess
import time
import unittest
import xml.etree.ElementTree

from _command_line import BINARY, SOURCE, CommandLine
from _json_schema import Schema

DUMP = """--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.towns (
    id integer NOT NULL,
    name text NOT NULL
);

CREATE SEQUENCE public.towns_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.towns_id_seq OWNED BY public.towns.id;

ALTER TABLE ONLY public.towns ALTER COLUMN id SET DEFAULT nextval('public.towns_id_seq'::regclass);

COPY public.towns (id, name) FROM stdin;
1\tParis
2\tLyon
3\tNice
\\.

SELECT pg_catalog.setval('public.towns_id_seq', 3, true);

ALTER TABLE ONLY public.towns
    ADD CONSTRAINT towns_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--
"""

INSERTS = """CREATE TABLE public.t (id bigint PRIMARY KEY, name text);
INSERT INTO public.t VALUES (1, 'a');
INSERT INTO public.t VALUES (2, 'b');
INSERT INTO public.t VALUES (3, 'c'), (4, 'd');
"""

BROKEN = "CREATE TABLE public.t (id bigint PRIMARY KEY);\nCREATE TABLE public.u (id bigint,,);\n"

PHASE_FILES = {"10-roles.sql", "20-pre-data.sql", "30-post-data.sql", "40-revalidate.sql", "load-plan.json", "report.html",
               "report.json"}


class HelpTest(CommandLine):
    COMMANDS = ["compile", "lint", "apply", "load", "worker", "status", "revalidate", "verify", "migrate", "rules", "passes", "ast", "version", "whatif", "probe", "decide", "console", "generate", "lsp", "config"]

    def test_general_help_lists_every_command(self):
        run = self.run_tool("--help")
        self.assertEqual(run.returncode, 0)
        for command in self.COMMANDS:
            self.assertRegex(run.out, rf"(?m)^  {command} ")

    def test_both_ways_to_a_commands_help_say_the_same(self):
        for command in self.COMMANDS:
            with self.subTest(command):
                first = self.run_tool("help", command)
                second = self.run_tool(command, "--help")
                self.assertEqual(first.returncode, 0)
                self.assertEqual(second.returncode, 0)
                self.assertEqual(first.out, second.out)
                self.assertIn(f"usage: pg2crdb {command}", first.out)
                self.assertLessEqual(max(map(len, first.out.splitlines())), 120)

    def test_compile_help_names_its_options(self):
        out = self.run_tool("compile", "--help").out
        for option in ["--crdb", "--sequences", "--passes", "--print-after", "--stop-after", "--select", "--ignore", "--severity",
                       "--fail-on", "--config", "--no-config", "-o, --output", "--out-dir", "--annotate", "--format", "--report",
                       "--color", "-q, --quiet", "-v, --verbose", "--stdin-filename", "--jobs"]:
            self.assertIn(option, out)

    def test_nothing_at_all_is_a_usage_error(self):
        run = self.run_tool()
        self.assertEqual(run.returncode, 2)
        self.assertEqual(run.out, "")
        self.assertIn("usage:", run.err)

    def test_version(self):
        run = self.run_tool("version")
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.out, r"^pg2crdb \d+\.\d+\.\d+(, commit [0-9a-f]{12})?\n")
        described = json.loads(self.run_tool("version", "--format", "json").out)
        # None where the sources are no checkout of git.
        self.assertRegex(described["commit"] or "0" * 12, "^[0-9a-f]{12}$")
        self.assertEqual(run.out.splitlines()[0], f"pg2crdb {described['version']}" + (f", commit {described['commit']}" if described["commit"] else ""))
        self.assertEqual(described["tool"], "pg2crdb")
        self.assertRegex(described["libpg_query"], r"^\d+")
        self.assertRegex(described["cockroachdb"]["newest"], r"^\d+\.\d+$")

    def test_apply_refuses_a_folder_that_was_changed(self):
        dump = self.write("towns.sql", b"CREATE TABLE public.towns (id integer PRIMARY KEY);\n")
        self.assertEqual(self.run_tool("compile", dump, "--out-dir", "made", "--no-config").returncode, 0)
        self.assertIn("CREATE TABLE", self.run_tool("apply", "made", "--dry-run").out)
        file = self.folder / "made/20-pre-data.sql"
        file.write_text(file.read_text().replace("INT4", "INT8"))
        self.assert_usage_error(self.run_tool("apply", "made", "--dry-run"), "20-pre-data.sql has been changed since")
        file.unlink()
        self.assert_usage_error(self.run_tool("apply", "made", "--dry-run"), "20-pre-data.sql has been taken away since")

    def test_decide(self):
        dump = self.write("db/many.sql", b"CREATE TABLE public.a (id int PRIMARY KEY, m money);\n"
                          b"CREATE TABLE public.b (id int PRIMARY KEY, m money);\n"
                          b"CREATE FUNCTION public.f() RETURNS int LANGUAGE c AS 'x', 'y';\n")
        config = self.folder / "db/pg2crdb.toml"
        because = ("--reason", 'he said "no" \\ twice')

        def left():
            listed = self.run_tool("lint", dump, "--format", "jsonl").out.splitlines()
            return sorted((one["rule"], one["object"]) for one in map(json.loads, listed) if "acknowledged" not in one)

        before = left()
        self.assertIn(("type-mapped", "public.b.m"), before)
        for words, message in ((("--rule", "type-mapped"), "needs --reason"), (because, "needs --rule"),
                               (("--rule", "type-mapped", "--until", "soon", *because), "needs a day"),
                               (("--rule", "type-mapped", "--object", "public.c*", *because), "about `public.c*` is left"),
                               (("--rule", "type-mapped,no-such-rule", *because), "there is no rule `no-such-rule`"),
                               (("--rule", "type-mapped", "--until", "2001-01-01", *because), "would hold for no day")):
            self.assert_usage_error(self.run_tool("decide", dump, *words), message)
            self.assertFalse(config.exists())
        run = self.run_tool("decide", dump, "--rule", "type-mapped", "--object", "public.a.*", "--until", "2999-12-31", *because)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("1 finding is acknowledged", run.err)
        self.assertEqual(config.read_text(), run.out)
        self.assertEqual(left(), [one for one in before if one != ("type-mapped", "public.a.m")])
        config.write_text("# ours\n" + config.read_text().rstrip("\n"))
        self.assertEqual(self.run_tool("decide", dump, "--rule", "type-mapped", "--rule", "function-language", *because).returncode, 0)
        self.assertTrue(config.read_text().startswith("# ours\n"))
        self.assertFalse({"type-mapped", "function-language"} & {rule for rule, _ in left()})
        self.assertEqual(self.run_tool("lint", dump).returncode, 0)
        self.assert_usage_error(self.run_tool("decide", dump, "--rule", "type-mapped", *because), "no finding")
        # A rule that is named twice is one decision; line ends stay as they are; what cannot be added to stays whole.
        config.write_bytes(b"crdb = \"25.2\"\r\n")
        run = self.run_tool("decide", dump, "--rule", "type-mapped,type-mapped", *because)
        self.assertIn("2 findings are acknowledged", run.err)
        self.assertEqual(config.read_bytes().count(b"[[decision]]"), 1)
        self.assertEqual(config.read_bytes().count(b"\n"), config.read_bytes().count(b"\r\n"))
        config.write_text("decision = []\n")
        self.assert_usage_error(self.run_tool("decide", dump, "--rule", "type-mapped", *because), "cannot be added to")
        self.assertEqual(config.read_text(), "decision = []\n")

    def test_config_show(self):
        self.write("db/a.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n")
        self.write("db/pg2crdb.toml", 'crdb = "25.2"\nignore = ["missing-schema"]\nbaseline = "known.jsonl"\n[severity]\n'
                   'division = "error"\n[[decision]]\nrule = "function-body"\naction = "acknowledge"\nreason = "by hand"\n')
        run = self.run_tool("config", "show", "db/a.sql", "--origin", "--fail-on", "warning", "--severity", "type-mapped=info")
        self.assertEqual(run.returncode, 0, run.err)
        for line in ('crdb = "25.2"  # db/pg2crdb.toml:1', 'sequences = "keep"  # the default', 'fail_on = "warning"  # --fail-on',
                     'ignore = ["missing-schema"]  # db/pg2crdb.toml:2', 'baseline = "db/known.jsonl"  # db/pg2crdb.toml:3',
                     'division = "error"  # db/pg2crdb.toml:5', 'type-mapped = "info"  # --severity', "select = []  # the default",
                     "# db/pg2crdb.toml:6:1\n[[decision]]"):
            self.assertIn(line + "\n", run.out)
        # What is shown is a configuration that says the same.
        plain = self.run_tool("config", "show", "db/a.sql").out
        self.assertNotIn("#", plain)
        self.write("again.toml", plain)
        self.assertEqual(self.run_tool("config", "show", "--config", "again.toml").out, plain)
        self.assertIn("the default", self.run_tool("config", "show", "--no-config", "--origin").out)
        self.assert_usage_error(self.run_tool("config", "hide"), "has no `hide`")
        self.write("db/pg2crdb.toml", 'crdb = "1.0"\n')
        self.assert_usage_error(self.run_tool("config", "show", "db"), "`1.0` is not known")

    def test_statistics(self):
        dump = self.write("many.sql", b"CREATE TABLE public.a (id serial PRIMARY KEY, m money);\n"
                          b"CREATE TABLE public.b (id serial PRIMARY KEY, m money, n money);\nCREATE AGGREGATE public.s (int) "
                          b"(SFUNC = int4pl, STYPE = int);\n-- pg2crdb: ignore type-mapped reason=\"known\"\n"
                          b"CREATE TABLE public.c (m money);\n")
        listed = [json.loads(line) for line in self.run_tool("lint", dump, "--no-config", "--format", "jsonl").out.splitlines()]
        wanted = {}
        for finding in listed:
            if "acknowledged" not in finding:
                wanted[finding["rule"]] = wanted.get(finding["rule"], 0) + 1
        self.assertEqual(wanted["type-mapped"], 3)
        run = self.run_tool("lint", dump, "--no-config", "--statistics")
        self.assertEqual(run.returncode, 1)
        rows = [line.split() for line in run.out.splitlines()]
        self.assertEqual({rule: int(count) for count, _, rule in rows}, wanted)
        self.assertEqual([int(row[0]) for row in rows], sorted((int(row[0]) for row in rows), reverse=True))
        described = json.loads(self.run_tool("lint", dump, "--no-config", "--statistics", "--format", "json").out)
        self.assertEqual({one["rule"]: one["count"] for one in described}, wanted)
        self.assertEqual({one["rule"]: one["severity"] for one in described}["statement-unsupported"], "error")
        self.assert_usage_error(self.run_tool("lint", dump, "--statistics", "--format", "gcc"), "text or json")
        clean = self.write("clean.sql", b"CREATE TABLE public.a (id uuid PRIMARY KEY);\n")
        self.assertEqual(self.run_tool("lint", clean, "--no-config", "--statistics").out, "")

    def test_an_empty_value_is_no_value(self):
        dump = self.write("dump.sql", b"CREATE TABLE public.a (id uuid PRIMARY KEY);\n")
        for command, option in (("load", "--source"), ("verify", "--target"), ("compile", "--out-dir"), ("load", "--include"),
                                ("lint", "--rules")):
            with self.subTest(option):
                self.assert_usage_error(self.run_tool(command, dump, option, ""), f"`{option}` is given an empty value")

    def test_whatif(self):
        dump = self.write("whatif.sql", b"CREATE TABLE public.t (a text, b money);\n"
                                        b"CREATE VIEW public.v AS SELECT to_date(a, 'YYYY') AS d FROM public.t;\n")
        run = self.run_tool("whatif", dump, "--crdb", "26.1", "--crdb", "26.2", "--no-config")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertRegex(run.out, r"(?m)^statements that need a person +1 +0$")
        self.assertRegex(run.out, r"(?m)^  error missing-function +1 +-$")
        self.assertNotIn("money-type", run.out)  # the same for both
        self.assertIn("whatif.sql:2: CREATE VIEW public.v\n    26.1: it calls `to_date`", run.out)
        described = json.loads(self.run_tool("whatif", dump, "--crdb", "26.1,26.2", "--format", "json", "--no-config").out)
        self.assertEqual([release["version"] for release in described["releases"]], ["26.1", "26.2"])
        self.assertEqual(list(described["needs_person"][0]["reasons"]), ["26.1"])
        for release in described["releases"]:
            compiled = self.run_tool("compile", dump, "--crdb", release["version"], "--format", "json", "--no-config")
            summary = json.loads(compiled.err[:compiled.err.rindex("}") + 1])["summary"]
            self.assertEqual([summary["errors"], summary["warnings"], summary["statements"]["needs_person"]],
                             [release["errors"], release["warnings"], release["needs_person"]])
        self.assert_usage_error(self.run_tool("whatif", dump, "--crdb", "26.2"), "compared with what is there")

    def test_rules_and_passes(self):
        rules = json.loads(self.run_tool("rules", "list", "--format", "json").out)
        self.assertIn("unused-decision", [rule["id"] for rule in rules])
        self.assertEqual(len(rules), len({rule["id"] for rule in rules}))
        for rule in rules:
            self.assertIn(rule["severity"], ("error", "warning", "info"))
        explained = self.run_tool("rules", "explain", "unused-decision")
        self.assertEqual(explained.returncode, 0)
        self.assertIn("warning", explained.out)
        self.assert_usage_error(self.run_tool("rules", "explain", "unused-decisio"), "unused-decision")
        passes = json.loads(self.run_tool("passes", "list", "--format", "json").out)
        self.assertEqual(passes[0]["name"], self.run_tool("passes", "list").out.split()[0])


class EndTest(CommandLine):
    """What stands behind the findings, for a person."""

    def end(self, text, *words, command="lint"):
        self.write("in.sql", text)
        run = self.run_tool(command, "in.sql", "--no-config", *words)
        lines = run.err.splitlines()
        begin = next(i for i, line in enumerate(lines) if line.startswith("read "))
        return lines[begin + 1:]

    def test_it_counts_what_compiles_what_needs_a_person_and_what_would_be_lost(self):
        text = (BROKEN + "CREATE PUBLICATION p FOR ALL TABLES;\nCREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y';\n"
                "CREATE TABLE public.v (id uuid PRIMARY KEY, x nosuchtype);\n")
        end = self.end(text)
        self.assertEqual(end[0], "1 statement compiles by itself; 2 need a person; 1 has an error; 1 would be lost: dropped, with a warning")
        self.assertRegex(end[1], r"^next: pg2crdb rules explain \S+  # 1 of 3 errors$")
        self.assertEqual(self.run_tool(*end[1].split("#")[0].split()[2:]).returncode, 0)

    def test_the_next_command(self):
        clean = "CREATE TABLE public.t (id uuid PRIMARY KEY);\n"
        self.assertEqual(self.end(clean), ["1 statement compiles by itself", "next: pg2crdb compile in.sql --out-dir out"])
        self.assertEqual(self.end(clean, "--in-order"), ["1 statement compiles by itself"])
        index = clean + "CREATE INDEX ON public.t USING hash (id);\n"
        self.assertEqual(self.end(index, "--in-order")[-1], "next: pg2crdb lint in.sql --no-config --in-order --diff")
        self.assertEqual(self.end(index)[-1], "next: pg2crdb rules explain index-method  # 1 of 1 warning")
        self.assertEqual(self.end(clean, "--out-dir", "a b", command="compile")[-1],
                         "next: pg2crdb apply 'a b' --rehearse --target postgresql://...")

    def test_a_consequence_is_not_what_is_explained(self):
        end = self.end("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y';\nCREATE VIEW public.v AS SELECT f();\n"
                       "CREATE VIEW public.w AS SELECT * FROM public.v;\n", "--severity", "object-not-translated=error")
        self.assertEqual(end[-1], "next: pg2crdb rules explain function-language  # 1 of 3 errors")

    def test_it_is_for_persons_alone(self):
        for words in (("--format", "gcc"), ("--format", "json"), ("-q",)):
            self.write("in.sql", "CREATE TABLE public.t (id uuid PRIMARY KEY);\n")
            self.assertNotIn("next:", self.run_tool("lint", "in.sql", *words).err)


class RangeTest(CommandLine):
    """What of the script a finding marks."""

    def marked(self, text, rule, *words):
        self.write("in.sql", text)
        report = json.loads(self.run_tool("lint", "in.sql", "--no-config", "--format", "json", *words).out)
        spans = [one["span"] for one in report["findings"] if one["rule"] == rule]
        return [text.encode()[span["start"]["byte"]:span["end"]["byte"]].decode() for span in spans]

    def test_a_command_of_alter_table(self):
        head = "CREATE TABLE public.t (a integer, b integer, f1 int4range);\n"
        text = head + "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT apart EXCLUDE USING gist (f1 WITH &&);\n"
        self.assertEqual(self.marked(text, "exclude-constraint"), ["CONSTRAINT apart"])
        text = "CREATE TABLE public.t (a integer);\nALTER TABLE ONLY public.t\n    ENABLE ALWAYS TRIGGER x; -- so\n"
        self.assertEqual(self.marked(text, "statement-dropped"), ["ENABLE ALWAYS TRIGGER x"])
        self.assertIn("    3 |     ENABLE ALWAYS", self.run_tool("lint", "in.sql", "--no-config").out)

    def test_the_one_of_several_that_is_named(self):
        text = "ALTER TABLE public.t\n    DROP COLUMN a,\n    DROP COLUMN \"b c\", DROP COLUMN d;\nALTER TABLE public.t DROP COLUMN a, DROP COLUMN a;\n"
        self.assertEqual(self.marked("CREATE TABLE public.t (a int);\n" + text, "missing-column"), ['DROP COLUMN "b c"'])

    def test_a_place_is_a_word(self):
        self.assertEqual(self.marked("CREATE VIEW public.v AS SELECT 7 / 2 AS half;\n", "integer-division"), ["/"])
        self.assertEqual(self.marked('CREATE TABLE public."a b" ("c d" serial PRIMARY KEY);\n', "sequence-primary-key"), ['"c d"'])
        self.assertEqual(self.marked("CREATE TABLE public.t (a nosuch);\n", "unknown-type"), ["nosuch"])

    def test_a_comment_still_acknowledges_it(self):
        text = ("CREATE TABLE public.t (f1 int4range);\n-- pg2crdb: ignore exclude-constraint reason=\"none overlap\"\n"
                "ALTER TABLE public.t\n    ADD CONSTRAINT apart EXCLUDE USING gist (f1 WITH &&);\n")
        self.write("in.sql", text)
        self.assertNotIn("unused-decision", self.run_tool("lint", "in.sql", "--no-config").out)


class UsageTest(CommandLine):
    def test_misspelt_option_names_the_nearest(self):
        self.assert_usage_error(self.run_tool("compile", "x.sql", "--sequence", "keep"), "`--sequence`", "did you mean `--sequences`?")

    def test_no_message_shows_a_password(self):
        self.write("dump.sql", DUMP)
        for words in (("migrate", "--sourc=postgresql://u:s3cret@h/db"), ("migrate", "dump.sql", "postgresql://u:s3cret?@h/db"),
                      ("lint", "u:s3cret@h/db"), ("lint", "Postgresql://u:s3cret@h/db"), ("compile", "host=h password=s3cret"),
                      ("postgresql://u:s3cret@h/db",), ("migrate", "--jobs", "postgresql://u:s3cret@h/db"),
                      ("migrate", "--method", "u:s3cret@h"), ("migrate", "-o=u:s3cret@h/db"), ("load", "--plan", "postgresql://u:s3cret@h/db"),
                      ("migrate", "-q", "dump.sql", "--memory", "u:s3cret@h", "--target", "u:s3cret@h/db"), ("apply", "dump.sql", "--target", "u:s3cret@h/db")):
            with self.subTest(words):
                run = self.run_tool(*words)
                self.assert_usage_error(run)
                self.assertNotIn("s3cret", run.err)

    def test_connection_strings_are_sources_and_keep_their_password(self):
        target = ("--target", "host=127.0.0.1 port=1 password=s3cret dbname=shop")
        for source in ("host=127.0.0.1 port=1 user=postgres password=s3cret dbname=shop", "user = 'a b' password = 's3cret' host=127.0.0.1 port=1",
                       "password=s3cret host=127.0.0.1 port=1", "host=127.0.0.1 port=1 pasword=s3cret", "postgresql://me:s3cret@127.0.0.1:1/shop"):
            with self.subTest(source):
                run = self.run_tool("migrate", "--dry-run", "--source", source, *target)
                self.assertEqual(run.returncode, 2)
                self.assertNotIn("there is no file", run.err)
                self.assertNotIn("s3cret", run.err)
        for source in ("dump.sql", "u:s3cret@h/db"):
            run = self.run_tool("migrate", "--source", source, *target)
            self.assert_usage_error(run, "`--source` is no connection string")
            self.assertNotIn("s3cret", run.err)

    def test_list_of_processes_shows_no_password(self):
        child = subprocess.Popen([BINARY, "lint", "-", "--stdin-filename", "x=y", "--config=u:s3cret@h", "--no-config"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        shown = pathlib.Path(f"/proc/{child.pid}/cmdline")
        until = time.monotonic() + 10
        words = b""
        while b"***" not in words and time.monotonic() < until:  # nothing at all while the program begins
            time.sleep(0.01)
            words = shown.read_bytes()
        child.communicate(b"")
        self.assertNotIn(b"s3cret", words)
        self.assertIn(b"--config=u:***@h", words)

    def test_abbreviated_option_is_refused(self):
        self.assert_usage_error(self.run_tool("compile", "x.sql", "--anno"), "--anno")

    def test_option_of_another_command_is_refused(self):
        self.assert_usage_error(self.run_tool("lint", "x.sql", "--out-dir", "d"), "`pg2crdb lint` has no option `--out-dir`")

    def test_misspelt_command_names_the_nearest(self):
        self.assert_usage_error(self.run_tool("compil"), "did you mean `compile`?")

    def test_wrong_values(self):
        self.write("dump.sql", DUMP)
        for words, text in [(["--sequences", "none"], "unique-rowid"), (["--crdb", "9.9"], "9.9"), (["--fail-on", "never"], "warning"),
                            (["--select", "no-such-rule"], "no rule `no-such-rule`"), (["--passes", "no_such"], "no pass `no_such`"),
                            (["--severity", "unused-decision"], "ID=error"), (["--report", "pdf=x"], "FORMAT=FILE"),
                            (["--severity", "unused-decision=bad"], "bad"), (["--format", "pdf"], "sarif"),
                            (["--color", "sometimes"], "always"), (["--crdb"], "needs a value"), (["another.sql"], "another.sql")]:
            with self.subTest(words):
                self.assert_usage_error(self.run_tool("compile", "dump.sql", *words), text)

    def test_numbers(self):
        for words in (["--row-limit", "-1"], ["--jobs", "many"], ["--jobs", "1025"], ["--max-bad-rows", "1.5"], ["--memory", "lots"]):
            with self.subTest(words):
                run = self.run_tool("load", self.write("dump.sql", INSERTS), "--target", "postgresql://127.0.0.1:1/x", *words)
                self.assert_usage_error(run, words[1])

    def test_jobs_change_nothing(self):
        tables = (f"CREATE TABLE t{i} (a int PRIMARY KEY, b money);\nCOMMENT ON TABLE t{i} IS '{'long ' * 100}';\n" for i in range(1500))
        script = self.write("many.sql", "".join(tables))
        for command in ("compile", "lint", "ast"):
            first, *others = (self.run_tool(command, script, "--jobs", jobs) for jobs in ("1", "2", "5"))
            for other in others:
                self.assertEqual((other.returncode, other.out, other.err), (first.returncode, first.out, first.err))

    def test_missing_input(self):
        self.assert_usage_error(self.run_tool("compile"), "INPUT")

    def test_missing_target(self):
        for command in (["revalidate"], ["migrate", "x.sql"], ["verify", "x"]):
            with self.subTest(command):
                self.assert_usage_error(self.run_tool(*command), "--target")


class InputTest(CommandLine):
    def test_missing_file(self):
        self.assert_usage_error(self.run_tool("compile", "missing.sql"), "missing.sql")

    def test_folder(self):
        self.assert_usage_error(self.run_tool("compile", self.folder), str(self.folder))

    def test_custom_format_archive(self):
        archive = self.write("dump.custom", b"PGDMP\x01\x0e\x00" + bytes(64))
        self.assert_usage_error(self.run_tool("compile", archive), "no pg_restore here reads it")

    def test_nul_bytes(self):
        self.assert_usage_error(self.run_tool("compile", self.write("nul.sql", b"CREATE TABLE t (\0 id int);\n")), "nul.sql")

    def test_empty_file_is_a_finding(self):
        run = self.run_tool("compile", self.write("empty.sql", ""))
        self.assertEqual(run.returncode, 1, run.err)
        self.assertIn("[empty-input]", run.err)
        self.assertIn("read 0 statements", run.err)

    def test_latin_1(self):
        text = "CREATE TABLE public.caf\xe9 (id bigint PRIMARY KEY);\n".encode("latin-1")
        run = self.run_tool("compile", self.write("latin.sql", text))
        self.assertIn(run.returncode, (1, 2), run.err)

    def test_deep_nesting(self):
        text = "CREATE VIEW public.v AS SELECT " + "(" * 10000 + "1" + ")" * 10000 + " AS one;\n"
        run = self.run_tool("compile", self.write("deep.sql", text))
        self.assertIn(run.returncode, (0, 1), run.err[-500:])
        self.assertIn("read 1 statement", run.err)

    def test_truncated_dump(self):
        for end in ("COPY public.towns (id, name) FROM stdin;\n1\tPar", "CREATE SEQUENCE public.towns_id_seq\n    AS inte"):
            with self.subTest(end[:4]):
                text = DUMP[:DUMP.index(end[:20])] + end
                run = self.run_tool("compile", self.write("cut.sql", text))
                self.assertEqual(run.returncode, 1, run.err)

    def test_statement_that_does_not_parse_costs_one_finding(self):
        run = self.run_tool("compile", self.write("broken.sql", BROKEN))
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.err, r"broken\.sql:2:\d+: error: ")
        self.assertIn("read 2 statements", run.err)
        self.assertIn("TABLE public.t", run.out)

    def test_standard_input(self):
        run = self.run_tool("compile", "-", "--stdin-filename", "shop.sql", stdin=BROKEN.encode())
        self.assertEqual(run.returncode, 1)
        self.assertIn("shop.sql:2:", run.err)

    def test_gzip(self):
        plain = self.run_tool("compile", self.write("dump.sql", DUMP))
        packed = self.run_tool("compile", self.write("dump.sql.gz", gzip.compress(DUMP.encode())))
        self.assertEqual(packed.out.replace("dump.sql.gz", "dump.sql"), plain.out)

    def test_unreachable_database_keeps_its_password(self):
        run = self.run_tool("compile", "postgresql://me:very-secret@127.0.0.1:1/shop")
        self.assertEqual(run.returncode, 2)
        self.assertNotIn("very-secret", run.err)
        self.assertIn("pg_dump", run.err)

    def test_what_is_not_needed_takes_nothing_else_along(self):
        for command in ("SET (fillfactor = 70)", "CLUSTER ON a_pkey", "ALTER COLUMN id SET STATISTICS 5", "SET UNLOGGED", "REPLICA IDENTITY FULL"):
            self.write("a.sql", f"CREATE TABLE a (id int PRIMARY KEY);\nALTER TABLE a ADD COLUMN d int, {command};\n")
            run = self.run_tool("compile", "a.sql")
            self.assertEqual(run.returncode, 1, command)
            self.write("a.sql", f"CREATE TABLE a (id int PRIMARY KEY);\nALTER TABLE a {command};\n")
            self.assertEqual(self.run_tool("compile", "a.sql").returncode, 0, command)

    def test_a_password_that_is_cut_in_pieces_is_not_shown(self):
        for url in ("postgresql://me:very@secret@127.0.0.1:1/shop", "postgresql://me:very/secret@127.0.0.1:1/shop",
                    "postgresql://me:1/very-secret@127.0.0.1:1/shop", "postgresql://me:very:secret@127.0.0.1:1/shop"):
            run = self.run_tool("lint", url)
            self.assertEqual(run.returncode, 2)
            self.assertNotIn("secret", run.err, url)
        self.assertIn("%40", self.run_tool("lint", "postgresql://me:very@secret@127.0.0.1:1/shop").err)

    def fake_pg_dump(self, lines):
        script = self.write("bin/pg_dump", "#!/bin/sh\n" + lines)
        script.chmod(0o755)
        return {"PATH": f"{script.parent}:{os.environ['PATH']}"}

    def test_live_schema_comes_from_pg_dump(self):
        (self.folder / "bin").mkdir()
        self.write("dump.sql", DUMP)
        environment = self.fake_pg_dump('echo "$@" > arguments\necho "$PGPASSWORD" > password\ncat dump.sql\n')
        run = self.run_tool("compile", "postgresql://me:very%20secret@db.example:5433/shop?application_name=a%27b",
                            environment=environment)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("CREATE TABLE public.towns", run.out)
        arguments = (self.folder / "arguments").read_text()
        self.assertIn("--schema-only", arguments)
        self.assertIn("host='db.example'", arguments)
        self.assertIn("application_name='a\\'b'", arguments)
        self.assertNotIn("secret", arguments)
        self.assertEqual((self.folder / "password").read_text(), "very secret\n")
        self.assertNotIn("secret", run.err + run.out)

    def test_connection_string_is_an_input(self):
        (self.folder / "bin").mkdir()
        self.write("dump.sql", DUMP)
        environment = self.fake_pg_dump('echo "$@" > arguments\necho "$PGPASSWORD" > password\ncat dump.sql\n')
        run = self.run_tool("compile", "host=db.example user=me password='very secret' dbname=shop", "--out-dir", "out", environment=environment)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("dbname='shop'", (self.folder / "arguments").read_text())
        self.assertEqual((self.folder / "password").read_text(), "very secret\n")
        written = "".join(path.read_text() for path in (self.folder / "out").iterdir())
        self.assertNotIn("secret", run.err + run.out + written + (self.folder / "arguments").read_text())

    def test_pg_dump_that_fails_half_way(self):
        (self.folder / "bin").mkdir()
        environment = self.fake_pg_dump("echo 'CREATE TABLE public.t (id bigint PRIMARY KEY);'\necho 'server went away' >&2\nexit 1\n")
        run = self.run_tool("compile", "postgresql://db.example/shop", environment=environment)
        self.assert_usage_error(run, "pg_dump failed: server went away")


class CompileTest(CommandLine):
    def test_ledger_adds_up_with_copy(self):
        run = self.run_tool("compile", self.write("dump.sql", DUMP), "--report", "json=report.json")
        self.assertEqual(run.returncode, 0, run.err)
        report = json.loads((self.folder / "report.json").read_text())
        counts = report["summary"]["statements"]
        self.assertEqual(counts["read"], sum(n for name, n in counts.items() if name != "read"))
        self.assertEqual(counts["read"], len(report["statements"]))
        self.assertIn("1 COPY block with 3 rows", run.err)
        self.assertEqual(report["data"][0]["rows"], 3)

    def test_ledger_adds_up_with_inserts(self):
        run = self.run_tool("compile", self.write("dump.sql", INSERTS), "--report", "json=report.json")
        report = json.loads((self.folder / "report.json").read_text())
        counts = report["summary"]["statements"]
        self.assertEqual(counts["read"], 4)
        self.assertEqual(counts["read"], sum(n for name, n in counts.items() if name != "read"))
        self.assertEqual(counts["moved"], 3)
        self.assertIn("3 INSERT statements with 4 rows", run.err)

    def test_report_follows_its_schema(self):
        self.write("dump.sql", DUMP + BROKEN)
        self.run_tool("compile", "dump.sql", "--out-dir", "out")
        report = json.loads((self.folder / "out/report.json").read_text())
        schema = json.loads((SOURCE / "docs/report.schema.json").read_text())
        self.assertEqual(Schema(schema).problems(report), [])
        self.assertEqual(report["inputs"][0]["bytes"], len(DUMP + BROKEN))
        self.assertGreater(report["summary"]["errors"], 0)

    def test_output_spans_point_at_the_statement(self):
        self.write("dump.sql", DUMP)
        for words, folder in ((["--out-dir", "out"], "out"), (["-o", "schema.sql", "--report", "json=report.json"], ".")):
            with self.subTest(words):
                self.run_tool("compile", "dump.sql", "--annotate", *words)
                report = json.loads((self.folder / folder / "report.json").read_text())
                tables = [s for s in report["statements"] if s["kind"] == "CREATE TABLE"]
                span = tables[0]["output_span"]
                text = (self.folder / folder / span["file"]).read_bytes()[span["start"]["byte"]:span["end"]["byte"]].decode()
                self.assertIn("CREATE TABLE public.towns", text)
                self.assertEqual(text.count(";"), 1)

    def test_passwords_of_the_dump_are_shown_to_nobody(self):
        passwords = """CREATE USER bob PASSWORD 's3cret' SUPERUSER;
ALTER ROLE bob
    WITH REPLICATION PASSWORD
    'SCRAM-SHA-256$4096:s3cret';
CREATE USER MAPPING FOR bob SERVER there OPTIONS (user 'bob', password 's3cret');
CREATE SUBSCRIPTION s CONNECTION 'host=h password=s3cret' PUBLICATION p;
ALTER ROLE bob PASSWORD 's3cret' PASSWORD;
"""
        self.write("roles.sql", passwords)
        shown = []
        for format in ("text", "gcc", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "html"):
            run = self.run_tool("lint", "roles.sql", "--format", format)
            shown.append(run.out + run.err)
        self.assertIn("PASSWORD '***' SUPERUSER", shown[0])
        self.assertIn("PASSWORD '***' SUPERUSER", shown[-1])
        for name in ("bob", "s"):
            run = self.run_tool("compile", "roles.sql", "--out-dir", "out", "--explain", name)
            shown.append(run.out + run.err)
        shown += [(self.folder / "out" / name).read_text() for name in ("report.json", "report.html")]
        for text in shown:
            self.assertNotIn("s3cret", text)

    def test_files_with_passwords_are_their_owners_alone(self):
        self.write("roles.sql", DUMP + "CREATE ROLE bob LOGIN PASSWORD 's3cret';\n")
        for again in range(2):
            self.assertEqual(self.run_tool("compile", "roles.sql", "--out-dir", "out", "-o", "whole.sql").returncode, 0)
            holding = 0
            for path in [*(self.folder / "out").iterdir(), self.folder / "whole.sql"]:
                holds = "s3cret" in path.read_text()
                holding += holds
                mode = stat.S_IMODE(path.stat().st_mode)
                self.assertEqual(mode & 0o077 == 0, holds, f"{path.name} {mode:o}")
                if not again:
                    path.chmod(0o644)
            self.assertEqual(holding, 3)  # the roles, the plan, the whole

    def test_out_dir_holds_everything(self):
        self.write("dump.sql", DUMP)
        run = self.run_tool("compile", "dump.sql", "--out-dir", "a/b")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(run.out, "")
        self.assertEqual({p.name for p in (self.folder / "a/b").iterdir()}, PHASE_FILES)
        plan = json.loads((self.folder / "a/b/load-plan.json").read_text())
        self.assertEqual(plan["tables"][0]["name"], "towns")

    def test_standard_output_and_file_hold_the_same(self):
        self.write("dump.sql", DUMP)
        printed = self.run_tool("compile", "dump.sql").out
        self.assertIn("CREATE TABLE public.towns", printed)
        run = self.run_tool("compile", "dump.sql", "-o", "schema.sql")
        self.assertEqual(run.out, "")
        self.assertEqual((self.folder / "schema.sql").read_text(), printed)
        self.assertEqual(stat.S_IMODE((self.folder / "schema.sql").stat().st_mode) & 0o600, 0o600)

    def test_nothing_half_written_is_left(self):
        self.write("dump.sql", DUMP)
        (self.folder / "out/load-plan.json").mkdir(parents=True)
        run = self.run_tool("compile", "dump.sql", "--out-dir", "out")
        self.assertEqual(run.returncode, 2)
        self.assertEqual([p.name for p in (self.folder / "out").iterdir()], ["load-plan.json"])

    def test_unwritable_report_leaves_no_output(self):
        self.write("dump.sql", DUMP)
        run = self.run_tool("compile", "dump.sql", "-o", "schema.sql", "--report", "sarif=missing/x.sarif")
        self.assertEqual(run.returncode, 2)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["dump.sql"])

    def test_output_through_a_link_and_to_a_device(self):
        self.write("dump.sql", DUMP)
        self.write("real.sql", "old")
        (self.folder / "link.sql").symlink_to("real.sql")
        self.assertEqual(self.run_tool("compile", "dump.sql", "-o", "link.sql").returncode, 0)
        self.assertTrue((self.folder / "link.sql").is_symlink())
        self.assertIn("CREATE TABLE", (self.folder / "real.sql").read_text())
        self.assertEqual(self.run_tool("compile", "dump.sql", "-o", "/dev/null").returncode, 0)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        self.write("dump.sql", DUMP)
        with open("/dev/full", "wb") as full:
            run = subprocess.run([BINARY, "compile", "dump.sql"], stdout=full, stderr=subprocess.PIPE, cwd=self.folder,
                                 timeout=120)
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"standard output cannot be written", run.stderr)
        self.assert_usage_error(self.run_tool("compile", "dump.sql", "-o", "/dev/full"), "/dev/full")

    def test_closed_pipe(self):
        self.write("dump.sql", DUMP)
        for words, status in ((["compile", "dump.sql"], 141), (["lint", "dump.sql", "--format", "json"], 141), (["rules", "list"], 141),
                              (["help"], 141), (["load", "dump.sql", "--dry-run"], 2)):
            with self.subTest(words):
                reading, writing = os.pipe()
                os.close(reading)
                try:
                    run = subprocess.run([BINARY, *words], stdout=writing, stderr=subprocess.PIPE, cwd=self.folder, timeout=120)
                finally:
                    os.close(writing)
                self.assertEqual(run.returncode, status, run.stderr)
                self.assertEqual(b"cannot be written" in run.stderr, status == 2, run.stderr)

    def test_annotate_print_after_and_stop_after(self):
        self.write("dump.sql", DUMP)
        self.assertIn("-- from dump.sql:", self.run_tool("compile", "dump.sql", "--annotate").out)
        names = [p["name"] for p in json.loads(self.run_tool("passes", "list", "--format", "json").out)]
        run = self.run_tool("compile", "dump.sql", "--print-after", names[0], "--stop-after", names[0])
        self.assertIn(f"-- after {names[0]}", run.err)
        self.assertIn("CREATE TABLE public.towns", run.err)

    def test_explain_shows_what_became_of_a_routine(self):
        text = ("CREATE FUNCTION public.f(k integer) RETURNS integer LANGUAGE plpgsql AS $$\nDECLARE\n  n integer DEFAULT 1;\n"
                "BEGIN\n  RETURN n + k;\nEND $$;\n")
        run = self.run_tool("compile", self.write("f.sql", text), "-o", os.devnull, "--quiet", "--explain", "public.f")
        self.assertIn("public.f, line 1: rewritten by adapt-functions", run.err)
        self.assertIn("     3 -   n integer DEFAULT 1;\n       +   n INT4 := 1;\n     4   BEGIN\n     5     RETURN n + k;\n", run.err)
        run = self.run_tool("compile", self.write("g.sql", text), "--explain", "public.g")
        self.assertEqual(run.returncode, 2)
        self.assertIn("no statement is about `public.g`", run.err)

    def test_each_run_writes_the_same_bytes(self):
        self.write("dump.sql", DUMP)
        for folder in ("one", "two"):
            self.run_tool("compile", "dump.sql", "--out-dir", folder)
        for name in PHASE_FILES:
            self.assertEqual((self.folder / "one" / name).read_bytes(), (self.folder / "two" / name).read_bytes(), name)


class FindingsTest(CommandLine):
    def error_rule(self, name):
        report = json.loads(self.run_tool("lint", name, "--format", "json").out)
        return next(f for f in report["findings"] if f["severity"] == "error")

    def test_lint_prints_findings_on_standard_output(self):
        self.write("broken.sql", BROKEN)
        run = self.run_tool("lint", "broken.sql")
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.out, r"broken\.sql:2:\d+: error: ")
        self.assertNotIn("CREATE TABLE public.t ", run.out)

    def test_lint_of_sql_for_cockroachdb(self):
        good = self.write("good.sql", "CREATE TABLE t (id INT8 PRIMARY KEY USING HASH, FAMILY f (id));\n"
                                      "INSERT INTO t VALUES (1);\nUPSERT INTO t VALUES (2);\n")
        run = self.run_tool("lint", "--dialect", "cockroachdb", good)
        self.assertEqual((run.returncode, run.out), (0, ""), run.out + run.err)
        bad = self.write("bad.sql", "CREATE TABLE t (id INT8 PRIMARY KEY);\n\n"
                                    "CREATE EXTENSION pgcrypto WITH SCHEMA public;\nALTER TABLE t ADD COLUMN p money;\n")
        run = self.run_tool("lint", "--dialect", "cockroachdb", bad, good)
        self.assertEqual(run.returncode, 1, run.err)
        self.assertIn("bad.sql:3:27: error: `WITH` stands where the end is expected", run.out)
        self.assertIn("    3 | CREATE EXTENSION pgcrypto WITH SCHEMA public;\n      |                           ^", run.out)
        self.assertRegex(run.out, r"bad\.sql:4:\d+: error: .*\[cockroachdb-syntax\]")
        self.assertEqual(run.out.count("[cockroachdb-syntax]"), 2)
        self.assertIn("read 6 statements", run.err)
        for form in ("gcc", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "html"):
            run = self.run_tool("lint", "--dialect", "cockroachdb", bad, "--format", form)
            self.assertEqual(run.returncode, 1, run.err)
            self.assertIn("cockroachdb-syntax", run.out)

    def test_lint_of_sql_for_an_older_cockroachdb(self):
        path = self.write("rls.sql", "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n")
        self.assertEqual(self.run_tool("lint", "--dialect", "cockroachdb", path).returncode, 0)
        run = self.run_tool("lint", "--dialect", "cockroachdb", "--crdb", "24.1", path)
        self.assertEqual(run.returncode, 1)
        self.assertIn("Since CockroachDB 25.2", run.out)

    def test_findings_of_the_grammar_can_be_acknowledged(self):
        path = self.write("m.sql", '-- pg2crdb: ignore cockroachdb-syntax reason="run by hand"\nVACUUM t;\n')
        run = self.run_tool("lint", "--dialect", "cockroachdb", path)
        self.assertEqual(run.returncode, 0, run.out)
        self.assert_usage_error(self.run_tool("lint", "--dialect", "mysql", path), "--dialect")

    def test_what_is_decided_of_sql_for_postgresql_is_not_unused_there(self):
        self.write("pg2crdb.toml", '[[decision]]\nrule = "type-mapped"\naction = "acknowledge"\nreason = "known"\n')
        path = self.write("m.sql", '-- pg2crdb: ignore function-body reason="by hand"\nSELECT 1;\n'
                                   '-- pg2crdb: ignore cockroachdb-syntax reason="by hand"\nSELECT 2;\n-- pg2crdb: ignore nonsense reason="r"\nSELECT 3;\n')
        out = self.run_tool("lint", "--dialect", "cockroachdb", path, "--format", "gcc").out
        self.assertEqual([line.split(": ", 2)[2] for line in out.splitlines()],
                         ["the comment `pg2crdb: ignore cockroachdb-syntax` matches no finding [unused-decision]",
                          "the comment `pg2crdb: ignore nonsense` names no rule [unused-decision]"])

    def test_lint_takes_several_files(self):
        self.write("a.sql", BROKEN)
        self.write("b.sql", BROKEN)
        run = self.run_tool("lint", "a.sql", "b.sql")
        self.assertIn("a.sql:2:", run.out)
        self.assertIn("b.sql:2:", run.out)
        self.assertIn("read 4 statements", run.err)

    def test_fail_on(self):
        self.write("dump.sql", DUMP)
        report = json.loads(self.run_tool("lint", "dump.sql", "--format", "json").out)
        self.assertEqual(report["summary"]["errors"], 0)
        self.assertEqual(self.run_tool("lint", "dump.sql").returncode, 0)
        self.assertGreater(report["summary"]["warnings"] + report["summary"]["infos"], 0)
        self.assertEqual(self.run_tool("lint", "dump.sql", "--fail-on", "info").returncode, 1)
        self.assertEqual(self.run_tool("lint", "dump.sql", "--fail-on", "warning").returncode,
                         1 if report["summary"]["warnings"] else 0)

    def test_select_ignore_severity(self):
        self.write("dump.sql", DUMP)
        findings = json.loads(self.run_tool("lint", "dump.sql", "--format", "json").out)["findings"]
        rule = findings[0]["rule"]
        only = json.loads(self.run_tool("lint", "dump.sql", "--format", "json", "--select", rule).out)["findings"]
        self.assertEqual({f["rule"] for f in only}, {rule})
        without = json.loads(self.run_tool("lint", "dump.sql", "--format", "json", "--ignore", rule).out)["findings"]
        self.assertNotIn(rule, {f["rule"] for f in without})
        self.assertEqual(len(only) + len(without), len(findings))
        self.assertEqual(self.run_tool("lint", "dump.sql", "--severity", f"{rule}=error").returncode, 1)

    def test_sarif(self):
        self.write("broken.sql", BROKEN)
        sarif = json.loads(self.run_tool("lint", "broken.sql", "--format", "sarif").out)
        self.assertEqual(sarif["version"], "2.1.0")
        self.assertEqual(sarif["runs"][0]["tool"]["driver"]["name"], "pg2crdb")
        self.assertTrue(any(r["level"] == "error" for r in sarif["runs"][0]["results"]))

    def test_every_format(self):
        self.write("broken.sql", BROKEN)
        formats = ("text", "gcc", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "html")
        self.run_tool("lint", "broken.sql", *(word for f in formats for word in ("--report", f"{f}=out.{f}")))
        for form in formats:
            with self.subTest(form):
                run = self.run_tool("lint", "broken.sql", "--format", form)
                self.assertEqual(run.returncode, 1)
                self.assertEqual((self.folder / f"out.{form}").read_text(), run.out)
                if form in ("json", "gitlab"):
                    json.loads(run.out)
                if form == "junit":
                    suite = xml.etree.ElementTree.fromstring(run.out)
                    self.assertEqual(len(list(suite.iter("failure"))), int(suite.get("failures")))
                if form == "gcc":
                    self.assertTrue(all(re.match(r"broken\.sql:\d+:\d+: (error|warning|note): .* \[[a-z-]+\]$", line)
                                        for line in run.out.splitlines()))
                if form == "jsonl":
                    self.assertTrue(all(json.loads(line) for line in run.out.splitlines()))

    def test_colours(self):
        self.write("broken.sql", BROKEN)
        self.assertNotIn("\033", self.run_tool("lint", "broken.sql").out)
        self.assertIn("\033", self.run_tool("lint", "broken.sql", "--color", "always").out)
        always = self.run_tool("lint", "broken.sql", "--color", "always", environment={"NO_COLOR": "1"})
        self.assertIn("\033", always.out)

    def test_no_color_on_a_terminal(self):
        self.write("broken.sql", BROKEN)
        self.assertIn(b"\033", self.on_terminal({}))
        self.assertNotIn(b"\033", self.on_terminal({"NO_COLOR": "1"}))

    def on_terminal(self, environment):
        ours, theirs = os.openpty()
        given = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | environment
        child = subprocess.Popen([BINARY, "lint", "broken.sql"], stdout=theirs, stderr=subprocess.DEVNULL, env=given,
                                 cwd=self.folder)
        os.close(theirs)
        text = b""
        try:
            while chunk := os.read(ours, 65536):
                text += chunk
        except OSError:  # Linux says EIO when the other end is closed
            pass
        os.close(ours)
        child.wait(timeout=60)
        return text

    def test_quiet(self):
        self.write("dump.sql", DUMP)
        self.assertNotIn("read ", self.run_tool("lint", "dump.sql", "-q").err)


class ConfigurationTest(CommandLine):
    def finding(self):
        report = json.loads(self.run_tool("lint", "db/broken.sql", "--format", "json", "--no-config").out)
        return next(f for f in report["findings"] if f["severity"] == "error")

    def setUp(self):
        super().setUp()
        (self.folder / "db").mkdir()
        self.write("db/broken.sql", BROKEN)

    def decide(self, **more):
        finding = self.finding()
        entry = {"rule": finding["rule"], "object": finding["object"] or "*", "action": "acknowledge", "reason": "known"} | more
        self.write("pg2crdb.toml", "[[decision]]\n" + "".join(f'{k} = "{v}"\n' for k, v in entry.items()))

    def test_acknowledged_findings_do_not_count(self):
        self.decide()
        run = self.run_tool("lint", "db/broken.sql", "--format", "json")
        self.assertEqual(run.returncode, 0, run.out)
        report = json.loads(run.out)
        self.assertEqual(report["summary"]["errors"], 0)
        self.assertEqual(report["summary"]["acknowledged"], 1)
        marked = [f["acknowledged"] for f in report["findings"] if "acknowledged" in f]
        self.assertEqual(marked, [{"by": "pg2crdb.toml", "reason": "known"}])
        self.assertEqual(self.run_tool("lint", "db/broken.sql", "--no-config").returncode, 1)
        self.assertEqual(self.run_tool("compile", "db/broken.sql").returncode, 0)

    def test_acknowledged_findings_are_suppressed_and_not_annotated(self):
        rule = self.finding()["rule"]
        good, bad = BROKEN.splitlines(keepends=True)
        for kind in ("external", "inSource"):
            if kind == "external":
                self.decide()
            else:
                (self.folder / "pg2crdb.toml").unlink()
                self.write("db/broken.sql", f'{good}-- pg2crdb: ignore {rule} reason="known"\n{bad}')
            shown = {format: self.run_tool("lint", "db/broken.sql", "--format", format).out for format in ("sarif", "github", "gitlab")}
            results = json.loads(shown["sarif"])["runs"][0]["results"]
            suppressed = [(one["ruleId"], one["level"], one["suppressions"]) for one in results if "suppressions" in one]
            self.assertEqual(suppressed, [(rule, "error", [{"kind": kind, "status": "accepted", "justification": "known"}])])
            for format in ("github", "gitlab"):
                self.assertNotIn(rule, shown[format])
        self.write("db/broken.sql", BROKEN)
        self.assertIn(rule, self.run_tool("lint", "db/broken.sql", "--format", "github").out)

    def test_explanations_are_named_where_they_can_be_read(self):
        for format in ("markdown", "json", "jsonl", "sarif", "html"):
            run = self.run_tool("lint", "db/broken.sql", "--format", format)
            self.assertNotIn("docs/rules.md", run.out)
            self.assertNotIn("helpUri", run.out)
        words = self.finding()["docs"].split()
        self.assertEqual(words[0], "pg2crdb")
        self.assertEqual(self.run_tool(*words[1:]).returncode, 0)

    def test_decision_is_used_on_its_last_day_and_not_after(self):
        self.decide(until="2999-12-31")
        self.assertEqual(self.run_tool("lint", "db/broken.sql").returncode, 0)
        self.decide(until="2001-01-01")
        run = self.run_tool("lint", "db/broken.sql")
        self.assertEqual(run.returncode, 1)
        self.assertIn("expired-decision", run.out)

    def test_decision_without_a_finding_is_a_finding(self):
        self.decide(object="public.no_such")
        run = self.run_tool("lint", "db/broken.sql")
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.out, r"pg2crdb\.toml:1:1: warning: .*\[unused-decision\]")

    def test_errors_name_line_and_nearest_key(self):
        for text, expected in [('crbd = "24.1"\n', "did you mean `crdb`?"), ("crdb = 24.1\n", "string"), ("crdb = \n", "pg2crdb.toml:1:"),
                               ('[[decision]]\nrule = "no-such"\naction = "acknowledge"\nreason = "r"\n', "toml:1:1: there is no rule `no-such`"),
                               ('[[decision]]\nrule = "unused-decision"\naction = "burn"\nreason = "r"\n', "one of acknowledge, delete"),
                               ('[[decision]]\nrule = "unused-decision"\naction = "acknowledge"\n', "reason"),
                               ('fail_on = "never"\n', "pg2crdb.toml:1: `fail_on` cannot be `never`"),
                               ('\n[severity]\nno-such = "info"\n', "pg2crdb.toml:3: there is no rule `no-such`"),
                               ('[severity]\ntype-mapped = "loud"\n', "pg2crdb.toml:2: the severity"), ('passes = ["-no-such"]\n', "pg2crdb.toml:1: "),
                               ('rules = ["nowhere.rule"]\n', "pg2crdb.toml:1: "), ('select = ["no-such"]\n', "pg2crdb.toml:1: "),
                               ('crdb = ""\n', "pg2crdb.toml:1:8: `crdb` is empty"), ('baseline = ""\n', "`baseline` is empty"),
                               ('sequences = "never"\n', "pg2crdb.toml:1: "), ('crdb = "1.0"\n', "pg2crdb.toml:1: "),
                               ('[[decision]]\nrule = "type-mapped"\naction = "acknowledge"\nreason = "r"\nuntil = "2027-02-30"\n',
                                "pg2crdb.toml:5:9: `until` has to be a day")]:
            with self.subTest(text):
                self.write("pg2crdb.toml", text)
                self.assert_usage_error(self.run_tool("lint", "db/broken.sql"), expected)

    def test_one_configuration_holds_for_all_inputs(self):
        self.write("db/pg2crdb.toml", 'fail_on = "info"\n')
        self.write("db/one.sql", "CREATE TABLE public.one (id int PRIMARY KEY, m money);\n")
        self.write("db/next/two.sql", "CREATE TABLE public.two (id int PRIMARY KEY);\n")
        self.assertEqual(self.run_tool("lint", "db/one.sql", "db/next/two.sql").returncode, 1)
        self.write("db/next/pg2crdb.toml", 'fail_on = "error"\n')
        for inputs in (("db/one.sql", "db/next/two.sql"), ("db/next/two.sql", "db/one.sql"), ("db/one.sql", "db/next")):
            self.assert_usage_error(self.run_tool("lint", *inputs), "db/pg2crdb.toml", "db/next/pg2crdb.toml", "--config")
        self.assertEqual(self.run_tool("lint", "db/one.sql", "db/next/two.sql", "--config", "db/next/pg2crdb.toml").returncode, 0)

    def test_configuration_of_the_documentation_is_read(self):
        documented = (SOURCE / "docs/configuration.md").read_text()
        example = re.search(r"```toml\n(.*?)```", documented, re.DOTALL).group(1)
        self.write("pg2crdb.toml", example)
        self.write("known.jsonl", "")
        run = self.run_tool("lint", "db/broken.sql", "--verbose")
        self.assertEqual(run.returncode, 1, run.err)
        self.assertIn("configuration pg2crdb.toml", run.err)
        for name in ("function-body", "object-not-translated"):
            self.assertIn(f"the decision on `{name}`", run.out)
        # Every key that there is.
        unknown = self.write("unknown.toml", 'quite_another = "x"\n')
        keys = re.search("the keys are (.*)", self.run_tool("lint", "db/broken.sql", "--config", str(unknown)).err).group(1).split(", ")
        self.assertGreater(len(keys), 8)
        for key in keys:
            self.assertRegex(example, rf"(?m)^({key} = |\[{key}\]|\[\[{key}\]\])")

    def test_configuration_named_on_the_command_line(self):
        self.write("mine.toml", 'fail_on = "info"\n')
        self.write("db/dump.sql", DUMP)
        self.assertEqual(self.run_tool("lint", "db/dump.sql", "--config", "mine.toml").returncode, 1)
        self.assertEqual(self.run_tool("lint", "db/dump.sql", "--config", "mine.toml", "--fail-on", "error").returncode, 0)
        self.assert_usage_error(self.run_tool("lint", "db/dump.sql", "--config", "missing.toml"), "missing.toml")

    def test_inline_comment(self):
        rule = self.finding()["rule"]
        good, bad = BROKEN.splitlines(keepends=True)
        for text in (f'{good}-- pg2crdb: ignore {rule} reason="known"\n{bad}',
                     f'{good}{bad.rstrip()} -- pg2crdb: ignore {rule} reason="known"\n'):
            self.write("db/broken.sql", text)
            run = self.run_tool("lint", "db/broken.sql")
            self.assertEqual(run.returncode, 0, run.out)
            self.assertIn("known", run.out)
        self.write("db/broken.sql", f"{good}-- pg2crdb: ignore {rule}\n{bad}")
        run = self.run_tool("lint", "db/broken.sql")
        self.assertEqual(run.returncode, 1)
        self.assertIn("gives no reason", run.out)

    def test_inline_comment_that_is_misspelt(self):
        rule = self.finding()["rule"]
        good, bad = BROKEN.splitlines(keepends=True)
        for word in ("ignre", "Ignore", "ignores"):
            self.write("db/broken.sql", f'{good}-- pg2crdb: {word} {rule} reason="known"\n{bad}')
            run = self.run_tool("lint", "db/broken.sql")
            self.assertEqual(run.returncode, 1)
            self.assertIn(f"db/broken.sql:2:4: warning: the comment `pg2crdb: {word} {rule}` acknowledges nothing: did you mean", run.out)
        self.write("db/broken.sql", f"{good}-- pg2crdb: not one of ours\n{bad}")
        self.assertNotIn("unused-decision", self.run_tool("lint", "db/broken.sql").out)

    FUNCTION = "CREATE FUNCTION public.f(a int) RETURNS int LANGUAGE plperl AS $$ return 1; $$;\n"
    VIEW = "CREATE VIEW public.v AS SELECT public.f(1) AS a;\n"
    HANGING = "CREATE VIEW public.w AS SELECT a FROM public.v;\nCREATE VIEW public.x AS SELECT a FROM public.w;\n"
    ROOTS = (f'-- pg2crdb: ignore function-language reason="by hand"\n{FUNCTION}'
             f'-- pg2crdb: ignore refused-function reason="by hand"\n{VIEW}')

    def test_acknowledged_root_covers_what_hangs_on_it(self):
        self.write("db/f.sql", self.FUNCTION + self.VIEW + self.HANGING)
        self.assertEqual(self.run_tool("lint", "db/f.sql").returncode, 1)
        self.write("db/f.sql", self.ROOTS + self.HANGING)
        run = self.run_tool("lint", "db/f.sql")
        self.assertEqual(run.returncode, 0, run.out + run.err)
        self.assertRegex(run.err, "4 need a person; 0 errors, 2 warnings, .* 2 acknowledged")
        # What hangs on something else as well is not covered, nor what hangs on that.
        self.write("db/f.sql", self.ROOTS + self.FUNCTION.replace(".f", ".g") + self.VIEW.replace(".f", ".g").replace(".v", ".u")
                   + self.HANGING.replace("public.v", "public.v JOIN public.u USING (a)"))
        run = self.run_tool("lint", "db/f.sql", "--severity", "function-language=warning,refused-function=warning")
        self.assertEqual(run.returncode, 1, run.out + run.err)
        self.assertEqual(re.findall(r"(?m)^db/f\.sql:(\d+): ", run.err), ["5", "6", "7", "8"])

    def test_failure_without_an_error_is_explained(self):
        self.write("db/f.sql", self.FUNCTION)
        for command, *options in (("lint",), ("compile",), ("lint", "-q"), ("apply", "--dry-run", "--target", "postgresql://127.0.0.1:1/x")):
            run = self.run_tool(command, "db/f.sql", *options, "--severity", "function-language=warning")
            self.assertEqual(run.returncode, 1, run.err)
            self.assertIn("db/f.sql:1: `CREATE FUNCTION public.f` needs a person", run.err)
            self.assertIn("-- pg2crdb: ignore function-language reason=", run.err)
            self.assertNotIn("there are findings at or above", run.err)
        run = self.run_tool("lint", "db/f.sql", "--ignore", "function-language")
        self.assertEqual(run.returncode, 1)
        self.assertIn("--ignore", run.err)
        self.assertNotIn("nobody acknowledged", self.run_tool("lint", "db/f.sql").err)

    def test_inline_comment_of_every_form(self):
        rule = self.finding()["rule"]
        good, bad = BROKEN.splitlines(keepends=True)
        for comment in (f'/* pg2crdb: ignore {rule} reason="known" */\n', f'/* pg2crdb: ignore {rule} reason="known" */ ',
                        f'/*\n * pg2crdb: ignore {rule} reason="known"\n */\n', f'--pg2crdb:ignore {rule} reason="known"\n',
                        f'-- pg2crdb: ignore {rule}, {rule} reason="known"\n', f'-- pg2crdb: ignore {rule} reason="/* known */"\n'):
            with self.subTest(comment):
                self.write("db/broken.sql", good + comment + bad)
                run = self.run_tool("lint", "db/broken.sql")
                self.assertEqual(run.returncode, 0, run.out)
                self.assertNotIn("unused-decision", run.out)

    def test_messages_about_a_comment_point_at_it(self):
        rule = self.finding()["rule"]
        good, bad = BROKEN.splitlines(keepends=True)
        self.write("db/broken.sql", f'{good}\n  -- pg2crdb: ignore {rule}, type-mapped, nonsense reason="é"\n\n{bad}')
        run = self.run_tool("lint", "db/broken.sql", "--format", "gcc")
        self.assertEqual(run.returncode, 0, run.out)
        self.assertEqual(re.findall(r"(?m)^db/broken\.sql:(\d+:\d+): warning: the comment `pg2crdb: ignore ([a-z-]+)` (.*) \[", run.out),
                         [("3:6", "type-mapped", "matches no finding"), ("3:6", "nonsense", "names no rule")])
        self.assertIn("| " + f'pg2crdb: ignore {rule}, type-mapped', self.run_tool("lint", "db/broken.sql").out)

    def test_rows_are_no_comments(self):
        rule = self.finding()["rule"]
        row = f'-- pg2crdb: ignore {rule} reason="row"\n'
        self.write("db/broken.sql", "CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n" + row + "\\.\n" + BROKEN)
        self.assertEqual(self.run_tool("lint", "db/broken.sql").returncode, 1)


class TreeTest(CommandLine):
    def test_tree_and_json(self):
        self.write("dump.sql", INSERTS)
        tree = self.run_tool("ast", "dump.sql")
        self.assertEqual(tree.returncode, 0, tree.err)
        self.assertIn("CreateTable", tree.out)
        parsed = json.loads(self.run_tool("ast", "dump.sql", "--format", "json").out)
        self.assertEqual(parsed["statements"][0]["node"]["node"], "CreateTable")
        self.write("empty.sql", "")
        self.assertEqual(json.loads(self.run_tool("ast", "empty.sql", "--format", "json").out)["statements"], [])


class ExecutionTest(CommandLine):
    TARGET = "postgresql://root:very-secret@127.0.0.1:1/shop"

    def test_dry_run_prints_statements(self):
        self.write("dump.sql", DUMP)
        self.run_tool("compile", "dump.sql", "--out-dir", "out")
        run = self.run_tool("apply", "out", "--dry-run", "--phase", "pre-data")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("CREATE TABLE public.towns", run.out)
        self.assertEqual(self.run_tool("apply", "--plan", "out/load-plan.json", "--dry-run", "--phase", "pre-data").out, run.out)
        rows = self.run_tool("load", "out", "--dry-run")
        self.assertIn("public.towns: 3 rows", rows.out)

    def test_unreachable_target(self):
        self.write("dump.sql", DUMP)
        run = self.run_tool("migrate", "dump.sql", "--target", self.TARGET)
        self.assertEqual(run.returncode, 5, run.err)
        self.assertNotIn("very-secret", run.err)
        resume = re.search(r"to go on: (pg2crdb migrate .* --resume)\n", run.err)
        self.assertTrue(resume, run.err)
        self.assertIn("127.0.0.1", resume.group(1))
        self.assertFalse((self.folder / ".pg2crdb").exists())

    def test_unreachable_target_is_said_before_a_dump_is_compiled_for_another_release(self):
        self.write("broken.sql", BROKEN)
        for command in ("migrate", "load", "apply", "verify"):
            with self.subTest(command):
                run = self.run_tool(command, "broken.sql", "--target", self.TARGET)
                self.assertEqual(run.returncode, 5, run.err)
                self.assertIn("no server listens there", run.err)
                self.assertNotIn("[[decision]]", run.err)
                self.assertIn(f"to go on: pg2crdb {command} broken.sql", run.err)

    def test_dry_run_whose_target_does_not_answer_says_so(self):
        self.write("dump.sql", DUMP)
        for command in ("migrate", "load", "apply"):
            with self.subTest(command):
                run = self.run_tool(command, "dump.sql", "--dry-run", "--target", self.TARGET)
                self.assertEqual(run.returncode, 0, run.err)
                self.assertRegex(run.err, "note: the cluster's release is not known, .*: no server listens there")
                self.assertNotIn("very-secret", run.err)

    def test_errors_keep_a_dump_from_being_executed(self):
        self.write("broken.sql", BROKEN)
        for command in ("migrate", "load", "apply"):
            with self.subTest(command):
                run = self.run_tool(command, "broken.sql", "--dry-run", "--target", self.TARGET)
                self.assertEqual(run.returncode, 1, run.err)
                self.assertIn("[[decision]]", run.err)
                self.assertFalse((self.folder / ".pg2crdb").exists())

    def test_standard_input_cannot_be_loaded(self):
        self.assert_usage_error(self.run_tool("migrate", "-", "--target", self.TARGET, stdin=b""), "standard input")

    def test_interrupt_while_compiling_ends_the_program(self):
        child = subprocess.Popen([BINARY, "compile", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(timeout=60), -signal.SIGINT)
        child.stdin.close()


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("cli_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
