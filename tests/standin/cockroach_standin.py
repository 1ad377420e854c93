"""A stand-in for CockroachDB: its wire protocol and manners in front of a PostgreSQL 15.

For integration tests and the demo where no real CockroachDB is at hand; README.md says what
it is not.

    with CockroachStandin() as node:
        subprocess.run(["psql", node.url("defaultdb"), "-c", "SELECT version()"])
"""

import argparse
import contextlib
import os
import socket
import struct
import sys
import threading
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

import wire
from import_into import job_id_maker
from postgres_server import PostgresServer, wait_for_signal
from session import Session

VERSION = "CockroachDB CCL v26.1.0-alpha.1-dev (stand-in: PostgreSQL 15 behind it)"


class CockroachStandin:
    """A running stand-in; a context manager, or start() and stop().

    password: root's (and every role's) password, None means an insecure node;
    latency: seconds before each answer; drop_after: the connection whose COPY brings the
    total of COPY bytes over this number is cut, once; release: what this one takes and the
    recorded node did not is taken; version: what version() says, on which nothing else depends.
    commit_faults: what the next COMMITs of open transactions meet, one each: "" for nothing,
    "undone 40001", "done 40003", "undone 40003", "done cut", "undone cut" (whether the work is
    done, and how it is answered).
    """

    def __init__(self, port=0, password=None, latency=0.0, drop_after=None, release="26.1", version=VERSION, durable=False, keeps_moments=False):
        self.port = port
        self.password = password
        self.latency = latency
        self.drop_after = drop_after
        self.release = release
        self.version = version
        self.postgres = PostgresServer(superuser="root", settings={
            "default_transaction_isolation": "read committed", "datestyle": "ISO, MDY",
            "plpgsql.variable_conflict": "use_column",  # release facts 7.25
            **({"synchronous_commit": "on", "fsync": "on"} if durable else {})})
        self.commit_faults = []
        self.fault_in = None  # the statement that fails for want of memory, counted down to 0
        self.failed = []  # those that did
        self.taken_in_silence = []  # values that a real node would have taken and changed
        self.moments = {}  # cluster_logical_timestamp() -> a snapshot of PostgreSQL's
        self.keeps_moments = keeps_moments  # as a node does for hours; a database with one cannot be dropped here
        self.keepers = []  # connections that hold their snapshots then
        self.sessions = {}
        self.jobs = []
        self.new_job_id = job_id_maker()
        # A test holds a DETACHED import before it begins, or its answer, by clearing one.
        self.imports_asked = 0
        self.imports_begin, self.imports_answer = threading.Event(), threading.Event()
        self.imports_begin.set()
        self.imports_answer.set()
        self.postgres_settings = set()
        self._copied = 0
        self._lock = threading.Lock()
        self._listener = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Returns self once connections are accepted."""
        self.postgres.start()
        try:
            self._prepare()
            self._listener = wire.Listener(lambda sock: Session(self, sock).serve(), self.port)
        except BaseException:
            self.postgres.stop()
            raise
        self.port = self._listener.port
        return self

    def _prepare(self):
        template = Path(__file__).with_name("template.sql").read_text().replace(VERSION, self.version)
        for database in ("template1", "postgres"):
            with self.postgres.connect(database) as client:
                client.query(template)
        with self.postgres.connect() as client:
            client.query("CREATE ROLE admin SUPERUSER NOLOGIN; GRANT admin TO root")
            client.query("CREATE DATABASE defaultdb")
            # A variable counts as PostgreSQL's own when a session may set it there.
            self.postgres_settings = {row[0].lower() for row in client.rows(
                "SELECT name FROM pg_settings WHERE context IN ('user', 'superuser') "
                "UNION SELECT unnest(ARRAY['server_encoding', 'lc_collate', 'lc_ctype', "
                "'integer_datetimes', 'max_identifier_length', 'max_index_keys'])")}
            self.postgres_settings |= {"is_superuser", "role"}

    def stop(self):
        """Closes every connection and ends the backing server."""
        if self._listener is not None:
            self._listener.close()
        for session in list(self.sessions.values()):
            session.client.close()
        self.postgres.stop()

    def url(self, database="defaultdb", user="root"):
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        return f"postgresql://{quote(user)}{secret}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def connect(self, database="defaultdb", user="root", **more):
        """A wire.Client through the stand-in."""
        return wire.Client("127.0.0.1", self.port, user, database, self.password, **more)

    def create_database(self, name):
        """Creates the database and returns its URL."""
        with self.connect() as client:
            client.query('CREATE DATABASE "' + name.replace('"', '""') + '"')
        return self.url(name)

    def cancel(self, key):
        """A CancelRequest for the session with that key."""
        session = self.sessions.get(key)
        if session is None:
            return
        with socket.create_connection(("127.0.0.1", self.postgres.port)) as sock:
            sock.sendall(struct.pack("!IIII", 16, wire.CANCEL_REQUEST, *session.backend.key))

    def cancel_job(self, job):
        """CANCEL JOB: its connection is cut, what it did is rolled back.  False when it has ended.

        One that waits for its files ends at once.
        """
        if job["status"] != "running":
            return False
        job.update(cancelled=True, status="cancel-requested" if job.get("fetched") else "canceled")
        if "client" in job:
            with contextlib.suppress(OSError):
                job["client"].channel.sock.shutdown(socket.SHUT_RDWR)
        return True

    def next_query_fails(self, text):
        """Whether a statement of the simple protocol is the one that `fault_in` counts down to."""
        with self._lock:
            if self.fault_in is None:
                return False
            self.fault_in -= 1
            if self.fault_in == 0:
                self.failed.append(text)
            return self.fault_in == 0

    def silence(self, fields):
        """The error in the place of what a real node would take: no test may rely on either."""
        self.taken_in_silence.append(fields["M"])
        return {"C": "XXUUU", "M": f"stand-in: CockroachDB takes this, and says nothing: {fields['M']}"}

    def count_copied(self, size, session):
        """Counts COPY bytes; cuts `session` off when drop_after is passed."""
        if self.drop_after is None:
            return
        with self._lock:
            self._copied += size
            if self._copied <= self.drop_after:
                return
            self.drop_after = None
        session.client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise wire.WireError("dropped on purpose")


def main():
    parser = argparse.ArgumentParser(description="run a stand-in for CockroachDB")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--port-file", help="write the port number to this file when ready")
    parser.add_argument("--password", help="ask every client for this password")
    parser.add_argument("--latency-ms", type=float, default=0, help="wait before each answer")
    parser.add_argument("--drop-connection-after", type=int, metavar="BYTES",
                        help="cut the connection once, after so many bytes of COPY data")
    arguments = parser.parse_args()
    node = CockroachStandin(arguments.port, arguments.password, arguments.latency_ms / 1000,
                            arguments.drop_connection_after)
    with node:
        if arguments.port_file:
            partial = arguments.port_file + ".new"
            Path(partial).write_text(f"{node.port}\n")
            os.replace(partial, arguments.port_file)
        print("stand-in for CockroachDB (PostgreSQL 15 behind it) listening on "
              f"postgresql://root@127.0.0.1:{node.port}/defaultdb", flush=True)
        wait_for_signal()


if __name__ == "__main__":
    main()
