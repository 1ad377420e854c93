"""The servers of a run, the program under test, and what one script comes to on both sides.

A World is a PostgreSQL for the source, a stand-in for the target, and a folder. Each of the processes that share a run has
one of its own, so that roles, which belong to a whole server, never meet.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

SOURCE_DIR = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("PG2CRDB_BINARY")

sys.path.insert(0, str(SOURCE_DIR / "tests" / "standin"))

import wire  # noqa: E402
from cockroach_standin import CockroachStandin  # noqa: E402
from postgres_server import PostgresServer, PostgresServerError, postgres_bin  # noqa: E402
from statements import split  # noqa: E402

from calls import source_paths, target_paths  # noqa: E402
from catalog import quoted, read_catalog  # noqa: E402
from compare import Excuses, compare  # noqa: E402

# Scripts own, grant and revoke with these; they are there before a history begins, as roles are before a dump is read.
ROLES = ("app", "reader", "writer")
_PHASES = ("10-roles.sql", "20-pre-data.sql", "30-post-data.sql", "40-revalidate.sql")
_TIMEOUT = 120


@dataclass
class Result:
    """What one script came to.

    outcome: equal, not runnable, compile failed, output refused, rows refused or catalogs differ;
    details: lines for a person; signs: what of it stays the same while a script gets smaller.
    """

    outcome: str
    details: list = field(default_factory=list)
    signs: set = field(default_factory=set)
    excused: int = 0
    status: int = 0

    @property
    def failed(self):
        return self.outcome not in ("equal", "not runnable")


def _server(programs):
    """A running PostgreSQL of the programs in a folder."""
    before = os.environ.get("PG_BIN")
    if programs:
        os.environ["PG_BIN"] = str(programs)
    try:
        return PostgresServer(superuser="root").start()
    finally:
        if programs:
            os.environ.pop("PG_BIN")
            if before is not None:
                os.environ["PG_BIN"] = before


_ALL_ROLES = "SELECT rolname FROM pg_roles"
_EXTENSIONS = "SELECT extname FROM pg_extension"
_CATALOGS = ("SELECT oid::regclass FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared "
             "ORDER BY oid")
_ALL_DATABASES = "SELECT datname FROM pg_database"
_SETTINGS = ("SELECT coalesce(r.rolname, ''), coalesce(d.datname, '') FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole "
             "LEFT JOIN pg_database d ON d.oid = s.setdatabase")


@dataclass
class _Side:
    """A server, with a superuser's connection and what was there before any script."""

    server: PostgresServer
    admin: wire.Client
    roles: set
    databases: set
    extensions: set
    settings: set
    marks: list = field(default_factory=list)  # of the database at hand when it is empty
    first_change: str = ""

    def make(self, name):
        """Makes a database, and notes what it is like when it is empty."""
        self.admin.query(f"CREATE DATABASE {quoted(name)}")
        with self.server.connect(name) as client:
            self.first_change = client.scalar("SELECT pg_current_xact_id()")
        self.empty(name)
        with self.server.connect(name) as client:
            self.marks = self._marks(client)

    def _marks(self, client):
        """How many rows each catalog has, and how many of them were written since the database was made."""
        return client.rows(" UNION ALL ".join(
            f"SELECT '{name}', count(*), count(*) FILTER (WHERE xmin::text::bigint >= {self.first_change}) FROM {name}"
            for (name,) in client.rows(_CATALOGS)))

    def empty(self, name):
        """Drops all that a script made in a database; False where something may stay."""
        try:
            with self.server.connect(name) as client:
                for row in client.rows(_EXTENSIONS):
                    if row[0] not in self.extensions:
                        client.query(f"DROP EXTENSION IF EXISTS {quoted(row[0])} CASCADE")
                for row in client.rows("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN "
                                       "('information_schema', 'crdb_internal')"):
                    client.query(f"DROP SCHEMA {quoted(row[0])} CASCADE")
                client.query("CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC; "
                             "COMMENT ON SCHEMA public IS 'standard public schema'")
                for row in client.rows(_ALL_ROLES):
                    if row[0] not in self.roles:
                        client.query(f"DROP OWNED BY {quoted(row[0])} CASCADE")
                # What is in no schema stays: default privileges, casts, servers, languages, changes of the server's own.
                return self._marks(client) == self.marks
        except wire.ServerError:
            return False

    def make_roles(self, given):
        """Makes roles that a script takes for granted, {name: options}."""
        for name, options in given.items():
            self.admin.query(f"CREATE ROLE {quoted(name)} {options}")

    def clean(self, keep):
        """Drops every database but those to keep, every role with what it may do elsewhere, and what is set for those that stay."""
        for role, database in set(map(tuple, self.admin.rows(_SETTINGS))) - self.settings:
            whose = f"ROLE {quoted(role) if role else 'ALL'}" if role or not database else f"DATABASE {quoted(database)}"
            within = f" IN DATABASE {quoted(database)}" if role and database else ""
            self.admin.query(f"ALTER {whose}{within} RESET ALL")
        for row in self.admin.rows(_ALL_DATABASES):
            if row[0] not in self.databases and row[0] not in keep:
                self.admin.query(f"DROP DATABASE {quoted(row[0])} WITH (FORCE)")
        for row in self.admin.rows(_ALL_ROLES):
            if row[0] not in self.roles:
                self.admin.query(f"DROP OWNED BY {quoted(row[0])} CASCADE; DROP ROLE {quoted(row[0])}")


