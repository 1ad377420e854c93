"""What `--scan-data` counts in a dump is what PostgreSQL counts in the database: random rows, each form of dump."""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import world  # noqa: F401  first: it finds the modules of the stand-in
from postgres_server import PostgresServer, postgres_bin

BINARY = os.environ.get("PG2CRDB_BINARY")

SCHEMA = """
CREATE FUNCTION has_equal_keys(j json) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE inner_one json;
BEGIN
  IF json_typeof(j) = 'object' THEN
    IF (SELECT count(*) <> count(DISTINCT key) FROM json_each(j)) THEN RETURN true; END IF;
    FOR inner_one IN SELECT value FROM json_each(j) LOOP
      IF has_equal_keys(inner_one) THEN RETURN true; END IF;
    END LOOP;
  ELSIF json_typeof(j) = 'array' THEN
    FOR inner_one IN SELECT value FROM json_array_elements(j) LOOP
      IF has_equal_keys(inner_one) THEN RETURN true; END IF;
    END LOOP;
  END IF;
  RETURN false;
END $$;
CREATE FUNCTION is_beyond_double(j json) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE inner_one json;
BEGIN
  IF json_typeof(j) = 'object' THEN
    RETURN EXISTS (SELECT FROM json_each(j) WHERE is_beyond_double(value));
  ELSIF json_typeof(j) = 'array' THEN
    RETURN EXISTS (SELECT FROM json_array_elements(j) WHERE is_beyond_double(value));
  ELSIF json_typeof(j) = 'number' THEN
    PERFORM (j #>> '{}')::float8;
  END IF;
  RETURN false;
EXCEPTION WHEN numeric_value_out_of_range THEN RETURN true;
END $$;
CREATE FUNCTION is_no_jsonb(j json) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM j::jsonb;
  RETURN false;
EXCEPTION WHEN OTHERS THEN RETURN true;
END $$;
CREATE FUNCTION seconds(i interval) RETURNS numeric LANGUAGE sql AS $$
  SELECT abs(extract(hour FROM i) * 3600 + extract(minute FROM i) * 60 + extract(second FROM i)) $$;

CREATE TABLE public.parents (a integer NOT NULL, b numeric NOT NULL, PRIMARY KEY (a, b));
CREATE SEQUENCE public.things_id_seq;
CREATE TABLE public.things (
  "the id" integer PRIMARY KEY DEFAULT nextval('public.things_id_seq'),
  numbers integer[], texts text[], doc json, escapes json, long text, amount numeric, span interval, day date,
  moment timestamp(3) with time zone, a integer, b numeric(6,2), unasked text, kept boolean);
ALTER SEQUENCE public.things_id_seq OWNED BY public.things."the id";
ALTER TABLE public.things ADD CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES public.parents (a, b) NOT VALID;
ALTER TABLE public.things ADD CONSTRAINT whole FOREIGN KEY (a, b) REFERENCES public.parents (a, b) MATCH FULL NOT VALID;
"""

# Of CHECKs that are NOT VALID; PostgreSQL prints them in its own way.
CONDITIONS = (
    "b > 2.5", "a IN (1, 2, 3)", "long = ANY (ARRAY['a', '', 'it''s'])", "long <> ALL (ARRAY['a', 'NULL'])", "length(long) < 4",
    "char_length(unasked) BETWEEN 1 AND 6", "b >= a", "NOT (a = 2 OR b < 1)", "a IS NOT NULL", "a IS NULL OR b IS NOT NULL AND unasked <> ''",
    "amount >= -0.5", "amount <> 'NaN'", "amount < 100000 AND amount > -1e3", "kept", "NOT kept OR a > 2", "a NOT IN (4, 5)",
    "a NOT BETWEEN 1 AND 3", '"the id" < 200 OR a <= 3::smallint', "long = unasked", "a * 1 > 2",
)
CHECKS = "".join(f"ALTER TABLE public.things ADD CONSTRAINT check_{i} CHECK ({condition}) NOT VALID;\n" for i, condition in enumerate(CONDITIONS))
UNREAD = ("a * 1 > 2",)

