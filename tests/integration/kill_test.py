"""Loads that are killed, cut off and answered wrongly, over and over: nothing is lost and nothing doubled.

What arrived is compared with the rows that were written into the dump, by this file: not by our verify.
"""

import collections
import contextlib
import http.server
import itertools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from _proxy import Proxy
from _target import BINARY, CockroachStandin, PostgresServer, postgres_bin, require, stop, wire

ROUNDS = int(os.environ.get("PG2CRDB_KILL_ROUNDS", "2"))
SEED = int(os.environ.get("PG2CRDB_KILL_SEED", "1"))
FAULTS = ("", "undone 40001", "done 40003", "undone 40003", "done cut", "undone cut")
NUMBERS = itertools.count(1)

SCHEMA = """CREATE TABLE public.parents (id integer NOT NULL, note text);
CREATE TABLE public.children (id bigint NOT NULL, parent integer, body text);
CREATE TABLE public.twice (body text, number numeric(10,2));
"""
KEYS = """ALTER TABLE ONLY public.parents ADD CONSTRAINT parents_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.children ADD CONSTRAINT children_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.children ADD CONSTRAINT children_parent_fkey FOREIGN KEY (parent) REFERENCES public.parents(id);
"""
ROWS = {
    "parents": [(str(i), f"note {i}") for i in range(300)],
    "children": [(str(i), str(i % 300), "x" * (i * 37 % 301) + f" {i}") for i in range(12000)],
    # No key, and most rows are there several times.
    "twice": [(f"body {i % 700}", f"{i % 50}.25") for i in range(15000)],
}
COLUMNS = {"parents": "id, note", "children": "id, parent, body", "twice": "body, number"}


def dump():
    copies = (f"COPY public.{table} ({COLUMNS[table]}) FROM stdin;\n" + "".join("\t".join(row) + "\n" for row in rows) + "\\.\n"
              for table, rows in ROWS.items())
    return SCHEMA + "".join(copies) + KEYS


def csv(row):
    return ",".join(f'"{value}"' if value.startswith(" ") else value for value in row) + "\n"


class KillTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.node = CockroachStandin(durable=True).start()
        cls.addClassCleanup(cls.node.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "dump.sql").write_text(dump())
        cls.source_server = PostgresServer(settings={"synchronous_commit": "on"}).start()
        cls.addClassCleanup(cls.source_server.stop)
        cls.source = cls.source_server.create_database(cls.__name__.lower())
        subprocess.run([postgres_bin() / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", "-f", cls.folder / "dump.sql", cls.source],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([postgres_bin() / "pg_dump", "-Fc", "-f", cls.folder / "dump.custom", cls.source], check=True)

    def setUp(self):
        self.database = f"killed_{next(NUMBERS)}"
        self.url = self.node.create_database(self.database)
        self.state = self.folder / self.database
        self.addCleanup(self.calm)

    def calm(self):
        self.node.latency, self.node.drop_after, self.node.commit_faults = 0.0, None, []

    def start(self, inputs, method):
        resume = ["--resume"] if (self.state / "journal.jsonl").exists() else []
        return subprocess.Popen([BINARY, "migrate", *inputs, "--target", self.url, "--method", method, "--memory", "1MB", "--jobs", "3",
                                 "--state-dir", self.state, *resume], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)

    def assert_arrived(self):
        with self.node.connect(self.database) as client:
            for table, rows in ROWS.items():
                texts = ", ".join(f"{column}::text" for column in COLUMNS[table].split(", "))
                found = collections.Counter(tuple(row) for row in client.rows(f"SELECT {texts} FROM public.{table}"))
                wanted = collections.Counter(rows)
                self.assertEqual((sum((wanted - found).values()), sum((found - wanted).values())), (0, 0),
                                 f"{table}: lost {list(wanted - found)[:3]}, doubled or foreign {list(found - wanted)[:3]}")
            self.assertEqual(client.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'pg2crdb'"), [])

    def test_each_answer_to_a_commit(self):
        for fault in FAULTS[1:]:
            with self.subTest(fault):
                self.setUp()
                self.node.commit_faults = ["", "", fault, "", fault, fault]
                for _ in range(6):
                    child = self.start(["dump.sql"], "copy")
                    _, err = child.communicate(timeout=60)
                    if child.returncode == 0:
                        break
                    self.assertEqual(child.returncode, 5, err)
                    self.assertIn(b"looks, and goes on behind them", err)
                self.assertEqual(self.node.commit_faults, [])
                self.assertEqual(child.returncode, 0, err)
                self.assert_arrived()

    def test_what_arrived_is_not_sent_again(self):
        self.node.latency = 0.01
        for _ in range(3):
            before, child = len(self.marks()), self.start(["dump.sql"], "copy")
            while child.poll() is None and len(self.marks()) < before + 6:
                time.sleep(0.01)
            child.kill()
            child.communicate()
        marks = self.marks()
        self.assertGreater(len(marks), 12)
        left = {table: list(rows) for table, rows in ROWS.items()}
        for table, first, count in marks:
            left[table][int(first):int(first) + int(count)] = [None] * int(count)
        self.calm()
        with self.node._lock:
            self.node._copied, self.node.drop_after = 0, 10 ** 12  # it counts
        child = self.start(["dump.sql"], "copy")
        _, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0, err)
        # Besides the rows, the heads of the protocol's messages; a chunk has 16 KB.
        more = self.node._copied - sum(len(csv(row)) for rows in left.values() for row in rows if row)
        self.assertTrue(0 <= more < 1000, more)
        self.assert_arrived()

    def marks(self):
        with self.node.connect(self.database) as client:
            try:
                return client.rows("SELECT table_name, first_row, row_count FROM pg2crdb.chunks WHERE table_name <> ''")
            except wire.ServerError:
                return []


class ImportJobTest(KillTest):
    """Imports are the cluster's: what becomes of them when we die, and when its nodes wait for files."""

    test_each_answer_to_a_commit = test_what_arrived_is_not_sent_again = None

    def setUp(self):
        super().setUp()
        self.jobs_before = len(self.node.jobs)
        self.gate = gate = threading.Event()
        self.asked = asked = threading.Event()
        self.addCleanup(gate.set)
        files = self.state / "files"

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=files)

            def do_GET(self):
                asked.set()
                gate.wait(60)
                super().do_GET()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.words = ["dump.sql", "--host-files", f"http://127.0.0.1:{server.server_address[1]}/"]

    def start_and_wait(self):
        child = self.start(self.words, "import-into")
        if not self.asked.wait(60):
            child.kill()
            self.fail(child.communicate())
        journal = self.state / "journal.jsonl"
        while b'"import job"' not in journal.read_bytes():
            time.sleep(0.01)
        return child

    def jobs(self):
        found = self.node.jobs[self.jobs_before:]
        return {table: [job["status"] for job in found if f".{table} " in job["description"] or f".{table}(" in job["description"]]
                for table in ROWS}

    def test_job_that_outlives_us(self):
        child = self.start_and_wait()
        child.kill()
        child.communicate()
        again = self.start(self.words, "import-into")
        time.sleep(0.3)
        self.assertIsNone(again.poll())
        self.gate.set()
        out, err = again.communicate(timeout=60)
        self.assertEqual(again.returncode, 0, err)
        self.assertEqual(self.jobs(), {table: ["succeeded"] for table in ROWS})
        self.assert_arrived()

    def wait_for(self, what):
        deadline = time.monotonic() + 120
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def die_before_the_jobs_are_noted(self, words, status):
        self.node.imports_answer.clear()
        self.addCleanup(self.node.imports_answer.set)
        child = self.start(words, "import-into")
        self.wait_for(lambda: all(found == [status] for found in self.jobs().values()))
        child.kill()
        child.communicate()
        self.assertNotRegex((self.state / "journal.jsonl").read_text(), r"job=\d")
        self.node.imports_answer.set()
        again = self.start(words, "import-into")
        self.gate.set()
        out, err = again.communicate(timeout=60)
        self.assertEqual(again.returncode, 0, err)
        self.assertEqual(self.jobs(), {table: ["succeeded"] for table in ROWS})
        self.assert_arrived()

    def test_killed_before_running_jobs_are_noted(self):
        self.die_before_the_jobs_are_noted(self.words, "running")

    def test_killed_before_jobs_that_have_ended_are_noted(self):
        self.die_before_the_jobs_are_noted(["dump.sql"], "succeeded")

    def test_killed_with_files_in_the_cluster(self):
        self.die_before_the_jobs_are_noted(["dump.sql", "--host-files", "userfile"], "succeeded")

    def test_imports_that_begin_after_we_died(self):
        self.gate.set()
        held = self.node.imports_begin
        held.clear()
        self.addCleanup(held.set)
        self.node.imports_asked = 0
        child = self.start(self.words, "import-into")
        self.wait_for(lambda: self.node.imports_asked == 3)
        child.kill()
        child.communicate()
        self.node.imports_begin = threading.Event()
        self.node.imports_begin.set()
        again = self.start(self.words, "import-into")
        out, err = again.communicate(timeout=60)
        self.assertEqual(again.returncode, 0, err)
        held.set()
        self.wait_for(lambda: all(len(found) == 2 and "running" not in found for found in self.jobs().values()))
        self.assertEqual(self.jobs(), {table: ["succeeded", "failed"] for table in ROWS})
        self.assert_arrived()

    def test_stop_while_a_node_waits_for_files(self):
        child = self.start_and_wait()
        begun = len([status for table in self.jobs().values() for status in table])
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 5, err)
        self.assertNotIn("running", [status for table in self.jobs().values() for status in table][:begun])
        self.gate.set()
        again = self.start(self.words, "import-into")
        out, err = again.communicate(timeout=60)
        self.assertEqual(again.returncode, 0, err)
        self.assert_arrived()


