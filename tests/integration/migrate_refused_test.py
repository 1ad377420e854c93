"""What a migration refuses, and says: clusters, passwords, rows that cannot be loaded."""

import os
import shutil
import signal
import socket
import subprocess
import time
import unittest
import unittest.mock
import urllib.parse

from _migration import Migration, NUMBERS, UNIQUE, large_dump
from _target import BINARY, CockroachStandin, PostgresServer, frenchtowns, postgres_bin, require, source, stop, target, wire

import shows  # noqa: E402, of the stand-in

SECRET = "s3cret/ of:the@town"


class ClusterTest(Migration):
    def test_patch_with_a_known_defect(self):
        said = "CockroachDB 24.3.5 has a known defect: bulk writes"
        with CockroachStandin(version="CockroachDB CCL v24.3.5 (stand-in: PostgreSQL 15 behind it)") as node:
            self.url = node.create_database(self.database)
            run = self.run_tool("migrate", frenchtowns())
            self.assertEqual(run.returncode, 0, run.err)
            self.assertIn(said, run.err)
            self.assertNotIn("rollback of an IMPORT INTO", run.err)
            verified = self.run_tool("verify", frenchtowns())
            self.assertIn(said, verified.out)
        self.assertNotIn("known defect", self.run_tool("verify", frenchtowns(), url=self.node.create_database(self.database + "x")).out)


    def test_tables_that_are_there_already(self):
        dump = self.write("dump.sql", UNIQUE.format(more="") + "CREATE TABLE public.other (id bigint PRIMARY KEY);\n")
        with self.node.connect(self.database) as client:
            client.query("CREATE TABLE public.other (id INT8 PRIMARY KEY)")
        for words in (("--dry-run",), ()):
            run = self.migrate(dump, *words, status=2)
            self.assertIn("the target has already what is about to be made: public.other\n", run.err)
            self.assertEqual(self.scalar("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname IN (SELECT tablename FROM pg_tables "
                                         "WHERE schemaname = 'public')"), "1")
        with self.node.connect(self.database) as client:
            client.query("DROP TABLE public.other")
        for make, drop, what in (("CREATE VIEW public.other AS SELECT 1 AS a", "VIEW", "a view"), ("CREATE SEQUENCE public.other", "SEQUENCE", "a sequence"),
                                 ("CREATE TYPE public.other AS ENUM ('a')", "TYPE", "a type")):
            with self.subTest(what), self.node.connect(self.database) as client:
                client.query(make)
                self.assertIn(f"about to be made: public.other ({what})\n", self.migrate(dump, "--dry-run", status=2).err)
                client.query(f"DROP {drop} public.other")
        self.assertEqual(self.migrate(dump, "--dry-run", status=None).returncode, 0)
        self.migrate(dump)

    def test_settings_that_stand_in_the_way(self):
        dump = self.write("dump.sql", UNIQUE.format(more="") + "CREATE TABLE public.other (id bigint PRIMARY KEY);\n")
        if getattr(self.node, "real", True):
            self.skipTest("the settings of a cluster that others use are left alone")
        self.assertNotIn("sql.schema.", self.migrate(dump).err)
        for name, value, said in (("sql.schema.approx_max_object_count", "1", "2 objects are to be made, and the cluster refuses new ones"),
                                  ("sql.schema.auto_unlock.enabled", "false", "the cluster does not unlock tables by itself")):
            with self.subTest(name), unittest.mock.patch.dict(shows.CLUSTER_SETTINGS, {name: value}):
                self.url = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}")
                self.assertIn(said, self.migrate(dump, "--state-dir", self.folder / name).err)

    def test_the_cluster_s_release_in_every_command(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY);\n"
                          "CREATE VIEW public.v WITH (security_invoker='true') AS SELECT id FROM public.t;\n")

        def rehearsed(command, *words):
            run = self.checked(subprocess.run([BINARY, command, dump, "--dry-run", *words], capture_output=True, cwd=self.folder))
            self.assertNotIn("release is not known", run.err)
            return run.returncode, run.out, run.err

        with CockroachStandin(version="CockroachDB CCL v25.4.1 (stand-in: PostgreSQL 15 behind it)") as node:
            target = ["--target", node.create_database(self.database)]
            for command in ("apply", "load"):
                self.assertEqual(rehearsed(command, *target), rehearsed(command, "--crdb", "25.4"))
            self.assertNotEqual(rehearsed("apply", *target), rehearsed("apply"))
            self.assertIn("; for CockroachDB 25.4.1, the cluster's\n", rehearsed("migrate", *target)[2])
            self.assertNotIn("the cluster's", rehearsed("migrate", *target, "--crdb", "25.4")[2])

    def test_resumed_while_the_cluster_cannot_be_reached(self):
        dump = self.write("dump.sql", UNIQUE.format(more="1\ttwice\n"))
        with CockroachStandin(password=SECRET, version="CockroachDB CCL v25.4.1 (stand-in: PostgreSQL 15 behind it)") as node:
            self.url = node.create_database(self.database)
            self.assertEqual(self.run_tool("migrate", dump).returncode, 5)
            wrong = self.run_tool("migrate", dump, "--resume", url=f"postgresql://root:wrong@127.0.0.1:{node.port}/{self.database}")
            self.assertEqual(wrong.returncode, 5, wrong.err)
            self.assertIn("the server refused user name or password", wrong.err)
        for words in ([], ["--resume"]):
            down = self.run_tool("migrate", dump, *words)
            self.assertEqual(down.returncode, 5, down.err)
            self.assertIn("cannot connect to", down.err)
            self.assertNotIn("is the journal of", down.err)
            self.assertNotIn("is not the run", down.err)


