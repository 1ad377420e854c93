"""IMPORT INTO: fetch the files, then load them in one backend transaction.

The load is a COPY with triggers (so foreign keys too) off and the CHECK constraints out of
the way; afterwards FOREIGN KEY and CHECK constraints of the table are NOT VALID.
"""

import bz2
import contextlib
import csv
import gzip
import http.client
import io
import os
import re
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import parse_qsl, unquote, urlsplit

import object_storage
import wire
from copy_in import taken_in_silence
from statements import ident_value, literal_value, quote_ident, quote_literal
from translate import Lookups, go_quote, parse_failure, translate
from userfiles import Userfile

_CHUNK = 1 << 18
_ANY_OPTION = {"nullif", "skip", "row_limit", "decompress", "detached", "delimiter", "comment",
               "strict_quotes", "allow_quoted_null", "fields_terminated_by", "fields_enclosed_by",
               "fields_escaped_by", "rows_terminated_by", "max_row_size", "sstsize",
               "saveresults", "strict_validation", "into_db", "oversample",
               "experimental_save_rejected", "disable_glob_matching", "schema", "schema_uri",
               "data_as_binary_records", "data_as_json_records", "records_terminated_by",
               "skip_foreign_keys", "ignore_unsupported_statements", "log_ignored_statements",
               "external_row_count_is_zero", "avro_type_override", "schema_only"}


class ImportFailed(Exception):
    """The IMPORT failed; `fields` is the ErrorResponse."""

    def __init__(self, text, sqlstate="XXUUU", **fields):
        super().__init__(text)
        self.fields = {"C": sqlstate, "M": text, **fields}


@dataclass
class ImportInto:
    """A parsed IMPORT INTO."""

    table: list
    columns: list
    format: str
    urls: list
    options: dict = field(default_factory=dict)

    @property
    def detached(self):
        return "detached" in self.options


def parse_import(statement):
    """ImportInto, or None when the statement is something else."""
    if not statement.normal.startswith("import into "):
        return None
    tokens = statement.tokens
    table, index = statement.name_at(2)
    columns = []
    if index < len(tokens) and tokens[index].text == "(":
        end = statement.closing(index)
        columns = [ident_value(token) for token in tokens[index + 1:end] if token.text != ","]
        index = end + 1
    if index + 2 >= len(tokens) or tokens[index + 1].low != "data":
        return None
    form, opening = tokens[index].low, index + 2
    end = statement.closing(opening)
    urls = [literal_value(token) for token in tokens[opening + 1:end] if token.kind == "string"]
    options, index = {}, end + 1
    while index < len(tokens):
        token = tokens[index]
        if token.kind in ("word", "ident") and token.low not in ("with", "options"):
            name = ident_value(token)
            if name not in _ANY_OPTION:
                raise ImportFailed(f'invalid option "{name}"', "22023")
            options[name] = None
            if index + 2 < len(tokens) and tokens[index + 1].text == "=":
                value = tokens[index + 2]
                options[name] = literal_value(value) if value.kind == "string" else value.text
                index += 2
        index += 1
    return ImportInto(table, columns, form, urls, options)


def fetch(url, options, opened, client):
    """A file giving the plain bytes behind `url`; it is closed with the ExitStack `opened`. `client` reads userfiles."""
    scheme = urlsplit(url).scheme
    if scheme == "userfile":
        file = Userfile(client, url)
        data = file.read()
        if data is None:
            raise ImportFailed(f"file {file.path} does not exist in the UserFileTableSystem: external_storage: file does not exist")
        return opened.enter_context(_decompressed(io.BytesIO(data), file.path, options.get("decompress") or "auto"))
    if scheme == "s3":
        return _fetch_object(url, options, opened)
    if scheme not in ("http", "https"):
        raise ImportFailed(f'unsupported storage scheme: "{scheme}" - refer to docs to find '
                           "supported storage schemes")
    spool = opened.enter_context(tempfile.SpooledTemporaryFile(max_size=64 << 20))
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            promised = answer.headers.get("Content-Length")
            received = 0
            while chunk := answer.read(_CHUNK):
                received += len(chunk)
                spool.write(chunk)
            if promised is not None and received != int(promised):
                raise ImportFailed(f"{url}: unexpected EOF")
    except urllib.error.HTTPError as error:
        body = error.read().decode("utf-8", "replace")
        text = f"error response from server: {error.code} {error.reason} {go_quote(body)}"
        if error.code == 404:
            text += ": http storage file does not exist: external_storage: file does not exist"
        raise ImportFailed(text) from error
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        raise ImportFailed(f'Get "{url}": {reason}') from error
    spool.seek(0)
    plain = _decompressed(spool, urlsplit(url).path, options.get("decompress") or "auto")
    return opened.enter_context(plain)


