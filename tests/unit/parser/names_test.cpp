#include "parser/names.h"

#include <pg_query.h>
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "parser/dump_reader.h"
#include "parser/parser.h"
#include "support/byte_source.h"

using namespace pg2crdb;

namespace {

using Strings = std::vector<std::string>;

/// `relation s.t`, `! s.t` where it is changed, `f(?, int4)` of a call; what has no place has a `~`.
std::string shown(const NameUse& use) {
  std::string result = use.changes ? "! " : "";
  if (!use.has_place()) result += "~";
  switch (use.kind) {
    case NameUse::Kind::relation:
      break;
    case NameUse::Kind::type:
      result += "type ";
      break;
    case NameUse::Kind::routine:
      result += "routine ";
      break;
  }
  result += to_string(use.name);
  if (use.arguments < 0) return result;
  CHECK(use.argument_types.size() == static_cast<size_t>(use.arguments));
  result += "(";
  for (const ast::TypeName& type : use.argument_types) {
    if (result.back() != '(') result += ", ";
    result += type.empty() ? "?" : type.name.name + (type.array_bounds.empty() ? "" : "[]");
  }
  return result + ")";
}

/// As names are compared: each part unquoted and folded.
std::string unquoted(std::string_view text) {
  std::string result;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
      if (quoted && i > 0 && text[i - 1] == '"') result += '"';
      continue;
    }
    const auto letter = static_cast<unsigned char>(text[i]);
    if (quoted || letter > 127) {
      result += text[i];
    } else if (text[i] != ' ' && text[i] != '\n') {
      result += static_cast<char>(std::tolower(letter));
    }
  }
  return result;
}

/// What stands at the place of each use is its name.
void check_places(const TextNames& names, std::string_view text) {
  for (const NameUse& use : names.names) {
    if (!use.has_place()) continue;
    REQUIRE(use.end <= text.size());
    const std::string_view written = text.substr(use.begin, use.end - use.begin);
    // Before a column stands no more than the table's own name.
    CHECK((unquoted(written) == to_string(use.name) || unquoted(written) == use.name.name));
  }
}

Strings shown(const TextNames& names, std::string_view text) {
  check_places(names, text);
  Strings result;
  for (const NameUse& use : names.names) result.push_back(shown(use));
  for (const std::string& what : names.unread) result.push_back("unread: " + what);
  return result;
}

/// `c of a, b`, `?` behind it where it may be something else, `~` before what has no place.
Strings members_of(const TextNames& names, std::string_view text) {
  Strings result;
  for (const MemberUse& use : names.members) {
    if (use.has_place()) CHECK(unquoted(text.substr(use.begin, use.end - use.begin)) == use.name);
    std::string shown = use.has_place() ? "" : "~";
    shown += use.name + (use.of_row ? " of a row" : " of");
    for (const ast::Name& relation : use.relations) shown += " " + to_string(relation);
    result.push_back(shown + (use.sure ? "" : " ?"));
  }
  return result;
}

Strings in_sql(std::string_view sql) {
  INFO(sql);
  return shown(names_in_sql(sql), sql);
}
Strings in_plpgsql(std::string_view body) {
  INFO(body);
  return shown(names_in_plpgsql(body), body);
}

}  // namespace

TEST_CASE("relations, types and routines of a query, with their places") {
  CHECK(in_sql("SELECT é.a::public.mood, s.\"F\"(1, 'x', 2.5, true, b::text[], -99999999999) FROM ONLY "
               "public.towns é "
               "JOIN \"Odd \"\"Name\" ON true, LATERAL g(VARIADIC é.b) WHERE EXISTS (TABLE inner_one)") ==
        Strings{"type public.mood", "routine s.F(int4, ?, numeric, bool, text[], int8)", "type text",
                "public.towns", "Odd \"Name", "routine g(?)", "inner_one"});
  CHECK(in_sql("SELECT s . /* between */ f()") == Strings{"~routine s.f()"});
  CHECK(in_sql("SELECT s .\n f()") == Strings{"routine s.f()"});
  CHECK(in_sql("SELECT count(*), f(a => 1) FROM other.public.t") ==
        Strings{"routine count()", "routine f(int4)", "public.t"});
}

