"""Rows in every form that scripts have them in: what arrives is what a real PostgreSQL makes of the same script."""

import os
import subprocess
import unittest

from _target import postgres_bin, require, source, stop, wire
from _migration import NUMBERS, Migration


class DumpRowsTest(Migration):
    def same_rows(self, script, tables, *words):
        """The script in PostgreSQL, and migrated: each table's rows, as texts."""
        name = f"rows_{os.getpid()}_{next(NUMBERS)}"
        url = source().create_database(name)
        path = self.write(f"{name}.sql", script)
        subprocess.run([postgres_bin() / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", path, url], check=True, capture_output=True)
        self.database = name
        self.url = self.node.create_database(name)
        self.migrate(path, *words, "--state-dir", self.folder / name)
        with wire.Client.from_url(url) as client:
            for table in tables:
                self.assertEqual(self.rows(f"SELECT * FROM {table} ORDER BY 1"), client.rows(f"SELECT * FROM {table} ORDER BY 1"))

    def test_values_of_inserts(self):
        self.same_rows(
            r"""CREATE TABLE t (id bigint PRIMARY KEY, a text, n numeric(10,2), d date, ts timestamp, b boolean, x bytea, l integer[],
                u uuid, v varchar(5), bits varbit, i integer);
            INSERT INTO t (id, a, i) VALUES (1 + 1, 'a' || chr(228) || $$ it's $$, (60 * 60) * 24), (3, U&'d\0061t\+000061', - (5));
            INSERT INTO t (id, a, n) VALUES (CAST('4' AS bigint), CAST('four' AS text), 4.25::numeric(10,2)) RETURNING id;
            INSERT INTO t AS target (id, d, ts, b) VALUES (5::int, DATE '2024-02-29', '2024-02-29'::date, TRUE::boolean);
            INSERT INTO t (id, x, l, u) VALUES /* a (comment) */ (6, '\xdead'::bytea, ARRAY[1, 2 + 3]::integer[],
                'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid); -- and another; one
            INSERT INTO t (id, v, bits, a) VALUES (7, 'abcde'::character varying(5), B'101', E'\ud83d\ude00'), (8, NULL::varchar, X'f'::varbit,
                '2024-01-02'::date);
            INSERT INTO t (id, a) VALUES (9, TRUE::text), (10, 5::text);
            """, ["t"])

    def test_values_as_people_write_them(self):
        self.same_rows(
            """CREATE TABLE t (id integer PRIMARY KEY, d date, ts timestamp(3), tz timestamptz, i interval, u uuid, b boolean, t time, n bigint,
                ds date[]);
            INSERT INTO t VALUES
                ('1', 'Jan 5 2020', '1/5/2020 10:00 PM', '2020-01-05 10:00-0330', '1 day 2 hours', '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}',
                 'yes', '3:04 PM', ' 007 ', '{"Jan 5 2020"}'),
                (' 2', '20200105', '2020-01-05 10:00:00.1235', '20200105T101500Z', 'P1Y2M3DT4H5M6S', 'a0eebc999c0b4ef8bb6d6bb9bd380a12',
                 'off', '10:00', '+7', '{}'),
                ('03', '5-Jan-2020', 'epoch', '2020-01-05', '1.5 weeks ago', 'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a13', '0', '04:05:06.5', '-0', NULL);
            """, ["t"])

    def test_values_that_become_texts(self):
        self.same_rows(
            "CREATE TABLE t (id integer PRIMARY KEY, m macaddr, m8 macaddr8, p point, l lseg, b box, h path, g polygon, c circle,\n"
            "    r int4range, n numrange, ts tsrange, mr datemultirange, x xml, mm macaddr[], rr int4range[], n4 cidr);\n"
            "INSERT INTO t VALUES\n"
            "    (1, '08-00-2b-01-02-03', '08002b010203', '1, 2.50', '1,2,3,4', '(1,2),(3,4)', '[(1,2),(3,4)]', '(0,0),(0,1),(1,1)', '1,2,3',\n"
            "     '[1, 2]', '(1.0,2]', '[2024-01-01,2024-02-01)', '{[2024-01-03,2024-01-04],[2024-01-01,2024-01-02]}',\n"
            "     '<?xml version=\"1.0\"?><a/>', '{08002b010203,NULL}', '{\"[1,2]\",empty}', '10.1'),\n"
            "    (2, '0800.2b01.0204'::macaddr, NULL, '(1e20,-1e-7)', NULL, NULL, '1,2,3,4', NULL, '<(0,0),1.5>', 'empty', '(,)', NULL, '{}',\n"
            "     '<b>x</b>', ARRAY['08-00-2b-01-02-03']::macaddr[], '{}', '192.168.1.0/24');\n"
            "COPY t (id, m, p, r) FROM stdin;\n3\t08002B010205\t(100000000000000,0.1)\t(1,5]\n\\.\n", ["t"])

    def test_negative_zeros(self):
        self.same_rows("""CREATE TABLE t (id integer PRIMARY KEY, a text, f float8, n numeric);
            INSERT INTO t VALUES (1, '-0', '-0', 1), (2, 'x', -0.0, -0.0), (3, -0.0, 0, '-0');
            """, ["t"])

    def test_default(self):
        self.same_rows(
            """CREATE TABLE t (id integer PRIMARY KEY, name varchar(10) DEFAULT 'none', n integer, b boolean DEFAULT true NOT NULL);
            INSERT INTO t VALUES (1, DEFAULT, DEFAULT, DEFAULT), (2, 'two', 2, false);
            INSERT INTO t (b, id) VALUES (DEFAULT, 3);
            ALTER TABLE t ALTER COLUMN name SET DEFAULT 'other', ALTER COLUMN b DROP DEFAULT;
            INSERT INTO t (id, name, b) VALUES (4, DEFAULT, true), (5, 'five', false);
            CREATE TABLE numbered (id serial PRIMARY KEY, name text);
            INSERT INTO numbered VALUES (DEFAULT, 'a'), (DEFAULT, 'b');
            INSERT INTO numbered (name, id) VALUES ('c', DEFAULT);
            """, ["t", "numbered"])

    def test_forms_of_copy(self):
        self.same_rows(
            "CREATE TABLE t (id integer PRIMARY KEY, a text, b text DEFAULT 'x', g integer GENERATED ALWAYS AS (id * 2) STORED);\n"
            "COPY t (id, a, b) FROM stdin WITH (FORMAT csv, QUOTE '#', ESCAPE '\\', DELIMITER ';', NULL 'nil', HEADER match);\n"
            "id;a;b\n1;#two\n\\#lines\\\\#;nil\n2;#nil#;\"q\"\n\\.\n"
            "COPY t (id, a, b) FROM stdin CSV FORCE NOT NULL a FORCE NULL b;\n3,,\"\"\n4,\"\",\n\\.\n"
            "COPY t (id, a) FROM stdin WITH (FORMAT csv, HEADER, ENCODING 'UTF8', FREEZE off);\n\"id\",\"a\nb\"\n5,\u00e4\n\\.\n"
            "COPY t (id, a, b) FROM stdin DELIMITER '|' NULL '';\n6|a\\|b|\n7||\\N\n\\.\n"
            "CREATE TABLE one (line text);\nCOPY one FROM stdin;\nSELECT x\n\nDROP TABLE one;\n-- no comment\n\\.\n", ["t", "one"])

    def test_rows_with_oids(self):
        path = self.write("oids.sql", "CREATE TABLE t (id integer PRIMARY KEY, a text) WITH OIDS;\n-- pg2crdb: ignore rows-with-oids reason=\"nothing reads them\"\n"
                          "COPY t (id, a) WITH OIDS FROM stdin;\n16384\t1\tone\n16385\t2\t\\N\n\\.\n")
        self.migrate(path)
        self.assertEqual([list(row) for row in self.rows("SELECT * FROM t ORDER BY 1")], [["1", "one"], ["2", None]])

    def test_hstore(self):
        script = ("CREATE EXTENSION hstore;\nCREATE TABLE t (id integer PRIMARY KEY, h hstore DEFAULT 'd=>1'::hstore);\n"
                  "CREATE VIEW v AS SELECT id, h -> 'a' AS a, h ? 'b' AS b FROM t;\n"
                  "COPY t FROM stdin;\n1\t\"a\"=>\"1\", \"b\"=>NULL\n2\t\n3\t\\N\n4\t\"q\\\\\"\"=>\"\\\\\\\\ \\n \u00e4\"\n\\.\n"
                  "INSERT INTO t VALUES (5, 'a=>x, \"b c\"=>\"NULL\"'), (6, 'k => v'::hstore);\nINSERT INTO t (id) VALUES (7);\n")
        name = f"rows_{os.getpid()}_{next(NUMBERS)}"
        url = source().create_database(name)
        path = self.write("hstore.sql", script)
        subprocess.run([postgres_bin() / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", path, url], check=True, capture_output=True)
        for words in ((), ("--method", "import-into")):
            with self.subTest(words):
                self.database = f"{name}_{len(words)}"
                self.url = self.node.create_database(self.database)
                self.migrate(path, "--hstore", "jsonb", *words, "--state-dir", self.folder / self.database)
                with wire.Client.from_url(url) as client:
                    wanted = client.rows("SELECT id, CASE WHEN h IS NOT NULL THEN hstore_to_json(h)::jsonb END FROM t ORDER BY 1")
                    self.assertEqual(self.rows("SELECT id, h FROM t ORDER BY 1"), wanted)
                    self.assertEqual(self.rows("SELECT id, a, b FROM v ORDER BY 1"), client.rows("SELECT id, a, b FROM v ORDER BY 1"))
                live = self.run_tool("verify", self.folder / self.database / "compiled", "--source", url)
                self.assertEqual(live.returncode, 0, live.out + live.err)
                with self.node.connect(self.database) as client:
                    client.query("UPDATE t SET h = '{\"a\": \"2\"}' WHERE id = 1")
                self.assertEqual(self.run_tool("verify", self.folder / self.database / "compiled", "--source", url).returncode, 4)

    def test_what_is_not_known_is_told(self):
        table = "CREATE TABLE t (id serial PRIMARY KEY, a text, made timestamp DEFAULT now(), n integer);\n"
        for rows, words in (
                ("INSERT INTO t (a) VALUES (now());", ("now()", "needs a person")),
                ("INSERT INTO t (n) VALUES (7 / 2);", ("7 / 2",)),
                ("INSERT INTO t (a) VALUES (-0);", ("the number -0 is 0",)),
                ("INSERT INTO t VALUES (1, 'a', DEFAULT, 1), (2, 'b', '2024-01-02', 2);", ("rows-of-default", "made")),
                ("INSERT INTO t (a) SELECT 'x';", ("come from a query",)),
                ("COPY t (a) FROM stdin (ENCODING 'latin1');\nx\n\\.", ("copy-options", "ENCODING 'latin1'")),
                ("COPY t (a) FROM stdin WHERE a > 'b';\nx\n\\.", ("copy-options", "WHERE a > 'b'"))):
            with self.subTest(rows):
                run = self.run_tool("migrate", self.write("dump.sql", table + rows + "\n"))
                self.assertEqual(run.returncode, 1, run.out + run.err)
                for word in words:
                    self.assertIn(word, run.err)


class AllDatabasesTest(Migration):
    """What pg_dumpall wrote: each database goes into one of its name."""

    def dump(self, *names, broken=""):
        text = "-- PostgreSQL database cluster dump\n\nCREATE ROLE postgres;\nALTER ROLE postgres WITH SUPERUSER LOGIN;\n"
        for i, name in enumerate(names):
            text += (f"\\connect {name}\n\n-- PostgreSQL database dump\n\nCREATE TABLE public.t{i} (id integer PRIMARY KEY);\n"
                     f"COPY public.t{i} (id) FROM stdin;\n" + "".join(f"{row}\n" for row in range(i + 1)) + "\\.\n")
            text += broken if i == len(names) - 1 else ""
            text += "\n-- PostgreSQL database dump complete\n\n"
        return self.write("cluster.sql", text + "-- PostgreSQL database cluster dump complete\n")

    def names(self):
        return [f"all_{os.getpid()}_{next(NUMBERS)}" for _ in range(3)]

    def test_each_goes_into_its_own(self):
        names = self.names()
        run = self.run_tool("migrate", self.dump(*names), "--all-databases")
        self.assertEqual(run.returncode, 0, run.out + run.err)
        for i, name in enumerate(names):
            with self.node.connect(name) as client:
                self.assertEqual(client.rows(f"SELECT count(*) FROM t{i}"), [[str(i + 1)]])
        self.assertEqual(len(list(self.state.glob("*/journal.jsonl"))), len(names))

    def test_clean(self):
        """pg_dumpall --clean drops roles, which own something by then in every database but the first."""
        names = [f"clean_{os.getpid()}_{next(NUMBERS)}" for _ in range(2)]
        role = names[0] + "_owner"
        path = self.dump(*names)
        text = path.read_text().replace(
            "CREATE ROLE postgres;", f"DROP DATABASE {names[0]};\nDROP DATABASE {names[1]};\nDROP ROLE {role};\nCREATE ROLE postgres;\n"
            f"CREATE ROLE {role};\nALTER ROLE {role} WITH NOLOGIN;", 1)
        for i in range(2):
            text = text.replace(f"COPY public.t{i} ", f"ALTER TABLE public.t{i} OWNER TO {role};\nCOPY public.t{i} ")
        with self.node.connect() as client:
            client.query(f"CREATE ROLE {role}")
        run = self.run_tool("migrate", self.write("clean.sql", text), "--all-databases")
        self.assertEqual(run.returncode, 0, run.out + run.err)
        for i, name in enumerate(names):
            with self.node.connect(name) as client:
                self.assertEqual(client.rows(f"SELECT tableowner FROM pg_tables WHERE tablename = 't{i}'"), [[role]])

    def test_none_is_touched_where_one_is_refused(self):
        names = self.names()
        run = self.run_tool("migrate", self.dump(*names, broken="CREATE TABLE u (a nowhere);\n"), "--all-databases")
        self.assertEqual(run.returncode, 1, run.out + run.err)
        self.assertIn(f"database {names[-1]}", run.err)
        self.assertEqual(self.rows(f"SELECT datname FROM pg_catalog.pg_database WHERE datname = '{names[0]}'"), [])

    def test_what_fails_keeps_none_of_the_others_back(self):
        names = self.names()
        dump = self.dump(*names)
        self.node.create_database(names[1])
        with self.node.connect(names[1]) as client:
            client.query("CREATE TABLE t1 (id integer PRIMARY KEY)")
        run = self.run_tool("migrate", dump, "--all-databases")
        self.assertEqual(run.returncode, 2, run.out + run.err)
        self.assertIn(f"1 of 3 databases are not as they should be: {names[1]} (exit status 2)", run.err)
        for i in (0, 2):
            with self.node.connect(names[i]) as client:
                self.assertEqual(client.rows(f"SELECT count(*) FROM t{i}"), [[str(i + 1)]])

    def test_where_the_first_cannot_make_the_roles_anew_none_is_begun(self):
        names = self.names()
        text = self.dump(*names).read_text().replace("CREATE ROLE postgres;", f"DROP ROLE IF EXISTS {names[0]}_gone;\nCREATE ROLE postgres;", 1)
        self.node.create_database(names[0])
        with self.node.connect(names[0]) as client:
            client.query("CREATE TABLE t0 (id integer PRIMARY KEY)")
        run = self.run_tool("migrate", self.write("clean.sql", text), "--all-databases")
        self.assertEqual(run.returncode, 2, run.out + run.err)
        self.assertIn(f"3 of 3 databases are not as they should be: {names[0]} (exit status 2), {names[1]} (not begun), {names[2]} (not begun)", run.err)
        self.assertEqual(self.rows(f"SELECT datname FROM pg_catalog.pg_database WHERE datname = '{names[1]}'"), [])

    def test_resume(self):
        names = self.names()
        dump = self.dump(*names)
        self.node.create_database(names[1])
        with self.node.connect(names[1]) as client:
            client.query("CREATE TABLE t1 (id integer PRIMARY KEY)")
        run = self.run_tool("migrate", dump, "--all-databases")
        self.assertNotEqual(run.returncode, 0)
        with self.node.connect(names[0]) as client:
            self.assertEqual(client.rows("SELECT count(*) FROM t0"), [["1"]])
        with self.node.connect(names[1]) as client:
            client.query("DROP TABLE t1")
        run = self.run_tool("migrate", dump, "--all-databases", "--resume")
        self.assertEqual(run.returncode, 0, run.out + run.err)
        for i, name in enumerate(names):
            with self.node.connect(name) as client:
                self.assertEqual(client.rows(f"SELECT count(*) FROM t{i}"), [[str(i + 1)]])

    def test_what_is_refused(self):
        for words, said in (((self.dump("a"), "--all-databases", "--database", "a"), "--all-databases does not go with --database"),
                            (("--all-databases",), "--all-databases reads a dump"),
                            ((self.write("one.sql", "CREATE TABLE t (a integer);\n"), "--all-databases"), "no database")):
            run = self.run_tool("migrate", *words)
            self.assertEqual(run.returncode, 2, run.out + run.err)
            self.assertIn(said, run.err)


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
