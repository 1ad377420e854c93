"""Loads that several workers share: they are killed, stopped, cut off, and come late. What arrived is compared by this file.

PG2CRDB_WORKER_ROUNDS: rounds of everything at once.
"""

import collections
import itertools
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from _proxy import Proxy
from _target import BINARY, CockroachStandin, PostgresServer, postgres_bin, require, stop, wire

ROUNDS = int(os.environ.get("PG2CRDB_WORKER_ROUNDS", "3"))
SEED = int(os.environ.get("PG2CRDB_WORKER_SEED", "1"))
NUMBERS = itertools.count(1)
FAULTS = ("", "", "undone 40001", "done 40003", "undone 40003", "done cut", "undone cut")

SCHEMA = """CREATE TABLE public.large (id bigint NOT NULL, body text);
CREATE TABLE public.small (id integer NOT NULL, note text);
CREATE TABLE public.twice (body text, number numeric(10,2));
CREATE SEQUENCE public.numbers;
"""
ROWS = {
    "large": [(str(i), "x" * (i * 37 % 301) + f" {i}") for i in range(30000)],
    "small": [(str(i), f"note {i}") for i in range(300)],
    "twice": [(f"body {i % 700}", f"{i % 50}.25") for i in range(15000)],  # no key, and most rows are there several times
}
COLUMNS = {"large": "id, body", "small": "id, note", "twice": "body, number"}
KEYS = """ALTER TABLE ONLY public.large ADD CONSTRAINT large_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.small ADD CONSTRAINT small_pkey PRIMARY KEY (id);
SELECT pg_catalog.setval('public.numbers', 4711, true);
"""


def dump(rows=ROWS):
    copies = (f"COPY public.{table} ({COLUMNS[table]}) FROM stdin;\n" + "".join("\t".join(row) + "\n" for row in of_table) + "\\.\n"
              for table, of_table in rows.items())
    return SCHEMA + "".join(copies) + KEYS


class WorkerTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.node = CockroachStandin(durable=True).start()
        cls.addClassCleanup(cls.node.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.proxy = Proxy(cls.node.port)
        cls.addClassCleanup(cls.proxy.stop)
        (cls.folder / "dump.sql").write_text(dump())
        cls.compile("dump.sql", "out")

    @classmethod
    def compile(cls, dump_name, out):
        subprocess.run([BINARY, "compile", dump_name, "--out-dir", out, "-q"], check=True, cwd=cls.folder, capture_output=True)

    def setUp(self):
        self.database = f"shared_{next(NUMBERS)}"
        self.url = self.node.create_database(self.database)
        self.children = []
        self.addCleanup(self.calm)
        self.prepare("out")

    def prepare(self, out):
        run = subprocess.run([BINARY, "apply", out, "--phase", "roles", "--phase", "pre-data", "--target", self.url, "--yes", "--state-dir",
                              self.folder / f"{self.database}-{out}"], cwd=self.folder, capture_output=True)
        self.assertEqual(run.returncode, 0, run.stderr)

    def calm(self):
        self.node.latency, self.node.commit_faults = 0.0, []
        self.proxy.delay, self.proxy.cut_after = 0.0, None
        for child in self.children:
            child.kill()
            child.communicate()

    def start(self, *words, inputs=("out",), url=None, lease=2):
        child = subprocess.Popen([BINARY, "worker", *inputs, "--target", url or self.url, "--memory", "1MB", "--jobs", "2", "--lease",
                                  str(lease), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        self.children.append(child)
        return child

    def end(self, child, status=0):
        _, err = child.communicate(timeout=60)
        self.children.remove(child)
        self.assertNotIn(b"internal error", err)
        self.assertEqual(child.returncode, status, err)
        return err.decode()

    def wait_for(self, what):
        deadline = time.monotonic() + 120
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def chunks(self):
        with self.node.connect(self.database) as client:
            try:
                return int(client.scalar("SELECT count(*) FROM pg2crdb.chunks"))
            except wire.ServerError:
                return 0

    def leases(self):
        with self.node.connect(self.database) as client:
            return client.rows("SELECT worker FROM pg2crdb.parts WHERE state = 'leased'")

    def status(self, *words):
        return subprocess.run([BINARY, "status", "--target", self.url, *words], capture_output=True, text=True, check=True).stdout

    def assert_arrived(self, rows=ROWS):
        with self.node.connect(self.database) as client:
            for table, of_table in rows.items():
                texts = ", ".join(f"{column}::text" for column in COLUMNS[table].split(", "))
                found = collections.Counter(tuple(row) for row in client.rows(f"SELECT {texts} FROM public.{table}"))
                wanted = collections.Counter(of_table)
                self.assertEqual((sum((wanted - found).values()), sum((found - wanted).values())), (0, 0),
                                 f"{table}: lost {list(wanted - found)[:3]}, doubled or foreign {list(found - wanted)[:3]}")
            self.assertEqual(client.scalar("SELECT last_value FROM public.numbers"), "4711")
            self.assertEqual(client.rows("SELECT 1 FROM pg2crdb.chunks"), [])
        load = json.loads(self.status("--format", "json"))["loads"][0]
        self.assertTrue(load["ended"])
        self.assertEqual(load["rows"], sum(map(len, rows.values())))

    def test_workers_share_a_load_and_one_that_comes_late_finds_it_ended(self):
        children = [self.start() for _ in range(3)]
        said = [self.end(child) for child in children]
        counts = [re.search(r"loaded 45,300 rows into 3 tables, ([\d,]+) of them by this worker", text) for text in said]
        self.assertEqual(sum(int(count[1].replace(",", "")) for count in counts), 45300)
        self.assertIn("0 of them by this worker", self.end(self.start()))
        self.assert_arrived()
        self.assertIn("0 leased, 0 free", self.status())

    def test_killed_worker(self):
        self.node.latency = 0.01
        first = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        second = self.start()
        first.kill()
        first.communicate()
        said = self.end(second)
        self.assertIn("is taken over from", said)
        self.assert_arrived()

    def test_stopped_worker_writes_no_more(self):
        self.node.latency = 0.01
        first = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        first.send_signal(signal.SIGSTOP)
        held = self.leases()
        self.assertEqual(len(held), 2)
        said = self.end(self.start())
        self.assertEqual(said.count("is taken over from"), len(held))
        self.assert_arrived()
        first.send_signal(signal.SIGCONT)
        self.end(first)
        self.assert_arrived()

    def test_worker_that_is_told_to_stop_gives_back_what_it_has(self):
        self.node.latency = 0.02
        first = self.start(lease=600)
        self.wait_for(lambda: self.chunks() > 5)
        first.send_signal(signal.SIGTERM)
        self.assertIn("the same command again", self.end(first, 5))
        self.assertEqual(self.leases(), [])
        self.node.latency = 0.0
        self.end(self.start(lease=600))
        self.assert_arrived()

    def test_each_answer_to_a_commit(self):
        self.node.commit_faults = [fault for fault in FAULTS for _ in range(4)] * 2
        self.end(self.start())
        self.assertEqual(self.node.commit_faults, [])
        self.assert_arrived()

    def test_connection_that_is_cut(self):
        for cut in (20_000, 100_000, 400_000):
            self.setUp()
            child = self.start(url=self.proxy.url(self.url))
            self.wait_for(lambda: self.chunks() > 2)
            self.proxy.cut_after = cut
            self.assertIn("connecting again", self.end(child))
            self.assert_arrived()

    def test_status(self):
        none = subprocess.run([BINARY, "status", "--target", self.url], capture_output=True, text=True)
        self.assertEqual((none.returncode, "no workers began a load" in none.stderr), (2, True), none)
        self.node.latency = 0.02
        child = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        text = self.status()
        self.assertRegex(text, r"(?m)^load [0-9a-f]{8}: under way, began \d+ s ago$")
        self.assertRegex(text, r"(?m)^  public\.small: (0|300) of 300 rows, [01] of 1 parts$")
        self.assertRegex(text, r"(?m)^  public\.large, part \d+: \S+ \d+\.\d+ since \d+ s, runs out in [012] s, [\d,]+ rows$")
        load = json.loads(self.status("--format", "json"))["loads"][0]
        self.assertFalse(load["ended"])
        self.assertEqual({table["table"]: table["expected"] for table in load["tables"]},
                         {table: len(rows) for table, rows in ROWS.items()})
        self.assertEqual(len(load["leases"]), 2)
        self.assertEqual([worker["gone"] for worker in load["workers"]], [False])
        self.assertGreater(load["rows"], 0)
        lines = self.status("--format", "prometheus").splitlines()
        self.assertIn("pg2crdb_load_ended 0", lines)
        self.assertIn('pg2crdb_load_rows_expected{schema="public",table="large"} 30000', lines)
        for line in lines:
            self.assertRegex(line, r'^(# (HELP|TYPE) pg2crdb_\w+ .+|pg2crdb_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+(\.\d+)?)$')
        self.node.latency = 0.0
        self.end(child)
        self.assertIn("pg2crdb_load_ended 1", self.status("--format", "prometheus").splitlines())

    def test_other_words_are_another_load(self):
        self.node.latency = 0.01
        child = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        other = self.start("--exclude", "public.small")
        self.assertRegex(self.end(other, 2), "holds rows already|another load has tables of this one")
        self.node.latency = 0.0
        self.end(child)
        self.assert_arrived()

    def test_refused_row(self):
        with self.node.connect(self.database) as client:
            client.query("ALTER TABLE public.small ADD CONSTRAINT few CHECK (id < 299)")
        said = self.end(self.start(), 5)
        self.assertIn("the target refuses rows in 1 of the load's parts: public.small: one of the rows at dump.sql:", said)
        self.assertIn("refused: public.small", self.status())
        self.end(self.start(), 5)
        with self.node.connect(self.database) as client:
            client.query("ALTER TABLE public.small DROP CONSTRAINT few")
        self.end(self.start())
        self.assert_arrived()

    def test_rows_in_other_forms(self):
        inserts = "".join(f"INSERT INTO public.small VALUES ({i}, '{note}');\n" for i, note in ROWS["small"])
        (self.folder / "inserts.sql").write_text(SCHEMA + inserts + KEYS)
        subprocess.run(["gzip", "-k", "dump.sql"], check=True, cwd=self.folder)
        for name, rows in (("inserts.sql", {"large": [], "small": ROWS["small"], "twice": []}), ("dump.sql.gz", ROWS)):
            with self.subTest(name):
                self.compile(name, name + ".out")
                self.database = f"shared_{next(NUMBERS)}"
                self.url = self.node.create_database(self.database)
                self.prepare(name + ".out")
                for child in [self.start(inputs=(name + ".out",)) for _ in range(2)]:
                    self.end(child)
                self.assert_arrived(rows)


class LiveSourceTest(WorkerTest):
    """The same with a live PostgreSQL."""

    test_rows_in_other_forms = test_refused_row = test_status = test_other_words_are_another_load = None
    test_each_answer_to_a_commit = test_connection_that_is_cut = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source_server = PostgresServer().start()
        cls.addClassCleanup(cls.source_server.stop)

    def setUp(self):
        super().setUp()
        self.source = self.source_server.create_database(self.database)
        subprocess.run([postgres_bin() / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", "-f", self.folder / "dump.sql", self.source], check=True,
                       stdout=subprocess.DEVNULL)

    def start(self, *words, **more):
        return super().start(*words, "--source", self.source, **more)

    def write_to_source(self):
        with wire.Client.from_url(self.source) as client:
            client.query("DELETE FROM large WHERE id >= 15000")
            client.query("DELETE FROM twice")
            client.query("DELETE FROM small")

    def test_one_moment_for_all(self):
        self.node.latency = 0.01
        first = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        self.write_to_source()
        second = self.start()
        self.wait_for(lambda: len(self.leases()) > 2 or first.poll() is not None)
        first.kill()  # it was the first to read that moment
        first.communicate()
        third = self.start()
        self.end(second)
        self.end(third)
        self.assert_arrived()

    def test_moment_that_is_gone(self):
        self.node.latency = 0.01
        first = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        first.kill()
        first.communicate()
        self.node.latency = 0.0
        self.end(self.start())  # nobody wrote meanwhile: it is the same moment
        self.assert_arrived()
        self.setUp()
        self.node.latency = 0.01
        first = self.start()
        self.wait_for(lambda: self.chunks() > 5)
        first.kill()
        first.communicate()
        self.write_to_source()
        self.assertIn("the source has been written to", self.end(self.start(), 2))


class RoundsTest(WorkerTest):
    """Rounds of everything at once: one to three workers, any of which may meet anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts = collections.Counter()
        cls.addClassCleanup(lambda: print("workers:", ", ".join(f"{count} {what}" for what, count in sorted(cls.counts.items())),
                                          file=sys.stderr))

    def disturb(self, chance, running):
        kind = chance.choice(("kill", "kill", "stop", "stop", "stop", "cut", "faults", "delay", "terminate", "start"))
        self.counts[kind] += 1
        child = chance.choice(running)
        if kind == "kill":
            child.kill()
        elif kind == "stop":
            child.send_signal(signal.SIGSTOP)
            self.stopped.append((time.monotonic() + chance.uniform(0, 4), child))
        elif kind == "terminate":
            child.send_signal(signal.SIGTERM)
        elif kind == "cut":
            self.proxy.cut_after = chance.randrange(1, 200_000)
        elif kind == "delay":
            self.proxy.delay = chance.choice((0.0, 0.001, 0.005))
        elif kind == "faults":
            self.node.commit_faults = [chance.choice(FAULTS) for _ in range(10)]

    def go_on(self, all_of_them=False):
        for when, child in list(self.stopped):
            if all_of_them or time.monotonic() >= when:
                self.stopped.remove((when, child))
                child.send_signal(signal.SIGCONT)

    def test_rounds(self):
        for number in range(ROUNDS):
            chance = random.Random(f"{SEED} {number}")
            with self.subTest(round=number, seed=SEED):
                self.setUp()
                self.stopped = []
                self.node.latency = chance.choice((0.001, 0.004))
                most = chance.randrange(1, 4)
                for _ in range(chance.randrange(3, 12)):
                    while len([child for child in self.children if child.poll() is None]) < most:
                        self.start(url=self.proxy.url(self.url), lease=1)
                    self.go_on()
                    self.disturb(chance, [child for child in self.children if child.poll() is None])
                    time.sleep(chance.uniform(0.02, 0.5))
                self.node.latency, self.node.commit_faults, self.proxy.delay, self.proxy.cut_after = 0.0, [], 0.0, None
                last = self.start(lease=1)
                self.end(last)
                self.go_on(all_of_them=True)
                for child in list(self.children):
                    _, err = child.communicate(timeout=60)
                    self.children.remove(child)
                    self.assertNotIn(b"internal error", err)
                    self.assertNotIn(b"Sanitizer", err)
                    # A signal may come before the program is ready for it; with 2 a server could not be reached.
                    self.assertIn(child.returncode, (0, 5, 2, -signal.SIGKILL, -signal.SIGTERM), err)
                    if child.returncode == 2:
                        self.assertRegex(err, rb"cannot be (read|reached)|connect|server closed|lost")
                    self.counts[f"ended with {child.returncode}"] += 1
                self.assert_arrived()


for _name in [name for name in dir(RoundsTest) if name.startswith("test_") and name != "test_rounds"]:
    setattr(RoundsTest, _name, None)

if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
