"""What verify finds: wherever MOLT Verify is known to be wrong, in the schema, and at one moment."""

import json
import os
import shutil
import subprocess
import threading
import unittest

from _target import BINARY, postgres_bin, require, source, stop
from _migration import NUMBERS, VERIFIED, Migration

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
        if status is not None:
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
    WAYS = ((), ("--sample", "1"))
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
                        "TimeZone = 'Asia/Kolkata'", "search_path = 'nowhere'", "statement_timeout = '2s'", "standard_conforming_strings = off",
                        "default_transaction_read_only = on"):
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
        all_tables = {"public.numbers", "public.costs", "public.texts", "public.others"}
        for words in self.WAYS:
            with self.subTest(words):
                run = self.verify(*words, status=4)
                self.assertIn("public.others (missing: 1, mismatch: 0, extraneous: 0)", run.err)
                self.assertIn("schema differs: public.others: the table is not there", run.out)
                # The others are compared all the same.
                self.assertEqual({found.group(1) for found in VERIFIED.finditer(run.out)}, all_tables)
                self.assertEqual(run.err.count("missing:"), 1)
                said = [line for line in run.out.splitlines() if "public.others" in line and line.split()[0] not in ("starting", "progress", "finished")]
                self.assertEqual(len(said), 2, run.out)

    def test_something_else_in_a_tables_place(self):
        self.move()
        for change, what in (("ALTER TABLE public.others RENAME TO other_rows; CREATE VIEW public.others AS SELECT * FROM public.other_rows", "view"),
                             ("DROP VIEW public.others; CREATE SEQUENCE public.others", "sequence")):
            with self.subTest(what):
                self.target(change)
                run = self.verify(status=4)
                self.assertIn(f"schema differs: public.others: it is a {what}, and no table", run.out)
                self.assertEqual("public.others is not there: all of its rows are missing" in run.out, what == "sequence", run.out)

    def test_missing_column(self):
        self.move()
        self.target("ALTER TABLE public.others DROP COLUMN net")
        run = self.verify(status=4)
        self.assertIn("column net of public.others is not compared: the target has none", run.out)
        self.assertIn("schema differs: public.others: column net is not there", run.out)
        self.assertNotIn("rows differ", run.err)
        self.target("UPDATE public.others SET d = 4")
        self.assertIn("public.others (missing: 0, mismatch: 1, extraneous: 0)", self.verify(status=4).err)
        self.target("ALTER TABLE public.others DROP COLUMN id")
        self.assertIn("public.others (missing: 1, mismatch: 0, extraneous: 1)", self.verify(status=4).err)

    def test_what_the_source_lacks_is_no_difference(self):
        self.move()
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("ALTER TABLE public.others DROP COLUMN net")
        self.assertIn("cannot compare public.others: source: ERROR 42703", self.verify(status=5).err)

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


class TextsTest(Live):
    """Rows whose texts are equal on both sides are not read for their values; those of other texts are."""

    SCHEMA = """
        CREATE TABLE public.t ("Id" integer PRIMARY KEY, n numeric, s text);
        INSERT INTO public.t SELECT i, i, 'text ' || i FROM generate_series(1, 300) i;
        """

    def test_other_texts_of_equal_values(self):
        self.move()
        for number in (5, 250):  # among the first rows, which are looked at before, and behind them
            with self.subTest(number):
                self.target(f'UPDATE public.t SET n = {number}.00 WHERE "Id" = {number}')
                self.assert_verified(self.verify())
                self.target(f'UPDATE public.t SET n = {number} WHERE "Id" = {number}')

    def test_differences(self):
        self.move()
        for number in (5, 250):
            for change, kind in ((f"UPDATE public.t SET s = 'other' WHERE \"Id\" = {number}", "mismatch"),
                                 (f"DELETE FROM public.t WHERE \"Id\" = {number}", "missing"),
                                 (f"INSERT INTO public.t VALUES ({number + 1000}, 1, 'more')", "extraneous")):
                with self.subTest(number, kind=kind):
                    run = self.assert_seen(change, kind)
                    self.assertRegex(run.out, rf"{kind}: 1\b")
                    self.target(f'DELETE FROM public.t WHERE "Id" IN ({number}, {number + 1000})')
                    self.target(f"INSERT INTO public.t VALUES ({number}, {number}, 'text {number}')")
        self.assert_verified(self.verify())


