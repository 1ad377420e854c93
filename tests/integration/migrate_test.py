"""From dump or live database to a verified target, whatever happens on the way."""

import gzip
import json
import os
import pathlib
import re
import subprocess
import unittest
import unittest.mock

from _migration import Migration, NUMBERS, ROWS, UNIQUE, VERIFIED
from _target import BINARY, CORPUS, SANITIZED, frenchtowns, postgres_bin, require, source, stop, target


class FrenchTownsTest(Migration):
    def test_copy(self):
        run = self.migrate(frenchtowns())
        self.assert_frenchtowns(run)
        self.assertEqual(self.summary(run), ROWS)
        self.assertIn("3 tables, 36,810 rows, 2 constraints validated", run.out)
        self.assertEqual(self.scalar("SELECT nextval('public.towns_id_seq')"), "36685")
        self.assertEqual(self.scalar("SELECT nextval('public.departments_id_seq')"), "101")
        again = self.run_tool("verify", self.state / "compiled")
        self.assertEqual(again.returncode, 0, again.err)
        self.assert_verified(again)

    def test_import_into(self):
        for words in ((), ("--compress", "gzip")):
            with self.subTest(words):
                self.url = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}")
                run = self.migrate(frenchtowns(), "--method", "import-into", *words, "--state-dir", self.folder / f"state{words}")
                self.assertEqual(self.summary(run), ROWS)

    def test_import_into_is_read_by_the_target_alone(self):
        run = self.migrate(frenchtowns(), "--method", "import-into", "--host-files", self.folder)
        self.assert_frenchtowns(run)
        self.assertEqual(list(self.folder.glob("*.csv*")), [])

    def test_import_into_through_the_cluster(self):
        words = ("--method", "import-into", "--host-files", "userfile")
        odd = ("CREATE TABLE public.odd (id integer PRIMARY KEY, note text, body bytea);\nCOPY public.odd (id, note, body) FROM stdin;\n"
               "1\ttab\\t, quote \", back\\\\slash\\r\\n\t\\\\x0009ff5c\n2\t\\N\t\\N\n3\t\t\\\\x\n\\.\n")
        for dump, more in ((frenchtowns(), ()), (self.write("odd.sql", odd), ("--compress", "gzip"))):
            with self.subTest(more):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                run = self.migrate(dump, *words, *more, "--state-dir", self.folder / f"state{more}")
                self.assertEqual(self.summary(run), ROWS if not more else {"public.odd": 3})
                self.assertNotIn("left in", run.err)
                self.assertEqual(self.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'pg2crdb'"), [])
                self.assertEqual(self.rows("SELECT 1 FROM information_schema.schemata WHERE schema_name = 'pg2crdb'"), [])
        self.url = self.node.create_database(f"It {os.getpid()}")
        run = self.migrate(frenchtowns(), *words, "--state-dir", self.folder / "quoted", status=2)
        self.assertIn("--host-files userfile cannot be had in the database", run.err)

    def test_sequences(self):
        for choice in ("uuid", "unique-rowid", "hash-sharded"):
            with self.subTest(choice):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                run = self.migrate(frenchtowns(), "--sequences", choice, "--state-dir", self.folder / choice)
                self.assert_frenchtowns(run)
                wanted = {"uuid": "uuid", "unique-rowid": "bigint", "hash-sharded": "integer"}[choice]
                self.assertEqual(self.scalar("SELECT data_type FROM information_schema.columns WHERE table_schema = 'public' "
                                             "AND table_name = 'towns' AND column_name = 'id'"), wanted)

    def test_integers_of_eight_bytes(self):
        self.assert_frenchtowns(self.migrate(frenchtowns(), "--integers", "int8"))
        self.assertEqual(self.scalar("SELECT string_agg(DISTINCT data_type, ' ') FROM information_schema.columns "
                                     "WHERE table_schema = 'public' AND (column_name, data_type) IN (('id', 'integer'), ('id', 'bigint'))"), "bigint")
        verified = self.run_tool("verify", self.state / "compiled", "--source", source().url("frenchtowns"))
        self.assertEqual(verified.returncode, 0, verified.err)

    def test_row_limit(self):
        run = self.migrate(frenchtowns(), "--row-limit", "10")
        self.assert_frenchtowns(run, {table: 10 for table in ROWS})

    def test_inserts_and_gzip(self):
        zipped = self.write("towns.sql.gz", gzip.compress(frenchtowns("--rows-per-insert=100", "--column-inserts").read_bytes(), 1))
        self.assert_frenchtowns(self.migrate(zipped))

    def test_live_source(self):
        url = source().url("frenchtowns")
        path = {"PATH": f"{postgres_bin()}:{os.environ['PATH']}"}
        self.assert_frenchtowns(self.migrate("--source", url, environment=path))
        self.assertEqual(self.scalar("SELECT nextval('public.towns_id_seq')"), "36685")
        verified = self.run_tool("verify", self.state / "compiled", "--source", url)
        self.assertEqual(verified.returncode, 0, verified.err)

    def test_live_source_with_a_schema_file(self):
        run = self.migrate(frenchtowns("--schema-only"), "--source", source().url("frenchtowns"), "--method", "import-into")
        self.assert_frenchtowns(run)
        self.assertEqual(self.scalar("SELECT nextval('public.towns_id_seq')"), "36685")


class ArchiveTest(Migration):
    """What pg_dump writes with --format is an input like its SQL."""

    FORMATS = (("custom", ()), ("tar", ()), ("directory", ()), ("directory", ("--compress=0",)))

    def archive(self, form, *words):
        source().url("frenchtowns")
        frenchtowns()
        path = self.folder / f"towns.{form}{''.join(words)}"
        subprocess.run([postgres_bin() / "pg_dump", f"--format={form}", *words, f"--file={path}", source().url("frenchtowns")],
                       check=True)
        return path

    def product(self, *words):
        run = subprocess.run([BINARY, *map(str, words)], capture_output=True, timeout=120, cwd=self.folder)
        return run.returncode, run.stdout

    def test_migrate(self):
        for form, words in self.FORMATS:
            with self.subTest(form, words=words):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                archive = self.archive(form, *words)
                self.assert_frenchtowns(self.migrate(archive, "--state-dir", self.folder / f"state-{archive.name}"))

    def test_compiled_as_the_plain_dump(self):
        plain = self.product("compile", frenchtowns())
        self.assertIn(b"CREATE TABLE public.towns", plain[1])
        for form, words in self.FORMATS:
            archive = self.archive(form, *words)
            self.assertEqual(self.product("compile", archive), plain)
            found = json.loads(self.product("lint", archive, "--format", "json")[1])["findings"]
            same = json.loads(self.product("lint", frenchtowns(), "--format", "json")[1])["findings"]
            self.assertEqual([finding["rule"] for finding in found], [finding["rule"] for finding in same])

    def test_steps_one_by_one(self):
        archive = self.archive("custom")
        self.assertEqual(self.product("compile", archive, "--out-dir", "out")[0], 0)
        for phase in ("roles", "pre-data"):
            applied = self.run_tool("apply", "out", "--phase", phase, "--state-dir", self.folder / phase)
            self.assertEqual(applied.returncode, 0, applied.err)
        loaded = self.run_tool("load", "out")
        self.assertEqual(loaded.returncode, 0, loaded.err)
        early = self.run_tool("verify", "out")
        self.assertEqual(early.returncode, 0, early.out + early.err)
        self.assertRegex(early.out, r"(?m)^nothing of what post-data makes is there, and it was not compared: \d+ indexes, 2 constraints, 0 policies")
        self.assertEqual(self.run_tool("apply", "out", "--phase", "post-data", "--state-dir", self.folder / "post").returncode, 0)
        self.assertEqual(self.run_tool("revalidate").returncode, 0)
        run = self.run_tool("verify", "out")
        self.assertEqual(run.returncode, 0, run.err)
        self.assert_verified(run)
        with self.node.connect(self.database) as client:
            client.query("UPDATE towns SET name = 'Nowhere' WHERE id = 36000")
        differing = self.run_tool("verify", archive)
        self.assertEqual(differing.returncode, 4, differing.err)

    def test_archive_that_changed(self):
        archive = self.archive("custom")
        self.assertEqual(self.product("compile", archive, "--out-dir", "out")[0], 0)
        with source().connect("frenchtowns") as client:
            client.query("UPDATE towns SET name = name || '!' WHERE id = 7")
            self.addCleanup(subprocess.run, [postgres_bin() / "psql", "-Xqc",
                                             "UPDATE towns SET name = rtrim(name, '!') WHERE id = 7", source().url("frenchtowns")])
        self.archive("custom")
        changed = self.run_tool("load", "out")
        self.assertEqual(changed.returncode, 2, changed.err)
        self.assertIn("is not the dump that was compiled", changed.err)

    def test_damaged_archive(self):
        archive = self.archive("custom")
        content = archive.read_bytes()
        for size in (100, len(content) - 5000):  # within its list, within its rows
            archive.write_bytes(content[:size])
            for command in ("compile", "lint", "migrate"):
                run = self.run_tool(command, archive) if command == "migrate" else self.checked(
                    subprocess.run([BINARY, command, archive], capture_output=True, timeout=120, cwd=self.folder))
                self.assertEqual(run.returncode, 2, run.err)
                self.assertIn("is a custom archive of pg_dump that is cut", run.err)
                self.assertNotIn("install", run.err)

    def test_pg_restore_on_the_path_that_cannot_read_it(self):
        archive = self.archive("custom")
        programs = self.folder / "bin"
        programs.mkdir()
        old = programs / "pg_restore"
        old.write_text("#!/bin/sh\n[ \"$1\" = --help ] && exit 0\necho 'pg_restore: error: unsupported version' >&2\nexit 1\n")
        old.chmod(0o755)
        run = subprocess.run([BINARY, "compile", archive], capture_output=True, timeout=120, env=os.environ | {"PATH": str(programs)})
        installed = list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_restore"))
        self.assertEqual(run.returncode, 0 if installed else 2, run.stderr)
        if not installed:
            self.assertIn(b"no pg_restore here reads it: pg_restore failed: pg_restore: error: unsupported version", run.stderr)

    def test_archive_on_standard_input(self):
        run = subprocess.run([BINARY, "compile", "-"], input=self.archive("custom").read_bytes(), capture_output=True, timeout=120)
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn(b"which pg_restore reads from a file", run.stderr)


@unittest.skipUnless(CORPUS.is_dir(), "the corpus of real dumps is not here")
class CorpusTest(Migration):
    def test_dumps_that_are_complete(self):
        for name, rows in [("morenoh149__postgresDBSamples/french-towns-communes-francaises.sql", 36810),
                           ("neondatabase__postgres-sample-dbs/netflix.sql", 8807),
                           ("neondatabase__postgres-sample-dbs/periodic_table.sql", 118),
                           ("dimitri__pgcopydb/countries.sql", 438), ("the-benchmarker__web-frameworks/dump.sql", 3),
                           ("azimuttapp__azimutt/structure.sql", 17), ("mysociety__alaveteli/development_structure.sql", 132),
                           ("mklaber__redshift_polizei/structure.sql", 26)]:
            with self.subTest(name):
                self.url = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}")
                run = self.migrate(CORPUS / name, "--state-dir", self.folder / name.partition("/")[0] / "state")
                self.assertEqual(sum(int(found.group(3)) for found in VERIFIED.finditer(run.out)), rows)

    def test_rows_that_were_taken_out_are_missed_by_the_foreign_keys(self):
        for name, rows, constraint in [("neondatabase__postgres-sample-dbs/chinook.sql", "15,540", "FK_InvoiceCustomerId"),
                                       ("pthom__northwind_psql/northwind.sql", "3,213", "fk_orders_customers")]:
            with self.subTest(name):
                self.url = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}")
                run = self.migrate(CORPUS / name, "--state-dir", self.folder / name.partition("/")[0], status=5)
                self.assertIn(f"load        {rows} rows", run.err)
                self.assertIn(f"{constraint} (FOREIGN KEY)", run.err)

    def test_value_too_large_for_its_column(self):
        run = self.migrate(CORPUS / "GoogleCloudPlatform__spanner-migration-tool/pg.sql", status=5)
        self.assertIn("pg.sql:121 was refused: column c_numeric_n", run.err)

