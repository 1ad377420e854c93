"""lint --fix and --diff: files that are written by hand, mended where they are."""
import gzip
import re
import shutil
import subprocess
import unittest

from _command_line import BINARY, SOURCE, CommandLine

WRITTEN = """-- towns of the country
SET statement_timeout = 0;

CREATE TABLE town (
  id serial PRIMARY KEY, -- the key
  n int,
  name text
);

select n / 2 from town;  -- half

CREATE INDEX CONCURRENTLY town_name ON town (name);
create table Ok (a int8 primary key,
                 b text);
"""

MENDED = """-- towns of the country
SET statement_timeout = 0;

CREATE SEQUENCE town_id_seq AS INT4;
CREATE TABLE town (
  id INT4 DEFAULT nextval('town_id_seq'::REGCLASS) NOT NULL PRIMARY KEY, -- the key
  n INT4,
  name text
);
ALTER SEQUENCE town_id_seq OWNED BY town.id;

select n // 2 from town;  -- half

CREATE INDEX CONCURRENTLY town_name ON town (name);
create table Ok (a int8 primary key,
                 b text);
"""

GOOSE = """-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION touch() RETURNS trigger LANGUAGE 'plpgsql' AS $$ BEGIN NEW.n = 1; RETURN NEW; END; $$;
-- +goose StatementEnd
CREATE TABLE basket (id int PRIMARY KEY);
-- +goose Down
DROP TABLE basket;
"""

HELD = """CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE t (id int PRIMARY KEY, c code);
CREATE FUNCTION f(code) RETURNS text LANGUAGE plperl AS $$ return 'a'; $$;
"""