class World:
    """A context manager: servers run inside of it.

    source_programs: the source's PostgreSQL, default 15; in_order: scripts are compiled statement by statement.
    """

    def __init__(self, source_programs=None, in_order=False):
        self._source_programs = source_programs
        self._in_order = in_order
        self._cleanup = contextlib.ExitStack()
        self._number = self._uses = 0
        self._given = {}  # roles that the script at hand takes for granted, with their options

    def __enter__(self):
        self.folder = pathlib.Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="pg2crdb-differential-")))
        # The same superuser on both sides: whoever is not named owns what is made.
        self.source = _server(self._source_programs)
        self._cleanup.callback(self.source.stop)
        self.target = self._cleanup.enter_context(CockroachStandin(release="26.2", password="secret"))
        self._sides = [self._side(server) for server in (self.source, self.target.postgres)]
        return self

    def __exit__(self, *_):
        self._cleanup.close()

    def _side(self, server):
        admin = self._cleanup.enter_context(server.connect())
        return _Side(server, admin, {row[0] for row in admin.rows(_ALL_ROLES)}, {row[0] for row in admin.rows(_ALL_DATABASES)},
                     {row[0] for row in admin.rows(_EXTENSIONS)}, set(map(tuple, admin.rows(_SETTINGS))))

    # ---- databases

    @contextlib.contextmanager
    def databases(self):
        """The name of a database on both sides, as good as fresh; all roles of a script are gone afterwards.

        Making a database takes longer than most scripts do, so one that can be emptied is used again.
        """
        if self._uses == 0:
            self._number += 1
            for side in self._sides:
                side.make(f"d{self._number}")
        name = f"d{self._number}"
        self._uses += 1
        used_up = True
        try:
            yield name
            # Catalogs that nobody vacuums get slow.
            used_up = self._uses >= 200 or not all(side.empty(name) for side in self._sides)
        finally:
            if used_up:
                self._uses = 0
            for side in self._sides:
                side.clean(() if used_up else (name,))

    # ---- the source

    def make_database(self, name, script):
        """Makes a database of the source with what a script makes."""
        self.source.create_database(name)
        problem = self.run_file(script, name)
        if problem:
            raise RuntimeError(f"{script}: {problem}")

    def run_history(self, statements, database):
        """Runs statements one by one; those that PostgreSQL takes, in order."""
        self._given = dict.fromkeys(ROLES, "")
        self._sides[0].make_roles(self._given)
        taken = self._taken(statements, database)
        if any(statement not in taken and re.match("INSERT|COPY|BEGIN|START|UPDATE|DO|CALL|SELECT", statement.sql)
               for statement in statements):
            # What was refused may have taken values from a sequence, and they are not given back.
            self._sides[0].empty(database)
            self._sides[0].clean((database,))
            self._sides[0].make_roles(self._given)
            taken = self._taken(taken, database)
        return taken

    def _taken(self, statements, database):
        taken = []
        with self.source.connect(database) as client:
            for statement in statements:
                if not statement.run:
                    taken.append(statement)
                    continue
                try:
                    client.query(statement.sql, None if statement.rows is None else statement.rows.encode())
                except wire.ServerError:
                    if client.status != "I":
                        client.query("ROLLBACK")
                    continue
                taken.append(statement)
        return taken

    def run_file(self, path, database, before=None):
        """Runs a script with psql, after the script `before`; None, or why it cannot be run."""
        if before:
            self.run_file(before, database)
        script = up_part(path.read_bytes())
        connected, makes_database = _last_database(path, database), re.search(rb"(?im)^CREATE DATABASE ", script)
        admin = self._sides[0].admin
        if connected != database and not makes_database:
            admin.query(f"CREATE DATABASE {quoted(connected)}")
        while True:
            done = subprocess.run([postgres_bin() / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse",
                                   self.source.url(database)], input=script, capture_output=True, timeout=_TIMEOUT)
            if done.returncode == 0:
                return None
            message = done.stderr.decode("utf-8", "replace").strip()
            helped = _without_header(script, message)
            role = re.search(r'role "(.*)" does not exist', message)
            if helped:
                script = helped
            elif role and role[1] not in self._given:
                # The script may act as it.
                self._given |= dict.fromkeys({role[1], *_roles_taken_for_granted(script)} - self._sides[0].roles, "SUPERUSER")
            else:
                return message.splitlines()[-1] if message else f"psql ended with {done.returncode}"
            self._sides[0].clean(())
            self._sides[0].make_roles(self._given)
            for name in {database, connected}:
                if name == database or not makes_database:
                    admin.query(f"CREATE DATABASE {quoted(name)}")
            if before:
                self.run_file(before, database)

    # ---- the target

    def compile(self, path, *options):
        """Compiles into a fresh folder: (exit status, folder, what was said)."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        done = subprocess.run([BINARY, "compile", path, "--out-dir", out, "--no-config", "--quiet", *options,
                               *(["--in-order"] if self._in_order else [])],
                              capture_output=True, timeout=_TIMEOUT)
        return done.returncode, out, done.stderr.decode("utf-8", "replace")

    def apply(self, out, database, by_hand):
        """Runs the phases and loads the rows: refused statements as (file, byte, statement, fields), and what load said.

        After a refused statement the others go on, so that one that a finding spoke of hides nothing. by_hand: statements
        that a person runs at their place, as (file, byte, statement).
        """
        refused, said, by_hand = [], "", list(by_hand)
        if self._in_order:  # phases make the roles that a script takes for granted
            self._sides[1].make_roles(self._given)
        names = sorted(str(path.relative_to(out)) for path in out.rglob("*.sql")) if self._in_order else _PHASES
        with self.target.connect(database) as client:
            for name in names:
                whole, position = (out / name).read_text("utf-8", "surrogateescape"), 0
                for text in split(whole):
                    position = whole.index(text, position) + len(text)
                    last_byte = len(whole[:position].encode("utf-8", "surrogateescape")) - 1
                    while by_hand and by_hand[0][:2] <= (name, last_byte):
                        self._run_by_hand(client, by_hand.pop(0)[2])
                    try:
                        client.query(text)
                    except wire.ServerError as problem:
                        refused.append((name, last_byte, text, problem.fields))
                if name == "20-pre-data.sql":
                    said = self._load(out, database)
            for _, _, text in by_hand:
                self._run_by_hand(client, text)
        return refused, said

    def _run_by_hand(self, client, text):
        """What a person does for a statement that is left: it comes to what PostgreSQL would do, in the same session."""
        session = self.target.sessions[client.key]
        session.as_postgres = True
        in_transaction = client.status == "T"
        head, _, rows = text.partition(";\n") if re.match(r"(?i)COPY\b", text) else (text, "", "")
        with contextlib.suppress(wire.ServerError):
            if in_transaction:
                client.query("SAVEPOINT by_hand")
            client.query(head, rows.removesuffix("\\.\n").encode())
        if in_transaction:
            client.query("ROLLBACK TO by_hand" if client.status == "E" else "RELEASE by_hand")
        session.as_postgres = False

    def _load(self, out, database):
        plan = json.loads((out / "load-plan.json").read_text())
        if not plan["sequences"] and not any(table["data"] for table in plan["tables"]):
            return ""
        done = subprocess.run([BINARY, "load", out, "--target", self.target.url(database), "--yes", "--quiet",
                               "--state-dir", self.folder / "state"], capture_output=True, timeout=_TIMEOUT)
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        return "" if done.returncode == 0 else (done.stderr.decode("utf-8", "replace") or f"load ended with {done.returncode}")

    # ---- one script

    def try_history(self, statements):
        """(Result, the statements that PostgreSQL took) of a history."""
        with self.databases() as name:
            taken = self.run_history(statements, name)
            path = self.folder / "history.sql"
            path.write_text("".join(statement.text() for statement in taken))
            return self._compared(path, name, name), taken

    def try_file(self, path, before=None):
        """Result of a script in a file; `before` is run in the source first, for what the script drops."""
        with self.databases() as name:
            self._given = {}
            try:
                problem = self.run_file(path, name, before)
            except (wire.ServerError, subprocess.TimeoutExpired) as trouble:
                problem = f"{type(trouble).__name__}: {trouble}"
            if problem:
                return Result("not runnable", [problem])
            return self._compared(path, name, _last_database(path, name))

    def try_alike(self, paths, before=None):
        """Results of scripts that make the same in the source, in order.

        Each is compiled. Where the output makes and says what that of one before it does, its catalogs are that one's.
        """
        if len(paths) == 1:
            return [self.try_file(paths[0], before)]
        found, results = {}, []
        for path in paths:
            status, out, _ = self.compile(path)
            said = (status, outcome_of(out, path)) if (out / "report.json").exists() else path
            if said not in found:
                found[said] = self.try_file(path, before)
            results.append(found[said])
        return results

    def _compared(self, path, target, source):
        status, out, said = self.compile(path)
        if status not in (0, 1) or not (out / "report.json").exists():
            return Result("compile failed", [f"exit status {status}: {said.strip()}"], {first_line(said)}, status=status)
        with self.source.connect(source) as client:
            wanted = read_catalog(client, source_paths)
        report, script = json.loads((out / "report.json").read_text()), path.read_bytes()
        excuses = Excuses(report, script)
        refused, load_said = self.apply(out, target, _left_for_a_person(report, script) if self._in_order else ())
        refused = [(name, text, fields) for name, position, text, fields in refused
                   if not excuses.statement(name, position, text, fields)]
        if refused:
            return Result("output refused", [f"{name}: {fields['C']} {fields['M']}\n{text}" for name, text, fields in refused],
                          {_sign(refused[0][2])}, status=status)
        if load_said and not excuses.load(load_said):
            return Result("rows refused", [load_said.strip()], {"load"}, status=status)
        for role, options in self._given.items():
            # Views read what their owner may, who has these options in the source. Here he may have another name.
            with contextlib.suppress(wire.ServerError):
                self._sides[1].admin.query(f"ALTER ROLE {quoted(role)} {options}")
        with self.target.postgres.connect(target) as client:
            got = read_catalog(client, target_paths)
        differences, excused = compare(wanted, got, excuses)
        if differences:
            return Result("catalogs differ", [str(difference) for difference in differences],
                          {difference.sign for difference in differences}, excused, status)
        return Result("equal", excused=excused, status=status)


def outcome_of(out, script_path):
    """All of a compile's output that counts here, as a text: what it makes, loads and says.

    A piece of the script stands for its place, so that the texts are equal for scripts that differ in front of it.
    """
    script = script_path.read_bytes()
    report, plan = (json.loads((out / name).read_text()) for name in ("report.json", "load-plan.json"))
    # Settings of a session that are dropped make nothing.
    statements = [entry for entry in report["statements"] if entry["passes"] != ["drop-session-settings"]]
    parts = [path.read_text("utf-8", "surrogateescape") for path in sorted(out.rglob("*.sql"))]
    return json.dumps([*parts, *(_without_places(part, script) for part in (statements, report["findings"], plan))])


# Where something stands in the script, or says so; and what the script is.
_PLACES = ("id", "line", "first_line", "file", "inputs", "begin", "end", "span", "merged_into", "reason")


def _without_places(value, script):
    if isinstance(value, list):
        return [_without_places(entry, script) for entry in value]
    if not isinstance(value, dict):
        return value
    pieces = [(value["begin"], value["end"])] if "begin" in value else []
    if value.get("span"):
        pieces.append((value["span"]["start"]["byte"], value["span"]["end"]["byte"]))
    rest = {key: entry if key == "output_span" else _without_places(entry, script) for key, entry in value.items() if key not in _PLACES}
    return rest | {"pieces": [script[begin:end].decode("utf-8", "surrogateescape") for begin, end in pieces]}


def _left_for_a_person(report, script):
    """The statements of a report that are left for a person, by their place in the output: (file, byte, statement)."""
    return sorted((entry["output_span"]["file"], entry["output_span"]["start"]["byte"],
                   script[entry["span"]["start"]["byte"]:entry["span"]["end"]["byte"]].decode("utf-8", "replace"))
                  for entry in report["statements"] if entry["fate"] == "needs_person" and entry["output_span"])


def _sign(fields):
    """The kind of an error: its words without names."""
    return fields["C"] + " " + re.sub(r"\"[^\"]*\"|'[^']*'|\S*\.\S*|\d+", "_", fields["M"])


def first_line(text):
    """The first line that says something."""
    return re.sub(r"^.*?: ", "", next((line for line in text.splitlines() if line.strip()), "silent"))


def _without_header(script, message):
    """The script without the statement that this server refuses though it is not what is compared; None otherwise."""
    newer = re.search(r'unrecognized configuration parameter "(\w+)"', message)
    if newer:
        pattern = rb"(?m)^SET " + newer[1].encode() + rb" = .*;\r?$"
    elif 'schema "public" already exists' in message:
        pattern = rb"(?m)^CREATE SCHEMA \"?public\"?;\r?$"
    else:
        return None
    changed = re.sub(pattern, b"", script)
    return changed if changed != script else None


_ROLE = rb'("(?:[^"]|"")+"|\w+)'
_OWNER_OR_GRANTEE = re.compile(rb"(?m)^(?:ALTER .* OWNER TO|GRANT .* TO|REVOKE .* FROM) " + _ROLE + rb";\r?$")
_ROLE_MADE = re.compile(rb"(?i)\bCREATE\s+(?:ROLE|USER|GROUP)\s+(?:IF\s+NOT\s+EXISTS\s+)?" + _ROLE)
_NO_ROLES = {"PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"}


def _roles_taken_for_granted(script):
    """Who owns or is granted something and is not made: PostgreSQL would miss them one by one."""
    named, made = ({name.decode("utf-8", "replace") for name in pattern.findall(script)} for pattern in (_OWNER_OR_GRANTEE, _ROLE_MADE))
    return {name[1:-1].replace('""', '"') if name[0] == '"' else name.lower() for name in named - made if name.upper() not in _NO_ROLES}


_UP_MARK = re.compile(rb"(?im)^--\s*(?:\+goose|\+migrate|migrate:)\s*up\b")
_DOWN_MARK = re.compile(rb"(?im)^--\s*(?:\+goose|\+migrate|migrate:)\s*down\b")


_NO_TRANSACTION = re.compile(rb"(?im)^--\s*(?:\+goose|\+migrate|migrate:).*(?:no ?transaction|transaction:false)")


def up_part(script):
    """What a migration tool runs of a file with marks: all up parts, in a transaction; of other files everything."""
    if not _UP_MARK.search(script):
        return script
    parts = [b"--" + _DOWN_MARK.split(piece)[0] for piece in _UP_MARK.split(script)[1:]]
    return b"\n".join(parts if _NO_TRANSACTION.search(script) else [b"BEGIN;", *parts, b"COMMIT;\n"])


def _last_database(path, name):
    """Where psql ends: a dump with its database (pg_dump -C) changes to it, one of a whole server last to an empty one."""
    found = [one for one in re.findall(rb'(?m)^\\c(?:onnect)? +(?:-reuse-previous=on +)?("?)(\S+?)\1\s*$', path.read_bytes())
             if one[1] != b"-"]
    if not found:
        return name
    last = next((one for _, one in reversed(found) if one not in (b"template1", b"postgres")), found[-1][1]).decode()
    dbname = re.search(r"dbname='(.*)'", last)
    return dbname[1] if dbname else last