class SecretTest(Migration):
    """Nothing that is written, printed or shown in the list of processes holds a password."""

    @classmethod
    def setUpClass(cls):
        cls.guarded = CockroachStandin(password=SECRET).start()
        cls.addClassCleanup(cls.guarded.stop)

    def setUp(self):
        super().setUp()
        self.url = self.guarded.create_database(self.database)
        self.dump = self.write("small.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY);\nCOPY public.t (id) FROM stdin;\n1\n\\.\n")

    def assert_no_secret(self, run, *secrets):
        for secret in secrets or (SECRET, "s3cret", "the@town", "the%40town"):
            self.assertNotIn(secret, run.out + run.err)
            for path in self.folder.rglob("*"):
                if path.is_file():
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def assert_one_message(self, run, statuses, text):
        self.assertIn(run.returncode, statuses, run.err)
        self.assertEqual(run.err.count("pg2crdb: error:"), 1, run.err)
        self.assertIn(text, run.err)
        self.assert_no_secret(run)

    def test_right_password(self):
        run = self.migrate(self.dump, "-v")
        self.assert_no_secret(run)

    def test_right_password_as_libpq_words(self):
        quoted = SECRET.replace("'", "\\'")
        url = f"host=127.0.0.1 port={self.guarded.port} user=root dbname={self.database} password='{quoted}'"
        self.assert_no_secret(self.migrate(self.dump, "-v", url=url))

    def test_password_file(self):
        passfile = self.folder.parent / f"{self.database}.pgpass"
        self.addCleanup(passfile.unlink)
        passfile.write_text("127.0.0.1:*:*:root:" + SECRET.replace(":", "\\:") + "\n")
        passfile.chmod(0o600)
        url = f"postgresql://root@127.0.0.1:{self.guarded.port}/{self.database}"
        self.assert_no_secret(self.migrate(self.dump, url=url, environment={"PGPASSFILE": str(passfile)}))

    def test_printed_command_with_the_password_in_the_environment(self):
        quoted, encoded = SECRET.replace("'", "\\'"), urllib.parse.quote(SECRET, safe="")
        for number, url in enumerate((f"postgresql://root:{encoded}@127.0.0.1:{self.guarded.port}/DB",
                                      f"postgresql://127.0.0.1:{self.guarded.port}/DB?password={encoded}&user=root",
                                      f"host=127.0.0.1 port={self.guarded.port} user=root password='{quoted}' dbname=DB")):
            with self.subTest(url):
                database = f"{self.database}_{number}"
                self.guarded.create_database(database)
                with self.guarded.connect(database) as client:
                    client.query("CREATE TABLE public.other (id INT8 PRIMARY KEY)")
                    client.query("CREATE INDEX t ON public.other (id)")
                stopped = self.run_tool("migrate", self.dump, "--state-dir", self.folder / database, url=url.replace("DB", database))
                self.assertEqual(stopped.returncode, 5, stopped.err)
                self.assertIn("its password is left out: give it in PGPASSWORD", stopped.err)
                with self.guarded.connect(database) as client:
                    client.query("DROP TABLE public.other")
                self.assertIn("asks for a password", self.run_resume(stopped).err)
                resumed = self.run_resume(stopped, {"PGPASSWORD": SECRET})
                self.assertEqual(resumed.returncode, 0, resumed.err)
                self.assert_verified(resumed)
                self.assert_no_secret(stopped)

    def test_wrong_password(self):
        url = f"postgresql://root:s3cret-but-wrong@127.0.0.1:{self.guarded.port}/{self.database}"
        self.assert_one_message(self.run_tool("migrate", self.dump, url=url), (2, 5), "password")

    def test_no_password(self):
        url = f"postgresql://root@127.0.0.1:{self.guarded.port}/{self.database}"
        self.assert_one_message(self.run_tool("migrate", self.dump, url=url), (2, 5), "password")

    def test_unknown_database(self):
        self.assert_one_message(self.run_tool("migrate", self.dump, url=self.guarded.url("no_such_database")), (2, 5), "no_such_database")

    def test_wrong_urls(self):
        for url, text in (("postgresql://root:s3cret@127.0.0.1:1/x", "127.0.0.1"), ("postgresql://root:s3cret@no-such-host.invalid/x", "no-such-host"),
                          ("postgresql://root:s3cret@127.0.0.1:notaport/x", "port"), ("postgresql://root:s3cret@127.0.0.1/x?no_such=1", "no_such"),
                          ("host=127.0.0.1 port=1 password=s3cret", "127.0.0.1")):
            with self.subTest(url):
                shutil.rmtree(self.state, ignore_errors=True)
                self.assert_one_message(self.run_tool("migrate", self.dump, url=url), (2, 5), text)

    def test_list_of_processes(self):
        # A pg_dump that notes how it was called, as a list of processes has it.
        programs, seen = self.folder / "programs", self.folder / "seen"
        programs.mkdir()
        (programs / "pg_dump").write_text(f'#!/bin/sh\ntr "\\0" "\\n" < /proc/$$/cmdline >> {seen}\nexec {postgres_bin()}/pg_dump "$@"\n')
        (programs / "pg_dump").chmod(0o755)
        with PostgresServer(password="s3cret-of-source") as server:
            with server.connect() as client:
                client.query("CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000)")
            # The program cannot help what it was called with, so the passwords are given in a file.
            passfile = self.folder.parent / f"{self.database}.pgpass"
            self.addCleanup(passfile.unlink)
            passfile.write_text("*:*:*:root:" + SECRET.replace(":", "\\:") + "\n")
            passfile.chmod(0o600)
            run = self.run_tool("migrate", "--source", server.url(), url=f"postgresql://root@127.0.0.1:{self.guarded.port}/{self.database}",
                                environment={"PGPASSFILE": str(passfile), "PATH": f"{programs}:{postgres_bin()}:{os.environ['PATH']}"})
            port = str(server.port)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertIn(port, seen.read_text())
        self.assertNotIn("s3cret", seen.read_text())
        self.assert_no_secret(run, "s3cret")


