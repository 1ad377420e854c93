"""One client connection of the stand-in: reads its messages, answers or forwards them."""

import contextlib
import functools
import re
import select
import socket
import struct
import sys
import time

import wire
from copy_in import TextTraps, parse_copy, table_columns, taken_in_silence, write_refusal
from import_into import ImportFailed, Importer, parse_import
from refusals import refusal_of
from rewrite import rewrite
from shows import SESSION_VARIABLES, show_query
from statements import (Statement, ident_value, literal_value, quote_ident, quote_literal, split, tokenize)
from translate import Lookups, translate
from userfiles import Userfile, parse_upload

JOB_NOTICE = ("waiting for job(s) to complete: {}\n"
              "If the statement is canceled, jobs will continue in the background.")
_AUTOCOMMIT_NOTICE = ("auto-committing transaction before processing DDL due to "
                      "autocommit_before_ddl setting")
_SEQUENTIAL_NOTICE = ("using sequential values in a primary key does not perform as well as using "
                      "random UUIDs. See https://www.cockroachlabs.com/docs/dev/serial.html")
_DDL = re.compile(r"^(?:create (?!role|user)|alter (?!role|user)|drop (?!role|user)|truncate|"
                  r"comment|refresh)")
_WITH_JOB = re.compile(
    r"^(?:alter table (?!.* owner to |.* rename |.* set schema )|create (?:unique |inverted )*index|"
    r"create table .* references |alter sequence .* owned by|create policy|create trigger|"
    r"create (?:or replace )?(?:materialized )?view|refresh|drop (?:table|view|index|materialized)|"
    r"alter default privileges|alter type .* add value)")
_SEQUENTIAL_KEY = re.compile(
    r"^create .*?table .*? (?:as identity(?: \( [^)]*\))?(?: not null)? primary key|"
    r"primary key(?: default)? (?:default )?nextval|nextval \( .*? \)(?: not null)? primary key|"
    r"primary key generated (?:always|by default) as identity|"
    r"[(,] (?P<key>\S+) \w+ (?:not null )?(?:generated (?:always|by default) as identity|"
    r"default nextval).*? primary key \( (?P=key) )")
_ENDS_TRANSACTION = re.compile(r"^(?:rollback|commit|abort|end|prepare transaction)\b")
_SETTING = re.compile(r"^(set (?:session |local )?|reset )(\w+)(?: (?:=|to) |$)")
_NOT_A_SETTING = {"transaction", "constraints", "time", "role", "session", "cluster", "names", "all",
                  "local", "characteristics", "tracing"}
_TEXT_BACKED = re.compile(r"data type (?:geometry|geography|box2d|vector) has no default operator")
# Types an inverted index cannot end with, though btree_gin and btree_gist would take them.
_SCALARS = ", ".join(f"'{name}'::regtype" for name in (
    "text", "varchar", "bpchar", "int2", "int4", "int8", "float4", "float8", "numeric", "bool", "date",
    "timestamp", "timestamptz", "time", "timetz", "interval", "uuid", "inet", "bytea", "oid"))
# Above this size an INSERT is data: it is not searched for refusals.
_BULK = 200_000
# Above this one its table is not looked at.
_SHORT = 2_000

# Programs send the same short statements again and again.
_statement, _refusal_of, _rewrite = (functools.lru_cache(512)(known) for known in (Statement, refusal_of, rewrite))

_PART = r'(?:"(?:[^"]|"")+"|\w+)'
_NAME = rf"(?:{_PART}\.)?{_PART}"


class Refused(Exception):
    """The statement is answered with an error; `fields` is the ErrorResponse."""

    def __init__(self, sqlstate, text, **more):
        super().__init__(text)
        self.fields = {"C": sqlstate, "M": text, **more}

    @classmethod
    def with_fields(cls, fields):
        return cls(fields["C"], fields["M"], **{k: v for k, v in fields.items() if k not in "CM"})


class Hang(Exception):
    """The connection must never answer again."""