TEST_CASE("what SQL spells with keywords is no name") {
  CHECK(
      in_sql("SELECT extract(year FROM a), a AT TIME ZONE 'UTC', trim(a), a LIKE b ESCAPE '#', a::integer, "
             "CAST(a AS timestamp with time zone), COALESCE(a, b), CURRENT_DATE, a::character varying(3)") ==
      Strings{});
  CHECK(in_sql("SELECT pg_catalog.now(), a::pg_catalog.int4") ==
        Strings{"routine pg_catalog.now()", "type pg_catalog.int4"});
}

TEST_CASE("names of WITH hide tables where they are known") {
  CHECK(in_sql("WITH a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a, b, s.a") ==
        Strings{"b", "s.a"});
  CHECK(in_sql("WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a, b") ==
        Strings{});
  CHECK(in_sql("WITH a AS (SELECT * FROM a) SELECT * FROM a") == Strings{"a"});
  CHECK(in_sql("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a, (SELECT * FROM a) x) y, a") ==
        Strings{"a"});
  CHECK(
      in_sql("SELECT 1 FROM (WITH a AS (SELECT 1) SELECT (SELECT max(i) FROM a)) y UNION SELECT 1 FROM a") ==
      Strings{"routine max(?)", "a"});
  CHECK(in_sql("(WITH a AS (SELECT 1) SELECT * FROM a UNION SELECT * FROM a) EXCEPT SELECT * FROM a") ==
        Strings{"a"});
}

TEST_CASE("what is changed is never a name of WITH") {
  CHECK(in_sql("WITH a AS (DELETE FROM a RETURNING *) INSERT INTO a SELECT * FROM a") ==
        Strings{"! a", "! a"});
  CHECK(in_sql("WITH gone AS (DELETE FROM s.old USING gone RETURNING *) UPDATE t SET x = 1 FROM gone") ==
        Strings{"! s.old", "gone", "! t"});
  CHECK(in_sql("MERGE INTO s.t USING u ON t.a = u.a WHEN MATCHED THEN DELETE") ==
        Strings{"! s.t", "u", "s.t", "u"});
}

TEST_CASE("statements that change what they are about") {
  CHECK(in_sql("TRUNCATE a, s.b; COPY c FROM stdin; COPY d TO stdout; LOCK TABLE e") ==
        Strings{"! a", "! s.b", "! c", "d", "e"});
  CHECK(
      in_sql("CREATE TABLE s.a (x public.mood REFERENCES b, LIKE c) INHERITS (d); ALTER TABLE a INHERIT b") ==
      Strings{"! s.a", "type public.mood", "b", "c", "d", "! a", "b"});
  CHECK(in_sql("CREATE VIEW v AS SELECT * FROM a; CREATE MATERIALIZED VIEW m AS TABLE b; REFRESH "
               "MATERIALIZED VIEW m") == Strings{"! v", "a", "! m", "b", "! m"});
  CHECK(in_sql("CREATE INDEX i ON s.t USING gin (f(a) public.gin_trgm_ops) WHERE s.t.b > 1") ==
        Strings{"! s.t", "routine f(?)", "s.t"});
  CHECK(in_sql("SELECT 1 INTO s.t FROM u") == Strings{"! s.t", "u"});
  CHECK(in_sql("CREATE TRIGGER x AFTER INSERT ON s.t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE "
               "FUNCTION "
               "s.f(1)") == Strings{"! s.t", "routine s.f()"});
  CHECK(
      in_sql("CREATE RULE r AS ON INSERT TO s.t DO INSTEAD (INSERT INTO u VALUES (NEW.a); DELETE FROM v)") ==
      Strings{"! s.t", "! u", "! v"});
  CHECK(in_sql("CREATE FOREIGN TABLE s.t (a mood) SERVER x; CREATE SEQUENCE q OWNED BY s.t.c") ==
        Strings{"! s.t", "type mood", "! q", "s.t"});
  CHECK(in_sql("EXPLAIN ANALYZE DELETE FROM t; CREATE STATISTICS x ON a, b FROM s.t; ANALYZE u") ==
        Strings{"! t", "s.t", "u"});
}

