"""What pg2crdb cannot stand behind costs one statement and never the file, and never runs; `lint` says what `compile` says."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("PG2CRDB_BINARY")
SOURCE = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
SHARED = SOURCE.parent / "shared"
CORPUS = pathlib.Path(os.environ.get("PG2CRDB_CORPUS", SHARED / "corpus"))
CASES = SHARED / "cases"

# The reason, PostgreSQL's message, has the text in it from the quotes to the end.
CUT_OFF = """CREATE TABLE public.till (id integer NOT NULL, cash numeric(10,2));
CREATE FUNCTION public.close_tills() RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.till_archive SELECT * FROM public.till;
  DELETE FROM public.till;%s  DROP TABLE IF EXISTS public.till_tmp;
"""

# PostgreSQL parses names as modifiers of a type and refuses them later; the middle one and the last are healthy.
MODIFIED_BY_NAMES = """CREATE TABLE public.t (a integer, b numeric(x, 2));
CREATE TABLE public.between (a integer);
CREATE TABLE public.u (a integer, b bit(f));
CREATE TABLE public.last (a integer);
"""

WORD_FOR_WORD = """EXPLAIN (COSTS off) SELECT 1;
CALL fix_perms(schema_name => 'a');
CREATE TABLE public.t (a integer);
"""

# The first statement is none of PostgreSQL's; the table's default and its foreign key hang on it.
SET_ASIDE = """CREATE TABLE public.film (id integer, n integer GENERATED ALWAYS AS (1) SOMEHOW);
CREATE FUNCTION public.films() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM public.film $$;
CREATE TABLE public.stock (n bigint DEFAULT public.films(), film integer REFERENCES public.film (id));
"""

# Texts that only a run knows, put together in each way that is followed, and a loop over what is not there.
BUILT_TEXTS = """CREATE FUNCTION public.stamp(tbl regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('CREATE TRIGGER stamp BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION f(%2$L)', tbl, 'x'); END $$;
CREATE FUNCTION public.sweep(part text, n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM -- the part'; name text; queue text := NULL;
BEGIN
  name := 'app.q_' || part;
  q := q || E'\n ' || quote_ident(name) || ' WHERE n = ' || n;
  EXECUTE q;
  FOR queue IN SELECT part LOOP EXECUTE 'ALTER TABLE ' || queue || ' RENAME TO x'; END LOOP;
  EXECUTE lower(part);
END $$;
CREATE FUNCTION public.drain() RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN FOR r IN SELECT * FROM queue.read('a') LOOP RAISE NOTICE '%', r.id; END LOOP; END $$;
"""

# What a variable has where EXECUTE stands: assigned in branches and loops, hidden by another, filled by what is called.
ASSIGNED_TEXTS = """CREATE PROCEDURE public.fills(INOUT q text) LANGUAGE plpgsql AS $$ BEGIN q := 'SELECT 1'; END $$;
CREATE FUNCTION public.chosen(k boolean, t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM '; BEGIN
IF k THEN q := q || 'a'; ELSE q := q || 'b'; END IF; EXECUTE q || t; END $$;
CREATE FUNCTION public.branches(k boolean, t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text; BEGIN
IF k THEN q := 'DELETE FROM a' || t; EXECUTE q;
ELSE q := 'DELETE FROM b' || t; EXECUTE q; END IF; END $$;
CREATE FUNCTION public.hidden(t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM a' || t; BEGIN
DECLARE q text := 'UPDATE b' || t; BEGIN EXECUTE q; END;
DECLARE q text; BEGIN q := 'SELECT 3'; END; END $$;
CREATE FUNCTION public.turns(t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM ' || t; p text; BEGIN
FOR i IN 1..3 LOOP EXECUTE q; p := 'INSERT INTO ' || t; EXECUTE p; q := 'UPDATE ' || t; END LOOP; END $$;
CREATE FUNCTION public.handled(t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM ' || t; BEGIN q := 'UPDATE ' || t; PERFORM 1 / 0; q := 'x';
EXCEPTION WHEN OTHERS THEN EXECUTE q; END $$;
CREATE FUNCTION public.called(t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM ' || t; BEGIN CALL public.fills(q); EXECUTE q; END $$;
CREATE FUNCTION public.quoted(t text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q text := 'DELETE FROM a WHERE b = ' || quote_literal('it''s') || t; BEGIN EXECUTE q; END $$;
"""

NAMED_TWICE = """CREATE TABLE public.note (id integer PRIMARY KEY, info text);
CREATE FUNCTION public.clears(id integer) RETURNS void LANGUAGE plpgsql AS $$
%s
BEGIN UPDATE public.note SET info = NULL WHERE note.id = id; END $$;
"""


class HoldBackTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_tool(self, *words):
        done = subprocess.run([BINARY, *map(str, words), "--no-config"], capture_output=True, timeout=300, cwd=self.folder)
        done.out, done.err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        self.assertNotIn("internal error", done.err)
        self.assertNotIn("Sanitizer", done.err)
        return done

    def compile(self, sql, *words):
        (self.folder / "dump.sql").write_bytes(sql.encode())
        done = self.run_tool("compile", "dump.sql", *words)
        done.live = [line for line in done.out.splitlines() if line and not line.startswith("--")]
        return done

    def assert_lint_agrees(self, path):
        """The findings, what became of each statement, the counts and the status, over the same input."""
        compiled = self.run_tool("compile", path, "-o", os.devnull, "--format", "json")
        linted = self.run_tool("lint", path, "--format", "json")
        self.assertEqual(linted.returncode, compiled.returncode, path)
        if compiled.returncode == 2:  # several databases, and nobody chose one
            self.assertIn("more than one database", compiled.err)
            self.assertEqual(linted.err, compiled.err)
            return 2
        reports = [json.loads(text) for text in (compiled.err[:compiled.err.rindex("\n}\n") + 3], linted.out)]
        for report in reports:
            for statement in report["statements"]:
                statement["output_span"] = None
        self.assertEqual(*reports, path)
        return compiled.returncode

    def test_pieces_that_are_set_aside_are_no_statements_that_were_read(self):
        done = self.compile(SET_ASIDE, "--format", "json", "-o", "out.sql")
        self.assertEqual(done.returncode, 1, done.err)
        report = json.loads(done.err[:done.err.rindex("\n}\n") + 3])
        self.assertEqual(report["summary"]["statements"],
                         {"read": 3, "kept": 0, "rewritten": 1, "merged": 0, "moved": 0, "dropped": 0, "needs_person": 2})
        self.assertEqual([(one["id"], one["fate"]) for one in report["statements"]],
                         [(0, "needs_person"), (1, "needs_person"), (2, "rewritten")])
        written = (self.folder / "out.sql").read_text()
        self.assertEqual([line for line in written.splitlines() if line and not line.startswith("--")],
                         ["CREATE TABLE public.stock (", "  n INT8,", "  film INT4", ");"])
        for piece in ("SET DEFAULT public.films()", "REFERENCES public.film (id)", "VALIDATE CONSTRAINT stock_film_fkey"):
            self.assertEqual(written.count(piece), 1, piece)

    def test_what_execute_runs_is_shown_with_what_is_not_known_in_braces(self):
        done = self.compile(BUILT_TEXTS, "--format", "json", "-o", "out.sql")
        report = json.loads(done.err[:done.err.rindex("\n}\n") + 3])
        advice = {one["object"]: one["advice"] for one in report["findings"] if one["rule"] == "function-body"}
        stamp, sweep, drain = (advice[f"public.{name}"] for name in ("stamp", "sweep", "drain"))
        self.assertIn("EXECUTE in body line 2 runs `CREATE TRIGGER stamp BEFORE UPDATE ON {tbl} FOR EACH ROW", stamp)
        self.assertIn("write out CREATE TRIGGER for each table", stamp)
        self.assertIn("EXECUTE in body line 7 runs `DELETE FROM app.q_{part} WHERE n = {n}`, of which only a run knows", sweep)
        self.assertIn("EXECUTE in body line 8 runs `ALTER TABLE {queue} RENAME TO x`", sweep)
        self.assertIn("run it in the application or in a migration", sweep)
        self.assertTrue(sweep.endswith(" There is 1 more."), sweep)
        self.assertIn("What `queue.read` gives in body line 2 is not known", drain)

    def test_a_name_that_is_a_variable_and_a_column_is_told_by_what_postgresql_does(self):
        for option, told in ((None, "raises an error"), ("error", "raises an error"), ("use_variable", "takes the variable"),
                             ("use_column", None)):
            with self.subTest(option):
                done = self.compile(NAMED_TWICE % (f"#variable_conflict {option}" if option else ""), "--format", "json", "-o", "out.sql")
                report = json.loads(done.err[:done.err.rindex("\n}\n") + 3])
                advice = " ".join(one["advice"] or "" for one in report["findings"] if one["rule"] == "function-body")
                for each in ("raises an error", "takes the variable"):
                    self.assertEqual(f"PostgreSQL {each}" in advice, each == told, advice)
                self.assertEqual(done.returncode, 1 if told else 0, done.err)

    def test_what_execute_runs_is_shown_as_far_as_it_is_always_the_same(self):
        done = self.compile(ASSIGNED_TEXTS, "--format", "json", "-o", "out.sql")
        report = json.loads(done.err[:done.err.rindex("\n}\n") + 3])
        shown = {one["object"].removeprefix("public."): re.findall(r"body line (\d+) runs `(.*?)`", one["advice"] or "")
                 for one in report["findings"] if one["rule"] == "function-body"}
        shown.pop("fills", None)
        self.assertEqual(shown, {
            "chosen": [("3", "{q}{t}")],
            "branches": [("3", "DELETE FROM a{t}"), ("4", "DELETE FROM b{t}")],
            "hidden": [("3", "UPDATE b{t}")],
            "turns": [("3", "{q}"), ("3", "INSERT INTO {t}")],
            "handled": [("3", "{q}")],
            "called": [("2", "{q}")],
            "quoted": [("2", "DELETE FROM a WHERE b = 'it''s'{t}")],
        })

    def test_a_reason_of_several_lines_stays_a_comment(self):
        for line_end in ("\n", "\r\n", "\r"):
            with self.subTest(repr(line_end)):
                done = self.compile(CUT_OFF % line_end)
                self.assertEqual(done.returncode, 1, done.err)
                self.assertEqual(done.live, ["CREATE TABLE public.till (", "  id INT4 NOT NULL,", "  cash DECIMAL(10, 2)", ");"])
                self.assertIn("-- NOT TRANSLATED", done.out)
                self.assertEqual(done.stdout.count(b"\r"), 0)  # psql ends a comment there
                self.assertGreaterEqual(done.out.count("DELETE FROM"), 1)

    def test_a_file_name_of_several_lines_stays_a_comment(self):
        name = "dump\rDELETE FROM t;\n.sql"
        (self.folder / name).write_text(CUT_OFF % "\n")
        done = self.run_tool("compile", name, "--annotate")
        self.assertEqual(done.returncode, 1)
        for line in done.out.replace("\r", "\n").splitlines():
            if "DELETE" in line:
                self.assertTrue(line.startswith("-- "), line)

    def test_what_the_target_would_not_parse_costs_itself_only(self):
        done = self.compile(MODIFIED_BY_NAMES, "--out-dir", "out")
        self.assertEqual(done.returncode, 1, done.err)
        self.assertEqual(done.err.count("[internal-error]"), 2)
        self.assertIn("dump.sql:1:1: error: what pg2crdb makes of this is no SQL of CockroachDB", done.err)
        self.assertIn('note: it would be: CREATE TABLE public.t', done.err)
        self.assertIn("Please report it", done.err)
        plan = json.loads((self.folder / "out/load-plan.json").read_text())
        self.assertEqual([one["object"] for one in plan["statements"]], ["public.between", "public.last"])
        report = json.loads((self.folder / "out/report.json").read_text())
        self.assertEqual([one["fate"] for one in report["statements"]],
                         ["needs_person", "rewritten", "needs_person", "rewritten"])
        pre_data = (self.folder / "out/20-pre-data.sql").read_bytes()
        for statement in report["statements"]:
            span = statement["output_span"]
            text = pre_data[span["start"]["byte"]:span["end"]["byte"]].decode()
            self.assertTrue(text.startswith("--" if statement["fate"] == "needs_person" else "CREATE TABLE"), text)
            self.assertEqual(span["start"]["line"], pre_data[:span["start"]["byte"]].count(b"\n") + 1)

    def test_a_person_may_decide_on_it(self):
        ignored = "".join(f'-- pg2crdb: ignore {rule} reason="by hand"\n' for rule in ("internal-error", "unknown-type"))
        done = self.compile(ignored + MODIFIED_BY_NAMES.splitlines()[0] + "\n")
        self.assertEqual(done.returncode, 0, done.err)
        self.assertEqual(done.live, [])

    def test_lint_finds_what_is_only_seen_in_the_output(self):
        for sql in (MODIFIED_BY_NAMES, WORD_FOR_WORD, CUT_OFF % "\n"):
            (self.folder / "dump.sql").write_text(sql)
            self.assertEqual(self.assert_lint_agrees("dump.sql"), 1)

    @unittest.skipUnless(CORPUS.is_dir(), "no corpus: set PG2CRDB_CORPUS")
    def test_lint_agrees_with_compile_about_real_files(self):
        paths = sorted([*CORPUS.rglob("*.sql"), *CASES.glob("*.sql")])
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            statuses = list(pool.map(self.assert_lint_agrees, paths))
        self.assertLessEqual(set(statuses), {0, 1, 2})


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("hold_back_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
