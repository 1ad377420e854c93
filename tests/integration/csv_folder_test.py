"""Rows from a folder of CSV files, as `COPY ... (FORMAT csv, HEADER)` writes them."""

import gzip
import os
import subprocess
import unittest

from _target import postgres_bin, require, source, stop, wire
from migrate_test import NUMBERS, Migration


class CsvFolderTest(Migration):
    SCHEMA = """CREATE TABLE public.people (id integer PRIMARY KEY, name text, born date, tags text[], doubled integer GENERATED ALWAYS AS
        (id * 2) STORED, kind text DEFAULT 'person');
        CREATE TABLE public.places (name varchar(20), x numeric(6,2));
        """
    ROWS = """INSERT INTO public.people (id, name, born, tags) VALUES (1, 'Ann, "the" one', '2001-02-03', '{a,"b c"}'),
        (2, E'two\\nlines\\\\', NULL, '{}'), (3, '', NULL, NULL), (4, '\\N', NULL, NULL);
        INSERT INTO public.places SELECT 'place ' || i % 7, i / 4.0 FROM generate_series(1, 3000) i;
        """

    def setUp(self):
        super().setUp()
        self.source = source().create_database(f"csv_{os.getpid()}_{next(NUMBERS)}")
        self.csv = self.folder / "rows"
        self.csv.mkdir()
        self.schema = self.write("schema.sql", self.SCHEMA)
        with wire.Client.from_url(self.source) as client:
            client.query(self.SCHEMA + self.ROWS)

    def export(self, name, query):
        run = subprocess.run([postgres_bin() / "psql", "-Xqc", f"COPY {query} TO STDOUT (FORMAT csv, HEADER)", self.source], check=True,
                             capture_output=True)
        (self.csv / name).write_bytes(gzip.compress(run.stdout) if name.endswith(".gz") else run.stdout)

    def test_migrate(self):
        self.export("public.people.csv", "public.people (born, id, name, tags)")
        self.export("places.csv.gz", "public.places")
        for words in ((), ("--method", "import-into")):
            with self.subTest(words):
                self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
                self.url, self.state = self.node.create_database(self.database), self.folder / self.database
                self.migrate(self.schema, "--csv", self.csv, *words)
                self.assertEqual(self.rows("SELECT id, name, born, tags, doubled, kind FROM public.people ORDER BY id"), [
                    ["1", 'Ann, "the" one', "2001-02-03", '{a,"b c"}', "2", "person"], ["2", "two\nlines\\", None, "{}", "4", "person"],
                    ["3", "", None, None, "6", "person"], ["4", "\\N", None, None, "8", "person"]])
                self.assertEqual(self.scalar("SELECT count(*) FROM public.places"), "3000")
                verify = ("verify", self.state / "compiled", "--csv", self.csv)
                self.assertEqual(self.run_tool(*verify).returncode, 0)
                with self.node.connect(self.database) as client:
                    client.query("UPDATE public.people SET name = NULL WHERE id = 3")
                self.assertEqual(self.run_tool(*verify).returncode, 4)
                self.assertEqual(self.run_tool("verify", self.state / "compiled", "--source", self.source, "--exclude",
                                               "people").returncode, 0)

    def test_sequences_go_on_behind_the_rows(self):
        """`pg_dump --schema-only` does not say how far they were."""
        statements = ("CREATE TABLE public.numbered (id integer NOT NULL, twice integer); CREATE SEQUENCE public.numbered_id_seq; "
                      "ALTER TABLE public.numbered ALTER COLUMN id SET DEFAULT nextval('public.numbered_id_seq'::regclass); "
                      "CREATE TABLE public.unused (id serial);")
        self.schema = self.write("numbered.sql", statements)
        self.csv = self.folder / "numbers"
        self.csv.mkdir()
        (self.csv / "public.numbered.csv").write_text("id,twice\n7,14\n3,6\n")
        (self.csv / "public.unused.csv").write_text("id\n")
        self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
        self.url, self.state = self.node.create_database(self.database), self.folder / self.database
        self.migrate(self.schema, "--csv", self.csv)
        self.assertEqual(self.scalar("SELECT nextval('public.numbered_id_seq')"), "8")
        self.assertEqual(self.scalar("SELECT nextval('public.unused_id_seq')"), "1")

    def test_what_is_refused(self):
        def refused(*words, load=("--csv", "rows")):
            run = self.run_tool("migrate", "schema.sql", *load)
            self.assertEqual(run.returncode, 2, run.out + run.err)
            for word in words:
                self.assertIn(word, run.err)

        refused("the folder nowhere cannot be read", load=("--csv", "nowhere"))
        for name, text, words in (("houses.csv", "id\n1\n", "rows/houses.csv is the file of no table of the plan"),
                                  ("notes.txt", "x", "rows/notes.txt is the file of no table of the plan"),
                                  ("places.csv", "name,y\na,1\n", "the header names y, which is no column of public.places"),
                                  ("places.csv", "name,name\na,1\n", "the header names name, which is another column again"),
                                  ("places.csv", "", "has no header"),
                                  ("places.csv", "name,x\na,1\n", "the folder rows has no file of public.people"),
                                  ("places.csv", "name,x\na,1,2\n", "rows/places.csv:2: this is no row of 2 values")):
            with self.subTest(words):
                if "no row of" in words:
                    (self.csv / "people.csv").write_text("id,name\n")
                (self.csv / name).write_text(text)
                refused(words)
                (self.csv / name).unlink()

    def test_a_table_without_a_file_is_left_out_by_name_alone(self):
        (self.csv / "places.csv").write_text("name,x\na,1\n")
        self.migrate(self.schema, "--csv", self.csv, "--exclude", "people")
        verify = ("verify", self.state / "compiled", "--csv", self.csv)
        run = self.run_tool(*verify)
        self.assertEqual(run.returncode, 2, run.out + run.err)
        self.assertIn("has no file of public.people", run.err)
        self.assertEqual(self.run_tool(*verify, "--exclude", "people").returncode, 0)


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
