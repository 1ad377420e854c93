"""IMPORT INTO from files in S3-compatible storage: uploaded in parts, read by the cluster, and removed.

The storage is the tests' own, which is strict; beside it each of versitygw and s3s-fs that is on PATH or named in
PG2CRDB_TEST_S3 (programs with a colon between).
"""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
from datetime import timedelta

from _target import BINARY, SANITIZED, free_port, frenchtowns, require, stop
from _migration import NUMBERS, ROWS, Migration

import object_storage  # noqa: E402, of the stand-in
from object_storage import ObjectStorage, Refused  # noqa: E402
from object_storage_program import Program  # noqa: E402

PREFIX = "one's \"night\" ~ of 100%+1"
PART = 8 << 20
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL")


def large_dump(count=9500):
    """Rows of a kilobyte that get half as small at the best: more than one part, of 21,000 more than two."""
    chance = random.Random(7)
    rows = "".join(f"{i}\t{chance.randbytes(500).hex()}\n" for i in range(count))
    return ("CREATE TABLE public.large (id bigint NOT NULL, body text);\nCOPY public.large (id, body) FROM stdin;\n" + rows +
            "\\.\nALTER TABLE ONLY public.large ADD CONSTRAINT large_pkey PRIMARY KEY (id);\n"
            "CREATE TABLE public.small (id bigint PRIMARY KEY);\nCOPY public.small (id) FROM stdin;\n1\n2\n\\.\n")


NAMES = ("CREATE SCHEMA \"a b\";\nCREATE SCHEMA \"it's ~ 100%+\";\n" +
         "".join(f'CREATE TABLE {name} (id bigint PRIMARY KEY);\nCOPY {name} (id) FROM stdin;\n1\n2\n\\.\n'
                 for name in ('"a b"."c""d"', '"it\'s ~ 100%+"."é ~%7E"', '"it\'s ~ 100%+"."a+b%2Fc"')))


class Strict(ObjectStorage):
    def left(self):
        return self.objects() + self.uploads()


