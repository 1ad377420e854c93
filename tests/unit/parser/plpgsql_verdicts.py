#!/usr/bin/env python3
"""Writes plpgsql_verdicts.tsv: bodies in PL/pgSQL, and what a real PostgreSQL 15 says of each.

    python3 tests/unit/parser/plpgsql_verdicts.py [SEED [COUNT]]

The bodies are those below, and changes of them by one token: dropped, doubled, swapped, inserted, replaced. Those that
are refused for another reason than their syntax are left out.
"""

import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "standin"))

import wire  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

SCHEMA = """CREATE TABLE t (id int, a int, b text);
CREATE TYPE pair AS (a int, list int[]);
CREATE FUNCTION f(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1'"""

FUNCTION = "(p1 int, p2 text) RETURNS int"
ROWS = "(p1 int, p2 text) RETURNS SETOF int"
TRIGGER = "() RETURNS trigger"
BODIES = [
    (FUNCTION, "BEGIN RETURN p1; END"),
    (FUNCTION, "#variable_conflict use_column\nBEGIN RETURN 1; END;"),
    (FUNCTION, "#print_strict_params on\nBEGIN RETURN 1; END;"),
    (FUNCTION, "DECLARE x CONSTANT int NOT NULL := 1; y text COLLATE \"C\" DEFAULT 'a'; z int = 3; BEGIN RETURN x; END"),
    (FUNCTION, "DECLARE x t.a%TYPE; y t%ROWTYPE; z numeric(10, 2)[]; q ALIAS FOR $1; BEGIN x := q; RETURN x; END"),
    (FUNCTION, "DECLARE a int; DECLARE b double precision; BEGIN a = 1; b := a::int + 2; RETURN a; END"),
    (FUNCTION, "DECLARE r record; BEGIN SELECT 1 AS a, 2 AS b INTO r; r.a := r.b; RETURN r.a; END"),
    (FUNCTION, "DECLARE c pair; x int[]; BEGIN c.list[1] := 3; x[1:2] := '{1,2}'; x[(SELECT 1)] = 4; RETURN x[1]; END"),
    (FUNCTION, "BEGIN IF p1 > 0 THEN RETURN 1; ELSIF p1 < 0 THEN RETURN 2; ELSEIF p2 = 'a' THEN NULL; ELSE RETURN 3; END IF; END"),
    (FUNCTION, "BEGIN IF (CASE WHEN p1 > 0 THEN true END) THEN NULL; END IF; RETURN CASE p1 WHEN 1 THEN 2 ELSE 3 END; END"),
    (FUNCTION, "BEGIN CASE p1 WHEN 1, 2 THEN RETURN 1; WHEN 3 THEN NULL; ELSE RETURN 2; END CASE; END"),
    (FUNCTION, "BEGIN CASE WHEN p1 > 0 THEN NULL; END CASE; RETURN 1; END"),
    (FUNCTION, "BEGIN <<l>> LOOP EXIT l WHEN p1 > 0; CONTINUE WHEN p1 < 0; EXIT; END LOOP l; RETURN 1; END"),
    (FUNCTION, "<<o>> DECLARE n int := 0; BEGIN WHILE n < 10 LOOP n := n + 1; EXIT o; END LOOP; RETURN n; END o"),
    (FUNCTION, "BEGIN FOR i IN 1..10 LOOP NULL; END LOOP; FOR i IN REVERSE p1 .. 1 BY 2 LOOP NULL; END LOOP; RETURN 1; END"),
    (FUNCTION, "DECLARE r record; BEGIN FOR r IN SELECT * FROM t WHERE a > p1 LOOP RETURN r.a; END LOOP; RETURN 1; END"),
    (FUNCTION, "DECLARE x int; y text; BEGIN FOR x, y IN SELECT a, b FROM t LOOP NULL; END LOOP; RETURN x; END"),
    (FUNCTION, "DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT $1' USING p1, p2 LOOP NULL; END LOOP; RETURN 1; END"),
    (FUNCTION, "DECLARE r record; BEGIN FOR r IN VALUES (1), (2) LOOP NULL; END LOOP; FOR r IN (SELECT 1) LOOP END LOOP; RETURN 1; END"),
    (FUNCTION, "DECLARE c CURSOR (x int, y int) FOR SELECT x + y; BEGIN FOR r IN c(1, y := 2) LOOP NULL; END LOOP; RETURN 1; END"),
    (FUNCTION, "DECLARE x int; BEGIN FOREACH x SLICE 0 IN ARRAY ARRAY[1, 2] LOOP NULL; END LOOP; RETURN x; END"),
    (FUNCTION, "DECLARE c NO SCROLL CURSOR IS SELECT a FROM t; x int; BEGIN OPEN c; FETCH c INTO x; MOVE NEXT FROM c; CLOSE c; RETURN x; END"),
    (FUNCTION, "DECLARE c refcursor; x int; BEGIN OPEN c SCROLL FOR SELECT 1; FETCH RELATIVE -1 FROM c INTO x; MOVE FORWARD ALL IN c; CLOSE c; RETURN x; END"),
    (FUNCTION, "DECLARE c refcursor; x int; BEGIN OPEN c FOR EXECUTE 'SELECT $1' USING p1; FETCH ABSOLUTE p1 + 1 FROM c INTO x; MOVE 2 FROM c; RETURN x; END"),
    (FUNCTION, "DECLARE x int; BEGIN SELECT a INTO STRICT x FROM t WHERE id = p1; INSERT INTO t VALUES (1, 2, 'c') RETURNING id INTO x; RETURN x; END"),
    (FUNCTION, "DECLARE x int; BEGIN WITH q AS (SELECT 1 AS a) SELECT a INTO x FROM q; UPDATE t SET a = 1 WHERE id = x; DELETE FROM t; RETURN x; END"),
    (FUNCTION, "DECLARE x int; BEGIN EXECUTE 'SELECT 1' INTO x USING p1; EXECUTE 'SELECT $1' USING p1, p2 INTO STRICT x; RETURN x; END"),
    (FUNCTION, "BEGIN PERFORM f(1, b => 2); PERFORM a FROM t WHERE b = p2; PERFORM 1 UNION SELECT 2; CALL p(1); RETURN 1; END"),
    (FUNCTION, "DECLARE n int; m text; BEGIN GET DIAGNOSTICS n = ROW_COUNT, m := PG_CONTEXT; RETURN n; EXCEPTION WHEN others THEN "
               "GET STACKED DIAGNOSTICS m = MESSAGE_TEXT; RETURN 1; END"),
    (FUNCTION, "BEGIN RETURN 1; EXCEPTION WHEN division_by_zero OR SQLSTATE '22012' THEN RAISE; WHEN others THEN RETURN 2; END;"),
    (FUNCTION, "BEGIN RAISE NOTICE 'a % %', p1, f(1, 2); RAISE 'x' USING HINT = 'y', ERRCODE := '22012'; RAISE USING MESSAGE = p2; END"),
    (FUNCTION, "BEGIN RAISE division_by_zero; RAISE EXCEPTION SQLSTATE '22012' USING DETAIL = p2 || 'x'; RAISE LOG 'a'; RAISE INFO 'b'; RETURN 1; END"),
    (FUNCTION, "BEGIN ASSERT p1 > 0, 'text' || p2; ASSERT true; RETURN 1; END"),
    (FUNCTION, "BEGIN BEGIN NULL; END; <<b>> DECLARE x int; BEGIN x := b.x; END b; RETURN a FROM t LIMIT 1; END"),
    (FUNCTION, "DECLARE \"if\" int; exit int; return int; BEGIN exit := 1; return = 2; \"if\" := exit; $1 := 3; RETURN return; END"),
    (FUNCTION, "DECLARE x int; BEGIN CREATE TEMP TABLE u (a int); x := (SELECT count(*) FROM u); x := a FROM t LIMIT 1; DROP TABLE u; RETURN x; END"),
    (ROWS, "BEGIN RETURN NEXT p1; RETURN QUERY SELECT a FROM t; RETURN QUERY EXECUTE 'SELECT $1' USING p1; RETURN; END"),
    (TRIGGER, "BEGIN IF TG_OP = 'INSERT' THEN NEW.a := 1; RETURN NEW; END IF; RETURN OLD; END"),
    (None, "BEGIN COMMIT; ROLLBACK AND CHAIN; COMMIT AND NO CHAIN; SET x.y = 1; END"),
]
WORDS = """IF THEN END LOOP INTO STRICT x ; ( ) BEGIN ELSE ELSIF RETURN NEXT QUERY EXECUTE USING FOR IN .. WHEN CASE NULL NOT DECLARE
:= = RAISE EXCEPTION EXIT CONTINUE PERFORM GET DIAGNOSTICS FETCH OPEN CLOSE MOVE FROM [ ] % , . 1 'a' SELECT REVERSE BY WHILE
FOREACH ARRAY CURSOR CONSTANT DEFAULT ALIAS << >> l COMMIT AND CHAIN ASSERT CALL limit left TABLE OR SQLSTATE SCROLL NO INSERT
VALUES TYPE IS COLLATE NOTICE""".split()
TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\w+|:=|<<|>>|\.\.|=>|::|\s+|.", re.DOTALL)
# Refused as syntax, but for what a name means or how a routine returns.
MEANING = ("is not a known variable", "record variable", "is not a scalar", "bound cursor", "loop variable of", "has no arguments",
           "has arguments", "arguments for cursor", "duplicates", "near \"%\"",
           "near \"c\"", "has no argument named", "value for parameter")


