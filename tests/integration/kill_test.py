"""Loads that are killed, cut off and answered wrongly, over and over: nothing is lost and nothing doubled.

What arrived is compared with the rows that were written into the dump, by this file: not by our verify.
"""

import collections
import http.server
import itertools
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from _target import BINARY, CockroachStandin, postgres_bin, require, source, stop, wire

ROUNDS = int(os.environ.get("PG2CRDB_KILL_ROUNDS", "4"))
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
        cls.node = CockroachStandin().start()
        cls.addClassCleanup(cls.node.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "dump.sql").write_text(dump())
        cls.source = source().create_database(cls.__name__.lower())
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

    def disturb(self, chance):
        """What the target does to the run that begins."""
        self.calm()
        self.node.latency = chance.choice((0.001, 0.004))
        kind = chance.choice(("faults", "cut", "nothing"))
        if kind == "faults":
            self.node.commit_faults = [chance.choice(FAULTS) for _ in range(30)]
        elif kind == "cut":
            with self.node._lock:
                self.node._copied = 0
            self.node.drop_after = chance.randrange(50_000, 2_000_000)

    def round(self, chance, inputs, method):
        for attempt in range(12):
            self.disturb(chance)
            child = self.start(inputs, method)
            try:
                out, err = child.communicate(timeout=chance.uniform(0.1, 1.5) + attempt * 0.2)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                continue
            self.assertNotIn(b"internal error", err)
            if child.returncode == 0:
                self.assertIn(b"verification complete", out)
                return
            self.assertEqual(child.returncode, 5, err)
        self.calm()
        child = self.start(inputs, method)
        out, err = child.communicate(timeout=120)
        self.assertEqual(child.returncode, 0, err)

    def test_rounds(self):
        inputs = (["dump.sql"], ["--source", self.source], ["dump.custom"])
        for number in range(ROUNDS):
            chance = random.Random(f"{SEED} {number}")
            method = "import-into" if number % 4 == 3 else "copy"
            with self.subTest(round=number, seed=SEED, inputs=inputs[number % 3], method=method):
                self.setUp()
                self.round(chance, inputs[number % 3], method)
                self.assert_arrived()

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
                return client.rows("SELECT table_name, first_row, row_count FROM pg2crdb.chunks")
            except wire.ServerError:
                return []


class ImportJobTest(KillTest):
    """Imports are the cluster's: what becomes of them when we die, and when its nodes wait for files."""

    test_rounds = test_each_answer_to_a_commit = test_what_arrived_is_not_sent_again = None

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
        if not self.asked.wait(10):
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
        # One that is killed between the answer and its note empties the table and imports it anew.
        while (self.state / "journal.jsonl").read_bytes().count(b'"import job"') < 3:
            time.sleep(0.01)
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

    def test_stop_while_a_node_waits_for_files(self):
        child = self.start_and_wait()
        begun = len([status for table in self.jobs().values() for status in table])
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 5, err)
        self.assertNotIn("running", [status for table in self.jobs().values() for status in table][:begun])
        self.gate.set()
        again = self.start(self.words, "import-into")
        out, err = again.communicate(timeout=60)
        self.assertEqual(again.returncode, 0, err)
        self.assert_arrived()


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
