"""Migrations that are killed, cut off or changed on the way, and go on."""

import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time
import unittest

from _migration import LARGE_ROWS, Migration, NUMBERS, VERIFIED, large_dump
from _target import BINARY, CockroachStandin, postgres_bin, require, source, stop

LOADING_LARGE = b'{"begun":"load","schema":"public","name":"large"}'

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
            for attempts_left in reversed(range(12)):
                child = self.start(*words)
                words = ("--resume",) if (self.state / "journal.jsonl").exists() else ()
                try:
                    out, err = child.communicate(timeout=chance.uniform(0.2, 1.6) + kills * 0.5 if attempts_left else 120)
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


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