class WrittenMeanwhileTest(Live):
    """Rows that are on their way while both sides are compared."""

    SCHEMA = """
        CREATE TABLE public.t (a text, b integer, body text, PRIMARY KEY (a, b));
        INSERT INTO public.t SELECT 'it''s \\ ' || i, i, 'text ' || i FROM generate_series(1, 300) i;
        """

    def verify_while_rows_arrive(self, change, *words):
        """The source is written to all the time; the change arrives once the comparison has begun."""
        stopped = threading.Event()

        def write():
            with source().connect() as client:
                while not stopped.is_set():
                    client.query("SELECT txid_current()")
        writer = threading.Thread(target=write)
        writer.start()
        try:
            with subprocess.Popen([*self.words("verify", self.state / "compiled"), "--source", self.source, *words], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
                out = ""
                for line in run.stdout:
                    out += line
                    if "starting verify on public.t" in line:
                        self.target(change)
            return run.returncode, out
        finally:
            stopped.set()
            writer.join()

    def test_rows_that_arrive_late(self):
        self.move()
        for words in ((), ("--push-down",)):
            with self.subTest(words):
                self.target("DELETE FROM public.t WHERE b = 7; UPDATE public.t SET body = 'old' WHERE b = 77; INSERT INTO public.t VALUES ('gone', 0, '')")
                status, out = self.verify_while_rows_arrive(
                    "INSERT INTO public.t VALUES ('it''s \\ 7', 7, 'text 7'); UPDATE public.t SET body = 'text 77' WHERE b = 77; "
                    "DELETE FROM public.t WHERE b = 0", *words)
                self.assertEqual(status, 0, out)
                self.assertIn("3 rows on public.t differed at first, and not when asked for again", out)
                self.assertIn("truth rows seen: 300, success: 300, missing: 0, mismatch: 0, extraneous: 0, live_retry: 3", out)

    def test_numbers_of_rows_that_arrive_late(self):
        """A sample does not look at the row, and counts it."""
        self.move()
        self.target("DELETE FROM public.t WHERE b = 7")
        status, out = self.verify_while_rows_arrive("INSERT INTO public.t VALUES ('it''s \\ 7', 7, 'text 7')", "--sample", "5%")
        self.assertEqual(status, 6, out)
        self.assertIn("the numbers of rows of public.t differed at first, and not when counted again", out)

    def test_rows_that_stay_away(self):
        self.move()
        self.target("DELETE FROM public.t WHERE b = 7")
        run = self.verify(status=4)
        self.assertIn("truth rows seen: 300, success: 299, missing: 1, mismatch: 0, extraneous: 0, live_retry: 0", run.out)
        self.assertNotIn("changing", run.err)

    def test_certificate_is_of_one_moment(self):
        self.move()
        self.target("DELETE FROM public.t WHERE b = 7")
        status, out = self.verify_while_rows_arrive("INSERT INTO public.t VALUES ('it''s \\ 7', 7, 'text 7')", "--certificate", "moved.json")
        self.assertEqual(status, 4, out)


class RewrittenMeanwhileTest(Live):
    """A table that the source rewrites between the moment of the run and its reading: at that moment it looks empty."""

    SCHEMA = """
        CREATE TABLE public.a (id integer PRIMARY KEY);
        CREATE TABLE public.b (id integer PRIMARY KEY, body text);
        INSERT INTO public.b SELECT i, 'text ' || i FROM generate_series(1, 100) i;
        """

    def while_a_is_waited_for(self, change, command, *words):
        with source().connect(self.source.rsplit("/", 1)[1]) as keeper, source().connect(self.source.rsplit("/", 1)[1]) as client:
            keeper.query("BEGIN; LOCK TABLE public.a IN ACCESS EXCLUSIVE MODE")
            with subprocess.Popen([*self.words(command, *words), "--source", self.source, "--jobs", "1"], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
                while client.rows("SELECT 1 FROM pg_locks WHERE relation = 'public.a'::regclass AND NOT granted") == []:
                    self.assertIsNone(run.poll())
                client.query(change)
                keeper.query("COMMIT")
                out = run.stdout.read()
            return run.returncode, out

    def test_load_and_verify(self):
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", self.source, "--out-dir", out], check=True, capture_output=True, timeout=120, env=os.environ | PATH)
        self.run_tool("apply", out, "--phase", "roles", "--phase", "pre-data", "--state-dir", self.folder / "apply")
        status, said = self.while_a_is_waited_for("ALTER TABLE public.b ALTER COLUMN id TYPE bigint", "load", out)
        self.assertEqual(status, 5, said)
        self.assertIn("public.b: the source emptied, rewrote or replaced it", said)
        again = self.run_tool("load", out, "--source", self.source, "--jobs", "1", "--resume")
        self.assertEqual(again.returncode, 0, again.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.b"), "100")
        for words in ((), ("--push-down",)):
            with self.subTest(words):
                self.target("DELETE FROM public.b")
                status, said = self.while_a_is_waited_for("ALTER TABLE public.b ALTER COLUMN id TYPE integer; "
                                                          "ALTER TABLE public.b ALTER COLUMN id TYPE bigint", "verify", out, *words)
                self.assertEqual(status, 5, said)
                self.assertIn("cannot compare public.b: the source emptied, rewrote or replaced it", said)


class KeysOfOtherTypesTest(Live):
    """A row on the target whose key is no value of the source's type is one too many there, as any other."""

    SCHEMA = """
        CREATE TABLE public.n (id integer PRIMARY KEY);
        CREATE TABLE public.m (id macaddr PRIMARY KEY);
        CREATE TYPE public.mood AS ENUM ('sad');
        CREATE TABLE public.e (id public.mood PRIMARY KEY);
        """

    def test_keys(self):
        self.move("--integers", "int8")
        self.target("INSERT INTO public.n VALUES (3000000000)")
        self.target("INSERT INTO public.m VALUES ('no address')")
        self.target("ALTER TYPE public.mood ADD VALUE 'glad'")
        self.target("INSERT INTO public.e VALUES ('glad')")
        for words in ((), ("--push-down",), ("--sample", "50%")):
            with self.subTest(words):
                run = self.verify(*words, status=4)
                for table, key in (("n", "3000000000"), ("m", "no address"), ("e", "glad")):
                    self.assertRegex(run.err, rf"public\.{table} \(missing: 0, mismatch: 0, extraneous: 1\)")
                    self.assertIn(key, run.out)


class LargeRowsTest(Live):
    """Rows of a live source that the cluster logs or refuses are named before anything is written."""

    SCHEMA = """
        CREATE TABLE public.docs (id integer, part text, body text, j jsonb, y bytea, PRIMARY KEY (id, part));
        INSERT INTO public.docs VALUES (1, 'small', repeat('x', 5000), NULL, NULL), (7, 'text', repeat('x', 17 << 20), NULL, NULL),
            (8, 'json', NULL, jsonb_build_object('a', repeat('y', 18 << 20)), NULL), (9, 'halves', repeat('x', 9 << 20), NULL, decode(repeat('00', 8 << 20), 'hex'));
        CREATE TABLE public.more (t text) PARTITION BY LIST (t);
        CREATE TABLE public.more_1 PARTITION OF public.more DEFAULT;
        INSERT INTO public.more VALUES (repeat('x', 17 << 20));
        """

    def test_large_rows(self):
        run = self.migrate("--source", self.source, "--dry-run", status=None, environment=PATH)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("public.docs has 3 rows of more than 16,777,216 bytes: 18,874,", run.err)
        self.assertIn(" bytes (id = 8, part = json); 17,825,802 bytes (id = 9, part = halves); 17,825,800 bytes (id = 7, part = text).", run.err)
        self.assertIn("public.more has 1 row of more than 16,777,216 bytes: 17,825,792 bytes.", run.err)


class PushedDownMoltTest(MoltTest):
    """What is found by comparing rows is found by hashes, too."""

    WAYS = ((),)

    def verify(self, *words, status=0):
        run = super().verify("--push-down", *words, status=status)
        self.assertIn("hashes differ in", run.out)
        return run


class PushDownTest(Live):
    """Each type that the databases hash, and how little travels."""

    SCHEMA = """
        CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'happy');
        CREATE TABLE public.kinds (id integer, part char(4), t text, v varchar(20), c char(6), b boolean, n numeric, m numeric(10,2),
            i bigint, y bytea, u uuid, d date, ts timestamp, tz timestamptz, tm time, iv interval, net inet, mo public.mood,
            PRIMARY KEY (id, part));
        CREATE TABLE public.whole (id bigint, part char(4) NOT NULL, t text NOT NULL, v varchar(20) NOT NULL, b boolean NOT NULL, m numeric(10,2) NOT NULL,
            y bytea NOT NULL, u uuid NOT NULL, d date NOT NULL, ts timestamp NOT NULL, tz timestamptz NOT NULL, tm time NOT NULL, iv interval NOT NULL,
            net inet NOT NULL, mo public.mood NOT NULL, PRIMARY KEY (part, id));
        INSERT INTO public.kinds SELECT i, 'p' || i % 3, 'text ' || i, 'v' || i, 'c' || i % 10, i % 2 = 0, i / 7.0, i / 100.0, i * 1000000000::bigint,
            decode(lpad(to_hex(i), 8, '0'), 'hex'), lpad(to_hex(i), 32, '0')::uuid, date '2000-01-01' + i,
            timestamp '2000-01-01 00:00:00.123456' + i * interval '1 hour', timestamptz '2000-01-01 00:00:00+03' + i * interval '1 hour',
            time '10:00' + i * interval '1 second', i * interval '1 minute', '10.0.0.0'::inet + i, 'ok'::public.mood FROM generate_series(1, 200) i;
        INSERT INTO public.whole SELECT id, part, t, v, b, m, y, u, d, ts, tz, tm, iv, net, mo FROM public.kinds;
        INSERT INTO public.kinds (id, part) VALUES (1000, 'null');
        CREATE TABLE public.words (id integer PRIMARY KEY, a text, b text);
        INSERT INTO public.words VALUES (1, '1:x', NULL), (2, '', ''), (3, NULL, '-'), (4, '-1:x', E'a\\x09b\\x0a\\x5c'), (5, '2:ab', 'c'), (6, 'éé', 'é');
        CREATE TABLE public.keyless (a integer, t text);
        INSERT INTO public.keyless SELECT i % 5, 'x' || i % 3 FROM generate_series(1, 300) i;
        CREATE TABLE public.mixed (id integer PRIMARY KEY, t text, f float8, j jsonb);
        INSERT INTO public.mixed SELECT i, 'm' || i, i / 3.0, jsonb_build_object('n', i) FROM generate_series(1, 500) i;
        CREATE TABLE public.large (id bigint PRIMARY KEY, body text);
        INSERT INTO public.large SELECT i, repeat('x', 200) || i FROM generate_series(1, 20000) i;
        CREATE TABLE public.named (name text PRIMARY KEY, body text);
        INSERT INTO public.named SELECT md5(i::text), repeat('x', 200) || i FROM generate_series(1, 20000) i;
        """

    def pushed(self, status=0):
        run = self.verify("--push-down", "--log-format", "json", status=status)
        found = {}
        for line in map(json.loads, run.out.splitlines()):
            if line.get("type") == "push-down":
                found[line["table_name"]] = line
        return run, found

    def test_equal_rows_do_not_travel(self):
        self.move()
        run, found = self.pushed()
        self.assertEqual(set(found), {"kinds", "whole", "words", "keyless", "mixed", "large", "named"})
        for table in ("kinds", "whole", "words", "keyless", "large", "named"):
            self.assertEqual((found[table]["opened"], found[table]["row_bytes"]), (0, 0), found)
        self.assertIn("the column f of public.mixed is streamed", run.out)
        self.assertIn("the column j of public.mixed is streamed", run.out)
        self.assertGreater(found["mixed"]["row_bytes"], 0)
        data = 2 * sum(203 + 2 * len(str(i)) for i in range(1, 20001))
        self.assertLess(found["large"]["hash_bytes"], data // 1000)
        self.assertLess(found["named"]["hash_bytes"], data // 100)
        # What differs is cut; rows of few pieces are opened, and read twice: to find them, and to show them.
        self.target("UPDATE public.large SET body = body || '.' WHERE id % 2000 = 7")
        self.target("UPDATE public.named SET body = body || '.' WHERE body LIKE '%x1_07'")
        run, found = self.pushed(4)
        self.assertEqual(found["large"]["opened"], 10)
        self.assertLessEqual(found["named"]["opened"], 20)
        for table in ("large", "named"):
            self.assertLess(found[table]["hash_bytes"] + found[table]["row_bytes"], data // 10)
        self.assertEqual(sum('"type":"data"' in line for line in run.out.splitlines()), 20, run.out)
        self.assertEqual(run.out.replace(" ", "").count('"num_truth_rows":20000,"num_success":19990,"num_missing":0,"num_mismatch":10'), 2, run.out)

    def test_many_columns(self):
        columns = [f"c{i}" for i in range(120)]
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("CREATE TABLE public.wide (id integer PRIMARY KEY, " + ", ".join(
                f"{name} {'text' if i % 2 else 'integer'} {'NOT NULL' if i % 3 else ''}" for i, name in enumerate(columns)) + ")")
            client.query(f"INSERT INTO public.wide SELECT i{', i' * 120} FROM generate_series(1, 50) i")
        self.move()
        _, found = self.pushed()
        self.assertEqual((found["wide"]["opened"], found["wide"]["row_bytes"]), (0, 0), found)
        self.target("UPDATE public.wide SET c119 = 'x' WHERE id = 7")
        self.assertIn("mismatch: 1", self.verify("--push-down", status=4).err)

    def test_all_rows_differ(self):
        self.move()
        self.target("UPDATE public.large SET body = body || '.' WHERE true")
        self.target("UPDATE public.named SET body = body || '.' WHERE true")
        self.assertRegex(self.verify("--push-down", status=4).err,
                         "(?s)large.*missing: 0, mismatch: 20000, extraneous: 0.*named.*missing: 0, mismatch: 20000, extraneous: 0")

    def test_one_side_is_empty(self):
        self.move()
        for table in ("large", "named", "kinds"):
            self.target(f"DELETE FROM public.{table} WHERE true")
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("DELETE FROM public.words")
        err = self.verify("--push-down", status=4).err
        for found in ("large.{1,3}missing: 20000, mismatch: 0, extraneous: 0", "named.{1,3}missing: 20000, mismatch: 0, extraneous: 0",
                      "kinds.{1,3}missing: 201, mismatch: 0, extraneous: 0", "words.{1,3}missing: 0, mismatch: 0, extraneous: 6"):
            self.assertRegex(err, found)

    def test_each_type(self):
        self.move()
        for column, value in (("t", "t || ' '"), ("v", "'w'"), ("c", "'c'"), ("b", "NOT b"), ("n", "n + 0.00000000000000000001"), ("m", "m + 0.01"),
                              ("i", "i + 1"), ("y", "y || 'x'"), ("u", "'00000000-0000-0000-0000-0000000000ff'"), ("d", "d + 1"),
                              ("ts", "ts + '1 microsecond'"), ("tz", "tz + '1 microsecond'"), ("tm", "tm + '1 microsecond'"),
                              ("iv", "iv + '1 microsecond'"), ("net", "set_masklen(net, 24)"), ("mo", "'sad'"), ("t", "NULL"), ("iv", "NULL"),
                              ("mo", "NULL"), ("id", "id + 5000"), ("part", "'q'")):
            with self.subTest(column=column, value=value):
                self.target("BEGIN; CREATE TABLE kept AS SELECT * FROM kinds; COMMIT")
                self.target(f"UPDATE public.kinds SET {column} = {value} WHERE id = 77")
                run = self.verify("--push-down", status=4)
                self.assertRegex(run.out, "public.kinds: hashes differ in [12] of [0-9]+ ranges")
                self.assertIn("missing: 1, mismatch: 0, extraneous: 1" if column in ("id", "part") else "mismatch: 1", run.err)
                self.target("DELETE FROM public.kinds WHERE true")
                self.target("INSERT INTO public.kinds SELECT * FROM kept")
                self.target("DROP TABLE kept")
        self.verify("--push-down")

    def test_values_that_run_into_one_another(self):
        self.move()
        for change in ("a = '1:x-', b = NULL WHERE id = 1", "a = NULL, b = NULL WHERE id = 2", "a = NULL WHERE id = 2", "a = '-', b = NULL WHERE id = 3",
                       "b = NULL WHERE id = 3", "a = '2:abc', b = '' WHERE id = 5", "a = '2:a', b = 'bc' WHERE id = 5",
                       "a = 'é', b = 'éé' WHERE id = 6"):
            with self.subTest(change):
                with self.node.connect(self.database) as client:
                    before = client.rows("SELECT id, a, b FROM public.words")
                    client.query(f"UPDATE public.words SET {change}")
                self.assertIn("mismatch: 1", self.verify("--push-down", status=4).err)
                with self.node.connect(self.database) as client:
                    client.query("DELETE FROM public.words WHERE true")
                    for row in before:
                        values = ", ".join("NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in row)
                        client.query(f"INSERT INTO public.words VALUES ({values})")
        self.verify("--push-down")

    def test_rows_that_are_lost_or_there_twice(self):
        self.move()
        self.target("INSERT INTO public.keyless VALUES (1, 'x1')")
        self.assertIn("extraneous: 1", self.verify("--push-down", status=4).err)
        with self.node.postgres.connect(self.database) as client:
            client.query("DELETE FROM public.keyless WHERE ctid IN (SELECT ctid FROM public.keyless WHERE a = 1 AND t = 'x1' LIMIT 2)")
        self.assertIn("missing: 1", self.verify("--push-down", status=4).err)
        self.target("INSERT INTO public.keyless VALUES (1, 'x1')")
        self.target("DELETE FROM public.large WHERE id > 100")
        self.assertIn("missing: 19900", self.verify("--push-down", status=4).err)

    def test_streamed_column(self):
        self.move()
        for change in ("f = f + 1e-9", "j = '{}'", "f = NULL"):
            self.target("CREATE TABLE kept AS SELECT * FROM mixed")
            self.target(f"UPDATE public.mixed SET {change} WHERE id = 77")
            self.assertIn("mismatch: 1", self.verify("--push-down", status=4).err)
            self.target("DELETE FROM public.mixed WHERE true")
            self.target("INSERT INTO public.mixed SELECT * FROM kept")
            self.target("DROP TABLE kept")
        self.verify("--push-down")

    def test_database_that_cannot_hash(self):
        self.move()
        name = self.source.rsplit("/", 1)[1].split("?")[0]
        with source().connect(name) as client:  # as where the system forbids MD5
            client.query("REVOKE EXECUTE ON FUNCTION pg_catalog.md5(text) FROM PUBLIC")
            client.query("CREATE ROLE reader LOGIN")
            client.query("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        self.addCleanup(self.drop_reader, name)
        as_reader = "postgresql://reader@" + self.source.split("@")[1]
        run = self.run_tool("verify", self.state / "compiled", "--source", as_reader, "--push-down")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("the rows of public.large are streamed: permission denied for function md5", run.out)

    def test_goes_on_where_it_was(self):
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("CREATE TABLE public.long (id integer PRIMARY KEY, body text)")
            client.query("INSERT INTO public.long SELECT i, 'x' FROM generate_series(1, 70) i")
        self.move()
        lengthen = "UPDATE public.long SET body = repeat('x', 2200000)"  # one row is a range then
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query(lengthen)
        self.target(lengthen + " WHERE true")
        self.target("UPDATE public.long SET body = 'other' WHERE id = 70")
        words = ("--push-down", "--include", "public.long", "--state-dir", self.folder / "ranges")
        run = self.verify(*words, status=4)
        self.assertNotIn("by the run before", run.out)
        run = self.verify(*words, "--resume", status=4)
        self.assertRegex(run.out, "6[345] rows of public.long were found equal by the run before")
        self.assertRegex(run.out, "hashes differ in 1 of [1-9] ranges")
        self.assertIn("truth rows seen: 70, success: 69, missing: 0, mismatch: 1", run.out)
        self.target("DELETE FROM public.long WHERE id = 3")
        run = self.verify(*words, "--resume", status=4)
        self.assertIn("truth rows seen: 70, success: 68, missing: 1, mismatch: 1", run.out)
        self.assertNotIn("by the run before", run.out)

    @staticmethod
    def drop_reader(name):
        with source().connect(name) as client:
            client.query("DROP OWNED BY reader")
            client.query("DROP ROLE reader")

    def test_what_it_does_not_go_with(self):
        for words, said in ((("--sample", "1%"), "--sample"), (("--row-limit", "5"), "--row-limit"), (("--certificate", "c.json"), "--certificate")):
            run = self.run_tool("verify", "nowhere", "--source", self.source, "--push-down", *words)
            self.assertEqual(run.returncode, 2)
            self.assertIn(f"--push-down does not go with {said}", run.err)
        self.assertIn("--push-down needs --source", self.run_tool("verify", "nowhere", "--push-down").err)


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
        self.assertRegex(run.out, r"finished schema verification: 2 tables, 7 columns, 4 indexes, 2 constraints, 1 enum, 0 policies, "
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
                ("ALTER TABLE children ALTER COLUMN parent SET NOT NULL", "column parent is NOT NULL, and may be NULL in the plan",
                 "ALTER TABLE children ALTER COLUMN parent DROP NOT NULL"),
                ("ALTER TABLE parents ALTER COLUMN price DROP DEFAULT", "column price has no default",
                 "ALTER TABLE parents ALTER COLUMN price SET DEFAULT 1"),
                ("ALTER TABLE parents ALTER COLUMN code SET DEFAULT 'x'", "column code has a default, and none in the plan",
                 "ALTER TABLE parents ALTER COLUMN code DROP DEFAULT"),
                ("ALTER TABLE parents ADD COLUMN more INT8", "public.parents: column more is not in the plan",
                 "ALTER TABLE parents DROP COLUMN more"),
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
        self.assertEqual([entry["level"] for entry in found], ["error", "info", "info"])

    def test_views_routines_and_triggers(self):
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("CREATE VIEW dear AS SELECT id FROM parents WHERE price > 10")
            client.query("CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM parents")
            client.query("CREATE FUNCTION total(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a'")
            client.query("CREATE FUNCTION total(a text) RETURNS integer LANGUAGE sql AS 'SELECT 1'")
            client.query("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
            client.query("CREATE TRIGGER touched BEFORE UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION touch()")
        self.move("--crdb", "26.1")
        self.target("CREATE TABLE public.besides (id INT8 PRIMARY KEY)")
        self.assertIn("of the schema were not compared: the text of views", self.verify().out)
        for change, words in (
                ("DROP VIEW public.dear", "public.dear: the view is not there"),
                ("DROP MATERIALIZED VIEW public.counted", "public.counted: the view is not there"),
                ("DROP TRIGGER touched ON public.parents", "touched on public.parents: the trigger is not there"),
                ("DROP FUNCTION public.total(TEXT)", "public.total: 1 of the 2 routines of that name are there"),
                ("DROP FUNCTION public.total(INT4)", "public.total: the routine is not there")):
            with self.subTest(change):
                self.assertNotIn(words, self.verify(status=None).out)
                self.assert_seen(change, words)

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


class TroubleTest(Live):
    """The node's own trouble at each question that is put to it, one at a time: none is an answer."""

    SCHEMA = """
        CREATE TYPE public.mood AS ENUM ('sad', 'ok');
        CREATE TABLE public.first (id serial PRIMARY KEY, m public.mood, n integer CHECK (n > 0));
        CREATE TABLE public.second (id integer PRIMARY KEY, first integer REFERENCES public.first (id), body text);
        CREATE INDEX second_body ON public.second (body);
        CREATE VIEW public.both AS SELECT f.id, s.body FROM public.first f JOIN public.second s ON s.first = f.id;
        CREATE FUNCTION public.changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER changes BEFORE UPDATE ON public.second FOR EACH ROW EXECUTE FUNCTION public.changed();
        ALTER TABLE public.first ENABLE ROW LEVEL SECURITY;
        CREATE POLICY all_of_it ON public.first USING (true);
        INSERT INTO public.first (m, n) VALUES ('sad', 1), ('ok', 2);
        INSERT INTO public.second VALUES (1, 1, 'a'), (2, 2, 'b');
        """

    def setUp(self):
        super().setUp()
        if getattr(self.node, "real", True):
            self.skipTest("a real node cannot be made to fail")

        def calm():
            self.node.fault_in = None
        self.addCleanup(calm)

    def each_fault(self, run, step=1):
        """Fails the first statement of a run, then the one `step` behind it, until a run has no more."""
        for number in range(1, 1000, step):
            self.node.fault_in = number
            self.node.failed.clear()
            done = run()
            left, self.node.fault_in = self.node.fault_in, None
            if left > 0:
                self.assertGreater(number, 10)
                return
            yield self.node.failed[0], done

    def test_verify(self):
        self.move()
        self.target("SELECT setval('public.first_id_seq', 1)")  # a question about it that fails must not hide it
        self.verify(status=4)
        for text, run in self.each_fault(lambda: self.verify("--jobs", "1", status=None)):
            with self.subTest(text):
                self.assertEqual(run.returncode, 5, run.out + run.err)

    def test_sequence_that_may_not_be_read(self):
        self.move()
        user = f"reader_{os.getpid()}"
        self.target(f"CREATE USER {user} BYPASSRLS")
        self.target(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}")
        run = self.run_tool("verify", self.state / "compiled", "--source", self.source, url=self.node.url(self.database).replace("root", user))
        self.assertEqual(run.returncode, 0, run.out + run.err)
        self.assertIn("public.first_id_seq: not compared with id of public.first: ", run.out)

    def test_migrate(self):
        def run():
            shutil.rmtree(self.state, ignore_errors=True)
            self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
            self.node.fault_in, number = None, self.node.fault_in
            self.url = self.node.create_database(self.database)
            self.node.fault_in = number
            return self.migrate("--source", self.source, "--jobs", "1", status=None, environment=PATH)

        for text, done in self.each_fault(run, step=11):
            with self.subTest(text):
                self.assertEqual(done.returncode, 5, done.out + done.err)
                self.assert_verified(self.run_resume(done, environment=PATH))
                self.assertEqual(self.rows("SELECT s.id, s.body, f.m, f.n FROM public.second s JOIN public.first f ON f.id = s.first ORDER BY 1"),
                                 [["1", "a", "sad", "1"], ["2", "b", "ok", "2"]])
                self.assertEqual(self.scalar("SELECT nextval('public.first_id_seq')"), "3")


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
        self.assertIn(f"a sample of public.many: {many:,} of its 5,000 rows are compared, chosen by the seed 42; the target holds 5,000 rows",
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
