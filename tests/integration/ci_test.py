"""The linter in a repository's CI: corpus/bookshop as its pull requests would find it."""

import os
import pathlib
import shutil
import subprocess
import unittest

from _command_line import BINARY, SOURCE, CommandLine

GIFTS = """CREATE TABLE gifts (
    id uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
    code character varying NOT NULL
);
CREATE INDEX index_gifts_on_code ON gifts USING {} (code);
"""
MIGRATION = "db/migrations/20260309090000_create_gifts.sql"


class Repository(CommandLine):
    def setUp(self):
        super().setUp()
        self.repository = self.folder / "bookshop"
        shutil.copytree(SOURCE / "corpus/bookshop", self.repository)

    def run_in(self, *words):
        path = f"{pathlib.Path(BINARY).resolve().parent}:{os.environ['PATH']}"
        return subprocess.run(words, cwd=self.repository, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=120)

    def assert_passes(self):
        run = self.run_in("ci/lint")
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)

    def assert_fails(self, *findings):
        """With these findings and no others."""
        run = self.run_in("ci/lint", "--format", "gcc")
        self.assertEqual(run.returncode, 1, run.stderr)
        lines = run.stdout.splitlines()
        self.assertEqual(len(lines), len(findings), run.stdout)
        for line, finding in zip(lines, findings):
            self.assertRegex(line, finding)

    def test_it_passes_as_it_is(self):
        self.assertEqual(len(list((self.repository / "db/migrations").glob("*.sql"))), 20)
        self.assert_passes()

    def test_a_finding_is_mended(self):
        (self.repository / MIGRATION).write_text(GIFTS.format("hash"))
        self.assert_fails(rf"^{MIGRATION}:5:1: warning: .*\[index-method\]$")
        run = self.run_in("pg2crdb", "lint", MIGRATION, "--fix", "--unsafe-fixes")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("hash", (self.repository / MIGRATION).read_text())
        self.assert_passes()

    def test_a_finding_is_decided_on(self):
        (self.repository / MIGRATION).write_text(GIFTS.format("btree") + "ALTER TABLE gifts ADD COLUMN amount money;\n")
        self.assert_fails(rf"^{MIGRATION}:6:\d+: warning: .*\[type-mapped\]$")
        run = self.run_in("pg2crdb", "decide", "db/migrations", "--in-order", "--rule", "type-mapped", "--object", "gifts.amount", "--reason", "dollars alone")
        self.assertEqual(run.returncode, 0, run.stderr)
        run = self.run_in("pg2crdb", "lint", "db/migrations", "--in-order", "--baseline", "known-migrations.jsonl", "--fail-on", "warning")
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_a_finding_is_acknowledged_where_it_stands(self):
        (self.repository / MIGRATION).write_text(GIFTS.format("btree") + '-- pg2crdb: ignore type-mapped reason="dollars alone"\n'
                                                 "ALTER TABLE gifts ADD COLUMN amount money;\n")
        run = self.run_in("ci/lint")
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_what_the_schema_has_counts_too(self):
        structure = self.repository / "db/structure.sql"
        structure.write_text(structure.read_text().replace("    isbn character varying(13),\n", "    isbn character varying(13),\n    paper money,\n"))
        self.assert_fails(r"^db/structure.sql:\d+:\d+: warning: .*\[type-mapped\]$")


if __name__ == "__main__":
    unittest.main()
