"""No script leaves anything to the next: each is tried as if it were alone."""

import pathlib
import sys
import tempfile
import unittest

import world  # first: it finds the modules of the stand-in

_TABLE = "CREATE TABLE t (id integer PRIMARY KEY);\n"
# What belongs to the whole server, or to no schema. Where only the source keeps it, the next script's catalogs differ.
_LEAVES = {
    "default privileges": "DO $$BEGIN EXECUTE 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC'; END$$;",
    "settings of a role": "CREATE SCHEMA app;\nALTER ROLE CURRENT_USER SET search_path = app;",
    "rights on a database": "CREATE ROLE one;\nGRANT CONNECT ON DATABASE postgres TO one;",
    "foreign servers": "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;",
    "casts": "CREATE CAST (integer AS inet) WITH INOUT;",
}


class WorldTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.world = cls.enterClassContext(world.World())

    def outcome(self, script):
        path = self.folder / "script.sql"
        path.write_text(script)
        result = self.world.try_file(path)
        return result.outcome, result.details

    def test_a_script_leaves_nothing_to_the_next(self):
        for what, script in _LEAVES.items():
            with self.subTest(what):
                for text in (script, script, _TABLE):
                    outcome, details = self.outcome(text)
                    self.assertNotEqual(outcome, "not runnable", details)
                self.assertEqual(outcome, "equal", details)

    def test_scripts_are_tried_once_where_the_output_is_the_same(self):
        rows = "COPY t (id) FROM stdin;\n{}\n\\.\n"
        paths = []
        for number, script in enumerate(("", "SET transaction_timeout = 0;\n\n", "-- another row\n", "CREATE INDEX i ON t (id);\n")):
            paths.append(self.folder / f"{number}.sql")
            paths[-1].write_text((script if number < 3 else "") + _TABLE + rows.format(2 if number == 2 else 1) + (script if number == 3 else ""))
        first, alike, other_rows, other_index = self.world.try_alike(paths)
        self.assertEqual([result.outcome for result in (first, other_rows, other_index)], ["equal"] * 3)
        self.assertIs(alike, first)
        self.assertIsNot(other_rows, first)
        self.assertIsNot(other_index, first)


if __name__ == "__main__":
    try:
        world.postgres_bin()
    except world.PostgresServerError as problem:
        print(f"skipped: {problem}", file=sys.stderr)
        sys.exit(77)
    unittest.main()
