"""What verify finds: wherever MOLT Verify is known to be wrong, in the schema, and at one moment."""

import json
import os
import subprocess
import unittest

from _target import postgres_bin, require, source, stop
from migrate_test import NUMBERS, VERIFIED, Migration

PATH = {"PATH": f"{postgres_bin()}:{os.environ['PATH']}"}


class Live(Migration):
    """A database that is migrated from a live source and then compared with it."""

    SCHEMA = ""

    def setUp(self):
        super().setUp()
        self.source = source().create_database(f"verify_{os.getpid()}_{next(NUMBERS)}")
        subprocess.run([postgres_bin() / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", self.source], input=self.SCHEMA.encode(), check=True,
                       stdout=subprocess.DEVNULL)

    def move(self, *words):
        return self.migrate("--source", self.source, *words, environment=PATH)

    def target(self, sql):
        with self.node.connect(self.database) as client:
            client.query(sql)

    def verify(self, *words, status=0):
        run = self.run_tool("verify", self.state / "compiled", "--source", self.source, *words)
        self.assertEqual(run.returncode, status, run.out + run.err)
        return run

    def assert_seen(self, change, *words):
        """The change on the target is a difference, and gone with it."""
        self.target(change)
        run = self.verify(status=4)
        for word in words:
            self.assertIn(word, run.out)
        return run


class MoltTest(Live):
    SCHEMA = """
        CREATE DOMAIN public.positive AS integer CHECK (VALUE > 0);
        CREATE TABLE public.numbers (id integer PRIMARY KEY, n numeric, j jsonb, a integer[]);
        INSERT INTO public.numbers VALUES (1, 5, '{"n": 9007199254740993}', '{1,2}'), (2, 7, '{"n": 1e400}', NULL);
        CREATE TABLE public.others (id integer PRIMARY KEY, i interval, net inet, d public.positive);
        INSERT INTO public.others VALUES (1, '1 day', '10.0.0.1/8', 3);
        CREATE TABLE public.costs (id integer PRIMARY KEY, m money, v tsvector, z timetz);
        INSERT INTO public.costs VALUES (1, '$1,234.50', 'a:1 b:2', '10:00:00+02');
        CREATE TABLE public.texts (id integer PRIMARY KEY, x xml, r int4range, t tstzrange, m nummultirange);
        INSERT INTO public.texts VALUES (1, '<a b="1">c</a>', '[1,5]', '[2026-01-01 00:00:00+02,)', '{[1.5,2),(7,8]}'),
            (2, NULL, 'empty', '(,)', '{}');
        """

    def test_values(self):
        self.move()
        self.verify()
        for table, column, value, before in (
                ("numbers", "n", "18446744073709551621", "5"),
                ("numbers", "j", """'{"n": 9007199254740992}'""", """'{"n": 9007199254740993}'"""),
                ("numbers", "a", "'{1,2,NULL}'", "'{1,2}'"),
                ("others", "i", "'25 hours'", "'1 day'"),
                ("others", "net", "'10.0.0.1/16'", "'10.0.0.1/8'"),
                ("others", "d", "4", "3"),
                ("costs", "m", "1234.51", "1234.50"),
                ("costs", "v", "'a:1 b:3'", "'a:1 b:2'"),
                ("costs", "z", "'10:00:00+01'", "'10:00:00+02'"),
                ("texts", "x", """'<a b="1">d</a>'""", """'<a b="1">c</a>'"""),
                ("texts", "r", "'[1,7)'", "'[1,6)'"),
                ("texts", "t", "'(\"2025-12-31 22:00:00+00\",)'", "'[\"2025-12-31 22:00:00+00\",)'"),
                ("texts", "m", "'{[1.5,2),[7,8]}'", "'{[1.5,2),(7,8]}'")):
            with self.subTest(table=table, column=column):
                update = f"UPDATE public.{table} SET {column} = {{}} WHERE id = 1"
                run = self.assert_seen(update.format(value), f"public.{table}", "mismatch")
                self.assertIn(f"{column}", run.out)
                self.target(update.format(before))
        self.verify()

    def test_bounds_and_dimensions_of_arrays(self):
        if getattr(self.node, "real", True):
            self.skipTest("CockroachDB's arrays have neither")
        self.move()
        for value in ("[0:1]={1,2}", "{{1,2}}"):
            with self.node.postgres.connect(self.database) as client:
                client.query(f"UPDATE public.numbers SET a = '{value}' WHERE id = 1")
            self.verify(status=4)

    def test_source_that_is_the_target(self):
        self.move()
        other = self.source.replace("127.0.0.1", "localhost")
        for command, words in (("migrate", ()), ("load", (self.state / "compiled",)), ("verify", (self.state / "compiled",))):
            run = self.run_tool(command, *words, "--source", self.source, url=other, environment=PATH)
            self.assertEqual(run.returncode, 2, run.out + run.err)
            self.assertIn("the source and the target are one database", run.err)
        run = self.run_tool("verify", self.state / "compiled", "--source", self.url)
        self.assertIn("the source and the target are one database", run.err)

    def test_settings_of_either_side(self):
        name = self.source.rsplit("/", 1)[1].split("?")[0]
        for setting in ("DateStyle = 'SQL, DMY'", "IntervalStyle = 'iso_8601'", "bytea_output = 'escape'", "extra_float_digits = -3",
                        "TimeZone = 'Asia/Kolkata'", "search_path = 'nowhere'", "statement_timeout = '2s'", "default_transaction_read_only = on"):
            with source().connect() as client:
                client.query(f"ALTER DATABASE {name} SET {setting}")
            if not getattr(self.node, "real", True) and "read_only" not in setting:
                with self.node.postgres.connect() as client:
                    client.query(f"ALTER DATABASE {self.database} SET {setting}")
        self.move()
        self.verify()
        self.assertEqual(self.rows("SELECT i = INTERVAL '1 day', d FROM public.others"), [["t", "3"]])

    def test_source_of_another_encoding(self):
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query(f"ALTER DATABASE {self.source.rsplit('/', 1)[1].split('?')[0]} SET client_encoding = 'LATIN1'")
            client.query("COMMENT ON TABLE public.numbers IS 'n\u00famero'")
        self.move()
        self.verify()

    def test_missing_table(self):
        self.move()
        self.target("DROP TABLE public.others")
        run = self.run_tool("verify", self.state / "compiled", "--source", self.source)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("public.others", run.err)
        # The others are compared all the same.
        self.assertEqual({found.group(1) for found in VERIFIED.finditer(run.out)}, {"public.numbers", "public.costs", "public.texts"})

    def test_keys_in_another_order(self):
        name = f"collated_{next(NUMBERS)}"
        with source().connect() as client:
            client.query(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
        self.source = source().url(name)
        keys = ["a", "B", "c", "A", "b", "_x", "x y", "x-y", "xy", "\u00e9", "z", "Z", "10", "9", "-1"]
        with source().connect(name) as client:
            client.query("CREATE TABLE public.words (word text PRIMARY KEY, n integer)")
            for number, key in enumerate(keys):
                client.query(f"INSERT INTO public.words VALUES ('{key}', {number})")
            self.assertNotEqual([row[0] for row in client.rows("SELECT word FROM words ORDER BY word")], sorted(keys))
        self.move()
        self.verify()
        self.assert_seen("DELETE FROM public.words WHERE word = 'x-y'", "missing: 1, mismatch: 0, extraneous: 0")


class SchemaTest(Live):
    SCHEMA = """
        CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'happy');
        CREATE TABLE public.parents (id integer PRIMARY KEY, code varchar(10) NOT NULL UNIQUE, price numeric(8,2) DEFAULT 1,
            CONSTRAINT cheap CHECK (price < 1000));
        CREATE TABLE public.children (id serial PRIMARY KEY, parent integer, mood public.mood, at timestamptz,
            CONSTRAINT children_parent_fkey FOREIGN KEY (parent) REFERENCES public.parents(id));
        CREATE INDEX children_at ON public.children (parent, at DESC);
        INSERT INTO public.parents VALUES (1, 'one'), (2, 'two');
        INSERT INTO public.children (parent, mood, at) SELECT 1 + i % 2, 'ok', now() FROM generate_series(1, 50) i;
        """

    def test_each_difference(self):
        run = self.move()
        self.assertRegex(run.out, r"finished schema verification: 2 tables, 7 columns, 4 indexes, 2 constraints, 1 enums, 0 policies, "
                                  "differences: 0")
        for change, words, back in (
                ("DROP INDEX children_at", "public.children: the index children_at is not there",
                 "CREATE INDEX children_at ON children (parent, at DESC)"),
                ("DROP INDEX children_at; CREATE INDEX children_at ON children (at)",
                 "the index children_at is over (at), not (parent, at)",
                 "DROP INDEX children_at; CREATE INDEX children_at ON children (parent, at DESC)"),
                ("ALTER TABLE children DROP CONSTRAINT children_parent_fkey",
                 "public.children: the constraint children_parent_fkey (FOREIGN KEY) is not there",
                 "ALTER TABLE children ADD CONSTRAINT children_parent_fkey FOREIGN KEY (parent) REFERENCES parents (id)"),
                ("ALTER TABLE children DROP CONSTRAINT children_parent_fkey; ALTER TABLE children ADD CONSTRAINT children_parent_fkey "
                 "FOREIGN KEY (parent) REFERENCES parents (id) NOT VALID", "(FOREIGN KEY) is not validated",
                 "ALTER TABLE children VALIDATE CONSTRAINT children_parent_fkey"),
                ("ALTER TABLE parents DROP CONSTRAINT cheap", "public.parents: the constraint cheap (CHECK) is not there",
                 "ALTER TABLE parents ADD CONSTRAINT cheap CHECK (price < 1000)"),
                ("ALTER TABLE parents ALTER COLUMN code DROP NOT NULL", "column code may be NULL, and is NOT NULL in the plan",
                 "ALTER TABLE parents ALTER COLUMN code SET NOT NULL"),
                ("ALTER TABLE parents ALTER COLUMN price DROP DEFAULT", "column price has no default",
                 "ALTER TABLE parents ALTER COLUMN price SET DEFAULT 1"),
                ("ALTER TYPE mood ADD VALUE 'glad'", "public.mood: the enum's labels are (sad, ok, happy, glad), not (sad, ok, happy)", None),
                ("SELECT setval('children_id_seq', 20)",
                 "public.children_id_seq: the sequence stands at 20, and id of public.children holds 50",
                 "SELECT setval('children_id_seq', 50)"),
                ("ALTER TABLE parents ALTER COLUMN code TYPE VARCHAR(12)",
                 "public.parents: column code is character varying(12), not character varying(10)", None)):
            with self.subTest(change):
                self.target(change)
                run = self.verify(status=4)
                self.assertIn("schema differs: ", run.out)
                self.assertIn(words, run.out)
                self.assertIn("the schema differs in ", run.err)
                if back:
                    self.target(back)

    def test_objects_of_the_log(self):
        self.move()
        self.target("DROP INDEX children_at")
        run = self.verify("--log-format", "json", status=4)
        found = [entry for entry in map(json.loads, run.out.splitlines()) if entry.get("type") == "schema"]
        self.assertEqual([entry["level"] for entry in found], ["error", "info"])

    def test_policies(self):
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("ALTER TABLE parents ENABLE ROW LEVEL SECURITY")
            client.query("CREATE POLICY cheap_ones ON parents FOR SELECT USING (price < 10)")
        self.move("--crdb", "26.1")
        self.target("DROP POLICY cheap_ones ON parents")
        self.target("ALTER TABLE parents DISABLE ROW LEVEL SECURITY")
        run = self.verify(status=4)
        self.assertIn("public.parents: the policy cheap_ones is not there", run.out)
        self.assertIn("public.parents: row level security is not enabled", run.out)


    def test_resume(self):
        self.move()

        def verified(*words, status=0):
            return {found.group(1) for found in VERIFIED.finditer(self.verify(*words, status=status).out)}

        both = {"public.parents", "public.children"}
        self.target("UPDATE children SET mood = 'sad' WHERE id = 3")
        self.assertEqual(verified(status=4), both)
        run = self.verify("--resume", status=4)
        self.assertEqual({found.group(1) for found in VERIFIED.finditer(run.out)}, {"public.children"})
        self.assertIn("1 of 2 tables were found equal by the run before, 2 rows", run.out)
        # Without --resume nothing is believed.
        self.target("UPDATE parents SET code = 'three' WHERE id = 2; UPDATE children SET mood = 'ok' WHERE id = 3")
        self.assertEqual(verified(status=4), both)
        self.target("UPDATE parents SET code = 'two' WHERE id = 2")
        self.assertEqual(verified("--resume"), {"public.parents"})
        self.assertFalse((self.folder / ".pg2crdb").exists())
        self.assertEqual(verified("--resume"), both)  # that run has ended

    def test_resume_does_not_believe_what_it_can_see_to_be_wrong(self):
        self.move()
        self.target("DELETE FROM children WHERE id = 3")
        self.verify(status=4)
        self.target("DELETE FROM parents WHERE id = 99; INSERT INTO parents VALUES (3, 'three')")
        run = self.verify("--resume", status=4)
        self.assertIn("finished row verification on public.parents (shard 1/1): truth rows seen: 2, success: 2, missing: 0, mismatch: 0, "
                      "extraneous: 1", run.out)

    def test_resume_of_another_comparison(self):
        self.move()
        self.target("DELETE FROM children WHERE id = 3")
        self.verify(status=4)
        run = self.verify("--resume", "--include", "public.parents", status=2)
        self.assertIn("this is not the run that", run.err)


class SampleTest(Live):
    """Some rows alone: said at each turn, never presented as proof."""

    SCHEMA = r"""
        CREATE TYPE public.mood AS ENUM ('sad', 'it''s');
        CREATE TABLE public.many (id bigint PRIMARY KEY, body text);
        INSERT INTO public.many SELECT i, 'body ' || i FROM generate_series(1, 5000) i;
        CREATE TABLE public.keys (a text, "B b" numeric(6,2), c public.mood, d date, e bytea, n integer,
            PRIMARY KEY (a, "B b", c, d, e));
        INSERT INTO public.keys SELECT 'quote'' \ and, ' || i, i / 4.0, 'it''s', date '2026-01-01' + i, decode(to_hex(4096 + i), 'hex'), i
            FROM generate_series(1, 700) i;
        CREATE TABLE public.keyless (t text);
        INSERT INTO public.keyless SELECT 'same' FROM generate_series(1, 300);
        CREATE TABLE public.few (id integer PRIMARY KEY);
        INSERT INTO public.few VALUES (1), (2);
        """
    PROVES_NOTHING = "verification of a sample complete: of the rows that were not compared it proves nothing"

    def sampled(self, sample, *words, status=6):
        run = self.verify("--sample", sample, *words, status=status)
        self.assertNotIn("\nverification complete", run.out)
        self.assertIn(self.PROVES_NOTHING, run.out)
        return run

    def compared(self, run):
        return {found.group(1): tuple(map(int, found.group(3, 4, 5, 6))) for found in VERIFIED.finditer(run.out)}

    def test_live_source(self):
        self.move()
        run = self.sampled("20%")
        self.assertEqual(self.sampled("20%").out.splitlines()[-1], run.out.splitlines()[-1])
        self.assertEqual(self.compared(self.sampled("20%")), self.compared(run))
        many = self.compared(run)["public.many"][0]
        self.assertTrue(800 < many < 1200, many)
        self.assertIn(f"a sample of public.many: {many} of its 5000 rows are compared, chosen by the seed 42; the target holds 5000 rows",
                      run.out)
        self.assertEqual(self.compared(run)["public.keyless"], (300, 0, 0, 0))
        self.assertIn("the rows of public.keyless are all compared: it has no key to find some of them by", run.out)
        self.assertIn("the rows of public.few are all compared", self.sampled("5000").out)
        # One row of many may not be seen, its number is; and what is of all rows is.
        self.target("DELETE FROM public.many WHERE id = 77")
        self.assertEqual(self.compared(self.sampled("20%", status=4))["public.many"][1:], (1, 0, 0))
        self.target("INSERT INTO public.many VALUES (77, 'body 77'), (9000, 'x')")
        self.assertEqual(self.compared(self.sampled("20%", status=4))["public.many"][1:], (0, 0, 1))
        self.target("DELETE FROM public.many WHERE id = 9000; UPDATE public.many SET body = 'other'")
        self.assertEqual(self.compared(self.sampled("20%", status=4))["public.many"], (0, 0, many, 0))
        self.target("UPDATE public.many SET body = 'body ' || id; DROP TABLE public.few; CREATE TABLE public.few (id INT8 PRIMARY KEY)")
        self.assertIn("schema differs", self.sampled("20%", status=4).out)

    def test_dump(self):
        dump = self.folder / "dump.sql"
        for options in ((), ("--inserts",), ("-Fc",)):
            with self.subTest(options):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.node.create_database(self.database), self.folder / self.database
                subprocess.run([postgres_bin() / "pg_dump", *options, "-f", dump, self.source], check=True)
                self.migrate(dump)
                words = (self.state / "compiled", "--sample", "50")
                run = self.run_tool("verify", *words)
                self.assertEqual(run.returncode, 6, run.out + run.err)
                self.assertEqual(self.compared(run), {"public.many": (50, 0, 0, 0), "public.keys": (50, 0, 0, 0), "public.few": (2, 0, 0, 0),
                                                      "public.keyless": (300, 0, 0, 0)})
                self.target("UPDATE public.keys SET n = 0")
                run = self.run_tool("verify", *words)
                self.assertEqual(run.returncode, 4, run.out + run.err)
                self.assertEqual(self.compared(run)["public.keys"], (0, 0, 50, 0))
                # A run that compares all of it does not take over what a sample found.
                refused = self.run_tool("verify", self.state / "compiled", "--resume")
                self.assertEqual(refused.returncode, 2, refused.out + refused.err)

    def test_what_is_no_sample(self):
        self.move()
        for word in ("0", "0%", "101%", "-1", "1.5", "nan%", "many", "%"):
            self.assertIn("neither a number of rows nor a part of them", self.verify("--sample", word, status=2).err)
        self.assertIn("does not go with --row-limit", self.verify("--sample", "5", "--row-limit", "5", status=2).err)
        entries = [json.loads(line) for line in self.verify("--sample", "1%", "--log-format", "json", status=6).out.splitlines()]
        self.assertIn(self.PROVES_NOTHING, [entry["message"] for entry in entries])


class ChosenTablesTest(SchemaTest):
    test_each_difference = test_objects_of_the_log = test_policies = test_resume = test_resume_of_another_comparison = None
    test_resume_does_not_believe_what_it_can_see_to_be_wrong = None

    def verified(self, *words):
        return {found.group(1) for found in VERIFIED.finditer(self.verify(*words).out)}

    def test_verify(self):
        self.move()
        self.target("DROP INDEX children_at; DELETE FROM children WHERE id = 3")
        self.verify(status=4)
        for words in (("--include", "public.parents"), ("--include", "par*"), ("--exclude", "public.c*"),
                      ("--include", "public.*", "--exclude", "children")):
            self.assertEqual(self.verified(*words), {"public.parents"})
        run = self.verify("--include", "public.parent", status=2)
        self.assertIn("`--include public.parent` is no table of the plan", run.err)
        self.assertIn("leave no table", self.verify("--exclude", "*", status=2).err)

    def test_migrate(self):
        run = self.move("--include", "public.par*")
        self.assertRegex(run.err, r"revalidate +left out")
        self.assertEqual([self.scalar(f"SELECT count(*) FROM {table}") for table in ("parents", "children")], ["2", "0"])
        self.assertEqual(self.verified("--exclude", "children"), {"public.parents"})
        self.assertIn("is no table of the plan", self.migrate("--source", self.source, "--include", "x", "--state-dir",
                                                              self.folder / "other", status=2, environment=PATH).err)

    def test_load(self):
        self.move()
        self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
        self.url, state = self.node.create_database(self.database), self.folder / "again"
        compiled = self.state / "compiled"
        for phase in ("roles", "pre-data"):
            self.assertEqual(self.run_tool("apply", compiled, "--phase", phase, "--state-dir", self.folder / phase).returncode, 0)
        load = ("--source", self.source, "--state-dir", state)
        self.assertEqual(self.run_tool("load", compiled, *load, "--include", "public.parents").returncode, 0)
        self.assertEqual([self.scalar(f"SELECT count(*) FROM {table}") for table in ("parents", "children")], ["2", "0"])


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
