#!/usr/bin/env python3
"""What the gathered release notes say of a release is what is compiled for it: a statement or a few for each row that was wrong or
missing once and that a script meets. The others are met by the runtime, or decided on in docs/release-notes.md."""

import subprocess
import unittest

from _command_line import BINARY
import release_notes_test as notes

TABLE = "CREATE TABLE t (a int PRIMARY KEY, b text); "
UNIQUE = "CREATE TABLE t (a int PRIMARY KEY, b text CONSTRAINT bu UNIQUE); ALTER TABLE t DROP CONSTRAINT bu;"
NOTHING = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; "
TRIGGER = "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); "
FORMATS = ("CREATE TABLE t (a int PRIMARY KEY, b date DEFAULT to_date('2020', 'YYYY'), c numeric DEFAULT to_number('1', '9'),"
           " d text DEFAULT to_char(1.5, '9D9'), e timestamptz DEFAULT to_timestamp('2020', 'YYYY'));")
DEPTH = TABLE + NOTHING.replace("RETURN NEW", "IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF; RETURN NEW") + TRIGGER
FUZZY = "CREATE EXTENSION fuzzystrmatch; CREATE VIEW v AS SELECT {} AS d;"
UNREAD = TABLE + ("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ DECLARE v int; BEGIN INSERT INTO t VALUES (1, 'x') RETURNING a INTO v; END $$;")
LOOP = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE s int := 0; BEGIN FOR i IN 1..3 LOOP s := s + i; END LOOP; RETURN s; END $$;"
FIELD = "CREATE TYPE p AS (a int, b int); CREATE FUNCTION f() RETURNS p LANGUAGE plpgsql AS $$ DECLARE v p; BEGIN v.a := 1; RETURN v; END $$;"
POLICY = TABLE + "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t FOR SELECT USING (a > 1); "
ACL = "CREATE FUNCTION f() RETURNS aclitem[] LANGUAGE sql AS $$ SELECT acldefault('r', 1) $$;"
PATH = "CREATE TABLE t (a int PRIMARY KEY, j jsonb CHECK (jsonb_path_exists(j, '$.a'::jsonpath)));"
NUMBERS = "CREATE VIEW v AS SELECT gcd(4, 6) AS a, log10(100) AS b, scale(1.5) AS c;"
COMMENTS = ("CREATE VIEW v AS SELECT 1 AS a; COMMENT ON VIEW v IS 'x'; CREATE SEQUENCE s; COMMENT ON SEQUENCE s IS 'y';"
            " CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f() IS 'z';")
GRANTS = "CREATE ROLE r; " + TABLE + "GRANT TRUNCATE, REFERENCES, SELECT ON t TO r;"
HASH = "CREATE TABLE p (a serial PRIMARY KEY); CREATE TABLE t (a int PRIMARY KEY REFERENCES p);"
VECTOR = "CREATE EXTENSION vector; CREATE TABLE t (a int PRIMARY KEY, v vector(3)); CREATE INDEX i ON t USING hnsw (v vector_{}_ops);"
COMPUTED = ("CREATE FUNCTION f(a int) RETURNS int IMMUTABLE LANGUAGE {} AS $$ {} $$;"
            " CREATE TABLE t (a int PRIMARY KEY, b int GENERATED ALWAYS AS (f(a)) STORED);")

