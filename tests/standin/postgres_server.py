"""A throw-away PostgreSQL 15 for tests: own data folder, own port, gone afterwards.

    with PostgresServer() as server:
        server.create_database("source")
        subprocess.run(["psql", server.url("source")])

Run as a program it prints the URL and waits for SIGTERM or SIGINT.
"""

import argparse
import atexit
import contextlib
import ctypes
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import wire

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

# An idle throw-away server should cost little and never wait for a disk.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "wal_init_zero": "off",
    "checkpoint_timeout": "1h",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "logging_collector": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}

# Seconds for a server that takes no connection and should.
PATIENCE = 20


class PostgresServerError(RuntimeError):
    """The server's programs are missing or it did not come up; carries its log's end."""


def postgres_bin():
    """Folder with initdb and postgres: $PG_BIN, the Debian layout, or $PATH."""
    for candidate in (os.environ.get("PG_BIN"), "/usr/lib/postgresql/15/bin"):
        if candidate and os.access(Path(candidate) / "initdb", os.X_OK):
            return Path(candidate)
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise PostgresServerError("no PostgreSQL server programs found (set PG_BIN)")


def free_port():
    """A port that nobody has now, and that no connection gets as its own end in the meantime.

    Another that looks for one in the same way may: who takes it has to see that it got it.
    """
    first_of_connections = 32768
    with contextlib.suppress(OSError):
        first_of_connections = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        with socket.socket() as sock, contextlib.suppress(OSError):
            port = random.randrange(10000, first_of_connections) if first_of_connections > 12000 else 0
            sock.bind(("127.0.0.1", port))
            return sock.getsockname()[1]


