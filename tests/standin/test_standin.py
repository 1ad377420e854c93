"""Holds the stand-in to what was recorded of a real CockroachDB node.

recorded.tsv has statements with their SQLSTATE and the beginning of their message, each
with the transcript it was taken from; the rest is written out here, with the transcript's
name beside it.
"""

import contextlib
import gzip
import http.server
import io
import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest
import unittest.mock
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import postgres_server
import wire
from cockroach_standin import CockroachStandin
from postgres_server import PostgresServer, free_port
from refusals import refusal_of
from statements import Statement

JOB_NOTICE = re.compile(r"waiting for job\(s\) to complete: \d{19}")


def unescape(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text)


class Files(http.server.BaseHTTPRequestHandler):
    """Serves the `content` dict of the class; 404 as Python's own server words it."""

    content = {}

    def do_GET(self):
        body = self.content.get(self.path.lstrip("/"))
        if body is None:
            self.send_error(404, "File not found")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class StandinTest(unittest.TestCase):
    """One stand-in and one file server for all tests of a class; a database per test."""

    @classmethod
    def setUpClass(cls):
        cls.node = CockroachStandin().start()
        cls.addClassCleanup(cls.node.stop)
        cls.files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
        cls.base = f"http://127.0.0.1:{cls.files.server_port}/"
        threading.Thread(target=cls.files.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.files.server_close)
        cls.addClassCleanup(cls.files.shutdown)

    def setUp(self):
        self.database = self._testMethodName
        self.node.create_database(self.database)
        self.client = self.node.connect(self.database)
        self.addCleanup(lambda: self.client.close())

    def refused(self, sql, sqlstate, beginning="", data=None):
        """Asserts the refusal and gives the error back."""
        with self.assertRaises(wire.ServerError, msg=sql) as caught:
            self.client.query(sql, data)
        self.assertEqual(caught.exception.sqlstate, sqlstate, f"{sql}: {caught.exception}")
        self.assertTrue(caught.exception.message.startswith(beginning),
                        f"{sql}: {caught.exception.message!r} does not begin {beginning!r}")
        return caught.exception

    def query(self, sql, data=None):
        return self.client.query(sql, data)

    def serve(self, **files):
        Files.content = {name.replace("_csv", ".csv"): body.encode() if isinstance(body, str)
                         else body for name, body in files.items()}

    def import_csv(self, target, name, options=""):
        return f"IMPORT INTO {target} CSV DATA ('{self.base}{name}') {options}".strip()

    def constraints(self, table):
        return self.client.rows(f"SHOW CONSTRAINTS FROM {table}")


class RecordedStatements(StandinTest):
    """recorded.tsv, statement by statement in its order."""

    def test_recorded(self):
        database, client, checked, wrong = "", None, 0, []
        for line in (HERE / "recorded.tsv").read_text().splitlines()[1:]:
            evidence, where, state, beginning, statement = line.split("\t")
            statement = unescape(statement)
            if (evidence, where) != database:
                database = (evidence, where)
                if client:
                    client.close()
                if where != "defaultdb":
                    self.node.create_database(where)
                client = self.node.connect(where)
            try:
                client.query(statement)
                got, text = "ok", ""
            except wire.ServerError as error:
                got, text = error.sqlstate, error.message
            checked += 1
            if got != state or not text.startswith(beginning):
                wrong.append(f"{evidence}: {statement}\n  recorded {state} {beginning}\n"
                             f"  answered {got} {text}")
        client.close()
        print(f"\n{checked} recorded statements, {len(wrong)} answered differently", file=sys.stderr)
        self.assertFalse(wrong, "\n".join(wrong))


class Identity(StandinTest):
    """Who the server says it is (00_version, 01_header, 06_ddl)."""

    def test_version(self):
        self.assertTrue(self.client.scalar("SELECT version()").startswith(
            "CockroachDB CCL v26.1.0-alpha.1-dev ("))
        self.assertEqual(self.client.parameters["server_version"], "13.0.0")
        self.assertTrue(self.client.parameters["crdb_version"].startswith("CockroachDB CCL v26.1"))
        self.assertEqual(self.client.scalar("SHOW CLUSTER SETTING version"),
                         "1000025.4-upgrading-to-1000026.1-step-004")
        for name, value in (("server_version_num", "130000"), ("default_int_size", "8"),
                            ("serial_normalization", "rowid"), ("autocommit_before_ddl", "on"),
                            ("search_path", '"$user", public'), ("copy_fast_path_enabled", "on")):
            self.assertEqual(self.client.scalar(f"SHOW {name}"), value, name)
        self.refused("SHOW no_such_setting", "42704")

    def test_fresh_cluster(self):
        roles = [row[0] for row in self.client.rows("SHOW ROLES")]
        self.assertEqual(roles, ["admin", "root"])
        databases = {row[0] for row in self.client.rows("SHOW DATABASES")}
        self.assertLessEqual({"defaultdb", "postgres", "system"}, databases)
        self.query("CREATE TABLE t (a int8)")
        self.refused("ALTER TABLE t OWNER TO postgres", "42704",
                     'role/user "postgres" does not exist')
        self.refused("GRANT SELECT ON t TO postgres", "42704", 'role/user "postgres"')

    def test_variables(self):
        self.query("SET enable_inspect_command = true")
        self.assertEqual(self.client.scalar("SHOW enable_inspect_command"), "on")
        self.query("RESET enable_inspect_command")
        self.assertEqual(self.client.scalar("SHOW enable_inspect_command"), "off")
        self.query("CREATE TABLE a (x int, y int[])")
        self.query("SET default_int_size = 4; CREATE TABLE b (x int, y int[])")
        kinds = "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attnum > 0 AND attrelid = "
        self.assertEqual(self.client.rows(kinds + "'a'::regclass"), [["bigint"], ["bigint[]"]])
        self.assertEqual(self.client.rows(kinds + "'b'::regclass"), [["integer"], ["integer[]"]])

    def test_use(self):
        self.query("USE defaultdb")
        self.assertEqual(self.client.scalar("SELECT current_database()"), "defaultdb")