TEST_CASE("names that the parser gives no place are found by their words") {
  CHECK(in_sql("DROP TABLE IF EXISTS s.a, \"B\" CASCADE") == Strings{"! s.a", "! B"});
  CHECK(in_sql("DROP FUNCTION s.f(integer, s.t); DROP TYPE s.t, u; DROP TRIGGER x ON s.t") ==
        Strings{"! routine s.f(int4, t)", "type s.t", "! type s.t", "! type u", "! s.t"});
  CHECK(in_sql("DROP TRIGGER t ON t") == Strings{"! ~t"});
  CHECK(in_sql("CREATE TRIGGER f AFTER INSERT ON t EXECUTE PROCEDURE f()") == Strings{"! t", "routine f()"});
  CHECK(in_sql("COMMENT ON COLUMN s.t.c IS 's.t'; GRANT SELECT ON t TO t") == Strings{"s.t", "t"});
  CHECK(in_sql("ALTER TABLE s.a RENAME TO b; ALTER FUNCTION f() OWNER TO x; ALTER TYPE a.b SET SCHEMA c") ==
        Strings{"! s.a", "! routine f()", "! type a.b"});
  CHECK(
      in_sql(
          "ALTER FUNCTION f(int) STABLE; ALTER TYPE t ADD ATTRIBUTE a mood; ALTER DOMAIN d DROP NOT NULL") ==
      Strings{"! routine f(int4)", "! type t", "type mood", "! type d"});
}

TEST_CASE("what aggregates, operators and base types are made of") {
  CHECK(in_sql("CREATE AGGREGATE s.a(int4) (sfunc = s.f, stype = text, finalfunc = g, initcond = '')") ==
        Strings{"! routine s.a(int4)", "type int4", "routine s.f", "type text", "routine g"});
  CHECK(in_sql("CREATE AGGREGATE a(*) (sfunc = f, stype = s.t)") ==
        Strings{"! routine a()", "routine f", "type s.t"});
  CHECK(in_sql("CREATE OPERATOR s.@@ (leftarg = a, rightarg = s.b, function = s.f, commutator = "
               "OPERATOR(s.##))") == Strings{"type a", "type s.b", "routine s.f"});
  CHECK(in_sql("CREATE TYPE s.t (input = s.i, output = o); CREATE TYPE r AS RANGE (subtype = s.t)") ==
        Strings{"! type s.t", "routine s.i", "routine o", "! type r", "type s.t"});
  CHECK(in_sql("CREATE CAST (a AS s.b) WITH FUNCTION f(a)") ==
        Strings{"type a", "type s.b", "routine f(a)", "type a"});
}

TEST_CASE("strings that name relations") {
  CHECK(in_sql("SELECT 's.q'::regclass, nextval('\"Q\"'), setval('s.q'::regclass, 1), "
               "nextval(('r'::text)::regclass)") ==
        Strings{"s.q", "type regclass", "routine nextval(?)", "Q", "routine setval(regclass, int4)", "s.q",
                "type regclass", "routine nextval(regclass)", "r", "type text", "type regclass"});
  CHECK(in_sql("SELECT pg_get_serial_sequence('s.t', 'c'), lower('s.t')") ==
        Strings{"routine pg_get_serial_sequence(?, ?)", "s.t", "routine lower(?)"});
  CHECK(in_sql("SELECT nextval('\"it''s\"'), nextval(E's.q'), nextval(' s.q'), nextval('not a name')") ==
        Strings{"routine nextval(?)", "~it's", "routine nextval(?)", "~s.q", "routine nextval(?)", "s.q",
                "routine nextval(?)"});
}

TEST_CASE("a table before its column is a name where FROM has it so") {
  CHECK(in_sql("SELECT s.t.c, u.v.w, s.t.* FROM s.t") == Strings{"s.t", "s.t", "s.t"});
}

