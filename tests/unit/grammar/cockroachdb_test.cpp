#include "grammar/cockroachdb.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using namespace pg2crdb;

namespace {

CockroachGrammar& newest() {
  static CockroachGrammar grammar{Target()};
  return grammar;
}

Target release(std::string_view version) {
  return Target(parse_version(version).value());
}

SyntaxProblem refused(CockroachGrammar& grammar, std::string_view sql) {
  CAPTURE(sql);
  const auto problem = grammar.check(sql);
  REQUIRE(problem);
  return *problem;
}

void check_accepted(const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) {
    const auto problem = newest().check(sql);
    INFO(sql);
    INFO((problem ? problem->message : ""));
    CHECK_FALSE(problem);
  }
}

void check_refused(const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) {
    INFO(sql);
    CHECK(newest().check(sql));
  }
}

}  // namespace

TEST_CASE("what CockroachDB has and PostgreSQL has not is accepted") {
  check_accepted({
      "CREATE TABLE t (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), a INT8 NOT VISIBLE, b STRING ON UPDATE "
      "now(), "
      "c INT8 AS (a + 1) VIRTUAL, INDEX i (a DESC) STORING (b) WHERE a > 1, UNIQUE INDEX (b), INVERTED INDEX "
      "(d), "
      "FAMILY f (id, a), FAMILY (b))",
      "CREATE TABLE t (id INT8 PRIMARY KEY USING HASH, ts TIMESTAMPTZ, INDEX (ts) USING HASH WITH "
      "(bucket_count = 8))",
      "CREATE TABLE t (a INT8) WITH (ttl_expire_after = '1 day', ttl_job_cron = '@daily', schema_locked = "
      "true)",
      "CREATE TABLE t (a INT8) LOCALITY REGIONAL BY ROW AS region",
      "CREATE TABLE t (a INT8, b INT8 UNIQUE WITHOUT INDEX, UNIQUE WITHOUT INDEX (a), CONSTRAINT u UNIQUE "
      "WITHOUT INDEX (a, b))",
      "CREATE TABLE t (a INT8, PRIMARY KEY (a)) PARTITION BY LIST (a) (PARTITION p VALUES IN (1, 2), "
      "PARTITION DEFAULT "
      "VALUES IN (default))",
      "CREATE TABLE t (a, b PRIMARY KEY, FAMILY (a)) AS SELECT 1, 2",
      "ALTER TABLE t CONFIGURE ZONE USING num_replicas = 5, gc.ttlseconds = COPY FROM PARENT",
      "ALTER TABLE t ALTER PRIMARY KEY USING COLUMNS (a, b) USING HASH",
      "ALTER TABLE t SPLIT AT VALUES (1), (2) WITH EXPIRATION '1h'",
      "ALTER TABLE t SET LOCALITY GLOBAL",
      "ALTER INDEX t@i NOT VISIBLE",
      "ALTER DATABASE d ADD REGION \"us-east1\"",
      "ALTER DATABASE d SURVIVE REGION FAILURE",
      "UPSERT INTO t (a) VALUES (1) RETURNING a",
      "IMPORT INTO t (a, b) CSV DATA ('nodelocal://1/a.csv') WITH skip = '1', detached",
      "SELECT a FROM t@{FORCE_INDEX=i} AS OF SYSTEM TIME '-10s' WHERE NOT visible LIMIT 1",
      "SELECT * FROM [SHOW TABLES] WHERE schema_name = 'public'",
      "CREATE INDEX ON t USING gin (a gin_trgm_ops)",
      "CREATE VECTOR INDEX ON t (v vector_cosine_ops)",
      "COMMENT ON INDEX t@i IS 'x';",
      "GRANT SYSTEM VIEWACTIVITY TO r",
      "ALTER TABLE t DISABLE TRIGGER ALL",
      "",
      ";",
  });
}

