"""From dump or live database to a verified target, whatever happens on the way."""

import contextlib
import gzip
import itertools
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import unittest.mock
import urllib.parse

from _target import (BINARY, CORPUS, SANITIZED, CockroachStandin, PostgresServer, frenchtowns, postgres_bin, require, source, stop,
                     target, wire)

import shows  # noqa: E402, of the stand-in

ROWS = {"public.regions": 26, "public.departments": 100, "public.towns": 36684}
SECRET = "s3cret/ of:the@town"
NUMBERS = itertools.count(1)

VERIFIED = re.compile(r"finished row verification on (\S+) \(shard 1/1\): truth rows seen: (\d+), success: (\d+), missing: (\d+), "
                      r"mismatch: (\d+), extraneous: (\d+), live_retry: 0")


class Migration(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.state = self.folder / "state"
        self.node = target()
        self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
        self.url = self.node.create_database(self.database)
        self.addCleanup(self.assert_nothing_was_changed_in_silence)

    def assert_nothing_was_changed_in_silence(self):
        """By the stand-in, where it knows what a real node would take and cut."""
        changed = list(getattr(self.node, "taken_in_silence", []))
        if changed:
            self.node.taken_in_silence.clear()
        self.assertEqual(changed, [])

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def words(self, command, *words, url=None):
        words = [command, *map(str, words), "--target", url or self.url]
        if command in ("migrate", "load", "apply") and "--state-dir" not in words:
            words += ["--state-dir", str(self.state)]
        return [BINARY, *words]

    def checked(self, run):
        run.out, run.err = run.stdout.decode("utf-8", "replace"), run.stderr.decode("utf-8", "replace")
        self.assertNotIn("internal error", run.err)
        self.assertNotIn("Sanitizer", run.err)
        return run

    def run_tool(self, command, *words, url=None, environment=None, **more):
        return self.checked(subprocess.run(self.words(command, *words, url=url), capture_output=True, timeout=120, cwd=self.folder,
                                           env=os.environ | (environment or {}), **more))

    def run_resume(self, run, environment=None):
        """Runs the command that was printed, as a person would."""
        found = re.search(r"to go on: pg2crdb (migrate .* --resume)\n", run.err)
        self.assertTrue(found, run.err)
        return self.checked(subprocess.run([BINARY, *shlex.split(found.group(1))], capture_output=True, timeout=120, cwd=self.folder,
                                           env=os.environ | (environment or {})))

    def migrate(self, *words, status=0, **more):
        run = self.run_tool("migrate", *words, **more)
        if status is not None:
            self.assertEqual(run.returncode, status, run.out + run.err)
        if status == 0:
            self.assert_verified(run)
        return run

    def assert_verified(self, run):
        self.assertIn("\nverification complete\n", "\n" + run.out)
        for found in VERIFIED.finditer(run.out):
            self.assertEqual(found.group(2, 4, 5, 6), (found.group(3), "0", "0", "0"))

    def rows(self, sql, node=None):
        with (node or self.node).connect(self.database) as client:
            return client.rows(sql)

    def scalar(self, sql, node=None):
        return self.rows(sql, node)[0][0]

    def assert_frenchtowns(self, run, rows=None, node=None):
        rows = rows or ROWS
        self.assertEqual({found.group(1): int(found.group(3)) for found in VERIFIED.finditer(run.out)}, rows)
        for table, count in rows.items():
            self.assertEqual(self.scalar(f"SELECT count(*) FROM {table}", node), str(count))
        if rows == ROWS:
            validated = {row[1]: row[4] for table in ROWS for row in self.rows(f"SHOW CONSTRAINTS FROM {table}", node)
                         if row[2] == "FOREIGN KEY"}
            self.assertEqual(validated, {"departments_region_fkey": "t", "towns_department_fkey": "t"})

    def summary(self, run):
        return {table: int(rows.replace(",", "")) for table, rows in re.findall(r"(?m)^(public\.\S+) +([\d,]+) +0$", run.out)}


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


LARGE_ROWS = 40000
LOADING_LARGE = b'{"begun":"load","schema":"public","name":"large"}'


def large_dump():
    """Two tables, the second large enough that a load takes a while and needs several batches."""
    lines = ["CREATE TABLE public.small (id integer NOT NULL, note text);\n",
             "CREATE TABLE public.large (id bigint NOT NULL, small integer, body text);\n",
             "CREATE TABLE public.keyless (body text);\n",
             "COPY public.small (id, note) FROM stdin;\n", *(f"{i}\tnote {i}\n" for i in range(50)), "\\.\n",
             "COPY public.keyless (body) FROM stdin;\n", "twice\n" * 5000, "\\.\n",
             "COPY public.large (id, small, body) FROM stdin;\n",
             *(f"{i}\t{i % 50}\t{'x' * 400}{i}\n" for i in range(LARGE_ROWS)), "\\.\n",
             "ALTER TABLE ONLY public.small ADD CONSTRAINT small_pkey PRIMARY KEY (id);\n",
             "ALTER TABLE ONLY public.large ADD CONSTRAINT large_pkey PRIMARY KEY (id);\n",
             "CREATE INDEX large_small ON public.large USING btree (small);\n",
             "ALTER TABLE ONLY public.large ADD CONSTRAINT large_small_fkey FOREIGN KEY (small) REFERENCES public.small(id);\n"]
    return "".join(lines)


LARGE = {"public.small": 50, "public.keyless": 5000, "public.large": LARGE_ROWS}


class Stoppable(Migration):
    """The stand-in alone can be made slow, or drop a connection."""

    @classmethod
    def setUpClass(cls):
        cls.slow = CockroachStandin().start()
        cls.addClassCleanup(cls.slow.stop)

    def setUp(self):
        super().setUp()
        self.node, self.slow.latency, self.slow.drop_after = self.slow, 0.0, None
        self.url = self.slow.create_database(self.database)

    def start(self, *words, command="migrate", what=None):
        return subprocess.Popen(self.words(command, what or self.dump, "--memory", "2MB", *words), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.folder)

    def stop_in_the_load(self, number, *words, until=(LOADING_LARGE,), **more):
        """Sends the signal once the journal has all of `until`."""
        child = self.start(*words, **more)
        self.slow.latency = 0.02
        journal = self.state / "journal.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (journal.exists() and all(line in journal.read_bytes() for line in until)):
            time.sleep(0.005)
        time.sleep(0.1)
        child.send_signal(number)
        run = subprocess.CompletedProcess([], 0, *child.communicate(timeout=60))
        run.returncode = child.returncode
        self.slow.latency = 0.0
        return self.checked(run)

    def drop_connection(self, *words):
        with self.slow._lock:
            self.slow._copied = 0
        self.slow.drop_after = 5_000_000
        stopped = self.run_tool("migrate", self.dump, *words)
        self.assertEqual(stopped.returncode, 5, stopped.err)
        return stopped

    def fresh(self, name):
        self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
        self.url, self.state = self.slow.create_database(self.database), self.folder / name

    def make_anew(self):
        with self.slow.connect() as client:
            client.query(f'DROP DATABASE "{self.database}" CASCADE')
            client.query(f'CREATE DATABASE "{self.database}"')

    def assert_refused(self, run, *texts):
        self.assertEqual(run.returncode, 2, run.out + run.err)
        self.assertEqual(run.err.count("pg2crdb: error:"), 1, run.err)
        for text in texts:
            self.assertIn(text, run.err)
        self.assertIn("  help: ", run.err)


class StoppedTest(Stoppable):
    def setUp(self):
        super().setUp()
        self.dump = self.write("large.sql", large_dump())

    def assert_complete(self, run):
        self.assertEqual(run.returncode, 0, run.out + run.err)
        self.assert_verified(run)
        verified = {found.group(1): int(found.group(3)) for found in VERIFIED.finditer(run.out)}
        # One that was killed while it compared goes on with the tables that were not found equal yet.
        before = re.search(r"(\d+) of 3 tables were found equal by the run before, ([\d,]+) rows?", run.out)
        left_out, rows = (int(one.replace(",", "")) for one in before.groups()) if before else (0, 0)
        self.assertEqual((len(verified) + left_out, sum(verified.values()) + rows), (len(LARGE), sum(LARGE.values())))
        self.assertLessEqual(verified.items(), LARGE.items())
        for table, count in LARGE.items():
            self.assertEqual(self.scalar(f"SELECT count(*) FROM {table}"), str(count))

    def test_progress(self):
        self.slow.latency = 0.005
        run = self.run_tool("migrate", self.dump, "--progress", "bar", "--memory", "2MB", "--jobs", "1")
        self.assertEqual(run.returncode, 0, run.err)
        lines = re.findall(r"\r\x1b\[K(load \[[^\r\n]*)", run.err)
        self.assertTrue(lines, run.err)
        for line in lines:
            self.assertRegex(line, r"^load \[[#.]+\] [\d,]+ of 45,050 rows, \d+%, [\d,]+ rows/s, \d+\.\d MB/s public\.\w+(, \d+ s left)?$")
        self.assertTrue(any(" s left" in line for line in lines), lines)

    def test_kill_in_the_load(self):
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.slow.create_database(self.database), self.folder / method
                self.assertEqual(self.stop_in_the_load(signal.SIGKILL, "--method", method).returncode, -signal.SIGKILL)
                refused = self.run_tool("migrate", self.dump, "--method", method)
                self.assertEqual(refused.returncode, 2, refused.err)
                self.assertIn("--resume", refused.err)
                self.assert_complete(self.run_tool("migrate", self.dump, "--method", method, "--resume", "--memory", "2MB"))

    def test_kill_anywhere(self):
        chance = random.Random(11)
        for _ in range(4):
            self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
            self.url, self.state = self.slow.create_database(self.database), self.folder / self.database
            self.slow.latency = 0.005
            kills, words = 0, ()
            for _ in range(12):
                child = self.start(*words)
                words = ("--resume",) if (self.state / "journal.jsonl").exists() else ()
                try:
                    out, err = child.communicate(timeout=chance.uniform(0.2, 1.6) + kills * 0.5)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.communicate()
                    kills += 1
                    words = ("--resume",) if (self.state / "journal.jsonl").exists() else ()
                    continue
                break
            self.slow.latency = 0.0
            self.assert_complete(self.checked(subprocess.CompletedProcess([], child.returncode, out, err)))

    def test_sigterm(self):
        stopped = self.stop_in_the_load(signal.SIGTERM)
        self.assertEqual(stopped.returncode, 5, stopped.err)
        self.assert_complete(self.run_resume(stopped))

    def test_terminal_that_goes_away(self):
        stopped = self.stop_in_the_load(signal.SIGHUP)
        self.assertEqual(stopped.returncode, 5, stopped.err)
        self.assert_complete(self.run_resume(stopped))

    def test_sigint(self):
        stopped = self.stop_in_the_load(signal.SIGINT)
        self.assertEqual(stopped.returncode, 5, stopped.err)
        self.assert_complete(self.run_resume(stopped))

    def test_connection_dropped_in_copy(self):
        with self.slow._lock:
            self.slow._copied = 0
        self.slow.drop_after = 5_000_000
        stopped = self.run_tool("migrate", self.dump)
        self.assertEqual(stopped.returncode, 5, stopped.err)
        self.assertIsNone(self.slow.drop_after, "nothing was dropped")
        self.assertEqual(stopped.err.count("pg2crdb: error:"), 1, stopped.err)
        self.assertIn("public.large", stopped.err)
        self.assert_complete(self.run_resume(stopped))

    def test_target_goes_away(self):
        with CockroachStandin() as node:
            node.latency = 0.02
            self.url = node.create_database(self.database)
            child = self.start()
            journal = self.state / "journal.jsonl"
            while not (journal.exists() and LOADING_LARGE in journal.read_bytes()):
                time.sleep(0.01)
            threading.Thread(target=node.stop).start()
            run = subprocess.CompletedProcess([], 0, *child.communicate(timeout=60))
        self.checked(run)
        self.assertEqual(child.returncode, 5, run.err)
        self.assertEqual(run.err.count("pg2crdb: error:"), 1, run.err)

    def test_changed_input_or_option(self):
        self.assertEqual(self.stop_in_the_load(signal.SIGTERM).returncode, 5)
        for words, named in ((["--method", "import-into"], "method"), (["--row-limit", "7"], "row limit"),
                             (["--crdb", "24.1"], "CockroachDB version"),
                             (["--source", source().url("frenchtowns")], "source")):
            with self.subTest(named):
                refused = self.run_tool("migrate", self.dump, "--resume", *words)
                self.assertEqual(refused.returncode, 2, refused.err)
                self.assertIn(named, refused.err)
        other = self.run_tool("migrate", self.dump, "--resume", url=self.slow.create_database(self.database + "_other"))
        self.assertEqual(other.returncode, 2, other.err)
        self.assertIn("target", other.err)
        self.dump.write_text(large_dump().replace("note 7\n", "note 8\n"))
        refused = self.run_tool("migrate", self.dump, "--resume")
        self.assertEqual(refused.returncode, 2, refused.err)
        self.assertIn("input", refused.err)
        self.dump.write_text(large_dump())
        self.assert_complete(self.run_tool("migrate", self.dump, "--resume"))


    def test_target_that_was_made_anew(self):
        for method in ("copy", "import-into"):
            for stopped_by in ("kill", "connection"):
                if (method, stopped_by) == ("import-into", "connection"):
                    continue  # rows do not come through a connection
                with self.subTest(method=method, stopped_by=stopped_by):
                    self.fresh(method + stopped_by)
                    if stopped_by == "kill":
                        self.stop_in_the_load(signal.SIGKILL, "--method", method)
                    else:
                        self.drop_connection("--method", method)
                    self.make_anew()
                    refused = self.run_tool("migrate", self.dump, "--method", method, "--resume")
                    self.assert_refused(refused, "is not the database that the run of", "remove the journal")
                    self.assertEqual(self.rows("SHOW TABLES"), [])
                    # With the schema there, too, the rows are missing.
                    out = self.folder / "out"
                    subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
                    self.assertEqual(self.run_tool("apply", out, "--state-dir", self.folder / f"apply{self.database}").returncode, 0)
                    self.assert_refused(self.run_tool("migrate", self.dump, "--method", method, "--resume"), "is not the database")

    def test_target_that_was_made_anew_before_any_row(self):
        self.slow.latency = 0.05
        child = self.start()
        journal = self.state / "journal.jsonl"
        while not (journal.exists() and b'{"done":"apply pre-data","schema":"","name":"1"' in journal.read_bytes()):
            time.sleep(0.002)
        child.kill()
        child.communicate()
        self.slow.latency = 0.0
        self.make_anew()
        self.assert_refused(self.run_tool("migrate", self.dump, "--resume"), "is not the database")

    def test_rows_that_are_gone_from_a_loaded_table(self):
        small_is_done = b'{"done":"load","schema":"public","name":"small"'
        self.stop_in_the_load(signal.SIGKILL, until=(LOADING_LARGE, small_is_done))
        resume = ("migrate", self.dump, "--resume", "--memory", "2MB")
        with self.slow.connect(self.database) as client:
            client.query("DELETE FROM public.small WHERE id = 7")
            self.assert_refused(self.run_tool(*resume), "table public.small was loaded with 50 rows, and has 49")
            client.query("TRUNCATE TABLE public.small")
            self.assert_refused(self.run_tool(*resume), "table public.small was loaded with 50 rows, and has 0")
            for i in range(50):
                client.query(f"INSERT INTO public.small VALUES ({i}, 'note {i}')")
            client.query("ALTER TABLE public.small RENAME TO smaller")
            self.assert_refused(self.run_tool(*resume), "table public.small is not there, although it was loaded")
            client.query("ALTER TABLE public.smaller RENAME TO small")
        self.assert_complete(self.run_tool(*resume))

    def test_dump_that_was_edited_to_the_same_length(self):
        for stopped_by in ("kill", "connection"):
            with self.subTest(stopped_by):
                self.fresh(stopped_by)
                self.dump.write_text(large_dump())
                if stopped_by == "kill":
                    self.stop_in_the_load(signal.SIGKILL)
                else:
                    self.drop_connection()
                self.dump.write_text(large_dump().replace("\t7\tx", "\t7\ty", 1))
                self.assert_refused(self.run_tool("migrate", self.dump, "--resume"), "input 1 (sha256) was")
                self.dump.write_text(large_dump())
                self.assert_complete(self.run_tool("migrate", self.dump, "--resume"))

    def test_edited_dump_and_the_usual_state_directory(self):
        words = [BINARY, "migrate", "large.sql", "--target", self.url]
        with self.slow._lock:
            self.slow._copied = 0
        self.slow.drop_after = 5_000_000
        stopped = self.checked(subprocess.run(words, capture_output=True, timeout=120, cwd=self.folder))
        self.assertEqual(stopped.returncode, 5, stopped.err)
        self.dump.write_text(large_dump().replace("\t7\tx", "\t7\ty", 1))
        for more in ((), ("--resume",)):
            refused = self.checked(subprocess.run([*words, *more], capture_output=True, timeout=120, cwd=self.folder))
            self.assert_refused(refused, "journal")
        self.assertIn("input 1 (sha256) was", refused.err)

    def test_resume_of_a_load_whose_dump_was_edited(self):
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out, "--phase", "pre-data", "--state-dir", self.folder / "applied").returncode, 0)
        self.stop_in_the_load(signal.SIGKILL, command="load", what=out)
        self.dump.write_text(large_dump().replace("\t7\tx", "\t7\ty", 1))
        self.assert_refused(self.run_tool("load", out, "--resume"), "is not the dump that was compiled: its SHA-256 is")
        self.dump.write_text(large_dump())
        loaded = self.run_tool("load", out, "--resume")
        self.assertEqual(loaded.returncode, 0, loaded.err)
        self.assertEqual(self.run_tool("apply", out, "--phase", "post-data", "--state-dir", self.folder / "post").returncode, 0)
        self.assertEqual(self.run_tool("revalidate").returncode, 0)
        self.assert_complete(self.run_tool("verify", out))

    def test_two_loads_at_once(self):
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out, "--phase", "pre-data", "--state-dir", self.folder / "applied").returncode, 0)
        self.slow.latency = 0.01
        words = ("--include", "public.keyless,public.small")
        both = [self.start(*words, "--state-dir", self.folder / f"load{i}", command="load", what=out) for i in range(2)]
        said = [child.communicate(timeout=60)[1].decode() for child in both]
        self.slow.latency = 0.0
        rows = int(self.scalar("SELECT count(*) FROM public.keyless"))
        statuses = sorted(child.returncode for child in both)
        # Where the second came late enough, it saw the rows of the first; else whoever ends last sees too many.
        if rows > LARGE["public.keyless"]:
            self.assertIn(4, statuses, said)
            self.assertTrue(any("rows were loaded into public.keyless, and it holds" in one for one in said), said)
        else:
            self.assertEqual(statuses[0], 0, said)
            self.assertIn("holds rows already", "".join(said))

    def test_copies_of_a_journal(self):
        self.stop_in_the_load(signal.SIGKILL)
        copies = [self.folder / f"copy{i}" for i in range(2)]
        for copy in copies:
            shutil.copytree(self.state, copy)
        both = [self.start("--resume"), self.start("--resume", "--state-dir", copies[0])]
        said = [child.communicate(timeout=60)[1].decode() for child in both]
        self.assertIn(0, [child.returncode for child in both], said)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.large"), str(LARGE_ROWS))
        self.assertEqual(self.scalar("SELECT count(*) FROM public.keyless"), "5000")
        # The run has ended, and the rows are others' now.
        with self.slow.connect(self.database) as client:
            client.query("INSERT INTO public.large VALUES (-1, 1, 'from elsewhere')")
        self.assert_refused(self.run_tool("migrate", self.dump, "--resume", "--state-dir", copies[1]),
                            "what this run noted on the target (pg2crdb.chunks) is gone")
        self.assertEqual(self.scalar("SELECT count(*) FROM public.large"), str(LARGE_ROWS + 1))

    def test_copy_of_a_journal_of_imports(self):
        words = ("--method", "import-into")
        self.stop_in_the_load(signal.SIGKILL, *words)
        copy = self.folder / "copy"
        shutil.copytree(self.state, copy)
        self.assert_complete(self.run_tool("migrate", self.dump, *words, "--resume"))
        with self.slow.connect(self.database) as client:
            client.query("INSERT INTO public.large VALUES (-1, 1, 'from elsewhere')")
        self.assert_refused(self.run_tool("migrate", self.dump, *words, "--resume", "--state-dir", copy),
                            "what this run noted on the target (pg2crdb.chunks) is gone")
        self.assertEqual(self.scalar("SELECT count(*) FROM public.large"), str(LARGE_ROWS + 1))

    def test_table_that_changes_in_the_middle(self):
        for change, status, said in (("DROP TABLE public.large", 5, "public.large"),
                                     ("ALTER TABLE public.large RENAME TO larger", 5, "public.large"),
                                     ("ALTER TABLE public.large DROP COLUMN body", 5, "body"),
                                     ("DELETE FROM public.small WHERE id = 7", 4, "50 rows were loaded into public.small, and it holds 49")):
            with self.subTest(change):
                self.fresh(f"changed{next(NUMBERS)}")
                out = self.folder / "out"
                subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
                self.run_tool("apply", out, "--phase", "pre-data", "--state-dir", self.folder / f"applied{self.database}")
                child = self.start(command="load", what=out)
                self.slow.latency = 0.02
                journal = self.state / "journal.jsonl"
                while not (journal.exists() and LOADING_LARGE in journal.read_bytes() and b'"done":"load","schema":"public","name":"small"'
                           in journal.read_bytes()):
                    time.sleep(0.005)
                with self.slow.postgres.connect(self.database) as client:
                    client.query(change)
                err = child.communicate(timeout=60)[1].decode()
                self.slow.latency = 0.0
                self.assertEqual(child.returncode, status, err)
                self.assertIn(said, err)
                self.assertNotEqual(self.run_tool("load", out, "--resume").returncode, 0)

    def test_privilege_that_is_revoked_in_the_middle(self):
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.run_tool("apply", out, "--phase", "pre-data", "--state-dir", self.folder / "applied")
        as_root, as_mover = self.url, self.url.replace("root@", "mover@")
        with self.slow.connect(self.database) as client:
            client.query("CREATE ROLE IF NOT EXISTS mover LOGIN")
            client.query(f"GRANT CREATE ON DATABASE {self.database} TO mover")
            for table in LARGE:
                client.query(f"GRANT SELECT, INSERT ON {table} TO mover")
            self.url = as_mover
            child = self.start(command="load", what=out)
            self.slow.latency = 0.02
            journal = self.state / "journal.jsonl"
            while not (journal.exists() and LOADING_LARGE in journal.read_bytes()):
                time.sleep(0.005)
            client.query("REVOKE INSERT ON public.large FROM mover")
            err = child.communicate(timeout=60)[1].decode()
            self.slow.latency = 0.0
            self.assertEqual(child.returncode, 5, err)
            self.assertIn("42501", err)
            client.query("GRANT INSERT ON public.large TO mover")
        self.assertEqual(self.run_tool("load", out, "--resume", "--memory", "2MB").returncode, 0)
        self.url = as_root
        self.assertEqual(self.scalar("SELECT count(DISTINCT id) FROM public.large"), str(LARGE_ROWS))

    def test_privileges_that_the_user_lacks(self):
        guest = f"guest{next(NUMBERS)}"
        with self.slow.connect(self.database) as client:
            client.query(f"CREATE ROLE {guest} LOGIN")
            self.url = self.url.replace("root@", f"{guest}@")

            def lacking(*words):
                run = self.run_tool(*words)
                self.assertEqual(run.returncode, 2, run.err)
                self.assertIn(f"the user {guest} of the target lacks ", run.err)
                self.assertIn("nothing was changed", run.err)
                grants = re.search(r"can grant it: (.*)", run.err).group(1).split("; ")
                for grant in grants:
                    client.query(grant)
                return grants

            out = self.folder / "out"
            subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
            tables = ("apply", out, "--phase", "pre-data", "--state-dir", self.folder / "applied")
            self.assertEqual(lacking(*tables), [f"GRANT CREATE ON SCHEMA public TO {guest}"])
            self.assertEqual(self.scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0")
            self.assertEqual(self.run_tool(*tables).returncode, 0)
            for table in LARGE:
                client.query(f"ALTER TABLE {table} OWNER TO CURRENT_USER")
            self.assertEqual(len(lacking("load", out)), len(LARGE))
            self.assertEqual(self.run_tool("load", out, "--memory", "2MB").returncode, 0)

    def test_rows_that_are_written_beside_the_load(self):
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", self.dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out, "--phase", "pre-data", "--state-dir", self.folder / "applied").returncode, 0)
        self.slow.latency = 0.02
        child = self.start(command="load", what=out)
        journal = self.state / "journal.jsonl"
        while not (journal.exists() and LOADING_LARGE in journal.read_bytes()):
            time.sleep(0.005)
        with self.slow.connect(self.database) as client:
            client.query("INSERT INTO public.small VALUES (77, 'from elsewhere')")
        err = child.communicate(timeout=60)[1].decode()
        self.assertEqual(child.returncode, 4, err)
        self.assertIn("50 rows were loaded into public.small, and it holds 51", err)

    def test_rejected_rows_are_told_once(self):
        bad = "".join(f"no number {i}\t1\t{'x' * 400}\n" for i in range(3))
        at = "COPY public.large (id, small, body) FROM stdin;\n"
        self.dump.write_text(large_dump().replace(at, at + bad))
        rejects = self.state / "rejected-rows.tsv"
        self.slow.latency = 0.01
        child = self.start("--max-bad-rows", "5", "--jobs", "1")
        while child.poll() is None and not (rejects.exists() and rejects.read_bytes().count(b"\n") == 3):
            time.sleep(0.005)
        child.kill()
        child.communicate()
        self.assertEqual(child.returncode, -signal.SIGKILL)
        self.slow.latency = 0.0
        run = self.run_tool("migrate", self.dump, "--max-bad-rows", "5", "--jobs", "1", "--memory", "2MB", "--resume")
        self.assertEqual(run.returncode, 3, run.err)
        self.assertEqual([line.split("\t")[-3] for line in rejects.read_text().splitlines()], [f"no number {i}" for i in range(3)])


def alike_dump(first, second):
    """a."b.c" and "a.b".c, which are two tables, with a sequence and a foreign key each."""
    lines = ['CREATE SCHEMA a;\nCREATE SCHEMA "a.b";\n']
    for schema, dot, name, value in (("a", "b.", "c", 11), ('"a.b"', "", "c", 22)):
        table, parent, sequence = (f'{schema}."{dot}{part}"' for part in (name, "p", "s"))
        lines.append(f"CREATE TABLE {parent} (id integer PRIMARY KEY);\nCREATE TABLE {table} (id integer NOT NULL, p integer, note text);\n"
                     f"CREATE SEQUENCE {sequence} START WITH 1;\nSELECT pg_catalog.setval('{sequence}', {value}, true);\n")
    for table, parent, word, count in (('a."b.c"', 'a."b.p"', "first", first), ('"a.b".c', '"a.b".p', "second", second)):
        lines += [f"COPY {parent} (id) FROM stdin;\n1\n\\.\n", f"COPY {table} (id, p, note) FROM stdin;\n",
                  *(f"{i}\t1\t{word} {i} {'x' * 200}\n" for i in range(count)), "\\.\n"]
    for table, parent in (('a."b.c"', 'a."b.p"'), ('"a.b".c', '"a.b".p')):
        lines += [f"ALTER TABLE ONLY {table} ADD CONSTRAINT c_pkey PRIMARY KEY (id);\n",
                  f"ALTER TABLE ONLY {table} ADD CONSTRAINT c_fkey FOREIGN KEY (p) REFERENCES {parent}(id);\n"]
    return "".join(lines)


class ClusterTest(Migration):
    def test_patch_with_a_known_defect(self):
        said = "CockroachDB 24.3.5 has a known defect: bulk writes"
        with CockroachStandin(version="CockroachDB CCL v24.3.5 (stand-in: PostgreSQL 15 behind it)") as node:
            self.url = node.create_database(self.database)
            run = self.run_tool("migrate", frenchtowns())
            self.assertEqual(run.returncode, 0, run.err)
            self.assertIn(said, run.err)
            self.assertNotIn("rollback of an IMPORT INTO", run.err)
            verified = self.run_tool("verify", frenchtowns())
            self.assertIn(said, verified.out)
        self.assertNotIn("known defect", self.run_tool("verify", frenchtowns(), url=self.node.create_database(self.database + "x")).out)


    def test_tables_that_are_there_already(self):
        dump = self.write("dump.sql", UNIQUE.format(more="") + "CREATE TABLE public.other (id bigint PRIMARY KEY);\n")
        with self.node.connect(self.database) as client:
            client.query("CREATE TABLE public.other (id INT8 PRIMARY KEY)")
        for words in (("--dry-run",), ()):
            run = self.migrate(dump, *words, status=2)
            self.assertIn("the target has already what is about to be made: public.other\n", run.err)
            self.assertEqual(self.scalar("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname IN (SELECT tablename FROM pg_tables "
                                         "WHERE schemaname = 'public')"), "1")
        with self.node.connect(self.database) as client:
            client.query("DROP TABLE public.other")
        for make, drop, what in (("CREATE VIEW public.other AS SELECT 1 AS a", "VIEW", "a view"), ("CREATE SEQUENCE public.other", "SEQUENCE", "a sequence"),
                                 ("CREATE TYPE public.other AS ENUM ('a')", "TYPE", "a type")):
            with self.subTest(what), self.node.connect(self.database) as client:
                client.query(make)
                self.assertIn(f"about to be made: public.other ({what})\n", self.migrate(dump, "--dry-run", status=2).err)
                client.query(f"DROP {drop} public.other")
        self.assertEqual(self.migrate(dump, "--dry-run", status=None).returncode, 0)
        self.migrate(dump)

    def test_settings_that_stand_in_the_way(self):
        dump = self.write("dump.sql", UNIQUE.format(more="") + "CREATE TABLE public.other (id bigint PRIMARY KEY);\n")
        if getattr(self.node, "real", True):
            self.skipTest("the settings of a cluster that others use are left alone")
        self.assertNotIn("sql.schema.", self.migrate(dump).err)
        for name, value, said in (("sql.schema.approx_max_object_count", "1", "2 objects are to be made, and the cluster refuses new ones"),
                                  ("sql.schema.auto_unlock.enabled", "false", "the cluster does not unlock tables by itself")):
            with self.subTest(name), unittest.mock.patch.dict(shows.CLUSTER_SETTINGS, {name: value}):
                self.url = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}")
                self.assertIn(said, self.migrate(dump, "--state-dir", self.folder / name).err)

    def test_the_cluster_s_release_in_every_command(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY);\n"
                          "CREATE VIEW public.v WITH (security_invoker='true') AS SELECT id FROM public.t;\n")

        def rehearsed(command, *words):
            run = self.checked(subprocess.run([BINARY, command, dump, "--dry-run", *words], capture_output=True, cwd=self.folder))
            self.assertNotIn("release is not known", run.err)
            return run.returncode, run.out, run.err

        with CockroachStandin(version="CockroachDB CCL v25.4.1 (stand-in: PostgreSQL 15 behind it)") as node:
            target = ["--target", node.create_database(self.database)]
            for command in ("apply", "load"):
                self.assertEqual(rehearsed(command, *target), rehearsed(command, "--crdb", "25.4"))
            self.assertNotEqual(rehearsed("apply", *target), rehearsed("apply"))
            self.assertIn("; for CockroachDB 25.4.1, the cluster's\n", rehearsed("migrate", *target)[2])
            self.assertNotIn("the cluster's", rehearsed("migrate", *target, "--crdb", "25.4")[2])

    def test_resumed_while_the_cluster_cannot_be_reached(self):
        dump = self.write("dump.sql", UNIQUE.format(more="1\ttwice\n"))
        with CockroachStandin(password=SECRET, version="CockroachDB CCL v25.4.1 (stand-in: PostgreSQL 15 behind it)") as node:
            self.url = node.create_database(self.database)
            self.assertEqual(self.run_tool("migrate", dump).returncode, 5)
            wrong = self.run_tool("migrate", dump, "--resume", url=f"postgresql://root:wrong@127.0.0.1:{node.port}/{self.database}")
            self.assertEqual(wrong.returncode, 5, wrong.err)
            self.assertIn("the server refused user name or password", wrong.err)
        for words in ([], ["--resume"]):
            down = self.run_tool("migrate", dump, *words)
            self.assertEqual(down.returncode, 5, down.err)
            self.assertIn("cannot connect to", down.err)
            self.assertNotIn("is the journal of", down.err)
            self.assertNotIn("is not the run", down.err)