PARENT_AND_CHILD = """CREATE TABLE public.parents (id bigint PRIMARY KEY);
CREATE TABLE public.children (id bigint PRIMARY KEY, parent bigint);
COPY public.children (id, parent) FROM stdin;
1\t1
2\t2
\\.
COPY public.parents (id) FROM stdin;
1
2
\\.
ALTER TABLE ONLY public.children ADD CONSTRAINT children_parent_fkey FOREIGN KEY (parent) REFERENCES public.parents(id);
CREATE INDEX children_parent ON public.children (parent);
"""


class PhasesTest(Migration):
    """The phases by themselves, as the help of load and apply has them."""

    def setUp(self):
        super().setUp()
        self.state_words = ["--state-dir", str(self.state)]

    def compiled(self, content):
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", self.write("dump.sql", content), "--out-dir", out, "-q"], check=True, capture_output=True)
        return out

    def step(self, command, *words, status=0):
        run = self.checked(subprocess.run([BINARY, command, *map(str, words), "--target", self.url, *self.state_words],
                                          capture_output=True, timeout=120, cwd=self.folder))
        self.assertEqual(run.returncode, status, run.out + run.err)
        return run

    def assert_complete(self, out):
        self.assertEqual(self.run_tool("revalidate").returncode, 0)
        run = self.run_tool("verify", out)
        self.assertEqual(run.returncode, 0, run.out + run.err)
        self.assert_verified(run)

    def test_rows_between_the_phases(self):
        out = self.compiled(PARENT_AND_CHILD)
        for words in (["--state-dir", "shared"], []):
            for rest in (["--phase", "post-data"], []):
                with self.subTest(words, rest=rest):
                    self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                    self.url = self.node.create_database(self.database)
                    self.state_words = [word if word.startswith("-") else word + self.database for word in words]
                    self.step("apply", out, "--phase", "roles", "--phase", "pre-data")
                    self.step("load", out)
                    self.step("apply", out, *rest)
                    self.assert_complete(out)
                    for command in (("apply", out), ("apply", out, "--phase", "post-data"), ("load", out)):
                        self.assertIn("has ended, and was this one", self.step(*command, status=2).err)

    def test_what_verify_and_load_say_to_do(self):
        out = self.compiled(PARENT_AND_CHILD)

        def advice(status=4):
            run = self.run_tool("verify", out)
            self.assertEqual(run.returncode, status, run.out + run.err)
            return [word for word in ("`pg2crdb load DIR --include TABLE`", "`pg2crdb apply DIR`", "`pg2crdb revalidate`", "alter it")
                    if word in run.err]

        def target(sql):
            with self.node.connect(self.database) as client:
                client.query(sql)

        self.assertIn("`pg2crdb apply DIR --phase roles --phase pre-data`", self.step("load", out, status=2).err)
        self.step("apply", out, "--phase", "roles", "--phase", "pre-data")
        self.step("load", out)
        self.assertEqual(advice(0), [])
        target("CREATE INDEX children_parent ON public.children (parent)")  # a part of the phase: the rest is missing
        self.assertEqual(advice(), ["`pg2crdb apply DIR`"])
        target("DROP INDEX public.children_parent")
        self.step("apply", out)
        self.run_tool("revalidate")
        self.assertEqual(advice(0), [])
        target("INSERT INTO public.parents VALUES (3)")
        self.assertEqual(advice(), ["`pg2crdb load DIR --include TABLE`"])
        target("DELETE FROM public.parents WHERE id = 3")
        target("ALTER TABLE public.children DROP CONSTRAINT children_parent_fkey")
        target("ALTER TABLE public.children ADD CONSTRAINT children_parent_fkey FOREIGN KEY (parent) REFERENCES public.parents (id) NOT VALID")
        self.assertEqual(advice(), ["`pg2crdb revalidate`"])
        self.run_tool("revalidate")
        target("DROP INDEX public.children_parent")
        target("CREATE INDEX children_parent ON public.children (id)")
        self.assertEqual(advice(), ["alter it"])

    def test_what_post_data_made_is_missed(self):
        out = self.compiled(PARENT_AND_CHILD)
        self.state_words = []
        self.step("apply", out)
        self.step("load", out, "--include", "public.parents")
        for lost in ("ALTER TABLE public.children DROP CONSTRAINT children_parent_fkey", "DROP INDEX public.children_parent"):
            with self.node.connect(self.database) as client:
                client.query(lost)
        # The journal of apply tells it from a phase that is yet to come.
        run = self.run_tool("verify", out, "--include", "public.parents", "--include", "public.children")
        self.assertEqual(run.returncode, 4, run.out + run.err)
        self.assertIn("the index children_parent is not there", run.out)

    def test_what_verify_cannot_know_of_post_data(self):
        out = self.compiled(PARENT_AND_CHILD)
        self.step("apply", out)  # its journal lies where nobody tells verify
        for lost in ("ALTER TABLE public.children DROP CONSTRAINT children_parent_fkey", "DROP INDEX public.children_parent"):
            with self.node.connect(self.database) as client:
                client.query(lost)
        run = self.run_tool("verify", out)
        self.assertIn("nothing of what post-data makes is there, and it was not compared", run.out)
        self.assertIn("or all of it was dropped since", run.out)
        told = self.run_tool("verify", out, *self.state_words)
        self.assertEqual(told.returncode, 4, told.out + told.err)
        self.assertIn("the index children_parent is not there", told.out)

    def test_rows_that_break_a_constraint(self):
        with self.node.connect(self.database) as client:
            client.query("CREATE TABLE public.t (id bigint PRIMARY KEY)")
            client.query("INSERT INTO public.t VALUES (-1)")
            client.query("ALTER TABLE public.t ADD CONSTRAINT positive CHECK (id > 0) NOT VALID")
        run = self.run_tool("revalidate")
        self.assertEqual(run.returncode, 4, run.err)
        self.assertIn("positive (CHECK) on public.t", run.err)

    def test_phase_without_statements(self):
        out = self.compiled(UNIQUE.format(more=""))
        for phase in ("roles", "pre-data", "post-data"):
            self.step("apply", out, "--phase", phase)
        self.step("apply", out, "--phase", "pre-data", status=2)
        self.step("load", out)
        self.assert_complete(out)

    def test_phase_that_fails_is_gone_on_with(self):
        out = self.compiled(PARENT_AND_CHILD)
        self.step("apply", out, "--phase", "pre-data")
        with self.node.connect(self.database) as client:
            client.query("INSERT INTO public.children VALUES (7, 7)")
            client.query("CREATE INDEX children_parent ON public.children (parent)")
        self.step("apply", out, "--phase", "post-data", status=5)
        with self.node.connect(self.database) as client:
            client.query("DROP INDEX public.children_parent")
        self.assertIn("did not end", self.step("apply", out, "--phase", "post-data", status=2).err)
        self.step("apply", out, "--phase", "post-data", "--resume")

    def test_phase_upon_tables_that_are_gone(self):
        out = self.compiled(PARENT_AND_CHILD)
        self.step("apply", out, "--phase", "pre-data")
        with self.node.connect(self.database) as client:
            client.query("DROP TABLE public.children")
        self.assertIn("table public.children is not there", self.step("apply", out, "--phase", "post-data", status=2).err)


