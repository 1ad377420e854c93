"""What of a script is read: ways up of migrations, branches of psql, one database of several."""

import json
import unittest

from _command_line import BINARY, SOURCE, CommandLine
from _json_schema import Schema

GOOSE = {
    "1_towns.sql": "-- +goose Up\nCREATE TABLE towns (id bigint PRIMARY KEY);\n-- +goose Down\nDROP TABLE towns;\n",
    "2_name.sql": (
        "-- +goose Up\nALTER TABLE towns ADD COLUMN name text;\nCOPY towns (id, name) FROM stdin;\n1\tParis\n2\tLyon\n\\.\n"
        "-- +goose Down\nALTER TABLE towns DROP COLUMN name;\nDELETE FROM towns;\n"
    ),
    "10_index.sql": "-- +goose Up\nCREATE INDEX towns_name ON towns (name);\n",
}

CLUSTER = """CREATE ROLE app;
\\connect template1
SET client_encoding = 'UTF8';
CREATE DATABASE shop;
\\connect shop
CREATE TABLE public.a (id integer NOT NULL);
COPY public.a (id) FROM stdin;
1
\\.
CREATE DATABASE crm;
\\connect crm
CREATE TABLE public.b (id integer NOT NULL);
COPY public.b (id) FROM stdin;
2
3
\\.
"""


class ScriptTest(CommandLine):
    def write_all(self, folder, files):
        (self.folder / folder).mkdir(parents=True)
        for name, text in files.items():
            self.write(f"{folder}/{name}", text)


