"""The linter in a repository's CI: corpus/bookshop as its pull requests would find it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import textwrap
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

    def test_the_hooks_of_pre_commit(self):
        entries = re.findall(r"^- id: (\S+)$(?:.*?)^  entry: (.*?)$", (SOURCE / ".pre-commit-hooks.yaml").read_text(), re.M | re.S)
        self.assertEqual([name for name, _ in entries], ["pg2crdb-lint", "pg2crdb-fix"])
        (self.repository / "one.sql").write_text("CREATE TABLE one (id int PRIMARY KEY, n int DEFAULT 7 / 2);\n")
        for name, entry in entries:
            run = self.run_in(*entry.split(), "one.sql")
            self.assertEqual(run.returncode, 0, (name, run.stderr))
        self.assertIn("1 would do something else than before", run.stderr)

    def test_the_action(self):
        """Its step, run as GitHub runs it: with the inputs in the environment."""
        action = (SOURCE / "action.yml").read_text()
        script = textwrap.dedent(action[action.index("run: |\n") + len("run: |\n"):])
        defaults = dict(re.findall(r"^  ([a-z-]+):\n    description: .*\n    default: (.*)$", action, re.M))
        names = dict(re.findall(r"^        ([A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$", action, re.M))
        self.assertEqual(set(names.values()), {*defaults, "paths"})

        def step(**inputs):
            values = {name: inputs.get(of.replace("-", "_"), defaults.get(of, "").strip('"')) for name, of in names.items()}
            path = f"{pathlib.Path(BINARY).resolve().parent}:{os.environ['PATH']}"
            return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=self.repository, env={**os.environ, **values, "PATH": path},
                                  capture_output=True, text=True, timeout=120)

        known = {"paths": "db/migrations", "baseline": "known-migrations.jsonl", "options": "--in-order", "fail_on": "warning"}
        run = step(**known)
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
        self.assertEqual(json.loads((self.repository / "pg2crdb.sarif").read_text())["version"], "2.1.0")
        (self.repository / MIGRATION).write_text(GIFTS.format("hash"))
        run = step(**known)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertRegex(run.stdout, rf"^::warning file={MIGRATION},line=5,")
        self.assertEqual(step(paths="db/structure.sql").returncode, 0)

    def test_what_the_schema_has_counts_too(self):
        structure = self.repository / "db/structure.sql"
        structure.write_text(structure.read_text().replace("    isbn character varying(13),\n", "    isbn character varying(13),\n    paper money,\n"))
        self.assert_fails(r"^db/structure.sql:\d+:\d+: warning: .*\[type-mapped\]$")


if __name__ == "__main__":
    unittest.main()
