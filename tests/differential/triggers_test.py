"""Triggers beside what compile makes of them, on the same changes of rows: same rows, same errors."""

import json
import re
import unittest

import world  # first: it finds the modules of the stand-in
import wire

SCRIPT = world.SOURCE_DIR / "tests" / "differential" / "triggers.sql"
# What stands in each table before a change; no trigger fires, but where it keeps what the others rely on.
_FIRST = "INSERT INTO {0} (id, a, b, n) VALUES (1, 'x', 'b', 1), (2, NULL, NULL, NULL)"
_CHANGES = (
    "INSERT INTO {0} (id, a, n) VALUES (10, ' New One ', 1), (11, NULL, NULL)",
    "INSERT INTO {0} (id, a) VALUES (1, 'up'), (12, 'in') ON CONFLICT (id) DO UPDATE SET a = excluded.a, n = 5",
    "INSERT INTO {0} (id, a) SELECT i, 'many' || i FROM generate_series(20, 23) i",
    "UPDATE {0} SET a = 'y'",
    "UPDATE {0} SET a = a",
    "UPDATE {0} SET n = n + 1, b = b",
    "UPDATE {0} SET n = n",
    "UPDATE {0} SET a = NULL, n = NULL WHERE id = 1",
    "UPDATE {0} SET id = id + 50",
    "UPDATE {0} SET a = 'nobody' WHERE id = 99",
    "DELETE FROM {0} WHERE id = 1",
    "DELETE FROM {0}",
)
# Changes that name a column and leave its value: a trigger with UPDATE OF does not fire (trigger-columns).
_SAME_VALUE = {"a": ("UPDATE {0} SET a = a",), "n": ("UPDATE {0} SET n = n", "UPDATE {0} SET n = n + 1, b = b")}
_ROWS = ("SELECT to_jsonb(x) - 'at', x.at = now() FROM {0} x ORDER BY id", "SELECT to_jsonb(x) - 'n' FROM public.log x ORDER BY n",
         "SELECT * FROM public.total ORDER BY 1", "SELECT * FROM public.event ORDER BY 1, 2, 3, 4", "SELECT * FROM public.t16_history ORDER BY 1",
         "SELECT id, a, b FROM public.t18 ORDER BY 1")


def _changed(client, table, change, fires_first):
    """What a change leaves in the tables, or its error; nothing of it stays."""
    try:
        client.query("BEGIN")
        client.query(f"SET LOCAL session_replication_role = {'origin' if fires_first else 'replica'}; {_FIRST.format(table)}; "
                     "SET LOCAL session_replication_role = origin")
        client.query(change.format(table))
        return [client.rows(rows.format(table)) for rows in _ROWS]
    except wire.ServerError as problem:
        return problem.sqlstate, problem.message
    finally:
        client.query("ROLLBACK")


class Triggers(unittest.TestCase):
    def test_each_does_what_its_original_does(self):
        script = SCRIPT.read_text()
        tables = re.findall(r"CREATE TABLE (public\.t\d+) ", script)
        self.assertGreater(len(tables), 20)
        with world.World() as servers:
            for release in ("24.3", "25.2", "26.2"):
                with servers.databases() as name:
                    self._compare(servers, name, release, script, tables)

    def _compare(self, servers, name, release, script, tables):
        self.assertIsNone(servers.run_file(SCRIPT, name))
        _, out, said = servers.compile(SCRIPT, "--crdb", release)
        self.assertEqual(servers.apply(out, name, ()), ([], ""), said)
        report = json.loads((out / "report.json").read_text())
        left = {re.match(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)", self._text(entry))[1]
                for entry in report["statements"] if entry["fate"] == "needs_person"}
        self.assertEqual(left, set(re.findall(r"TRIGGER (kept_\w+)", script)), release)
        with servers.source.connect(name) as source, servers.target.postgres.connect(name) as target:
            for table in tables:
                on_table = rf".* ON {re.escape(table)} .*"
                if re.search("TRIGGER kept_" + on_table, script):
                    continue
                columns = re.findall(r"\w+", "".join(re.findall(rf"UPDATE OF ([\w, ]*) ON {re.escape(table)} ", script)))
                fires_first = re.search(on_table + "tsvector_update_trigger", script)
                for change in _CHANGES:
                    if any(change in _SAME_VALUE.get(column, ()) for column in columns):
                        continue
                    with self.subTest(f"{release}: {change.format(table)}"):
                        self.assertEqual(_changed(target, table, change, fires_first), _changed(source, table, change, fires_first))

    @staticmethod
    def _text(entry):
        return SCRIPT.read_bytes()[entry["span"]["start"]["byte"]:entry["span"]["end"]["byte"]].decode()


if __name__ == "__main__":
    unittest.main()