class MigrationsTest(ScriptTest):
    def test_a_folder_is_one_script_in_the_order_of_versions(self):
        self.write_all("db", GOOSE)
        run = self.run_tool("compile", "db", "--annotate", "--out-dir", "out")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("goose migrations: the up part of 3 files, 3 statements of down parts not read", run.err)
        before, after = ((self.folder / "out" / name).read_text() for name in ("20-pre-data.sql", "30-post-data.sql"))
        self.assertRegex(before, r"-- from db/1_towns\.sql:2.*\nCREATE TABLE towns")
        self.assertIn("name TEXT", before)
        self.assertIn("-- from db/10_index.sql:2\nCREATE INDEX towns_name", after)
        self.assertNotIn("DROP", before + after)
        plan = json.loads((self.folder / "out/load-plan.json").read_text())
        self.assertEqual([i["path"] for i in plan["inputs"]], ["db/1_towns.sql", "db/2_name.sql", "db/10_index.sql"])
        data = plan["tables"][0]["data"][0]
        self.assertEqual(GOOSE["2_name.sql"][data["begin"]:data["end"]], "1\tParis\n2\tLyon\n")
        self.assertEqual((data["input"], data["first_line"], data["rows"]), (1, 4, 2))
        report = json.loads((self.folder / "out/report.json").read_text())
        schema = json.loads((SOURCE / "docs/report.schema.json").read_text())
        self.assertEqual(Schema(schema).problems(report), [])
        self.assertEqual(report["summary"]["not_read"]["down_parts"], {"statements": 3, "rows": 0})
        self.assertEqual({s["span"]["file"] for s in report["statements"]}, {"db/1_towns.sql", "db/2_name.sql", "db/10_index.sql"})

    def test_the_files_of_a_history_one_by_one(self):
        self.write_all("db", GOOSE)
        folder = self.run_tool("compile", "db")
        files = self.run_tool("compile", "db/10_index.sql", "db/2_name.sql", "db/1_towns.sql", "--migrations", "goose")
        self.assertEqual(files.returncode, 0, files.err)
        self.assertEqual(folder.out.count("CREATE"), files.out.count("CREATE"))

    def test_rows_belong_to_the_session_that_they_stand_in(self):
        """A path of a transaction, and of a file, holds for rows before COMMIT, and for the last ones of the file."""
        schema = "CREATE TABLE public.a (i int);\nCREATE SCHEMA s;\nCREATE TABLE s.a (i int);\n"
        self.write_all("db", {"1.sql": schema + "BEGIN;\nSET LOCAL search_path = s;\nINSERT INTO a VALUES (1);\nCOMMIT;\n"
                                                "INSERT INTO a VALUES (2), (3);\nSET search_path = s;\nINSERT INTO a VALUES (4);\n",
                              "2.sql": "INSERT INTO a VALUES (5), (6);\n"})
        done = self.run_tool("compile", "db/1.sql", "db/2.sql", "--migrations", "none", "--no-config", "--out-dir", "out")
        self.assertIn(done.returncode, (0, 1), done.err)
        plan = json.loads((self.folder / "out/load-plan.json").read_text())
        rows = {table["schema"]: sum(block["rows"] for block in table["data"]) for table in plan["tables"]}
        self.assertEqual(rows, {"public": 4, "s": 2})

    def test_findings_name_the_file_of_the_history(self):
        self.write_all("db", GOOSE | {"3_broken.sql": "-- +goose Up\nSELECT 1;\nCREATE FUNKTION x;\n"})
        run = self.run_tool("lint", "db")
        self.assertEqual(run.returncode, 1)
        self.assertIn("db/3_broken.sql:3:8: error:", run.out)
        compiled = self.run_tool("compile", "db")
        self.assertEqual(compiled.returncode, 1)
        self.assertIn("db/3_broken.sql:3:8: error:", compiled.err)

    def test_inline_ignores_belong_to_their_file(self):
        self.write_all("db", {"1.sql": "CREATE TABLE a (id int);\n", "2.sql": '-- pg2crdb: ignore unparsed-statement reason="known"\nCREATE FUNKTION x;\n'})
        run = self.run_tool("compile", "db")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("1 acknowledged", run.err)

    def test_names_of_files_say_which_way_they_go(self):
        self.write_all("go", {
            "1_a.up.sql": "CREATE TABLE a (id int);\n", "1_a.down.sql": "DROP TABLE a;\n",
            "2_b.up.sql": "CREATE TABLE b (id int);\n", "seed.sql": "DROP TABLE b;\n"})
        run = self.run_tool("compile", "go")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("golang-migrate migrations: the up part of 2 files, 1 statement of down parts not read, 1 file", run.err)
        self.assertNotIn("DROP", run.out)
        self.assertIn("DROP", self.run_tool("compile", "go", "--migrations", "none").out)
        self.write_all("fly", {
            "R__view.sql": "CREATE VIEW v AS SELECT id FROM b;\n", "V1__a.sql": "CREATE TABLE a (id int);\n",
            "V1.1__b.sql": "CREATE TABLE b (id int);\n", "U1__a.sql": "DROP TABLE a;\n"})
        run = self.run_tool("compile", "fly")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("flyway migrations: the up part of 3 files, 1 statement of down parts not read", run.err)

    def test_sqitch_goes_by_its_plan(self):
        self.write_all("sq/deploy", {"b.sql": "CREATE TABLE b (id int);\n", "a.sql": "CREATE TABLE a (id int);\n", "old.sql": "SELEKT;\n"})
        self.write_all("sq/revert", {"a.sql": "DROP TABLE a;\n"})
        self.write("sq/sqitch.plan", "%project=x\n\nb 2024-01-01T00:00:00Z A <a@b>\na [b] 2024-01-01T00:00:00Z A <a@b>\n")
        for folder in ("sq", "sq/deploy"):
            with self.subTest(folder):
                run = self.run_tool("compile", folder)
                self.assertEqual(run.returncode, 0, run.err)
                self.assertIn("sqitch migrations: the up part of 2 files, 1 statement of down parts not read", run.err)
                self.assertLess(run.out.index("CREATE TABLE b"), run.out.index("CREATE TABLE a"))

    def test_a_folder_for_each_migration(self):
        self.write_all("prisma/20240102000000_two", {"migration.sql": "ALTER TABLE a ADD COLUMN n int;\n"})
        self.write_all("prisma/20240101000000_init", {"migration.sql": "CREATE TABLE a (id int);\n"})
        for number, name in enumerate(("2024-01-02-120000_two", "2024-01-01-120000_init")):
            up, down = ("CREATE TABLE a (id int);\n", "DROP TABLE a;\n") if number else ("ALTER TABLE a ADD COLUMN n int;\n", "ALTER TABLE a DROP COLUMN n;\n")
            self.write_all(f"diesel/{name}", {"up.sql": up, "down.sql": down})
        for folder in ("prisma", "diesel"):
            with self.subTest(folder):
                run = self.run_tool("compile", folder)
                self.assertEqual(run.returncode, 0, run.err)
                self.assertIn(f"{folder} migrations: the up part of 2 files", run.err)
                self.assertRegex(run.out, r"CREATE TABLE a \(\n  id INT4,\n  n INT4\n\);")
                run = self.run_tool("compile", "--in-order", folder, "--out-dir", f"{folder}-out")
                self.assertEqual(run.returncode, 0, run.err)
                self.assertEqual(len(list((self.folder / f"{folder}-out").glob("*/*.sql"))), 2)
        self.assertEqual(self.run_tool("compile", *sorted(self.folder.glob("diesel/*/*.sql"))).returncode, 0)

    def test_folders_below(self):
        self.write_all("fly", {"V1__a.sql": "CREATE TABLE a (id int);\n"})
        self.write_all("fly/more", {"V2__b.sql": "CREATE TABLE b (id int);\n"})
        run = self.run_tool("compile", "fly")
        self.assertIn("flyway migrations: the up part of 2 files", run.err)
        self.assertLess(run.out.index("CREATE TABLE a"), run.out.index("CREATE TABLE b"))
        self.write_all("goose", GOOSE)
        self.write_all("goose/old", {"0_a.sql": "CREATE TABLE old (id int);\n"})
        run = self.run_tool("compile", "goose")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("1 file that it does not run left out", run.err)
        self.write_all("plain", {"1.sql": "CREATE TABLE a (id int);\n"})
        self.write_all("plain/more", {"2.sql": "CREATE TABLE b (id int);\n"})
        self.write_all("only/more", {"2.sql": "CREATE TABLE b (id int);\n"})
        for command in (("compile",), ("compile", "--in-order"), ("lint",), ("lint", "--dialect", "cockroachdb")):
            with self.subTest(command):
                self.assert_usage_error(self.run_tool(*command, "plain"), "folders below hold more: plain/more/2.sql")
                self.assert_usage_error(self.run_tool(*command, "only"), "lie in folders below it: only/more/2.sql")

    def test_a_folder_of_two_tools(self):
        self.write_all("db", GOOSE | {"11_dbmate.sql": "-- migrate:up\nCREATE TABLE d (id int);\n-- migrate:down\nDROP TABLE d;\n"})
        for words in ((), ("--in-order",)):
            run = self.run_tool("compile", "db", *words)
            self.assertIn("CREATE TABLE d", run.out)
            self.assertNotIn("DROP", run.out)
            self.assertIn("goose and dbmate migrations: the up part of 4 files, 4 statements of down parts not read", run.err)

    def test_what_is_set_for_the_transaction_of_a_tool(self):
        files = {"1.sql": "-- +goose Up\nCREATE SCHEMA app;\nSET LOCAL search_path = app;\nCREATE TABLE a (id int);\n",
                 "2.sql": "-- +goose Up\nCREATE TABLE b (id int);\n"}
        self.write_all("db", files)
        for words in ((), ("--in-order",)):
            run = self.run_tool("compile", "db", *words)
            # CockroachDB ends the transaction before the CREATE TABLE, and the setting with it.
            self.assertEqual(run.returncode, 1 if words else 0, run.err)
            self.assertEqual("[local-setting]" in run.err, bool(words))
            self.assertIn("CREATE TABLE app.a", run.out)
            self.assertIn("CREATE TABLE b", run.out)
        self.write("db/1.sql", "-- +goose NO TRANSACTION\n" + files["1.sql"])
        self.assertIn("CREATE TABLE a", self.run_tool("compile", "db").out)

    def test_lint_and_compile_say_the_same(self):
        self.write_all("db", GOOSE | {"11_more.sql": "CREATE TABLE early (id int);\n-- +goose Up\nCREATE DOMAIN pos AS int CHECK (VALUE > 0);\n"
                                      "ALTER DOMAIN pos DROP CONSTRAINT pos_check;\n  -- +goose Down\nDROP DOMAIN pos;\n"})
        for words in ((), ("--in-order",), ("--migrations", "none"), ("--migrations", "dbmate", "--in-order")):
            with self.subTest(words):
                lint = self.run_tool("lint", "db", "--format", "json", *words)
                compiled = self.run_tool("compile", "db", "--report", "json=report.json", "-o", "out.sql", *words)
                self.assertEqual(lint.returncode, compiled.returncode)
                self.assertEqual(lint.returncode, 1)
                summaries = [[line for line in run.err.splitlines() if line.startswith("read ")] for run in (lint, compiled)]
                self.assertEqual(len(summaries[0]), 1)
                self.assertEqual(*summaries)
                findings = [json.loads(text)["findings"] for text in (lint.out, (self.folder / "report.json").read_text())]
                self.assertEqual(findings[0], findings[1])

    def test_ways_down_among_files_that_are_linted(self):
        self.write("1_a.up.sql", "CREATE TABLE a (id int);\n")
        self.write("1_a.down.sql", "DROP TABLE a;\n")
        run = self.run_tool("lint", "1_a.down.sql", "1_a.up.sql")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("1 statement of down parts not read", run.err)
        for command in ("lint", "compile"):
            self.assert_usage_error(self.run_tool(command, "1_a.down.sql"), "1_a.down.sql leads down", "--migrations none")

    def test_wrong_names_are_usage_errors(self):
        self.write("a.sql", "SELECT 1;\n")
        self.assert_usage_error(self.run_tool("compile", "a.sql", "--migrations", "gose"), "goose, dbmate, sql-migrate, golang-migrate, flyway, prisma, diesel, sqitch")

    def test_lint_of_migrations_that_were_written_for_cockroachdb(self):
        self.write_all("db", GOOSE | {"3_broken.sql": "-- +goose Up\nSELEKT 1;\n-- +goose Down\nSELEKT 2;\n"})
        run = self.run_tool("lint", "--dialect", "cockroachdb", "db")
        self.assertEqual(run.returncode, 1, run.err)
        self.assertEqual(run.out.count("[cockroachdb-syntax]"), 1)
        self.assertIn("db/3_broken.sql:2:1: error:", run.out)
        self.assertIn("4 statements of down parts not read", run.err)

    def test_the_configuration_of_a_folder(self):
        self.write_all("db", GOOSE | {"pg2crdb.toml": 'fail_on = "info"\ncrdb = "25.2"\n'})
        run = self.run_tool("compile", "db", "-v")
        self.assertIn("configuration db/pg2crdb.toml", run.err)


