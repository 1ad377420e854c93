"""The tree as JSON: what other programs read, and what comes back through `compile --ast`."""

import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from _json_schema import Schema

BINARY = os.environ.get("PG2CRDB_BINARY")
SOURCE = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
CORPUS = pathlib.Path(os.environ.get("PG2CRDB_CORPUS", SOURCE.parent / "shared/corpus"))


def members(pairs):
    """An object of JSON. One that has a member twice loses the first: most readers keep the last, ours does not."""
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"twice in one object: {twice}")
    return dict(pairs)


SCHEMA = Schema(json.loads((SOURCE / "docs/ast.schema.json").read_text(), object_pairs_hook=members))

DUMP = b"""--
-- PostgreSQL database dump
--
CREATE ROLE owner;
CREATE TABLE public.towns (
    id integer NOT NULL,
    name text DEFAULT 'x'::text,
    CONSTRAINT named CHECK ((length(name) > 3))
);
ALTER TABLE public.towns OWNER TO owner;
-- pg2crdb: ignore no-such-rule reason="none"
CREATE TABLE public.towns_backup (id integer);
COPY public.towns (id, name) FROM stdin;
1\tParis
2\tLyon
\\.
CREATE VIEW public.big AS SELECT t.id FROM public.towns t WHERE t.id BETWEEN 1 AND 5 OR t.name IN ('a', 'b');
CREATE TABLE public.broken (id bigint,,);
INSERT INTO public.towns VALUES (3, 'Nice');
COMMENT ON TABLE public.towns IS 'caf\xe9';
ALTER TABLE ONLY public.towns ADD CONSTRAINT towns_pkey PRIMARY KEY (id);
"""

# Statements that change rows inside of others.
CHANGES = b"""CREATE TABLE public.towns (id integer, name text);
WITH made AS (INSERT INTO public.towns (id) SELECT 7 RETURNING id) INSERT INTO public.towns (id) SELECT id + 1 FROM made;
WITH gone AS (DELETE FROM public.towns WHERE id = 3 RETURNING *) UPDATE public.towns SET name = 'x' FROM gone;
WITH set AS (UPDATE public.towns SET id = id / 2 RETURNING id) DELETE FROM public.towns USING set;
"""


class AstTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "dump.sql").write_bytes(DUMP)

    def run_tool(self, *words, stdin=None):
        done = subprocess.run([BINARY, *map(str, words)], input=stdin, capture_output=True, timeout=300, cwd=self.folder)
        done.err = done.stderr.decode("utf-8", "replace")
        self.assertNotIn("internal error", done.err)
        self.assertNotIn("Sanitizer", done.err)
        return done

    def ast(self, path="dump.sql"):
        return self.run_tool("ast", path, "--format", "json", "--no-config").stdout

    def compile_changed(self, change, *words):
        """What comes of the dump after `change(document)`; the report's statements and counts with it."""
        document = json.loads(self.ast())
        change(document)
        self.assertEqual(SCHEMA.problems(document), [])
        done = self.run_tool("compile", "--ast", "-", "--report", "json=report.json", *words, stdin=json.dumps(document).encode())
        self.assertIn(done.returncode, (0, 1), done.err)
        report = json.loads((self.folder / "report.json").read_text())
        counts = report["summary"]["statements"]
        self.assertEqual(counts["read"], sum(count for name, count in counts.items() if name != "read"))
        self.assertEqual(counts["read"], len(report["statements"]) + 1)  # and an INSERT, which is only counted
        done.sql = done.stdout.decode("utf-8", "replace")
        return done, report["statements"], counts

    def assert_same(self, dump):
        """Byte for byte, with and without the detour: DDL, findings, reports, load plan."""
        text = self.ast(dump)
        ways = []
        for words, stdin in (([dump], None), (["--ast", "-"], text)):
            # By its name a file may be a migration, which the tree does not know.
            marks = ["--migrations", "none"] if stdin is None else []
            # A tree has no rows that could be looked at.
            done = self.run_tool("compile", *words, *marks, "--annotate", "--no-config", "--no-scan-data", "--out-dir", "out", stdin=stdin)
            self.assertIn(done.returncode, (0, 1), done.err)
            ways.append((done.returncode, done.stdout, done.stderr,
                         {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}))
            shutil.rmtree(self.folder / "out")
        self.assertEqual(*ways)
        return text

    def test_nothing_is_lost_on_the_way(self):
        text = self.assert_same("dump.sql")
        document = json.loads(text)
        self.assertEqual(SCHEMA.problems(document), [])
        self.assertEqual(document["statements"][1]["line"], 5)
        self.assertEqual(document["input"]["bytes"], len(DUMP))
        (self.folder / "ast.json").write_bytes(text)
        (self.folder / "ast.json.gz").write_bytes(gzip.compress(text))
        outputs = {self.run_tool("compile", *words).stdout for words in
                   (["dump.sql"], ["--ast", "ast.json"], ["--ast", "ast.json.gz"])}
        self.assertEqual(len(outputs), 1)

    def test_changes_of_rows_inside_of_others(self):
        (self.folder / "changes.sql").write_bytes(CHANGES)
        document = json.loads(self.assert_same("changes.sql"), object_pairs_hook=members)
        self.assertEqual(SCHEMA.problems(document), [])
        inside = [statement["node"]["with"][0]["change"]["node"] for statement in document["statements"][1:]]
        self.assertEqual(inside, ["Insert", "Delete", "Update"])

    def test_an_empty_dump(self):
        (self.folder / "empty.sql").write_bytes(b"")
        self.assert_same("empty.sql")

    def test_deep_expressions(self):
        for depth in (100, 250, 550, 700):
            with self.subTest(depth):
                sql = "CREATE TABLE t (a integer, CHECK (" + "abs(" * depth + "a" + ")" * depth + " > 1));\n"
                (self.folder / "deep.sql").write_text(sql)
                self.assert_same("deep.sql")
                select = "SELECT 1"
                for _ in range(depth // 3):
                    select = f"SELECT * FROM ({select}) AS s"
                (self.folder / "deep.sql").write_text(f"CREATE VIEW v AS {select};\n")
                self.assert_same("deep.sql")

    @unittest.skipUnless(CORPUS.is_dir(), "no corpus: set PG2CRDB_CORPUS")
    def test_the_corpus_takes_the_detour_unharmed(self):
        for path in sorted(CORPUS.rglob("*.sql")):
            with self.subTest(path.name):
                text = self.assert_same(path)
                # Each node is checked as often as it is there, so a few megabytes are enough of one project.
                if len(text) < 2_000_000:
                    self.assertEqual(SCHEMA.problems(json.loads(text))[:5], [])

    def test_a_changed_statement_counts_as_rewritten(self):
        def rename(document):
            document["statements"][2]["node"]["commands"][0]["role"]["name"] = "somebody"

        done, statements, _ = self.compile_changed(rename)
        self.assertIn("OWNER TO somebody", done.sql)
        self.assertEqual((statements[2]["fate"], statements[2]["passes"][0]), ("rewritten", "outside"))
        self.assertNotIn("outside", statements[1]["passes"])

    def test_a_dropped_statement_is_accounted_for(self):
        def drop(document):
            document["statements"][3] |= {"fate": "dropped", "reason": "a backup", "passes": ["no-backups"]}

        done, statements, counts = self.compile_changed(drop)
        self.assertNotIn("towns_backup", done.sql)
        self.assertEqual((statements[3]["fate"], statements[3]["reason"], statements[3]["passes"]),
                         ("dropped", "a backup", ["no-backups"]))

    def test_a_removed_statement_is_refused(self):
        document = json.loads(self.ast())
        del document["statements"][3]
        done = self.run_tool("compile", "--ast", "-", stdin=json.dumps(document).encode())
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertIn("<stdin>: the text has no statement with the id 3", done.err)
        self.assertIn('"fate": "dropped"', done.err)

    def test_an_added_statement(self):
        def add(document):
            document["statements"].append({
                "fate": "added", "origin": 1, "phase": "post-data", "passes": ["mine"],
                "node": {"node": "CreateIndex", "table": {"node": "Name", "schema": "public", "name": "towns"},
                         "elements": [{"node": "IndexElement", "column": "name"}]}})

        done, _, counts = self.compile_changed(add, "--annotate")
        self.assertRegex(done.sql, r"-- from dump.sql:5 \[mine[^\]]*\]\nCREATE INDEX towns_name_idx ON public.towns \(name\);")

    def test_what_is_wrong_is_named_with_its_place(self):
        def with_change(change):
            document = json.loads(self.ast())
            change(document)
            done = self.run_tool("compile", "--ast", "-", stdin=json.dumps(document).encode())
            self.assertEqual((done.returncode, done.stdout), (2, b""), done.err)
            self.assertNotEqual(SCHEMA.problems(document), [])
            return done.err

        def wrong_type(document):
            document["statements"][1]["node"]["columns"][0]["type"] = "int4"

        def wrong_rule(document):
            document["findings"][0]["rule"] = "my-rule"

        self.assertIn("<stdin>: statements[1].node.columns[0].type is no node `TypeName`", with_change(wrong_type))
        self.assertIn("statements[1].node.colums is an unknown member",
                      with_change(lambda document: document["statements"][1]["node"].update(colums=[])))
        document = json.loads(self.ast())
        wrong_rule(document)
        done = self.run_tool("compile", "--ast", "-", stdin=json.dumps(document).encode())
        self.assertEqual(done.returncode, 2)
        self.assertIn("findings[0].rule: `my-rule` is no rule of the parser", done.err)

    def test_usage(self):
        for words, text in ((["--ast", "missing.json"], "missing.json"), (["--ast", "dump.sql"], "dump.sql: the text is no JSON"),
                            (["dump.sql", "--ast", "-"], "not both"), ([], "needs INPUT, or --ast FILE")):
            done = self.run_tool("compile", *words)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(text, done.err)

    def test_the_pass_of_the_page_runs(self):
        page = (SOURCE / "docs/ast.md").read_text()
        (self.folder / "no_backups.py").write_text(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1])
        changed = subprocess.run([sys.executable, "no_backups.py"], input=self.ast(), capture_output=True, cwd=self.folder, check=True)
        self.assertEqual(SCHEMA.problems(json.loads(changed.stdout)), [])
        done = self.run_tool("compile", "--ast", "-", "--report", "json=report.json", stdin=changed.stdout)
        self.assertNotIn(b"towns_backup", done.stdout)
        self.assertIn(b"length(name) > 3", done.stdout)
        dropped = [s for s in json.loads((self.folder / "report.json").read_text())["statements"] if "no-backups" in s["passes"]]
        self.assertEqual([(s["object"], s["fate"]) for s in dropped], [("public.towns_backup", "dropped")])


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("ast_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