TEST_CASE("columns, and the relations that they may be of") {
  const auto columns = [](std::string_view sql) {
    INFO(sql);
    return members_of(names_in_sql(sql), sql);
  };
  CHECK(columns("SELECT a, x.b, s.t.c, \"D\" FROM s.t, u AS x WHERE y.e = 1 ORDER BY a") ==
        Strings{"a of s.t u", "b of u", "c of s.t", "D of s.t u", "a of s.t u"});
  CHECK(columns("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE b = t.c)") ==
        Strings{"a of t", "b of u t", "c of t"});
  CHECK(columns("WITH q AS (SELECT a FROM t) SELECT a, b, v.c FROM q, u, (SELECT d FROM w) v, f() AS g") ==
        Strings{"a of t", "a of u ?", "b of u ?", "d of w"});
  CHECK(columns("SELECT a AS b, lower(a) AS a FROM t GROUP BY c, b ORDER BY b, b + 1") ==
        Strings{"a of t", "a of t", "c of t", "b of t"});
  CHECK(columns("SELECT t.a, t FROM t JOIN u USING (b)") == Strings{"~b of t", "~b of u", "a of t"});
  CHECK(columns("SELECT a FROM t UNION SELECT b FROM u ORDER BY a") == Strings{"a of t", "b of u"});
  CHECK(columns("INSERT INTO t (a) SELECT b FROM u ON CONFLICT (c) DO UPDATE SET d = excluded.e WHERE t.f") ==
        Strings{"~c of t", "a of t", "b of u", "d of t", "e of t", "f of t"});
  CHECK(columns("UPDATE t SET a = b, (c, d) = (1, 2) FROM u x WHERE x.e RETURNING f") ==
        Strings{"a of t", "b of t u", "c of t", "d of t", "e of u", "f of t u"});
  CHECK(columns("MERGE INTO t USING u ON a WHEN MATCHED THEN UPDATE SET b = c") ==
        Strings{"a of t u", "b of t", "c of t u"});
  CHECK(columns("ANALYZE t (a); ALTER POLICY \"P\" ON s.t USING (a > 1); ALTER TABLE t DISABLE TRIGGER t") ==
        Strings{"~a of t", "P of s.t", "a of s.t", "t of t"});
  CHECK(columns("SELECT x(a, b) FROM t AS y(a, b), u TABLESAMPLE system (1)") ==
        Strings{"a of u ?", "b of u ?"});
  CHECK(names_in_sql("SELECT 'sad'::s.mood, 'x'::text || cast('y' AS mood)").casts.size() == 3);
}

TEST_CASE("columns in PL/pgSQL are no variables") {
  const auto columns = [](std::string_view body) {
    INFO(body);
    return members_of(names_in_plpgsql(body), body);
  };
  CHECK(columns(R"(DECLARE v int; w s.t.a%TYPE; BEGIN
  SELECT b, v INTO w FROM t;
  FOR i IN 1..10 LOOP UPDATE t SET c = i WHERE v = t.v; END LOOP;
  NEW.d := OLD.e + f(NEW.g);
  PERFORM 1 FROM t WHERE h = NEW.k;
END)") == Strings{"~a of s.t", "b of t", "c of t", "v of t", "d of a row", "e of a row", "g of a row",
                  "h of t", "k of a row"});
}

TEST_CASE("temporary tables that the text makes are not among the names") {
  CHECK(
      in_sql(
          "DROP TABLE IF EXISTS x; CREATE TEMP TABLE x AS SELECT * FROM a; INSERT INTO x SELECT * FROM s.x; "
          "SELECT x FROM x; INSERT INTO pg_temp.y VALUES (1)") == Strings{"a", "s.x"});
}