class AlikeNamesTest(Stoppable):
    """Two tables whose names read alike when they are joined with a dot."""

    LARGE = {'a."b.c"': 20000, '"a.b".c': 7000, 'a."b.p"': 1, '"a.b".p': 1}

    def setUp(self):
        super().setUp()
        self.dump = self.write("alike.sql", alike_dump(20000, 7000))

    def assert_complete(self, run):
        self.assertEqual(run.returncode, 0, run.out + run.err)
        self.assert_verified(run)
        self.assertEqual({found.group(1): int(found.group(3)) for found in VERIFIED.finditer(run.out)}, self.LARGE)
        for table, word in (('a."b.c"', "first"), ('"a.b".c', "second")):
            self.assertEqual(self.rows(f"SELECT count(*), count(*) FILTER (WHERE note LIKE '{word} %') FROM {table}"),
                             [[str(self.LARGE[table])] * 2])
        self.assertEqual(self.rows("""SELECT nextval('a."b.s"'), nextval('"a.b".s')"""), [["12", "23"]])

    def test_both_methods(self):
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.fresh(method)
                run = self.run_tool("migrate", self.dump, "--method", method)
                self.assert_complete(run)
                self.assertIn("4 tables, 27,002 rows, 2 constraints validated", run.out)

    def test_kill_and_resume(self):
        second = b'{"begun":"load","schema":"a.b","name":"c"}'
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.fresh(method)
                self.stop_in_the_load(signal.SIGKILL, "--method", method, until=(second,))
                self.assert_complete(self.run_tool("migrate", self.dump, "--method", method, "--resume", "--memory", "2MB"))

    def test_import_files_of_a_killed_run(self):
        files = self.folder / "files"
        words = ("--method", "import-into", "--host-files", files)
        self.stop_in_the_load(signal.SIGKILL, *words, until=(b'{"begun":"load","schema":"a.b","name":"c"}',))
        left = list(files.iterdir())
        self.assertEqual([folder.stat().st_mode & 0o777 for folder in left], [0o700])
        self.assert_complete(self.run_tool("migrate", self.dump, *words, "--resume", "--memory", "2MB"))
        self.assertEqual(list(files.iterdir()), [])

    def test_connection_dropped(self):
        self.assert_complete(self.run_resume(self.drop_connection()))

    def test_rows_of_the_other_are_no_substitute(self):
        self.assertEqual(self.run_tool("migrate", self.dump).returncode, 0)
        with self.slow.connect(self.database) as client:
            client.query('TRUNCATE TABLE "a.b".c')
            client.query('INSERT INTO "a.b".c SELECT * FROM a."b.c" WHERE id < 7000')
        run = self.run_tool("verify", self.state / "compiled")
        self.assertEqual(run.returncode, 4, run.err)
        self.assertIn('rows differ in 1 of 4 tables: "a.b".c (missing: 0, mismatch: 7000, extraneous: 0)', run.err)

    def test_live_source(self):
        url = source().create_database(self.database)
        subprocess.run([postgres_bin() / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", url], input=self.dump.read_bytes(), check=True, stdout=subprocess.DEVNULL)
        run = self.run_tool("migrate", "--source", url, environment={"PATH": f"{postgres_bin()}:{os.environ['PATH']}"})
        self.assert_complete(run)


class SecretTest(Migration):
    """Nothing that is written, printed or shown in the list of processes holds a password."""

    @classmethod
    def setUpClass(cls):
        cls.guarded = CockroachStandin(password=SECRET).start()
        cls.addClassCleanup(cls.guarded.stop)

    def setUp(self):
        super().setUp()
        self.url = self.guarded.create_database(self.database)
        self.dump = self.write("small.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY);\nCOPY public.t (id) FROM stdin;\n1\n\\.\n")

    def assert_no_secret(self, run, *secrets):
        for secret in secrets or (SECRET, "s3cret", "the@town", "the%40town"):
            self.assertNotIn(secret, run.out + run.err)
            for path in self.folder.rglob("*"):
                if path.is_file():
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def assert_one_message(self, run, statuses, text):
        self.assertIn(run.returncode, statuses, run.err)
        self.assertEqual(run.err.count("pg2crdb: error:"), 1, run.err)
        self.assertIn(text, run.err)
        self.assert_no_secret(run)

    def test_right_password(self):
        run = self.migrate(self.dump, "-v")
        self.assert_no_secret(run)

    def test_right_password_as_libpq_words(self):
        quoted = SECRET.replace("'", "\\'")
        url = f"host=127.0.0.1 port={self.guarded.port} user=root dbname={self.database} password='{quoted}'"
        self.assert_no_secret(self.migrate(self.dump, "-v", url=url))

    def test_password_file(self):
        passfile = self.folder.parent / f"{self.database}.pgpass"
        self.addCleanup(passfile.unlink)
        passfile.write_text("127.0.0.1:*:*:root:" + SECRET.replace(":", "\\:") + "\n")
        passfile.chmod(0o600)
        url = f"postgresql://root@127.0.0.1:{self.guarded.port}/{self.database}"
        self.assert_no_secret(self.migrate(self.dump, url=url, environment={"PGPASSFILE": str(passfile)}))

    def test_printed_command_with_the_password_in_the_environment(self):
        quoted, encoded = SECRET.replace("'", "\\'"), urllib.parse.quote(SECRET, safe="")
        for number, url in enumerate((f"postgresql://root:{encoded}@127.0.0.1:{self.guarded.port}/DB",
                                      f"postgresql://127.0.0.1:{self.guarded.port}/DB?password={encoded}&user=root",
                                      f"host=127.0.0.1 port={self.guarded.port} user=root password='{quoted}' dbname=DB")):
            with self.subTest(url):
                database = f"{self.database}_{number}"
                self.guarded.create_database(database)
                with self.guarded.connect(database) as client:
                    client.query("CREATE VIEW public.t AS SELECT 1 AS id")
                stopped = self.run_tool("migrate", self.dump, "--state-dir", self.folder / database, url=url.replace("DB", database))
                self.assertEqual(stopped.returncode, 5, stopped.err)
                self.assertIn("its password is left out: give it in PGPASSWORD", stopped.err)
                with self.guarded.connect(database) as client:
                    client.query("DROP VIEW public.t")
                self.assertIn("asks for a password", self.run_resume(stopped).err)
                resumed = self.run_resume(stopped, {"PGPASSWORD": SECRET})
                self.assertEqual(resumed.returncode, 0, resumed.err)
                self.assert_verified(resumed)
                self.assert_no_secret(stopped)

    def test_wrong_password(self):
        url = f"postgresql://root:s3cret-but-wrong@127.0.0.1:{self.guarded.port}/{self.database}"
        self.assert_one_message(self.run_tool("migrate", self.dump, url=url), (2, 5), "password")

    def test_no_password(self):
        url = f"postgresql://root@127.0.0.1:{self.guarded.port}/{self.database}"
        self.assert_one_message(self.run_tool("migrate", self.dump, url=url), (2, 5), "password")

    def test_unknown_database(self):
        self.assert_one_message(self.run_tool("migrate", self.dump, url=self.guarded.url("no_such_database")), (2, 5), "no_such_database")

    def test_wrong_urls(self):
        for url, text in (("postgresql://root:s3cret@127.0.0.1:1/x", "127.0.0.1"), ("postgresql://root:s3cret@no-such-host.invalid/x", "no-such-host"),
                          ("postgresql://root:s3cret@127.0.0.1:notaport/x", "port"), ("postgresql://root:s3cret@127.0.0.1/x?no_such=1", "no_such"),
                          ("host=127.0.0.1 port=1 password=s3cret", "127.0.0.1")):
            with self.subTest(url):
                shutil.rmtree(self.state, ignore_errors=True)
                self.assert_one_message(self.run_tool("migrate", self.dump, url=url), (2, 5), text)

    def test_list_of_processes(self):
        # A pg_dump that notes how it was called, as a list of processes has it.
        programs, seen = self.folder / "programs", self.folder / "seen"
        programs.mkdir()
        (programs / "pg_dump").write_text(f'#!/bin/sh\ntr "\\0" "\\n" < /proc/$$/cmdline >> {seen}\nexec {postgres_bin()}/pg_dump "$@"\n')
        (programs / "pg_dump").chmod(0o755)
        with PostgresServer(password="s3cret-of-source") as server:
            with server.connect() as client:
                client.query("CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000)")
            # The program cannot help what it was called with, so the passwords are given in a file.
            passfile = self.folder.parent / f"{self.database}.pgpass"
            self.addCleanup(passfile.unlink)
            passfile.write_text("*:*:*:root:" + SECRET.replace(":", "\\:") + "\n")
            passfile.chmod(0o600)
            run = self.run_tool("migrate", "--source", server.url(), url=f"postgresql://root@127.0.0.1:{self.guarded.port}/{self.database}",
                                environment={"PGPASSFILE": str(passfile), "PATH": f"{programs}:{postgres_bin()}:{os.environ['PATH']}"})
            port = str(server.port)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn(port, seen.read_text())
        self.assertNotIn("s3cret", seen.read_text())
        self.assert_no_secret(run, "s3cret")


UNIQUE = ("CREATE TABLE public.t (id bigint PRIMARY KEY, name text);\nCOPY public.t (id, name) FROM stdin;\n"
          + "".join(f"{i}\tname {i}\n" for i in range(1, 1001)) + "{more}\\.\n")


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


class RefusedTest(Migration):
    def test_target_that_holds_rows(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        self.migrate(dump)
        run = self.migrate(dump, "--state-dir", self.folder / "other", status=2)
        self.assertIn("the target has already what is about to be made: public.", run.err)
        self.run_tool("compile", dump)
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        run = self.run_tool("load", out, "--state-dir", self.folder / "third")
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("public.t holds rows already", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")

    def test_run_that_ended(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        self.migrate(dump)
        journal = (self.state / "journal.jsonl").read_bytes()
        again = self.run_tool("migrate", dump)
        self.assertEqual(again.returncode, 2, again.out + again.err)
        self.assertIn("has ended, and was this one", again.err)
        self.assertEqual((self.state / "journal.jsonl").read_bytes(), journal)
        self.assert_verified(self.migrate(dump, "--resume"))
        # A database of the same name that was made anew is another one.
        with self.node.connect() as client:
            client.query(f'DROP DATABASE "{self.database}" CASCADE')
            client.query(f'CREATE DATABASE "{self.database}"')
        self.assert_verified(self.migrate(dump))

    def test_row_that_is_refused(self):
        dump = self.write("dump.sql", UNIQUE.format(more="7\tagain\n"))
        run = self.migrate(dump, status=5)
        self.assertIn("dump.sql:1003 was refused: 23505", run.err)
        self.assertIn("7\tagain", run.err)
        self.assertIn("to go on: pg2crdb migrate", run.err)
        self.assertIn("Of a dump that was corrected it is another run: empty the target, remove the journal and start anew", run.err)
        rest = self.migrate(dump, "--max-bad-rows", "1", "--resume", status=3)
        self.assertIn("1 rejected", rest.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")

    def test_rejected_row_that_a_key_needs(self):
        dump = self.write("dump.sql", "CREATE TABLE public.p (id bigint PRIMARY KEY, n integer);\nCREATE TABLE public.c (id bigint PRIMARY KEY, p bigint);\n"
                          "CREATE SEQUENCE public.s;\nSELECT pg_catalog.setval('public.s', 7, true);\n"
                          "COPY public.p (id, n) FROM stdin;\n1\t1\n2\tnone\n\\.\nCOPY public.c (id, p) FROM stdin;\n1\t1\n2\t2\n\\.\n"
                          "ALTER TABLE ONLY public.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES public.p(id);\n")
        run = self.migrate(dump, "--max-bad-rows", "1", status=3)
        self.assertIn("row (id)=(2): (p)=(2) of public.c breaks c_p_fkey", run.err)
        self.assertIn("1 row was rejected, among the missing", run.err)
        self.assertIn("rejected-rows.tsv", run.err)
        self.assertIn("finished row verification on public.c", run.out)
        self.assertEqual(self.scalar("SELECT nextval('public.s')"), "8")

    def test_load_behind_all_phases(self):
        dump = self.write("dump.sql", "CREATE TABLE public.p (id bigint PRIMARY KEY);\nCREATE TABLE public.c (id bigint PRIMARY KEY, p bigint);\n"
                          "COPY public.c (id, p) FROM stdin;\n1\t1\n\\.\nCOPY public.p (id) FROM stdin;\n1\n\\.\n"
                          "ALTER TABLE ONLY public.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES public.p(id);\n")
        self.assertEqual(self.run_tool("apply", dump, "--state-dir", self.folder / "applied").returncode, 0)
        run = self.run_tool("load", dump)
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("foreign keys are there already", run.err)
        self.assertIn("c_p_fkey on public.c", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.p"), "0")
        with self.node.connect(self.database) as client:
            client.query("ALTER TABLE public.c DROP CONSTRAINT c_p_fkey")
        self.assertEqual(self.run_tool("load", dump, "--resume").returncode, 0)

    def test_wrong_url_at_the_first_try(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        wrong = self.run_tool("migrate", dump, url="postgresql://root@127.0.0.1:1/x?sslmode=disable")
        self.assertEqual(wrong.returncode, 5, wrong.err)
        self.migrate(dump)

    def test_interrupt_while_the_target_hangs(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"postgresql://root@127.0.0.1:{silent.getsockname()[1]}/x?sslmode=disable"
            child = subprocess.Popen(self.words("migrate", dump, url=url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
            peer, _ = silent.accept()
            self.addCleanup(peer.close)
            peer.recv(1)
            time.sleep(0.2)
            child.send_signal(signal.SIGINT)
            err = child.communicate(timeout=60)[1].decode()
        self.assertEqual(child.returncode, 5, err)
        self.assertIn("to go on: pg2crdb migrate", err)

    def test_dump_in_a_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for command in ("migrate", "load", "apply", "verify"):
            run = self.run_tool(command, pipe)
            self.assertEqual(run.returncode, 2, run.err)
            self.assertIn("because they are read more than once", run.err)
            self.assertIn("write the dump to a file", run.err)

    def test_name_with_a_line_end(self):
        dump = self.write("dump.sql", 'CREATE TABLE public."t\npg2crdb: error: forged" (id bigint PRIMARY KEY);\n'
                          'COPY public."t\npg2crdb: error: forged" (id) FROM stdin;\n1\n\\.\n')
        run = self.run_tool("migrate", dump, "-v")
        self.assertNotRegex(run.out + run.err, "(?m)^pg2crdb: error: forged")
        self.assertEqual(run.returncode, 0, run.err)

    def test_rows_that_may_be_refused(self):
        dump = self.write("dump.sql", UNIQUE.format(more="7\tagain\nseven\tno number\n9\tagain\n"))
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.node.create_database(self.database), self.folder / method
                run = self.migrate(dump, "--max-bad-rows", "5", "--method", method, status=3)
                self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")
                rejected = [line.split("\t") for line in (self.state / "rejected-rows.tsv").read_text().splitlines()]
                self.assertEqual([line[:3] for line in rejected], [["public.t", str(dump), str(n)] for n in (1003, 1004, 1005)])
                self.assertEqual([line[-2:] for line in rejected], [["7", "again"], ["seven", "no number"], ["9", "again"]])
                self.assertIn("3 rejected", run.err)

    def test_row_that_an_import_refuses(self):
        dump = self.write("dump.sql", UNIQUE.format(more="7\tagain\n"))
        run = self.migrate(dump, "--method", "import-into", status=5)
        self.assertIn("two rows have the same key", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "0")
        self.migrate(dump, "--method", "import-into", "--max-bad-rows", "1", "--resume", status=3)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")

    def test_more_rows_than_may_be_refused(self):
        dump = self.write("dump.sql", UNIQUE.format(more="".join(f"{i}\tagain\n" for i in range(1, 10))))
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.url, self.state = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}"), self.folder / method
                run = self.migrate(dump, "--max-bad-rows", "5", "--method", method, status=5)
                self.assertIn("more than 5 rows were refused", run.err)

    def test_truncated_dump(self):
        whole = UNIQUE.format(more="")
        for end in (len(whole) - 10, len(whole) - 3, len(whole) - 200):
            with self.subTest(end):
                run = self.run_tool("migrate", self.write("cut.sql", whole[:end]))
                self.assertIn(run.returncode, (1, 2), run.err)
                self.assertEqual(self.rows("SHOW TABLES"), [])

    def test_dump_that_changes_while_it_is_loaded(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out).returncode, 0)
        dump.write_text(UNIQUE.format(more="1001\tmore\n"))
        run = self.run_tool("load", out)
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("dump.sql", run.err)

    def test_dump_that_was_edited_since_it_was_compiled(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out).returncode, 0)
        whole = dump.read_text()
        for edited in (whole.replace("name 7\n", "name 8\n"), whole.replace("COPY public.t", "COPY PUBLIC.t")):
            for words in ((), ("--row-limit", "5")):
                with self.subTest(words):
                    self.assertEqual(len(edited), len(whole))
                    self.assertNotEqual(edited, whole)
                    dump.write_text(edited)
                    for command in ("load", "verify"):
                        run = self.run_tool(command, out, *words, *(("--state-dir", self.folder / "loading") if command == "load" else ()))
                        self.assertEqual(run.returncode, 2, run.out + run.err)
                        self.assertIn("dump.sql is not the dump that was compiled: its SHA-256 is", run.err)
                        self.assertIn("compile the dump again", run.err)
                    self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "0")
        dump.write_text(whole)
        self.assertEqual(self.run_tool("load", out, "--state-dir", self.folder / "loading").returncode, 0)
        verified = self.run_tool("verify", out)
        self.assertEqual(verified.returncode, 0, verified.err)
        self.assert_verified(verified)

    def test_columns_that_the_dump_renames_and_drops_behind_the_rows(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY, n integer, gone text, g integer GENERATED ALWAYS AS (n) STORED);\n"
                          "INSERT INTO public.t (id, n, gone) VALUES (1, 10, 'x');\nINSERT INTO public.t (n, g, id) VALUES (20, DEFAULT, 2);\n"
                          "COPY public.t (gone, n, id) FROM stdin;\ny\t30\t3\n\\.\nINSERT INTO public.t VALUES (4, 40, 'z');\n"
                          "ALTER TABLE public.t DROP COLUMN gone;\nALTER TABLE public.t DROP COLUMN g;\nALTER TABLE public.t RENAME COLUMN n TO m;\n"
                          "INSERT INTO public.t (m, id) VALUES (50, 5);\n")
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.node.create_database(self.database), self.folder / method
                run = self.migrate(dump, "--method", method)
                self.assertNotIn("left out", run.err)
                self.assertEqual(self.rows("SELECT id, m FROM public.t ORDER BY id"), [[str(i), str(10 * i)] for i in range(1, 6)])

    def test_column_that_the_table_lacks(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY);\nCOPY public.t (id, lost) FROM stdin;\n1\tx\n\\.\n")
        run = self.run_tool("migrate", dump)
        self.assertEqual(run.returncode, 1, run.err)
        self.assertIn("`public.t` has no column `lost`", run.err)

    def test_full_disk(self):
        dump = self.write("dump.sql", large_dump())
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", small], capture_output=True).returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        run = self.checked(subprocess.run([BINARY, "compile", dump, "--out-dir", small / "out"], capture_output=True, timeout=60))
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("No space left", run.err)
        self.assertEqual([path for path in small.rglob("*") if path.is_file()], [])
        self.state = small / "state"
        run = self.run_tool("migrate", dump)
        self.assertIn(run.returncode, (2, 5), run.err)
        self.assertIn("No space left", run.err)
        self.state = self.folder / "state"
        run = self.run_tool("migrate", dump, "--method", "import-into", "--host-files", small)
        self.assertEqual(run.returncode, 5, run.err)
        self.assertIn("No space left", run.err)
        lack = r"0 MB are free in \S+/small/pg2crdb-\w+, where all import files .*: public\.\w+ \([1-9]\d* MB\)"
        self.assertRegex(run.err, lack)
        run = self.run_tool("migrate", dump, "--resume", "--method", "import-into")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertNotRegex(run.err, " are free in ")

    def test_lack_of_space_for_a_live_source(self):
        database = source().create_database(f"space_{os.getpid()}_{next(NUMBERS)}")
        with wire.Client.from_url(database) as client:
            client.query("CREATE TABLE public.small (id integer PRIMARY KEY); INSERT INTO public.small VALUES (1);"
                         "CREATE TABLE public.large (id integer PRIMARY KEY, body text);"
                         "INSERT INTO public.large SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 4000) i")
        narrow = self.folder / "narrow"
        narrow.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", narrow], capture_output=True).returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", narrow], check=True)
        run = self.run_tool("migrate", "--source", database, "--method", "import-into", "--host-files", narrow,
                            environment={"PATH": f"{postgres_bin()}:{os.environ['PATH']}"})
        self.assertEqual(run.returncode, 5, run.err)
        self.assertRegex(run.err, r"[01] MB are free in .*, and these may not fit: public\.large \(\d MB\)\. --compress")


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