class Constraints(StandinTest):
    """SHOW CONSTRAINTS, NOT VALID, VALIDATE (02_fk_create, 03_import, 10_extra)."""

    def tables(self):
        self.query("CREATE TABLE parent (id int8 PRIMARY KEY, name text)")
        self.query("CREATE TABLE child (id int8 PRIMARY KEY, pid int8 NOT NULL REFERENCES "
                   "parent(id), v int8 CHECK (v > 0), u text, CONSTRAINT child_u_key UNIQUE (u))")

    def test_show(self):
        self.tables()
        self.assertEqual(self.constraints("child"), [
            ["child", "check_v", "CHECK", "CHECK ((v > 0))", "t"],
            ["child", "child_pid_fkey", "FOREIGN KEY", "FOREIGN KEY (pid) REFERENCES parent(id)",
             "t"],
            ["child", "child_pkey", "PRIMARY KEY", "PRIMARY KEY (id ASC)", "t"],
            ["child", "child_u_key", "UNIQUE", "UNIQUE (u ASC)", "t"]])
        self.assertEqual(
            self.client.rows("SELECT constraint_name FROM [SHOW CONSTRAINTS FROM child] "
                             "WHERE constraint_type = 'CHECK'"), [["check_v"]])

    def test_not_valid_then_validate(self):
        self.tables()
        done = self.query("ALTER TABLE ONLY child ADD CONSTRAINT fk2 FOREIGN KEY (pid) REFERENCES "
                          "parent(id) NOT VALID")
        self.assertRegex(done.notices[0]["M"], JOB_NOTICE)
        self.assertIn(["child", "fk2", "FOREIGN KEY",
                       "FOREIGN KEY (pid) REFERENCES parent(id) NOT VALID", "f"],
                      self.constraints("child"))
        done = self.query("ALTER TABLE child VALIDATE CONSTRAINT fk2")
        self.assertRegex(done.notices[0]["M"], JOB_NOTICE)
        self.assertIn("t", [row[4] for row in self.constraints("child") if row[1] == "fk2"])
        self.refused("ALTER TABLE child VALIDATE CONSTRAINT nosuch", "42704",
                     'constraint "nosuch" of relation "child" does not exist')
        self.refused("ALTER TABLE child VALIDATE CONSTRAINT child_u_key", "42809")

    def test_notices_can_be_hidden(self):
        self.tables()
        self.query("SET client_min_messages = warning")
        self.assertEqual(self.query("CREATE INDEX ON child (v)").notices, [])

    def test_sequential_key(self):
        done = self.query("CREATE TABLE gi (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
        self.assertTrue(done.notices[0]["M"].startswith("using sequential values in a primary key"))

    def test_table_without_key_shows_rowid(self):
        self.query("CREATE TABLE nopk (a int8)")
        self.assertEqual(self.constraints("nopk"), [
            ["nopk", "nopk_pkey", "PRIMARY KEY", "PRIMARY KEY (rowid ASC)", "t"]])

    def test_schema_changes_over_bad_rows(self):
        self.query("CREATE TABLE pk3 (a int8 NOT NULL, b int8); INSERT INTO pk3 VALUES (1,1),(1,2)")
        error = self.refused(
            "ALTER TABLE ONLY pk3 ADD CONSTRAINT pk3_u UNIQUE (a)", "23505",
            "failed to ingest index entries during backfill: duplicate key value violates unique "
            'constraint "pk3_u"')
        self.assertEqual(error.fields["D"], "Key (a)=(1) already exists.")
        self.assertRegex(error.result.notices[0]["M"], JOB_NOTICE)
        self.refused("ALTER TABLE ONLY pk3 ADD CONSTRAINT c CHECK (b < 2)", "23514",
                     'validation of CHECK "b < 2:::INT8" failed on row: a=1, b=2, rowid=')
        self.refused("ALTER TABLE ONLY pk3 ADD CONSTRAINT p PRIMARY KEY (b)", "42P15",
                     'cannot use nullable column "b" in primary key')


class Copy(StandinTest):
    """COPY FROM STDIN (05_copy, 10_extra, 11_codec, 12_codec2, 14_abortcopy)."""

    def test_text_bytea_is_not_parsed(self):
        self.query("CREATE TABLE bt (id int8 PRIMARY KEY, by bytea)")
        self.query("COPY bt (id, by) FROM stdin", b"1\t\\\\x0a0b\n2\t\\x0a\\x0b\\x5c\n3\t\\x0a0b\n4\t\\N\n")
        self.query("COPY bt FROM stdin WITH (FORMAT csv)", b"5,\\x0a0b\n")
        self.assertEqual(self.client.rows("SELECT id, encode(by, 'hex') FROM bt ORDER BY id"), [
            ["1", "5c7830613062"], ["2", "0a0b5c"], ["3", "0a3062"], ["4", None], ["5", "0a0b"]])

    def test_text_escapes_are_kept_in_some_types(self):
        self.query("CREATE TYPE en AS ENUM ('a\\b', 'plain')")
        self.query('CREATE TABLE c1 (id int8 PRIMARY KEY, j jsonb, ci citext, ta text[], e en, '
                   'col text COLLATE "en_US", tx text)')
        self.query("COPY c1 (id, j) FROM stdin", b'1\t{"a": "line\\\\nbreak"}\n')
        self.refused("COPY c1 (id, j) FROM stdin", "22P02",
                     "could not parse JSON: unable to decode JSON", b'2\t{"a": "say \\\\"hi\\\\""}\n')
        self.query("COPY c1 (id, ci) FROM stdin", b"4\ttab\\tnl\\nbs\\\\x\n")
        self.query("COPY c1 (id, ta) FROM stdin", b'6\t{"tab\\there","quote\\\\"in"}\n')
        self.refused("COPY c1 (id, e) FROM stdin", "22P02", "invalid input value for enum en",
                     b"7\ta\\\\b\n")
        self.query("COPY c1 (id, col) FROM stdin", b"9\ttab\\tnl\n")
        self.query("COPY c1 (id, tx) FROM stdin", b"14\ttab\\tnl\\n\n")
        rows = self.client.rows("SELECT id, coalesce(j::text, ci::text, ta::text, col::text, tx) "
                                "FROM c1 ORDER BY id")
        self.assertEqual(rows, [
            ["1", '{"a": "line\\\\nbreak"}'], ["4", "tab\\tnl\\nbs\\\\x"],
            ["6", '{"tab\there","quote\\"in"}'], ["9", "tab\\tnl"], ["14", "tab\tnl\n"]])

    def test_csv_decodes_everything(self):
        self.query("CREATE TABLE c2 (id int8 PRIMARY KEY, j jsonb, a text)")
        self.query("COPY c2 FROM stdin WITH CSV", b'1,"{""a"": ""say \\""hi\\""""}",\n2,,""\n')
        self.assertEqual(self.client.rows("SELECT j->>'a', a FROM c2 ORDER BY id"),
                         [['say "hi"', None], [None, ""]])

    def test_what_a_real_node_would_take_in_silence(self):
        self.query('CREATE TABLE t (id int8 PRIMARY KEY, a varchar(3), b numeric(4,2), c bit varying(2))')
        for row in (b"1,abcd,1,1\n", b"1,abc,123,1\n", b"1,abc,1,111\n"):
            self.refused("COPY t FROM stdin WITH CSV", "XXUUU", "stand-in: CockroachDB takes this, and says nothing", row)
        self.assertEqual(len(self.node.taken_in_silence), 3)
        self.query("COPY t FROM stdin WITH CSV", b"1,abc,99.99,11\n")
        self.node.taken_in_silence.clear()

    def test_csv_forms(self):
        self.query("CREATE TABLE t (id int8 PRIMARY KEY, a text, b int8)")
        for options, data in (
                ("WITH (FORMAT csv)", b"10,x,1\n"),
                ("WITH (FORMAT csv, HEADER true, NULL '\\N', DELIMITER '|')", b"id|a|b\n20|\\N|1\n"),
                ("CSV HEADER", b"id,a,b\n30,x,1\n"),
                ("WITH CSV DELIMITER ';' NULL 'nil'", b"40;nil;1\n"),
                ("WITH (FORMAT csv, ENCODING 'UTF8')", b"53,x,1\n")):
            self.assertEqual(self.query(f"COPY t (id, a, b) FROM stdin {options}", data).tag, "COPY 1")

    def test_errors(self):
        self.query("CREATE TABLE parent (id int8 PRIMARY KEY)")
        self.query("CREATE TABLE t (id int8 PRIMARY KEY, b int8 REFERENCES parent(id))")
        self.refused("COPY t (id, b) FROM stdin", "23503",
                     'insert on table "t" violates foreign key constraint "t_b_fkey"', b"1\t99\n")
        self.refused("COPY t (id, b) FROM stdin", "22P04", "expected 2 values, got 1", b"1\n")
        self.refused("COPY t (id, b) FROM stdin", "22P02", 'could not parse "x" as type int: '
                     'strconv.ParseInt: parsing "x": invalid syntax', b"x\t1\n")
        self.query("COPY t (id) FROM stdin", b"1\n")
        self.refused("COPY t (id) FROM stdin", "23505",
                     'duplicate key value violates unique constraint "t_pkey"', b"1\n")
        self.refused("COPY nosuch FROM stdin", "42P01", 'relation "nosuch" does not exist')
        self.query("CREATE TABLE d4 (id int8, i4 int4)")
        self.refused("COPY d4 FROM stdin", "22P02", 'could not parse "3000000000" as type int4: '
                     'strconv.ParseInt: parsing "3000000000": value out of range',
                     b"1\t3000000000\n")
        for options in ("(FORMAT csv, HEADER match)", "(FORMAT csv, FORCE_NULL (id))",
                        "(FORMAT csv, FREEZE)"):
            self.refused(f"COPY t (id) FROM stdin WITH {options}", "0A000", "at or near ")
        self.refused("COPY t (id) FROM stdin WITH (FORMAT text, ESCAPE '\\')", "0A000",
                     "ESCAPE can only be specified for CSV")
        self.refused("COPY t FROM '/tmp/x.csv'", "0A000", 'at or near "/tmp/x.csv"')

    def test_generated_columns(self):
        self.query("CREATE TABLE gi (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int8, "
                   "s int8 GENERATED ALWAYS AS (a + 1) STORED)")
        self.refused("COPY gi (id, a) FROM stdin", "428C9", 'cannot insert into column "id"',
                     b"1\t2\n")
        self.refused("COPY gi (a, s) FROM stdin", "55000",
                     'cannot write directly to computed column "s"', b"1\t2\n")
        self.query("COPY gi (a) FROM stdin", b"2\n")
        self.assertEqual(self.client.rows("SELECT * FROM gi"), [["1", "2", "3"]])

    def test_atomic_and_in_a_transaction(self):
        self.query("CREATE TABLE tx (id int8 PRIMARY KEY)")
        self.query("BEGIN")
        self.query("COPY tx FROM stdin", b"1\n")
        self.query("ROLLBACK")
        self.refused("COPY tx FROM stdin", "23505", data=b"1\n2\n1\n")
        self.assertEqual(self.client.scalar("SELECT count(*) FROM tx"), "0")

    def test_copy_in_failed_transaction_hangs(self):
        self.query("CREATE TABLE t (id int8 PRIMARY KEY)")
        self.query("BEGIN")
        self.refused("SELECT 1/0", "22012")
        client = self.client
        client.send_query("COPY t (id) FROM stdin")
        kind, body = client.channel.read()
        self.assertEqual((kind, wire.parse_fields(body)["C"]), (b"E", "25P02"))
        client.channel.sock.settimeout(0.7)
        client.send_query("ROLLBACK")
        with self.assertRaises(TimeoutError):
            client.channel.read()

    def test_copy_out(self):
        self.query("CREATE TABLE t (id int8, a text); INSERT INTO t VALUES (1, NULL), (2, '')")
        self.assertEqual(self.query("COPY t TO stdout WITH CSV").copied, b"1,\n2,\"\"\n")

    def test_bulk_speed(self):
        self.query("CREATE TABLE big (id int8, a text)")
        line = b"%d,abcdefghijklmnopqrstuvwxyz0123456789\n"
        block = b"".join(line % number for number in range(200_000))
        started = time.monotonic()
        self.query("COPY big FROM stdin WITH (FORMAT csv)", [block] * 4)
        seconds = time.monotonic() - started
        self.assertEqual(self.client.scalar("SELECT count(*) FROM big"), "800000")
        print(f"\nCOPY csv: {len(block) * 4 / 1e6 / seconds:.0f} MB/s", file=sys.stderr)


class Import(StandinTest):
    """IMPORT INTO (03_import, 10_extra, 16_import_more)."""

    def setUp(self):
        super().setUp()
        self.query("CREATE TABLE parent (id int8 PRIMARY KEY, name text)")
        self.query("CREATE TABLE child (id int8 PRIMARY KEY, pid int8 NOT NULL REFERENCES "
                   "parent(id), v int8 CHECK (v > 0), u text, CONSTRAINT child_u_key UNIQUE (u))")
        self.serve(parent_csv="1,one\n2,two\n3,three\n", child_ok_csv="1,1,10,a\n2,2,20,b\n",
                   child_badfk_csv="3,999,5,c\n", child_badcheck_csv="4,1,-5,d\n",
                   child_few_csv="8,1\n", child_type_csv="9,1,abc,h\n", child_null_csv="7,\\N,5,g\n",
                   child_dupold_csv="1,1,5,z\n", child_duppk_csv="5,1,5,e\n5,1,5,f\n",
                   child_dupu_csv="6,1,5,a\n",
                   nulls_csv='1,,x\n2,"",x\n3,\\N,x\n4,"\\N",x\n5,NULL,x\n6,"a ""q"" b","line\nbreak"\n',
                   hdr_csv="id\ta\tb\n100\tfoo\tbar\n", ident_csv="7,q\n8,w\n")

    def load(self):
        self.query(self.import_csv("parent", "parent.csv"))
        self.query(self.import_csv("child", "child_ok.csv"))

    def test_result_row_and_constraints(self):
        done = self.query(self.import_csv("parent", "parent.csv"))
        self.assertEqual(done.columns, ["job_id", "status", "fraction_completed", "rows",
                                        "index_entries", "bytes"])
        self.assertEqual(done.rows[0][1:5], ["succeeded", "1", "3", "0"])
        done = self.query(self.import_csv("child", "child_ok.csv"))
        self.assertEqual(done.rows[0][1:5], ["succeeded", "1", "2", "2"])
        self.assertEqual([row[1:] for row in self.constraints("child")], [
            ["check_v", "CHECK", "CHECK ((v > 0)) NOT VALID", "f"],
            ["child_pid_fkey", "FOREIGN KEY", "FOREIGN KEY (pid) REFERENCES parent(id) NOT VALID",
             "f"],
            ["child_pkey", "PRIMARY KEY", "PRIMARY KEY (id ASC)", "t"],
            ["child_u_key", "UNIQUE", "UNIQUE (u ASC)", "t"]])
        self.query("ALTER TABLE child VALIDATE CONSTRAINT child_pid_fkey")
        self.query("ALTER TABLE child VALIDATE CONSTRAINT check_v")
        self.assertEqual({row[4] for row in self.constraints("child")}, {"t"})
        # A foreign key of another table which refers to the target stays validated.
        self.query("DELETE FROM child; DELETE FROM parent")
        self.query(self.import_csv("parent", "parent.csv"))
        self.assertEqual({row[4] for row in self.constraints("child")}, {"t"})

    def test_rows_that_break_constraints(self):
        self.load()
        self.query(self.import_csv("child (id, pid, v, u)", "child_badfk.csv"))
        error = self.refused("ALTER TABLE child VALIDATE CONSTRAINT child_pid_fkey", "23503",
                             'foreign key violation: "child" row pid=999, id=3 has no match in "parent"')
        self.assertEqual(error.fields["n"], "child_pid_fkey")
        self.query("DELETE FROM child WHERE pid = 999")
        self.query("ALTER TABLE child VALIDATE CONSTRAINT child_pid_fkey")
        self.query(self.import_csv("child (id, pid, v, u)", "child_badcheck.csv"))
        self.refused("ALTER TABLE child VALIDATE CONSTRAINT check_v", "23514",
                     "validation of CHECK \"v > 0:::INT8\" failed on row: id=4, pid=1, v=-5, u='d'")
        # NOT VALID still checks new rows.
        self.refused("INSERT INTO child VALUES (50, 4711, 1, 'n')", "23503")

    def test_failures(self):
        self.load()
        url = re.escape(self.base)
        for name, options, pattern in (
                ("child_duppk.csv", "", r"duplicate key in primary index: duplicate key: /Table/\d+/1/5/0$"),
                ("child_dupold.csv", "", r"addsstable \[/Table/\d+/1/1/0,/Table/\d+/1/1/0/NULL\): checking "
                 r"for key collisions: ingested key collides with an existing one: /Table/\d+/1/1/0$"),
                ("child_dupu.csv", "", r'addsstable .*collides with an existing one: /Table/\d+/2/"a"/0$'),
                ("child_null.csv", "", url + r'child_null.csv: error parsing row 1: parse "pid" as INT8: '
                 r'could not parse "\\\\N" as type int: strconv.ParseInt: parsing "\\\\N": invalid '
                 r'syntax \(row: 7,\\N,5,g\)$'),
                ("child_null.csv", r"WITH nullif = '\N'", url + r"child_null.csv: error parsing row 1: "
                 r'generate insert row: null value in column "pid" violates not-null constraint '
                 r"\(row: 7,\\N,5,g\)$"),
                ("child_few.csv", "", url + r"child_few.csv: error parsing row 1: expected 4 fields, "
                 r"got 2 \(row: 8,1\)$"),
                ("child_type.csv", "", url + r'child_type.csv: error parsing row 1: parse "v" as INT8: '
                 r'could not parse "abc" as type int: strconv.ParseInt: parsing "abc": invalid syntax '
                 r"\(row: 9,1,abc,h\)$"),
                ("nosuch.csv", "", r'error response from server: 404 File not found "<!DOCTYPE HTML>'
                 r'.*": http storage file does not exist: external_storage: file does not exist$')):
            error = self.refused(self.import_csv("child (id, pid, v, u)", name, options), "XXUUU")
            self.assertRegex(error.message, "(?s)^" + pattern)
        Files.content["child_bytes.csv"] = b"8,1,5,\xff\xfe\n"
        self.refused(self.import_csv("child (id, pid, v, u)", "child_bytes.csv"), "XXUUU", "stand-in: CockroachDB takes this")
        self.assertEqual(self.node.taken_in_silence, ['invalid byte sequence for encoding "UTF8": 0xff'])
        self.node.taken_in_silence.clear()
        # A failed IMPORT changes nothing.
        self.assertEqual(self.client.scalar("SELECT count(*) FROM child"), "2")
        self.refused("IMPORT INTO child CSV DATA ('file:///tmp/x.csv')", "XXUUU",
                     'unsupported storage scheme: "file"')
        self.refused("IMPORT INTO child CSV DATA ('/tmp/x.csv')", "XXUUU",
                     'unsupported storage scheme: ""')
        self.refused(self.import_csv("nosuch", "parent.csv"), "42P01",
                     'relation "nosuch" does not exist')
        self.query("CREATE VIEW vparent AS SELECT id FROM parent")
        self.refused(self.import_csv("vparent", "parent.csv"), "42809", '"vparent" is not a table')
        self.refused("IMPORT PGDUMP 'http://127.0.0.1/x.sql'", "42601", 'at or near "pgdump"')
        self.refused("IMPORT TABLE t FROM PGDUMP ('http://127.0.0.1/x')", "42601", 'at or near "table"')

    def test_all_or_nothing_over_files(self):
        self.query("CREATE TABLE mf (id int8 PRIMARY KEY, a text)")
        self.serve(a_csv="77,x\n", b_csv="78\n")
        self.refused(f"IMPORT INTO mf CSV DATA ('{self.base}a.csv', '{self.base}b.csv')", "XXUUU",
                     f"{self.base}b.csv: error parsing row 1: expected 2 fields, got 1 (row: 78)")
        self.assertEqual(self.client.scalar("SELECT count(*) FROM mf"), "0")

    def nulls(self, options):
        self.query("DELETE FROM nulls")
        self.query(self.import_csv("nulls", "nulls.csv", options))
        return "".join(row[0] for row in self.client.rows("SELECT a IS NULL FROM nulls ORDER BY id"))

    def test_null_rules(self):
        self.query("CREATE TABLE nulls (id int8 PRIMARY KEY, a text, b text)")
        self.assertEqual(self.nulls(""), "tfffff")
        self.assertEqual(self.nulls("WITH nullif = ''"), "tfffff")
        self.assertEqual(self.nulls(r"WITH nullif = '\N'"), "fftfff")
        self.assertEqual(self.nulls(r"WITH nullif = '\N', allow_quoted_null"), "ffttff")
        self.query(self.import_csv("nulls", "hdr.csv", r"WITH skip = '1', delimiter = e'\t'"))
        self.assertEqual(self.client.rows("SELECT * FROM nulls WHERE id = 100"),
                         [["100", "foo", "bar"]])

    def test_options(self):
        self.query("CREATE TABLE z (id int8 PRIMARY KEY, name text)")
        self.serve(**{"p_csv.gz": gzip.compress(b"1,one\n"), "plain_csv": gzip.compress(b"2,two\n"),
                      "many_csv": "3,a\n4,b\n5,c\n"})
        self.query(self.import_csv("z", "p.csv.gz"))
        self.query(self.import_csv("z", "plain.csv", "WITH decompress = 'gzip'"))
        self.assertEqual(self.query(self.import_csv("z", "many.csv", "WITH row_limit = '2'"))
                         .rows[0][3], "2")
        self.assertEqual(self.client.scalar("SELECT string_agg(id::text, ',') FROM z"), "1,2,3,4")

    def test_detached_and_transactions(self):
        self.query("BEGIN")
        self.refused(self.import_csv("parent", "parent.csv"), "XXUUU",
                     "IMPORT cannot be used inside a multi-statement transaction without DETACHED option")
        self.query("ROLLBACK")
        done = self.query(self.import_csv("parent", "parent.csv", "WITH detached"))
        self.assertEqual(done.columns, ["job_id"])
        job = done.rows[0][0]
        while (found := self.client.rows(f"SELECT status, error FROM [SHOW JOB {job}]")) == [["running", ""]]:
            time.sleep(0.01)
        self.assertEqual(found, [["succeeded", ""]])
        self.assertIn([job, "IMPORT"], self.client.rows(
            "SELECT job_id, job_type FROM [SHOW JOBS] WHERE job_type LIKE '%IMPORT%'"))

    def test_identity_computed_and_triggers(self):
        self.query("CREATE TABLE ident (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text)")
        self.query(self.import_csv("ident (id, a)", "ident.csv"))
        self.assertEqual(self.client.rows("SELECT * FROM ident"), [["7", "q"], ["8", "w"]])
        self.query("CREATE TABLE g1 (id int8 PRIMARY KEY, s int8 AS (id + 1) STORED, a text)")
        self.refused(self.import_csv("g1", "parent.csv"), "0A000",
                     "unimplemented: to use computed columns, use IMPORT INTO")
        self.refused(self.import_csv("g1 (id, s, a)", "parent.csv"), "55000",
                     'cannot write directly to computed column "s"')
        self.query(self.import_csv("g1 (id, a)", "parent.csv"))
        self.assertEqual(self.client.scalar("SELECT sum(s) FROM g1"), "9")
        self.query("CREATE TABLE tri (id int8 PRIMARY KEY, a text); CREATE FUNCTION trf() RETURNS "
                   "trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 'trig'; RETURN NEW; END $$; "
                   "CREATE TRIGGER tr BEFORE INSERT ON tri FOR EACH ROW EXECUTE FUNCTION trf()")
        self.query(self.import_csv("tri", "parent.csv"))
        self.query("COPY tri FROM stdin", b"50\tx\n")
        self.assertEqual(self.client.rows("SELECT a FROM tri ORDER BY id"),
                         [["one"], ["two"], ["three"], ["trig"]])

    def test_defaults(self):
        self.query("CREATE SEQUENCE s1; CREATE TABLE dflt (id int8 PRIMARY KEY DEFAULT nextval('s1'), "
                   "a text, b int8 GENERATED BY DEFAULT AS IDENTITY, c int8 AS (id * 2) STORED)")
        self.serve(one_csv="q\nw\n")
        self.query(self.import_csv("dflt (a)", "one.csv"))
        self.assertEqual(self.client.rows("SELECT * FROM dflt ORDER BY 1"),
                         [["1", "q", "1", "2"], ["2", "w", "2", "4"]])


class Syntax(StandinTest):
    """CockroachDB's own SQL runs (07_tables, 10_extra, forms)."""

    def test_create_table_with_everything(self):
        self.query("""CREATE TABLE t (
            id INT8 NOT NULL, j JSONB, b STRING, n BYTES, g INT8 AS (id + 1) STORED,
            created TIMESTAMPTZ DEFAULT now() ON UPDATE now(), hidden INT8 NOT VISIBLE,
            CONSTRAINT t_pk PRIMARY KEY (id DESC) USING HASH WITH (bucket_count = 8),
            CHECK (id > 0), CONSTRAINT c2 CHECK (b <> 'x'),
            INDEX t_b (b DESC) STORING (n) WHERE (id > 3), UNIQUE INDEX t_u (b, lower(b)),
            INVERTED INDEX t_j (j), FAMILY f (id, j), UNIQUE (n DESC)
            ) WITH (schema_locked = false)""")
        names = [row[0] for row in self.client.rows(
            "SELECT DISTINCT index_name FROM [SHOW INDEXES FROM t] ORDER BY 1")]
        self.assertEqual(names, ["t_b", "t_j", "t_n_key", "t_pk", "t_u"])
        self.assertEqual([row[1] for row in self.constraints("t")],
                         ["c2", "check_id", "t_n_key", "t_pk", "t_u"])
        self.query("ALTER TABLE t SET (schema_locked = true)")
        self.query("CREATE INDEX ON t (created) USING HASH WITH (bucket_count = 4)")
        self.query("CREATE INDEX t_s ON t (id) STORING (b)")
        self.query("SELECT count(*) FROM t AS OF SYSTEM TIME '-10s'")
        self.assertIn("CREATE TABLE public.t (", self.client.rows("SHOW CREATE TABLE t")[0][1])

    def test_built_in_functions_with_empty_search_path(self):
        self.query("SELECT pg_catalog.set_config('search_path', '', false)")
        self.query("CREATE TABLE public.u (a INT8 DEFAULT unique_rowid(), b UUID DEFAULT "
                   "gen_random_ulid(), c INT8 DEFAULT unordered_unique_rowid(), d SERIAL, "
                   "e UUID DEFAULT uuid_generate_v4(), f citext, g geometry(Point,4326), "
                   "h vector(3))")
        self.query("INSERT INTO public.u (f) VALUES ('x'), ('y')")
        self.assertEqual(self.client.scalar("SELECT count(DISTINCT a) FROM public.u WHERE f = 'X' "
                                            "OR f = 'Y'"), "2")
        self.refused("CREATE TABLE nosch (a int8)", "42602", "no database or schema specified")

    def test_ddl_commits(self):
        self.query("CREATE TABLE tx (id int8 PRIMARY KEY)")
        self.query("BEGIN; INSERT INTO tx VALUES (50)")
        done = self.query("CREATE TABLE txd (id int8 PRIMARY KEY)")
        self.assertTrue(done.notices[0]["M"].startswith("auto-committing transaction before"))
        done = self.query("ROLLBACK")
        self.assertEqual(done.notices[0]["C"], "25P01")
        self.assertEqual(self.client.scalar("SELECT count(*) FROM tx"), "1")
        self.query("SET autocommit_before_ddl = off; BEGIN; CREATE TABLE txd3 (id int8); ROLLBACK")
        self.refused("SELECT * FROM txd3", "42P01")

    def test_roles(self):
        self.query("CREATE ROLE IF NOT EXISTS app")
        self.query("CREATE ROLE IF NOT EXISTS app")
        self.query("CREATE USER IF NOT EXISTS someone")
        self.refused("CREATE USER x WITH PASSWORD 'y'", "28P01")
        self.query("CREATE DATABASE IF NOT EXISTS defaultdb")

    def test_types(self):
        self.query("CREATE TYPE IF NOT EXISTS kind AS ENUM ('a')")
        self.query("CREATE TYPE IF NOT EXISTS public.kind AS ENUM ('b')")
        self.assertEqual(self.client.scalar("SELECT enum_range(NULL::kind)"), "{a}")

    def test_what_a_table_has_once(self):
        self.query('CREATE TABLE "a b" (id INT PRIMARY KEY)')
        for check in ("id > 0", "id > 5"):
            self.query(f'ALTER TABLE "a b" ADD CONSTRAINT IF NOT EXISTS "c d" CHECK ({check})')
            self.query(f'CREATE POLICY IF NOT EXISTS p ON public."a b" USING ({check})')
        self.query('INSERT INTO "a b" VALUES (1)')

    def test_multi_statement_text(self):
        done = self.query("SELECT ';' /* ; */; -- ;\n SELECT $a$;$a$; SELECT E'\\';'")
        self.assertEqual(len(done.tags), 3)
        self.assertEqual(self.query("").tags, [])

    def test_refusal_aborts_transaction(self):
        self.query("BEGIN")
        self.refused("CREATE DOMAIN d AS text", "0A000", 'at or near "as"')
        self.refused("SELECT 1", "25P02")
        self.query("ROLLBACK")
        self.assertEqual(self.client.status, "I")


class Releases(unittest.TestCase):
    """What a newer release takes."""

    def taken(self, sql, release):
        return refusal_of(Statement(sql), release) is None

    def test_what_26_2_takes(self):
        for sql in ("CREATE VIEW v WITH (security_invoker) AS SELECT 1",
                    "CREATE OR REPLACE VIEW v (a) WITH (security_invoker = TRUE) AS SELECT 1",
                    "CREATE FUNCTION f() RETURNS TRIGGER LANGUAGE plpgsql AS "
                    "$$BEGIN NEW.a := TG_ARGV[0]; RETURN NEW; END$$",
                    "CREATE TYPE c AS (a INT8, b TEXT[])"):
            self.assertFalse(self.taken(sql, "26.1"), sql)
            self.assertTrue(self.taken(sql, "26.2"), sql)

    def test_what_no_release_takes(self):
        self.assertFalse(self.taken("CREATE VIEW v WITH (security_barrier) AS SELECT 1", "26.2"))


class Protocol(StandinTest):
    """Start-up, extended protocol, psql, process ends."""

    def extended(self, sql):
        message = wire.message
        self.client.channel.send(
            message(b"P", b"\0" + wire.cstring(sql) + b"\0\0") + message(b"B", b"\0\0\0\0\0\0\0\0")
            + message(b"D", b"P\0") + message(b"E", b"\0\0\0\0\0") + message(b"S"))
        return self.client.collect()

    def test_what_is_in_use(self):
        self.query("CREATE TABLE t (id INT PRIMARY KEY, a INT4); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v")
        for sql in ("ALTER TABLE t RENAME TO u", "ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME a TO b",
                    "ALTER VIEW v RENAME TO x", "ALTER TABLE t SET SCHEMA public"):
            self.refused(sql, "2BP01")
        self.query("ALTER TABLE t RENAME COLUMN id TO i; ALTER VIEW w RENAME TO x")
        for sql in ("INSERT INTO v VALUES (1)", "UPDATE v SET a = 2", "DELETE FROM public.v"):
            self.refused(sql, "42809")
        make = "CREATE OR REPLACE FUNCTION f() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$ BEGIN RETURN NEW; END $$"
        self.query(make + "; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()")
        self.refused(make, "0A000")
        self.query("DROP TRIGGER g ON t; " + make)

    def test_what_is_dropped_and_retyped(self):
        self.query("CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (id INT PRIMARY KEY, a INT4, b DECIMAL)")
        self.refused("DROP TYPE e CASCADE", "0A000")
        self.refused("DROP SCHEMA public CASCADE", "3F000")
        self.refused("DROP SCHEMA IF EXISTS public", "3F000")
        for sql in ("ALTER TABLE t ALTER a TYPE text, ALTER a SET DEFAULT 'x'", "ALTER TABLE t ADD COLUMN c INT, ALTER COLUMN a SET DATA TYPE text"):
            self.refused(sql, "0A000")
        self.query("ALTER TABLE t ALTER b TYPE DECIMAL(10, 2)")

    def test_extended(self):
        self.extended("CREATE TABLE t (id STRING)")
        self.assertEqual(self.extended("SELECT version()").rows[0][0][:11], "CockroachDB")
        with self.assertRaises(wire.ServerError) as caught:
            self.extended("CREATE DOMAIN d AS text")
        self.assertEqual(caught.exception.sqlstate, "0A000")
        self.assertEqual(self.extended("SHOW CONSTRAINTS FROM t").columns[0], "table_name")
        self.assertEqual(self.query("SELECT 1").scalar, "1")

    def test_psql(self):
        done = subprocess.run(
            ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", self.node.url(self.database)],
            input="CREATE TABLE t (a int, b text);\nCOPY t FROM stdin;\n1\tx\n2\t\\N\n\\.\n"
                  "SELECT count(b) FROM t;\n", capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout.split(), done.returncode),
                         (["CREATE", "TABLE", "COPY", "2", "1"], 0), done.stderr)

    def test_cancel(self):
        def cancel():
            time.sleep(0.3)
            channel = wire.Channel(socket.create_connection(("127.0.0.1", self.node.port)))
            channel.send(struct.pack("!IIII", 16, wire.CANCEL_REQUEST, *self.client.key))
            channel.close()
        threading.Thread(target=cancel).start()
        self.refused("SELECT pg_sleep(20)", "57014")

    def test_cancel_sessions(self):
        with self.node.connect(self.database) as other:
            other.query("SET application_name = 'one of several'")
            self.assertEqual(self.query("CANCEL SESSIONS IF EXISTS (SELECT session_id FROM [SHOW SESSIONS] WHERE application_name = "
                                        "'one of several')").tag, "CANCEL SESSIONS 1")
            with self.assertRaises((OSError, wire.WireError)):
                other.query("SELECT 1")
        self.assertEqual(self.query("SELECT 1").scalar, "1")

    def test_password(self):
        with CockroachStandin(password="right") as node:
            with self.assertRaises(wire.ServerError) as caught:
                wire.Client("127.0.0.1", node.port, password="wrong")
            self.assertEqual((caught.exception.sqlstate, caught.exception.message),
                             ("28P01", "password authentication failed for user root"))
            with node.connect() as client:
                client.query("CREATE USER x WITH PASSWORD 'y'")

    def test_drop_connection(self):
        with CockroachStandin(drop_after=1 << 20) as node, node.connect() as client:
            client.query("CREATE TABLE t (a text)")
            with self.assertRaises((OSError, wire.WireError)):
                client.query("COPY t FROM stdin", [b"x" * 99 + b"\n"] * 30000)
            with node.connect() as again:
                again.query("COPY t FROM stdin", [b"x" * 99 + b"\n"] * 30000)
                self.assertEqual(again.scalar("SELECT count(*) FROM t"), "30000")

    def test_programs_end_cleanly(self):
        for program, stop in (("cockroach_standin.py", signal.SIGTERM),
                              ("cockroach_standin.py", signal.SIGKILL),
                              ("postgres_server.py", signal.SIGTERM)):
            process = subprocess.Popen([sys.executable, HERE / program], stdout=subprocess.PIPE,
                                       text=True)
            with process.stdout:
                url = re.search(r"postgresql://\S+", process.stdout.readline())[0]
            with wire.Client.from_url(url) as client:
                folder = client.scalar("SELECT current_setting('data_directory')")
                pid = int(Path(folder, "postmaster.pid").read_text().split()[0])
            process.send_signal(stop)
            process.wait(20)
            deadline = time.monotonic() + 10
            while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertFalse(Path(f"/proc/{pid}").exists(), program)
            shutil.rmtree(Path(folder).parent, ignore_errors=True)

    def test_postgres_server(self):
        with PostgresServer(password="it's") as server:
            with wire.Client.from_url(server.create_database("source")) as client:
                self.assertTrue(client.scalar("SELECT version()").startswith("PostgreSQL 15"))
            with self.assertRaises(wire.ServerError):
                wire.Client("127.0.0.1", server.port, "postgres", "postgres", "wrong")


