"""compile --in-order: a folder of migrations comes out as a folder of the same files, statement by statement."""

import json
import unittest
from pathlib import Path

from _command_line import BINARY, CommandLine

TOWNS = """CREATE TABLE towns (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO towns (name) VALUES ('Paris'), ('Lyon');
"""
RENAMED = """BEGIN;
ALTER TABLE towns RENAME TO cities;
INSERT INTO cities (name) SELECT name || ' (again)' FROM cities;
COMMIT;
"""


class InOrder(CommandLine):
    def setUp(self):
        super().setUp()
        for name, text in {"1_towns": TOWNS, "2_renamed": RENAMED}.items():
            (self.folder / name).mkdir()
            (self.folder / name / "migration.sql").write_text(text)
        self.inputs = [str(path) for path in sorted(self.folder.glob("*/migration.sql"))]
        self.out = self.folder / "out"

    def test_each_file_keeps_its_name_and_its_statements(self):
        done = self.run_tool("compile", "--in-order", *self.inputs, "--out-dir", str(self.out))
        self.assertEqual(done.returncode, 0, done.err)
        first = (self.out / "1_towns/migration.sql").read_text()
        second = (self.out / "2_renamed/migration.sql").read_text()
        begins = ["CREATE SEQUENCE towns_id_seq", "CREATE TABLE towns (", "ALTER SEQUENCE towns_id_seq OWNED BY",
                  "INSERT INTO towns (name) VALUES ('Paris'), ('Lyon');"]
        places = [first.index(begin) for begin in begins]
        self.assertEqual(places, sorted(places))
        self.assertEqual(second, "BEGIN;\n\nALTER TABLE towns RENAME TO cities;\n\n"
                                 "INSERT INTO cities (name) SELECT name || ' (again)' FROM cities;\n\nCOMMIT;\n")
        self.assertFalse((self.out / "load-plan.json").exists())
        report = json.loads((self.out / "report.json").read_text())
        self.assertEqual([one["path"] for one in report["inputs"]], self.inputs)
        self.assertEqual(report["data"], [])
        begun = {one["reason"] for one in report["statements"] if one["output_span"] is None}
        self.assertEqual(begun, {"its migration tool runs the file in a transaction"})
        files = {one["output_span"]["file"] for one in report["statements"] if one["output_span"]}
        self.assertEqual(files, {"1_towns/migration.sql", "2_renamed/migration.sql"})

    def test_files_keep_their_path_below_the_folder_that_is_named(self):
        (self.folder / "db/2024-01-01-000000_towns").mkdir(parents=True)
        self.write("db/2024-01-01-000000_towns/up.sql", TOWNS)
        self.write("db/2024-01-01-000000_towns/down.sql", "DROP TABLE towns;\n")
        names = lambda out: [path.relative_to(out).as_posix() for path in out.rglob("*.sql")]
        for input, expected in (("db", "2024-01-01-000000_towns/up.sql"), ("./db/", "2024-01-01-000000_towns/up.sql"),
                                ("db/2024-01-01-000000_towns", "up.sql"), ("db/2024-01-01-000000_towns/up.sql", "up.sql")):
            with self.subTest(input):
                out = self.folder / "out" / str(len(input))
                done = self.run_tool("compile", "--in-order", input, "--out-dir", str(out))
                self.assertEqual(done.returncode, 0, done.err)
                self.assertEqual(names(out), [expected])

    def test_an_earlier_compile_into_the_folder(self):
        plan = {"load-plan.json", "10-roles.sql", "20-pre-data.sql", "30-post-data.sql", "40-revalidate.sql"}
        reports = {"report.json", "report.html"}
        names = lambda: {path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if path.is_file()}
        files = {"1_towns/migration.sql", "2_renamed/migration.sql"}
        self.run_tool("compile", self.inputs[0], "--out-dir", str(self.out))
        (self.out / "notes.txt").write_text("mine")
        self.assertEqual(names(), plan | reports | {"notes.txt"})
        self.run_tool("compile", "--in-order", *self.inputs, "--out-dir", str(self.out))
        self.assertEqual(names(), files | reports | {"notes.txt"})
        (self.out / "2_renamed/migration.sql").write_text("-- mended by hand")
        done = self.run_tool("compile", self.inputs[0], "--out-dir", str(self.out))
        self.assert_usage_error(done, "2_renamed/migration.sql is of an earlier compile and has been changed since")
        self.assertEqual(names(), files | reports | {"notes.txt"})
        done = self.run_tool("compile", "--in-order", *self.inputs, "--out-dir", str(self.out))
        self.assert_usage_error(done, "2_renamed/migration.sql is of an earlier compile and has been changed since")
        self.assertEqual((self.out / "2_renamed/migration.sql").read_text(), "-- mended by hand")
        (self.out / "2_renamed/migration.sql").unlink()
        done = self.run_tool("compile", self.inputs[0], "--out-dir", str(self.out))
        self.assertEqual(done.returncode, 0, done.err)
        self.assertEqual(names(), plan | reports | {"notes.txt"})

    def test_no_input_is_overwritten(self):
        before = [Path(one).read_text() for one in self.inputs]
        for words in (["--in-order", *self.inputs, "--out-dir", str(Path(self.inputs[0]).parent.parent)],
                      [self.inputs[0], "-o", self.inputs[0]], [self.inputs[0], "--report", f"json={self.inputs[0]}"]):
            done = self.run_tool("compile", *words)
            self.assert_usage_error(done, "is an input and would be overwritten")
        self.assertEqual([Path(one).read_text() for one in self.inputs], before)

    def test_migrations_stay_those_of_their_tool(self):
        files = {"1_a.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (b bigint);\n",
                 "2_b.sql": "-- +goose Up\nCREATE TABLE b (c text DEFAULT ';');\n-- +goose Down\nDROP TABLE b;\n"}
        (self.folder / "goose").mkdir()
        for name, text in files.items():
            (self.folder / "goose" / name).write_text(text)
        done = self.run_tool("compile", "--in-order", str(self.folder / "goose"), "--out-dir", str(self.out))
        self.assertEqual(done.returncode, 0, done.err)
        self.assertIn("migration-way-down", done.err)
        self.assertEqual((self.out / "1_a.sql").read_text(),
                         "-- +goose NO TRANSACTION\n-- +goose Up\n\nCREATE TABLE a (\n  b INT8\n);\n")
        self.assertEqual((self.out / "2_b.sql").read_text(),
                         "-- +goose Up\n\n-- +goose StatementBegin\nCREATE TABLE b (\n  c TEXT DEFAULT ';'\n);\n"
                         "-- +goose StatementEnd\n\n-- +goose Down\n"
                         "-- NOT TRANSLATED: the way down. Write here what takes back the way up.\n")
        again = self.run_tool("compile", "--in-order", str(self.out / "1_a.sql"), str(self.out / "2_b.sql"),
                              "--out-dir", str(self.folder / "again"))
        self.assertEqual(again.returncode, 0, again.err)
        for name in files:
            self.assertEqual((self.folder / "again" / name).read_text(), (self.out / name).read_text())

    def test_a_way_down_of_its_own_file_is_named(self):
        (self.folder / "1_a.up.sql").write_text("CREATE TABLE a (b bigint);\nCREATE INDEX ON a (b);\n")
        (self.folder / "1_a.down.sql").write_text("DROP TABLE a;\n")
        done = self.run_tool("compile", "--in-order", str(self.folder / "1_a.up.sql"),
                             str(self.folder / "1_a.down.sql"), "--out-dir", str(self.out))
        self.assertEqual(done.returncode, 0, done.err)
        self.assertIn("1_a.down.sql:1:1: info: the way down", done.err)
        self.assertIn("transaction-not-atomic", done.err)
        self.assertFalse((self.out / "1_a.down.sql").exists())

    def test_the_search_path_ends_with_its_file(self):
        one = self.folder / "1.sql"
        two = self.folder / "2.sql"
        one.write_text("CREATE SCHEMA app;\nSET search_path = app;\nCREATE TABLE t (a bigint);\n")
        two.write_text("CREATE TABLE t (a bigint);\n")
        done = self.run_tool("compile", "--in-order", str(one), str(two), "--out-dir", str(self.out))
        self.assertEqual(done.returncode, 0, done.err)
        self.assertIn("CREATE TABLE app.t (", (self.out / "1.sql").read_text())
        self.assertIn("CREATE TABLE t (", (self.out / "2.sql").read_text())

    def test_a_session_ends_in_one_file_of_output_too(self):
        for name, text in (("1.sql", "SET timezone = 'Asia/Tokyo';\nCREATE TABLE t (a timestamptz);\n"),
                           ("2.sql", "INSERT INTO t VALUES ('2020-01-01 00:00');\n"), ("3.sql", "SELECT 1;\n")):
            (self.folder / name).write_text(text)
        done = self.run_tool("compile", "--in-order", *(str(self.folder / f"{n}.sql") for n in (1, 2, 3)))
        self.assertEqual(done.returncode, 0, done.err)
        before, behind = done.out.split("RESET ALL;\n")
        self.assertIn("SET timezone = 'Asia/Tokyo';", before)
        self.assertIn("INSERT INTO t", behind)

    def test_one_input_goes_to_standard_output(self):
        done = self.run_tool("compile", "--in-order", "-", stdin=b"INSERT INTO t VALUES (1);\nDROP TABLE u;\n")
        self.assertEqual(done.returncode, 0, done.err)
        self.assertEqual(done.out, "INSERT INTO t VALUES (1);\n\nDROP TABLE u;\n")

    def test_a_folder_of_golang_migrate_leaves_the_ways_down(self):
        folder = self.folder / "migrations"
        folder.mkdir()
        (folder / "1_towns.up.sql").write_text(TOWNS)
        (folder / "1_towns.down.sql").write_text("DROP TABLE towns;\n")
        done = self.run_tool("compile", "--in-order", str(folder), "--out-dir", str(self.out))
        self.assertEqual(done.returncode, 0, done.err)
        self.assertEqual(sorted(path.name for path in self.out.glob("*.sql")), ["1_towns.up.sql"])

    def test_what_does_not_go_with_it(self):
        done = self.run_tool("compile", "--in-order", self.inputs[0], "--sequences", "uuid")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--sequences uuid", done.err)
        done = self.run_tool("compile", "--in-order", "--ast", "-", stdin=b"{}")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--ast", done.err)

    def test_rows_of_copy_need_a_person(self):
        done = self.run_tool("compile", "--in-order", "-", stdin=b"COPY t (a) FROM stdin;\n1\n\\.\nDROP TABLE u;\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("[copy-in-order]", done.err)
        self.assertTrue(done.out.startswith("-- NOT TRANSLATED"))
        self.assertTrue(done.out.endswith("\nDROP TABLE u;\n"))


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("in_order_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
