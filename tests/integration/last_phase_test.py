"""What stands in the last phase is run, whatever it is: by `migrate`, and by the steps that `apply` names."""

import json
import re
import subprocess
import unittest

from _target import BINARY, require, stop
from _migration import Migration

DUMP = """CREATE TABLE public.t (id integer NOT NULL, a integer);
CREATE TABLE public.u (id integer NOT NULL, t integer);
CREATE SEQUENCE public.s;
CREATE SEQUENCE public."R's";
COPY public.t (id, a) FROM stdin;
1\t2
\\.
COPY public.u (id, t) FROM stdin;
1\t1
\\.
SELECT pg_catalog.setval('public.s', 42, true);
SELECT pg_catalog.setval('public."R''s"', 7, false);
ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.u ADD CONSTRAINT u_pkey PRIMARY KEY (id);
CREATE INDEX t_a ON public.t USING btree (a);
CREATE VIEW public.v AS SELECT id FROM public.t;
CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
COMMENT ON TABLE public.t IS 'said late';
GRANT SELECT ON public.t TO PUBLIC;
ALTER TABLE ONLY public.u ADD CONSTRAINT u_t_fkey FOREIGN KEY (t) REFERENCES public.t(id);
"""
RULE = """rule late info in all 'it waits for everything'
  match statement of kind {kinds};
  move to revalidate because 'it waits for everything';
  say 'it waits for everything';
"""
MOVED = ("CREATE INDEX", "CREATE VIEW", "CREATE FUNCTION", "COMMENT ON TABLE", "GRANT", "ALTER TABLE ADD CONSTRAINT FOREIGN KEY")