def _fetch_object(url, options, opened):
    """The same of an object; AUTH=implicit takes the keys of this process's environment."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    keys = os.environ if given.get("AUTH") == "implicit" else given
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if not keys.get(name):
            raise ImportFailed(f"{name} is set to '', but a value is required")
    spool = opened.enter_context(tempfile.SpooledTemporaryFile(max_size=64 << 20))
    try:
        with object_storage.request("GET", given["AWS_ENDPOINT"], f"/{parts.netloc}{unquote(parts.path)}",
                                    keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"],
                                    given.get("AWS_REGION", "us-east-1"), token=keys.get("AWS_SESSION_TOKEN", "")) as answer:
            while chunk := answer.read(_CHUNK):
                spool.write(chunk)
    except urllib.error.HTTPError as error:
        # As cockroachdb/cockroach#73985 has it.
        found = re.search(r"<Code>(.*?)</Code>", error.read().decode("utf-8", "replace"))
        raise ImportFailed(f"failed to get s3 object: {found[1] if found else error.reason}: no\n\tstatus code: {error.code}, request id: , "
                           "host id: ") from error
    except (OSError, http.client.HTTPException) as error:
        raise ImportFailed(f"failed to get s3 object: {error}: external_storage: file does not exist") from error
    spool.seek(0)
    return opened.enter_context(_decompressed(spool, parts.path, options.get("decompress") or "auto"))


def _decompressed(spool, path, how):
    if how == "auto":
        how = {"gz": "gzip", "bz": "bzip", "bz2": "bzip"}.get(path.rsplit(".", 1)[-1], "none")
    if how == "gzip":
        return gzip.GzipFile(fileobj=spool, mode="rb")
    if how == "bzip":
        return bz2.BZ2File(spool)
    return spool


def _lines_left_out(source, count):
    """Skips `count` records (lines outside quotes) of a binary file."""
    for _ in range(count):
        line = source.readline()
        while line.count(b'"') % 2 and (more := source.readline()):
            line += more


def _chunks(source, limit, counted, transform):
    """The file's bytes in big pieces, at most `limit` records when it is not None."""
    if limit is None:
        while chunk := source.read(_CHUNK):
            if transform:
                chunk = transform(chunk)
            counted[0] += len(chunk)
            yield chunk
        return
    for _ in range(limit):
        line = source.readline()
        while line.count(b'"') % 2 and (more := source.readline()):
            line += more
        counted[0] += len(line)
        yield transform(line) if transform else line


def _copy_options(request):
    """Text of COPY's option list and the transformation of the bytes it needs (or None)."""
    options = request.options
    if request.format == "csv":
        text = ["FORMAT csv", f"DELIMITER {quote_literal(options.get('delimiter') or ',')}",
                f"NULL {quote_literal(options.get('nullif') or '')}"]
        if "allow_quoted_null" in options:
            text.append("FORCE_NULL ({columns})")
        return ", ".join(text), None
    if request.format == "pgcopy":
        return (f"FORMAT text, DELIMITER {quote_literal(options.get('delimiter') or chr(9))}, "
                f"NULL {quote_literal(options.get('nullif') or chr(92) + 'N')}"), None
    if request.format == "delimited":
        null = options.get("nullif")
        text = (f"FORMAT text, DELIMITER {quote_literal(options.get('fields_terminated_by') or chr(9))}"
                f", NULL {quote_literal(chr(92) + 'N' if null is None else null)}")
        escaped = options.get("fields_escaped_by") == "\\"
        return text, None if escaped else lambda data: data.replace(b"\\", b"\\\\")
    raise ImportFailed(f"unsupported import format: {request.format!r}", "0A000")


def _without_secrets(statement_text):
    return re.sub(r"(AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN)=[^&']*", r"\1=redacted", statement_text)