TEST_CASE("bodies in statements") {
  CHECK(
      in_sql(
          "CREATE FUNCTION s.f(a int, OUT b mood) RETURNS SETOF s.t LANGUAGE sql AS $$ SELECT * FROM u $$") ==
      Strings{"! routine s.f(int4)", "type mood", "type s.t", "u"});
  CHECK(in_sql("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT count(*) FROM s.t; DELETE FROM u; END") ==
        Strings{"! routine f()", "routine count()", "s.t", "! u"});
  CHECK(in_sql("DO $x$ BEGIN DELETE FROM t; END $x$; DO 'BEGIN PERFORM f(''a''); END'") ==
        Strings{"! t", "~routine f(?)"});
  CHECK(in_sql("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'pass'") ==
        Strings{"! routine f()", "unread: line 1: a body in plpython3u is not read"});
  CHECK(in_sql("CREATE FUNCTION f(a s.t.c%TYPE, b t.c%TYPE) RETURNS void LANGUAGE sql AS ''") ==
        Strings{"! routine f(?, c)", "s.t", "t", "type void"});
}

TEST_CASE("one statement in error does not cost the others") {
  CHECK(in_sql("SELECT * FROM a;\nSELEC 1;\nDELETE FROM b") ==
        Strings{"a", "! b", "unread: line 2: syntax error at or near \"SELEC\""});
  CHECK(in_sql("CREATE RULE r AS ON INSERT TO a DO (DELETE FROM b; DELETE FROM c); x; CREATE FUNCTION f() "
               "RETURNS int "
               "BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; TABLE d; END; TABLE e;") ==
        Strings{"! a", "! b", "! c", "! routine f()", "d", "e",
                "unread: line 1: syntax error at or near \"x\""});
  CHECK(in_sql("SELECT FROM WHERE") == Strings{"unread: line 1: syntax error at or near \"WHERE\""});
  CHECK(in_sql("") == Strings{});
  CHECK(in_sql(std::string_view("SELECT 1\0", 9)) == Strings{"unread: line 1: the text holds a zero byte"});
}

TEST_CASE("deep nesting is said, and costs no more") {
  std::string chain = "SELECT 1";
  for (int i = 0; i < 5000; ++i) chain += "+1";
  CHECK(in_sql("SELECT * FROM a; " + chain + "; SELECT * FROM b") ==
        Strings{"a", "b", "unread: line 1: the statement is nested too deeply"});
  const auto nested = [](std::string sql, std::string_view piece) {
    for (int i = 0; i < 5000; ++i) sql += piece;
    return names_in_sql(sql).unread;
  };
  const Strings too_deep = {"line 1: the statement is nested too deeply"};
  CHECK(nested("SELECT 1", " UNION ALL SELECT 1") == too_deep);
  CHECK(nested("SELECT * FROM t", " JOIN t ON true") == too_deep);
  std::string blocks;
  for (int i = 0; i < 1000; ++i) blocks += "BEGIN ";
  CHECK(names_in_plpgsql(blocks).unread.size() == 1);
  std::string bodies = "BEGIN DELETE FROM a; END";
  for (int i = 0; i < 20; ++i) {
    const std::string quote = "$" + std::string(1, static_cast<char>('a' + i)) + "$";
    bodies = "BEGIN DO " + quote + bodies + quote + "; END";
  }
  CHECK(in_plpgsql(bodies) == Strings{"unread: line 1: too many bodies inside each other"});
}

TEST_CASE("declarations of PL/pgSQL") {
  CHECK(in_plpgsql(R"(
<<outer>>
DECLARE
  r public.towns%ROWTYPE;
  c CONSTANT towns.name%TYPE NOT NULL := f();
  n s.towns.name%TYPE;
  v integer = 1;
  w v%TYPE;
  x r.name%TYPE;
  t new.name%TYPE;
  m public.mood[] DEFAULT '{a}'::public.mood[];
  z text COLLATE "C";
  any_row record;
  second ALIAS FOR $2;
  cur NO SCROLL CURSOR (k s.key, j int) FOR SELECT * FROM in_cursor WHERE id = k;
BEGIN
END)") == Strings{"public.towns", "towns", "routine f()", "s.towns", "type public.mood", "type public.mood",
                  "type text", "type s.key", "in_cursor"});
}

