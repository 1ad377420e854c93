#!/usr/bin/env python3
"""The frenchtowns dump by the steps of CockroachDB's migration guide, from what is found to nothing, onto a cluster: by commands, and by
clicks in the console. What the guide's tool calls errors are notes here, as nothing has to be done about them; so notes fail it. The data is the one that the guide takes, where the corpus stands beside the repository, else ours."""

import json
import subprocess
import unittest

import _target
from _command_line import CommandLine
from _console_page import ConsolePage

REAL = _target.CORPUS / "morenoh149__postgresDBSamples/french-towns-communes-francaises.sql"
ROWS = {"regions": 26, "departments": 100, "towns": 36684}
_dumps = []


def dump():
    """What pg_dump writes of it, with its rows."""
    if not _dumps:
        if REAL.exists():
            url = _target.source().create_database("frenchtowns_of_the_guide")
            psql = [_target.postgres_bin() / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", url]
            subprocess.run(psql, input=REAL.read_bytes(), check=True, stdout=subprocess.DEVNULL)
            _dumps.append(subprocess.run([_target.postgres_bin() / "pg_dump", url], capture_output=True, check=True, text=True).stdout)
        else:
            print("no corpus beside the repository: the frenchtowns of the tests")
            _dumps.append(_target.frenchtowns().read_text())
    return _dumps[0]


class Walk(CommandLine):
    """A cluster that has none of the dump's roles."""

    def database(self, name):
        self.name = name
        self.url = _target.target().create_database(name)

    def assert_arrived(self):
        with _target.target().connect(self.name) as client:
            for table, rows in ROWS.items():
                self.assertEqual(client.rows(f"SELECT count(*) FROM public.{table}"), [[str(rows)]])
            self.assertEqual(client.rows("SELECT t.name FROM towns t JOIN departments d ON d.code = t.department JOIN regions r ON r.code = d.region "
                                         "WHERE r.name = 'Lorraine' AND t.name = 'Nancy'"), [["Nancy"]])
            last = client.rows("SELECT max(id) FROM public.towns")[0][0]
            self.assertEqual(client.rows("SELECT nextval('public.towns_id_seq')"), [[str(int(last) + 1)]])


class CommandsTest(Walk):
    def lint(self):
        run = self.run_tool("lint", "dump.sql", "--format", "json")
        report = json.loads(run.out)
        return run.returncode, {one["rule"] for one in report["findings"] if "acknowledged" not in one}

    def test_from_errors_to_none_and_onto_the_cluster(self):
        self.database("walk_by_commands")
        self.write("dump.sql", dump())
        self.write("pg2crdb.toml", 'fail_on = "info"\n')
        status, found = self.lint()
        self.assertEqual(status, 1)
        self.assertIn("missing-role", found)
        self.assertEqual(self.run_tool("apply", "dump.sql", "--dry-run").returncode, 1)
        self.assertEqual(self.run_tool("decide", "dump.sql", "--action", "add-user", "--reason", "it owns the tables").returncode, 0)
        for rule in sorted(found - {"missing-role"}):
            run = self.run_tool("decide", "dump.sql", "--rule", rule, "--reason", "as the guide does")
            self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.lint(), (0, set()))
        dry = self.run_tool("apply", "dump.sql", "--dry-run")
        self.assertEqual(dry.returncode, 0, dry.err)
        self.assertIn("CREATE USER IF NOT EXISTS postgres", dry.out)
        run = self.run_tool("apply", "dump.sql", "--rehearse", "--target", self.url)
        self.assertEqual((run.returncode, run.out), (0, ""), run.err)
        run = self.run_tool("migrate", "dump.sql", "--target", self.url)
        self.assertEqual(run.returncode, 0, run.out + run.err)
        self.assertIn("36,810 rows are equal in 3 tables", run.err)
        self.assert_arrived()


class ConsoleTest(Walk, ConsolePage):
    def test_from_errors_to_none_and_onto_the_cluster(self):
        self.database("walk_in_the_console")
        self.write("pg2crdb.toml", 'fail_on = "info"\n')
        browser = self.opened(dump(), "--target", self.url)
        browser.run("document.querySelector('#summary .infos').open = true")
        headline = "document.querySelector('#summary .headline').textContent"
        self.assertIn("Not ready", browser.run(headline))
        self.assertIn("fail_on is info", browser.run("document.querySelector('#summary .verdict').textContent"))
        self.picture("walk-summary")
        self.click("add-user missing-role")
        self.confirm("it owns the tables")
        for rule in sorted(one["id"] for one in self.console.state()["rules"] if one["open"]):
            self.click(f"acknowledge {rule}")
            self.confirm("as the guide does")
        self.assertEqual(browser.run(headline), "Ready to migrate")
        self.picture("walk-ready")
        self.go("migrate")
        for step in ("rehearse", "tables", "load", "post-data", "revalidate", "verify"):
            self.click(f"run {step} false")
            self.until(f"document.querySelector('#migrate [data-step={step}] #run h4') && document.querySelector('#run h4').textContent !== 'At work'", 300)
            self.assertEqual(browser.run("document.querySelector('#run h4').textContent"), "Done", browser.run("document.getElementById('run').innerText"))
            self.picture(f"walk-{step}")
        ended = browser.run("[...document.querySelectorAll('#migrate [data-step] .ended')].map((one) => one.textContent)")
        self.assertEqual(ended, ["done", "", "done", "done", "done", "done", "done"])
        self.assertIn("success: 36684", browser.run("document.getElementById('run').innerText"))
        with _target.target().connect(self.name) as client:
            for table, rows in ROWS.items():
                self.assertEqual(client.rows(f"SELECT count(*) FROM public.{table}"), [[str(rows)]])
        self.assert_quiet()


if __name__ == "__main__":
    _target.require()
    try:
        unittest.main()
    finally:
        _target.stop()
