"""The program, run in a folder of its own."""

import os
import pathlib
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("PG2CRDB_BINARY")
SOURCE = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_tool(self, *words, stdin=None, environment=None, **more):
        given = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | (environment or {})
        run = subprocess.run([BINARY, *map(str, words)], input=stdin, capture_output=True, timeout=120, env=given,
                             cwd=self.folder, **more)
        run.out = run.stdout.decode("utf-8", "replace")
        run.err = run.stderr.decode("utf-8", "replace")
        self.assertNotIn("internal error", run.err)
        self.assertNotIn("Sanitizer", run.err)
        return run

    def assert_usage_error(self, run, *texts):
        self.assertEqual(run.returncode, 2, run.err)
        self.assertEqual(run.out, "")
        self.assertTrue(run.err.startswith("pg2crdb: error: "), run.err)
        for text in texts:
            self.assertIn(text, run.err)
