"""lint with a baseline and since a revision of git: what was there before does not count, what is new does."""
import json
import os
import subprocess
import unittest

from _command_line import BINARY, CommandLine

OLD = """CREATE TABLE public.town (id bigint PRIMARY KEY, place point);

CREATE FUNCTION public.old() RETURNS text LANGUAGE plperl AS $$ return 'a'; $$;
"""
NEW = "CREATE FUNCTION public.new() RETURNS text LANGUAGE plperl AS $$ return 'b'; $$;\n"


class BaselineTest(CommandLine):
    def lint(self, *arguments):
        return self.run_tool("lint", *arguments)

    def test_only_what_is_new_counts(self):
        self.write("db/structure.sql", OLD.encode())
        self.assertEqual(self.lint("db/structure.sql").returncode, 1)
        written = self.lint("db/structure.sql", "--baseline", "known.jsonl", "--update-baseline")
        self.assertEqual((written.returncode, written.out), (0, ""))
        lines = [json.loads(line) for line in (self.folder / "known.jsonl").read_text().splitlines()]
        self.assertIn("public.old", [line["object"] for line in lines])
        self.assertEqual({line["file"] for line in lines}, {"db/structure.sql"})

        self.assertEqual(self.lint("db/structure.sql", "--baseline", "known.jsonl").returncode, 0)
        # Elsewhere in the file, from another folder, and with one more.
        self.write("db/structure.sql", ("\n\n-- moved\n" + OLD).encode())
        self.assertEqual(self.lint("db/structure.sql", "--baseline", "known.jsonl").returncode, 0)
        self.write("db/structure.sql", (OLD + NEW).encode())
        run = self.lint(str(self.folder / "db/structure.sql"), "--baseline", str(self.folder / "known.jsonl"))
        self.assertEqual(run.returncode, 1)
        self.assertIn("public.new", run.out)
        self.assertNotIn("public.old", run.out)
        sarif = json.loads(self.lint("db/structure.sql", "--baseline", "known.jsonl", "--format", "sarif").out)
        suppressed = [bool(one.get("suppressions")) for one in sarif["runs"][0]["results"]]
        self.assertIn(True, suppressed)
        self.assertIn(False, suppressed)

    def test_twice_the_same_counts_once(self):
        self.write("a.sql", b"SELECT lo_create(1);\n")
        self.lint("a.sql", "--baseline", "known.jsonl", "--update-baseline")
        before = self.lint("a.sql", "--baseline", "known.jsonl", "--format", "jsonl").out
        self.write("a.sql", b"SELECT lo_create(1);\nSELECT lo_create(1);\n")
        after = self.lint("a.sql", "--baseline", "known.jsonl", "--format", "jsonl").out
        new = [one for one in map(json.loads, after.splitlines()) if "acknowledged" not in one]
        self.assertEqual([json.loads(one)["acknowledged"]["by"] for one in before.splitlines()], ["known.jsonl"])
        self.assertEqual(len(new), 1)

    def test_what_is_gone_is_said(self):
        self.write("a.sql", (OLD + NEW).encode())
        self.write("b.sql", NEW.encode())
        self.lint("a.sql", "b.sql", "--baseline", "known.jsonl", "--update-baseline")
        self.write("a.sql", OLD.encode())
        run = self.lint("a.sql", "--baseline", "known.jsonl")
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.err, r"1 of the \d+ findings in known.jsonl is no more")

    def test_files_that_were_not_looked_at_keep_theirs(self):
        self.write("a.sql", OLD)
        self.write("b.sql", NEW)
        self.lint("a.sql", "b.sql", "--baseline", "known.jsonl", "--update-baseline")
        self.lint("a.sql", "--baseline", "known.jsonl", "--update-baseline")
        self.assertEqual(self.lint("a.sql", "b.sql", "--baseline", "known.jsonl").returncode, 0)
        for part in (["--changed-since", "main"], ["--select", "function-language"], ["--ignore", "function-language"]):
            self.assert_usage_error(self.lint("a.sql", "--baseline", "known.jsonl", "--update-baseline", *part), "all findings")

    def test_counts_in_messages_do_not_matter(self):
        self.write("a.sql", "CREATE INDEX i ON shop.orders (a);\n")
        self.lint("a.sql", "--baseline", "known.jsonl", "--update-baseline")
        self.write("a.sql", "CREATE INDEX i ON shop.orders (a);\nCREATE INDEX j ON shop.orders (b);\n")
        run = self.lint("a.sql", "--baseline", "known.jsonl", "--format", "jsonl")
        self.assertEqual([one for one in map(json.loads, run.out.splitlines()) if "acknowledged" not in one], [])

    def test_configuration_names_it(self):
        self.write("db/structure.sql", OLD.encode())
        self.write("pg2crdb.toml", b'baseline = "known.jsonl"\n')
        self.assertEqual(self.lint("db/structure.sql", "--update-baseline").returncode, 0)
        self.assertTrue((self.folder / "known.jsonl").exists())
        self.assertEqual(self.lint("db/structure.sql").returncode, 0)
        # What is compiled is as it was: a baseline is the linter's.
        self.assertEqual(self.run_tool("compile", "db/structure.sql", "-o", "out.sql").returncode, 1)

    def test_mistakes(self):
        self.write("a.sql", OLD.encode())
        self.assert_usage_error(self.lint("a.sql", "--baseline", "known.jsonl"), "the baseline known.jsonl cannot be read")
        self.assert_usage_error(self.lint("a.sql", "--update-baseline"), "needs `--baseline FILE`")
        self.write("known.jsonl", b'{"file":"a.sql"}\n')
        self.assert_usage_error(self.lint("a.sql", "--baseline", "known.jsonl"), "known.jsonl:1: is no line of a baseline")
        self.assert_usage_error(self.lint("a.sql", "--baseline", "a.sql", "--update-baseline"), "a.sql")
        # A device that never ends.
        self.assert_usage_error(self.lint("a.sql", "--baseline", "/dev/zero"), "the baseline /dev/zero cannot be read")

    def test_a_file_whose_name_is_no_utf8(self):
        name = os.fsdecode(b"old \xff\xfe.sql")
        self.write(name, OLD.encode())
        self.assertEqual(self.lint(name, "--baseline", "known.jsonl", "--update-baseline").returncode, 0)
        run = self.lint(name, "--baseline", "known.jsonl")
        self.assertEqual((run.returncode, run.out), (0, ""))