TEST_CASE("expressions are accepted as pg_dump and people write them") {
  check_accepted({
      "SELECT a::INT8[], a:::STRING, (a).b, (a).*, a[1][2], ARRAY[[1, 2], [3]], ARRAY[]::TEXT[], ROW(1, 2), "
      "((1, 2) AS x, y), ()",
      "SELECT NOT a = b AND c OR NOT (d), a NOT BETWEEN SYMMETRIC b AND c AND d, (a IS NOT DISTINCT FROM b) "
      "IS NULL",
      "SELECT a = ANY (ARRAY[1]), a <> ALL (SELECT 1), a LIKE ANY (ARRAY['x']), a NOT ILIKE b ESCAPE '!', a "
      "IN (1, 2)",
      "SELECT a LIKE b || c ESCAPE d, a NOT LIKE b || '%' ESCAPE c || d AND e, a SIMILAR TO b || c ESCAPE '' "
      "|| d, a[1:2], a[:], a[1:], a NOT LIKE NOT b ESCAPE c",
      "SELECT count(*) FILTER (WHERE a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT "
      "ROW)",
      "SELECT EXTRACT(year FROM a), POSITION(a IN b), SUBSTRING(a FROM 1 FOR 2), TRIM(BOTH 'x' FROM a), "
      "OVERLAY(a PLACING b FROM 1)",
      "SELECT DATE '2020-01-01', TIMESTAMP WITH TIME ZONE '2020-01-01', INTERVAL '1' DAY, e'\\n', b'\\x00', "
      "x'00', B'01', $1, $tag$ $x$ $tag$",
      "SELECT a AT TIME ZONE 'UTC', a COLLATE \"en-x-icu\", a OPERATOR(pg_catalog.=) b, CAST(a AS DECIMAL(5, "
      "2))",
      "SELECT CASE a WHEN 1 THEN 2 ELSE 3 END, COALESCE(a, b), IF(a, b, c), \"left\"(a, 1), left(a, 1)",
      "SELECT ((SELECT 1) UNION SELECT 2), EXISTS (SELECT 1), (((a)))",
      "SELECT * FROM a JOIN b USING (x) LEFT JOIN (c CROSS JOIN d) ON true, LATERAL (SELECT 1) AS l, f(1) "
      "WITH ORDINALITY AS g (x, n)",
      "WITH RECURSIVE a AS MATERIALIZED (SELECT 1 UNION ALL SELECT x FROM a) (TABLE a) ORDER BY 1 FETCH "
      "FIRST 2 ROWS ONLY",
      "SELECT 'a'\n  'b' /* one /* two */ */ -- three",
  });
}

TEST_CASE("PostgreSQL's forms that CockroachDB does not parse are refused") {
  check_refused({
      "CREATE TABLE t (a money)",
      "CREATE TABLE t (a \"xml\")",
      "CREATE TABLE t (a int[][])",
      "CREATE TABLE t (a) ",
      "SELECT $1.a",
      "SELECT f(a).b",
      "SELECT (a).b.c",
      "SELECT a[1].b",
      "NOTIFY a",
      "CREATE TABLE t (a numeric(5,-2))",
      "CREATE TABLE t (a text COLLATE \"C\")",
      "CREATE TABLE t (index numeric(20,0))",
      "CREATE TABLE t (family text)",
      "CREATE TABLE t (a int, UNIQUE (a) DEFERRABLE)",
      "CREATE TABLE t (a int) INHERITS (u)",
      "CREATE TABLE t PARTITION OF u DEFAULT",
      "CREATE INDEX i ON t USING brin (a)",
      "CREATE INDEX i ON t (a ASC NULLS LAST)",
      "CREATE INDEX i ON t (a public.gin_trgm_ops)",
      "CREATE INDEX i ON ONLY t (a)",
      "CREATE EXTENSION x WITH SCHEMA public",
      "COMMENT ON VIEW v IS 'x'",
      "GRANT REFERENCES ON TABLE t TO r",
      "GRANT SELECT (a) ON t TO r",
      "REVOKE SELECT ON t FROM r CASCADE",
      "CREATE ROLE r SUPERUSER",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql COST 5 AS 'x'",
      "ALTER TABLE t CLUSTER ON i",
      "ALTER TABLE t ALTER COLUMN a SET STATISTICS 5",
      "CREATE DOMAIN d AS text",
      "SELECT string_agg(DISTINCT a, ',' ORDER BY a)",
      "SELECT a OPERATOR(public.=) b",
      "SELECT f(a => 1)",
      "SELECT a < b < c",
      "SELECT a IS DISTINCT FROM b IS NULL",
      "SELECT a LIKE b LIKE c",
      "SELECT a LIKE ANY (ARRAY[b]) ESCAPE c",
      "SELECT a ESCAPE b",
      "SELECT a + ANY (b)",
      "SELECT (1, 2, 3) OVERLAPS (4, 5)",
      "SELECT (SELECT 1).a",
      "SELECT (1 AS a)",
      "SELECT ((a) UNION SELECT 1)",
      "SELECT ARRAY (1)",
      "SELECT OPERATOR(*) 1",
      "SELECT a OPERATOR(|/) b",
      "SELECT a.b.c.d.e",
      "CREATE TABLE t (a INT8 DEFAULT 1 DEFAULT 2)",
      "CREATE TABLE t (a INT8 NULL NOT NULL)",
      "CREATE TABLE t (a INT8 COLLATE en)",
      "CREATE TABLE t (a VECTOR(3)[])",
      "CREATE TABLE t (a INT8 DEFAULT b -> c)",
      "CREATE SEQUENCE s AS TEXT",
      "CREATE TRIGGER g BEFORE INSERT OR INSERT ON t EXECUTE FUNCTION f()",
      "CREATE FUNCTION f(OUT a INT8) RETURNS TABLE (b INT8) LANGUAGE SQL AS 'x'",
      "CREATE INDEX ON t (a) VISIBILITY 1.5",
      "GRANT nothing_known ON t TO r",
      "BEGIN READ ONLY READ WRITE",
      "EXPLAIN (NOTHING) SELECT 1",
      "SELECT a FROM t GROUP BY ROLLUP (a)",
      "SELECT 1 2",
      "VACUUM",
      "SELECT 1; SELECT 2",
  });
  CHECK_FALSE(newest().check("SELECT FROM t"));
}

