#!/usr/bin/env python3
"""The commands that README.md and docs/ show are run as they stand, a page after the other, each in a folder that has what the page speaks of."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import _target
from _command_line import BINARY, SOURCE, CommandLine

# What is not run here, and why: every other command of a page is.
NOT_RUN = {
    r"scripts/|cmake ": "builds",
    r"pg2crdb console ": "serves until it is stopped: console_test.py",
    r"--plugin |/my-pass": "a program of the reader's: plugin_test.py, ast_test.py",
    r"AWS_|s3://": "object storage: object_storage_test.py",
    r"\bmydb\b": "a server of the reader's own, with an extension",
    r"pg2crdb: ": "what a command says",
}
ENUMERATED = 1  # exit status of findings

MIGRATIONS = {
    "20260101120000_towns.sql": "CREATE TABLE towns (id bigint PRIMARY KEY, code text NOT NULL, half integer);\n",
    "20260102120000_index.sql": "-- in the background\nCREATE INDEX CONCURRENTLY index_towns_on_code ON towns USING btree (code);\n",
}
STATS = "query,calls,total_exec_time\nSELECT id / $1 FROM public.towns,100,12.5\n"
OBJECTS = """CREATE FUNCTION public.film_in_stock(p_id integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT id FROM public.towns WHERE id = p_id';
CREATE TABLE public.orders (id integer PRIMARY KEY);
INSERT INTO public.orders VALUES (1), (2);
"""


def commands_of(page):
    """The commands in its blocks of no language, in their order; lines that end in a backslash are one with the next."""
    found = []
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", page, re.S | re.M):
        if language:
            continue
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            line = line.removeprefix("$ ")
            if re.match(r"(pg2crdb|pg_dump|psql|export|scripts/\w+|cmake) ", line):
                found.append(line)
    return found


def is_run(command):
    return not any(re.search(pattern, command) for pattern in NOT_RUN)


class Pages(CommandLine):
    """Each test is of one page."""

    @classmethod
    def setUpClass(cls):
        server = _target.source()
        cls.source = server.create_database("app")
        dump = _target.frenchtowns().read_bytes()
        cls.psql = [_target.postgres_bin() / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", cls.source]
        subprocess.run(cls.psql, input=dump, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*cls.psql, "-c", OBJECTS], check=True)
        cls.targets = 0

    def new_target(self, name=None):
        Pages.targets += 1
        if name:
            with _target.target().connect() as client:
                client.query(f'DROP DATABASE IF EXISTS "{name}" CASCADE')
        self.app = _target.target().create_database(name or f"docs_{Pages.targets}")

    def pg_dump(self, *options):
        return subprocess.run([_target.postgres_bin() / "pg_dump", *options, self.source], capture_output=True, check=True).stdout

    def prepare(self):
        dump = self.pg_dump()
        self.write("dump.sql", dump)
        self.write("schema.sql", self.pg_dump("--schema-only"))
        self.write("app.dump", self.pg_dump("--format=custom"))
        self.write("cluster.sql", b"--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE clerk;\n\n\\connect shop\n\n" + dump
                   + b"\n--\n-- PostgreSQL database cluster dump complete\n--\n")
        for name, text in MIGRATIONS.items():
            self.write(f"db/migrations/{name}", text)
            self.write(f"migrations/{name}", text)
        self.write("db/structure.sql", self.pg_dump("--schema-only"))
        self.write("stats.csv", STATS)
        shutil.copytree(SOURCE / "examples/rules", self.folder / "rules")
        for table in ("regions", "departments", "towns", "orders"):
            rows = subprocess.run([*self.psql, "-c", f"COPY public.{table} TO STDOUT CSV HEADER"], capture_output=True, check=True).stdout
            self.write(f"rows/public.{table}.csv", rows)
        self.new_target()

    def run_command(self, command, statuses):
        """As the page has it, but for the names of the servers."""
        administration = _target.target().url()
        shown = re.sub(r"postgresql://root@(?:crdb|localhost):26257/(?:app|shop)", lambda _: f"'{self.app}'", command)
        shown = re.sub(r"postgresql://root@crdb:26257/defaultdb", lambda _: f"'{administration}'", shown)
        shown = re.sub(r"postgresql://app@pg/app", lambda _: f"'{self.source}'", shown)
        path = f"{pathlib.Path(BINARY).resolve().parent}:{_target.postgres_bin()}:{os.environ['PATH']}"
        run = subprocess.run(["bash", "-c", shown], cwd=self.folder, capture_output=True, text=True, timeout=300,
                             env={**os.environ, "PATH": path, "PG": self.source, "CRDB": self.app, "CRDB_ADMIN": administration})
        self.assertIn(run.returncode, statuses, f"{command}\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}")
        return run

    def run_page(self, name, before=None):
        """`before` may look at a command first."""
        self.prepare()
        ran = 0
        for command in commands_of((SOURCE / name).read_text()):
            if not is_run(command):
                continue
            if before:
                before(command)
            looks = re.match(r"pg2crdb (lint|compile|whatif|apply \S+ --rehearse)", command)
            self.run_command(command, {0, ENUMERATED} if looks else {0})
            ran += 1
        self.assertGreater(ran, 0, "no command of this page was found")

    def compiled_and_loaded(self):
        self.new_target()
        for command in ("rm -rf out pg2crdb-state", "pg2crdb compile dump.sql --crdb 26.1 --out-dir out", 'pg2crdb migrate dump.sql --target "$CRDB"'):
            self.run_command(command, {0})

    def test_the_readme(self):
        def before(command):
            self.write("schema.sql", self.pg_dump("--schema-only"))  # one of them writes another
            if "--baseline" in command:
                self.run_command(command.split("#")[0] + " --update-baseline", {0})
            elif re.match(r"pg2crdb (migrate|apply) ", command):
                self.new_target()
            elif command.startswith(("pg2crdb verify ", "pg2crdb worker out --phase verify ")):
                self.compiled_and_loaded()
            elif command.startswith("pg2crdb worker "):
                self.new_target()
                for step in ("rm -rf out", "pg2crdb compile dump.sql --crdb 26.1 --out-dir out",
                             'pg2crdb apply out --target "$CRDB" --phase roles --phase pre-data'):
                    self.run_command(step, {0})

        self.run_page("README.md", before)

    def test_a_database_moved(self):
        read_write = {**os.environ, "PGOPTIONS": "-c default_transaction_read_only=off"}
        self.addCleanup(subprocess.run, [*self.psql, "-c", "ALTER DATABASE app RESET default_transaction_read_only"], check=True, env=read_write)

        def before(command):
            if command.startswith(("pg2crdb migrate app.dump", "pg2crdb compile app.dump")) and "--dry-run" not in command:
                self.new_target("app")

        self.run_page("docs/moving.md", before)

    def test_the_linter_in_ci(self):
        self.run_page("docs/ci.md")

    def test_the_configuration(self):
        def before(command):
            lines = ["--"] * 124
            lines[6] = "CREATE TABLE public.t (id integer);"
            lines[8] = "CREATE TABLE public.users (name public.citext);"
            lines[10] = "CREATE TABLE public.codes (code character(8));"
            lines[40] = "CREATE TABLE public.orders (id integer, placed timestamp);"
            lines[119] = "CREATE FUNCTION public.nobodys() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
            self.write("dump.sql", "\n".join(lines) + "\n")

        self.run_page("docs/configuration.md", before)

    def test_workers(self):
        self.run_page("docs/workers.md")

    def test_routines(self):
        self.run_page("docs/routines.md")

    def test_a_workload(self):
        self.run_page("docs/workload.md")

    def test_every_page_with_commands_is_here(self):
        here = set(re.findall(r'run_page\("([^"]+)"', pathlib.Path(__file__).read_text()))
        pages = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
        shown = {str(page.relative_to(SOURCE)) for page in pages if any(map(is_run, commands_of(page.read_text())))}
        self.assertEqual(shown, here)


if __name__ == "__main__":
    _target.require()
    try:
        unittest.main()
    finally:
        _target.stop()