TEST_CASE("SQL in statements of PL/pgSQL") {
  CHECK(in_plpgsql(R"(BEGIN
  SELECT a, b INTO STRICT x, r.y FROM s.t -- FROM comment
    WHERE t.id = NEW.id;
  SELECT INTO rec * FROM u;
  WITH gone AS (DELETE FROM v RETURNING *) INSERT INTO w SELECT * FROM gone RETURNING id INTO n;
  PERFORM s.f(NEW.x) FROM p;
  UPDATE q SET a = 1;
  CALL s.p(1);
  n := (SELECT max(id) FROM a1);
  arr[g(1)] = 2;
  NEW.kind := h(NEW.kind);
  TRUNCATE a2;
  INSERT INTO a3 VALUES (NEW.*) ON CONFLICT DO NOTHING;
END;)") == Strings{"s.t", "s.t", "u", "! v", "! w", "routine s.f(?)", "p", "! q", "routine s.p(int4)",
                   "routine max(?)", "a1", "routine g(int4)", "routine h(?)", "! a2", "! a3"});
}

TEST_CASE("control structures of PL/pgSQL") {
  CHECK(in_plpgsql(R"(#variable_conflict use_column
BEGIN
  IF EXISTS (SELECT 1 FROM a) THEN DELETE FROM b;
  ELSIF f1() THEN NULL; ELSE UPDATE c SET x = 1; END IF;
  CASE f2() WHEN f3(), 2 THEN DELETE FROM d; ELSE DELETE FROM e; END CASE;
  CASE WHEN f4() THEN NULL; END CASE;
  <<here>>
  WHILE f5() LOOP EXIT here WHEN f6(); CONTINUE; END LOOP here;
  FOR i IN REVERSE f7()..(SELECT max(x) FROM g) BY 2 LOOP DELETE FROM h; END LOOP;
  FOR r IN SELECT * FROM i LOOP DELETE FROM j; END LOOP;
  FOR r IN (SELECT * FROM k) LOOP NULL; END LOOP;
  FOR r IN cur(k := f8()) LOOP NULL; END LOOP;
  FOR r IN EXECUTE 'SELECT * FROM l WHERE x = $1' USING f9() LOOP NULL; END LOOP;
  FOREACH x SLICE 1 IN ARRAY ARRAY(SELECT y FROM m) LOOP NULL; END LOOP;
  LOOP EXIT; END LOOP;
  BEGIN DELETE FROM n; EXCEPTION WHEN unique_violation OR SQLSTATE '22012' THEN DELETE FROM o; END;
  RAISE NOTICE 'x % %', (SELECT 1 FROM p), 2 USING HINT = f10();
  RAISE EXCEPTION USING MESSAGE = f11();
  RAISE;
  ASSERT f12(), 'no';
  OPEN cur FOR SELECT * FROM q;
  OPEN cur(f13());
  FETCH NEXT FROM cur INTO x; MOVE cur; CLOSE cur;
  GET STACKED DIAGNOSTICS x = MESSAGE_TEXT;
  COMMIT;
  RETURN QUERY SELECT * FROM r;
  RETURN QUERY EXECUTE 'TABLE s';
  RETURN NEXT (SELECT t FROM t);
  RETURN f14();
END)") == Strings{"a",
                  "! b",
                  "routine f1()",
                  "! c",
                  "routine f2()",
                  "routine f3()",
                  "! d",
                  "! e",
                  "routine f4()",
                  "routine f5()",
                  "routine f6()",
                  "routine f7()",
                  "routine max(?)",
                  "g",
                  "! h",
                  "i",
                  "! j",
                  "k",
                  "routine f8()",
                  "l",
                  "routine f9()",
                  "m",
                  "! n",
                  "! o",
                  "p",
                  "routine f10()",
                  "routine f11()",
                  "routine f12()",
                  "q",
                  "routine f13()",
                  "r",
                  "s",
                  "t",
                  "routine f14()"});
}