def changed(body, rng):
    tokens = TOKEN.findall(body)
    places = [i for i, token in enumerate(tokens) if token.strip()]
    at = rng.choice(places)
    how = rng.choice(("drop", "double", "swap", "insert", "insert", "replace", "replace"))
    if how == "drop":
        tokens[at] = ""
    elif how == "double":
        tokens[at] += " " + tokens[at]
    elif how == "swap":
        other = places[(places.index(at) + 1) % len(places)]
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif how == "insert":
        tokens[at] += " " + rng.choice(WORDS)
    else:
        tokens[at] = rng.choice(WORDS)
    return "".join(tokens)


def problem(client, kind, body):
    client.query("BEGIN")
    try:
        client.query(f"CREATE {kind} LANGUAGE plpgsql AS $body_of_g${body}$body_of_g$")
        return None
    except wire.ServerError as error:
        return error
    finally:
        client.query("ROLLBACK")


def is_of_syntax(error):
    return error is not None and error.sqlstate == "42601" and not any(words in error.message for words in MEANING)


def verdict(client, signature, body):
    error = problem(client, "PROCEDURE g()" if signature is None else f"FUNCTION g{signature}", body)
    if error is None:
        # PostgreSQL takes an assignment of nothing, and fails whenever it runs: ours does not.
        return (None if re.search(r"= *;", body) else "accepted"), ""
    if not is_of_syntax(error):
        return None, error.message
    # With words of the language for variables, and nothing to return.
    more = "".join(f', "{word.lower()}" int' for word in sorted(set(WORDS)) if word.isalpha() and word not in ("l", "x"))
    for result in ("int", "SETOF int", "void"):
        if not is_of_syntax(problem(client, f"FUNCTION g(p1 int, p2 text{more}) RETURNS {result}", body)):
            return None, error.message
    # Whether a result is returned is the signature's matter, too.
    if error.message.startswith("missing expression") and re.search(r"RETURN( NEXT)? ?;", body):
        return None, error.message
    return "refused", error.message


def main():
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    candidates = list(BODIES)
    seen = {body for _, body in BODIES}
    while len(candidates) < count:
        signature, body = rng.choice(BODIES)
        body = changed(body, rng)
        if body not in seen:
            seen.add(body)
            candidates.append((signature, body))
    output = sys.stdout if len(sys.argv) > 3 else (HERE / "plpgsql_verdicts.tsv").open("w", encoding="utf-8")
    with PostgresServer() as server:
        server.create_database("bodies")
        with server.connect("bodies") as client:
            client.query(SCHEMA)
            for signature, body in candidates:
                said, message = verdict(client, signature, body)
                if said is not None:
                    print(said, body.replace("\n", "\\n"), message, sep="\t", file=output)
                elif (signature, body) in BODIES:
                    sys.exit(f"{body}: {message}")


if __name__ == "__main__":
    main()
