"""The servers that the integration tests talk to, chosen once for a whole run, and the program under test.

The target is CockroachDB at PG2CRDB_TEST_CRDB_URL, or a single node of a `cockroach` on PATH, or the stand-in of
tests/standin. Which one is said on stderr.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

BINARY = os.environ.get("PG2CRDB_BINARY")
SOURCE_DIR = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
CORPUS = pathlib.Path(os.environ.get("PG2CRDB_CORPUS", SOURCE_DIR / "../shared/corpus"))
SANITIZED = b"__asan_init" in pathlib.Path(BINARY).read_bytes() if BINARY else False

sys.path.insert(0, str(SOURCE_DIR / "tests" / "standin"))

import wire  # noqa: E402
from cockroach_standin import CockroachStandin  # noqa: E402
from postgres_server import PostgresServer, PostgresServerError, free_port, postgres_bin  # noqa: E402

__all__ = ["BINARY", "CORPUS", "SANITIZED", "SOURCE_DIR", "CockroachStandin", "PostgresServer", "frenchtowns", "postgres_bin",
           "free_port", "require", "source", "stop", "target", "wire"]


class CockroachTarget:
    """A real CockroachDB, with the methods of CockroachStandin that tests use."""

    real = True

    def __init__(self, url):
        self.parts = urllib.parse.urlsplit(url)
        self._made = []

    def url(self, database="defaultdb"):
        return urllib.parse.urlunsplit(self.parts._replace(path="/" + urllib.parse.quote(database, safe="")))

    def connect(self, database="defaultdb"):
        return wire.Client.from_url(self.url(database))

    def create_database(self, name):
        with self.connect() as client:
            client.query(f'DROP DATABASE IF EXISTS "{name}" CASCADE')
            client.query(f'CREATE DATABASE "{name}"')
        self._made.append(name)
        return self.url(name)

    def stop(self):
        with self.connect() as client:
            for name in self._made:
                client.query(f'DROP DATABASE IF EXISTS "{name}" CASCADE')


_cleanup = contextlib.ExitStack()
_running = {}


def _start_cockroach(program):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pg2crdb-cockroach-"))
    _cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    node = subprocess.Popen(
        [program, "start-single-node", "--insecure", "--store=type=mem,size=1GiB", "--listen-addr=127.0.0.1:0",
         "--http-addr=127.0.0.1:0", f"--listening-url-file={folder}/url"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _cleanup.callback(node.wait)
    _cleanup.callback(node.terminate)
    deadline = time.monotonic() + 60
    while not (folder / "url").exists() or not (folder / "url").read_text().strip():
        if node.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the cockroach on PATH does not start")
        time.sleep(0.1)
    address = urllib.parse.urlsplit((folder / "url").read_text().strip())
    return f"postgresql://root@{address.hostname}:{address.port}/defaultdb?sslmode=disable"


def target():
    """The one target of the run."""
    if "target" not in _running:
        url, program = os.environ.get("PG2CRDB_TEST_CRDB_URL"), shutil.which("cockroach")
        if url:
            print("target: CockroachDB at PG2CRDB_TEST_CRDB_URL", file=sys.stderr)
            _running["target"] = CockroachTarget(url)
        elif program:
            print(f"target: a single node of {program}", file=sys.stderr)
            _running["target"] = CockroachTarget(_start_cockroach(program))
        else:
            print("target: no CockroachDB was found, so the tests' stand-in", file=sys.stderr)
            _running["target"] = CockroachStandin().start()
            _running["target"].real = False
        _cleanup.callback(_running["target"].stop)
    return _running["target"]


def source():
    """The one live PostgreSQL of the run."""
    if "source" not in _running:
        _running["source"] = PostgresServer().start()
        _cleanup.callback(_running["source"].stop)
    return _running["source"]


def frenchtowns(*pg_dump_options):
    """A dump of the frenchtowns database, made once for each set of options."""
    if ("dump", pg_dump_options) not in _running:
        if "folder" not in _running:
            _running["folder"] = pathlib.Path(_cleanup.enter_context(tempfile.TemporaryDirectory(prefix="pg2crdb-dumps-")))
        server = source()
        database = "frenchtowns"
        if "frenchtowns" not in _running:
            url = server.create_database(database)
            rows = subprocess.run([sys.executable, SOURCE_DIR / "corpus/frenchtowns/generate.py"], capture_output=True, check=True)
            subprocess.run([postgres_bin() / "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", url], input=rows.stdout, check=True)
            _running["frenchtowns"] = url
        path = _running["folder"] / f"frenchtowns-{len(_running)}.sql"
        with open(path, "wb") as out:
            subprocess.run([postgres_bin() / "pg_dump", *pg_dump_options, _running["frenchtowns"]], stdout=out, check=True)
        _running["dump", pg_dump_options] = path
    return _running["dump", pg_dump_options]


def require():
    """Ends the program, as skipped, where there is no PostgreSQL to test with."""
    if not BINARY:
        raise SystemExit("PG2CRDB_BINARY has to name the program")
    try:
        postgres_bin()
    except PostgresServerError as problem:
        print(f"skipped: {problem}", file=sys.stderr)
        sys.exit(77)


def stop():
    """Ends every server that was started."""
    _cleanup.close()