class StorageTest(Migration):
    """What holds with every server."""

    notes = 1  # of a file, before it can be killed: its key, then its upload

    def make_storage(self):
        """A server that is not started yet."""
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.storage = self.make_storage().start()
        self.addCleanup(self.storage.stop)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.environment = {name: "" for name in KEYS} | {"TMPDIR": str(self.temporary)}

    def anew(self):
        """Another database and another run."""
        number = next(NUMBERS)
        self.database = f"it_{os.getpid()}_{number}"
        self.url, self.state = self.node.create_database(self.database), self.folder / f"state{number}"

    def words_of(self, *words, url=None, prefix=PREFIX):
        return ["--method", "import-into", "--host-files", url or self.storage.url(prefix), *words]

    def host(self, dump, *words, status=0, **more):
        run = self.migrate(dump, *self.words_of(*words, **more), status=status, environment=self.environment)
        self.assert_no_secret(run.out + run.err)
        return run

    def assert_no_secret(self, text):
        for path in self.state.rglob("*"):
            if path.is_file():
                text += path.read_text(errors="replace")
        for secret in (self.storage.secret, object_storage.urllib.parse.quote(self.storage.secret, safe=""), "s3cretTOKEN"):
            self.assertNotIn(secret, text)

    def assert_nothing_left(self):
        self.assertEqual(self.storage.left(), [])
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertFalse((self.state / "files").exists())

    def test_tables(self):
        for words in ((), ("--compress", "gzip")):
            with self.subTest(words):
                self.anew()
                run = self.host(frenchtowns(), *words)
                self.assertEqual(self.summary(run), ROWS)
                self.assert_frenchtowns(run)
                self.assert_nothing_left()

    def test_names(self):
        run = self.host(self.write("names.sql", NAMES))
        self.assertIn("3 tables, 6 rows", run.out)
        self.assert_nothing_left()

    def test_large_file(self):
        dump = self.write("large.sql", large_dump(21000))
        for words in (("--jobs", "1"), ("--jobs", "1", "--compress", "gzip")):
            with self.subTest(words):
                self.anew()
                self.host(dump, *words)
                self.assertEqual(self.scalar("SELECT count(*) FROM public.large"), "21000")
                self.assert_nothing_left()

    def start(self, *words):
        return subprocess.Popen(self.words("migrate", *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                                env=os.environ | self.environment)

    def test_killed_in_an_upload(self):
        dump = self.write("large.sql", large_dump(21000))
        child = self.start(dump, *self.words_of("--jobs", "1"))
        deadline = time.monotonic() + 60
        while len(re.findall(rb'(?m)^.*"import object".*large.*$', self.journal())) < self.notes or not self.storage.left():
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(child.poll())
            time.sleep(0.002)
        child.kill()
        child.communicate()
        self.assertNotEqual(self.storage.left(), [])
        self.host(dump, "--jobs", "1", "--resume")
        self.assertEqual(self.scalar("SELECT count(*) FROM public.large"), "21000")
        self.assert_nothing_left()

    def journal(self):
        path = self.state / "journal.jsonl"
        return path.read_bytes() if path.exists() else b""

    def refused(self, sentence, status=2, **changed):
        self.anew()
        run = self.host(self.write("names.sql", NAMES), status=status, url=self.storage.url(PREFIX, **changed))
        self.assertRegex(run.err, sentence)
        self.assertNotIn("wrong/secret+", run.err)
        self.assertEqual(list(self.temporary.iterdir()), [])
        return run

    def test_wrong_keys(self):
        self.refused("AWS_SECRET_ACCESS_KEY is not the one of this AWS_ACCESS_KEY_ID", AWS_SECRET_ACCESS_KEY="wrong/secret+")
        self.refused("does not know this AWS_ACCESS_KEY_ID", AWS_ACCESS_KEY_ID="NOBODY")

    def test_no_server(self):
        run = self.refused(r"object storage at http://127\.0\.0\.1:\d+ does not answer", 5, AWS_ENDPOINT=f"http://127.0.0.1:{free_port()}")
        self.assertIn("see that it runs", run.err)


class SignedTest(StorageTest):
    """What holds where a region and a bucket are looked at."""

    def test_region_and_bucket(self):
        run = self.refused("the bucket imports is not in the region us-west-1", AWS_REGION="us-west-1")
        self.assertIn(f"AWS_REGION={self.storage.region}", run.err)
        run = self.refused("has no bucket no-such-bucket", bucket="no-such-bucket")
        self.assertIn("make the bucket", run.err)


class StrictTest(SignedTest):
    """What only a server does that can be told to."""

    def make_storage(self):
        return Strict()

    def test_clock(self):
        for hours in (-1, 1):
            self.storage.clock = timedelta(hours=hours)
            run = self.refused("this machine's clock and the one of http://127")
            self.assertIn("set this machine's clock", run.err)
        self.storage.clock = timedelta(minutes=14)
        self.anew()
        self.host(self.folder / "names.sql")

    def answers(self, fault):
        """Sets it, and a list of what it was asked and gave something for."""
        given = []

        def answer(method, key, parameters):
            found = fault(method, key, parameters, len(given))
            if found:
                given.append((method, key))
            return found
        self.storage.fault = answer
        return given

    def test_rights(self):
        for wanted, fault, left in (
                ("write and remove", lambda method, *_: method == "PUT", 0),
                ("read", lambda method, *_: method == "GET", 0),
                ("abort uploads of", lambda method, key, parameters, _: method == "DELETE" and "uploadId" in parameters, 1),
                ("write and remove", lambda method, key, parameters, _: method == "DELETE" and "uploadId" not in parameters, 1)):
            with self.subTest(wanted):
                self.answers(lambda *asked, fault=fault: Refused(403, "AccessDenied") if fault(*asked) else None)
                run = self.refused(f"this key may not {wanted} s3://imports/one%27s")
                self.assertIn("s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload", run.err)
                # Before anything is moved; what may not be removed is there.
                self.assertEqual(self.scalar("SELECT count(*) FROM \"a b\".\"c\"\"d\""), "0")
                self.assertEqual([key for key in self.storage.left() if "write-test" not in key], [])
                self.assertEqual(len(self.storage.left()), left)
                self.storage.stop()
                self.storage = self.make_storage().start()
                self.addCleanup(self.storage.stop)
        self.answers(lambda *_: Refused(404, "NoSuchKey"))
        self.refused("refuses s3://imports/", 5)
        self.answers(lambda *_: Refused(400, "InvalidToken"))
        self.refused("AWS_SESSION_TOKEN is wrong or has expired")

    def test_what_does_not_pass(self):
        for status, code in ((500, "InternalError"), (503, "SlowDown"), (429, "TooManyRequests")):
            given = self.answers(lambda method, *_: Refused(status, code) if method == "PUT" else None)
            run = self.refused(rf"cannot take the import files now \({status} {code}, 5 times\)", 5)
            self.assertEqual(len(given), 5)
            self.assertIn("--resume, later", run.err)

    def test_what_the_nodes_are_refused(self):
        dump = self.write("names.sql", NAMES)
        for status, code, sentence in ((403, "AccessDenied", "does not let the cluster's nodes read the import files"),
                                       (403, "ExpiredToken", "does not let the cluster's nodes read the import files"),
                                       (403, "SignatureDoesNotMatch", "does not let the cluster's nodes read the import files"),
                                       (503, "SlowDown", "cannot give the import files to the cluster's nodes now"),
                                       (500, "InternalError", "cannot give the import files to the cluster's nodes now"),
                                       (404, "NoSuchKey", "the cluster's nodes cannot fetch the import files")):
            with self.subTest(code):
                self.anew()
                self.answers(lambda m, k, *_: Refused(status, code) if m == "GET" and k.endswith(".csv") else None)
                run = self.host(dump, status=5)
                self.assertIn(sentence, run.err)
                self.assertIn(code, run.err)
                self.assert_nothing_left()
                self.storage.fault = None
                self.host(dump, "--resume")

    def test_what_passes(self):
        dump = self.write("large.sql", large_dump())
        of_part = lambda method, parameters: method == "PUT" and "partNumber" in parameters  # noqa: E731
        of_end = lambda method, parameters: method == "POST" and "uploadId" in parameters  # noqa: E731
        for name, fault, times in (
                ("a part is cut", lambda m, k, p, n: "cut" if of_part(m, p) and n < 2 else None, 2),
                ("a part is stored, and that is not heard", lambda m, k, p, n: "lost" if of_part(m, p) and n < 2 else None, 2),
                ("the upload is done, and that is not heard", lambda m, k, p, n: "lost" if of_end(m, p) and n < 1 else None, 1),
                ("an error behind a 200", lambda m, k, p, n: "late refusal" if of_end(m, p) and n < 2 else None, 2),
                ("an upload is begun, and that is not heard",
                 lambda m, k, p, n: "lost" if m == "POST" and "uploads" in p and k.endswith(".csv") and n < 2 else None, 2),
                ("a try is begun, and that is not heard",
                 lambda m, k, p, n: "lost" if m == "POST" and "uploads" in p and n < 2 else None, 2),
                ("an object comes late, when it was removed", lambda m, k, p, n: "late" if m == "PUT" and "small" in k and n < 1 else None, 1),
                ("the first object comes late, when it was removed", lambda m, k, p, n: "late" if m == "PUT" and n < 1 else None, 1),
                ("too busy", lambda m, k, p, n: Refused(503, "SlowDown") if n < 3 else None, 3)):
            with self.subTest(name):
                self.anew()
                given = self.answers(fault)
                run = self.host(dump, "--jobs", "1")
                self.assertEqual(len(given), times)
                if "late" in name:  # what comes even later nobody can wait for
                    self.assertRegex(run.err, r"an upload in s3://imports/one%27s\S*/pg2crdb-\w+ got no answer and was removed")
                elif name in ("a part is cut", "an error behind a 200", "too busy"):
                    self.assertNotIn("got no answer", run.err)
                self.assertEqual(self.scalar("SELECT count(*) FROM public.large"), "9500")
                self.assert_nothing_left()

    def test_a_part_that_is_lost(self):
        dump = self.write("large.sql", large_dump())
        given = self.answers(lambda m, k, p, n: "dropped" if p.get("partNumber") == "2" else None)
        run = self.host(dump, "--jobs", "1", status=5)
        self.assertEqual(len(given), 1)
        self.assertIn("400 InvalidPart", run.err)
        self.assert_nothing_left()
        self.storage.fault = None
        self.host(dump, "--jobs", "1", "--resume")
        self.assert_nothing_left()

    def test_what_cannot_be_removed(self):
        self.answers(lambda m, k, p, n: Refused(503, "SlowDown") if m == "DELETE" and ".csv" in k else None)
        run = self.host(self.write("names.sql", NAMES))
        self.assertEqual(run.err.count("3 import files may be left in s3://imports/one%27s"), 1, run.err)
        self.assertEqual(len(self.storage.left()), 3)

    def test_one_that_cannot_be_removed(self):
        self.answers(lambda m, k, p, n: Refused(403, "AccessDenied") if m == "DELETE" and "c~22d" in k else None)
        run = self.host(self.write("names.sql", NAMES))
        self.assertEqual(run.err.count("an import file may be left in s3://imports/one%27s"), 1, run.err)
        self.assertEqual(["c~22d" in key for key in self.storage.left()], [True])

    def test_removals_that_fail_for_a_while(self):
        given = self.answers(lambda m, k, p, n: Refused(503, "SlowDown") if m == "DELETE" and ".csv" in k and n < 2 else None)
        run = self.host(self.write("names.sql", NAMES))
        self.assertEqual(len(given), 2)
        self.assertNotIn("may be left", run.err)
        self.assert_nothing_left()

    def test_dry_run(self):
        dump = self.write("names.sql", NAMES)
        for sentence, status, changed in (
                ("", 0, {}),
                ("AWS_SECRET_ACCESS_KEY is not the one", 2, {"AWS_SECRET_ACCESS_KEY": "wrong/secret+"}),
                ("does not know this AWS_ACCESS_KEY_ID", 2, {"AWS_ACCESS_KEY_ID": "NOBODY"}),
                ("there is no AWS_SECRET_ACCESS_KEY", 2, {"AWS_SECRET_ACCESS_KEY": ""}),
                ("is not in the region us-west-1", 2, {"AWS_REGION": "us-west-1"}),
                ("has no bucket no-such-bucket", 2, {"bucket": "no-such-bucket"}),
                ("does not answer", 5, {"AWS_ENDPOINT": f"http://127.0.0.1:{free_port()}"})):
            for command in ("migrate", "load"):
                with self.subTest(sentence, command=command):
                    run = self.run_tool(command, dump, *self.words_of("--dry-run", url=self.storage.url(PREFIX, **changed)),
                                        environment=self.environment)
                    self.assertEqual(run.returncode, status, run.err)
                    self.assertIn(sentence, run.err)
        self.assertEqual({method for method, _, _ in self.storage.requests}, {"GET"})
        # A key that may not list is told that it may not read what is not there.
        self.answers(lambda m, k, p, n: Refused(403, "AccessDenied"))
        run = self.run_tool("migrate", dump, *self.words_of("--dry-run"), environment=self.environment)
        self.assertEqual(run.returncode, 0, run.err)

    def test_parts(self):
        """Of 8 MiB, sent while rows come in: no file of ours lies on the disk meanwhile."""
        dump = self.write("large.sql", large_dump(21000))
        sizes, files = {}, []
        before = self.storage.put

        def put(key, parameters, body, keep=True):
            sizes.setdefault(key.rsplit("/", 1)[1], []).append(len(body))
            files.extend(path for path in self.folder.rglob("*") if path.is_file() and path != dump and
                         ".csv" in path.name)
            return before(key, parameters, body, keep)
        self.storage.put = put
        self.host(dump, "--jobs", "1")
        parts = sizes["public.large.0001.csv"]
        self.assertEqual(len(parts), 3)
        self.assertTrue(all(PART <= size <= PART + (1 << 20) for size in parts[:-1]), parts)
        self.assertEqual(sizes["public.small.0001.csv"], [4])
        self.assertEqual(files, [])

    def test_memory(self):
        if SANITIZED:
            self.skipTest("sanitizers need memory of their own")
        dump, peaks, child = self.write("large.sql", large_dump(90000)), [], None

        def look(*_):
            if child:
                peaks.append(int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{child.pid}/status").read_text()).group(1)))
        self.storage.fault = look
        child = self.start(dump, *self.words_of("--jobs", "2"))
        out, err = child.communicate(timeout=120)
        self.assertEqual(child.returncode, 0, out + err)
        self.assertGreater(len(peaks), 10)
        self.assertLess(max(peaks), 64 << 10)

    def test_folder_that_nobody_guesses(self):
        self.host(self.write("names.sql", NAMES))
        folders = {key.split("/")[-2] for method, key, _ in self.storage.requests if method == "PUT"}
        self.assertEqual(len(folders), 1)
        self.assertRegex(folders.pop(), r"^pg2crdb-[0-9a-f]{32}$")
        self.assertTrue(all(key.startswith(PREFIX + "/pg2crdb-") for _, key, _ in self.storage.requests))

    def in_a_part(self):
        """A child that waits for the storage in the middle of an upload, and what lets it go on."""
        dump = self.write("large.sql", large_dump())
        reached, gate = threading.Event(), threading.Event()
        self.addCleanup(gate.set)

        def wait(method, key, parameters):
            if parameters.get("partNumber") == "2":
                reached.set()
                gate.wait(60)
        self.storage.fault = wait
        child = self.start(dump, *self.words_of("--jobs", "1"))
        self.assertTrue(reached.wait(60))
        return dump, child, gate

    def test_process_list(self):
        _, child, gate = self.in_a_part()
        shown = pathlib.Path(f"/proc/{child.pid}/cmdline").read_bytes().decode()
        gate.set()
        child.communicate()
        self.assertIn("AWS_SECRET_ACCESS_KEY=***", shown)
        self.assert_no_secret(shown)

    def test_interrupted_in_an_upload(self):
        dump, child, gate = self.in_a_part()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 5, err)
        gate.set()
        self.assert_nothing_left()
        self.assertIn(b"the keys of object storage are left out", err)
        self.assertNotIn(b"its password is left out", err)
        # The command that is printed has no key: those of the environment count.
        self.storage.fault = None
        self.environment |= {"AWS_ACCESS_KEY_ID": self.storage.key_id, "AWS_SECRET_ACCESS_KEY": self.storage.secret}
        run = subprocess.CompletedProcess([], child.returncode, out, err)
        again = self.run_resume(self.checked(run), environment=self.environment)
        self.assertEqual(again.returncode, 0, again.err)
        self.assert_nothing_left()

    def test_killed_and_resumed_elsewhere(self):
        dump, child, gate = self.in_a_part()
        child.kill()
        child.communicate()
        gate.set()
        self.storage.fault = None
        run = self.migrate(dump, "--method", "import-into", "--resume", environment=self.environment)
        self.assertRegex(run.err, r"the run before may have left s3://imports/\S+public\.large\.0001\.csv at http://\S+: remove it there")
        self.assertEqual(len(self.storage.uploads()), 1)

    def test_killed_and_resumed_at_another_endpoint(self):
        """A bucket of the same name is another one there; what the first holds is removed when it is asked again."""
        dump, child, gate = self.in_a_part()
        child.kill()
        child.communicate()
        gate.set()
        self.storage.fault = None
        first, self.storage = self.storage, self.make_storage().start()
        self.addCleanup(self.storage.stop)
        self.answers(lambda *_: Refused(403, "AccessDenied"))
        for _ in range(2):
            run = self.host(dump, "--jobs", "1", "--resume", status=2)
            self.assertRegex(run.err, rf"may have left s3://imports/\S+public\.large\.0001\.csv at {first.endpoint}: remove it there")
        self.assertEqual(len(first.uploads()), 1)
        self.storage = first
        self.host(dump, "--jobs", "1", "--resume")
        self.assert_nothing_left()

    def test_keys_of_the_environment(self):
        for token in ("", "s3cretTOKEN//"):
            with self.subTest(token):
                self.storage.token = token
                self.anew()
                self.environment |= {"AWS_ACCESS_KEY_ID": self.storage.key_id, "AWS_SECRET_ACCESS_KEY": self.storage.secret,
                                     "AWS_SESSION_TOKEN": token, "AWS_REGION": self.storage.region,
                                     "AWS_ENDPOINT_URL": self.storage.endpoint}
                self.host(self.write("names.sql", NAMES), url="s3://imports")
                self.assert_nothing_left()

    def test_keys_of_the_cluster(self):
        """With AUTH=implicit no key goes to the cluster."""
        if self.node.real:
            self.skipTest("this node has keys of its own")
        keys = {"AWS_ACCESS_KEY_ID": self.storage.key_id, "AWS_SECRET_ACCESS_KEY": self.storage.secret}
        url = self.storage.url(PREFIX, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AUTH="implicit")
        run = self.host(self.write("names.sql", NAMES), url=url, status=2)
        self.assertIn("there is no AWS_ACCESS_KEY_ID for s3://imports", run.err)
        # Before anything is done.
        self.assertEqual(self.scalar("SELECT count(*) FROM [SHOW TABLES]"), "0")
        self.environment |= keys
        run = self.host(self.folder / "names.sql", url=url, status=5)
        self.assertIn("AWS_ACCESS_KEY_ID is set to ''", run.err)
        with unittest.mock.patch.dict(os.environ, keys):
            self.host(self.folder / "names.sql", "--resume", url=url)
        self.assert_nothing_left()


def program(test, name):
    named = [path for path in os.environ.get("PG2CRDB_TEST_S3", "").split(":") if pathlib.Path(path).name == name]
    found = named[0] if named else shutil.which(name)
    if not found:
        test.skipTest(f"{name} is neither on PATH nor in PG2CRDB_TEST_S3")
    return Program(found)


class VersitygwTest(SignedTest):
    def make_storage(self):
        return program(self, "versitygw")


class S3sTest(StorageTest):
    notes = 2  # it lists no uploads: one that was not noted is not found

    def make_storage(self):
        return program(self, "s3s-fs")


def load_tests(loader, *_):
    """Each server's, and not those that they have in common by themselves."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (StrictTest, VersitygwTest, S3sTest))


if __name__ == "__main__":
    require()
    if not (pathlib.Path(BINARY).parent / "libpg2crdb_object_store.so").exists():
        print("skipped: the program is built without libcurl", file=sys.stderr)
        sys.exit(77)
    for found in ("versitygw", "s3s-fs"):
        if not shutil.which(found) and found not in os.environ.get("PG2CRDB_TEST_S3", ""):
            print(f"object storage: {found} was not found, its tests are skipped", file=sys.stderr)
    try:
        unittest.main()
    finally:
        stop()
