"""What findings say of the rows of a dump, and which rows are findings."""

import gzip
import json
import os
import subprocess
import unittest

from _command_line import BINARY, SOURCE, CommandLine
from _json_schema import Schema

HEAD = """--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

"""
END = """
--
-- PostgreSQL database dump complete
--
"""
TABLE = """CREATE TABLE public.things (
    id integer NOT NULL,
    grid integer[][],
    tags text[],
    doc json
);
"""
COPY = "\nCOPY public.things (id, grid, tags, doc) FROM stdin;\n"
KEY = "\nALTER TABLE ONLY public.things\n    ADD CONSTRAINT things_pkey PRIMARY KEY (id);\n"
GOOD = '1\t{1,2}\t{a}\t{"a": 1}\n2\t\\N\t{}\t\\N\n'
BAD = GOOD + '3\t{{1,2},{3,4}}\t[0:0]={x}\t{"a": 1, "a": "' + "x" * 50 + '"}\n'


def dump(rows, more=""):
    return HEAD + TABLE + COPY + rows + "\\.\n" + KEY + more + END


class RowsAsked(CommandLine):
    def findings(self, *words, stdin=None):
        run = self.run_tool("lint", "--no-config", *words, "--format", "json", stdin=stdin)
        self.assertIn(run.returncode, (0, 1), run.err)
        self.report = json.loads(run.out)
        schema = Schema(json.loads((SOURCE / "docs/report.schema.json").read_text()))
        self.assertEqual(schema.problems(self.report), [])
        self.status, self.summary = run.returncode, run.err
        return {finding["rule"]: finding for finding in self.report["findings"]}

    def test_rows_that_are_as_hoped_settle_a_finding(self):
        self.write("dump.sql", dump(GOOD))
        findings = self.findings("dump.sql")
        self.assertEqual(self.status, 0)
        self.assertIn("2 rows looked at for 5 questions", self.summary)
        self.assertEqual(set(findings), {"nested-array", "json-normalised"})
        nested = findings["nested-array"]
        self.assertEqual((nested["severity"], nested["advice"]), ("info", "Nothing to do for the rows that are there."))
        self.assertEqual(nested["notes"], ["none of 2 rows holds an array of several dimensions, or one that does not begin at 1"])
        self.assertEqual(findings["json-normalised"]["severity"], "info")
        self.assertEqual(len(findings["json-normalised"]["notes"]), 3)
        self.assertEqual([(one["rows"], one["found"], one["first"]) for one in self.report["rows_asked"]], [(2, 0, [])] * 5)

    def test_rows_that_are_not_are_named(self):
        self.write("dump.sql", dump(BAD))
        findings = self.findings("dump.sql")
        self.assertEqual(self.status, 1)
        line = dump(BAD)[:dump(BAD).index("3\t{{")].count("\n") + 1
        nested = findings["nested-array"]
        self.assertEqual(nested["severity"], "error")
        self.assertEqual(nested["notes"], ["1 of 3 rows holds an array of several dimensions, or one that does not begin at 1",
                                           f"dump.sql:{line}: id = 3: {{{{1,2}},{{3,4}}}}"])
        other = findings["rows-nested-array"]
        self.assertEqual((other["severity"], other["object"]), ("error", "public.things.tags"))
        self.assertEqual(other["message"], "`public.things.tags` has rows with an array of several dimensions, or one that does not "
                         "begin at 1")
        self.assertEqual(other["notes"], ["1 of 3 rows holds an array of several dimensions, or one that does not begin at 1",
                                          f"dump.sql:{line}: id = 3: [0:0]={{x}}"])
        self.assertEqual(findings["json-normalised"]["severity"], "warning")
        self.assertIn(f'dump.sql:{line}: id = 3: {{"a": 1, "a": "xxxxxxxxxxxxxxxxxxxxxxxxx...', findings["json-normalised"]["notes"])
        asked = {one["object"]: one for one in self.report["rows_asked"] if one["found"]}
        self.assertEqual(asked["public.things.grid"]["first"],
                         [{"file": "dump.sql", "line": line, "key": "id = 3", "value": "{{1,2},{3,4}}"}])

    def test_text_and_explain_say_it(self):
        self.write("dump.sql", dump(GOOD))
        run = self.run_tool("lint", "--no-config", "dump.sql")
        self.assertIn("info: `public.things.grid` is an array of several dimensions [nested-array]", run.out)
        self.assertIn("note: none of 2 rows holds an array", run.out)
        run = self.run_tool("compile", "--no-config", "dump.sql", "--explain", "public.things", "-o", "out.sql")
        self.assertIn("none of 2 rows holds an array", run.err)

    def test_a_person_decides_last(self):
        self.write("dump.sql", dump(BAD))
        self.assertEqual(self.findings("dump.sql", "--severity", "nested-array=info")["nested-array"]["severity"], "info")
        self.assertNotIn("rows-nested-array", self.findings("dump.sql", "--ignore", "rows-nested-array"))
        self.write("pg2crdb.toml", '[[decision]]\nrule = "rows-nested-array"\nobject = "public.things.*"\naction = "acknowledge"\n'
                   'reason = "mended before"\n[[decision]]\nrule = "nested-array"\naction = "acknowledge"\nreason = "so, too"\n')
        self.assertEqual(self.run_tool("lint", "dump.sql").returncode, 0)

    def test_unasked(self):
        self.write("dump.sql", dump(BAD))
        findings = self.findings("dump.sql", "--no-scan-data")
        self.assertEqual((findings["nested-array"]["severity"], findings["nested-array"]["notes"]), ("warning", []))
        self.assertEqual(self.report["rows_asked"], [])
        self.assertNotIn("looked at", self.summary)
        run = self.run_tool("lint", "dump.sql", "--scan-data", "--no-scan-data")
        self.assert_usage_error(run, "--scan-data and --no-scan-data: one of them")

    def test_a_dump_without_rows_is_as_before(self):
        self.write("dump.sql", HEAD + TABLE + KEY + END)
        findings = self.findings("dump.sql", "--scan-data")
        self.assertEqual((findings["nested-array"]["severity"], findings["nested-array"]["notes"]), ("warning", []))
        self.assertEqual(self.report["rows_asked"], [])

    def test_a_table_without_rows_is_told_from_one_of_which_nothing_is_known(self):
        self.write("dump.sql", HEAD + TABLE + "CREATE TABLE public.other (\n    t text\n);\n" + COPY + "\\.\n" +
                   "\nCOPY public.other (t) FROM stdin;\na\n\\.\n" + END)
        nested = self.findings("dump.sql")["nested-array"]
        self.assertEqual((nested["severity"], nested["notes"]), ("info", ["the table has no rows in this input"]))
        self.write("structure.sql", HEAD + TABLE + "CREATE TABLE public.migrations (\n    names text[]\n);\n" +
                   "\nINSERT INTO public.migrations (names) VALUES ('{20240131}');\n" + END)
        nested = self.findings("structure.sql")["nested-array"]
        self.assertEqual((nested["severity"], nested["notes"]), ("warning", []))

    def test_standard_input(self):
        path = self.write("dump.sql", dump(BAD))
        piped = self.findings("-", stdin=path.read_bytes())["nested-array"]
        self.assertEqual(piped["severity"], "warning")
        self.assertEqual(piped["notes"], ["the rows were not looked at, since a pipe is read once: --scan-data keeps what comes through it"])
        kept = self.findings("-", "--scan-data", stdin=path.read_bytes())["nested-array"]
        self.assertEqual(kept["severity"], "error")
        self.assertTrue(kept["notes"][1].startswith("<stdin>:"), kept)
        with path.open("rb") as file:
            done = subprocess.run([BINARY, "lint", "-", "--no-config", "--format", "json"], stdin=file, capture_output=True)
        self.assertIn("rows-nested-array", done.stdout.decode())

    def test_a_pipe_that_cannot_be_kept(self):
        run = self.run_tool("lint", "-", "--scan-data", stdin=dump(BAD).encode(), environment={"TMPDIR": str(self.folder / "none")})
        self.assert_usage_error(run, "standard input cannot be kept in the folder", "set TMPDIR")
        os.mkfifo(self.folder / "pipe")
        writer = subprocess.Popen(["sh", "-c", "exec cat > pipe"], cwd=self.folder, stdin=subprocess.PIPE)
        self.addCleanup(writer.wait)
        writer.stdin.write(dump(BAD).encode())
        writer.stdin.close()
        self.assert_usage_error(self.run_tool("lint", "pipe", "--scan-data", "--no-config"), "the rows of pipe cannot be read twice")

    def test_compressed_and_several_inputs(self):
        self.write("a.sql.gz", gzip.compress(dump(BAD).encode()))
        self.write("b.sql", dump(GOOD).replace("things", "thingies"))
        self.findings("a.sql.gz", "b.sql")
        found = {(one["object"], one["rows"], one["found"]) for one in self.report["rows_asked"] if "several" in one["question"]}
        self.assertEqual(found, {("public.things.grid", 3, 1), ("public.things.tags", 3, 1), ("public.thingies.grid", 2, 0),
                                 ("public.thingies.tags", 2, 0)})

    def test_a_history_of_several_files(self):
        self.write("1.sql", TABLE)
        self.write("2.sql", "INSERT INTO public.things VALUES (1, '{1}', NULL, NULL);\n"
                   "INSERT INTO public.things (tags, id) VALUES ('{{a}}', 2),\n  ('[2:2]={b}', 3);\n")
        run = self.run_tool("compile", "1.sql", "2.sql", "--no-config", "--migrations", "none", "--format", "json", "-o", "out.sql")
        findings = {finding["rule"]: finding for finding in json.loads(run.err[:run.err.rindex("}") + 1])["findings"]}
        self.assertEqual(findings["nested-array"]["notes"][0], "none of 3 rows holds an array of several dimensions, or one that does "
                         "not begin at 1")
        # What was seen in the statement itself is not said twice.
        self.assertEqual(findings["rows-nested-array"]["notes"],
                         ["2 of 3 rows hold an array of several dimensions, or one that does not begin at 1", "2.sql:2: {{a}}",
                          "2.sql:3: [2:2]={b}"])

    def test_foreign_keys_that_were_never_checked(self):
        parent = "CREATE TABLE public.parents (\n    a integer,\n    b text,\n    UNIQUE (a, b)\n);\n"
        child = "CREATE TABLE public.children (\n    a bigint,\n    b character varying(9)\n);\n"
        key = "ALTER TABLE ONLY public.children\n    ADD CONSTRAINT refers FOREIGN KEY (a, b) REFERENCES public.parents(a, b) NOT VALID;\n"
        copies = ("\nCOPY public.children (b, a) FROM stdin;\nx\t1\n\\N\t7\n{}\\.\n\nCOPY public.parents (a, b) FROM stdin;\n1\tx\n"
                  "\\N\ty\n\\.\n")
        self.write("good.sql", HEAD + parent + child + copies.format("") + key + END)
        self.write("bad.sql", HEAD + parent + child + copies.format("y\t1\nx\t1\ny\t1\nx\t2\n") + key + END)
        good = self.findings("good.sql")["foreign-key-not-valid"]
        self.assertEqual((good["severity"], good["notes"]), ("info", ["none of 2 rows holds a reference to a row that is not there"]))
        bad = self.findings("bad.sql")["foreign-key-not-valid"]
        text = (self.folder / "bad.sql").read_text()
        line = text[:text.index("\ny\t1")].count("\n") + 2
        self.assertEqual((bad["severity"], bad["notes"]),
                         ("error", ["3 of 6 rows hold a reference to a row that is not there",
                                    f"bad.sql:{line}: a = 1, b = y", f"bad.sql:{line + 3}: a = 2, b = x"]))

    def test_checks_that_were_never_made(self):
        table = "CREATE TABLE public.prices (\n    id integer,\n    price numeric,\n    kind text DEFAULT 'x'::text\n);\n"
        copy = "\nCOPY public.prices (id, price) FROM stdin;\n1\t2.50\n2\t-0.01\n3\t\\N\n\\.\n"
        checks = "".join(f"ALTER TABLE public.prices\n    ADD CONSTRAINT {name} CHECK ({condition}){valid};\n" for name, condition, valid in (
            ("positive", "(price > (0)::numeric)", " NOT VALID"), ("small", "(price < (3)::numeric)", " NOT VALID"),
            ("checked", "(price > (5)::numeric)", ""), ("unread", "(abs(price) > (0)::numeric)", " NOT VALID"),
            ("of_a_default", "(kind <> 'x'::text)", " NOT VALID")))
        self.write("dump.sql", HEAD + table + copy + checks + END)
        findings = self.findings("dump.sql")
        self.assertEqual(set(findings), {"rows-break-check"})
        broken = findings["rows-break-check"]
        self.assertEqual((broken["severity"], broken["object"], broken["message"]),
                         ("error", "public.prices", "`public.prices` has rows with values that the constraint `positive` does not allow"))
        line = (HEAD + table + copy).count("\n") - 2
        self.assertEqual(broken["notes"], ["1 of 3 rows holds values that the constraint `positive` does not allow", f"dump.sql:{line}: -0.01"])
        self.assertEqual([(one["question"], one["found"]) for one in self.report["rows_asked"] if "constraint" in one["question"]],
                         [("values that the constraint `positive` does not allow", 1), ("values that the constraint `small` does not allow", 0)])

    def nested(self, text):
        self.write("script.sql", text)
        nested = self.findings("script.sql")["nested-array"]
        return nested["severity"], nested["notes"]

    def test_rows_that_leave_a_column_to_its_default_are_not_asked(self):
        for default in ("integer[][] DEFAULT '{{1}}'", "public.grid"):
            with self.subTest(default=default):
                table = ("CREATE DOMAIN public.grid AS integer[][] DEFAULT '{{1}}';\n"
                         f"CREATE TABLE public.k (\n    id integer,\n    g {default}\n);\n")
                self.write("dump.sql", HEAD + table + "\nCOPY public.k (id) FROM stdin;\n1\n\\.\n" + END)
                self.findings("dump.sql")
                for finding in self.report["findings"]:
                    self.assertNotIn("none of", " ".join(finding["notes"]))
                self.assertFalse([one for one in self.report["rows_asked"] if one["object"] == "public.k.g"])

    def test_statements_about_a_table_prove_nothing(self):
        table = "CREATE TABLE public.k (\n    id integer,\n    g integer[][]\n);\nINSERT INTO public.k VALUES (1, '{1}');\n"
        self.assertEqual(self.nested(table)[0], "info")
        for statement in ("UPDATE public.k SET g = ARRAY[g, g];\n", "INSERT INTO public.k SELECT 2, array_agg(g) FROM public.k;\n"):
            with self.subTest(statement=statement):
                self.assertEqual(self.nested(table + statement), ("warning", ["statements about the table were not looked at"]))

    def test_what_runs_besides_proves_nothing(self):
        table = ("CREATE TABLE public.k (\n    id integer,\n    g integer[][]\n);\n"
                 "CREATE TABLE public.log (\n    id integer,\n    n integer{}\n);\n"
                 "CREATE TABLE public.others (\n    n integer[]\n);\n")
        rows = "INSERT INTO public.k VALUES (1, '{1}');\nINSERT INTO public.log (id) VALUES (1);\n"
        write = "LANGUAGE plpgsql AS $$ BEGIN INSERT INTO k SELECT 2, n FROM others; RETURN NULL; END $$;\n"
        function = "CREATE FUNCTION public.f() RETURNS integer " + write
        fires = "CREATE FUNCTION public.f() RETURNS trigger " + write
        read = function.replace("INSERT INTO k SELECT 2, n FROM others", "PERFORM 1 FROM k")
        trigger = "CREATE TRIGGER t AFTER INSERT ON public.log FOR EACH ROW EXECUTE FUNCTION public.f();\n"
        not_looked_at = ("warning", ["statements about the table were not looked at"])
        plain = table.format("")
        self.assertEqual(self.nested(plain + rows + function)[0], "info")
        self.assertEqual(self.nested(plain + rows + read + "SELECT public.f();\n")[0], "info")
        self.assertEqual(self.nested(plain + rows + fires + trigger)[0], "info")
        for name, script in (
                ("DO", plain + rows + "DO $$ BEGIN UPDATE k SET g = ARRAY[g, g]; END $$;\n"),
                ("dynamic", plain + rows + "DO $$ BEGIN EXECUTE 'UPDATE ' || 'k SET g = NULL'; END $$;\n"),
                ("other language", plain + rows + "DO $$ print(1) $$ LANGUAGE plpython3u;\n"),
                ("call", plain + function + rows + "SELECT public.f();\n"),
                ("default", plain.replace("n integer", "n integer DEFAULT public.f()").join((function, rows))),
                ("trigger before rows", plain + fires + trigger + rows),
                ("trigger of a statement", plain + rows + fires + trigger + "INSERT INTO public.log SELECT 2, 3;\n")):
            with self.subTest(name=name):
                self.assertEqual(self.nested(script), not_looked_at)

    def test_keys_whose_equal_values_have_several_texts_are_not_asked(self):
        tables = ("CREATE TABLE public.parents (\n    a double precision UNIQUE\n);\nCREATE TABLE public.children (\n    a real\n);\n"
                  "INSERT INTO public.parents VALUES (0.1);\nINSERT INTO public.children VALUES (0.1);\n"
                  "ALTER TABLE public.children ADD CONSTRAINT refers FOREIGN KEY (a) REFERENCES public.parents (a) NOT VALID;\n")
        self.write("script.sql", tables)
        finding = self.findings("script.sql")["foreign-key-not-valid"]
        self.assertEqual((finding["severity"], finding["notes"]), (
            "warning", ["the rows were not asked: values of the types real and double precision are not compared"]))

    def test_keys_of_every_type_are_asked_or_said_not_to_be(self):
        for kind, values, missing in (("inet", ("10.0.0.1", "10.0.0.1/32"), "10.0.0.2"), ("time", ("10:00", "10:00 AM"), "11:00"),
                                      ("boolean", ("t", "yes"), "f"), ("bytea", ("\\x61", "a"), "b"), ("float8", ("-0", "0"), "1"),
                                      ("interval", ("1 mon", "30 days"), "1 day"), ("numeric(4,1)", ("1.0", "1"), "2")):
            with self.subTest(kind=kind):
                tables = (f"CREATE TABLE public.parents (\n    a {kind} UNIQUE\n);\nCREATE TABLE public.children (\n    a {kind}\n);\n"
                          f"INSERT INTO public.parents VALUES ('{values[0]}');\nINSERT INTO public.children VALUES ('{values[1]}'){{}};\n"
                          "ALTER TABLE public.children ADD CONSTRAINT refers FOREIGN KEY (a) REFERENCES public.parents (a) NOT VALID;\n")
                self.write("script.sql", tables.format(""))
                finding = self.findings("script.sql")["foreign-key-not-valid"]
                self.assertEqual((finding["severity"], finding["notes"]),
                                 ("info", ["none of 1 row holds a reference to a row that is not there"]))
                self.write("script.sql", tables.format(f", ('{missing}')"))
                finding = self.findings("script.sql")["foreign-key-not-valid"]
                self.assertEqual((finding["severity"], finding["notes"][0]),
                                 ("error", "1 of 2 rows holds a reference to a row that is not there"))
        self.write("script.sql", tables.replace("numeric(4,1)", "macaddr").format(""))
        finding = self.findings("script.sql")["foreign-key-not-valid"]
        self.assertEqual((finding["severity"], finding["notes"]),
                         ("warning", ["the rows were not asked: equal values of type macaddr may have several texts"]))

    def test_keys_as_people_write_them(self):
        tables = ("CREATE TABLE public.parents (\n    a int8 UNIQUE\n);\nCREATE TABLE public.children (\n    a int4\n);\n"
                  "INSERT INTO public.parents VALUES (7);\nINSERT INTO public.children VALUES ('007'), ('{}');\n"
                  "ALTER TABLE public.children ADD CONSTRAINT refers FOREIGN KEY (a) REFERENCES public.parents (a) NOT VALID;\n")
        self.write("script.sql", tables.format(" 7"))
        finding = self.findings("script.sql")["foreign-key-not-valid"]
        self.assertEqual((finding["severity"], finding["notes"]), ("info", ["none of 2 rows holds a reference to a row that is not there"]))
        self.write("script.sql", tables.format("0x7"))
        finding = self.findings("script.sql")["foreign-key-not-valid"]
        self.assertEqual((finding["severity"], finding["notes"]), ("warning", ["1 row holds a value that was not understood"]))

    def test_checks_of_values_as_people_write_them(self):
        table = ("CREATE TABLE public.t (\n    id int4,\n    kept bool,\n    n int8,\n    price numeric(4,2)\n);\n"
                 "INSERT INTO public.t VALUES ('1', 'F', ' 7 ', '1.00'), ('2', 'OFF', '+7', '1.004'), ('3', 'no', '007', '10e-1');\n")
        checks = "".join(f"ALTER TABLE public.t ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID;\n" for name, condition in (
            ("kept", "kept"), ("unkept", "NOT kept"), ("seven", "n = 7"), ("one", "price = 1"), ("cast_list", "n = ANY (ARRAY[1.5, 6.5]::int[])"),
            ("words", "id::text = ANY (ARRAY['1']::text[])")))
        self.write("script.sql", table + checks)
        self.findings("script.sql")
        self.assertEqual({one["question"].split("`")[1]: one["found"] for one in self.report["rows_asked"] if "constraint" in one["question"]},
                         {"kept": 3, "unkept": 0, "seven": 0, "one": 0})

    def test_types_as_people_write_them(self):
        self.write("script.sql", "CREATE TABLE public.t (\n    at timestamptz(3),\n    tags varchar(9)[]\n);\n"
                   "INSERT INTO public.t VALUES ('infinity', '{a}');\n")
        self.assertIn("rows-infinite-time", self.findings("script.sql"))

    def test_keys_that_grow(self):
        table = ("CREATE TABLE public.visits (\n    id integer DEFAULT nextval('public.visits_id_seq'::regclass) NOT NULL\n);\n"
                 "CREATE SEQUENCE public.visits_id_seq;\n")
        rows = "\nCOPY public.visits (id) FROM stdin;\n" + "".join(f"{i}\n" for i in range(10, 1510)) + "\\.\n"
        self.write("dump.sql", HEAD + table + rows + KEY.replace("things", "visits") + END)
        key = self.findings("dump.sql")["sequence-primary-key"]
        self.assertEqual(key["severity"], "warning")
        self.assertEqual(key["notes"], ["1,500 rows, keys 10 to 1509, 1,499 of them above that of the row before",
                                        "so the key grows with time: `--sequences hash-sharded` spreads its inserts and keeps its values"])

    def test_rare_questions_are_asked_of_tables_that_are_read_anyhow(self):
        table = "CREATE TABLE public.times (\n    moment timestamp with time zone{}\n);\n"
        copy = "\nCOPY public.times (moment{}) FROM stdin;\ninfinity{}\n\\.\n"
        self.write("alone.sql", HEAD + table.format("") + copy.format("", "") + END)
        self.write("besides.sql", HEAD + table.format(",\n    tags text[]") + copy.format(", tags", "\t{}") + END)
        self.assertEqual(self.findings("alone.sql"), {})
        self.assertEqual(self.report["rows_asked"], [])
        self.assertIn("rows-infinite-time", self.findings("alone.sql", "--scan-data"))
        self.assertIn("rows-infinite-time", self.findings("besides.sql"))

    def test_rows_that_are_too_large(self):
        table = "CREATE TABLE public.files (\n    id integer,\n    body text\n);\n"
        copy = "\nCOPY public.files (id, body) FROM stdin;\n1\tx\n2\t" + "x" * (1 << 24) + "\n\\.\n"
        self.write("dump.sql", HEAD + table + copy + END)
        large = self.findings("dump.sql", "--scan-data")["rows-too-large"]
        self.assertEqual((large["severity"], large["object"]), ("warning", "public.files"))
        self.assertEqual(large["message"], "`public.files` has rows with more than 16,777,216 bytes")
        self.assertEqual(large["notes"][0], "1 of 2 rows holds more than 16,777,216 bytes")

    def test_what_was_left_for_a_person_or_rows_from_elsewhere_are_not_asked(self):
        self.write("dump.sql", dump(BAD))
        self.assertEqual(self.findings("dump.sql", "--in-order").get("rows-nested-array"), None)
        self.assertEqual(self.report["rows_asked"], [])


if __name__ == "__main__":
    unittest.main()
