#include <pg_query.h>
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "ast/equal.h"
#include "emit/sql.h"
#include "parser/dump_reader.h"
#include "parser/parser.h"
#include "support/byte_source.h"

namespace {

using namespace pg2crdb;

std::vector<std::filesystem::path> corpus_files() {
  const char* given = std::getenv("PG2CRDB_CORPUS");
  const std::filesystem::path root =
      given ? std::filesystem::path(given)
            : std::filesystem::path(PG2CRDB_SOURCE_DIR) / ".." / "shared" / "corpus";
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(root)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file() && entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string fingerprint(const std::string& sql) {
  const PgQueryFingerprintResult result = pg_query_fingerprint(sql.c_str());
  std::string text = result.error ? std::string("refused: ") + result.error->message : result.fingerprint_str;
  pg_query_free_fingerprint_result(result);
  return text;
}

/// The JSON of a parse tree with the elements of every list sorted, and without what the AST leaves out on
/// purpose: places, the words INITIALLY IMMEDIATE and NOT DEFERRABLE (the default), the names and OUT
/// parameters by which ALTER FUNCTION may name a function that its input types identify, and ONLY before what
/// is renamed.
std::string unordered(simdjson::dom::element value, bool in_rename = false) {
  std::string text;
  if (value.is_array()) {
    std::vector<std::string> items;
    for (simdjson::dom::element item : simdjson::dom::array(value)) {
      std::string words = unordered(item, in_rename);
      const bool is_default = words.starts_with("{Constraint:{contype:\"CONSTR_ATTR_IMMEDIATE\"") ||
                              words.starts_with("{Constraint:{contype:\"CONSTR_ATTR_NOT_DEFERRABLE\"");
      if (!is_default) items.push_back(std::move(words));
    }
    std::ranges::sort(items);
    for (const std::string& item : items) text += item + ",";
    return "[" + text + "]";
  }
  if (value.is_object()) {
    for (auto [key, member] : simdjson::dom::object(value)) {
      if (key == "objfuncargs" || key == "stmt_len" || key.ends_with("location") ||
          key.ends_with("list_start") || key.ends_with("list_end")) {
        continue;
      }
      if (in_rename && key == "inh") continue;
      text += std::string(key) + ":" + unordered(member, in_rename || key == "RenameStmt") + ",";
    }
    return "{" + text + "}";
  }
  return simdjson::to_string(value);
}

std::string unordered_tree(const std::string& sql) {
  const PgQueryParseResult result = pg_query_parse(sql.c_str());
  simdjson::dom::parser parser;
  std::string text;
  if (!result.error) text = unordered(parser.parse(std::string(result.parse_tree)));
  pg_query_free_parse_result(result);
  return text;
}

/// Statements whose clauses SQL takes in any order and the AST keeps as fields: the text is printed in one
/// order.
bool order_is_free(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateTable>(node) ||
         std::holds_alternative<ast::CreateSequence>(node) ||
         std::holds_alternative<ast::CreateFunction>(node) ||
         std::holds_alternative<ast::CreateTrigger>(node) || std::holds_alternative<ast::AlterOwner>(node) ||
         std::holds_alternative<ast::Rename>(node);
}

}  // namespace

TEST_CASE("every statement of the corpus prints to what parses to the same tree") {
  const auto files = corpus_files();
  if (files.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  size_t printed = 0;
  size_t opaque = 0;
  for (const auto& file : files) {
    auto input = open_input(file.string());
    REQUIRE(input);
    DumpReader reader(**input);
    while (true) {
      auto segment = reader.next();
      if (!segment || !*segment) break;
      const bool is_sql = (*segment)->kind == Segment::Kind::sql || (*segment)->kind == Segment::Kind::insert;
      if (!is_sql) continue;
      const std::string sql((*segment)->text);
      const ParsedStatement parsed = parse_statement(sql);
      if (std::holds_alternative<ast::Opaque>(parsed.node)) {
        ++opaque;
        continue;
      }
      ++printed;
      const std::string text = to_sql(parsed.node, Dialect::postgresql);
      const ParsedStatement again = parse_statement(text);
      const bool same = ast::equal(parsed.node, again.node);
      const bool same_fingerprint =
          fingerprint(sql) == fingerprint(text) ||
          (order_is_free(parsed.node) && unordered_tree(sql) == unordered_tree(text));
      if (same && same_fingerprint) continue;
      UNSCOPED_INFO(file.string() << ':' << (*segment)->line << (same ? "" : " tree")
                                  << (same_fingerprint ? "" : " fingerprint"));
      UNSCOPED_INFO(sql);
      UNSCOPED_INFO(text);
      CHECK((same && same_fingerprint));
    }
  }
  WARN(printed << " statements printed, " << opaque << " are opaque");
  CHECK(printed > 0);
}

TEST_CASE("what the corpus has little of prints to what parses to the same tree") {
  const std::vector<std::string> statements = {
    "SELECT a BETWEEN (b AND c) AND d, a NOT BETWEEN SYMMETRIC 1 AND 2, (a BETWEEN 1 AND 2) IS TRUE",
    "SELECT a LIKE b ESCAPE '#', a NOT ILIKE b, a SIMILAR TO b, a NOT SIMILAR TO b ESCAPE '!'",
    "SELECT a LIKE ANY (ARRAY['x']), a !~~* ALL (b), a = ANY (SELECT 1), a NOT IN (SELECT 1), (a, b) IN "
    "(SELECT 1, 2)",
    "SELECT (a, b) OVERLAPS (c, d), x IS NORMALIZED, x IS NOT NFKC NORMALIZED, normalize(x, NFD), "
    "normalize(x)",
    "SELECT extract('year' FROM t), position('a' || 'b' IN c), position((a IN (b)) IN c), collation for "
    "(a)",
    "SELECT substring(a FROM 2), substring(a FOR 3), substring(a FROM 2 FOR 3), substring(a SIMILAR b "
    "ESCAPE c)",
    "SELECT substring(a, 2), overlay(a PLACING b FROM 3 FOR 4), overlay(a, b, 3), \"position\"(a, b)",
    "SELECT trim(a), trim(LEADING 'x' FROM a), trim(TRAILING FROM a), trim(BOTH 'x' FROM a), trim(a, 'x')",
    "SELECT t AT TIME ZONE 'UTC', (t AT TIME ZONE 'UTC') + i, t AT TIME ZONE (z || 'x'), (t AT TIME ZONE "
    "z)::date, t AT LOCAL",
    "SELECT - - a, -(-(1)), - a ^ 2, (- a) ^ 2, -1::int, (-1)::int, - a::int, @ -5, ~ a, a - -1, a - (-b), "
    "+ a",
    "SELECT a || b || c, a || (b || c), (a || b) -> c, a + b || c, (a = b) = c, a = (b = c), a < b IS "
    "NULL, a - (b - c)",
    "SELECT NOT a = b, (NOT a) = b, NOT NOT a, (a OR b) AND c, a OR b AND c, a AND (b AND c), NOT (a AND "
    "b)",
    "SELECT a IS DISTINCT FROM b, (a IS NULL) IS NOT UNKNOWN, a IS NOT DISTINCT FROM (b IS NULL)",
    "SELECT a OPERATOR(pg_catalog.=) b, OPERATOR(pg_catalog.-) a, a OPERATOR(s.@@) ANY (b), (a "
    "OPERATOR(pg_catalog.+) b) + c",
    "SELECT a COLLATE \"C\" || b, (a || b) COLLATE \"C\", a COLLATE s.c < b, (a COLLATE \"C\")::text",
    "SELECT a[1], a.b[1].c, (a).b, (a.b).*, (f()).x, (f())[1:2], a[:], a[1:], (ARRAY[1, 2])[1], (SELECT "
    "1), ((SELECT a))[1], $1, ($1).x",
    "SELECT ARRAY[[1, 2], [3, 4]], ARRAY[]::int[], ARRAY(SELECT 1), ROW(), ROW(1), (1, 2), ROW(1, 2)::s.t, "
    "ROW(a.*)",
    "SELECT CASE WHEN a THEN b END, CASE a WHEN 1 THEN 2 ELSE 3 END::int, (CASE WHEN a THEN b END).c, "
    "NULLIF(a, b), GREATEST(a, b)",
    "SELECT CURRENT_DATE, CURRENT_TIMESTAMP(3), LOCALTIME, CURRENT_USER, SESSION_USER, CURRENT_CATALOG, "
    "CURRENT_SCHEMA",
    "SELECT B'101', X'1F', 1.5e10, .5, 12345678901234567890, E'a\\\\b', 'it''s', NULL, true, INTERVAL '1' "
    "YEAR, INTERVAL '1' SECOND(3)",
    "SELECT a::char, a::char(3), a::bit, a::bit varying(3), a::\"char\", a::pg_catalog.bpchar, "
    "a::numeric(10, 2)[], a::time(3) with time zone",
    "SELECT count(*), count(DISTINCT a), sum(a) FILTER (WHERE b), f(VARIADIC a), f(x => 1, y => 2), "
    "array_agg(a ORDER BY b DESC NULLS LAST)",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), rank() OVER w, sum(a) OVER (w ROWS 1 "
    "PRECEDING) FROM t WINDOW w AS (PARTITION BY b ORDER BY c)",
    "SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN '1 day' PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)",
    "SELECT sum(a) OVER (ORDER BY b GROUPS BETWEEN CURRENT ROW AND 2 + 3 FOLLOWING EXCLUDE CURRENT ROW)",
    "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, (), ROLLUP (c), CUBE (d, (e, f))) HAVING a = 1",
    "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a USING <, b LIMIT ALL OFFSET 2 FOR UPDATE OF t SKIP "
    "LOCKED",
    "SELECT a FROM t ORDER BY a FETCH FIRST (2 + 1) ROWS WITH TIES",
    "SELECT * FROM a JOIN (b CROSS JOIN c) ON true LEFT JOIN d USING (x) AS y NATURAL FULL JOIN e, LATERAL "
    "(SELECT 1) AS s(x)",
    "SELECT * FROM (a JOIN b ON true) AS j(x, y), ONLY t AS u, f(1) WITH ORDINALITY AS g(x, n), g() AS (a "
    "int, b text COLLATE \"C\")",
    "SELECT * FROM ROWS FROM (f(1), g(2) AS (a int)) WITH ORDINALITY AS r, json_to_recordset('[]') AS x(a "
    "int)",
    "WITH RECURSIVE a(x) AS MATERIALIZED (SELECT 1 UNION ALL SELECT x FROM a), b AS NOT MATERIALIZED "
    "(VALUES (1, 2), (3, 4)) TABLE b",
    "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL (SELECT 4 UNION SELECT 5)",
    "(SELECT 1 UNION SELECT 2) INTERSECT (SELECT 3 LIMIT 1) ORDER BY 1",
    "CREATE TABLE t (a int DEFAULT (1 IN (2)), b text DEFAULT ('x' || 'y'), c int GENERATED ALWAYS AS (a + "
    "1) STORED, LIKE u INCLUDING ALL)",
    "CREATE TABLE p PARTITION OF q (a NOT NULL) FOR VALUES FROM (MINVALUE, 1) TO (10, MAXVALUE) PARTITION "
    "BY HASH (a, lower(b), (c || d))",
    "CREATE TABLE t (EXCLUDE USING gist (a WITH =, b s.ops DESC WITH OPERATOR(pg_catalog.&&)) WHERE (a > "
    "1) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE t (a int REFERENCES u MATCH FULL ON DELETE SET NULL (a) ON UPDATE CASCADE, UNIQUE NULLS "
    "NOT DISTINCT (a) INCLUDE (b))",
    "CREATE UNIQUE INDEX ON ONLY t USING gin (a COLLATE \"C\" ops (siglen=32) DESC NULLS LAST, COALESCE(a, "
    "b), (t AT TIME ZONE 'x'))",
    "ALTER TABLE t ALTER COLUMN a TYPE int COLLATE \"C\" USING a::int, ADD COLUMN b int, ADD CONSTRAINT c "
    "CHECK (a > 0) NO INHERIT NOT VALID",
    "ALTER TABLE t ALTER COLUMN a SET GENERATED ALWAYS SET START WITH 1 SET NO MAXVALUE SET CYCLE RESTART, "
    "ALTER COLUMN b DROP IDENTITY IF EXISTS, ALTER COLUMN c DROP EXPRESSION, ALTER COLUMN d RESTART WITH 5",
    "INSERT INTO t VALUES (1, 'a'), (DEFAULT, NULL)",
    "INSERT INTO s.t AS x (a, b.c, d[1], e[2:3]) OVERRIDING SYSTEM VALUE VALUES (1 + 2, ROW(1), DEFAULT, "
    "'{}'::int[]), (3, (4, 5), 6, NULL)",
    "INSERT INTO t DEFAULT VALUES RETURNING *",
    "INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x UNION ALL (SELECT 2 LIMIT 1)",
    "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
    "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT c DO UPDATE SET a = excluded.a, (b, c) = (SELECT 1, "
    "2)",
    "INSERT INTO t TABLE u ON CONFLICT (a COLLATE \"C\" text_ops, lower(b), (c || d)) WHERE a > 1 DO UPDATE "
    "SET (a) = ROW(1), b[1] = 2, c.d = DEFAULT WHERE t.a IS NULL RETURNING a AS b, t.*, count(*) OVER ()",
    "WITH x AS MATERIALIZED (INSERT INTO t VALUES (1) RETURNING a), y AS (UPDATE u SET a = 2 RETURNING *), z "
    "AS (DELETE FROM v RETURNING b) INSERT INTO w SELECT x.a FROM x, y, z",
    "WITH RECURSIVE x (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x) UPDATE ONLY s.t AS u SET a = x.a, (b, "
    "c) "
    "= ROW(u.b | 3 & ~x.a, DEFAULT) FROM x JOIN y USING (a), LATERAL (SELECT 1) z WHERE u.a || 'x' = x.b "
    "RETURNING u.a",
    "UPDATE t SET a = 1 WHERE CURRENT OF \"C\"",
    "DELETE FROM ONLY t USING u, v WHERE t.a = u.a AND NOT EXISTS (SELECT 1) RETURNING t.a, 1 AS one",
    "DELETE FROM t AS x WHERE CURRENT OF c RETURNING *",
    "MERGE INTO ONLY t AS x USING (SELECT 1 AS a) AS u ON x.a = u.a WHEN MATCHED AND u.a > 1 THEN UPDATE SET "
    "a "
    "= 2, (b, c) = (1, 2) WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND u.a = 3 THEN INSERT (a, b) "
    "OVERRIDING "
    "USER VALUE VALUES (u.a, DEFAULT) WHEN NOT MATCHED THEN INSERT DEFAULT VALUES",
    "WITH x AS (SELECT 1 AS a) MERGE INTO t USING x ON true WHEN NOT MATCHED THEN INSERT VALUES (1) WHEN "
    "MATCHED THEN DO NOTHING",
#if PG_VERSION_NUM >= 170000
    "MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED BY TARGET "
    "THEN "
    "DO NOTHING RETURNING t.a",
#endif
#if PG_VERSION_NUM >= 180000
    "UPDATE t SET a = 1 RETURNING WITH (OLD AS o, NEW AS n) o.a, n.a",
    "DELETE FROM t RETURNING WITH (OLD AS o) o.*",
#endif
    "ALTER TABLE IF EXISTS s.t RENAME COLUMN \"A\" TO b",
    "ALTER MATERIALIZED VIEW v RENAME COLUMN a TO b",
    "ALTER TYPE s.t RENAME ATTRIBUTE a TO b CASCADE",
    "ALTER TABLE t RENAME CONSTRAINT c TO d",
    "ALTER DOMAIN s.t RENAME CONSTRAINT c TO d",
    "ALTER INDEX IF EXISTS i RENAME TO j",
    "ALTER TRIGGER a ON s.t RENAME TO b",
    "ALTER FUNCTION s.f(int, text[]) RENAME TO g",
    "ALTER PROCEDURE p RENAME TO q",
    "ALTER AGGREGATE s.a(*) RENAME TO b",
    "ALTER TEXT SEARCH DICTIONARY s.d RENAME TO e",
    "ALTER ROLE r RENAME TO \"User\"",
    "ALTER SEQUENCE IF EXISTS s.q SET SCHEMA \"Z\"",
    "ALTER FUNCTION f(int) SET SCHEMA z",
    "ALTER EXTENSION hstore SET SCHEMA z",
    "TRUNCATE TABLE s.a, b RESTART IDENTITY CASCADE",
    "DO LANGUAGE plpgsql $x$ BEGIN RAISE NOTICE $$a$$; END $x$",
    "DROP FUNCTION f(t.c%TYPE)",
    "GRANT SELECT (a, b), INSERT ON TABLE t TO PUBLIC, \"User\" WITH GRANT OPTION",
    "REVOKE GRANT OPTION FOR ALL ON ALL TABLES IN SCHEMA s FROM r CASCADE",
    "SET search_path TO a, 'b c', \"D\"",
    "SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE",
    "COMMENT ON OPERATOR s.@@ (NONE, int) IS NULL",
    "COMMENT ON CONSTRAINT c ON DOMAIN s.d IS 'x'",
    "COMMENT ON AGGREGATE s.a(*) IS 'x'",
    "CREATE DOMAIN d AS text COLLATE \"C\" DEFAULT 'x' NOT NULL CONSTRAINT c CHECK (VALUE ~ '^a')",
    "CREATE FUNCTION f(a int, OUT b text, VARIADIC c int[] DEFAULT '{}') LANGUAGE c IMMUTABLE STRICT COST "
    "5 AS 'obj', 'sym'",
    "CREATE FUNCTION f() RETURNS TABLE (a int, b text) LANGUAGE sql SET search_path TO a, b SET x.y FROM "
    "CURRENT AS 'SELECT $$x$$'",
    "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OF a, b ON t FROM u DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW WHEN (new.a > 1) EXECUTE FUNCTION f('x', 1)",
  };
  for (const std::string& sql : statements) {
    INFO(sql);
    const ParsedStatement parsed = parse_statement(sql);
    CHECK(parsed.error == "");
    const std::string text = to_sql(parsed.node, Dialect::postgresql);
    INFO(text);
    const auto* opaque = std::get_if<ast::Opaque>(&parsed.node);
    CHECK(opaque == nullptr);
    CHECK(ast::equal(parsed.node, parse_statement(text).node));
    CHECK((fingerprint(sql) == fingerprint(text) || unordered_tree(sql) == unordered_tree(text)));
  }
}