class LastPhaseTest(Migration):
    def inputs(self, *kinds):
        rule = self.write("late.rule", RULE.format(kinds=", ".join(f"'{kind}'" for kind in kinds)))
        return self.write("late.sql", DUMP), "--no-config", "--rules", rule

    def assert_all_there(self):
        self.assertEqual(self.rows("SELECT indexname FROM pg_indexes WHERE indexname = 't_a'"), [["t_a"]])
        self.assertEqual(self.rows("SELECT id FROM public.v"), [["1"]])
        self.assertEqual(self.scalar("SELECT public.f()"), "1")
        self.assertEqual(self.scalar("SELECT obj_description('public.t'::regclass)"), "said late")
        self.assertEqual(self.scalar("SELECT count(*) FROM information_schema.role_table_grants WHERE table_name = 't' AND "
                                     "privilege_type = 'SELECT' AND upper(grantee) = 'PUBLIC'"), "1")
        self.assertEqual(self.rows("SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f'"), [["u_t_fkey", "t"]])
        self.assertEqual(self.scalar("SELECT nextval('public.s')"), "43")
        self.assertEqual(self.scalar("SELECT nextval('public.\"R''s\"')"), "7")

    def assert_all_counted(self, run):
        done, all_of_them = re.search(r"(\d+) of (\d+) statements done$", run.out, re.MULTILINE).groups()
        self.assertEqual(done, all_of_them)
        plan = json.loads((self.state / "compiled" / "load-plan.json").read_text())
        self.assertEqual(int(done), len(plan["statements"]))

    def test_each_kind(self):
        for kinds in ((kind,) for kind in MOVED):
            with self.subTest(kinds):
                self.setUp()
                run = self.migrate(*self.inputs(*kinds))
                self.assert_all_counted(run)
                self.assert_all_there()

    def test_all_kinds(self):
        run = self.migrate(*self.inputs(*MOVED))
        self.assertRegex(run.err, r"(?m)^last +\d+ statements applied")
        self.assert_all_counted(run)
        self.assert_all_there()

    def test_nothing_but_validations_and_values(self):
        run = self.migrate(*self.inputs("CREATE DOMAIN"))
        self.assertNotRegex(run.err, r"(?m)^last ")
        self.assert_all_counted(run)
        self.assert_all_there()

    def test_dry_run(self):
        run = self.run_tool("migrate", *self.inputs("GRANT"), "--dry-run")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertRegex(run.out, r"(?m)^last +\d+ statements$")

    def test_resumed(self):
        """What was refused is run by the run that goes on, and what was done is not done twice."""
        with self.node.connect(self.database) as client:
            client.query("CREATE FUNCTION public.f() RETURNS INT4 LANGUAGE sql AS 'SELECT 2'")
            run = self.migrate(*self.inputs("CREATE FUNCTION", "GRANT"), status=5)
            self.assertRegex(run.err, r"late\.sql:\d+: CREATE FUNCTION public\.f.*: ERROR 42723")
            client.query("DROP FUNCTION public.f()")
        again = self.run_resume(run)
        self.assertEqual(again.returncode, 0, again.err)
        self.assert_all_counted(again)
        self.assert_all_there()

    def compiled(self, *more):
        """The folder, with these statements by hand behind all others of its plan."""
        out = self.folder / "out"
        run = subprocess.run([BINARY, "compile", *self.inputs("CREATE DOMAIN"), "--out-dir", out], capture_output=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        path = out / "load-plan.json"
        plan = json.loads(path.read_text())
        plan["statements"] += [{"phase": phase, "sql": sql, "kind": " ".join(sql.split()[:2]), "object": "", "file": "by hand", "line": 1}
                               for phase, sql in more]
        path.write_text(json.dumps(plan))
        return out

    def apply(self, out, *phases, status=0, more=()):
        run = self.run_tool("apply", out, *(word for phase in phases for word in ("--phase", phase)), "--state-dir",
                            self.folder / "-".join(phases), *more)
        self.assertEqual(run.returncode, status, run.err)
        return run

    def answers_lost(self, out, faults, *phases):
        """Phases, mostly the last, whose transactions get these answers, until they are done. What the runs said."""
        phases = phases or ("revalidate",)
        self.addCleanup(setattr, self.node, "commit_faults", [])
        self.node.commit_faults = faults
        said = self.apply(out, *phases, status=5).err
        for _ in range(len(faults)):
            if self.node.commit_faults:
                said += self.apply(out, *phases, status=5, more=("--resume",)).err
        self.assertEqual(self.node.commit_faults, [], said)
        return said + self.apply(out, *phases, more=("--resume", "--verbose")).err

    def test_what_is_to_be_done_once(self):
        """An answer that is lost with the work done, and with the work not done."""
        for faults in (["done cut"], ["undone cut"], ["done 40003"], ["undone 40003"], ["", "done cut"]):
            with self.subTest(faults):
                self.setUp()
                out = self.compiled(("revalidate", "INSERT INTO public.u SELECT max(id) + 1, 1 FROM public.u"),
                                    ("revalidate", "SELECT setval('public.s', (SELECT last_value + 100 FROM public.s))"))
                self.apply(out, "roles", "pre-data")
                self.assertEqual(self.run_tool("load", out).returncode, 0)
                self.apply(out, "post-data")
                self.answers_lost(out, faults)
                self.assertEqual(self.rows("SELECT id FROM public.u ORDER BY id"), [["1"], ["2"]])
                self.assertEqual(self.scalar("SELECT last_value FROM public.s"), "142")
                self.assertEqual(self.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'pg2crdb'"), [])

    def test_what_is_to_be_done_once_behind_phases_that_are_done(self):
        """The run that goes on finds those done first: the marks of what it comes to have to be there by then."""
        for faults in (["", "done cut"], ["done cut"], ["undone cut"]):
            with self.subTest(faults):
                self.setUp()
                out = self.compiled(("pre-data", "INSERT INTO public.u (id) VALUES (7)"), ("post-data", "INSERT INTO public.u (id) VALUES (8)"),
                                    ("post-data", "EXPLAIN ANALYZE INSERT INTO public.u (id) VALUES (9)"))
                self.answers_lost(out, faults, "roles", "pre-data", "post-data")
                self.assertEqual(self.rows("SELECT id FROM public.u ORDER BY id"), [["7"], ["8"], ["9"]])
                self.assertEqual(self.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'pg2crdb'"), [])

    def test_what_sequences_give_is_not_undone(self):
        out = self.compiled(("revalidate", "SELECT setval('public.s', nextval('public.s') + 100)"))
        self.apply(out, "roles", "pre-data")
        self.apply(out, "post-data")
        self.assertIn("committed nothing of it, but may have drawn numbers from sequences", self.answers_lost(out, ["undone cut"]))
        self.assertEqual(self.scalar("SELECT last_value FROM public.s"), "244")

    def test_what_may_be_in_no_transaction(self):
        with self.node.connect(self.database) as client:
            client.query("CREATE PROCEDURE public.ends() LANGUAGE plpgsql AS 'BEGIN COMMIT; END'")
        out = self.compiled(("revalidate", "CALL public.ends()"))
        self.apply(out, "roles", "pre-data")
        self.apply(out, "post-data")
        self.apply(out, "revalidate")

    def test_a_drop_that_was_done(self):
        out = self.compiled(("revalidate", "DROP VIEW public.v"))
        self.apply(out, "roles", "pre-data")
        self.apply(out, "post-data")
        self.apply(out, "revalidate")
        with open(self.folder / "revalidate/journal.jsonl") as journal:  # as if killed behind the DROP
            lines = journal.readlines()
        at = max(number for number, line in enumerate(lines) if "begun" in line)
        (self.folder / "revalidate/journal.jsonl").write_text("".join(lines[:at + 1]))
        self.apply(out, "revalidate", more=("--resume",))

    def test_a_plan_by_hand(self):
        out = self.compiled(("revalidate", "INSERT INTO public.u VALUES (2, 1)"))
        self.apply(out, "roles", "pre-data")
        self.assertEqual(self.run_tool("load", out).returncode, 0)
        self.assertIn("of the phase revalidate are left: behind the rows, `--phase revalidate` runs them",
                      self.apply(out, "post-data").err)
        self.assertEqual(self.run_tool("revalidate").returncode, 0)
        self.assertNotIn("are left", self.apply(out, "revalidate").err)
        self.assertEqual(self.rows("SELECT id FROM public.u ORDER BY id"), [["1"], ["2"]])
        self.assert_all_there()

    def test_a_plan_with_nothing_else(self):
        out = self.compiled()
        self.apply(out, "roles", "pre-data")
        self.assertNotIn("left", self.apply(out, "post-data").err)

    def test_a_phase_that_nobody_knows(self):
        run = self.run_tool("apply", self.compiled(("at-last", "SELECT 1")))
        self.assertEqual(run.returncode, 2, run.err)
        self.assertRegex(run.err, r"statements\[\d+\]\.phase is none of roles, pre-data, post-data, revalidate")


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