NOT_THERE = "NOT EXISTS (SELECT FROM parents p WHERE p.a = t.a AND p.b = t.b)"
GROWS = ("(SELECT count(*) FROM (SELECT \"the id\" > lag(\"the id\") OVER (ORDER BY ctid) AS more FROM things) AS pairs WHERE more)")
# The object, a piece of the question, and the condition in SQL, or the count.
QUESTIONS = (
    ("public.things.numbers", "an array of several", "array_ndims(numbers) > 1 OR array_lower(numbers, 1) <> 1"),
    ("public.things.texts", "an array of several", "array_ndims(texts) > 1 OR array_lower(texts, 1) <> 1"),
    ("public.things.doc", "a key twice", "has_equal_keys(doc)"),
    ("public.things.doc", "no double holds", "is_beyond_double(doc)"),
    ("public.things.escapes", "surrogate pair", "is_no_jsonb(escapes)"),
    ("public.things.long", "does not fit into VARCHAR(5)", "length(long) > 5"),
    ("public.things.amount", "exponents", "abs(amount) < 'Infinity' AND (abs(amount) >= '1e2001' OR abs(amount) < '1e-2000' AND amount <> 0)"),
    ("public.things.span", "more hours", "seconds(span) > 9223372036.854775"),
    ("public.things.day", "infinite", "NOT isfinite(day)"),
    ("public.things.moment", "infinite", "NOT isfinite(moment)"),
    ("public.things.the id", "row before", GROWS),
    ("public.things", "simple", f"a IS NOT NULL AND b IS NOT NULL AND {NOT_THERE}"),
    ("public.things", "whole", f"(a IS NULL) <> (b IS NULL) OR a IS NOT NULL AND b IS NOT NULL AND {NOT_THERE}"),
)

RULES = """rule shorter
  match column things.long text;
  set .type to varchar(5);
"""

WORDS = ("a", "b", "NULL", "", "it's", "tab\there", "line\nend", "back\\slash", '"quoted"', "{1,2}", "é", "N\\", "\\.", "x" * 60)