class SoakTest(KillTest):
    """Rounds of everything at once. Each ends with rows that are compared, and with a difference that verify has to find."""

    test_each_answer_to_a_commit = test_what_arrived_is_not_sent_again = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts = collections.Counter()
        cls.target_proxy, cls.source_proxy = Proxy(cls.node.port), Proxy(cls.source_server.port)
        for proxy in (cls.target_proxy, cls.source_proxy):
            cls.addClassCleanup(proxy.stop)
        cls.addClassCleanup(lambda: print("soak:", ", ".join(f"{count} {what}" for what, count in sorted(cls.counts.items())),
                                          file=sys.stderr))
        cls.disk = cls.folder / "disk"
        cls.disk.mkdir()
        cls.can_fill = not subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", cls.disk], capture_output=True).returncode
        if cls.can_fill:
            cls.addClassCleanup(subprocess.run, ["umount", cls.disk], check=True)

    def setUp(self):
        super().setUp()
        self.state = self.disk / self.database

    def calm(self):
        super().calm()
        for proxy in (self.target_proxy, self.source_proxy):
            proxy.delay, proxy.cut_after = 0.0, None
        (self.disk / "ballast").unlink(missing_ok=True)

    def disturb(self, chance):
        """What happens to the run that begins."""
        self.calm()
        self.node.latency = chance.choice((0.0, 0.001, 0.004))
        kind = chance.choice(("faults", "cut", "cut", "delay", "restart", "fill", "nothing"))
        if kind == "faults":
            self.node.commit_faults = [chance.choice(FAULTS) for _ in range(30)]
        elif kind == "cut":
            chance.choice((self.target_proxy, self.source_proxy)).cut_after = chance.choice((chance.randrange(1, 20_000),
                                                                                             chance.randrange(20_000, 2_000_000)))
        elif kind == "delay":
            self.target_proxy.delay = self.source_proxy.delay = chance.uniform(0.001, 0.01)
        elif kind == "restart":
            self.restart = chance.choice((self.node.postgres, self.source_server))
        elif kind == "fill" and self.can_fill:
            free = os.statvfs(self.disk).f_bavail * os.statvfs(self.disk).f_bsize
            with open(self.disk / "ballast", "wb") as ballast:
                ballast.write(b"x" * max(0, free - chance.randrange(0, 200_000)))
        self.counts[f"runs with {kind}"] += 1

    def attempt(self, chance, words, journal, allowed):
        """Runs a command under a disturbance. Its status, None where it was killed."""
        self.restart = None
        self.disturb(chance)
        child = self.spawn(words, journal)
        try:
            if self.restart:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(chance.uniform(0.05, 0.5))
                self.restart.restart()
            out, err = child.communicate(timeout=chance.uniform(0.05, 1.5))
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            self.counts["kill -9 of " + words[0]] += 1
            return None, b""
        self.assertNotIn(b"internal error", err)
        self.assertNotIn(b"Sanitizer", err)
        self.assertIn(child.returncode, allowed, (words, out[-2000:], err))
        return child.returncode, out + err

    def spawn(self, words, journal):
        more = ["--target", self.target_proxy.url(self.url)]
        if journal:
            more += ["--state-dir", journal] + (["--resume"] if any(journal.rglob("journal.jsonl")) else [])
        return subprocess.Popen([BINARY, *map(str, words), *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                                env=os.environ | {"PATH": f"{postgres_bin()}:{os.environ['PATH']}"})

    def until_done(self, chance, words, journal=None, wanted=0):
        """Runs it again and again, the last time in peace."""
        for _ in range(10):
            status, said = self.attempt(chance, words, journal, (wanted, 5, 2))
            if status == wanted or b"has ended, and was this one" in said:
                return
            # What could not be asked for, read or written is said; with 2 nothing was begun.
            if status == 2:
                self.assertRegex(said, rb"No space left|cannot be (read|reached)|connect|pg_dump|server closed|lost", words)
        self.calm()
        child = self.spawn(words, journal)
        out, err = child.communicate(timeout=120)
        self.assertTrue(child.returncode == wanted or b"has ended, and was this one" in err, (words, out[-2000:], err))

    def move(self, chance, inputs, method):
        transfer = ["--method", method, "--memory", "1MB", "--jobs", "3"]
        if method == "import-into":
            transfer += ["--host-files", self.disk]
        live = ["--source", inputs[1]] if inputs[0] == "--source" else []
        if chance.random() < 0.5:
            self.until_done(chance, ["migrate", *inputs, *transfer], self.state)
            return self.state / "compiled", live
        compiled = self.folder / f"{self.database}_compiled"
        subprocess.run([BINARY, "compile", self.source if live else inputs[0], "--out-dir", compiled, "-q"], check=True,
                       cwd=self.folder, capture_output=True)
        self.until_done(chance, ["apply", compiled, "--phase", "roles", "--phase", "pre-data"], self.state / "before")
        self.until_done(chance, ["load", compiled, *live, *transfer], self.state / "load")
        self.until_done(chance, ["verify", compiled, *live], self.state / "early")
        self.until_done(chance, ["apply", compiled, "--phase", "post-data"], self.state / "behind")
        self.until_done(chance, ["revalidate"])
        self.until_done(chance, ["verify", compiled, *live], self.state / "late")
        return compiled, live

    def spoil(self, chance):
        """One row of the target is lost, there twice or another."""
        table = chance.choice(list(ROWS))
        number = chance.randrange(len(ROWS[table]))
        first, last = COLUMNS[table].split(", ")[0], {"parents": "note", "children": "body", "twice": "number"}[table]
        row = f"ctid = (SELECT ctid FROM public.{table} OFFSET {number} LIMIT 1)"
        with self.node.postgres.connect(self.database) as client:
            client.query("SET session_replication_role = replica")
            client.query(chance.choice([f"DELETE FROM public.{table} WHERE {row}",
                                        f"UPDATE public.{table} SET {last} = " + ("'99.99'" if last == "number" else f"{last} || '.'") +
                                        f" WHERE {row}",
                                        f"INSERT INTO public.twice SELECT body, number FROM public.twice OFFSET {number} LIMIT 1",
                                        f"UPDATE public.{table} SET {first} = " +
                                        ("'other'" if table == "twice" else f"{first} + 100000") + f" WHERE {row}"]))

    def test_rounds(self):
        inputs = (["dump.sql"], ["--source", self.source_proxy.url(self.source)], ["dump.custom"])
        for number in range(ROUNDS):
            chance = random.Random(f"{SEED} {number}")
            method = "import-into" if number % 2 else "copy"
            with self.subTest(round=number, seed=SEED, inputs=inputs[number % 3], method=method):
                self.setUp()
                compiled, live = self.move(chance, inputs[number % 3], method)
                self.calm()
                self.assert_arrived()
                self.spoil(chance)
                self.until_done(chance, ["verify", compiled, *live], self.state / "spoilt", wanted=4)
                self.counts["rounds"] += 1
                shutil.rmtree(self.state, ignore_errors=True)


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