class PsqlTest(ScriptTest):
    def test_one_branch(self):
        self.write("a.sql", "\\if false\nCREATE TABLE no (a int);\n\\else\nCREATE TABLE yes (a int);\n\\endif\n")
        run = self.run_tool("compile", "a.sql")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("CREATE TABLE yes", run.out)
        self.assertNotIn("CREATE TABLE no", run.out)
        self.assertIn("1 statement in branches that psql does not take, not read", run.err)

    def test_a_condition_that_nobody_knows(self):
        self.write("a.sql", "SELECT 1 AS one \\gset\n\\if :one\nCREATE TABLE a (b int);\nCOPY a FROM stdin;\n1\n\\.\n\\endif\nCREATE TABLE c (d int);\n")
        run = self.run_tool("compile", "a.sql")
        self.assertEqual(run.returncode, 1)
        self.assertIn("[psql-condition-unknown]", run.err)
        self.assertIn("1 row behind statements that need a person, not read", run.err)
        live = [line for line in run.out.splitlines() if not line.startswith("--")]
        self.assertNotIn("CREATE TABLE a (", live)
        self.assertIn("CREATE TABLE c (", live)

    def test_gset_ends_a_statement(self):
        self.write("a.sql", "SELECT 1 AS a \\gset\nCREATE TABLE t (a int);\n")
        run = self.run_tool("compile", "a.sql")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("CREATE TABLE t", run.out)
        self.assertIn("a.sql:1:15: warning:", run.err)
        self.assertIn("[psql-result]", run.err)