class Rows:
    """Random values as SQL's literals."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return "".join(self.random.choices(WORDS, k=self.random.randrange(3)))

    def array(self, element):
        numbers = [element() for _ in range(self.random.randrange(4))]
        if not numbers:
            return "{}"
        inner = "{" + ",".join(numbers) + "}"
        form = self.random.randrange(6)
        if form == 0:
            return "{" + inner + "," + inner + "}"
        if form == 1:
            low = self.random.choice((0, 1, -3))
            return f"[{low}:{low + len(numbers) - 1}]=" + inner
        return inner

    def quoted(self):
        return '"' + self.text().replace("\\", "\\\\").replace('"', '\\"') + '"'

    def json(self, depth=0):
        kind = self.random.randrange(3 if depth < 3 else 1)
        if kind == 0:
            return self.random.choice(("1", "-2.50", "1e308", "1e309", "1e-400", "9" * 320, "true", "null", '"1e400"', json.dumps(self.text())))
        if kind == 1:
            return "[" + ", ".join(self.json(depth + 1) for _ in range(self.random.randrange(3))) + "]"
        keys = self.random.choices(('"a"', '"b"', '"\\u0061"', '"c d"', '"e\\n"', '"A"', '""', '"f"', '"g"'), k=self.random.randrange(4))
        return "{" + ", ".join(f"{key}: {self.json(depth + 1)}" for key in keys) + "}"

    def escapes(self):
        pieces = ("x", "\\u0041", "\\u0000", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\\\u0000", "\\n", "\\\\")
        return '"' + "".join(self.random.choices(pieces, weights=(9, 9, 1, 9, 1, 1, 9, 9, 9), k=self.random.randrange(4))) + '"'

    def number(self):
        digits = self.random.choice((1, 5, 1999, 2000, 2001, 2002, 5000))
        sign = self.random.choice(("", "-"))
        return self.random.choice((sign + "9" * digits, f"{sign}1e-{digits}", f"{sign}0.5e-{digits}", f"{sign}1e{digits}", "NaN", "Infinity", "0",
                                   "0." + "0" * digits))

    def interval(self):
        hours = self.random.choice((0, 4, 2562046, 2562047, 2562048, 9999999))
        return f"{self.random.randrange(-3, 3)} mons {self.random.randrange(-3, 3)} days {self.random.choice('+-')}{hours}:47:{self.random.choice(('16.854775', '16.854776', '0'))}"

    def row(self, number):
        values = (number, self.array(lambda: str(self.random.randrange(100))), self.array(self.quoted), self.json(), self.escapes(), self.text(),
                  self.number(), self.interval(), self.random.choice(("infinity", "-infinity", "0044-03-15 BC", "5874897-12-31", "2024-02-29")),
                  self.random.choice(("infinity", "2024-02-29 12:00:00.123+02", "294276-12-31 00:00:00+00")), self.random.randrange(6),
                  f"{self.random.randrange(12) / 2:.2f}", self.text(), self.random.choice("tf"))
        return ["NULL" if i > 0 and self.random.randrange(8) == 0 else "'" + str(value).replace("'", "''") + "'" for i, value in enumerate(values)]

    def statements(self, count):
        numbers = list(range(count))
        for _ in range(count // 3):
            i, j = self.random.randrange(count), self.random.randrange(count)
            numbers[i], numbers[j] = numbers[j], numbers[i]
        rows = ",\n".join("(" + ", ".join(self.row(number)) + ")" for number in numbers)
        parents = ", ".join(f"({a}, {b / 2})" for a in range(6) for b in range(12) if self.random.randrange(3))
        return f"INSERT INTO things VALUES {rows};\nINSERT INTO parents VALUES {parents};\nANALYZE;\n"


FORMS = (["-Fp"], ["-Fp", "--inserts"], ["-Fp", "--column-inserts", "--rows-per-insert=7"], ["-Fc"], ["-Ft"], ["-Fp", "-Z", "5"])


class RowsAsked(unittest.TestCase):
    seeds = range(3)

    @classmethod
    def setUpClass(cls):
        cls.server = PostgresServer().start()
        cls.addClassCleanup(cls.server.stop)

    def sql(self, url, text):
        done = subprocess.run([postgres_bin() / "psql", url, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=text.encode(),
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-2000:])
        return done.stdout.decode().strip()

    def test_what_is_counted_is_what_sql_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            rules = pathlib.Path(folder) / "shorter.rule"
            rules.write_text(RULES)
            for seed in self.seeds:
                url = self.server.create_database(f"rows{seed}")
                self.sql(url, SCHEMA)
                # The dump has the keys as they were made: rows that break them come before triggers know of them.
                self.sql(url, "SET session_replication_role = replica;\n" + Rows(seed).statements(400))
                expected = {}
                for object_name, piece, condition in QUESTIONS:
                    count = condition if condition == GROWS else f"(SELECT count(*) FROM things t WHERE {condition})"
                    expected[object_name, piece] = int(self.sql(url, f"SELECT {count}"))
                self.assertGreater(min(expected.values()), 0, expected)
                self.sql(url, CHECKS)
                for i, condition in enumerate(CONDITIONS):
                    expected["public.things", f"`check_{i}`"] = int(self.sql(url, f"SELECT count(*) FROM things WHERE NOT ({condition})"))
                for form in FORMS:
                    with self.subTest(seed=seed, form=form):
                        self.compare(pathlib.Path(folder), url, form, rules, expected)

    def compare(self, folder, url, form, rules, expected):
        dump = folder / ("dump" + "".join(form))
        done = subprocess.run([postgres_bin() / "pg_dump", *form, "-f", dump, "-t", "things", "-t", "parents", "-t", "things_id_seq", url],
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = subprocess.run([BINARY, "lint", dump, "--no-config", "--scan-data", "--rules", rules, "--format", "json"], capture_output=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        asked = report["rows_asked"]
        references = [finding["message"] for finding in report["findings"] if finding["rule"] == "foreign-key-not-valid"]
        unasked = []
        for (object_name, piece), count in expected.items():
            if piece in ("simple", "whole"):
                at = next(i for i, message in enumerate(references) if f"`{piece}`" in message)
                found = [one for one in asked if one["rule"] == "foreign-key-not-valid"][at]
            elif piece.startswith("`check_") and CONDITIONS[int(piece.strip("`check_"))] in UNREAD:
                self.assertFalse(any(piece in one["question"] for one in asked))
                continue
            else:
                found = next((one for one in asked if one["object"] == object_name and piece in one["question"]), None)
                if found is None:
                    unasked.append((piece, *[c for i, c in enumerate(CONDITIONS) if piece == f"`check_{i}`"]))
                    continue
            self.assertEqual((found["rows"], found["found"]), (400, count), (object_name, piece, found))
        self.assertEqual(unasked, [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="databases of random rows")
    options, rest = parser.parse_known_args()
    RowsAsked.seeds = range(options.seeds)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
