#include "emit/plpgsql.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "parser/plpgsql.h"

using namespace pg2crdb;

namespace {

/// What is printed of a body, and read again as the same tree.
std::string printed(const std::string& text) {
  const ParsedBody parsed = parse_plpgsql(text);
  INFO(text << "\n" << parsed.error);
  REQUIRE(parsed.body);
  const std::string result = to_plpgsql(*parsed.body, Dialect::postgresql);
  const ParsedBody again = parse_plpgsql(result);
  INFO(result << again.error);
  REQUIRE(again.body);
  CHECK(ast::plpgsql::equal(*parsed.body, *again.body));
  return result;
}

}  // namespace

TEST_CASE("a body is printed with a line for each statement") {
  CHECK(printed(R"(#variable_conflict use_column
<<l1>> declare a constant int not null default 1; r t%rowtype; e alias for $1;
c no scroll cursor (x int) is select x;
begin a := 2; r.f[1].g = a + 1; if a then null; elseif (case when a then b end) then x := 1; else end if;
for i in reverse 10 .. 1 by 2 loop exit when a; end loop;
<<l>> while a loop continue l; end loop;
for r in execute 'x' || y using a, b loop end loop; for r in c(x := 1) loop end loop;
foreach a slice 1 in array b loop end loop; case a when 1, 2 then else end case;
select a, b from t into strict x, y; insert into t values (1) returning id into x;
perform f(a) from t; raise notice 'a % b', a using hint = 'x'; raise sqlstate '22012';
get stacked diagnostics a = message_text; open c for execute 'q' using 1; fetch relative -1 from c into a;
move c; close c; return query select 1; return next; return a from t; commit and chain; assert a, 'b';
exception when others or sqlstate '22012' then raise; end l1)") == R"(#variable_conflict use_column
<<l1>>
DECLARE
  a CONSTANT integer NOT NULL := 1;
  r t%ROWTYPE;
  e ALIAS FOR $1;
  c NO SCROLL CURSOR (x integer) FOR SELECT x;
BEGIN
  a := 2;
  r.f[1].g := a + 1;
  IF a THEN
    NULL;
  ELSIF (CASE WHEN a THEN b END) THEN
    x := 1;
  ELSE
  END IF;
  FOR i IN REVERSE 10..1 BY 2 LOOP
    EXIT WHEN a;
  END LOOP;
  <<l>>
  WHILE a LOOP
    CONTINUE l;
  END LOOP;
  FOR r IN EXECUTE 'x' || y USING a, b LOOP
  END LOOP;
  FOR r IN c(x := 1) LOOP
  END LOOP;
  FOREACH a SLICE 1 IN ARRAY b LOOP
  END LOOP;
  CASE a
    WHEN 1, 2 THEN
    ELSE
  END CASE;
  SELECT a, b INTO STRICT x, y FROM t;
  insert into t values (1) returning id INTO x;
  PERFORM f(a) FROM t;
  RAISE NOTICE 'a % b', a USING HINT = 'x';
  RAISE SQLSTATE '22012';
  GET STACKED DIAGNOSTICS a = MESSAGE_TEXT;
  OPEN c FOR EXECUTE 'q' USING 1;
  FETCH RELATIVE -1 FROM c INTO a;
  MOVE FROM c;
  CLOSE c;
  RETURN QUERY SELECT 1;
  RETURN NEXT;
  RETURN a FROM t;
  COMMIT AND CHAIN;
  ASSERT a, 'b';
EXCEPTION
  WHEN others OR SQLSTATE '22012' THEN
    RAISE;
END;
)");
}

TEST_CASE("comments survive, and so do blank lines between statements") {
  CHECK(printed(R"(-- of the routine
DECLARE -- what is needed
  a int; -- how many

  /* the last
     one */ b int;
  -- nothing more
BEGIN -- now
  -- first
  a := 1; -- set

  IF a > 1 -- why not
     AND /* both */ b THEN -- yes
    NULL;
    -- enough
  ELSIF b -- or so
  THEN
  ELSE -- no
    INSERT INTO t -- kept with it
      VALUES (1) -- all of it
    ;
  END IF; -- done
EXCEPTION -- when it fails
  WHEN others -- whatever
  THEN -- go on
END; -- of it
-- really)") == R"(-- of the routine
DECLARE
  -- what is needed
  a integer;  -- how many

  /* the last
     one */
  b integer;
  -- nothing more
BEGIN
  -- now
  -- first
  a := 1;  -- set

  -- why not
  /* both */
  IF a > 1 AND b THEN
    -- yes
    NULL;
    -- enough
  ELSIF b THEN
    -- or so
  ELSE
    -- no
    -- all of it
    INSERT INTO t -- kept with it
      VALUES (1);
  END IF;  -- done
EXCEPTION
  WHEN others THEN
    -- when it fails
    -- whatever
    -- go on
END;  -- of it
-- really
)");
}

TEST_CASE("names that PL/pgSQL reserves are quoted wherever they stand") {
  CHECK(printed("DECLARE \"loop\" int; BEGIN \"if\" := \"loop\" + 1; FOR \"by\" IN 1..\"begin\" LOOP END "
                "LOOP; END") ==
        "DECLARE\n  \"loop\" integer;\nBEGIN\n  \"if\" := \"loop\" + 1;\n  FOR \"by\" IN 1..\"begin\" LOOP\n "
        " END "
        "LOOP;\nEND;\n");
}

TEST_CASE("parameters are no names, and names may have a dollar sign") {
  CHECK(printed("BEGIN $1 := 2; NEW.\"$1a\" := $2; END") ==
        "BEGIN\n  $1 := 2;\n  new.\"$1a\" := $2;\nEND;\n");
}

TEST_CASE("long queries get a line for each clause") {
  const std::string name(60, 'a');
  CHECK(printed("BEGIN SELECT " + name + " INTO x FROM t WHERE " + name + " > 1; END") ==
        "BEGIN\n  SELECT " + name + " INTO x\n    FROM t\n    WHERE " + name + " > 1;\nEND;\n");
}