TEST_CASE("words that are not reserved are names, reserved ones are not") {
  const std::vector<std::string> names = {
      "name",   "type", "value", "key",    "index",   "view", "work", "if",     "timestamp", "date",
      "rollup", "at",   "set",   "double", "visible", "year", "over", "values", "money"};
  for (const std::string& word : names) {
    INFO(word);
    CHECK_FALSE(newest().check("CREATE TABLE " + word + " (" + word + " INT8, CHECK (t." + word + " > 0))"));
    CHECK_FALSE(newest().check("SELECT " + word + " AS " + word + " FROM " + word + " AS " + word));
  }
  for (const std::string word : {"user", "order", "placing", "nothing_at_all where", "select", "variadic"}) {
    INFO(word);
    CHECK(newest().check("CREATE TABLE t (" + word + " INT8)"));
  }
  CHECK_FALSE(newest().check("SELECT 1 AS select, t.order FROM t"));
}

TEST_CASE("each keyword names what CockroachDB lets it name") {
  std::ifstream in(PG2CRDB_SOURCE_DIR "/grammar/keywords.def");
  const std::regex row(R"re(KEYWORD\((\w+), (\w+), (\w+), \d+, \d+\))re");
  size_t count = 0;
  for (std::string line; std::getline(in, line);) {
    std::smatch parts;
    if (!std::regex_match(line, parts, row)) continue;
    ++count;
    const std::string word = parts[1], kind = parts[2];
    CAPTURE(word, kind);
    const auto accepted = [](const std::string& sql) { return !newest().check(sql); };
    const bool free = kind == "unreserved" || kind == "no_keyword";
    CHECK(accepted("CREATE TABLE " + word + " (" + word + " INT8, PRIMARY KEY (" + word + "))") ==
          (free || kind == "column"));
    CHECK(accepted("SELECT t." + word + ", 1 AS " + word));
    const bool operation = word == "ISNULL" || word == "NOTNULL";
    CHECK(accepted("SELECT 1 " + word) == (parts[3] == "bare_label" || operation));
    CHECK(accepted("SELECT a::" + word + ".b") == (free || (kind == "type_function" && word != "FAMILY")));
  }
  CHECK(count > 600);
}

TEST_CASE("a word that came with a release is a name before it") {
  CockroachGrammar before(release("24.1")), since(release("24.2"));
  CHECK_FALSE(before.check("SELECT vector(1)"));
  CHECK(since.check("SELECT vector(1)"));
  CHECK_FALSE(since.check("SELECT vector FROM t"));
}