class ReadOnlyTest(Migration):
    def test_target_whose_transactions_are_read_only(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        with (self.node if getattr(self.node, "real", True) else self.node.postgres).connect() as client:
            client.query(f"ALTER DATABASE {self.database} SET default_transaction_read_only = on")
        self.assertIn("transactions are read-only there", self.migrate(dump, status=2).err)
        with (self.node if getattr(self.node, "real", True) else self.node.postgres).connect() as client:
            client.query(f"ALTER DATABASE {self.database} RESET default_transaction_read_only")
        self.migrate(dump)


class RowsAskedTest(Migration):
    def test_rows_that_would_stop_the_load_stop_it_before_it_begins(self):
        dump = self.write("dump.sql", "CREATE TABLE public.boards (\n    id integer PRIMARY KEY,\n    squares integer[]\n);\n"
                          "COPY public.boards (id, squares) FROM stdin;\n1\t{1,2}\n2\t{{1},{2}}\n\\.\n")
        run = self.run_tool("migrate", dump, "--yes")
        self.assertEqual(run.returncode, 1, run.err)
        self.assertIn("[rows-nested-array]", run.err)
        self.assertIn("dump.sql:7: id = 2: {{1},{2}}", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'boards'"), "0")


class DifferenceTest(Migration):
    def test_rows_that_changed_on_the_target(self):
        self.migrate(frenchtowns())
        with self.node.connect(self.database) as client:
            client.query("UPDATE public.towns SET name = 'Atlantis' WHERE id = 77")
            client.query("DELETE FROM public.towns WHERE id = 1234")
            client.query("INSERT INTO public.towns (id, code, article, name, department) "
                         "SELECT 99999, code || 'x', article, 'Nowhere', department FROM public.towns WHERE id = 5")
        run = self.run_tool("verify", self.state / "compiled")
        self.assertEqual(run.returncode, 4, run.out + run.err)
        found = {match.group(1): match.groups()[1:] for match in VERIFIED.finditer(run.out)}
        self.assertEqual(found["public.towns"], ("36684", "36682", "1", "1", "1"))
        self.assertRegex(run.out, r"(?m)^.*mismatch.*77.*name.*Atlantis.*$")
        self.assertRegex(run.out, r"(?m)^.*missing.*1234.*$")
        self.assertRegex(run.out, r"(?m)^.*extraneous.*99999.*$")
        logged = self.run_tool("verify", self.state / "compiled", "--log-format", "json")
        self.assertEqual(logged.returncode, 4)
        for line in logged.out.splitlines():
            json.loads(line)
        live = self.run_tool("verify", self.state / "compiled", "--source", source().url("frenchtowns"))
        self.assertEqual(live.returncode, 4, live.err)
        self.assertIn("mismatch: 1, extraneous: 1", live.out)

    def test_times_as_people_write_them(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (a integer PRIMARY KEY, b timestamptz, c timestamp, d time);\n"
                          "COPY public.t (a, b, c, d) FROM stdin;\n1\t2020-01-01\t2020-01-01\t10:00\n"
                          "2\t2020-01-01 10:00\t2020-01-01 10:00\t10:00:00\n3\t2020-01-01T10:00:00Z\t2020-01-01T10:00:00\t10:00:01.50\n\\.\n")
        self.assert_verified(self.migrate(dump))

    def test_keyless_rows(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (a text, b integer);\nCOPY public.t (a, b) FROM stdin;\n" + "x\t1\n" * 20
                          + "y\t\\N\n\\.\n")
        self.migrate(dump)
        with self.node.connect(self.database) as client:
            client.query("INSERT INTO public.t VALUES ('x', 1)")
            client.query("UPDATE public.t SET a = '' WHERE a = 'y'")
        run = self.run_tool("verify", self.state / "compiled")
        self.assertEqual(run.returncode, 4, run.out)
        self.assertIn("truth rows seen: 21, success: 20, missing: 1, mismatch: 0, extraneous: 2", run.out)

TYPES = r'''
CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'it''s "fine"');
CREATE TABLE public.every (
    id integer PRIMARY KEY, a_bool boolean, a_small smallint, a_big bigint, a_real real, a_double double precision,
    a_numeric numeric, a_money numeric(12,3), a_text text, a_varchar character varying(20), a_char character(5), a_bytea bytea,
    a_date date, a_time time without time zone, a_timetz time with time zone, a_timestamp timestamp without time zone,
    a_timestamptz timestamp with time zone, an_interval interval, a_uuid uuid, an_inet inet, a_bit bit(4), a_varbit bit varying(9),
    a_json json, a_jsonb jsonb, ints integer[], texts text[], feeling public.mood, "Odd ""name""" text);
INSERT INTO public.every VALUES
 (1, true, -32768, 9223372036854775807, 1.1, 0.1::float8 + 0.2, 12345678901234567890.123456789, 1.500, E'tab\tnl\ncr\rcrlf\r\nback\\slash\\.', 'é€𝄞',
  'ab', '\x00ff5c27220a', '2024-02-29', '23:59:59.999999', '01:02:03+05:30', '1999-12-31 23:59:59.5', '2024-03-31 02:30:00.123456+02',
  '1 year 2 mons -3 days 04:05:06.789', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '192.168.0.1/24', '1010', '101', '{"b": 1, "a" : [null, "x\ny"], "b": 2}',
  '{"z": 1.50, "a": {"k": "\u20ac"}, "e": []}', '{1,NULL,-3}', ARRAY['', 'NULL', NULL, 'a,b', '{x}', '"q"', 'back\slash', ' sp '], 'it''s "fine"', 'o'),
 (2, false, 32767, -9223372036854775808, '-0', 'NaN', 'NaN', -0.001, '', '', '', '', '0001-01-01', '00:00:00', '00:00:00+00', '0001-01-01 00:00:00', '1970-01-01 00:00:00+00',
  '-1 days', '00000000-0000-0000-0000-000000000000', '::1', '0000', '', 'null', 'null', '{}', '{}', 'sad', ''),
 (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (4, true, 0, 0, 3.4028235e38, 'Infinity', 0.000000000000000000001, 999999999.999, '\N', '\.', '  x', '\x', '9999-12-31', '12:00', '23:59:59-12', '9999-12-31 23:59:59', '9999-12-31 23:59:59+00',
  '100 years', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '2001:db8::/32', '1111', '111111111', '""', '"\"\\"', '{2147483647}', '{a}', 'ok', E'"\t,\\'),
 (5, true, 0, 0, 1e-45, 2.2250738585072014e-308, 100, 100.000, ' leading and trailing ', E'\'', 'abcde', '\x5c78', '2000-01-01', '24:00:00', '12:00:00+00', '2000-01-01', '2000-01-01 00:00:00+00',
  '00:00:00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', '10.0.0.0/8', '0001', '1', '[]', '[1, 1.0, 1e2, -0]', '{0}', ARRAY[E'\n', E'\\', 'é'], 'ok', E'\x01\x7f');
'''


class TypesTest(Migration):
    def dump(self, *options, sql=TYPES):
        server = source()
        database = f"types_{next(NUMBERS)}"
        url = server.create_database(database)
        subprocess.run([postgres_bin() / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", url], input=sql.encode(), check=True)
        self.live = url
        path = self.folder / "types.sql"
        with open(path, "wb") as out:
            subprocess.run([postgres_bin() / "pg_dump", *options, url], stdout=out, check=True)
        return path

    def test_every_type(self):
        for options, words in (((), ()), (("--column-inserts",), ()), ((), ("--method", "import-into"))):
            with self.subTest(options=options, words=words):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                run = self.migrate(self.dump(*options), *words, "--state-dir", self.folder / self.database)
                self.assertIn("success: 5, missing: 0", run.out)
                live = self.run_tool("verify", self.folder / self.database / "compiled", "--source", self.live)
                self.assertEqual(live.returncode, 0, live.out + live.err)
                self.assertEqual(self.rows("SELECT a_text, a_char = '', texts[2], a_bytea = '\\x00ff5c27220a' FROM public.every "
                                           "WHERE id IN (1, 2, 3) ORDER BY id"),
                                 [["tab\tnl\ncr\rcrlf\r\nback\\slash\\.", "f", "NULL", "t"], ["", "t", None, "f"], [None, None, None, None]])

    def test_generated_columns(self):
        sql = ("CREATE TABLE public.t (id integer PRIMARY KEY, twice integer GENERATED ALWAYS AS (id * 2) STORED, name text);\n"
               "INSERT INTO public.t (id, name) VALUES (1, 'a'), (2, 'b');\n")
        for options in ((), ("--inserts",), ("--column-inserts",)):
            with self.subTest(options=options):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                run = self.migrate(self.dump(*options, sql=sql), "--state-dir", self.folder / self.database)
                self.assertIn("success: 2, missing: 0", run.out)
                self.assertEqual(self.rows("SELECT id, twice, name FROM public.t ORDER BY id"), [["1", "2", "a"], ["2", "4", "b"]])

    def test_tables_without_columns_of_their_own(self):
        sql = ("CREATE TABLE public.bare ();\nINSERT INTO public.bare DEFAULT VALUES;\nINSERT INTO public.bare DEFAULT VALUES;\n"
               "CREATE TABLE public.made (one integer GENERATED ALWAYS AS (1) STORED);\nINSERT INTO public.made DEFAULT VALUES;\n")
        for words in ((), ("--method", "import-into")):
            with self.subTest(words):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                run = self.migrate(self.dump(sql=sql), *words, "--state-dir", self.folder / self.database)
                self.assertIn("finished row verification on public.bare (shard 1/1): truth rows seen: 2, success: 2", run.out)
                self.assertIn("finished row verification on public.made (shard 1/1): truth rows seen: 1, success: 1", run.out)
                live = self.run_tool("verify", self.folder / self.database / "compiled", "--source", self.live)
                self.assertEqual(live.returncode, 0, live.out + live.err)

    def test_arrays_of_money(self):
        sql = "CREATE TABLE public.t (id integer PRIMARY KEY, m money[]);\nINSERT INTO public.t VALUES (1, '{1.5,1234.5,NULL,-3}'), (2, '{}'), (3, NULL);\n"
        self.assertIn("success: 3, missing: 0", self.migrate(self.dump(sql=sql)).out)
        self.assertEqual(self.scalar("SELECT m[2] FROM public.t WHERE id = 1"), "1234.50")
        live = self.run_tool("verify", self.state / "compiled", "--source", self.live)
        self.assertEqual(live.returncode, 0, live.out + live.err)

    def test_rows_alone_into_tables_that_are_there(self):
        sql = ("CREATE TABLE public.t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, c character(5), at timestamp with time zone, "
               "twice integer GENERATED ALWAYS AS (id * 2) STORED);\n"
               "INSERT INTO public.t (c, at) VALUES ('ab', '2024-01-01 10:00+02'), ('x', NULL);\n")
        rows = self.dump("--data-only", sql=sql)
        with self.node.connect(self.database) as client:
            client.query("CREATE TABLE public.t (id INT8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, c CHAR(5), at TIMESTAMPTZ, "
                         "twice INT8 AS (id * 2) STORED)")
        run = self.run_tool("load", rows)
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("the column id of public.t is GENERATED ALWAYS AS IDENTITY", run.err)
        with self.node.connect(self.database) as client:
            client.query("ALTER TABLE public.t ALTER COLUMN id SET GENERATED BY DEFAULT")
        run = self.run_tool("load", rows, "--resume")
        self.assertEqual(run.returncode, 0, run.err)
        verified = self.run_tool("verify", rows)
        self.assertEqual(verified.returncode, 0, verified.out + verified.err)
        self.assertIn("success: 2, missing: 0", verified.out)
        with self.node.connect(self.database) as client:
            client.query("UPDATE public.t SET c = 'y' WHERE id = 2")
        self.assertIn("key (id)=(2): column c", self.run_tool("verify", rows).out)

    def test_times_in_composites_of_another_time_zone(self):
        sql = ("CREATE TYPE public.ct AS (n integer, at timestamp with time zone, m numeric);\nCREATE TABLE public.t (id integer PRIMARY KEY, c public.ct);\n"
               "INSERT INTO public.t VALUES (1, ROW(1, '2024-03-01 10:00+02', 1.50)), (2, NULL), (3, ROW(NULL, NULL, NULL));\n")
        os.environ["PGTZ"] = "Europe/Paris"
        self.addCleanup(os.environ.pop, "PGTZ")
        rows = self.dump(sql=sql)
        self.assertIn("09:00:00+01", rows.read_text())
        self.assertIn("success: 3, missing: 0", self.migrate(rows).out)

    def test_line_ends_of_windows(self):
        path = self.dump()
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        run = self.migrate(path)
        self.assertIn("success: 5, missing: 0", run.out)

    def test_a_change_of_any_value_is_seen(self):
        self.migrate(self.dump())
        with self.node.connect(self.database) as client:
            for column, value in (("a_text", "NULL"), ("a_double", "0.1"), ("a_bytea", "'\\x00'"), ("a_timestamptz", "'1970-01-01 00:00:00.000001+00'"),
                                  ("an_interval", "'-24:00:00'"), ("a_jsonb", "'{}'"), ("texts", "ARRAY['']"), ("a_char", "'x'"),
                                  ("a_numeric", "0"), ("a_bool", "NULL"), ("a_varbit", "'0'")):
                client.query(f"UPDATE public.every SET {column} = {value} WHERE id = 2")
        run = self.run_tool("verify", self.state / "compiled")
        self.assertEqual(run.returncode, 4, run.out)
        mismatch = "\n".join(line for line in run.out.splitlines() if "mismatch" in line and "finished" not in line)
        for column in ("a_text", "a_double", "a_bytea", "a_timestamptz", "an_interval", "a_jsonb", "texts", "a_char", "a_numeric", "a_bool", "a_varbit"):
            self.assertIn(column, run.out, mismatch)


class MemoryTest(unittest.TestCase):
    def test_a_line_of_a_gigabyte(self):
        size = 128 << 20 if SANITIZED else 1 << 30
        child = subprocess.Popen([BINARY, "compile", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        piece = b"x" * (1 << 20)
        child.stdin.write(b"CREATE TABLE public.t (id bigint PRIMARY KEY, body text);\nCOPY public.t (id, body) FROM stdin;\n1\t")
        for _ in range(size // len(piece)):
            child.stdin.write(piece)
        child.stdin.write(b"\n2\tshort\n\\.\n")
        child.stdin.flush()
        status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
        out, err = child.communicate(timeout=120)
        self.assertEqual(child.returncode, 0, err)
        self.assertIn(b"1 COPY block with 2 rows", err)
        self.assertIn(b"CREATE TABLE public.t", out)
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) << 10
        self.assertLess(peak, (400 if SANITIZED else 100) << 20)


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