TEST_CASE("dynamic SQL is read where it is one string, and said where it is not") {
  CHECK(
      in_plpgsql("BEGIN\nEXECUTE 'DELETE FROM a';\nEXECUTE 'DELETE FROM b WHERE x = ''y''';\n"
                 "EXECUTE $q$ UPDATE c SET d = $1 $q$ INTO x USING f();\n"
                 "EXECUTE format('DELETE FROM %I', s.g()) USING h();\nEXECUTE E'DELETE FROM \\x41';\nEND") ==
      Strings{"! a", "! ~b", "! c", "routine f()", "routine format(?, ?)", "routine s.g()", "routine h()",
              "unread: line 5: EXECUTE runs SQL that is put together at run time",
              "unread: line 6: EXECUTE runs a string with escapes"});
}

TEST_CASE("variables named like words of the language") {
  CHECK(in_plpgsql("DECLARE return int; open text; perform record;\nBEGIN\n return := f(); open = g(); "
                   "perform.x := h();"
                   "\n RETURN; END") == Strings{"type text", "routine f()", "routine g()", "routine h()"});
}

TEST_CASE("what is no PL/pgSQL is said with its place, and what stands before it is read") {
  CHECK(in_plpgsql("BEGIN\n DELETE FROM a;\n IF x DELETE FROM b; END IF; END") ==
        Strings{"! a", "unread: line 3: `;` is not expected here: what follows is not read"});
  CHECK(in_plpgsql("BEGIN\n DELETE FROM a;") == Strings{"! a", "unread: line 2: the body ends too early"});
  CHECK(in_plpgsql("BEGIN DELETE FRM a; DELETE FROM b; END") ==
        Strings{"! b", "unread: line 1: syntax error at or near \"FRM\""});
  CHECK(in_plpgsql("DECLARE a s.t%ROWTYPE; <<b c; BEGIN END") ==
        Strings{"s.t", "unread: line 1: `<<` is not expected here: what follows is not read"});
  CHECK(in_plpgsql("BEGIN <<a>>") == Strings{"unread: line 1: the body ends too early"});
  CHECK(in_plpgsql("BEGIN 'open") ==
        Strings{"unread: line 1: unterminated quoted string at or near \"'open\""});
  CHECK(in_plpgsql("") == Strings{});
}

TEST_CASE("functions and blocks are read by their language") {
  const auto of = [](const std::string& sql) {
    const ParsedStatement parsed = parse_statement(sql);
    if (const auto* block = std::get_if<ast::DoBlock>(&parsed.node))
      return shown(names_in(*block), block->body);
    const auto& function = std::get<ast::CreateFunction>(parsed.node);
    return shown(names_in(function), function.body.at(0));
  };
  CHECK(of("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT count(*) FROM s.t'") ==
        Strings{"routine count()", "s.t"});
  CHECK(of("CREATE FUNCTION f(r record) RETURNS int LANGUAGE plpgsql AS 'DECLARE a r.x%TYPE; b s.x%TYPE; "
           "BEGIN END'") == Strings{"s"});
  CHECK(of("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'obj', 'symbol'") ==
        Strings{"unread: line 1: a body in c is not read"});
  CHECK(of("DO 'BEGIN DELETE FROM t; END'") == Strings{"! t"});
  CHECK(of("DO LANGUAGE sql 'TABLE t'") == Strings{"t"});
}

