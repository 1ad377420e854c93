"""What all figures are made of: programs that are run and timed, and entries of the result."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests/standin"))

from postgres_server import PostgresServer  # noqa: E402

MEGABYTE = 1 << 20
GIGABYTE = 10**9


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def figure(what, value, limit, unit, reason, at_least=False):
    """One entry of the result; `reason` is left out where the limit is met."""
    met = value >= limit if at_least else value <= limit
    entry = {"figure": what, "value": float(f"{value:.4g}"), "limit": limit, "unit": unit, "met": met}
    if not met:
        entry["reason"] = reason
    return entry


class Run:
    """One finished program: wall and processor seconds, peak memory in bytes, and what it printed."""

    def __init__(self, words, statuses=(0,), environment=None, waits=True):
        self.words, self.statuses = [str(word) for word in words], statuses
        self.started = time.monotonic()
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
                                        env=os.environ | (environment or {}))
        if waits:
            self.finish()

    def finish(self):
        """Of a program that was not waited for."""
        _, status, usage = os.wait4(self.process.pid, 0)
        self.seconds = time.monotonic() - self.started
        self.process.returncode = os.waitstatus_to_exitcode(status)
        with self.output:
            self.output.seek(0)
            self.log = self.output.read().decode("utf-8", "replace")
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.peak_memory = usage.ru_maxrss * 1024
        if self.process.returncode not in self.statuses:
            sys.exit(f"bench: {' '.join(self.words)}: exit status {self.process.returncode}\n{self.log[-4000:]}")


def shell(command):
    """A finished shell command and all that it ran, which have to succeed."""
    return Run(["bash", "-o", "pipefail", "-c", f"{{ {command}; }} >/dev/null"])
