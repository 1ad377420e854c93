"""`verify --certificate` keeps what was compared, `--check-certificate` compares the target alone with it."""

import hashlib
import json
import os
import re
import subprocess
import unittest

from _json_schema import Schema
from _target import BINARY, postgres_bin, require, source, stop
from _migration import NUMBERS
from verify_test import Live

SOURCE = os.environ["PG2CRDB_SOURCE_DIR"]


class CertificateTest(Live):
    SCHEMA = """
        CREATE TABLE public.towns (name text NOT NULL, id integer PRIMARY KEY, fee numeric(10,2), seen timestamptz);
        INSERT INTO public.towns SELECT 'town ' || i, i, i * 1.50, '2026-01-01 00:00:00+00' FROM generate_series(1, 100) i;
        CREATE TABLE public.keyless (word text, n double precision);
        INSERT INTO public.keyless SELECT 'same', 0.1 FROM generate_series(1, 30);
        INSERT INTO public.keyless VALUES ('other', NULL);
        CREATE TABLE public.halves (id integer PRIMARY KEY, half integer GENERATED ALWAYS AS (id / 2) STORED);
        INSERT INTO public.halves VALUES (1), (2);
        CREATE TABLE public.empty (id integer PRIMARY KEY);
        """

    def setUp(self):
        super().setUp()
        self.file = self.folder / "moved.json"

    def certify(self, *words, status=0):
        self.file.unlink(missing_ok=True)
        self.verify("--certificate", self.file, *words, status=status)
        return json.loads(self.file.read_text())

    def check(self, *words, status=0, file=None):
        run = self.run_tool("verify", self.state / "compiled", "--check-certificate", file or self.file, *words)
        self.assertEqual(run.returncode, status, run.out + run.err)
        return run

    def test_equal(self):
        self.move()
        found = self.certify()
        with open(f"{SOURCE}/docs/certificate.schema.json") as schema:
            self.assertEqual(Schema(json.load(schema)).problems(found), [])
        self.assertEqual((found["verdict"], found["schema_differences"]), ("equal", 0))
        rows = {table["name"]: table["source_rows"] for table in found["tables"]}
        self.assertEqual(rows, {"towns": 100, "keyless": 31, "halves": 2, "empty": 0})
        for table in found["tables"]:
            self.assertEqual((table["source_rows"], table["source_hash"]), (table["target_rows"], table["target_hash"]))
        lines = self.file.read_bytes().splitlines(keepends=True)
        self.assertEqual(hashlib.sha256(b"".join(lines[:-2])).hexdigest(), found["sha256"])
        run = self.check()
        self.assertIn("public.towns is as certified: 100 rows", run.out)
        self.assertIn("4 of 4 tables are as certified; the schema was not compared", run.out)
        entries = [json.loads(line) for line in self.check("--log-format", "json").out.splitlines()]
        self.assertIn("certificate", [entry.get("type") for entry in entries])
        # Once more gives the same hashes, and neither the source nor the plan's input is needed.
        again = self.certify()
        self.assertEqual(again["tables"], found["tables"])
        self.source = "postgresql://nobody@127.0.0.1:1/nothing"
        self.check("--jobs", "1")

    def test_what_changed_since(self):
        self.move()
        self.certify()
        for change, word, back in (
                ("UPDATE public.towns SET fee = 1.51 WHERE id = 1", "public.towns has other values in its 100 rows",
                 "UPDATE public.towns SET fee = 1.50 WHERE id = 1"),
                ("DELETE FROM public.towns WHERE id = 7", "public.towns had 100 rows, and has 99 rows",
                 "INSERT INTO public.towns VALUES ('town 7', 7, 10.50, '2026-01-01 00:00:00+00')"),
                ("INSERT INTO public.empty VALUES (1)", "public.empty had 0 rows, and has 1 row", "DELETE FROM public.empty"),
                # As many rows without a key, one of them once more and another once less.
                ("UPDATE public.keyless SET word = 'same', n = 0.1 WHERE word = 'other'", "public.keyless has other values in its 31 rows",
                 None),
                ("DROP TABLE public.empty", "public.empty is not there", None)):
            with self.subTest(change):
                self.target(change)
                run = self.check(status=4)
                self.assertIn(word, run.out)
                self.assertIn(word, run.err)
                if back:
                    self.target(back)
                    self.check()
        self.assertIn("not as certified in 2 of 4 tables", run.err)
        self.assertIn("public.towns is as certified", run.out)

    def test_different_sides(self):
        self.move()
        self.target("DELETE FROM public.towns WHERE id = 7; DROP TABLE public.empty; CREATE TABLE public.empty (id INT8 PRIMARY KEY, more INT8)")
        found = self.certify(status=4)
        self.assertEqual(found["verdict"], "differs")
        self.assertGreater(found["schema_differences"], 0)
        towns = next(table for table in found["tables"] if table["name"] == "towns")
        self.assertEqual((towns["source_rows"], towns["target_rows"]), (100, 99))
        self.assertNotEqual(towns["source_hash"], towns["target_hash"])
        run = self.check(status=4)
        self.assertIn("differed when it was made: the rows in 1 of 4 tables", run.err)
        self.assertNotIn("not as certified", run.err)

    def test_bad_files(self):
        self.move()
        self.certify()
        text = self.file.read_bytes()
        other = self.folder / "other.json"
        for at in range(0, len(text), len(text) // 7):
            other.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1:])
            self.assertRegex(self.check(status=2, file=other).err, "was changed since it was written|is none, or its beginning")
        other.write_bytes(text[:-1])
        self.assertIn("cut short", self.check(status=2, file=other).err)
        self.assertIn("cannot be read", self.check(status=2, file=self.folder / "none").err)
        self.assertIn("cannot be read", self.check(status=2, file=self.folder).err)
        self.assertIn("is none", self.check(status=2, file=self.state / "compiled/load-plan.json").err)

    def test_another_plan(self):
        self.move()
        self.certify()
        plan = self.folder / "plan.json"
        text = (self.state / "compiled/load-plan.json").read_text()
        plan.write_text(re.sub(r"CREATE TABLE public\.empty", "CREATE TABLE IF NOT EXISTS public.empty", text, count=1))
        self.assertNotEqual(plan.read_text(), text)
        run = self.run_tool("verify", "--plan", plan, "--check-certificate", self.file)
        self.assertEqual(run.returncode, 2, run.out + run.err)
        self.assertIn("of another plan", run.err)

    def test_another_database(self):
        self.move()
        self.certify()
        self.database = f"it_{os.getpid()}_{next(NUMBERS)}"
        self.url, self.state = self.node.create_database(self.database), self.folder / "again"
        self.move()
        self.assertIn("the target is another database than the one that was certified", self.check().out)

    def test_chosen_tables(self):
        self.move()
        found = self.certify("--include", "public.towns")
        self.assertEqual([table["name"] for table in found["tables"]], ["towns"])
        self.target("DELETE FROM public.keyless")
        run = self.check()
        self.assertIn("1 of 1 tables are as certified", run.out)
        self.assertIn("3 more of the plan were not certified", run.out)

    def test_dump(self):
        dump = self.folder / "dump.sql"
        subprocess.run([postgres_bin() / "pg_dump", "-f", dump, self.source], check=True)
        self.migrate(dump)
        run = self.run_tool("verify", self.state / "compiled", "--certificate", self.file)
        self.assertEqual(run.returncode, 0, run.out + run.err)
        found = json.loads(self.file.read_text())
        self.assertEqual(found["source"], "")
        self.assertEqual(found["inputs"], [{"path": str(dump), "bytes": dump.stat().st_size,
                                            "sha256": hashlib.sha256(dump.read_bytes()).hexdigest()}])
        halves = next(table for table in found["tables"] if table["name"] == "halves")
        self.assertEqual((halves["columns"], halves["left_out"]), (["id"], ["half"]))
        dump.unlink()
        self.check()
        run = self.run_tool("verify", self.state / "compiled", "--certificate", self.state / "compiled/load-plan.json")
        self.assertEqual(run.returncode, 2, run.out + run.err)

    def test_target_that_is_away(self):
        dump = self.folder / "dump.sql"
        subprocess.run([postgres_bin() / "pg_dump", "-f", dump, self.source], check=True)
        self.url = "postgresql://nobody@127.0.0.1:1/nothing"
        for word in ("--certificate", "--check-certificate"):
            self.file.unlink(missing_ok=True)
            if word == "--check-certificate":
                self.url, away = self.node.url(self.database), self.url
                self.move()
                self.certify()
                self.url = away
            run = self.run_tool("verify", dump, word, self.file)
            self.assertEqual(run.returncode, 5, run.out + run.err)
            self.assertNotIn("to go on", run.err)
            self.assertIn("run it again", run.err)

    def test_certificate_is_not_written_over(self):
        self.move()
        self.certify()
        before = self.file.read_bytes()
        self.target("DELETE FROM public.towns WHERE id = 7")
        run = self.verify("--certificate", self.file, status=2)
        self.assertIn("is a certificate already, and is not written over", run.err)
        self.assertNotIn("starting", run.out)
        self.assertEqual(self.file.read_bytes(), before)
        other = self.folder / "other.json"
        other.write_text("{}")
        self.verify("--certificate", other, status=4)
        self.assertEqual(json.loads(other.read_text())["verdict"], "differs")

    def test_tables_left_out(self):
        """It is of the tables that were compared, and says so."""
        self.move()
        self.verify("--certificate", self.file, "--include", "public.towns", status=0)
        found = json.loads(self.file.read_text())
        with open(f"{SOURCE}/docs/certificate.schema.json") as schema:
            self.assertEqual(Schema(json.load(schema)).problems(found), [])
        names = [table["name"] for table in json.loads((self.state / "compiled/load-plan.json").read_text())["tables"]]
        self.assertEqual([table["name"] for table in found["tables"]], ["towns"])
        self.assertEqual(sorted([table["name"] for table in found["tables_left_out"]] + ["towns"]), sorted(names))
        self.assertGreater(len(names), 1)
        self.check()

    def test_rows_left_out(self):
        dump = self.folder / "dump.sql"
        subprocess.run([postgres_bin() / "pg_dump", "-f", dump, self.source], check=True)
        line = next(number for number, text in enumerate(dump.read_text().splitlines(), 1) if text.startswith("COPY public.keyless"))
        decided = subprocess.run([BINARY, "decide", dump, "--action", "delete", "--line", str(line), "--reason", "old words"],
                                 cwd=self.folder, capture_output=True)
        self.assertEqual(decided.returncode, 0, decided.stderr)
        said = "public.keyless: 31 rows of the dump were left out, and not compared: deleted in pg2crdb.toml:1:1: old words"
        run = self.migrate(dump)
        self.assertIn("31 rows not loaded, as the script, a finding or a decision says", run.err)
        self.assertIn(said, run.out)
        for words in ((dump,), (self.state / "compiled",)):
            self.file.unlink(missing_ok=True)
            run = self.run_tool("verify", *words, "--certificate", self.file)
            self.assertEqual(run.returncode, 0, run.out + run.err)
            self.assertIn(said, run.out)
            found = json.loads(self.file.read_text())
            with open(f"{SOURCE}/docs/certificate.schema.json") as schema:
                self.assertEqual(Schema(json.load(schema)).problems(found), [])
            self.assertEqual([(rows["schema"], rows["table"], rows["rows"]) for rows in found["rows_left_out"]], [("public", "keyless", 31)])
            self.assertIn("old words", found["rows_left_out"][0]["reason"])
        self.check()

    def test_no_password(self):
        self.move()
        secret = "s3cret:of@the/town".replace(":", "%3A").replace("@", "%40").replace("/", "%2F")
        url = self.url
        for with_password in (re.sub(r"//([^@/]*)@", rf"//\1:{secret}@", url), f"{url}{'&' if '?' in url else '?'}password={secret}"):
            self.url = with_password
            source = re.sub(r"//([^@/]*)@", rf"//\1:{secret}@", self.source)
            self.file.unlink(missing_ok=True)
            run = self.run_tool("verify", self.state / "compiled", "--source", source, "--certificate", self.file)
            self.assertEqual(run.returncode, 0, run.out + run.err)
            for text in (self.file.read_text(), run.out, run.err, self.check().out):
                self.assertNotIn("s3cret", text)

    def test_what_it_does_not_go_with(self):
        self.move()
        for words in (("--sample", "5"), ("--row-limit", "5"), ("--resume",)):
            run = self.verify("--certificate", self.file, *words, status=2)
            self.assertIn(f"--certificate does not go with {words[0]}", run.err)
        self.assertFalse(self.file.exists())
        self.certify()
        for words in (("--sample", "5"), ("--row-limit", "5"), ("--resume",), ("--source", self.source), ("--certificate", self.file),
                      ("--include", "*"), ("--exclude", "towns"), ("--csv", self.folder)):
            self.assertIn("does not go with", self.check(*words, status=2).err)
        run = self.verify("--certificate", self.folder / "nowhere/moved.json", status=2)
        self.assertNotIn("starting", run.out)

    def test_run_that_does_not_end(self):
        self.move()
        with source().connect(self.source.rsplit("/", 1)[1].split("?")[0]) as client:
            client.query("ALTER TABLE public.empty RENAME TO elsewhere")
        run = self.verify("--certificate", self.file, status=5)
        self.assertFalse(self.file.exists())
        self.assertNotIn("to go on", run.err)
        self.assertIn("run it again: a certificate is of all tables at one moment", run.err)
        self.assertEqual([path.name for path in self.folder.iterdir() if "moved" in path.name], [])


if __name__ == "__main__":
    require()
    try:
        unittest.main()
    finally:
        stop()
