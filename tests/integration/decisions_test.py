#!/usr/bin/env python3
"""Decisions that change statements: what goes out, what the ledger says of what does not, and what is refused."""

import json
import tomllib
import unittest

from _command_line import CommandLine

DUMP = """CREATE TABLE public.a (id bigint PRIMARY KEY, what nosuchtype);
ALTER TABLE public.a OWNER TO bob;
CREATE TABLE public.b (id bigint PRIMARY KEY);
CREATE FUNCTION public.native() RETURNS integer LANGUAGE c AS 'x', 'y';
COPY public.b (id) FROM stdin;
1
2
\\.
INSERT INTO public.c VALUES (1);
CREATE TABLE public.c (id bigint PRIMARY KEY);
CREATE VIEW public.v AS SELECT id FROM public.b;
"""


def decision(**keys):
    return "[[decision]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in {"reason": "because", **keys}.items())


class DecisionsTest(CommandLine):
    def report(self, *decisions, dump=DUMP):
        self.write("dump.sql", dump)
        self.write("pg2crdb.toml", "\n".join(decisions))
        run = self.run_tool("lint", "dump.sql", "--format", "json")
        self.assertIn(run.returncode, (0, 1), run.err)
        return json.loads(run.out)

    def compiled(self):
        run = self.run_tool("compile", "dump.sql")
        return run.out

    def compiled_with(self, dump):
        self.write("dump.sql", dump)
        return self.run_tool("compile", "dump.sql")

    @staticmethod
    def fates(report):
        return {(one["kind"], one["object"]): (one["fate"], one["reason"]) for one in report["statements"]}

    @staticmethod
    def open(report):
        return sorted((one["rule"], one["object"]) for one in report["findings"] if "acknowledged" not in one)

    def assert_ledger(self, report):
        counts = dict(report["summary"]["statements"])
        self.assertEqual(counts.pop("read"), sum(counts.values()))

    def test_a_deleted_statement_is_counted_with_its_reason(self):
        report = self.report(decision(action="delete", rule="function-language"))
        self.assert_ledger(report)
        self.assertEqual(self.fates(report)["CREATE FUNCTION", "public.native"], ("dropped", "deleted in pg2crdb.toml:1:1: because"))
        self.assertNotIn("function-language", [rule for rule, _ in self.open(report)])
        self.assertNotIn("native", self.compiled())

    def test_rows_go_with_their_table_and_are_said(self):
        report = self.report(decision(action="delete", statement="CREATE TABLE public.b (id bigint PRIMARY KEY)"))
        self.assert_ledger(report)
        self.assertEqual([one["left_out"] for one in report["data"] if one["table"] == "public.b"], ["deleted in pg2crdb.toml:1:1: because"])
        self.assertEqual(self.fates(report)["COPY", "public.b"][0], "dropped")
        self.assertIn("3 rows not loaded", self.run_tool("compile", "dump.sql").err)
        # What needs it is not passed on in silence, and can be deleted, too.
        self.assertEqual(self.fates(report)["CREATE VIEW", "public.v"][0], "needs_person")
        self.assertIn(("object-not-translated", "public.v"), self.open(report))
        self.assertEqual([one["notes"] for one in report["findings"] if one["object"] == "public.v"], [["`public.b` is deleted in pg2crdb.toml:1:1: because"]])
        report = self.report(decision(action="delete", statement="CREATE TABLE public.b (id bigint PRIMARY KEY)"), decision(action="delete", rule="object-not-translated"))
        self.assertEqual(self.fates(report)["CREATE VIEW", "public.v"][0], "dropped")
        self.assertFalse({"object-not-translated", "unused-decision"} & {rule for rule, _ in self.open(report)})

    def test_what_waits_names_the_decision_that_it_comes_from(self):
        dump = ("CREATE TABLE public.b (id bigint PRIMARY KEY);\nCREATE VIEW public.v AS SELECT id FROM public.b;\n"
                "CREATE VIEW public.w AS SELECT id FROM public.v;\n")

        def notes(rule, **keys):
            report = self.report(decision(object="public.b", **keys), dump=dump)
            return {one["object"]: one["notes"] for one in report["findings"] if one["rule"] == rule}

        deleted = ["`public.b` is deleted in pg2crdb.toml:1:1: because"]
        self.assertEqual(notes("object-not-translated", action="delete"), {"public.v": deleted, "public.w": deleted})
        replaced = ["`public.b` is replaced in pg2crdb.toml:1:1: because"]
        self.assertEqual(notes("object-elsewhere", action="replace", sql="CREATE TABLE public.c (id bigint PRIMARY KEY)"), {"public.b": replaced})

    def test_what_needs_a_deleted_schema_role_or_identity_is_held_back(self):
        dump = """CREATE SCHEMA app;
CREATE TABLE app.t (id int8 PRIMARY KEY);
CREATE VIEW public.v AS SELECT id FROM app.t;
CREATE VIEW public.w AS SELECT id FROM public.v;
CREATE TABLE public.other (id int8 PRIMARY KEY);
COPY app.t FROM stdin;
1
\\.
"""
        report = self.report(decision(action="delete", statement="CREATE SCHEMA app"), dump=dump)
        self.assert_ledger(report)
        self.assertEqual([self.fates(report)[key][0] for key in (("CREATE TABLE", "app.t"), ("CREATE VIEW", "public.v"), ("CREATE VIEW", "public.w"), ("CREATE TABLE", "public.other"))],
                         ["needs_person"] * 3 + ["kept"])
        self.assertEqual([one for one in self.open(report) if one[0] == "object-not-translated"],
                         [("object-not-translated", name) for name in ("app.t", "app.t", "public.v", "public.w")])
        self.assertEqual(self.run_tool("compile", "dump.sql").returncode, 1)
        report = self.report(decision(action="delete", statement="CREATE SCHEMA app"), decision(action="delete", rule="object-not-translated"), dump=dump)
        self.assert_ledger(report)
        self.assertEqual(self.open(report), [])
        report = self.report(decision(action="delete", statement="CREATE SCHEMA public"), dump="CREATE SCHEMA public;\nCREATE TABLE public.t (id int8 PRIMARY KEY);\n")
        self.assertEqual([one["fate"] for one in report["statements"]], ["dropped", "kept"])
        report = self.report(decision(action="delete", statement="CREATE ROLE bob"),
                             dump="CREATE ROLE bob;\nCREATE TABLE public.t (id int8 PRIMARY KEY);\nALTER TABLE public.t OWNER TO bob;\n"
                                  "GRANT SELECT ON TABLE public.t TO bob;\nGRANT bob TO carl;\n")
        self.assert_ledger(report)
        self.assertEqual([one["fate"] for one in report["statements"]][:5], ["dropped", "kept"] + ["needs_person"] * 3)
        self.assertNotIn("CREATE ROLE IF NOT EXISTS bob", self.compiled())
        identity = "ALTER TABLE public.t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.t_id_seq START WITH 1)"
        report = self.report(decision(action="delete", statement=identity),
                             dump=f"CREATE TABLE public.t (id int8 NOT NULL);\n{identity};\nSELECT pg_catalog.setval('public.t_id_seq', 10, true);\n")
        self.assertEqual([one["fate"] for one in report["statements"]], ["kept", "dropped", "needs_person"])

    def test_a_copy_is_deleted_with_its_rows(self):
        report = self.report(decision(action="delete", statement="COPY public.b (id) FROM stdin"))
        self.assert_ledger(report)
        self.assertEqual([one["left_out"] != "" for one in report["data"] if one["table"] == "public.b"], [True])
        self.assertEqual(self.fates(report)["CREATE TABLE", "public.b"][0], "kept")

    def test_a_replaced_statement_is_compiled_as_if_the_dump_had_it(self):
        report = self.report(decision(action="replace", statement="CREATE TABLE public.a (id bigint PRIMARY KEY, what nosuchtype)",
                                      sql="CREATE TABLE public.a (\n  id serial PRIMARY KEY,\n  what money\n)"))
        self.assert_ledger(report)
        self.assertNotIn("unknown-type", [rule for rule, _ in self.open(report)])
        self.assertIn(("type-mapped", "public.a.what"), self.open(report))
        table = report["statements"][0]
        self.assertEqual((table["span"]["file"], table["span"]["start"]["line"], table["passes"][0]), ("dump.sql", 1, "pg2crdb.toml"))
        self.assertIn("what DECIMAL(19, 2)", self.compiled())

    def test_rows_behind_a_replaced_statement_are_loaded(self):
        """It once stood in a file of its own, and rows of tables behind it were taken for rows of tables that come later."""
        report = self.report(decision(action="replace", find="nosuchtype", sql="text"))
        self.assertEqual({one["table"]: (one["rows"], one["left_out"]) for one in report["data"]}["public.b"], (2, ""))

    def test_what_depends_on_a_replaced_statement_finds_its_objects(self):
        self.report(decision(action="replace", find="bigint", sql="int8", object="public.b"), decision(action="delete", rule="function-language"),
                    decision(action="replace", find="nosuchtype", sql="text"), dump=DUMP.replace("INSERT INTO public.c VALUES (1);\n", ""))
        run = self.run_tool("compile", "dump.sql", "--out-dir", "out")
        self.assertEqual(run.returncode, 0, run.err)
        plan = json.loads((self.folder / "out/load-plan.json").read_text())
        self.assertIn("CREATE VIEW public.v AS\n  SELECT id\n  FROM public.b", [one["sql"] for one in plan["statements"]])
        self.assertEqual([(one["file"], one["line"]) for one in plan["statements"] if one["object"] == "public.b"], [("dump.sql", 3)])
        self.assertEqual([table["name"] for table in plan["tables"] if table["data"]], ["b"])

    def test_what_is_held_back_is_the_new_text(self):
        self.report(decision(action="replace", find="'y'", sql="'z'"),
                    dump="CREATE FUNCTION public.f() RETURNS integer LANGUAGE c AS 'x', 'y';\n")
        out = self.compiled()
        self.assertNotIn("'y'", out)
        self.assertIn("'z'", out)

    def test_what_needs_what_was_deleted_can_be_deleted_by_its_rule(self):
        dump = "".join(f"CREATE VIEW public.v{i} AS SELECT id FROM public.{f'v{i - 1}' if i else 'b'};\n" for i in range(4))
        report = self.report(decision(action="delete", rule="object-not-translated"), decision(action="delete", statement="CREATE TABLE public.b (id int8)"),
                             dump="CREATE TABLE public.b (id int8);\n" + dump)
        self.assert_ledger(report)
        self.assertEqual(report["summary"]["statements"]["dropped"], 5)
        self.assertEqual(self.open(report), [])

    def test_decisions_see_what_those_before_them_made(self):
        report = self.report(decision(action="replace", find="nosuchtype", sql="money"), decision(action="replace", find="what money", sql="what text"))
        self.assertEqual([one for one in self.open(report) if one[0] in ("unused-decision", "type-mapped", "unknown-type")], [])
        self.assertIn("what TEXT", self.compiled())

    def test_a_text_that_the_dump_has_no_more_is_not_decided_on(self):
        decided = decision(action="delete", statement="CREATE TABLE public.b (id bigint PRIMARY KEY)")
        report = self.report(decided, dump=DUMP.replace("public.b (id bigint PRIMARY KEY)", "public.b (id bigint PRIMARY KEY, more text)"))
        self.assertIn("unused-decision", [rule for rule, _ in self.open(report)])
        self.assertEqual(self.fates(report)["CREATE TABLE", "public.b"][0], "rewritten" if "rewritten" in str(self.fates(report)["CREATE TABLE", "public.b"]) else "kept")

    def test_white_space_around_and_line_ends_are_no_other_text(self):
        decided = decision(action="delete", statement="CREATE TABLE public.b\n(id bigint PRIMARY KEY)")
        report = self.report(decided, dump="CREATE TABLE public.b\r\n(id bigint PRIMARY KEY) ;\r\n")
        self.assertEqual(self.fates(report)["CREATE TABLE", "public.b"][0], "dropped")

    def test_what_is_kept_goes_out_word_for_word(self):
        dump = "CREATE TABLE public.a (id integer PRIMARY KEY);\n"
        report = self.report(decision(action="keep", statement=dump.strip(" ;\n")), dump=dump)
        self.assertIn("CREATE TABLE public.a (id integer PRIMARY KEY);", self.compiled())
        self.assertEqual(self.open(report), [])

    def test_what_would_lose_or_mean_something_else_is_not_kept(self):
        for text, dump, why in (
                ("CREATE UNLOGGED TABLE public.t (id int8 NOT NULL)", "{};\nALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);", "line 2 is merged into it"),
                ("CREATE TABLE public.t (id int8 NOT NULL)", "{};\nALTER TABLE public.t ADD COLUMN b text DEFAULT 'x';", "line 2 is merged into it"),
                ("CREATE TABLE public.t (id serial PRIMARY KEY)", "{};", "`CREATE SEQUENCE` is made of a part of it"),
                ("DROP TABLE public.t", "CREATE TABLE public.t (id int8);\n{};\nCREATE TABLE public.t (id int8 PRIMARY KEY, b int8);", "another reason"),
                ("CREATE VIEW public.v AS SELECT 1 AS a", "{};\nDROP VIEW public.v;", "dropped again in line 2"),
                ("CREATE TABLE public.t (id int8 PRIMARY KEY, a int8)", "BEGIN;\n{};\nROLLBACK;\nCREATE TABLE public.t (id int8 PRIMARY KEY);", "rolled back"),
                ("CREATE TABLE t (id int8 PRIMARY KEY, a char(3))", "CREATE SCHEMA app;\nSET search_path = app;\n{};", "`t` without a schema"),
                ("CREATE FUNCTION f() RETURNS int8 LANGUAGE c AS 'x', 'y'", "CREATE SCHEMA app;\nSET search_path = app;\n{};", "`f` without a schema"),
                ("CREATE INDEX i ON public.t USING hash (a)", "CREATE TABLE public.t (id int8 PRIMARY KEY, a int8);\n{};\nALTER TABLE public.t RENAME TO u;", "another name since line 3"),
                ("CREATE TABLE public.t (id int8 PRIMARY KEY, a public.d)", "CREATE DOMAIN public.d AS text CHECK (VALUE <> '');\n{};", "`public.d`, which the output does not have")):
            with self.subTest(text=text, why=why):
                self.write("dump.sql", dump.format(text) + "\n")
                self.write("pg2crdb.toml", "")
                line = next(i for i, one in enumerate(dump.format(text).split("\n"), 1) if one.startswith(text))
                told = self.run_tool("decide", "dump.sql", "--action", "keep", "--line", str(line), "--reason", "r")
                self.assert_usage_error(told, "cannot be kept", why)
                self.assertEqual((self.folder / "pg2crdb.toml").read_text(), "")
                self.write("pg2crdb.toml", decision(action="keep", statement=text))
                self.assert_usage_error(self.run_tool("compile", "dump.sql"), "pg2crdb.toml:1:1", f"line {line} cannot be kept", why)

    def test_strings_with_escapes_are_not_read_as_others(self):
        """The dump's backslashes are escapes; those of a decision would be read as characters, and go out so."""
        old, new = (f"CREATE TABLE public.t (id int8 PRIMARY KEY, a text DEFAULT 'x{text}')" for text in ("", "\\n"))
        for setting, refused in (("off", True), ("on", False)):
            self.write("dump.sql", f"SET standard_conforming_strings = {setting};\n{old};\n")
            self.write("pg2crdb.toml", "")
            told = self.run_tool("decide", "dump.sql", "--action", "replace", "--line", "2", "--sql", new, "--reason", "r")
            self.write("pg2crdb.toml", decision(action="replace", statement=old, sql=new))
            run = self.run_tool("compile", "dump.sql")
            self.assertEqual((told.returncode, run.returncode), (2, 2) if refused else (0, 0))
            if refused:
                self.assert_usage_error(told, "standard_conforming_strings")
                self.assert_usage_error(run, "pg2crdb.toml:1:1", "line 2", "standard_conforming_strings")

    def test_a_line_whose_words_stand_twice_is_said_to_be_several(self):
        self.write("dump.sql", "CREATE ROLE a;\nCREATE ROLE a;\nCREATE ROLE b;\n")
        run = self.run_tool("decide", "dump.sql", "--action", "delete", "--line", "2", "--reason", "r")
        self.assertIn("2 statements that read the same, not that of line 2 alone, are decided on", run.err)

    def test_what_is_the_same_under_any_path_is_kept(self):
        text = "CREATE FUNCTION app.f() RETURNS int8 LANGUAGE c AS 'x', 'y'"
        report = self.report(decision(action="keep", statement=text), dump=f"CREATE SCHEMA app;\nSET search_path = app, pg_catalog;\n{text};\n")
        self.assertNotIn("unused-decision", [rule for rule, _ in self.open(report)])

    def test_what_is_kept_or_merged_anyway_is_said(self):
        for text in ("ALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id)", "CREATE VIEW public.v AS SELECT id FROM public.a"):
            report = self.report(decision(action="keep", statement=text), dump=f"CREATE TABLE public.a (id int8 NOT NULL);\nALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);\n"
                                 "CREATE VIEW public.v AS SELECT id FROM public.a;\n")
            self.assertIn("has nothing to do", next(one["message"] for one in report["findings"] if one["rule"] == "unused-decision"))

    def test_what_cockroachdb_does_not_parse_is_not_kept(self):
        report = self.report(decision(action="keep", rule="unknown-type"), dump="CREATE TABLE public.a (id bigint, what money);\nCREATE RULE r AS ON INSERT TO public.a DO NOTHING;\n")
        self.assertIn(("unused-decision", ""), self.open(report))
        rule = next(one for one in report["findings"] if one["span"]["start"]["line"] == 2)["rule"]
        report = self.report(decision(action="keep", rule=rule), dump="CREATE TABLE public.a (id bigint);\nCREATE RULE r AS ON INSERT TO public.a DO NOTHING;\n")
        self.assert_ledger(report)
        self.assertEqual([one["fate"] for one in report["statements"]], ["kept", "needs_person"])
        self.assertIn("not-cockroachdb", [rule for rule, _ in self.open(report)])

    def test_a_copy_is_not_kept_without_its_rows(self):
        report = self.report(decision(action="delete", statement="CREATE TABLE public.b (id bigint PRIMARY KEY)"),
                             decision(action="keep", statement="COPY public.b (id) FROM stdin"))
        self.assertIn(("unused-decision", ""), self.open(report))
        self.assertEqual(self.fates(report)["COPY", "public.b"][0], "dropped")

    def test_a_user_is_added(self):
        report = self.report(decision(action="add-user", rule="missing-role", object="bob"))
        self.assertNotIn(("missing-role", "bob"), self.open(report))
        self.assertIn("CREATE USER IF NOT EXISTS bob", self.compiled())
        self.report()
        self.assertIn("CREATE ROLE IF NOT EXISTS bob", self.compiled())

    def test_what_is_over_changes_nothing(self):
        report = self.report(decision(action="delete", rule="function-language", until="2001-01-01"))
        self.assertIn("expired-decision", [rule for rule, _ in self.open(report)])
        self.assertEqual(self.fates(report)["CREATE FUNCTION", "public.native"][0], "needs_person")

    def test_keys_that_do_not_go_together_are_errors(self):
        self.write("dump.sql", DUMP)
        for keys, message in (({"action": "delete"}, "of every statement is not meant"), ({"action": "replace", "rule": "unknown-type"}, "needs `sql`"),
                              ({"action": "delete", "rule": "unknown-type", "sql": "x"}, "`sql` goes with"),
                              ({"action": "keep", "object": "public.a"}, "needs a `rule`"), ({"action": "add-user", "rule": "unknown-type"}, "missing-role"),
                              ({"action": "acknowledge", "rule": "unknown-type", "statement": "x"}, "does not go with"),
                              ({"action": "burn", "rule": "unknown-type"}, "one of acknowledge, delete, keep, add-user, replace"),
                              ({"action": "acknowledge"}, "needs a `rule`"), ({"action": "replace", "find": "nosuchtype", "sql": "text; SELECT 1"}, "one statement")):
            self.write("pg2crdb.toml", decision(**keys))
            self.assert_usage_error(self.run_tool("lint", "dump.sql"), "pg2crdb.toml:1:1", message)

    def test_a_comment_is_about_what_its_statement_becomes_a_part_of(self):
        self.write("db/1.sql", "CREATE TABLE a (id int PRIMARY KEY);\n")
        self.write("db/2.sql", '-- pg2crdb: ignore type-mapped reason="y"\nALTER TABLE a ADD COLUMN b money;\n')
        run = self.run_tool("lint", "db", "--fail-on", "warning")
        self.assertEqual((run.returncode, "unused-decision" in run.out), (0, False), run.out)
        # It is about no more than its statement says.
        self.write("db/3.sql", "ALTER TABLE a ADD COLUMN c money;\n")
        found = self.run_tool("lint", "db", "--format", "jsonl").out.splitlines()
        self.assertEqual([(one["object"], "acknowledged" in one) for one in map(json.loads, found)], [("a.b", True), ("a.c", False)])

    def test_sql_that_is_none_is_refused(self):
        self.write("dump.sql", DUMP)
        decide = self.run_tool("decide", "dump.sql", "--action", "replace", "--line", "1", "--sql", "CREATE TABEL x", "--reason", "r")
        self.assert_usage_error(decide, "TABEL")
        self.assertFalse((self.folder / "pg2crdb.toml").exists())
        self.write("pg2crdb.toml", decision(action="replace", statement=DUMP.split(";")[0], sql="CREATE TABEL x"))
        self.assert_usage_error(self.run_tool("lint", "dump.sql"), "pg2crdb.toml:1:1", "TABEL")

    def test_a_statement_is_added_where_others_need_it_or_it_needs_them(self):
        dump = "CREATE TABLE public.t (id int8 NOT NULL, kind kind);\nCREATE VIEW public.v AS SELECT id, kind FROM public.t;\n"
        run = self.compiled_with(dump)
        self.assertEqual(run.returncode, 1)
        added = [decision(action="add", sql="CREATE TYPE public.kind AS ENUM ('a', 'b')", position="first"),
                 decision(action="add", sql="ALTER TABLE public.t ADD PRIMARY KEY (id)")]
        report = self.report(*added, dump=dump)
        self.assert_ledger(report)
        self.assertEqual(report["summary"]["statements"]["read"], 4)
        self.assertEqual(self.open(report), [])
        run = self.compiled_with(dump)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertLess(run.out.index("CREATE TYPE public.kind"), run.out.index("CREATE TABLE public.t"))
        self.assertIn("PRIMARY KEY (id)", run.out)
        # What goes out stands where its dependencies want it; what the script does to an object is done in its order.
        dump = "ALTER TABLE public.t ADD COLUMN b text;\nCREATE VIEW public.v AS SELECT a, b FROM public.t;\n"
        for position, status in (("first", 0), ("last", 1)):
            self.report(decision(action="add", sql="CREATE TABLE public.t (a int8 PRIMARY KEY)", position=position), dump=dump)
            self.assertEqual(self.compiled_with(dump).returncode, status, position)

    def test_what_is_added_in_front_leaves_rows_where_they_are(self):
        dump = ("CREATE TABLE public.t (id int8 PRIMARY KEY);\nCOPY public.t (id) FROM stdin;\n1\n2\n\\.\n"
                "CREATE TABLE public.u (id int8 PRIMARY KEY);\nINSERT INTO public.u VALUES (3);\n")
        for sql in ("CREATE SCHEMA app", "CREATE ROLE bob", "CREATE TABLE public.first (id int8 PRIMARY KEY)"):
            for position in ("first", "last"):
                self.write("dump.sql", dump)
                self.write("pg2crdb.toml", decision(action="add", sql=sql, position=position))
                run = self.run_tool("compile", "dump.sql", "--out-dir", "compiled")
                self.assertEqual(run.returncode, 0, run.err)
                plan = json.loads((self.folder / "compiled" / "load-plan.json").read_text())
                rows = {table["name"]: [(one["input"], one["rows"]) for one in table["data"]] for table in plan["tables"]}
                self.assertEqual((rows["t"], rows["u"]), ([(0, 2)], [(0, 1)]), (sql, position))
                self.assertNotIn("left_out", plan)

    def test_what_is_added_goes_into_the_database_that_is_read(self):
        ends = "--\n-- PostgreSQL database dump complete\n--\n"
        begins = "--\n-- PostgreSQL database dump\n--\nSELECT pg_catalog.set_config('search_path', '', false);\n"
        part = "CREATE TABLE public.{0} (id int8 PRIMARY KEY);\nCOPY public.{0} (id) FROM stdin;\n1\n\\.\n"
        dump = "--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE app;\n\\connect template1\n" + begins + ends
        for name in ("one", "two"):
            dump += f"CREATE DATABASE {name};\n\\connect {name}\n" + begins + part.format(name) + ends
        dump += "--\n-- PostgreSQL database cluster dump complete\n--\n"
        only = dump.replace(part.format("two"), "")
        self.write("pg2crdb.toml", decision(action="add", sql="CREATE TABLE public.early (id int8 PRIMARY KEY)", position="first") +
                   decision(action="add", sql="CREATE TABLE public.late (id int8 PRIMARY KEY)"))
        for text, words, table in ((dump, ("--database", "one"), "one"), (dump, ("--database", "two"), "two"), (only, (), "one")):
            self.write("dump.sql", text)
            run = self.run_tool("compile", "dump.sql", "--out-dir", "compiled", *words)
            self.assertEqual(run.returncode, 0, run.err)
            self.assertNotIn("unused-decision", run.err)
            plan = json.loads((self.folder / "compiled" / "load-plan.json").read_text())
            self.assertEqual({one["name"]: sum(data["rows"] for data in one.get("data", [])) for one in plan["tables"]},
                             {"early": 0, table: 1, "late": 0}, words)

    def test_what_is_found_in_an_added_statement_names_its_line(self):
        config = decision(action="add", sql="CREATE TABLE public.odd (\n  id int8 PRIMARY KEY,\n  what nosuchtype\n)")
        report = self.report("# ours\n" + config.replace('"CREATE', '"""\nCREATE').replace("\\n", "\n").replace(')"\n', ')"""\n'), dump="CREATE TABLE public.a (id int8 PRIMARY KEY);\n")
        found = next(one for one in report["findings"] if one["rule"] == "unknown-type")
        lines = (self.folder / "pg2crdb.toml").read_text().splitlines()
        self.assertTrue(found["span"]["file"].endswith("pg2crdb.toml"))
        self.assertIn("what nosuchtype", lines[found["span"]["start"]["line"] - 1])
        run = self.run_tool("lint", "dump.sql")
        self.assertIn("what nosuchtype", run.err + run.out)
        # Its statement can be decided on like any other.
        report = self.report(config, decision(action="replace", find="nosuchtype", sql="text"), dump="CREATE TABLE public.a (id int8 PRIMARY KEY);\n")
        self.assertEqual(self.open(report), [])

    def test_added_statements_are_one_each_of_one_input(self):
        self.write("dump.sql", DUMP)
        for sql, message in (("SELECT 1; SELECT 2", "one statement: it is 2"), ("", "one statement"), ("CREATE TABEL x ()", "not understood"),
                             ("INSERT INTO public.b VALUES (9)", "rows are loaded from the input alone")):
            self.write("pg2crdb.toml", decision(action="add", sql=sql))
            self.assert_usage_error(self.run_tool("lint", "dump.sql"), message)
            (self.folder / "pg2crdb.toml").unlink()
            self.assert_usage_error(self.run_tool("decide", "dump.sql", "--action", "add", "--sql", sql, "--reason", "r"), message)
            self.assertFalse((self.folder / "pg2crdb.toml").exists())
        for keys, message in (({"rule": "unknown-type"}, "neither `rule`"), ({"object": "public.b"}, "neither `rule`"), ({"find": "x"}, "`find` goes with"),
                              ({"position": "middle"}, "one of first, last, above, below"),
                              ({"position": "above"}, "needs the `statement`"), ({"statement": "CREATE VIEW v"}, "`above` or `below`")):
            self.write("pg2crdb.toml", decision(action="add", sql="CREATE TABLE c (d int8 PRIMARY KEY)", **keys))
            self.assert_usage_error(self.run_tool("lint", "dump.sql"), message)
        self.write("other.sql", "CREATE TABLE public.other (id int8 PRIMARY KEY);\n")
        self.write("pg2crdb.toml", decision(action="add", sql="CREATE TABLE public.c2 (d int8 PRIMARY KEY)"))
        run = self.run_tool("lint", "dump.sql", "other.sql", "--format", "json")
        self.assertIn("it goes with one input", run.out)

    def beside(self, position, sql, statement="CREATE TABLE public.b (id bigint PRIMARY KEY)", **keys):
        return decision(action="add", position=position, sql=sql, statement=statement, **keys)

    def test_a_statement_is_added_above_or_below_one(self):
        dump = "-- a dump\nSET search_path = app;\nCREATE TABLE t (id int8 PRIMARY KEY, kind kind);\nCOPY t (id) FROM stdin;\n1\n2\n\\.\nCREATE VIEW v AS SELECT id FROM t;\n"
        table = "CREATE TABLE t (id int8 PRIMARY KEY, kind kind)"
        report = self.report(self.beside("above", "CREATE TYPE kind AS ENUM ('a')", table), self.beside("below", "CREATE SCHEMA app", "SET search_path = app"),
                             self.beside("below", "CREATE TYPE more AS ENUM ('x')", "CREATE SCHEMA app"), self.beside("below", "CREATE INDEX ON t (kind)", "COPY t (id) FROM stdin"), dump=dump)
        self.assert_ledger(report)
        self.assertEqual(report["summary"]["statements"]["read"], 8)
        self.assertEqual(self.open(report), [])
        run = self.compiled_with(dump)
        self.assertEqual(run.returncode, 0, run.err)
        # In the session of the statement that it stands beside.
        for made in ("CREATE TYPE app.kind", "CREATE INDEX t_kind_idx ON app.t", "CREATE SCHEMA app"):
            self.assertIn(made, run.out.replace("IF NOT EXISTS ", ""))
        run = self.run_tool("compile", "dump.sql", "--out-dir", "compiled")
        plan = json.loads((self.folder / "compiled" / "load-plan.json").read_text())
        self.assertEqual([(one["rows"], dump.encode()[one["begin"]:one["end"]]) for one in plan["tables"][0]["data"]], [(2, b"1\n2\n")])

    def test_above_and_below_are_a_place_in_the_scripts_history(self):
        dump = "CREATE TABLE public.t (a int8 PRIMARY KEY);\nALTER TABLE public.t RENAME TO u;\nALTER TABLE public.u ADD COLUMN c text;\n"
        rename = "ALTER TABLE public.t RENAME TO u"
        for position, sql in (("above", "ALTER TABLE public.t ADD COLUMN b text"), ("below", "ALTER TABLE public.u ADD COLUMN b text")):
            self.report(self.beside(position, sql, rename), dump=dump)
            run = self.compiled_with(dump)
            self.assertEqual(run.returncode, 0, run.err)
            self.assertLess(run.out.index("b TEXT"), run.out.index("c TEXT"))
            other = "below" if position == "above" else "above"
            found = self.open(self.report(self.beside(other, sql, rename), dump=dump))
            self.assertEqual([one[0] for one in found], ["object-elsewhere"], (other, sql))

    def test_what_is_added_beside_one_is_decided_on_as_any_other(self):
        odd = "CREATE TABLE public.odd (id int8 PRIMARY KEY, what nosuchtype)"
        dump = "\nCREATE TABLE public.b (id bigint PRIMARY KEY);\n"
        for position, line in (("above", 2), ("below", 2)):
            report = self.report(self.beside(position, odd), dump=dump)
            self.assertEqual(self.open(report), [("unknown-type", "public.odd.what")])
            self.assertEqual([one["span"]["start"]["line"] for one in report["findings"] if one["rule"] == "unknown-type"], [line], position)
            for more in (decision(action="replace", find="nosuchtype", sql="text"), decision(action="replace", statement=odd, sql="CREATE TABLE public.odd (id int8 PRIMARY KEY)"),
                         decision(action="delete", rule="unknown-type"), self.beside("above", "CREATE TYPE public.nosuchtype AS ENUM ('a')", odd)):
                self.assertEqual(self.open(self.report(self.beside(position, odd), more, dump=dump)), [], (position, more))
        # What it stood beside may have become another one, or go.
        text = "CREATE TABLE public.b (id bigint PRIMARY KEY, more text)"
        replaced = decision(action="replace", statement="CREATE TABLE public.b (id bigint PRIMARY KEY)", sql=text)
        view = "CREATE VIEW public.w AS SELECT more FROM public.b"
        self.assertEqual(self.open(self.report(replaced, self.beside("below", view, text), dump=dump)), [])
        self.assertEqual(self.open(self.report(replaced, self.beside("below", view), dump=dump)), [("unused-decision", "")])
        report = self.report(decision(action="delete", object="public.b"), self.beside("below", "CREATE TABLE public.c (id int8 PRIMARY KEY)"), dump=dump)
        self.assertEqual(self.open(report), [])

    def test_beside_which_one_has_to_be_known(self):
        twice = "CREATE TABLE public.a (id int8 PRIMARY KEY);\nANALYZE public.a;\nANALYZE public.a;\n"
        self.report(dump=twice)
        for position in ("above", "below"):
            self.write("pg2crdb.toml", self.beside(position, "CREATE SCHEMA app", "ANALYZE public.a"))
            self.assert_usage_error(self.run_tool("compile", "dump.sql"), "pg2crdb.toml:1:1", "lines 2 and 3")
            (self.folder / "pg2crdb.toml").unlink()
            self.assert_usage_error(self.run_tool("decide", "dump.sql", "--action", "add", "--line", "2", "--position", position, "--sql", "CREATE SCHEMA app", "--reason", "r"),
                                    "2 statements read as that of line 2")
        self.write("pg2crdb.toml", self.beside("above", "CREATE SCHEMA app", "CREATE TABLE public.a (id int8 PRIMARY KEY)"))
        self.assert_usage_error(self.run_tool("compile", "dump.sql"), "begins its file", "first")
        self.assertEqual(self.open(self.report(self.beside("below", "CREATE SCHEMA app", "CREATE TABLE public.gone (id int8)"), dump=DUMP + "-- x")).count(("unused-decision", "")), 1)
        self.report(dump="CREATE TABLE public.a (id int8 PRIMARY KEY);SET standard_conforming_strings = off;CREATE SCHEMA b;CREATE VIEW public.v AS SELECT id FROM public.a;")
        self.write("pg2crdb.toml", self.beside("above", "CREATE VIEW public.w AS SELECT 'a\\b'::text AS t", "CREATE VIEW public.v AS SELECT id FROM public.a"))
        self.assert_usage_error(self.run_tool("compile", "dump.sql"), "standard_conforming_strings")
        # Nothing parts these two.
        self.write("pg2crdb.toml", self.beside("below", "CREATE SCHEMA c", "CREATE SCHEMA b") + self.beside("above", "CREATE SCHEMA d", "CREATE VIEW public.v AS SELECT id FROM public.a"))
        run = self.run_tool("compile", "dump.sql")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual([name for name in "bcd" if f"CREATE SCHEMA {name}" in run.out.replace("IF NOT EXISTS ", "")], ["b", "c", "d"])

    def test_a_statement_is_added_beside_a_line_by_the_command(self):
        self.write("dump.sql", DUMP)
        words = ("decide", "dump.sql", "--action", "add", "--position", "below", "--sql", "CREATE INDEX ON public.b (id)", "--reason", "r")
        self.assert_usage_error(self.run_tool(*words), "needs the `statement`")
        run = self.run_tool(*words, "--line", "3")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("1 statement is added", run.err)
        self.assertEqual(tomllib.loads((self.folder / "pg2crdb.toml").read_text())["decision"],
                         [{"statement": "CREATE TABLE public.b (id bigint PRIMARY KEY)", "action": "add", "position": "below", "sql": "CREATE INDEX ON public.b (id)", "reason": "r"}])
        self.assertIn("CREATE INDEX b_id_idx ON public.b (id)", self.compiled())
        # Nor is it of the dump for those who mend that.
        self.write("pg2crdb.toml", self.beside("below", "CREATE TABLE public.more (id serial PRIMARY KEY, what text COLLATE \"de_DE\")"))
        self.write("dump.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\nCREATE TABLE public.d (id integer);\n")
        self.run_tool("lint", "dump.sql", "--fix", "--unsafe-fixes")
        fixed = (self.folder / "dump.sql").read_text()
        self.assertNotIn("more", fixed)
        self.write("dump.sql", DUMP)
        # A line is one of the dump, not of what was added there.
        run = self.run_tool("decide", "dump.sql", "--action", "delete", "--line", "3", "--reason", "r")
        self.assertIn('statement = "CREATE TABLE public.b', run.out)

    def test_a_statement_is_added_by_the_command(self):
        self.write("dump.sql", "CREATE TABLE public.a (id int8);\n")
        run = self.run_tool("decide", "dump.sql", "--action", "add", "--sql", "ALTER TABLE public.a ADD PRIMARY KEY (id);", "--position", "last", "--reason", "it is the key")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("1 statement is added", run.err)
        self.assertEqual(tomllib.loads((self.folder / "pg2crdb.toml").read_text())["decision"],
                         [{"action": "add", "position": "last", "sql": "ALTER TABLE public.a ADD PRIMARY KEY (id)", "reason": "it is the key"}])
        self.assertIn("PRIMARY KEY (id)", self.compiled())
        self.assert_usage_error(self.run_tool("decide", "dump.sql", "--action", "delete", "--line", "1", "--position", "last", "--reason", "r"), "`position` goes with")
        # --fix writes into the files that were named alone.
        before = (self.folder / "pg2crdb.toml").read_bytes()
        self.run_tool("lint", "dump.sql", "--fix")
        self.assertEqual((self.folder / "pg2crdb.toml").read_bytes(), before)

    def test_an_action_is_one_of_six(self):
        self.write("dump.sql", DUMP)
        self.write("pg2crdb.toml", '[[decision]]\nrule = "unknown-type"\nreason = "r"\n')
        self.assert_usage_error(self.run_tool("lint", "dump.sql"), "needs an `action`", "acknowledge, delete, keep")

    def test_a_regular_expression_is_found_and_replaced(self):
        self.write("dump.sql", "CREATE TABLE public.a (id int8 PRIMARY KEY, b char(3),\n  c char(4));\nCREATE TABLE public.e (id int8 PRIMARY KEY, d char(30));\n")
        words = ("decide", "dump.sql", "--action", "replace", "--regular-expression", "--reason", "r")
        run = self.run_tool(*words, "--find", "^(  c) char[(]([0-9]+)[)]", "--sql", "\\1 varchar(\\2) DEFAULT '\\&\\\\'")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(tomllib.loads((self.folder / "pg2crdb.toml").read_text())["decision"],
                         [{"action": "replace", "find": "^(  c) char[(]([0-9]+)[)]", "regular_expression": True, "sql": "\\1 varchar(\\2) DEFAULT '\\&\\\\'", "reason": "r"}])
        out = self.run_tool("compile", "dump.sql").out
        self.assertIn("b CHAR(3)", out)
        self.assertIn("c VARCHAR(4)", out)
        self.assertIn("  c char(4)\\", out.replace("\\\\", "\\"))
        self.assertIn("d CHAR(30)", out)
        shown = self.run_tool("config", "show", "dump.sql").out
        self.assertEqual(tomllib.loads(shown)["decision"][0]["regular_expression"], True)

    def test_a_character_is_found_whole(self):
        self.report(decision(action="replace", find="'a.b'", regular_expression=True, sql="'x'"),
                    dump="CREATE TABLE public.a (id int8 PRIMARY KEY, c text DEFAULT 'aéb', d text DEFAULT 'aéöb');\n")
        out = self.compiled()
        self.assertIn("c TEXT DEFAULT 'x'", out)
        self.assertIn("aéöb", out)

    def test_expressions_that_are_none_are_refused(self):
        self.write("dump.sql", DUMP)
        for find, message in (("(", "`find` is no regular expression: "), ("(a)\\1", "it refers back to a part of itself"),
                              ("", "`regular_expression` says what `find` is, which is missing")):
            self.write("pg2crdb.toml", decision(action="replace", rule="unknown-type", sql="b", regular_expression=True, find=find))
            self.assert_usage_error(self.run_tool("compile", "dump.sql"), message)
        self.write("pg2crdb.toml", decision(action="replace", sql="b", find="a", regular_expression="yes"))
        self.assert_usage_error(self.run_tool("compile", "dump.sql"), "`regular_expression` has to be true or false")
        (self.folder / "pg2crdb.toml").unlink()
        run = self.run_tool("decide", "dump.sql", "--action", "replace", "--find", "[", "--regular-expression", "--sql", "", "--reason", "r")
        self.assert_usage_error(run, "`find` is no regular expression")
        self.assertFalse((self.folder / "pg2crdb.toml").exists())

    def test_statements_are_added_to_the_database_that_is_read(self):
        cluster = """SET default_transaction_read_only = off;
CREATE ROLE ada;
\\connect template1
SET client_encoding = 'UTF8';
CREATE DATABASE shop WITH TEMPLATE = template0;
\\connect shop
CREATE TABLE public.goods (id int8 PRIMARY KEY);
COPY public.goods (id) FROM stdin;
1
2
\\.
"""
        wiki = "CREATE DATABASE wiki WITH TEMPLATE = template0;\n\\connect wiki\nCREATE TABLE public.pages (id int8 PRIMARY KEY);\n"
        for dump, options in ((cluster, ()), (cluster + wiki, ("--database", "shop")), (cluster + wiki, ("--database", "wiki"))):
            for position in ("first", "last"):
                self.write("dump.sql", dump)
                self.write("pg2crdb.toml", "")
                before = self.run_tool("compile", "dump.sql", *options)
                self.assertEqual(before.returncode, 0, before.err)
                self.write("pg2crdb.toml", decision(action="add", sql="CREATE TABLE public.more (id int8 PRIMARY KEY)", position=position))
                after = self.run_tool("compile", "dump.sql", *options)
                self.assertEqual(after.returncode, 0, after.err)
                added = "CREATE TABLE public.more (\n  id INT8 PRIMARY KEY\n);\n"
                self.assertIn(added, after.out)
                self.assertEqual(sorted(filter(None, after.out.replace(added, "").split("\n"))), sorted(filter(None, before.out.split("\n"))), (options, position))
                self.assertNotIn("unused-decision", after.err)

    def test_a_file_that_is_protected_stays(self):
        self.write("dump.sql", DUMP)
        self.write("pg2crdb.toml", "").chmod(0o444)
        run = self.run_tool("decide", "dump.sql", "--action", "delete", "--line", "1", "--reason", "r")
        self.assert_usage_error(run, "protected from writing")
        self.assertEqual((self.folder / "pg2crdb.toml").read_text(), "")

    def test_migrations_are_changed_where_they_are_written(self):
        self.write("pg2crdb.toml", decision(action="delete", object="public.b"))
        self.write("db/1.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n")
        run = self.run_tool("compile", "--in-order", "db", "--out-dir", "out")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn("CREATE TABLE", (self.folder / "out/1.sql").read_text())
        for words in ({"action": "delete", "object": "public.b"}, {"action": "replace", "find": "bigint", "sql": "text"}, {"action": "keep", "statement": "x"},
                      {"action": "add-user", "rule": "missing-role"}):
            self.write("pg2crdb.toml", decision(**words))
            for command in ("lint", "compile"):
                self.assertIn(f"the decision to {words['action']} is not followed", "".join((lambda run: (run.out, run.err))(self.run_tool(command, "--in-order", "db"))))
        self.assert_usage_error(self.run_tool("decide", "db", "--in-order", "--action", "delete", "--object", "public.b", "--reason", "r"), "--in-order")

    def test_several_lines_are_several_lines_of_the_file(self):
        self.write("dump.sql", DUMP)
        sql = 'CREATE TABLE public.a (\n  id bigint PRIMARY KEY, -- "key" \\ \'x\'\n  what text\t)'
        run = self.run_tool("decide", "dump.sql", "--action", "replace", "--line", "1", "--sql", sql, "--reason", "two\nlines")
        self.assertEqual(run.returncode, 0, run.err)
        read = tomllib.loads((self.folder / "pg2crdb.toml").read_text())["decision"][0]
        self.assertEqual((read["sql"], read["reason"]), (sql, "two\nlines"))
        self.assertIn("what TEXT", self.compiled())
        shown = self.run_tool("config", "show", "dump.sql").out
        self.assertEqual(tomllib.loads(shown)["decision"], [read])


if __name__ == "__main__":
    unittest.main()