class RefusedTest(Migration):
    def test_target_that_holds_rows(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        self.migrate(dump)
        run = self.migrate(dump, "--state-dir", self.folder / "other", status=2)
        self.assertIn("the target has already what is about to be made: public.", run.err)
        self.run_tool("compile", dump)
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        run = self.run_tool("load", out, "--state-dir", self.folder / "third")
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("public.t holds rows already", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")

    def test_run_that_ended(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        self.migrate(dump)
        journal = (self.state / "journal.jsonl").read_bytes()
        again = self.run_tool("migrate", dump)
        self.assertEqual(again.returncode, 2, again.out + again.err)
        self.assertIn("has ended, and was this one", again.err)
        self.assertEqual((self.state / "journal.jsonl").read_bytes(), journal)
        self.assert_verified(self.migrate(dump, "--resume"))
        # A database of the same name that was made anew is another one.
        with self.node.connect() as client:
            client.query(f'DROP DATABASE "{self.database}" CASCADE')
            client.query(f'CREATE DATABASE "{self.database}"')
        self.assert_verified(self.migrate(dump))

    def test_row_that_is_refused(self):
        dump = self.write("dump.sql", UNIQUE.format(more="7\tagain\n"))
        run = self.migrate(dump, status=5)
        self.assertIn("dump.sql:1003 was refused: 23505", run.err)
        self.assertIn("7\tagain", run.err)
        self.assertIn("to go on: pg2crdb migrate", run.err)
        self.assertIn("Of a dump that was corrected it is another run: empty the target, remove the journal and start anew", run.err)
        rest = self.migrate(dump, "--max-bad-rows", "1", "--resume", status=3)
        self.assertIn("1 rejected", rest.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")

    def test_rejected_row_that_a_key_needs(self):
        dump = self.write("dump.sql", "CREATE TABLE public.p (id bigint PRIMARY KEY, n integer);\nCREATE TABLE public.c (id bigint PRIMARY KEY, p bigint);\n"
                          "CREATE SEQUENCE public.s;\nSELECT pg_catalog.setval('public.s', 7, true);\n"
                          "COPY public.p (id, n) FROM stdin;\n1\t1\n2\tnone\n\\.\nCOPY public.c (id, p) FROM stdin;\n1\t1\n2\t2\n\\.\n"
                          "ALTER TABLE ONLY public.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES public.p(id);\n")
        run = self.migrate(dump, "--max-bad-rows", "1", status=3)
        self.assertIn("row (id)=(2): (p)=(2) of public.c breaks c_p_fkey", run.err)
        self.assertIn("1 row was rejected, among the missing", run.err)
        self.assertIn("rejected-rows.tsv", run.err)
        self.assertIn("finished row verification on public.c", run.out)
        self.assertEqual(self.scalar("SELECT nextval('public.s')"), "8")

    def test_load_behind_all_phases(self):
        dump = self.write("dump.sql", "CREATE TABLE public.p (id bigint PRIMARY KEY);\nCREATE TABLE public.c (id bigint PRIMARY KEY, p bigint);\n"
                          "COPY public.c (id, p) FROM stdin;\n1\t1\n\\.\nCOPY public.p (id) FROM stdin;\n1\n\\.\n"
                          "ALTER TABLE ONLY public.c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES public.p(id);\n")
        self.assertEqual(self.run_tool("apply", dump, "--state-dir", self.folder / "applied").returncode, 0)
        run = self.run_tool("load", dump)
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("foreign keys are there already", run.err)
        self.assertIn("c_p_fkey on public.c", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.p"), "0")
        with self.node.connect(self.database) as client:
            client.query("ALTER TABLE public.c DROP CONSTRAINT c_p_fkey")
        self.assertEqual(self.run_tool("load", dump, "--resume").returncode, 0)

    def test_wrong_url_at_the_first_try(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        wrong = self.run_tool("migrate", dump, url="postgresql://root@127.0.0.1:1/x?sslmode=disable")
        self.assertEqual(wrong.returncode, 5, wrong.err)
        self.migrate(dump)

    def test_interrupt_while_the_target_hangs(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"postgresql://root@127.0.0.1:{silent.getsockname()[1]}/x?sslmode=disable"
            child = subprocess.Popen(self.words("migrate", dump, url=url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
            peer, _ = silent.accept()
            self.addCleanup(peer.close)
            peer.recv(1)
            time.sleep(0.2)
            child.send_signal(signal.SIGINT)
            err = child.communicate(timeout=60)[1].decode()
        self.assertEqual(child.returncode, 5, err)
        self.assertIn("to go on: pg2crdb migrate", err)

    def test_dump_in_a_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for command in ("migrate", "load", "apply", "verify"):
            run = self.run_tool(command, pipe)
            self.assertEqual(run.returncode, 2, run.err)
            self.assertIn("because they are read more than once", run.err)
            self.assertIn("write the dump to a file", run.err)

    def test_name_with_a_line_end(self):
        dump = self.write("dump.sql", 'CREATE TABLE public."t\npg2crdb: error: forged" (id bigint PRIMARY KEY);\n'
                          'COPY public."t\npg2crdb: error: forged" (id) FROM stdin;\n1\n\\.\n')
        run = self.run_tool("migrate", dump, "-v")
        self.assertNotRegex(run.out + run.err, "(?m)^pg2crdb: error: forged")
        self.assertEqual(run.returncode, 0, run.err)

    def test_rows_that_may_be_refused(self):
        dump = self.write("dump.sql", UNIQUE.format(more="7\tagain\nseven\tno number\n9\tagain\n"))
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.node.create_database(self.database), self.folder / method
                run = self.migrate(dump, "--max-bad-rows", "5", "--method", method, status=3)
                self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")
                rejected = [line.split("\t") for line in (self.state / "rejected-rows.tsv").read_text().splitlines()]
                self.assertEqual([line[:3] for line in rejected], [["public.t", str(dump), str(n)] for n in (1003, 1004, 1005)])
                self.assertEqual([line[-2:] for line in rejected], [["7", "again"], ["seven", "no number"], ["9", "again"]])
                self.assertIn("3 rejected", run.err)

    def test_row_that_an_import_refuses(self):
        dump = self.write("dump.sql", UNIQUE.format(more="7\tagain\n"))
        run = self.migrate(dump, "--method", "import-into", status=5)
        self.assertIn("two rows have the same key", run.err)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "0")
        self.migrate(dump, "--method", "import-into", "--max-bad-rows", "1", "--resume", status=3)
        self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "1000")

    def test_more_rows_than_may_be_refused(self):
        dump = self.write("dump.sql", UNIQUE.format(more="".join(f"{i}\tagain\n" for i in range(1, 10))))
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.url, self.state = self.node.create_database(f"it_{os.getpid()}_{next(NUMBERS)}"), self.folder / method
                run = self.migrate(dump, "--max-bad-rows", "5", "--method", method, status=5)
                self.assertIn("more than 5 rows were refused", run.err)

    def test_truncated_dump(self):
        whole = UNIQUE.format(more="")
        for end in (len(whole) - 10, len(whole) - 3, len(whole) - 200):
            with self.subTest(end):
                run = self.run_tool("migrate", self.write("cut.sql", whole[:end]))
                self.assertIn(run.returncode, (1, 2), run.err)
                self.assertEqual(self.rows("SHOW TABLES"), [])

    def test_dump_that_changes_while_it_is_loaded(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out).returncode, 0)
        dump.write_text(UNIQUE.format(more="1001\tmore\n"))
        run = self.run_tool("load", out)
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("dump.sql", run.err)

    def test_dump_that_was_edited_since_it_was_compiled(self):
        dump = self.write("dump.sql", UNIQUE.format(more=""))
        out = self.folder / "out"
        subprocess.run([BINARY, "compile", dump, "--out-dir", out, "-q"], check=True, capture_output=True)
        self.assertEqual(self.run_tool("apply", out).returncode, 0)
        whole = dump.read_text()
        for edited in (whole.replace("name 7\n", "name 8\n"), whole.replace("COPY public.t", "COPY PUBLIC.t")):
            for words in ((), ("--row-limit", "5")):
                with self.subTest(words):
                    self.assertEqual(len(edited), len(whole))
                    self.assertNotEqual(edited, whole)
                    dump.write_text(edited)
                    for command in ("load", "verify"):
                        run = self.run_tool(command, out, *words, *(("--state-dir", self.folder / "loading") if command == "load" else ()))
                        self.assertEqual(run.returncode, 2, run.out + run.err)
                        self.assertIn("dump.sql is not the dump that was compiled: its SHA-256 is", run.err)
                        self.assertIn("compile the dump again", run.err)
                    self.assertEqual(self.scalar("SELECT count(*) FROM public.t"), "0")
        dump.write_text(whole)
        self.assertEqual(self.run_tool("load", out, "--state-dir", self.folder / "loading").returncode, 0)
        verified = self.run_tool("verify", out)
        self.assertEqual(verified.returncode, 0, verified.err)
        self.assert_verified(verified)

    def test_columns_that_the_dump_renames_and_drops_behind_the_rows(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY, n integer, gone text, g integer GENERATED ALWAYS AS (n) STORED);\n"
                          "INSERT INTO public.t (id, n, gone) VALUES (1, 10, 'x');\nINSERT INTO public.t (n, g, id) VALUES (20, DEFAULT, 2);\n"
                          "COPY public.t (gone, n, id) FROM stdin;\ny\t30\t3\n\\.\nINSERT INTO public.t VALUES (4, 40, 'z');\n"
                          "ALTER TABLE public.t DROP COLUMN gone;\nALTER TABLE public.t DROP COLUMN g;\nALTER TABLE public.t RENAME COLUMN n TO m;\n"
                          "INSERT INTO public.t (m, id) VALUES (50, 5);\n")
        for method in ("copy", "import-into"):
            with self.subTest(method):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.node.create_database(self.database), self.folder / method
                run = self.migrate(dump, "--method", method)
                self.assertNotIn("left out", run.err)
                self.assertEqual(self.rows("SELECT id, m FROM public.t ORDER BY id"), [[str(i), str(10 * i)] for i in range(1, 6)])

    def test_column_that_the_table_lacks(self):
        dump = self.write("dump.sql", "CREATE TABLE public.t (id bigint PRIMARY KEY);\nCOPY public.t (id, lost) FROM stdin;\n1\tx\n\\.\n")
        run = self.run_tool("migrate", dump)
        self.assertEqual(run.returncode, 1, run.err)
        self.assertIn("`public.t` has no column `lost`", run.err)

    def test_full_disk(self):
        dump = self.write("dump.sql", large_dump())
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", small], capture_output=True).returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        run = self.checked(subprocess.run([BINARY, "compile", dump, "--out-dir", small / "out"], capture_output=True, timeout=60))
        self.assertEqual(run.returncode, 2, run.err)
        self.assertIn("No space left", run.err)
        self.assertEqual([path for path in small.rglob("*") if path.is_file()], [])
        self.state = small / "state"
        run = self.run_tool("migrate", dump)
        self.assertIn(run.returncode, (2, 5), run.err)
        self.assertIn("No space left", run.err)
        self.state = self.folder / "state"
        run = self.run_tool("migrate", dump, "--method", "import-into", "--host-files", small)
        self.assertEqual(run.returncode, 5, run.err)
        self.assertIn("No space left", run.err)
        lack = r"0 MB are free in \S+/small/pg2crdb-\w+, where all import files .*: public\.\w+ \([1-9]\d* MB\)"
        self.assertRegex(run.err, lack)
        run = self.run_tool("migrate", dump, "--resume", "--method", "import-into")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertNotRegex(run.err, " are free in ")

    def test_lack_of_space_for_a_live_source(self):
        database = source().create_database(f"space_{os.getpid()}_{next(NUMBERS)}")
        with wire.Client.from_url(database) as client:
            client.query("CREATE TABLE public.small (id integer PRIMARY KEY); INSERT INTO public.small VALUES (1);"
                         "CREATE TABLE public.large (id integer PRIMARY KEY, body text);"
                         "INSERT INTO public.large SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 4000) i")
        narrow = self.folder / "narrow"
        narrow.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", narrow], capture_output=True).returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", narrow], check=True)
        run = self.run_tool("migrate", "--source", database, "--method", "import-into", "--host-files", narrow,
                            environment={"PATH": f"{postgres_bin()}:{os.environ['PATH']}"})
        self.assertEqual(run.returncode, 5, run.err)
        self.assertRegex(run.err, r"[01] MB are free in .*, and these may not fit: public\.large \(\d MB\)\. --compress")


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