class Importer:
    """Runs IMPORT INTO statements on connections of its own.

    connect(): a new superuser wire.Client on the session's database; new_id(): a job id;
    jobs: the list to which the job is appended; silence(fields): the error in the place of what a
    real node would take.
    """

    def __init__(self, connect, new_id, jobs, silence):
        self.connect, self.new_id, self.jobs, self.silence = connect, new_id, jobs, silence

    def run(self, request, table, database, statement_text):
        """Loads; `table` is (oid, quoted qualified name, relkind).  Returns the result row.

        Raises ImportFailed; the job is recorded either way.
        """
        return self._work(self._new_job(table, database, statement_text, request), request, table)

    def start(self, request, table, database, statement_text):
        """The same in the background.  Returns the job's id."""
        job = self._new_job(table, database, statement_text, request)

        def work():
            with contextlib.suppress(ImportFailed, wire.ServerError, wire.WireError, OSError, ValueError):
                self._work(job, request, table)
        threading.Thread(target=work, daemon=True).start()
        return job["job_id"]

    def _new_job(self, table, database, statement_text, request):
        oid, name, relkind = table
        if relkind != "r":
            raise ImportFailed(f'"{request.table[-1]}" is not a table', "42809")
        now = datetime.now(timezone.utc).isoformat()
        job = {"job_id": self.new_id(), "job_type": "IMPORT", "user_name": "root",
               "description": re.sub(r"(?i)^import\s+into\s+\S+?(?=\s*\(|\s)",
                                     f"IMPORT INTO {database}.{name}", _without_secrets(statement_text), count=1),
               "statement": "", "status": "running", "created": now, "started": now,
               "fraction_completed": 0, "error": ""}
        self.jobs.append(job)
        return job

    def _work(self, job, request, table):
        oid, name, _ = table
        try:
            with self.connect() as client:
                job["client"] = client
                if job.get("cancelled"):
                    raise ImportFailed("job canceled by user")
                rows, indexes, size = self._load(job, client, request, oid, name)
        except ImportFailed as error:
            job.update(status="canceled" if job.get("cancelled") else "failed", error=error.fields["M"])
            raise
        except (wire.ServerError, wire.WireError, OSError, ValueError) as error:
            job.update(status="canceled" if job.get("cancelled") else "failed", error=str(error))
            raise
        finally:
            job["finished"] = job["modified"] = datetime.now(timezone.utc).isoformat()
        job.update(status="succeeded", fraction_completed=1)
        return [job["job_id"], "succeeded", 1, rows, rows * indexes, size]

    def _load(self, job, client, request, oid, name):
        columns = client.rows(
            "SELECT attname, attgenerated <> '', format_type(atttypid, atttypmod), "
            f"crdb_internal.type_name(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = {oid} "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum")
        known = {row[0]: row for row in columns}
        for column in request.columns:
            if column not in known:
                raise ImportFailed(f'column "{column}" does not exist', "42703")
            if known[column][1] == "t":
                raise ImportFailed(f'cannot write directly to computed column "{column}"', "55000")
        if not request.columns and any(row[1] == "t" for row in columns):
            raise ImportFailed(
                "unimplemented: to use computed columns, use IMPORT INTO", "0A000",
                H="You have attempted to use a feature that is not yet implemented.\n"
                  "See: https://go.crdb.dev/issue-v/56002/dev")
        targets = request.columns or [row[0] for row in columns]
        types = {row[0]: row[3] for row in columns}
        listed = ", ".join(quote_ident(column) for column in targets)
        copy_options, transform = _copy_options(request)
        copy = (f"COPY {name} ({listed}) FROM STDIN "
                f"WITH ({copy_options.replace('{columns}', listed)})")
        skip = int(request.options.get("skip") or 0)
        limit = request.options.get("row_limit")
        total, counted = 0, [0]
        with contextlib.ExitStack() as opened:
            files = [(url, fetch(url, request.options, opened, client)) for url in request.urls]
            job["fetched"] = True
            self._open(client, oid)
            for url, source in files:
                try:
                    _lines_left_out(source, skip)
                    done = client.query(copy, _chunks(
                        source, None if limit is None else int(limit), counted, transform))
                    total += int(done.tag.split()[1])
                except wire.ServerError as error:
                    client.query("ROLLBACK")
                    raise self._failure(error.fields, url, source, request, targets, types,
                                        client, oid, name) from error
                except (OSError, EOFError) as error:
                    raise ImportFailed(f"{url}: {error}") from error
            self._close(client, oid)
        indexes = int(client.scalar(
            f"SELECT count(*) FROM pg_index WHERE indrelid = {oid} AND NOT indisprimary"))
        return total, indexes, counted[0]

    def _open(self, client, oid):
        client.query("BEGIN; SET LOCAL session_replication_role = replica; "
                     "SET LOCAL allow_system_table_mods = on; SET LOCAL search_path = ''")
        self.checks = client.rows("SELECT conrelid::regclass, quote_ident(conname), "
                                  "regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') "
                                  f"FROM pg_constraint WHERE conrelid = {oid} AND contype = 'c' "
                                  "ORDER BY oid")
        for table, name, _ in self.checks:
            client.query(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def _close(self, client, oid):
        for table, name, definition in self.checks:
            client.query(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
        client.query("UPDATE pg_catalog.pg_constraint SET convalidated = false "
                     f"WHERE conrelid = {oid} AND contype = 'f'; COMMIT")

    def _failure(self, fields, url, source, request, targets, types, client, oid, name):
        """The IMPORT's error for a failed COPY."""
        if taken_in_silence(fields, imported=True):
            return ImportFailed(self.silence(fields)["M"])
        if fields.get("C") == "23505":
            return self._duplicate(fields, client, oid, name)
        if fields.get("C") == "57014":
            return ImportFailed("query execution canceled", "57014")
        context = re.search(r'line (\d+)(?:, column ("?)(.*?)\2: "(.*)")?', fields.get("W", ""), re.S)
        number = int(context[1]) if context else 1
        record = self._record(source, int(request.options.get("skip") or 0), number)
        delimiter = request.options.get("delimiter") or ","
        what = self._reason(fields, context, record, delimiter, targets, types)
        return ImportFailed(f"{url}: error parsing row {number}: {what} (row: {record})")

    def _reason(self, fields, context, record, delimiter, targets, types):
        state, text = fields.get("C"), fields.get("M", "")
        if state == "22P04" or text.startswith(("missing data", "extra data")):
            got = len(next(csv.reader(io.StringIO(record), delimiter=delimiter), []))
            return f"expected {len(targets)} fields, got {got}"
        if state == "23502":
            column = re.search(r'column "(.*?)"', text)[1]
            return (f'generate insert row: null value in column "{column}" violates not-null '
                    "constraint")
        column = context[3] if context and context[3] else None
        bad = re.match(r'invalid input syntax for type (.*?): "(.*)"$', text, re.S)
        if bad and bad[1] not in ("json", "jsonb"):
            text = parse_failure(bad[1], bad[2])
        else:
            text = translate(fields, Lookups(None, "", None))["M"]
        return f'parse "{column}" as {types.get(column, "")}: {text}' if column else text

    def _record(self, source, skip, number):
        """Text of record `number` after the skipped ones."""
        source.seek(0)
        _lines_left_out(source, skip)
        line = b""
        for _ in range(number):
            line = source.readline()
        return wire.decode(line.rstrip(b"\r\n"))

    def _duplicate(self, fields, client, oid, name):
        """Whether the key was there before decides the words (the load is rolled back by now)."""
        index = re.search(r'unique constraint "(.*)"', fields["M"])[1]
        key = re.match(r"Key \((.*)\)=\((.*)\) already exists", fields.get("D", ""), re.S)
        number, primary = client.rows(
            "SELECT CASE WHEN indisprimary THEN 1 ELSE 1 + rank END, indisprimary FROM "
            "(SELECT indisprimary, relname, row_number() OVER (PARTITION BY indisprimary "
            "ORDER BY x.oid) AS rank FROM pg_index JOIN pg_class x ON x.oid = indexrelid "
            f"WHERE indrelid = {oid}) found WHERE relname = {quote_literal(index)}")[0]
        columns, values = key[1].split(", "), key[2]
        shown = "/".join(value if re.fullmatch(r"-?\d+", value) else go_quote(value)
                         for value in (values.split(", ") if len(columns) > 1 else [values]))
        path = f"/Table/{oid}/{number}/{shown}/0"
        joined = " || ', ' || ".join(f"({column})::text" for column in columns)
        if client.rows(f"SELECT 1 FROM {name} WHERE {joined} = {quote_literal(values)} LIMIT 1"):
            return ImportFailed(f"addsstable [{path},{path}/NULL): checking for key collisions: "
                                f"ingested key collides with an existing one: {path}")
        where = "primary index" if primary == "t" else f'index "{index}"'
        return ImportFailed(f"duplicate key in {where}: duplicate key: {path}")


def job_id_maker():
    """A function giving increasing ids of the shape CockroachDB's have."""
    last = [0]

    def new_id():
        value = int((time.time() - 1420070400) * 100000) << 15 | 1
        last[0] = max(value, last[0] + 1)
        return last[0]
    return new_id