TEST_CASE("a problem has the place, the words and what could stand there") {
  SyntaxProblem problem = refused(newest(), "CREATE TABLE t (a INT8 FOO, b INT8)");
  CHECK(problem.offset == 23);
  CHECK(problem.length == 3);
  CHECK(problem.message.starts_with("`FOO` "));

  problem = refused(newest(), "SELECT a < b < c");
  CHECK(problem.offset == 13);
  CHECK(problem.message == "`<` needs parentheses beside an operator that binds as tightly");

  problem = refused(newest(), "GRANT SELECT, FOO ON t TO r");
  CHECK(problem.offset == 14);
  CHECK(problem.message == "`FOO` is no privilege");

  problem = refused(newest(), "ALTER TABLE t VALIDATE c");
  CHECK(problem.message == "`c` stands where `CONSTRAINT` is expected");
  CHECK(problem.expected == std::vector<std::string>{"CONSTRAINT"});

  problem = refused(newest(), "CREATE TABLE t (a INT8,\n  b VARCHAR(x))");
  CHECK(problem.offset == 36);
  CHECK(problem.message == "`x` stands where a number is expected");

  problem = refused(newest(), "CREATE INDEX i ON t (a)\n  WHERE");
  CHECK(problem.offset == 31);
  CHECK(problem.length == 0);
  CHECK(problem.message == "the statement ends where an expression is expected");
}

TEST_CASE("a form of PostgreSQL is answered with what CockroachDB has instead") {
  const std::vector<std::pair<std::string, Capability>> forms = {
      {"CREATE EXTENSION pgcrypto WITH SCHEMA public", Capability::create_extension_with_schema},
      {"CREATE TABLE t (a int) INHERITS (u)", Capability::inherits},
      {"CREATE TABLE t PARTITION OF u DEFAULT", Capability::declarative_partitioning},
      {"CREATE TABLE t (a int) PARTITION BY RANGE (a)", Capability::declarative_partitioning},
      {"ALTER TABLE ONLY t ATTACH PARTITION p DEFAULT", Capability::declarative_partitioning},
      {"ALTER TABLE t ADD CONSTRAINT u UNIQUE (a) DEFERRABLE INITIALLY DEFERRED",
       Capability::deferrable_constraints},
      {"CREATE TABLE t (a money)", Capability::money_type},
      {"CREATE TABLE t (a int, b \"xml\" NOT NULL)", Capability::xml_type},
      {"CREATE INDEX i ON t USING brin (a)", Capability::index_method_brin},
      {"CREATE INDEX i ON t (b DESC NULLS FIRST)", Capability::index_nulls_last_ascending},
      {"CREATE INDEX i ON ONLY t (b)", Capability::index_only},
      {"COMMENT ON FUNCTION f() IS 'x'", Capability::comment_on_function},
      {"CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql PARALLEL SAFE AS 'x'",
       Capability::function_parallel},
      {"GRANT REFERENCES ON t TO r", Capability::references_privilege},
      {"ALTER TABLE t REPLICA IDENTITY FULL", Capability::replica_identity},
      {"INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)", Capability::overriding_system_value},
      {"CREATE TABLE t (a text COLLATE \"C\")", Capability::libc_collations},
  };
  for (const auto& [sql, capability] : forms) {
    const SyntaxProblem problem = refused(newest(), sql);
    INFO(sql);
    INFO(problem.hint);
    CHECK(problem.hint.find(info(capability).sentence) != std::string::npos);
  }
  CHECK(refused(newest(), "SELECT 1 2").hint.empty());
  CHECK(refused(newest(), "CREATE TABL t (a INT8)").hint == "Did you mean TABLE?");
  CHECK(refused(newest(), "CREATE TABLE t (a INT8 NOT NUL)").hint == "Did you mean NULL?");
}