namespace {

/// The queries that libpg_query's own parser of PL/pgSQL finds in a function, one after another.
void collect_queries(simdjson::dom::element value, std::string& queries) {
  if (value.is_array()) {
    for (simdjson::dom::element item : simdjson::dom::array(value)) collect_queries(item, queries);
  } else if (value.is_object()) {
    std::string query;
    int64_t mode = 0;
    for (auto [key, member] : simdjson::dom::object(value)) {
      if (key == "query" && member.is_string()) query = std::string(std::string_view(member));
      if (key == "parseMode") mode = member;
      collect_queries(member, queries);
    }
    constexpr int64_t expression = 2;  // PG_QUERY_PARSE_PLPGSQL_EXPR
    if (mode == expression) query.insert(0, "SELECT ");
    if (mode > expression) query = "SELECT " + query.substr(query.find('=') + 1);
    if (!query.empty()) queries += query + ";\n";
  }
}

struct Counts {
  int functions = 0;
  int names = 0;
  int placed = 0;
  int compared = 0;
  std::map<std::string, int> unread;
};

/// Relations that are named in a body, as often as they are.
Strings relations(const TextNames& names) {
  Strings result;
  for (const NameUse& use : names.names) {
    if (use.kind == NameUse::Kind::relation) result.push_back(shown(use).substr(use.changes ? 2 : 0));
  }
  return result;
}

/// It loses some bytes of its own where it refuses a body, which are no business of this test.
PgQueryPlpgsqlParseResult parse_plpgsql(const std::string& statement) {
#ifdef __SANITIZE_ADDRESS__
  const __lsan::ScopedDisabler leaks;
#endif
  return pg_query_parse_plpgsql(statement.c_str());
}

/// Whatever libpg_query's own parser of PL/pgSQL reads, is read.
void compare(const std::string& statement, const TextNames& names, Counts& counts) {
  PgQueryPlpgsqlParseResult result = parse_plpgsql(statement);
  simdjson::dom::parser parser;
  simdjson::dom::element tree;
  // That of libpg_query 18.1.0 does not always write JSON.
  if (result.error == nullptr &&
      parser.parse(std::string(result.plpgsql_funcs)).get(tree) == simdjson::SUCCESS) {
    ++counts.compared;
    std::string queries;
    collect_queries(tree, queries);
    Strings found = relations(names);
    INFO(queries);
    for (const std::string& relation : relations(names_in_sql(queries))) {
      const auto at = std::ranges::find(found, relation);
      CHECK(at != found.end());
      if (at != found.end()) found.erase(at);
    }
  }
  pg_query_free_plpgsql_parse_result(result);
}

}  // namespace

TEST_CASE("bodies of the corpus are read, with the place of each name") {
  const char* variable = std::getenv("PG2CRDB_CORPUS");
  const std::filesystem::path corpus = variable
                                           ? std::filesystem::path(variable)
                                           : std::filesystem::path(PG2CRDB_SOURCE_DIR) / "../shared/corpus";
  if (!std::filesystem::exists(corpus)) SKIP("no corpus: set PG2CRDB_CORPUS");
  Counts counts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".sql") continue;
    auto input = open_input(entry.path().string());
    REQUIRE(input);
    DumpReader reader(**input);
    while (true) {
      auto segment = reader.next();
      if (!segment || !*segment) break;
      if ((*segment)->kind != Segment::Kind::sql) continue;
      const std::string sql((*segment)->text);
      const ParsedStatement parsed = parse_statement(sql);
      INFO(entry.path().string() << ':' << (*segment)->line);
      TextNames names;
      std::string_view body = sql;
      bool is_plpgsql = false;
      if (const auto* function = std::get_if<ast::CreateFunction>(&parsed.node)) {
        names = names_in(*function);
        body = function->body.at(0);
        is_plpgsql = function->language == "plpgsql";
      } else if (const auto* block = std::get_if<ast::DoBlock>(&parsed.node)) {
        names = names_in(*block);
        body = block->body;
        is_plpgsql = true;
      } else if (!parsed.error.empty()) {
        continue;
      } else {
        names = names_in_sql(sql);
      }
      ++counts.functions;
      check_places(names, body);
      counts.names += static_cast<int>(names.names.size());
      for (const NameUse& use : names.names) counts.placed += use.has_place();
      for (const NameUse& use : names.names)
        if (!use.has_place()) WARN(shown(use) << " " << sql.substr(0, 150));
      for (const std::string& what : names.unread) {
        ++counts.unread[what.substr(what.find(": ") + 2)];
        INFO(what);
        CHECK((what.find("EXECUTE") != std::string::npos || what.find("is not read") != std::string::npos));
      }
      if (is_plpgsql) compare(sql, names, counts);
    }
  }
  for (const auto& [what, count] : counts.unread) UNSCOPED_INFO(count << ' ' << what);
  WARN(counts.functions << " texts, " << counts.names << " names, " << counts.placed << " with their place, "
                        << counts.compared << " bodies compared");
  CHECK(counts.placed * 1000 > counts.names * 999);
  CHECK(counts.compared > 0);
}