# Row, release, script, options; rules that are found, texts that the output has, texts that it has not.
ROWS = [
    ("2.10", "26.2", "CREATE ROLE r; ALTER ROLE r SET search_path TO app; ALTER ROLE r SET work_mem TO '1MB';", [], ["role-setting"], ["SET search_path TO app"], ["work_mem TO"]),
    ("2.12", "26.2", "BEGIN; " + TABLE + "COMMIT AND CHAIN; CREATE TABLE u (a int PRIMARY KEY); COMMIT;", [], [], ["CREATE TABLE u"], []),
    ("3.7", "24.3", "ALTER TABLE t ALTER COLUMN b TYPE int USING b::int;", ["--in-order"], ["retyped-with-setting"], [], []),
    ("3.11", "26.1", "CREATE TABLE t (a int PRIMARY KEY, b text); ALTER TABLE t ALTER COLUMN b TYPE varchar(100);", ["--in-order"], ["retyped-unchecked"], [], []),
    ("3.13", "25.4", UNIQUE, ["--in-order"], ["unique-dropped"], ["DROP INDEX bu CASCADE"], ["DROP CONSTRAINT"]),
    ("3.13", "26.2", UNIQUE, ["--in-order"], [], ["DROP CONSTRAINT bu"], ["DROP INDEX"]),
    ("3.14", "26.2", "CREATE TABLE t (a int CONSTRAINT p PRIMARY KEY, b int NOT NULL); ALTER TABLE t DROP CONSTRAINT p, ADD CONSTRAINT p PRIMARY KEY (b);",
     ["--in-order"], ["primary-key-swapped"], [], []),
    ("4.1", "25.4", "CREATE TYPE t AS (a int[], b text);", [], ["composite-attribute"], ["-- CREATE TYPE t"], []),
    ("4.1", "26.1", "CREATE TYPE t AS (a int[], b text);", [], [], ["CREATE TYPE t AS (a INT4[], b TEXT)"], ["-- CREATE TYPE"]),
    ("4.3", "25.2", "CREATE EXTENSION citext; CREATE TABLE t (a citext PRIMARY KEY);", [], ["citext-as-text"], [], []),
    ("4.3", "26.2", "CREATE EXTENSION citext; CREATE TABLE t (a citext PRIMARY KEY CHECK (a ~~ 'x%'));", [], [], ["a::TEXT ILIKE 'x%'"], []),
    ("4.4", "25.4", "CREATE EXTENSION ltree; CREATE TABLE t (a ltree PRIMARY KEY);", [], ["preview-feature"], ["LTREE"], []),
    ("4.7", "24.3", PATH, [], ["missing-function"], [], ["jsonb_path_exists"]),
    ("4.7", "25.2", PATH, [], ["preview-feature"], ["'$.a'::jsonpath"], []),
    ("4.10", "26.1", ACL, [], ["function-body-call"], ["-- CREATE FUNCTION f"], []),
    ("4.10", "26.2", ACL, [], [], ["CREATE FUNCTION f"], ["-- CREATE FUNCTION"]),
    ("5.1", "25.2", "CREATE TABLE t (a text PRIMARY KEY CHECK (a ~~ 'x%' AND a !~~ 'y' AND a ~~* 'z' AND a !~~* 'w'));", [], [],
     ["a LIKE 'x%' AND a NOT LIKE 'y' AND a ILIKE 'z' AND a NOT ILIKE 'w'"], ["~~"]),
    ("5.2", "26.1", FORMATS, [], ["missing-function"], [], ["DEFAULT"]),
    ("5.2", "26.2", FORMATS, [], [], ["DEFAULT to_date", "DEFAULT to_number", "DEFAULT to_char", "DEFAULT to_timestamp"], []),
    ("5.3", "26.1", DEPTH, [], ["function-body-call"], ["-- CREATE TRIGGER"], []),
    ("5.3", "26.2", DEPTH, [], [], ["CREATE TRIGGER"], ["-- CREATE TRIGGER"]),
    ("5.4", "26.1", FUZZY.format("dmetaphone('x')"), [], ["missing-function"], ["-- CREATE VIEW"], []),
    ("5.4", "26.2", FUZZY.format("dmetaphone('x')"), [], [], ["SELECT dmetaphone('x')"], ["-- CREATE VIEW"]),
    ("5.5", "25.2", FUZZY.format("levenshtein_less_equal('x', 'y', 1)"), [], ["missing-function"], [], []),
    ("5.5", "25.4", FUZZY.format("levenshtein_less_equal('x', 'y', 1)"), [], [], ["levenshtein_less_equal"], ["-- CREATE VIEW"]),
    ("5.5", "23.2", FUZZY.format("metaphone('x', 1)"), [], ["missing-function"], [], []),
    ("5.6", "24.3", "CREATE TABLE t (a int PRIMARY KEY, b text, CHECK (num_nonnulls(a, b) = 1));", [], [], ["CASE WHEN a IS NULL THEN 0 ELSE 1 END"], ["num_nonnulls"]),
    ("5.6", "24.3", TABLE + "CREATE VIEW v AS SELECT concat_ws(',', a, b) AS x FROM t;", [], [], ["concat_ws(',', a::TEXT, b)"], []),
    ("5.9", "24.3", "CREATE VIEW v AS SELECT split_part('a.b', '.', -1) AS x;", [], ["missing-function"], ["-- CREATE VIEW"], []),
    ("7.1", "25.2", UNREAD, [], ["function-body-rewritten"], ["IF v IS NULL THEN"], []),
    ("7.1", "24.3", UNREAD, [], ["function-body-rewritten"], ["IF v IS NULL THEN"], []),
    ("7.1", "25.2.11", UNREAD, [], [], ["INTO v;"], ["IF v IS NULL"]),
    ("7.5", "23.2", "CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN BEGIN NULL; END; COMMIT; END $$;", [], ["function-body"], ["-- CREATE PROCEDURE"], []),
    ("7.6", "24.1", LOOP, [], ["function-body"], ["-- CREATE FUNCTION"], []),
    ("7.6", "24.3", LOOP, [], [], ["CREATE FUNCTION"], ["-- CREATE FUNCTION"]),
    ("7.6", "24.1", FIELD, [], ["function-body"], ["-- CREATE FUNCTION"], []),
    ("7.12", "24.3", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ WITH a AS (SELECT 1 AS b) SELECT b FROM a $$;", [], ["function-body"], ["-- CREATE FUNCTION"], []),
    ("7.14", "26.2", TABLE + "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ INSERT INTO t VALUES (1, 'x') RETURNING a $$; CREATE VIEW v AS SELECT f() AS x;", [],
     ["view-calls-function"], ["-- CREATE VIEW"], []),
    ("7.15", "25.2", COMPUTED.format("sql", "SELECT a + 1"), [], ["expression-refused"], [], ["GENERATED"]),
    ("7.17", "26.1", TABLE + NOTHING + TRIGGER + NOTHING.replace("CREATE", "CREATE OR REPLACE"), ["--in-order"], [], ["DROP TRIGGER x ON public.t"], []),
    ("7.21", "26.2", "CREATE TYPE e AS ENUM ('a'); " + TABLE + "CREATE VIEW v AS SELECT b::e AS x FROM t;", [], ["enum-cast-in-view"], [], []),
    ("7.25", "26.2", TABLE + "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ #variable_conflict use_variable\nDECLARE a int := 3; r int; BEGIN SELECT count(*)"
     " INTO r FROM t WHERE a > 2; RETURN r; END $$;", [], ["function-body"], ["-- CREATE FUNCTION"], []),
    ("8.2", "25.4", TABLE + NOTHING + TRIGGER, [], ["preview-feature"], [], []),
    ("8.5", "26.1", TABLE + "CREATE TABLE u (a int PRIMARY KEY); " + NOTHING.replace("RETURN NEW", "INSERT INTO t VALUES (1, 'x'); RETURN NEW") +
     TRIGGER.replace("ON t", "ON u") + "DROP TABLE t CASCADE;", ["--in-order"], ["trigger-drop-cascade"], [], []),
    ("8.7", "25.2", "CREATE TABLE t (a int PRIMARY KEY, b int GENERATED ALWAYS AS (a + 1) STORED); " + NOTHING + TRIGGER, [], ["trigger-upsert"], [], []),
    ("8.8", "25.2", "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES p ON DELETE CASCADE); " +
     NOTHING.replace("RETURN NEW", "NEW.b := 1; RETURN NEW") + TRIGGER.replace("INSERT", "DELETE"), [], ["trigger-cascade"], [], []),
    ("9.1", "25.4", POLICY + "CREATE VIEW v AS SELECT a FROM t;", [], ["view-owner"], [], []),
    ("9.4", "26.2", POLICY + "CREATE POLICY q ON t FOR UPDATE USING (true);", [], ["policy-update"], [], []),
    ("10.1", "23.2", "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int PRIMARY KEY, b int GENERATED ALWAYS AS (a + 1) STORED REFERENCES p (a));", [],
     ["foreign-key-generated-column"], [], []),
    ("10.2", "25.2", HASH, ["--sequences", "hash-sharded"], [], ["REFERENCES p (a)"], []),
    ("11.2", "25.2", VECTOR.format("cosine"), [], ["index-dropped"], [], ["CREATE INDEX"]),
    ("11.2", "25.2", VECTOR.format("l2"), [], ["vector-index-setting", "preview-feature"], ["CREATE INDEX"], []),
    ("11.2", "25.4", VECTOR.format("cosine"), [], [], ["vector_cosine_ops"], []),
    ("19.2", "26.3", "CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE t (a d PRIMARY KEY);", [], ["domain-expanded"], ["CHECK (a > 0)"], ["DOMAIN"]),
    ("19.3", "26.3", "CREATE TABLE t (a int NOT NULL PRIMARY KEY); ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.other);", [],
     ["identity-sequence-name"], ["RENAME TO other"], []),
    ("19.4", "26.3", "CREATE TABLE t (a int PRIMARY KEY, b int GENERATED ALWAYS AS (a + 1));", [], [], ["GENERATED ALWAYS AS (a + 1) VIRTUAL"], []),
    ("19.5", "26.3", "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql RETURN a + 1; CREATE FUNCTION g(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END;",
     [], ["function-sql-body"], ["AS $$SELECT a + 1$$", "AS $$SELECT a + 1;$$"], []),
    ("19.6", "26.2", COMMENTS, [], ["comment-refused"], [], ["COMMENT ON"]),
    ("19.6", "26.3", COMMENTS, [], [], ["COMMENT ON VIEW", "COMMENT ON SEQUENCE", "COMMENT ON FUNCTION"], []),
    ("19.7", "26.2", GRANTS, [], ["privilege-refused"], ["GRANT SELECT ON"], []),
    ("19.7", "26.3", GRANTS, [], [], ["GRANT TRUNCATE, REFERENCES, SELECT ON"], []),
    ("19.9", "26.3", TABLE + "LOCK TABLE t IN SHARE MODE;", [], ["statement-not-needed"], [], ["LOCK TABLE"]),
    ("19.12", "26.3", COMPUTED.format("plpgsql", "BEGIN RETURN a + 1; END"), [], ["expression-refused"], [], ["GENERATED"]),
    ("19.13", "26.2", "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(1) $$;", [], ["function-body-call"], ["-- CREATE FUNCTION"], []),
    ("19.13", "26.3", "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(1) $$;", [], [], ["CREATE FUNCTION"], ["-- CREATE FUNCTION"]),
    ("19.14", "26.2", NUMBERS, [], ["missing-function"], ["-- CREATE VIEW"], []),
    ("19.14", "26.3", NUMBERS, [], [], ["CREATE VIEW"], ["-- CREATE VIEW"]),
]
# Of what only a cluster meets: what it is told by `migrate`, `load` and `verify` stands in target/defects.def.
DEFECTS = ("2.8", "6.5", "8.6", "9.3", "12.6", "12.7")


class ReleaseRowsTest(unittest.TestCase):
    def test_what_is_compiled(self):
        for row, release, script, words, rules, texts, absent in ROWS:
            with self.subTest(row=row, release=release):
                run = subprocess.run([BINARY, "compile", "-", "--crdb", release, "--format", "gcc", *words], input=script, capture_output=True, text=True)
                self.assertIn(run.returncode, (0, 1), run.stderr)
                for rule in rules:
                    self.assertIn(f"[{rule}]", run.stderr)
                if not rules:
                    self.assertNotIn("error:", run.stderr)
                for text in texts:
                    self.assertIn(text, run.stdout)
                for text in absent:
                    self.assertNotIn(text, run.stdout)

    def test_each_row_is_tried_or_said_to_be_met_elsewhere(self):
        if not notes.NOTES.exists():
            self.skipTest(f"{notes.NOTES} is not there")
        told = {row for row, *_ in ROWS} | set(DEFECTS) | notes.decided().keys()
        self.assertEqual([number for number in notes.open_rows() if number not in told], [])
        defects = (notes.SOURCE / "target" / "defects.def").read_text()
        self.assertEqual([row for row in DEFECTS if f"release facts {row}" not in defects], [])


if __name__ == "__main__":
    unittest.main()