TEST_CASE("what a release does not have yet is refused for it, by name and number") {
  struct Gate {
    std::string sql, before, since;
  };
  const std::vector<Gate> gates = {
      {"ALTER TABLE t ENABLE ROW LEVEL SECURITY", "25.1", "25.2"},
      {"ALTER TABLE t DISABLE TRIGGER ALL", "26.1", "26.2"},
      {"CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", "24.2", "24.3"},
      {"CREATE TABLE t (v VECTOR(3))", "24.1", "24.2"},
      {"CREATE VIEW v WITH (security_invoker = true) AS SELECT 1", "26.1", "26.2"},
      {"CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", "23.1", "23.2"},
      {"COMMENT ON TYPE t IS 'x'", "24.1", "24.2"},
      {"GRANT MAINTAIN ON t TO r", "26.1", "26.2"},
      {"CREATE ROLE r BYPASSRLS", "25.1", "25.2"},
  };
  for (const Gate& gate : gates) {
    CockroachGrammar before(release(gate.before)), since(release(gate.since));
    INFO(gate.sql);
    CHECK_FALSE(since.check(gate.sql));
    const SyntaxProblem problem = refused(before, gate.sql);
    CHECK(problem.message.find("is not in this release of CockroachDB") != std::string::npos);
    CHECK(problem.hint.starts_with("Since CockroachDB " + gate.since + ": "));
  }
}

TEST_CASE("any bytes are an answer") {
  const std::string zero("SELECT \0 1", 10);
  CHECK(refused(newest(), zero).offset == 7);
  CHECK(refused(newest(), "SELECT '\xff'").message == "bytes that are not UTF-8");
  CHECK(refused(newest(), "SELECT 'caf\xc3").offset == 11);
  CHECK(refused(newest(), "SELECT 'a").message == "a string that does not end");
  CHECK(refused(newest(), "SELECT /* /* */ 1").message == "a comment that does not end");
  CHECK(refused(newest(), "SELECT $x$ a $y$").message == "a string that does not end");
  CHECK(refused(newest(), "SELECT \"").message == "a name in double quotes that does not end");
  CHECK(refused(newest(), "SELECT \"\"").message == "a name without a character");
  CHECK(newest().check("\\"));
  CHECK(newest().check("SELECT `a`"));
  CHECK_FALSE(newest().check("SELECT 'caf\xc3\xa9' AS \"\xe2\x82\xac\", \xc3\xa9 FROM t"));
}

TEST_CASE("deep nesting is refused in words") {
  const auto nested = [](size_t depth) {
    return "SELECT " + std::string(depth, '(') + "1" + std::string(depth, ')');
  };
  CHECK_FALSE(newest().check(nested(200)));
  CHECK_FALSE(newest().check(nested(4000)));
  std::string queries = "SELECT 1", conditions = "1";
  for (size_t i = 0; i < 4000; ++i) {
    queries = "SELECT (" + queries + ")";
    conditions = "CASE WHEN a THEN " + conditions + " END";
  }
  CHECK_FALSE(newest().check(queries));
  CHECK_FALSE(newest().check("SELECT " + conditions));
  CHECK_FALSE(refused(newest(), nested(4000) + ")").too_deep);
  CHECK(refused(newest(), nested(100000)).too_deep);
  std::string cases = "SELECT ", joins = "SELECT 1 FROM t", prefixes = "SELECT ";
  for (size_t i = 0; i < 50000; ++i) {
    cases += "CASE WHEN a THEN ";
    joins += " JOIN t";
    prefixes += "NOT - ";
  }
  CHECK(newest().check(cases));
  CHECK(newest().check(joins));
  CHECK(newest().check(prefixes));
  CHECK_FALSE(newest().check("SELECT 1" + std::string(50000, ' ') + prefixes.substr(7, 0)));
}

TEST_CASE("a statement of millions of tokens is read") {
  std::string rows = "INSERT INTO t VALUES (1)";
  while (rows.size() < 2'000'000) rows += ", (1)";
  CHECK_FALSE(newest().check(rows));
  CHECK(refused(newest(), rows + ", (1").offset == rows.size() + 4);
}

TEST_CASE("many statements are answered in their order") {
  std::vector<std::string> texts;
  for (size_t i = 0; i < 20000; ++i) {
    texts.push_back(i % 7 == 3 ? "ALTER TABLE t" + std::to_string(i) + " CLUSTER ON i"
                               : "CREATE TABLE t" + std::to_string(i) + " (a INT8, b STRING NOT NULL)");
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto problems = newest().check_all(views);
  REQUIRE(problems.size() == texts.size());
  for (size_t i = 0; i < texts.size(); ++i) CHECK(problems[i].has_value() == (i % 7 == 3));
  CHECK(newest().check_all({}).empty());
}