class ChangedSinceTest(CommandLine):
    def git(self, *arguments):
        name = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
        subprocess.run(["git", *name, *arguments], cwd=self.folder, check=True, capture_output=True)

    def test_only_changed_statements_count(self):
        self.write("db/structure.sql", OLD.encode())
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")
        lint = lambda: self.run_tool("lint", "db/structure.sql", "--changed-since", "main")
        self.assertEqual(lint().returncode, 0)
        self.write("db/structure.sql", ("-- a line above\n" + OLD + NEW).encode())
        run = lint()
        self.assertEqual(run.returncode, 1)
        self.assertIn("public.new", run.out)
        self.assertNotIn("public.old", run.out)
        # Any line of a statement.
        self.write("db/structure.sql", OLD.replace("$$ return 'a'; $$", "$$\nreturn 'b';\n$$").encode())
        self.assertIn("public.old", lint().out)
        # By another name it is the same file; what stands around a statement that is gone is as it was.
        (self.folder / "link.sql").symlink_to("db/structure.sql")
        self.assertIn("public.old", self.run_tool("lint", "link.sql", "--changed-since", "main").out)
        self.write("db/structure.sql", OLD.split("\n", 2)[2])
        self.assertEqual(lint().returncode, 0)
        # A file that git does not know is all new.
        self.write("db/other.sql", NEW.encode())
        self.assertEqual(self.run_tool("lint", "db/other.sql", "--changed-since", "main").returncode, 1)

    def test_what_a_new_statement_brings_into_an_old_one_counts(self):
        self.write("db/001.sql", b"CREATE TABLE a (id int PRIMARY KEY, old money);\nCREATE TABLE z (id int, old money);\n")
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")
        lint = lambda: self.run_tool("lint", "db", "--changed-since", "main", "--fail-on", "warning")
        self.assertEqual(lint().returncode, 0)
        for alter, rule in (
            ("ADD COLUMN d int DEFAULT nosuchfn()", "missing-function"),
            ("ADD COLUMN d int DEFAULT nosuchfn(), OWNER TO postgres", "missing-function"),
            ("ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (id)", "nulls-not-distinct"),
            ("ALTER COLUMN id TYPE money", "type-mapped"),
        ):
            self.write("db/002.sql", f"ALTER TABLE a {alter};\n".encode())
            run = lint()
            self.assertEqual(run.returncode, 1, alter)
            self.assertIn(rule, run.out)
            self.assertNotIn("z.old", run.out)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "second")
        self.assertEqual(lint().returncode, 0)

    def test_mistakes(self):
        self.write("a.sql", OLD.encode())
        self.assert_usage_error(self.run_tool("lint", "a.sql", "--changed-since", "main"), "--changed-since main", "in a repository of git")
        self.assert_usage_error(self.run_tool("lint", "a.sql", "--changed-since", "main", environment={"PATH": str(self.folder)}), "install git")
        self.git("init", "-q", "-b", "main")
        self.git("add", ".")
        self.assert_usage_error(self.run_tool("lint", "a.sql", "--changed-since", "nothing"), "nothing", "a shallow clone lacks")
        for wrong in ("--output=x", "main..HEAD"):
            self.assert_usage_error(self.run_tool("lint", "a.sql", f"--changed-since={wrong}"), "no revision of git")


if __name__ == "__main__":
    if not BINARY:
        raise SystemExit("baseline_test: PG2CRDB_BINARY has to name the program")
    unittest.main()
