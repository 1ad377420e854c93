#!/usr/bin/env python3
"""`apply --create-database --owner`: the database of --target is made where it is not there."""

import unittest

import _target
from _command_line import CommandLine

DUMP = "CREATE ROLE new_owner;\nCREATE TABLE public.t (id int8 PRIMARY KEY);\nALTER TABLE public.t OWNER TO new_owner;\n"
NAME = 'a new"one'
QUOTED = '"a new""one"'


class NewDatabaseTest(CommandLine):
    def setUp(self):
        super().setUp()
        self.write("dump.sql", DUMP)
        self.url = _target.target().url(NAME)
        self.drop()
        self.addCleanup(self.drop)

    def query(self, sql, *database):
        with _target.target().connect(*database) as client:
            return client.rows(sql)

    def drop(self):
        self.query(f"DROP DATABASE IF EXISTS {QUOTED}")
        for role in ("new_owner", "other_owner"):
            self.query(f"DROP ROLE IF EXISTS {role}")

    def apply(self, *words):
        return self.run_tool("apply", "dump.sql", "--target", self.url, "--yes", *words)

    def owner(self):
        return [name for name, in self.query("SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database "
                                             "WHERE datname = 'a new\"one'")]

    def test_it_is_made_and_given_to_a_role_that_the_dump_makes(self):
        run = self.apply("--create-database", "--owner", "new_owner")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.owner(), ["new_owner"])
        self.assertEqual(self.query("SELECT * FROM public.t", NAME), [])

    def test_without_the_option_nothing_is_made(self):
        self.assertNotEqual(self.apply().returncode, 0)
        self.assertEqual(self.owner(), [])

    def test_it_is_made_once(self):
        self.query(f"CREATE DATABASE {QUOTED}")
        before = self.owner()
        run = self.apply("--create-database", "--phase", "roles", "--phase", "pre-data")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.owner(), before)

    def test_a_phase_without_roles_gives_it_to_one_that_is_there(self):
        self.query("CREATE ROLE other_owner")
        self.query("CREATE ROLE new_owner")
        run = self.apply("--create-database", "--owner", "other_owner", "--phase", "pre-data")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.owner(), ["other_owner"])

    def test_an_owner_that_nobody_makes_is_refused_before_anything_is_made(self):
        run = self.apply("--create-database", "--owner", "nobody_at_all")
        self.assert_usage_error(run, "there is no role `nobody_at_all` to own the database", "nothing was made")
        self.assertEqual(self.owner(), [])
        run = self.apply("--create-database", "--owner", "new_owner", "--phase", "pre-data")
        self.assert_usage_error(run, "there is no role `new_owner`")
        self.assertEqual(self.owner(), [])

    def test_a_dry_run_prints_it_and_a_rehearsal_needs_it_not(self):
        run = self.apply("--create-database", "--owner", "new_owner", "--dry-run")
        self.assertEqual(run.returncode, 0, run.err)
        lines = run.out.split("\n")
        self.assertEqual(lines[0], f"CREATE DATABASE {QUOTED};")
        self.assertEqual(lines.index(f"ALTER DATABASE {QUOTED} OWNER TO new_owner;"), 2, run.out)
        self.assertTrue(lines[1].startswith("CREATE ROLE "), run.out)
        run = self.apply("--create-database", "--owner", "nobody_at_all", "--dry-run")
        self.assert_usage_error(run, "there is no role `nobody_at_all` to own the database")
        run = self.run_tool("apply", "dump.sql", "--create-database", "--owner", "nobody_at_all", "--dry-run")
        self.assertEqual(run.returncode, 0, run.err)
        run = self.apply("--create-database", "--rehearse")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.owner(), [])

    def test_options_that_do_not_go_together(self):
        self.assert_usage_error(self.apply("--owner", "new_owner"), "`--owner` goes with --create-database")
        self.assert_usage_error(self.apply("--create-database", "--owner", ""), "`--owner` is given an empty value")
        run = self.run_tool("apply", "dump.sql", "--target", "host=127.0.0.1 user=root", "--yes", "--create-database")
        self.assert_usage_error(run, "`--create-database` needs a --target that names the database")


if __name__ == "__main__":
    _target.require()
    try:
        unittest.main()
    finally:
        _target.stop()
