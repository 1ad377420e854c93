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
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from _browser import CHROMIUM, Browser
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
        cls.node = CockroachStandin(durable=True, keeps_moments=True).start()
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

    def start(self, *words, inputs=("out",), url=None, lease=2, jobs=2):
        child = subprocess.Popen([BINARY, "worker", *inputs, "--target", url or self.url, "--memory", "1MB", "--jobs", str(jobs), "--lease",
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
        child = self.start("--port", "0")
        url = child.stderr.readline().decode().removeprefix("metrics: ").strip()
        port = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/metrics", url)[1]
        silent = [socket.create_connection(("127.0.0.1", int(port))) for _ in range(4)]  # who ask nothing keep nobody waiting
        self.wait_for(lambda: self.chunks() > 5)
        with urllib.request.urlopen(url, timeout=10) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            metrics = answer.read().decode().splitlines()
        self.assertIn('pg2crdb_run_rows_expected{stage="load",table="public.large"} 30000', metrics)
        self.assertIn('pg2crdb_run_stage_ended{stage="load"} 0', metrics)
        self.assert_metrics(metrics)
        loaded = [int(line.split()[-1]) for line in metrics if line.startswith("pg2crdb_run_rows_total")]
        self.assertTrue(0 < sum(loaded) < 45300, loaded)
        self.assertEqual(self.fetched(url.replace("/metrics", "/")), 404)
        other = self.start("--port", port)
        self.assertIn("nothing can be served on 127.0.0.1:", self.end(other, 2))
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
        self.assert_metrics(lines)
        self.node.latency = 0.0
        self.end(child)
        for connection in silent:
            connection.close()
        self.assertIn("pg2crdb_load_ended 1", self.status("--format", "prometheus").splitlines())

    def verification(self):
        return json.loads(self.status("--format", "json"))["verifications"][0]

    def test_shared_verification_of_a_dump(self):
        self.end(self.start())
        children = [self.start("--phase", "verify") for _ in range(2)]
        for child in children:
            self.assertRegex(self.end(child), r"45,300 rows of 3 tables are equal, as they were at 20[-0-9]+ [0-9:.]+ UTC; [\d,]+ of them by this worker")
        found = self.verification()
        self.assertEqual((found["ended"], found["rows"], found["schema_differences"]), (True, 45300, 0))
        with self.node.connect(self.database) as client:
            client.query("UPDATE public.large SET body = 'other' WHERE id = 4711")
            client.query("DELETE FROM public.small WHERE id < 3")
            client.query("ALTER TABLE public.twice ADD COLUMN more TEXT")
        said = self.end(self.start("--phase", "verify"), 4)
        self.assertIn("rows differ in 2 of 3 tables: public.large (missing: 0, mismatch: 1, extraneous: 0), public.small (missing: 3, ", said)
        self.assertIn("the schema differs in 1 place", said)
        self.assertIn("differs: missing: 3, mismatch: 0, extraneous: 0", self.status())
        lines = self.status("--format", "prometheus").splitlines()
        self.assertIn('pg2crdb_verify_differing_rows{schema="public",table="large",kind="mismatch"} 1', lines)
        self.assertIn('pg2crdb_verify_changing_rows{schema="public",table="large"} 0', lines)
        self.assertIn("pg2crdb_verify_schema_differences 1", lines)
        self.assertIn("pg2crdb_load_ended 1", lines)
        with self.node.connect(self.database) as client:
            client.query("ALTER TABLE pg2crdb.verified_parts DROP COLUMN changing")  # as it was made once
            client.query("UPDATE pg2crdb.verifications SET began = began + interval '1 day' WHERE run LIKE '%-1'")  # the clock jumped
        self.assertIn("differs: missing: 3, mismatch: 0, extraneous: 0", self.status())
        self.end(self.start("--phase", "verify"), 4)
        self.assertEqual([one["state"] for one in json.loads(self.status("--format", "json"))["verifications"]], ["ended"] * 3)

    def test_words_of_a_verification(self):
        for words, said in ((("--push-down",), "--push-down needs --phase verify"), (("--push-down", "--phase", "verify"), "--push-down needs --source")):
            self.assertIn(said, self.end(self.start(*words), 2))

    def assert_metrics(self, lines):
        for line in lines:
            self.assertRegex(line, r'^(# (HELP|TYPE) pg2crdb_\w+ .+|pg2crdb_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+(\.\d+)?)$')

    @staticmethod
    def fetched(url):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_report(self):
        self.end(self.start("--report", "json=load.json"))
        run = json.loads((self.folder / "load.json").read_text())["run"]
        self.assertEqual((run["command"], run["exit_status"], [stage["stage"] for stage in run["stages"]]), ("worker", 0, ["load"]))
        stage = run["stages"][0]
        self.assertEqual({table["name"]: table["rows"] for table in stage["tables"]},
                         {f"public.{table}": len(rows) for table, rows in ROWS.items()})
        for table in stage["tables"]:
            self.assertTrue(0 <= table["began"] <= table["ended"] <= stage["seconds"], (table, stage))
            self.assertGreater(table["bytes"], table["rows"])
        with self.node.connect(self.database) as client:
            client.query("DELETE FROM public.small WHERE id < 3")
        self.end(self.start("--phase", "verify", "--report", "html=verify.html", "--report", "json=verify.json"), 4)
        run = json.loads((self.folder / "verify.json").read_text())["run"]
        self.assertEqual((run["exit_status"], run["stages"][0]["stage"]), (4, "verify"))
        self.assertEqual({table["name"]: table["rows"] for table in run["stages"][0]["tables"]},
                         {f"public.{table}": len(rows) for table, rows in ROWS.items()})
        self.assertIn("has to be FORMAT=FILE", self.end(self.start("--report", "sarif=x"), 2))
        if not CHROMIUM:
            return
        with Browser() as browser:
            browser.show(1280, 900)
            browser.open(self.folder / "verify.html")
            self.assertEqual(browser.run("document.querySelector('.headline').textContent"), "Rows or the schema differ")
            self.assertEqual(browser.run("[...document.querySelectorAll('main > section')].map((one) => one.id)"), ["verdict", "verify"])
            self.assertEqual(browser.run("document.querySelectorAll('#verify .timeline').length"), 3)
            self.assertRegex(browser.run("document.querySelector('#verify p').textContent"), "^45,300 rows of 3 tables compared in ")
            self.assertEqual(browser.complaints, [])

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
    test_shared_verification_of_a_dump = test_words_of_a_verification = test_report = None
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


    def load_and_enlarge(self):
        self.end(self.start())
        with wire.Client.from_url(self.source) as client:
            client.query("ALTER TABLE large SET (fillfactor = 10)")  # some 80 MB of pages
            client.query("VACUUM FULL large")

    def parts(self, state):
        with self.node.connect(self.database) as client:
            try:
                return [row[0] for row in client.rows(f"SELECT worker FROM pg2crdb.verified_parts WHERE state = '{state}' AND table_name <> ''")]
            except wire.ServerError:
                return []

    def test_shared_verification(self):
        self.load_and_enlarge()
        for words in ((), ("--push-down",)):
            with self.subTest(words):
                children = [self.start("--phase", "verify", *words) for _ in range(2)]
                for child in children:
                    self.assertIn("45,300 rows of 3 tables are equal", self.end(child))
                found = self.verification()
                parts = {table["table"]: table["parts"]["done"] for table in found["tables"]}
                self.assertEqual((parts["small"], parts["twice"]), (1, 1))
                self.assertGreater(parts["large"], 1)
                self.assertEqual(found["rows"], 45300)
                # A row below, within and above the source's keys, in whichever part.
                changes = ("INSERT INTO public.large VALUES (-7, 'below'), (30007, 'above')", "UPDATE public.large SET body = 'x' WHERE id = 15000",
                           "DELETE FROM public.large WHERE id IN (0, 29999)")
                with self.node.connect(self.database) as client:
                    for change in changes:
                        client.query(change)
                self.assertIn("public.large (missing: 2, mismatch: 1, extraneous: 2)", self.end(self.start("--phase", "verify", *words), 4))
                with self.node.connect(self.database) as client:
                    client.query("DELETE FROM public.large WHERE id IN (-7, 30007, 15000)")
                    for key in (0, 15000, 29999):
                        client.query(f"INSERT INTO public.large VALUES ({key}, '{ROWS['large'][key][1]}')")

    def test_killed_worker_of_a_verification(self):
        self.load_and_enlarge()
        with self.node.connect(self.database) as client:
            client.query("UPDATE public.small SET note = 'other' WHERE id = 7")
        self.node.latency = 0.05
        first = self.start("--phase", "verify", jobs=1)
        self.wait_for(lambda: self.parts("done"))
        first.send_signal(signal.SIGSTOP)  # reads no more, and holds a lease
        done = len(self.parts("done"))
        self.node.latency = 0.0
        second = self.start("--phase", "verify")
        out, err = second.communicate(timeout=60)
        self.children.remove(second)
        self.assertEqual(second.returncode, 4, err)
        self.assertIn(b"joins the verification that is under way", out)
        self.assertEqual(out.count(b"starting verify on"), len(self.parts("done")) - done)
        self.assertIn(b"public.small (missing: 0, mismatch: 1, extraneous: 0)", err)
        first.send_signal(signal.SIGCONT)  # what it finds has another worker by now
        self.end(first, 4)
        self.assertEqual(self.verification()["rows"], 45300)

    def test_verification_of_a_moment_that_is_gone(self):
        self.load_and_enlarge()
        self.node.latency = 0.05
        first = self.start("--phase", "verify", jobs=1)
        self.wait_for(lambda: self.parts("done"))
        first.kill()
        first.communicate()
        self.node.latency = 0.0
        with wire.Client.from_url(self.source) as client:
            client.query("DELETE FROM small WHERE id = 7")
        second = self.start("--phase", "verify")
        out, err = second.communicate(timeout=60)
        self.children.remove(second)
        self.assertIn(b"is not gone on with: the source has been written to since", out)
        self.assertIn(b"public.small (missing: 0, mismatch: 0, extraneous: 1)", err)
        self.assertEqual([one["state"] for one in json.loads(self.status("--format", "json"))["verifications"]], ["ended", "given up"])
        with self.node.connect(self.database) as client:
            client.query("UPDATE pg2crdb.verified_parts SET state = CASE table_name WHEN '' THEN 'free' ELSE 'refused' END, problem = "
                         "'batch timestamp 1 must be after replica GC threshold 2' WHERE table_name IN ('', 'small')")
        self.assertRegex(self.status(), r"(?m)^verification \S+-2: stands still, began .*\n.*\n  no worker is at work")
        third = self.start("--phase", "verify")
        out, err = third.communicate(timeout=60)
        self.children.remove(third)
        self.assertIn(b"is not gone on with: the target cannot be read as it was then any more", out)
        self.assertEqual(third.returncode, 4, err)

    def test_session_that_keeps_the_moment_of_a_verification_is_lost(self):
        self.load_and_enlarge()
        self.node.latency = 0.05
        first = self.start("--phase", "verify", jobs=1)
        self.wait_for(lambda: self.parts("done"))
        first.send_signal(signal.SIGSTOP)
        with wire.Client.from_url(self.source) as client:
            client.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        self.node.latency = 0.0
        first.send_signal(signal.SIGCONT)
        self.assertIn("the session that keeps the source as it was is lost", self.end(first, 5))
        self.assertEqual(self.parts("refused"), [])
        self.assertIn("45,300 rows of 3 tables are equal", self.end(self.start("--phase", "verify")))


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