class FixTest(CommandLine):
    def fix(self, *words):
        return self.run_tool("lint", "--no-config", *words)

    def text(self, name):
        return (self.folder / name).read_bytes().decode()

    def test_comments_and_layout_stay(self):
        self.write("a.sql", WRITTEN)
        run = self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.text("a.sql"), MENDED)
        self.assertIn("pg2crdb: 2 statements mended; 1 stay", run.err)
        again = self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(self.text("a.sql"), MENDED)
        self.assertIn("0 statements mended", again.err)

    def test_what_both_read_alike_stays_as_it_is_written(self):
        """Words for types, quotes, parentheses and the order of clauses; blanks, line ends, comments."""
        for before, after in [
            ('CREATE TABLE "session" (\n\tn  integer   not null , -- how many\n\tat timestamp with time zone\n\t\tdefault now()\n);\n',
             'CREATE TABLE "session" (\n\tn  INT4   not null , -- how many\n\tat timestamp with time zone\n\t\tdefault now()\n);\n'),
            ("CREATE SEQUENCE s\n  NO MAXVALUE\n  NO MINVALUE\n  CACHE 1;\n", None),
            ("select (7+1) / 2,\n  n != 3 from t;\n", "select (7+1) // 2,\n  n != 3 from t;\n"),
            ("SELECT a->'b' || c FROM t\n  ORDER BY x -- up\n;\n", "SELECT (a->'b') || c FROM t\n  ORDER BY x NULLS LAST -- up\n;\n"),
            ("CREATE INDEX i ON t (a)\n  WITH (fillfactor = 70) /* full */ ;\n", "CREATE INDEX i ON t (a) /* full */ ;\n"),
            ("SELECT a-(-b) AS x, cast((a+1) as integer) AS y\n FROM t;\n", "SELECT a-(-b) AS x, (a+1) ::INT4 AS y\n FROM t;\n"),
            ("SELECT 5-(-3), a#(-b), (7*2)/3;\n", "SELECT 5-(-3), a#(-b), 7*2//3;\n"),
            ("ALTER TABLE t ADD y serial -- c",
             "CREATE SEQUENCE t_y_seq AS INT4;\nALTER TABLE t ADD y INT4 DEFAULT nextval('t_y_seq'::REGCLASS) NOT NULL -- c\n;\n"
             "ALTER SEQUENCE t_y_seq OWNED BY t.y"),
            ("-- +goose Up\nCREATE TABLE b (\n   id int PRIMARY KEY -- key\n);\n-- +goose Down\nDROP TABLE b;\n",
             "-- +goose Up\nCREATE TABLE b (\n   id INT4 PRIMARY KEY -- key\n);\n-- +goose Down\nDROP TABLE b;\n"),
            # A comment within what goes: above, with the statement in our own layout.
            ("CREATE INDEX i ON t (a) WITH (fillfactor /* full */ = 70);\n", "/* full */\nCREATE INDEX i ON t (a);\n"),
        ]:
            with self.subTest(before):
                self.write("1_a.sql", before)
                self.fix("1_a.sql", "--fix", "--unsafe-fixes")
                self.assertEqual(self.text("1_a.sql"), after or before)

    def test_what_says_what_to_ignore_stays_with_its_statement(self):
        comment = '-- money of the town\n-- pg2crdb: ignore type-mapped reason="y"\n'
        self.write("a.sql", f"SELECT 1; -- one\n{comment}CREATE TABLE t (id bigserial PRIMARY KEY, m money);\n")
        run = self.fix("a.sql", "--fix", "--unsafe-fixes")
        mended = self.text("a.sql")
        self.assertIn(comment + "CREATE TABLE t", mended, run.err)
        self.assertLess(mended.index("SELECT 1; -- one"), mended.index("CREATE SEQUENCE"))
        self.assertLess(mended.index("CREATE SEQUENCE"), mended.index(comment))

    def test_a_script_that_would_do_something_else_is_left_alone(self):
        for first in ["CREATE TABLE a (id serial PRIMARY KEY, v text);", "SELECT 7 / 2;"]:
            with self.subTest(first):
                text = first + "\nCREATE TABLE c (n int PRIMARY KEY);\n"
                self.write("a.sql", text)
                run = self.fix("a.sql", "--fix")
                self.assertEqual(self.text("a.sql"), text)
                self.assertIn("0 statements mended; 1 would do something else than before, and 1 waits for it: --unsafe-fixes", run.err)
        self.write("a.sql", "CREATE TABLE c (n int PRIMARY KEY);\n")
        self.assertIn("1 statement mended\n", self.fix("a.sql", "--fix").err)
        self.assertIn("n INT4", self.text("a.sql"))

    def test_files_that_are_given_together_are_one_script(self):
        self.write("1.sql", "CREATE DOMAIN cents AS int CHECK (VALUE >= 0);\n")
        self.write("2.sql", "CREATE TABLE o (amount cents, n int);\n")
        self.fix("1.sql", "2.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(self.text("1.sql"), "CREATE DOMAIN cents AS int CHECK (VALUE >= 0);\n")
        self.assertIn("amount INT4", self.text("2.sql"))
        # By itself, its type is not known: an error that stays.
        self.write("2.sql", "CREATE TABLE o (amount cents, n int);\n")
        run = self.fix("2.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(run.returncode, 1)
        self.assertIn("amount cents", self.text("2.sql"))
        self.assert_usage_error(self.fix("1.sql", "./1.sql", "--fix"), "given twice")

    def test_what_is_merged_stays_where_it_is(self):
        text = "CREATE TABLE t (a int8 PRIMARY KEY, b int8 NOT NULL);\nALTER TABLE t DROP CONSTRAINT t_pkey;\n" \
               "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (b);\n"
        self.write("a.sql", text)
        self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertIn("ALTER TABLE t DROP CONSTRAINT t_pkey;\nALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (b);\n", self.text("a.sql"))

    def test_a_guard_goes_as_a_whole(self):
        self.write("a.sql", "DO $$ BEGIN IF to_regclass('t') IS NULL THEN CREATE TABLE t (n int); END IF; END $$;\nSELECT 1;\n")
        self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(self.text("a.sql"), "CREATE TABLE IF NOT EXISTS t (\n  n INT4\n);\nSELECT 1;\n")

    def test_rows_and_commands_are_nobodys(self):
        self.write("a.sql", "CREATE INDEX i ON t (a) WITH (fillfactor = 70);\n\\i other.sql\n")
        self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(self.text("a.sql"), "CREATE INDEX i ON t (a);\n\\i other.sql\n")

    def test_a_difference_is_what_patch_takes(self):
        for name, text in {"a.sql": WRITTEN, "b.sql": GOOSE, "c.sql": WRITTEN.rstrip("\n"), "d.sql": WRITTEN * 3}.items():
            with self.subTest(name):
                self.write(name, text)
                run = self.fix(name, "--diff", "--unsafe-fixes")
                self.assertEqual(self.text(name), text)
                shutil.copy(self.folder / name, self.folder / "fixed.sql")
                self.fix("fixed.sql", "--fix", "--unsafe-fixes")
                subprocess.run(["git", "apply", "-p1", "--unsafe-paths", f"--directory={self.folder}", "-"], input=run.out.encode(),
                               cwd=self.folder, check=True, capture_output=True)
                self.assertEqual(self.text(name), self.text("fixed.sql"))
                self.assertNotEqual(self.text(name), text)

    def test_marks_of_a_migration_tool_stay(self):
        self.write("1_basket.sql", GOOSE)
        self.fix("1_basket.sql", "--fix", "--unsafe-fixes")
        lines = self.text("1_basket.sql").splitlines()
        self.assertEqual([line for line in lines if line.startswith("-- +goose")],
                         [line for line in GOOSE.splitlines() if line.startswith("-- +goose")])
        self.assertEqual(lines[-1], "DROP TABLE basket;")
        self.assertIn("CREATE TABLE basket (id INT4 PRIMARY KEY);", self.text("1_basket.sql"))

    def test_carriage_returns_stay(self):
        body = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$\n  SELECT a;\n$$;\n"
        mended = "CREATE FUNCTION f(a INT4) RETURNS INT4 LANGUAGE sql AS $$\n  SELECT a;\n$$;\n"
        self.write("a.sql", (WRITTEN + body).replace("\n", "\r\n"))
        self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(self.text("a.sql"), (MENDED + mended).replace("\n", "\r\n"))

    def test_what_a_person_has_to_look_at_keeps_what_it_names(self):
        self.write("a.sql", HELD)
        run = self.fix("a.sql", "--fix", "--unsafe-fixes")
        self.assertEqual(run.returncode, 1)
        self.assertIn("CREATE DOMAIN code", self.text("a.sql"))
        self.assertIn("LANGUAGE plperl", self.text("a.sql"))

    def test_a_second_run_changes_nothing(self):
        for path in sorted((SOURCE / "examples").rglob("*.sql")) + sorted((SOURCE / "corpus").rglob("*.sql")):
            with self.subTest(str(path)):
                shutil.copy(path, self.folder / "a.sql")
                self.fix("a.sql", "--fix", "--unsafe-fixes")
                once = self.text("a.sql")
                self.fix("a.sql", "--fix", "--unsafe-fixes")
                self.assertEqual(self.text("a.sql"), once)

    def test_what_is_mended_compiles_to_what_it_was(self):
        def compiled(name):
            run = self.run_tool("compile", "--no-config", "--in-order", "-q", name, "-o", "-")
            return re.sub(r"^-- NOT TRANSLATED, from .*:\d+: .*$", "", run.out, flags=re.M)

        mended = 0
        for path in sorted((SOURCE / "examples").rglob("*.sql")) + sorted((SOURCE / "corpus").rglob("*.sql")):
            with self.subTest(str(path)):
                shutil.copy(path, self.folder / "a.sql")
                before = compiled("a.sql")
                run = self.fix("a.sql", "--fix", "--unsafe-fixes")
                if "no use for" in run.err:  # what stays is read again beside what it was not read with
                    continue
                self.assertEqual(compiled("a.sql"), before)
                mended += " statements mended" in run.err
        self.assertGreater(mended, 10)

    def test_what_cannot_be_mended(self):
        self.write("a.sql.gz", gzip.compress(WRITTEN.encode()))
        self.assert_usage_error(self.fix("a.sql.gz", "--fix"), "no file of plain text")
        self.assert_usage_error(self.run_tool("lint", "-", "--fix", stdin=WRITTEN.encode()), "no file of plain text")
        self.write("a.sql", WRITTEN)
        self.assert_usage_error(self.fix("a.sql", "--fix", "--diff"), "one of them")
        self.assert_usage_error(self.fix("a.sql", "--fix", "--changed-since", "main"), "whole scripts")
        self.assert_usage_error(self.fix("a.sql", "--unsafe-fixes"), "goes with --fix or --diff")
        self.assert_usage_error(self.fix("a.sql", "--fix", "--dialect", "cockroachdb"), "written for PostgreSQL")


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("fix_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