class Session:
    """Serves one client until it leaves.  `server` is the CockroachStandin."""

    def __init__(self, server, sock):
        self.server = server
        self.client = wire.Channel(sock)
        self.backend = None
        self.side = None  # a superuser's connection to the same database, for what is looked up
        self.as_postgres = False  # statements go to the PostgreSQL behind it as they are
        self.user = self.database = ""
        self.key = (0, 0)
        self.variables = {}
        self.pending_syncs = 0
        self.skipping = False
        self.keepers = []  # connections that hold snapshots
        self.cut = False  # on purpose

    # ---- start-up

    def serve(self):
        try:
            if self._start():
                self._loop()
        except (wire.WireError, OSError) as problem:
            self._tell_of_backend(problem)
        except Hang:
            self._hang()
        finally:
            self.server.sessions.pop(self.key, None)
            for keeper in self.keepers:
                keeper.close()
            self.client.close()
            for connection in (self.backend, self.side):
                if connection is not None:
                    connection.close()

    def _start(self):
        code, body = self.client.read_startup()
        while code in (wire.SSL_REQUEST, wire.GSS_REQUEST):
            self.client.send(b"N")
            code, body = self.client.read_startup()
        if code == wire.CANCEL_REQUEST:
            self.server.cancel(struct.unpack("!II", body))
            return False
        words = [wire.decode(word) for word in body.split(b"\0")]
        options = dict(zip(words[::2], words[1::2]))
        self.user = options.get("user", "root")
        self.database = options.get("database") or "defaultdb"
        if not self._authenticate():
            return False
        self.options = {key: value for key, value in options.items()
                        if key in ("application_name", "search_path", "DateStyle", "TimeZone")}
        try:
            self._connect(self.database)
        except wire.ServerError as error:
            # The one without a SQLSTATE could not fork.
            self.client.send(wire.error({"C": "53000", **error.fields, "S": "FATAL"}))
            return False
        except (wire.WireError, OSError) as error:
            self.client.send(wire.error({"S": "FATAL", "C": "08006", "M": f"the node's own server cannot be reached: {error}"}))
            return False
        self.key = self.backend.key
        self.server.sessions[self.key] = self
        parameters = {**self.backend.parameters, "server_version": "13.0.0",
                      "crdb_version": self.server.version}
        self.client.send(
            wire.message(b"R", b"\0\0\0\0")
            + b"".join(wire.parameter_status(*pair) for pair in parameters.items())
            + wire.message(b"K", struct.pack("!II", *self.key)) + wire.ready_for_query("I"))
        return True

    def _tell_of_backend(self, problem):
        """A client that leaves is nobody's fault; that the server behind us went away unasked is said.

        The client is cut off, as by a node that dies.
        """
        if self.backend is None or self.cut or self.server.postgres.going:
            return
        with contextlib.suppress(BlockingIOError):
            try:
                lost = not self.backend.channel.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            except ConnectionError:
                lost = True
            if lost:
                print(f"a session of {self.database} lost the server behind it: {problem}; its log ends:\n"
                      f"{self.server.postgres.log()[-500:]}", file=sys.stderr)

    def _authenticate(self):
        if self.server.password is None:
            return True
        self.client.send(wire.message(b"R", struct.pack("!I", 3)))
        kind, body = self.client.read()
        if kind == b"p" and wire.decode(body.rstrip(b"\0")) == self.server.password:
            return True
        self.client.send(wire.error({
            "S": "FATAL", "C": "28P01",
            "M": f"password authentication failed for user {self.user}"}))
        return False

    def _connect(self, database):
        """Makes `database` the session's: a new backend connection replaces the old one."""
        backend = self.server.postgres.connect(database, self.user, timeout=None, options=self.options)
        for old in (self.backend, self.side):
            if old is not None:
                old.close()
        self.backend, self.side, self.database = backend, None, database

    def _hang(self):
        """Swallows what comes until the client gives up."""
        try:
            while True:
                self.client.fill()
                self.client.buffer.clear()
        except (wire.WireError, OSError):
            pass

    # ---- the loop

    def _loop(self):
        watched = None
        while True:
            while self.client.has_message():
                kind, body = self.client.read()
                if kind == b"X":
                    return
                self._message(kind, body)
            backend = self.backend.channel
            if watched is not backend:
                watched, poll = backend, select.poll()
                poll.register(self.client.sock, select.POLLIN)
                poll.register(backend.sock, select.POLLIN)
            for descriptor, _ in poll.poll():
                if descriptor == self.client.sock.fileno():
                    self.client.fill()
                else:
                    backend.fill()
                    self._forward_backend()

    def _message(self, kind, body):
        if kind == b"Q":
            self._drain()
            time.sleep(self.server.latency)
            self._simple_query(wire.decode(body.rstrip(b"\0")))
        elif kind == b"S":
            if self.skipping:
                self.skipping = False
                self.client.send(wire.ready_for_query(self.backend.status))
                return
            time.sleep(self.server.latency)
            self.pending_syncs += 1
            self.backend.channel.send(wire.message(kind))
        elif self.skipping:
            return
        elif kind == b"P":
            self._parse(body)
        else:
            self.backend.channel.send(wire.message(kind, body))

    def _forward_backend(self):
        """Forwards every whole message of an extended-protocol answer."""
        backend = self.backend.channel
        while backend.has_message():
            run = backend.read_run(ord("D")) or backend.read_run(ord("d"))
            if run:
                self.client.send(run)
                continue
            kind, body = backend.read()
            if kind == b"E":
                self.client.send(wire.error(translate(wire.parse_fields(body), self._lookups(None))))
            elif kind == b"Z":
                self.backend.status = chr(body[0])
                self.pending_syncs -= 1
                self.client.send(wire.message(kind, body))
            else:
                self.client.send(wire.message(kind, body))

    def _drain(self):
        """Waits until the backend has answered every Sync."""
        while self.pending_syncs:
            self.backend.channel.fill()
            self._forward_backend()

    def _parse(self, body):
        """A Parse message: the same interception as for simple queries."""
        name, query, rest = body.split(b"\0", 2)
        try:
            texts = split(wire.decode(query))
            sql = ""
            if texts:
                plan = self._plan(Statement(texts[0]))
                if not isinstance(plan, Run) or plan.after:
                    raise Refused("0A000", "stand-in: only offered in the simple protocol")
                sql = plan.sql
        except Refused as refused:
            # What was pipelined before is answered first, then this error.
            self.pending_syncs += 1
            self.backend.channel.send(wire.message(b"S"))
            while self.pending_syncs:
                self._swallow_ready()
            self._abort()
            self.client.send(wire.error(refused.fields))
            self.skipping = True
            return
        self.backend.channel.send(wire.message(b"P", name + b"\0" + wire.encode(sql) + b"\0" + rest))

    def _swallow_ready(self):
        kind, body = self.backend.channel.read()
        if kind == b"Z":
            self.pending_syncs -= 1
            self.backend.status = chr(body[0])
        else:
            self.client.send(wire.message(kind, body))

    # ---- simple queries

    def _simple_query(self, sql):
        texts = split(sql)
        if not texts:
            self.client.send(wire.message(b"I"))
        for text in texts:
            if not self._run_text(text):
                break
        self.client.send(wire.ready_for_query(self.backend.status))

    def _run_text(self, text):
        """Runs one statement, False when it failed."""
        if len(text) > _BULK and text[:6].lower() == "insert" \
                and "overriding" not in text[:4000].lower():
            return self._relay(Run(text), Statement(text[:1000].split("'")[0]))
        if self.server.next_query_fails(text):
            return self._fail({"C": "53200", "M": "the node is in trouble"})
        statement = (_statement if len(text) < _SHORT else Statement)(text)
        try:
            plan = self._plan(statement)
        except Refused as refused:
            return self._fail(refused.fields)
        except (IndexError, StopIteration, ValueError):
            # The text ended where a rewriting expected more: PostgreSQL's parser says where.
            plan = Run(text)
        if isinstance(plan, Run):
            return self._relay(plan, statement)
        try:
            return plan()
        except Refused as refused:
            return self._fail(refused.fields)
        except wire.ServerError as error:
            return self._fail(translate(error.fields, self._lookups(statement)))

    def _fail(self, fields):
        self._abort()
        self.client.send(wire.error(fields))
        return False

    def _abort(self):
        """Puts an open transaction into its failed state."""
        if self.backend.status == "T":
            try:
                self.backend.query("SELECT 1/0")
            except wire.ServerError:
                pass

    def _complete(self, tag, *before):
        self.client.send(b"".join(before) + wire.command_complete(tag))
        return True

    def _plan(self, statement):
        """A Run, or a callable that answers by itself; raises Refused."""
        if self.as_postgres:
            return Run(statement.text)
        normal = statement.normal
        fields = (_refusal_of if len(statement.text) < _SHORT else refusal_of)(statement, self.server.release)
        if fields:
            raise Refused.with_fields(fields)
        if self.backend.status == "E" and not _ENDS_TRANSACTION.match(normal):
            aborted = {"C": "25P02", "M": "current transaction is aborted, commands ignored until "
                                          "end of transaction block"}
            if re.match(r"^copy .* from stdin\b", normal):
                return lambda: self._hanging_copy(aborted)
            raise Refused.with_fields(aborted)
        for start, handler in self._HANDLERS:
            if normal.startswith(start):
                plan = handler(self, statement)
                if plan is not None:
                    return plan
        return self._rewritten(statement)

    def _select(self, statement):
        """cluster_logical_timestamp(): a moment that can be come back to while this session lives, or the server."""
        if not re.match(r"^select cluster_logical_timestamp \( \)", statement.normal):
            return None
        keeper = self.server.postgres.connect(self.database, timeout=None)
        (self.server.keepers if self.server.keeps_moments else self.keepers).append(keeper)
        keeper.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = f"{time.time_ns()}.0000000000"
        self.server.moments[moment] = keeper.rows("SELECT pg_export_snapshot()")[0][0]
        return Run(f"SELECT '{moment}' AS cluster_logical_timestamp")

    def _begin(self, statement):
        """BEGIN AS OF SYSTEM TIME, of a moment that cluster_logical_timestamp() gave."""
        found = re.search(r" as of system time (\S+)", statement.normal)
        snapshot = found and self.server.moments.get(found[1])
        if snapshot is None:
            return None
        return Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [f"SET TRANSACTION SNAPSHOT '{snapshot}'"])

    def _commit(self, _statement):
        """What a COMMIT may meet: see CockroachStandin."""
        with self.server._lock:
            if self.backend.status != "T" or not self.server.commit_faults:
                return None
            fault = self.server.commit_faults.pop(0)
        return (lambda: self._faulty_commit(*fault.split())) if fault else None

    def _faulty_commit(self, work, answer):
        self.backend.query("COMMIT" if work == "done" else "ROLLBACK")
        if answer == "cut":
            raise wire.WireError("dropped on purpose")
        text = {"40001": "restart transaction: TransactionRetryWithProtoRefreshError: "
                         "TransactionRetryError: retry txn (RETRY_SERIALIZABLE)",
                "40003": "result is ambiguous: error=rpc error [exhausted]"}[answer]
        raise Refused(answer, text)

    def _hanging_copy(self, fields):
        """What a real node does with a COPY in a failed transaction (14_abortcopy)."""
        self.client.send(wire.error(fields))
        raise Hang

    def _rewritten(self, statement):
        normal = statement.normal
        self._check_catalog(statement)
        bracket = re.search(r"\[ show ", normal)
        if bracket:
            statement = self._expand_brackets(statement)
        done = (_rewrite if len(statement.text) < _SHORT else rewrite)(statement, self._int_size(),
                                                                       self._variable("serial_normalization") == "rowid")
        notices = list(done.notices)
        if _SEQUENTIAL_KEY.search(normal):
            notices.append(_SEQUENTIAL_NOTICE)
        run = Run(done.sql, done.after, notices)
        run.job = bool(_WITH_JOB.match(normal)) and not normal.startswith("alter table if exists")
        run.commits = bool(_DDL.match(normal)) and self._variable("autocommit_before_ddl") == "on"
        return run

    def _expand_brackets(self, statement):
        """`[SHOW ...]` in a query becomes a subquery."""
        text, tokens = statement.text, statement.tokens
        for index in reversed(range(len(tokens) - 1)):
            if tokens[index].text == "[" and tokens[index + 1].low == "show":
                end = statement.closing(index)
                inner = Statement(text[tokens[index].end:tokens[end].start].strip())
                query = self._show_sql(inner)
                if query is None:
                    raise Refused("42601", 'at or near "]": syntax error')
                alias = "" if re.match(r"(?:as )?[a-z_]\w*$", tokens[end + 1].low
                                       if end + 1 < len(tokens) else "") and \
                    tokens[end + 1].low not in ("where", "order", "limit", "join", "group",
                                                "inner", "left", "on", "union") else " AS shown"
                text = text[:tokens[index].start] + f"({query}){alias}" + text[tokens[end].end:]
        return Statement(text)

    def _check_catalog(self, statement):
        """Refusals that depend on what is in the database."""
        normal = statement.normal
        match = re.match(r"^alter table .* add (?:constraint \S+ )?primary key \( ([^)]*) \)", normal)
        if match:
            index = 2
            while statement.tokens[index].low in ("only", "if", "exists"):
                index += 1
            for column in match[1].split(" , "):
                column = column.split(" ")[0].strip('"')
                if self._column(statement, index, column, "AND NOT attnotnull AND NOT EXISTS "
                                "(SELECT FROM pg_index WHERE indrelid = attrelid AND indisprimary)"):
                    raise Refused("42P15", f'cannot use nullable column "{column}" in primary key')
        match = re.match(r"^create index (?:if not exists )?\S+ on (.*?) using (gin|gist) "
                         r"\( (?:[^()]* , )?(\S+) \)", normal)
        if match:
            index = [token.low for token in statement.tokens].index("on") + 1
            found = self._column(statement, index, match[3].strip('"'), f"AND atttypid IN ({_SCALARS})")
            if found and found[0][0] == "text":
                raise Refused("42704", "data type text has no default operator class for access "
                                       f'method "{match[2]}"')
            if found:
                kind = {"bigint": "int"}.get(found[0][0], found[0][0])
                raise Refused("0A000", f"column {match[3]} has type {kind}, which is not allowed as "
                                       "the last column in an inverted index")

        self._check_used(statement)

    def _check_used(self, statement):
        """What a view or a trigger uses, and rows of views (forms, sections 8 and 9; DDL facts 0.2)."""
        normal = statement.normal
        if len(normal) < _SHORT and (match := re.match(r"^(?:insert into|update|delete from) (?:only )?", normal)):
            table = self._named(statement, match.end())
            if self._side_rows(f"SELECT FROM pg_class WHERE oid = to_regclass({table}) AND relkind IN ('v', 'm')"):
                raise Refused("42809", f"{table[1:-1]} is not a table")
        match = re.match(r"^alter (table|view|materialized view|sequence|function|procedure|type) (?:if exists )?(?:only )?", normal)
        used = match and re.search(r" (rename to|set schema|rename column (?P<old>\S+) to|rename (?P<short>\S+) to) \S+$", normal)
        if used:
            kind, found = match[1], self._named(statement, match.end())
            oid = {"function": f"to_regproc({found})", "procedure": f"to_regproc({found})", "type": f"to_regtype({found})"}.get(
                kind, f"to_regclass({found})")
            column = (used["old"] or used["short"] or "").strip('"')
            of_column = (f"AND refobjsubid = (SELECT attnum FROM pg_attribute WHERE attrelid = refobjid AND attname = {quote_literal(column)})"
                         if column else "")
            views = self._side_rows(
                "SELECT DISTINCT ev_class::regclass FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_rewrite'::regclass "
                f"WHERE refobjid = {oid} AND ev_class <> refobjid {of_column}")
            if views:
                raise Refused("2BP01", f"cannot rename {kind} {found} because view \"{views[0][0]}\" depends on it")
        if self.server.release < "26.2" and (match := re.match(r"^create or replace function ", normal)):
            found = self._named(statement, match.end())
            if self._side_rows(f"SELECT FROM pg_trigger WHERE tgfoid = to_regproc({found})"):
                raise Refused("0A000", "unimplemented: cannot replace a trigger function with active triggers")

    @staticmethod
    def _named(statement, offset):
        """The name at an offset of `normal`, as a literal for to_regclass and its like."""
        name, _ = statement.name_at(statement.tokens.index(statement.token_at(offset)))
        return quote_literal(".".join(quote_ident(part) for part in name[-2:]))

    def _column(self, statement, index, column, condition):
        """[[type]] of a column of the table named at token `index`, [] when condition fails."""
        name, _ = statement.name_at(index)
        table = quote_literal(".".join(quote_ident(part) for part in name[-2:]))
        return self._side_rows(
            "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = "
            f"to_regclass({table}) AND attname = {quote_literal(column)} {condition}")

    # ---- running on the backend

    def _relay(self, run, statement):
        """Runs `run` and forwards the answer; False when it failed."""
        before = [wire.notice(text) for text in run.notices] if self._wants_notices() else []
        if run.commits and self.backend.status == "T":
            self.backend.query("COMMIT")
            if self._wants_notices():
                self.client.send(wire.notice(_AUTOCOMMIT_NOTICE))
        if run.job and self._wants_notices():
            before.insert(0, wire.notice(JOB_NOTICE.format(self.server.new_job_id())))
        sql = ";".join([run.sql, *run.after])
        while True:
            self.backend.send_query(sql)
            failure = self._forward_answer(statement, before)
            if failure and _TEXT_BACKED.search(failure["M"]) and " USING " in sql.upper() \
                    and self.backend.status == "I":
                # Spatial and vector types are text here: any index will do for its name.
                sql = re.sub(r"(?i)\busing\s+\w+", "USING hash", sql, count=1)
                continue
            if failure:
                look = self._lookups(statement)
                if failure.get("C", "")[:2] == "23" and before and run.job:
                    self.client.send(before[0])
                self.client.send(wire.error(translate(failure, look)))
            return failure is None

    def _forward_answer(self, statement, before):
        """Forwards one answer up to ReadyForQuery (kept); returns the error's fields or None."""
        backend, completed, failure = self.backend.channel, False, None
        while True:
            run = backend.read_run(ord("D")) or backend.read_run(ord("d"))
            if run:
                self.client.send(run)
                continue
            kind, body = backend.read()
            if kind == b"Z":
                self.backend.status = chr(body[0])
                return failure
            if kind == b"E":
                failure = failure or wire.parse_fields(body)
            elif kind == b"C":
                if not completed:
                    tag = _tag(wire.decode(body[:-1]), statement.normal)
                    self._complete(tag, *before)
                completed = True
            elif kind == b"S":
                if not body.startswith(b"server_version"):
                    self.client.send(wire.message(kind, body))
            elif kind == b"N":
                # CockroachDB's names have no length limit worth a notice.
                if self._wants_notices() and b"will be truncated" not in body:
                    self.client.send(wire.message(kind, body))
            elif kind == b"G":
                # A COPY IN which was not seen coming (in a function's body): ended at once.
                backend.send(wire.message(b"f", b"unexpected\0"))
            else:
                self.client.send(wire.message(kind, body))

    def _wants_notices(self):
        return self.variables.get("client_min_messages", "notice") not in ("warning", "error")

    def _side_rows(self, sql):
        """Rows of a query on a superuser's connection (committed state)."""
        try:
            if self.side is None:
                self.side = self.server.postgres.connect(self.database)
            return self.side.rows(sql)
        except wire.ServerError:
            return []

    def _lookups(self, statement, copy_width=0, delimiter="\t"):
        return Lookups(statement, self.database, self._side_rows, copy_width, delimiter)

    # ---- COPY

    def _copy(self, statement):
        if destination := parse_upload(statement):
            return lambda: self._upload(Userfile(self.backend, destination))
        request = parse_copy(statement)
        return request and (lambda: self._copy_in(statement, request))

    def _copy_in(self, statement, request):
        columns = table_columns(self.backend, request.table)
        by_name = {row[0]: row for row in columns}
        chosen = [by_name.get(name) for name in request.columns] if request.columns else columns
        for name, column in zip(request.columns, chosen):
            if column is None:
                raise Refused("42703", f'column "{name}" does not exist')
        refusal = write_refusal(chosen)
        traps = None
        if request.format == "text" and any(column[1] for column in chosen):
            traps = TextTraps([column[1] for column in chosen], request.delimiter)
        if refusal:
            self._copy_refused(refusal, len(chosen))
            return False
        self.backend.send_query(statement.text)
        kind, body = self.backend.channel.read()
        if kind != b"G":
            failure = wire.parse_fields(body)
            self._to_ready()
            self.client.send(wire.error(translate(failure, self._lookups(statement))))
            return False
        self.client.send(wire.message(kind, body))
        self._pump_copy(traps)
        failure = self._forward_answer(statement, [])
        if failure and taken_in_silence(failure, imported=False):
            self.client.send(wire.error(self.server.silence(failure)))
        elif failure:
            look = self._lookups(statement, len(chosen), request.delimiter)
            self.client.send(wire.error(translate(failure, look)))
        return failure is None

    def _copy_refused(self, fields, width):
        """The error comes after the data, as recorded in 05_copy."""
        self._abort()
        self.client.send(wire.message(b"G", struct.pack("!bh", 0, width) + b"\0\0" * width))
        kind = b""
        while kind not in (b"c", b"f"):
            kind, _ = self.client.read()
        self.client.send(wire.error(fields))

    def _pump_copy(self, traps):
        """Forwards CopyData up to and including CopyDone or CopyFail."""
        backend = self.backend.channel
        while True:
            run = self.client.read_run(ord("d"))
            if run:
                self.server.count_copied(len(run), self)
                if traps:
                    data = traps.feed(b"".join(wire.bodies_of_run(run)))
                    run = wire.message(b"d", data) if data else b""
                backend.send(run)
            elif not self.client.has_message():
                self.client.fill()
            else:
                kind, body = self.client.read()
                if traps and kind == b"c":
                    backend.send(wire.message(b"d", traps.finish()))
                if kind in (b"c", b"f"):
                    backend.send(wire.message(kind, body))
                    return

    def _upload(self, file):
        """A userfile's rows; one that exists already is refused, one whose upload is broken off is not there."""
        file.make_tables()
        if file.exists():
            raise Refused("XXUUU", f"destination file already exists for {file.path}")
        self.client.send(wire.message(b"G", struct.pack("!bh", 0, 1) + b"\0\0"))
        data, kind = [], b""
        while kind not in (b"c", b"f"):
            kind, body = self.client.read()
            if kind == b"d":
                data.append(body)
        if kind == b"f":
            return self._fail({"C": "57014", "M": "COPY from stdin failed: " + wire.decode(body.rstrip(b"\0"))})
        lines = b"".join(data).split(b"\n")[:-1]
        file.write(lines)
        return self._complete(f"COPY {len(lines)}")

    def _to_ready(self):
        while True:
            kind, body = self.backend.channel.read()
            if kind == b"Z":
                self.backend.status = chr(body[0])
                return

    # ---- IMPORT INTO

    def _cancel_job(self, statement):
        number = re.match(r"^cancel job (\d+)$", statement.normal)
        for job in self.server.jobs:
            if number and job["job_id"] == int(number[1]):
                return lambda: self._complete("CANCEL JOBS 1") if self.server.cancel_job(job) else self._fail(
                    {"C": "XXUUU", "M": f"job with status {job['status']} cannot be requested to be canceled"})
        return lambda: self._complete("CANCEL JOBS 0")

    def _cancel_sessions(self, statement):
        """The sessions of one application_name: their connections are cut, what they did is rolled back."""
        if not statement.normal.endswith("where application_name = '?' )"):
            return None
        name = literal_value(statement.tokens[-2])
        found = [session for session in list(self.server.sessions.values()) if session.variables.get("application_name") == name]
        for session in found:
            session.cut = True
            for channel in (session.client, session.backend.channel):
                with contextlib.suppress(OSError):
                    channel.sock.shutdown(socket.SHUT_RDWR)
        return lambda: self._complete(f"CANCEL SESSIONS {len(found)}")

    def _import(self, statement):
        try:
            request = parse_import(statement)
        except ImportFailed as failed:
            raise Refused.with_fields(failed.fields) from failed
        return request and (lambda: self._import_into(statement, request))

    def _import_into(self, statement, request):
        if self.backend.status == "T" and not request.detached:
            raise Refused("XXUUU", "IMPORT cannot be used inside a multi-statement transaction "
                                   "without DETACHED option")
        if not request.urls:
            raise Refused("42601", 'at or near ")": syntax error')
        shown = ".".join(quote_ident(part) for part in request.table[-2:])
        table = self.backend.rows(
            "SELECT c.oid, quote_ident(nspname) || '.' || quote_ident(relname), relkind FROM "
            "pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            f"WHERE c.oid = {quote_literal(shown)}::regclass")[0]
        importer = Importer(lambda: self.server.postgres.connect(self.database, timeout=None),
                            self.server.new_job_id, self.server.jobs, self.server.silence)
        if request.detached:
            with self.server._lock:
                self.server.imports_asked += 1
            self.server.imports_begin.wait()
            row = [importer.start(request, table, self.database, statement.text)]
            self.server.imports_answer.wait()
        else:
            try:
                row = importer.run(request, table, self.database, statement.text)
            except ImportFailed as failed:
                raise Refused.with_fields(failed.fields) from failed
        names = ("job_id", "status", "fraction_completed", "rows", "index_entries", "bytes")
        oids = (20, 25, 701, 20, 20, 20)
        if request.detached:
            names, oids, row = names[:1], oids[:1], row[:1]
        self.client.send(wire.row_description(list(zip(names, oids))) + wire.data_row(row))
        return self._complete("IMPORT")

    # ---- SHOW, SET, USE

    def _variable(self, name):
        return self.variables.get(name, SESSION_VARIABLES.get(name, ""))

    def _int_size(self):
        return 4 if self._variable("default_int_size") == "4" else 8

    def _own(self, name):
        """True for a variable that only CockroachDB has."""
        return name not in self.server.postgres_settings

    def _variable_sql(self, name):
        """An expression for SHOW of a variable, None for PostgreSQL's own."""
        if name in ("server_version", "server_version_num", "crdb_version"):
            value = {"crdb_version": self.server.version}.get(name, SESSION_VARIABLES[name])
            return quote_literal(value)
        if name == "database":
            return "current_database()::text"
        if not self._own(name):
            return None
        default = quote_literal(SESSION_VARIABLES[name])
        return f"coalesce(nullif(current_setting('crdb.{name}', true), ''), {default})"

    def _show_sql(self, statement):
        try:
            return show_query(statement, self.server.jobs, self._variable_sql)
        except KeyError as unknown:
            name = unknown.args[0]
            raise Refused("42704", f'unrecognized configuration parameter "{name}"') from unknown

    def _show(self, statement):
        query = self._show_sql(statement)
        return Run(query) if query else None

    def _set(self, statement):
        match = _SETTING.match(statement.normal)
        if not match or match[2] in _NOT_A_SETTING:
            if statement.normal.startswith("set cluster setting"):
                return lambda: self._complete("SET CLUSTER SETTING")
            return None
        name = match[2]
        if name not in SESSION_VARIABLES:
            raise Refused("42704", f'unrecognized configuration parameter "{name}"')
        last = statement.tokens[-1]
        value = literal_value(last) if last.kind == "string" else ident_value(last)
        if match[1] == "reset ":
            self.variables.pop(name, None)
        else:
            value = {"true": "on", "false": "off"}.get(value, value)
            self.variables[name] = value
        if name == "database":
            return lambda: self._use_database(value, "SET")
        if not self._own(name):
            return None
        if match[1] == "reset ":
            return Run(f"RESET crdb.{name}")
        local = "LOCAL " if "local " in match[1] else ""
        return Run(f"SET {local}crdb.{name} = {quote_literal(value)}")

    def _use(self, statement):
        name = ident_value(statement.tokens[1])
        return lambda: self._use_database(name, "SET")

    def _use_database(self, name, tag):
        if self.backend.status != "I":
            raise Refused("0A000", "stand-in: USE inside a transaction is not offered")
        self._connect(name)
        return self._complete(tag)

    # ---- statements PostgreSQL has no words for

    def _create_role(self, statement):
        normal = statement.normal
        if " password " in normal and self.server.password is None \
                and not normal.endswith("password null"):
            raise Refused("28P01", "setting or updating a password is not supported in insecure "
                                   "mode")
        match = re.match(r"^create (?:role|user) if not exists (\S+)", normal)
        if not match:
            return None
        name = ident_value(statement.tokens[5])
        if self._side_rows(f"SELECT 1 FROM pg_roles WHERE rolname = {quote_literal(name)}"):
            return lambda: self._complete("CREATE ROLE")
        text = re.sub(r"(?i)\bif\s+not\s+exists\b", "", statement.text, count=1)
        return self._rewritten(Statement(text))

    def _create_type(self, statement):
        match = re.match(r"(?is)create\s+type\s+if\s+not\s+exists\s+(\S+)\s+as\b", statement.text.strip())
        if not match:
            return None
        if self._side_rows(f"SELECT 1 WHERE to_regtype({quote_literal(match[1])}) IS NOT NULL"):
            return lambda: self._complete("CREATE TYPE")
        text = re.sub(r"(?i)\bif\s+not\s+exists\b", "", statement.text, count=1)
        return self._rewritten(Statement(text))

    def _create_policy(self, statement):
        match = re.match(rf"(?is)create\s+policy\s+if\s+not\s+exists\s+({_NAME})\s+on\s+({_NAME})", statement.text.strip())
        return self._on_table_once(statement, match, "CREATE POLICY", "pg_policy", "polrelid", "polname")

    def _add_constraint(self, statement):
        match = re.match(rf"(?is)alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?P<table>{_NAME})\s+add\s+constraint\s+if\s+not\s+exists"
                         rf"\s+(?P<name>{_NAME})", statement.text.strip())
        return self._on_table_once(statement, match and (match[0], match["name"], match["table"]), "ALTER TABLE",
                                   "pg_constraint", "conrelid", "conname")

    def _on_table_once(self, statement, match, tag, catalog, table, name):
        """IF NOT EXISTS of what PostgreSQL has none for; `match` is the text, the name and the table."""
        if not match:
            return None
        if self._side_rows(f"SELECT 1 FROM {catalog} WHERE {table} = to_regclass({quote_literal(match[2])}) "
                           f"AND {name} = {quote_literal(ident_value(tokenize(match[1])[0]))}"):
            return lambda: self._complete(tag)
        text = re.sub(r"(?i)\b(policy|constraint)\s+if\s+not\s+exists\b", r"\1", statement.text, count=1)
        return self._rewritten(Statement(text))

    def _create_database(self, statement):
        if not statement.normal.startswith("create database if not exists"):
            return None
        name = ident_value(statement.tokens[5])
        if self._side_rows(f"SELECT 1 FROM pg_database WHERE datname = {quote_literal(name)}"):
            return lambda: self._complete("CREATE DATABASE", wire.notice(
                f'database "{name}" already exists, skipping'))
        return None

    def _create_extension(self, _statement):
        """What CockroachDB takes is built in: nothing is left to do."""
        return lambda: self._complete("CREATE EXTENSION")

    def _done(self, statement):
        """Accepted and without effect here."""
        return lambda: self._complete(" ".join(statement.normal.upper().split(" ")[:2]))

    def _inspect(self, _statement):
        if self._variable("enable_inspect_command") not in ("on", "true"):
            raise Refused("XCEXF", "INSPECT is an experimental feature and is disabled by default",
                          H="To enable, run SET enable_inspect_command = true;")
        return lambda: self._complete("INSPECT", wire.notice(
            f"waiting for INSPECT job to complete: {self.server.new_job_id()}\n"
            "If the statement is canceled, the job will continue in the background."))

    _HANDLERS = (
        ("import ", _import), ("copy ", _copy), ("show ", _show), ("set ", _set),
        ("reset ", _set), ("use ", _use), ("create role", _create_role),
        ("create user", _create_role), ("alter role", _create_role), ("alter user", _create_role),
        ("create database", _create_database), ("create type", _create_type),
        ("create policy", _create_policy), ("alter table", _add_constraint),
        ("create extension", _create_extension),
        ("inspect ", _inspect), ("commit", _commit), ("begin ", _begin), ("select ", _select), ("cancel job", _cancel_job), ("cancel sessions", _cancel_sessions), ("pause job", _done),
        ("resume job", _done), ("grant system", _done), ("revoke system", _done),
    )


class Run:
    """SQL for the backend: `sql`, then `after` in the same implicit transaction.

    notices precede the completion; job: a NOTICE about a job comes too; commits: an open
    transaction is committed first.
    """

    def __init__(self, sql, after=(), notices=()):
        self.sql, self.after, self.notices = sql, list(after), list(notices)
        self.job = self.commits = False


def _tag(tag, normal):
    """CockroachDB's command tag."""
    if normal.startswith("create materialized view"):
        return "CREATE VIEW"
    return {"ALTER VIEW": "ALTER TABLE", "ALTER MATERIALIZED VIEW": "ALTER TABLE"}.get(tag, tag)