class DatabasesTest(ScriptTest):
    def test_several_databases_and_none_chosen(self):
        self.write("all.sql", CLUSTER)
        for command in ("compile", "lint"):
            self.assert_usage_error(self.run_tool(command, "all.sql"), "`shop`, `crm`", "--database NAME")
        self.assert_usage_error(self.run_tool("compile", "all.sql", "--database", "none"), "`shop`, `crm`")

    def test_one_database(self):
        self.write("all.sql", CLUSTER)
        for name, table, rows, other in (("shop", "a", 1, "3 statements and 2 rows of `crm`"), ("crm", "b", 2, "3 statements and 1 row of `shop`")):
            with self.subTest(name):
                run = self.run_tool("compile", "all.sql", "--database", name, "--out-dir", name)
                self.assertEqual(run.returncode, 0, run.err)
                self.assertIn(f"database `{name}`; not read: ", run.err)
                self.assertIn(other, run.err)
                plan = json.loads((self.folder / name / "load-plan.json").read_text())
                self.assertEqual([(t["name"], sum(d["rows"] for d in t["data"])) for t in plan["tables"]], [(table, rows)])
                self.assertIn("CREATE ROLE IF NOT EXISTS app", (self.folder / name / "10-roles.sql").read_text())

    def test_statements_about_the_source_database_never_reach_the_target(self):
        self.write("c.sql", "DROP DATABASE IF EXISTS shop;\nCREATE DATABASE shop;\nALTER DATABASE shop OWNER TO postgres;\n"
                   "ALTER DATABASE shop SET work_mem TO '1MB';\n\\connect shop\nCOMMENT ON DATABASE shop IS 'x';\n"
                   "GRANT CONNECT ON DATABASE shop TO app;\nCREATE TABLE public.a (id int PRIMARY KEY);\n")
        run = self.run_tool("compile", "c.sql")
        live = [line for line in run.out.splitlines() if not line.startswith("--")]
        self.assertFalse([line for line in live if "DATABASE" in line], run.out)
        for line in (1, 2, 3, 4, 6, 7):
            self.assertRegex(run.err, rf"c\.sql:{line}:\d+: ")


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("script_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
