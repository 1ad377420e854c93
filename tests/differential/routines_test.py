"""Routines beside what compile makes of them, on the same calls: same results, same rows, same errors."""

import json
import re
import unittest

import world  # first: it finds the modules of the stand-in
import wire

SCRIPT = world.SOURCE_DIR / "tests" / "differential" / "routines.sql"
# A call's arguments, by the type of the only parameter.
_ARGUMENTS = {"integer": ("0", "1", "2", "3", "7", "NULL"), "integer[]": ("NULL", "'{}'", "'{1,2,3}'")}
_ROWS = ("SELECT * FROM public.note ORDER BY id", "SELECT * FROM public.tag ORDER BY 1, 2, 3")


def _called(client, call):
    """What a call gives and leaves in the tables, or its error; nothing of it stays."""
    try:
        client.query("BEGIN")
        return [client.rows(f"SELECT * FROM {call}"), *map(client.rows, _ROWS)]
    except wire.ServerError as problem:
        return problem.sqlstate, problem.message
    finally:
        client.query("ROLLBACK")


class Routines(unittest.TestCase):
    def test_each_does_what_its_original_does(self):
        script = SCRIPT.read_text()
        routines = re.findall(r"CREATE FUNCTION public\.(r\d+)\(k (integer(?:\[\])?)[,)]", script)
        self.assertGreater(len(routines), 60)
        with world.World() as servers:
            for release in ("24.3", "25.2", "26.2"):
                with servers.databases() as name:
                    self._compare(servers, name, release, routines)

    def _compare(self, servers, name, release, routines):
        self.assertIsNone(servers.run_file(SCRIPT, name))
        _, out, said = servers.compile(SCRIPT, "--crdb", release)
        self.assertEqual(servers.apply(out, name, ()), ([], ""), said)
        report = json.loads((out / "report.json").read_text())
        left = {re.match(r"CREATE FUNCTION public\.(\w+)", self._text(entry))[1]
                for entry in report["statements"] if entry["fate"] == "needs_person"}
        kept = set(re.findall(r"\b(kept_\w+)\(", SCRIPT.read_text()))
        # What the newest release has and an older one has not may be more.
        self.assertLessEqual(kept, left, release)
        if release == "26.2":
            self.assertEqual(left, kept)
        with servers.source.connect(name) as source, servers.target.postgres.connect(name) as target:
            for routine, type_name in routines:
                for argument in () if routine in left else _ARGUMENTS[type_name]:
                    call = f"public.{routine}({argument})"
                    with self.subTest(f"{release}: {call}"):
                        self.assertEqual(_called(target, call), _called(source, call))

    @staticmethod
    def _text(entry):
        return SCRIPT.read_bytes()[entry["span"]["start"]["byte"]:entry["span"]["end"]["byte"]].decode()


if __name__ == "__main__":
    unittest.main()