def _unprivileged_user():
    """The account to run as: None when not root, else postgres or nobody."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresServerError("running as root and neither user postgres nor nobody exists")


def _folder_in_memory():
    """Where files are in memory and there is plenty of it, for clusters that nobody keeps; else None, for the usual place.

    Making and dropping relations would be file system work, mostly.
    """
    plenty = 8 << 30
    with contextlib.suppress(OSError, ValueError):
        free = [int(re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())[1]) << 10,
                shutil.disk_usage("/dev/shm").free]
        limit, used = (Path(f"/sys/fs/cgroup/memory.{name}") for name in ("max", "current"))
        if limit.exists() and (most := limit.read_text().strip()) != "max":
            free.append(int(most) - int(used.read_text()))
        if min(free) >= plenty and os.access("/dev/shm", os.W_OK):
            return "/dev/shm"
    return None


def _copy(folder, to):
    """With owners and rights."""
    subprocess.run(["cp", "-a", folder, to], check=True)


def _child_setup(account, parent):
    """Runs in the child before exec: dies with its parent and drops root."""
    def setup():
        if account is not None:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        # After setuid, because changing credentials clears the death signal.
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
    return setup


class PostgresServer:
    """One PostgreSQL cluster.  start() and stop() may be called once each, or use `with`.

    superuser: its name; password: None means trust, otherwise scram-sha-256 is asked of
    everybody; settings: more postgresql.conf entries.
    The process gets SIGQUIT when the thread which started it ends, so start it from a
    thread that lives as long as the server (the main thread, normally).
    """

    def __init__(self, superuser="postgres", password=None, port=None, settings=None,
                 locale="C.UTF-8"):
        self.superuser = superuser
        self.password = password
        self.port = port
        self.locale = locale
        self.settings = {**_SETTINGS, **(settings or {})}
        self.folder = None
        self.process = None
        self.going = False  # it is being started, restarted or stopped: sessions end

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Creates the cluster and returns self once it answers."""
        programs, account = postgres_bin(), _unprivileged_user()
        self.folder = Path(tempfile.mkdtemp(prefix="pg15-", dir=_folder_in_memory()))
        atexit.register(self.stop)
        if account is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        try:
            self._initdb(programs, account)
            self._launch(programs, account)
        except BaseException:
            self.stop()
            raise
        return self

    def _initdb(self, programs, account):
        """Makes the cluster, or copies one of its kind: PG2CRDB_CLUSTERS names a folder that tests share for them."""
        kept, version = os.environ.get("PG2CRDB_CLUSTERS"), subprocess.run([programs / "initdb", "--version"], capture_output=True, text=True)
        name = re.sub(r"\W+", "-", f"{version.stdout.strip()}-{self.superuser}-{self.locale}-{account.pw_name if account else os.geteuid()}")
        if not kept or self.password is not None:
            self._make_cluster(programs, account)
        elif (made := Path(kept) / name).is_dir():
            _copy(made, self.folder / "data")
        else:
            self._make_cluster(programs, account)
            made.parent.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=made.parent))
            _copy(self.folder / "data", unfinished / "data")
            with contextlib.suppress(OSError):  # another was quicker
                os.rename(unfinished / "data", made)
            shutil.rmtree(unfinished)

    def _make_cluster(self, programs, account):
        command = [programs / "initdb", "-D", self.folder / "data", "-U", self.superuser,
                   "--encoding=UTF8", f"--locale={self.locale}", "--no-sync", "--no-instructions"]
        if self.password is None:
            command += ["-A", "trust"]
        else:
            secret = self.folder / "password"
            secret.write_text(self.password + "\n")
            if account is not None:
                os.chown(secret, account.pw_uid, account.pw_gid)
            secret.chmod(0o600)
            command += ["-A", "scram-sha-256", f"--pwfile={secret}"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                              preexec_fn=_child_setup(account, os.getpid()))
        if done.returncode:
            raise PostgresServerError(f"initdb failed:\n{done.stderr}")

    def _launch(self, programs, account):
        """Starts it on its port, or on a free one where it has none yet, and waits until it answers."""
        deadline, given = time.monotonic() + 60, self.port
        while True:
            self.port = given or free_port()
            if self._listens(programs, account, deadline):
                return
            # Somebody was quicker.
            time.sleep(0.1)

    def _listens(self, programs, account, deadline):
        """False when the port is another's."""
        command = [programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        with open(self.folder / "log", "ab") as log:
            begin = os.fstat(log.fileno()).st_size
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_child_setup(account, os.getpid()))
        while True:
            with contextlib.suppress(OSError, wire.WireError, wire.ServerError):
                with self._connect_once(timeout=5) as client:
                    # Another server may answer there.
                    if client.scalar("SHOW data_directory") == str(self.folder / "data"):
                        return True
            late = time.monotonic() > deadline
            if late or self.process.poll() is not None:
                said = self.log(begin)
                if not late and "could not bind" in said:
                    return False
                raise PostgresServerError(f"postgres did not start:\n{said[-2000:]}")
            time.sleep(0.03)

    def restart(self):
        """Ends all sessions at once, as a crash does, and starts again on the same port.

        What was committed is there again where the settings say so: synchronous_commit is off by default.
        """
        self.going = True
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)
        self._launch(postgres_bin(), _unprivileged_user())
        self.going = False

    def stop(self):
        """Ends the server (immediate shutdown) and deletes its folder; harmless when repeated."""
        atexit.unregister(self.stop)
        self.going = True
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, begin=0):
        """What it said, behind so many bytes."""
        path = self.folder / "log"
        return path.read_bytes()[begin:].decode(errors="replace") if path.exists() else ""

    def url(self, database="postgres"):
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        return (f"postgresql://{quote(self.superuser, safe='')}{secret}@127.0.0.1:{self.port}"
                f"/{quote(database, safe='')}")

    def connect(self, database="postgres", user=None, **more):
        """A wire.Client as the superuser, or as `user`.

        What passes by itself (a machine that cannot fork, a crash that is recovered from) is
        said on stderr and waited for, but not what we do to the server.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._connect_once(database, user, **more)
            except (OSError, wire.WireError, wire.ServerError) as problem:
                # 57P03: starting up or recovering.
                refused = isinstance(problem, wire.ServerError) and problem.sqlstate not in ("", "57P03")
                if refused or self.going or self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                print(f"postgres on port {self.port} is tried again: {problem}; its log ends:\n{self.log()[-500:]}",
                      file=sys.stderr)
                time.sleep(0.2)

    def _connect_once(self, database="postgres", user=None, **more):
        return wire.Client("127.0.0.1", self.port, user or self.superuser, database,
                           self.password, **more)

    def create_database(self, name):
        """Creates the database and returns its URL."""
        with self.connect() as client:
            client.query('CREATE DATABASE "' + name.replace('"', '""') + '"')
        return self.url(name)


def wait_for_signal():
    """Blocks until SIGTERM or SIGINT."""
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    done.wait()


def main():
    parser = argparse.ArgumentParser(description="run a throw-away PostgreSQL 15")
    parser.add_argument("--port", type=int, help="default: a free one")
    parser.add_argument("--password", help="ask for this password (scram) instead of trusting")
    parser.add_argument("--superuser", default="postgres")
    parser.add_argument("--database", default="postgres", help="created when it is another name")
    arguments = parser.parse_args()
    with PostgresServer(arguments.superuser, arguments.password, arguments.port) as server:
        if arguments.database != "postgres":
            server.create_database(arguments.database)
        print(server.url(arguments.database), flush=True)
        wait_for_signal()


if __name__ == "__main__":
    main()
