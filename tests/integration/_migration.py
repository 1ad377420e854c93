"""A migration of the tests: from a dump or a server to a target of its own."""

import itertools
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest
import unittest.mock

from _target import BINARY, target

ROWS = {"public.regions": 26, "public.departments": 100, "public.towns": 36684}

NUMBERS = itertools.count(1)

VERIFIED = re.compile(r"finished row verification on (\S+) \(shard 1/1\): truth rows seen: (\d+), success: (\d+), missing: (\d+), "
                      r"mismatch: (\d+), extraneous: (\d+), live_retry: 0")


class Migration(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.state = self.folder / "state"
        self.node = target()
        self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
        self.url = self.node.create_database(self.database)
        self.addCleanup(self.assert_nothing_was_changed_in_silence)

    def assert_nothing_was_changed_in_silence(self):
        """By the stand-in, where it knows what a real node would take and cut."""
        changed = list(getattr(self.node, "taken_in_silence", []))
        if changed:
            self.node.taken_in_silence.clear()
        self.assertEqual(changed, [])

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def words(self, command, *words, url=None):
        words = [command, *map(str, words), "--target", url or self.url]
        if command in ("migrate", "load", "apply") and "--state-dir" not in words:
            words += ["--state-dir", str(self.state)]
        return [BINARY, *words]

    def checked(self, run):
        run.out, run.err = run.stdout.decode("utf-8", "replace"), run.stderr.decode("utf-8", "replace")
        self.assertNotIn("internal error", run.err)
        self.assertNotIn("Sanitizer", run.err)
        return run

    def run_tool(self, command, *words, url=None, environment=None, **more):
        return self.checked(subprocess.run(self.words(command, *words, url=url), capture_output=True, timeout=120, cwd=self.folder,
                                           env=os.environ | (environment or {}), **more))

    def run_resume(self, run, environment=None):
        """Runs the command that was printed, as a person would."""
        found = re.search(r"to go on: pg2crdb (migrate .* --resume)\n", run.err)
        self.assertTrue(found, run.err)
        return self.checked(subprocess.run([BINARY, *shlex.split(found.group(1))], capture_output=True, timeout=120, cwd=self.folder,
                                           env=os.environ | (environment or {})))

    def migrate(self, *words, status=0, **more):
        run = self.run_tool("migrate", *words, **more)
        if status is not None:
            self.assertEqual(run.returncode, status, run.out + run.err)
        if status == 0:
            self.assert_verified(run)
        return run

    def assert_verified(self, run):
        self.assertIn("\nverification complete\n", "\n" + run.out)
        for found in VERIFIED.finditer(run.out):
            self.assertEqual(found.group(2, 4, 5, 6), (found.group(3), "0", "0", "0"))

    def rows(self, sql, node=None):
        with (node or self.node).connect(self.database) as client:
            return client.rows(sql)

    def scalar(self, sql, node=None):
        return self.rows(sql, node)[0][0]

    def assert_frenchtowns(self, run, rows=None, node=None):
        rows = rows or ROWS
        self.assertEqual({found.group(1): int(found.group(3)) for found in VERIFIED.finditer(run.out)}, rows)
        for table, count in rows.items():
            self.assertEqual(self.scalar(f"SELECT count(*) FROM {table}", node), str(count))
        if rows == ROWS:
            validated = {row[1]: row[4] for table in ROWS for row in self.rows(f"SHOW CONSTRAINTS FROM {table}", node)
                         if row[2] == "FOREIGN KEY"}
            self.assertEqual(validated, {"departments_region_fkey": "t", "towns_department_fkey": "t"})

    def summary(self, run):
        return {table: int(rows.replace(",", "")) for table, rows in re.findall(r"(?m)^(public\.\S+) +([\d,]+) +0$", run.out)}

LARGE_ROWS = 40000


def large_dump():
    """Two tables, the second large enough that a load takes a while and needs several batches."""
    lines = ["CREATE TABLE public.small (id integer NOT NULL, note text);\n",
             "CREATE TABLE public.large (id bigint NOT NULL, small integer, body text);\n",
             "CREATE TABLE public.keyless (body text);\n",
             "COPY public.small (id, note) FROM stdin;\n", *(f"{i}\tnote {i}\n" for i in range(50)), "\\.\n",
             "COPY public.keyless (body) FROM stdin;\n", "twice\n" * 5000, "\\.\n",
             "COPY public.large (id, small, body) FROM stdin;\n",
             *(f"{i}\t{i % 50}\t{'x' * 400}{i}\n" for i in range(LARGE_ROWS)), "\\.\n",
             "ALTER TABLE ONLY public.small ADD CONSTRAINT small_pkey PRIMARY KEY (id);\n",
             "ALTER TABLE ONLY public.large ADD CONSTRAINT large_pkey PRIMARY KEY (id);\n",
             "CREATE INDEX large_small ON public.large USING btree (small);\n",
             "ALTER TABLE ONLY public.large ADD CONSTRAINT large_small_fkey FOREIGN KEY (small) REFERENCES public.small(id);\n"]
    return "".join(lines)

UNIQUE = ("CREATE TABLE public.t (id bigint PRIMARY KEY, name text);\nCOPY public.t (id, name) FROM stdin;\n"
          + "".join(f"{i}\tname {i}\n" for i in range(1, 1001)) + "{more}\\.\n")