class Weather(unittest.TestCase):
    """A machine that has no process, no port or no descriptor to give, and a server that dies."""

    def setUp(self):
        self.said = io.StringIO()
        self.enterContext(contextlib.redirect_stderr(self.said))

    def limit_processes(self, server, limit):
        """Of the server's user, who alone may set it where we are root without every capability."""
        become = postgres_server._child_setup(postgres_server._unprivileged_user(), os.getpid())

        def set_limit():
            become()
            resource.prlimit(server.process.pid, resource.RLIMIT_NPROC, (hard if limit is None else limit, hard))

        hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        subprocess.run(["true"], check=True, preexec_fn=set_limit)

    def test_no_process_to_give(self):
        with CockroachStandin() as node:
            self.limit_processes(node.postgres, 1)
            with unittest.mock.patch.object(postgres_server, "PATIENCE", 0), self.assertRaises(wire.ServerError) as caught:
                node.connect()
            self.assertEqual(caught.exception.sqlstate, "53000")
            self.assertIn("could not fork new process for connection", caught.exception.message)
            later = threading.Timer(0.5, self.limit_processes, (node.postgres, None))
            later.start()
            with node.connect() as client:
                self.assertEqual(client.scalar("SELECT 1"), "1")
            later.join()
            self.assertIn("could not fork new process for connection", self.said.getvalue())

    def test_server_that_dies(self):
        with CockroachStandin() as node:
            with node.connect() as client:
                node.postgres.process.kill()
                node.postgres.process.wait()
                with self.assertRaises((OSError, wire.WireError)):
                    while True:
                        client.query("SELECT 1")
                        time.sleep(0.01)
            with self.assertRaises(wire.ServerError) as caught:
                node.connect()
            self.assertEqual(caught.exception.sqlstate, "08006")
            self.assertRegex(self.said.getvalue(), "a session of defaultdb lost the server behind it")

    def test_restart_is_no_accident(self):
        with CockroachStandin() as node, node.connect() as client:
            node.postgres.restart()
            with self.assertRaises((OSError, wire.WireError)):
                client.query("SELECT 1")
            with node.connect() as again:
                self.assertEqual(again.scalar("SELECT 1"), "1")
        self.assertEqual(self.said.getvalue(), "")

    def test_port_that_another_took(self):
        ports = []

        def port():
            ports.append(first.port if not ports else free_port())
            return ports[-1]

        with PostgresServer() as first, unittest.mock.patch.object(postgres_server, "free_port", port), PostgresServer() as second:
            self.assertEqual(ports, [first.port, second.port])
            for server in (first, second):
                with server.connect() as client:
                    self.assertEqual(client.scalar("SHOW data_directory"), str(server.folder / "data"))

    def test_no_descriptor_to_give(self):
        with CockroachStandin() as node:
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            with socket.socket() as sock:
                resource.setrlimit(resource.RLIMIT_NOFILE, (sock.fileno() + 1, hard))
                try:
                    sock.connect(("127.0.0.1", node.port))
                    while "Too many open files" not in self.said.getvalue():
                        time.sleep(0.01)
                finally:
                    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            with node.connect() as client:
                self.assertEqual(client.scalar("SELECT 1"), "1")

    def test_closed_port_is_closed(self):
        listener = wire.Listener(socket.socket.close)
        with socket.create_connection(("127.0.0.1", listener.port)) as sock:
            self.assertEqual(sock.recv(1), b"")
        listener.close()
        listener.close()
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", listener.port))


if __name__ == "__main__":
    unittest.main()
