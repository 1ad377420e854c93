"""What a cluster is asked, and what its answers are good for."""

import pathlib
import re
import subprocess
import tempfile
import tomllib
import unittest

from _command_line import SOURCE
from _target import BINARY, require, stop, target

DUMP = b"CREATE EXTENSION citext;\nCREATE TABLE public.t (id bigint PRIMARY KEY, name public.citext);\n"


class Probe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.node = target()
        cls.before = cls.databases()
        cls.asked = cls.run_tool("probe", "--target", cls.node.url(), "-o", "answers.toml", "--verbose")

    @classmethod
    def run_tool(cls, *words):
        run = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120, cwd=cls.folder)
        assert "internal error" not in run.stderr, run.stderr
        return run

    @classmethod
    def databases(cls):
        with cls.node.connect() as client:
            return sorted(client.rows("SELECT datname FROM pg_database"))

    def answers(self):
        return tomllib.loads((self.folder / "answers.toml").read_text())

    def test_nothing_is_left_on_the_cluster(self):
        self.assertEqual(self.asked.returncode, 0, self.asked.stderr)
        self.assertEqual(self.databases(), self.before)

    def test_most_rows_are_answered_and_the_rest_has_a_reason(self):
        found = re.match(r"CockroachDB (\S+): of (\d+) capabilities (\d+) were answered, (\d+) as the table has it, (\d+) otherwise\n",
                         self.asked.stdout)
        self.assertTrue(found, self.asked.stdout)
        rows, answered, right, wrong = map(int, found.groups()[1:])
        self.assertGreater(answered, rows * 2 // 3)
        self.assertEqual(answered, right + wrong)
        self.assertEqual(answered, len(self.answers()["capabilities"]))
        self.assertEqual(self.answers()["crdb"], found[1])
        self.assertEqual(self.answers()["rows"], answered)
        self.assertEqual(rows > answered, "\nNot answered: the table's word counts\n" in self.asked.stdout)

    def test_what_a_node_refused_is_answered_so(self):
        rows = self.answers()["capabilities"]
        for name in ("create-domain", "create-rule", "inherits", "exclude-constraints", "comment-on-view", "sequence-cycle"):
            self.assertFalse(rows[name], name)
        for name in ("procedures", "row-level-security", "triggers", "identity-add-to-existing"):
            self.assertTrue(rows[name], name)

    def test_what_an_interrupted_probe_left_is_dropped(self):
        old, young, other = "pg2crdb_probe_65000000_0000abcd", "pg2crdb_probe_fffffff0_0000abcd", "pg2crdb_probe_of_somebody"
        with self.node.connect() as client:
            for name in (old, young, other):
                client.query(f"CREATE DATABASE {name}")
            try:
                run = self.run_tool("probe", "--target", self.node.url(), "-o", "again.toml")
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertIn(f"the database {old}, which a probe that was interrupted left, is dropped", run.stderr)
                self.assertIn(f"DROP DATABASE {young} CASCADE", run.stderr)
                self.assertNotIn(other, run.stderr)
                self.assertEqual(self.databases(), sorted([*self.before, [young], [other]]))
            finally:
                for name in (young, other):
                    client.query(f"DROP DATABASE {name}")

    def test_answers_that_contradict_the_release_are_no_mistake_of_ours(self):
        known = re.findall(r"^\| `([a-z0-9-]+)` \|", (SOURCE / "docs/capabilities.md").read_text(), re.M)
        (self.folder / "lie.toml").write_text('crdb = "26.1"\n[capabilities]\n' + "".join(f"{name} = true\n" for name in known))
        run = self.run_tool("compile", SOURCE / "corpus/everything/dump-15.sql", "--capabilities", "lie.toml", "--no-config", "--all")
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertNotIn("[internal-error]", run.stderr)
        self.assertIn("[capabilities-contradicted]", run.stderr)
        self.assertRegex(run.stderr, r"note: of \d+ capabilities it says the contrary: [a-z-]+, ")

    def compiled(self, capabilities, *words):
        (self.folder / "some.toml").write_text(f'crdb = "26.1"\n[capabilities]\n{capabilities}\n')
        (self.folder / "dump.sql").write_bytes(DUMP)
        return self.run_tool("compile", "dump.sql", "--capabilities", "some.toml", "--no-config", *words)

    def test_a_compile_believes_the_answers(self):
        self.assertIn("name CITEXT", self.compiled("citext = true").stdout)
        without = self.compiled("citext = false")
        self.assertNotIn("CITEXT", without.stdout)
        self.assertIn("for CockroachDB 26.1, the answers of a cluster", without.stderr)

    def test_mistakes_are_told(self):
        for capabilities, words, said in ((" citex = true", (), "some.toml:3:2: there is no capability `citex`: did you mean `citext`?"),
                                          ("citext = true\n[other]", (), "some.toml:4:2: `other` is none of crdb, rows, [capabilities]"),
                                          ("citext = 1", (), "`citext` has to be true or false"),
                                          ("citext = true", ("--crdb", "25.2"), "ran CockroachDB 26.1, not 25.2")):
            run = self.compiled(capabilities, *words)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn(said, run.stderr)
        self.assertEqual(self.run_tool("compile", "dump.sql", "--capabilities", "none.toml").returncode, 2)

    def test_a_file_that_is_cut_off_is_refused(self):
        (self.folder / "dump.sql").write_bytes(DUMP)
        text = (self.folder / "answers.toml").read_text()
        (self.folder / "cut.toml").write_text(text[:text.rindex("\n", 0, -1) + 1])
        run = self.run_tool("compile", "dump.sql", "--capabilities", "cut.toml", "--no-config")
        self.assertEqual(run.returncode, 2, run.stderr)
        rows = self.answers()["rows"]
        self.assertIn(f"the file says that it has {rows} capabilities, and it has {rows - 1}", run.stderr)

    def test_the_release_is_the_clusters_own(self):
        other = "25.2" if self.answers()["crdb"].startswith("26.") else "26.1"
        run = self.run_tool("probe", "--target", self.node.url(), "-o", "named.toml", "--crdb", other)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("whatever --crdb says", run.stderr)
        self.assertEqual(tomllib.loads((self.folder / "named.toml").read_text())["crdb"], self.answers()["crdb"])


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
