"""Rules of a person's own, as the documentation says to use them: --rules, pg2crdb.toml, rules new, test, list, explain."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("PG2CRDB_BINARY")
SOURCE = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
CORPUS = pathlib.Path(os.environ.get("PG2CRDB_CORPUS", SOURCE.parent / "shared/corpus"))

DUMP = """CREATE TABLE public.orders (id bigint NOT NULL, total double precision, note money);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
"""


def tutorial_rule():
    """The first example of docs/rule-language.md."""
    page = (SOURCE / "docs/rule-language.md").read_text()
    return re.search(r"\n```rule\n(.*?)\n```\n", page, re.DOTALL).group(1) + "\n"


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pg2crdb-rules-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_pg2crdb(self, *words, expected=0):
        done = subprocess.run([BINARY, *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)
        return done

    def test_the_tutorials_rule_changes_a_real_dump(self):
        rule = self.write("no-float-money.rule", tutorial_rule())
        self.assertIn("2 passed, 0 failed", self.run_pg2crdb("rules", "test", rule).stdout)
        if not CORPUS.is_dir():
            self.skipTest("the corpus is not there")
        changed = []
        for dump in sorted(CORPUS.rglob("*.sql")):
            if not re.search(rb"(?m)^    \w*(price|amount|total)\w* double precision(,| NOT NULL|$)", dump.read_bytes()):
                continue
            before = subprocess.run([BINARY, "compile", dump, "--no-config"], capture_output=True, text=True)
            after = subprocess.run([BINARY, "compile", dump, "--no-config", "--rules", rule], capture_output=True, text=True)
            self.assertIn("[no-float-money]", after.stderr)
            self.assertIn("looks like money and was a float", after.stderr)
            lines = [(a, b) for a, b in zip(before.stdout.splitlines(), after.stdout.splitlines()) if a != b]
            self.assertTrue(lines, dump)
            for a, b in lines:
                self.assertEqual(re.sub(r"\bFLOAT8\b", "DECIMAL", a), b)
            changed.append(dump.name)
        self.assertTrue(changed, "no dump of the corpus has such a column")

    def test_rules_are_found_through_the_configuration(self):
        self.write("db/rules/money.rule", "rule note-as-text warning in types 'x'\n  match column $t.note money;\n"
                   "  rewrite as text;\n  say '`$t.note` becomes text';\n")
        self.write("db/pg2crdb.toml", 'rules = ["rules"]\n[[decision]]\nrule = "note-as-text"\naction = "acknowledge"\n'
                   'reason = "they are notes"\n')
        dump = self.write("db/dump.sql", DUMP)
        self.run_pg2crdb("compile", dump, "--rules", "db/rules/money.rule")  # named twice, read once
        done = self.run_pg2crdb("compile", dump, "--annotate")
        self.assertIn("note TEXT", done.stdout)
        self.assertRegex(done.stdout, r"-- from .*\[.*note-as-text.*\]")
        self.assertIn("1 acknowledged", done.stderr)
        self.assertIn("note-as-text", self.run_pg2crdb("rules", "list", "--config", "db/pg2crdb.toml").stdout)
        explained = self.run_pg2crdb("rules", "explain", "note-as-text", "--config", "db/pg2crdb.toml").stdout
        self.assertIn("match column $t.note money;", explained)

    def test_a_rule_that_cannot_be_read_stops_the_run(self):
        rule = self.write("bad.rule", "rule a\n  match type mony(;\n  delete;\n")
        dump = self.write("dump.sql", DUMP)
        done = self.run_pg2crdb("compile", dump, "--rules", rule, expected=2)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"bad\.rule:2:\d+: this is not a type that PostgreSQL would parse")
        self.assertIn("^", done.stderr)
        self.assertIn("cannot be read", self.run_pg2crdb("lint", dump, "--rules", "missing.rule", expected=2).stderr)
        self.write("empty/readme", "")
        self.assertIn("holds no rules", self.run_pg2crdb("lint", dump, "--rules", "empty", expected=2).stderr)
        rule = self.write("place.rule", "rule a\n  run after map-tipes;\n  match type money;\n  rewrite as text;\n")
        self.assertIn("did you mean `map-types`?", self.run_pg2crdb("lint", dump, "--rules", rule, expected=2).stderr)
        rule = self.write("taken.rule", "rule type-mapped info\n  match type money;\n  say 'x';\n")
        self.assertIn("one of pg2crdb's own", self.run_pg2crdb("lint", dump, "--rules", rule, expected=2).stderr)

    def test_what_a_rule_writes_is_checked(self):
        rule = self.write("wrong.rule", "rule wrong\n  run last;\n  match statement CREATE TABLE $t ();\n"
                          "  add after rows verbatim 'ALTER TABLE $t SET LOCALITY NOWHERE';\n")
        dump = self.write("dump.sql", DUMP)
        done = self.run_pg2crdb("compile", dump, "--rules", rule, expected=1)
        self.assertIn("[not-cockroachdb]", done.stderr)
        self.assertNotRegex(done.stdout, r"(?m)^ALTER TABLE public.orders SET LOCALITY")

    def test_new_test_update(self):
        self.assertIn("money-names.rule is written", self.run_pg2crdb("rules", "new", "money-names").stdout)
        self.assertIn("2 passed, 0 failed", self.run_pg2crdb("rules", "test", "money-names.rule").stdout)
        self.assertIn("there already", self.run_pg2crdb("rules", "new", "money-names", expected=2).stderr)
        self.assertIn("cannot be a rule's name", self.run_pg2crdb("rules", "new", "../x", expected=2).stderr)
        path = self.folder / "money-names.rule"
        path.write_text(path.read_text().replace("rewrite as numeric;", "rewrite as numeric(19,2);"))
        failed = self.run_pg2crdb("rules", "test", path, expected=1).stdout
        self.assertIn("1 passed, 1 failed", failed)
        self.assertRegex(failed, r"money-names\.rule:\d+:3: error: the test of rule `money-names` fails")
        self.assertRegex(failed, r"(?m)^  - .*DECIMAL")
        self.run_pg2crdb("rules", "test", path, "--update")
        self.assertIn("2 passed, 0 failed", self.run_pg2crdb("rules", "test", path).stdout)
        self.assertNotRegex(self.run_pg2crdb("rules", "test").stdout, "[1-9][0-9]* failed")

    def test_explain_rule_says_why(self):
        rule = self.write("r.rule", tutorial_rule())
        dump = self.write("dump.sql", DUMP)
        done = self.run_pg2crdb("compile", dump, "--rules", rule, "--explain-rule", "no-float-money")
        self.assertIn("dump.sql:1:49: rule no-float-money: matches, $table is `public.orders`, $column is `total`", done.stderr)
        done = self.run_pg2crdb("compile", dump, "--explain-rule", "no-float", expected=2)
        self.assertIn("there is no rewrite rule `no-float`", done.stderr)


if __name__ == "__main__":
    unittest.main()
