#include "order/graph.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bind/binder.h"
#include "parser/parser.h"

using namespace pg2crdb;

namespace {

/// A script with its names bound, each statement a node.
struct Bound {
  ast::Script script;
  order::EffectReader reader;
  order::Graph graph;

  explicit Bound(std::string_view sql) : script(bound(sql)), reader(script), graph(script, reader) {}

  bool is_before(size_t from, size_t to) const {
    const std::span<const order::Graph::Node> before = graph.before(to);
    return std::find(before.begin(), before.end(), from) != before.end();
  }
  bool conflict(size_t one, size_t other) const { return is_before(one, other) || is_before(other, one); }

 private:
  static ast::Script bound(std::string_view sql) {
    SourceFile file{0, "dump.sql"};
    Diagnostics diagnostics;
    const std::unique_ptr<ByteSource> source = memory_source(sql);
    Result<ParsedDump> dump = parse_dump(*source, file, diagnostics);
    REQUIRE(dump);
    bind::Binder binder(dump->script);
    for (ast::Statement& statement : dump->script.statements) binder.bind(statement);
    binder.finish();
    return std::move(dump->script);
  }
};

constexpr std::string_view table = "CREATE TABLE t (a int, b int);";
std::string behind_table(std::string_view sql) {
  return std::string(table) + std::string(sql);
}

}  // namespace

TEST_CASE("what creates an object comes before all that names it, wherever that stands") {
  const Bound later(behind_table("CREATE VIEW v AS SELECT a FROM t;"));
  CHECK(later.is_before(0, 1));
  const Bound body("CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';" +
                   std::string(table));
  CHECK(body.is_before(1, 0));
  CHECK_FALSE(body.is_before(0, 1));
}

TEST_CASE("overloads do not conflict, a DROP of the name does with each") {
  const Bound overloads(
      "CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT g()';"
      "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT f(1, 2)';"
      "CREATE FUNCTION f(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1';");
  CHECK_FALSE(overloads.conflict(0, 2));
  CHECK(overloads.is_before(1, 0));
  CHECK(overloads.is_before(2, 1));
  const Bound dropped(
      "DROP FUNCTION IF EXISTS f(int);"
      "CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1';");
  CHECK(dropped.is_before(0, 1));
}

TEST_CASE("equal words are not equal objects") {
  const Bound test(
      "CREATE SCHEMA s; CREATE TABLE s.t (v int); CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;"
      "CREATE VIEW w AS SELECT v FROM s.t;");
  CHECK(test.is_before(2, 3));
  CHECK_FALSE(test.conflict(1, 3));
  CHECK(test.is_before(1, 4));
  CHECK_FALSE(test.conflict(3, 4));  // a column called like the view
}

TEST_CASE("statements that write one aspect of an object keep the script's order, of different ones not") {
  const Bound grants(behind_table("GRANT SELECT ON t TO PUBLIC; REVOKE SELECT ON t FROM PUBLIC;"));
  CHECK(grants.is_before(1, 2));
  const Bound aspects(
      behind_table("COMMENT ON TABLE t IS 'x'; GRANT SELECT ON t TO PUBLIC;"
                   "CREATE INDEX i ON t (a); ALTER TABLE t OWNER TO CURRENT_USER;"));
  for (size_t one = 1; one < 5; ++one) {
    CHECK(aspects.is_before(0, one));
    for (size_t other = 1; other < one; ++other) CHECK_FALSE(aspects.conflict(one, other));
  }
}

TEST_CASE("defaults and constraints conflict column by column, name by name") {
  const Bound test(behind_table(
      "ALTER TABLE t ALTER a SET DEFAULT 1; ALTER TABLE t ALTER b SET DEFAULT 1;"
      "ALTER TABLE t ALTER a SET DEFAULT 2; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
      "ALTER TABLE t VALIDATE CONSTRAINT c;"));
  CHECK(test.is_before(1, 3));
  CHECK_FALSE(test.conflict(1, 2));
  CHECK(test.is_before(4, 5));
}

TEST_CASE("a foreign key comes behind the key that it needs") {
  const Bound test(
      "CREATE TABLE t (a int); CREATE TABLE u (a int);"
      "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);"
      "ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (a);");
  CHECK(test.is_before(2, 3));
}

TEST_CASE("a name is free after its DROP") {
  const Bound test("DROP TABLE IF EXISTS t; CREATE TABLE t (a int); DROP TABLE IF EXISTS u;");
  CHECK(test.is_before(0, 1));
  CHECK_FALSE(test.conflict(1, 2));
}

TEST_CASE("what a sequence's value is set to has its order") {
  const Bound test(
      "CREATE SEQUENCE s; SELECT setval('s', 5); SELECT setval('s', 7);"
      "CREATE TABLE t (a int DEFAULT nextval('s'));");
  CHECK(test.is_before(0, 1));
  CHECK(test.is_before(1, 2));
  CHECK(test.is_before(0, 3));
}

TEST_CASE("default privileges stand before what is made under them") {
  const Bound test(
      "CREATE TABLE t (a int); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; CREATE TABLE u (a "
      "int);");
  CHECK(test.is_before(0, 1));
  CHECK(test.is_before(1, 2));
}

TEST_CASE("a role comes before what is granted to it") {
  const Bound test("CREATE TABLE t (a int); GRANT SELECT ON t TO clerk; CREATE ROLE clerk;");
  CHECK(test.is_before(2, 1));
}

TEST_CASE("circles are sets of statements that are all before each other") {
  CHECK(Bound(behind_table("CREATE VIEW v AS SELECT a FROM t;")).graph.circles().empty());

  Bound test(
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT g()';"
      "CREATE TABLE alone (a int);"
      "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT h()';"
      "CREATE FUNCTION h() RETURNS int LANGUAGE sql AS 'SELECT f()';"
      "CREATE FUNCTION user_of_f() RETURNS int LANGUAGE sql AS 'SELECT f()';");
  CHECK(test.graph.circles() == std::vector<std::vector<size_t>>{{0, 2, 3}});
  test.graph.remove(3, 2);
  CHECK(test.graph.circles().empty());
}

TEST_CASE("two circles are two, and one that shares a statement with another is the same") {
  const Bound two(
      "CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT b()';"
      "CREATE FUNCTION b() RETURNS int LANGUAGE sql AS 'SELECT a()';"
      "CREATE FUNCTION c() RETURNS int LANGUAGE sql AS 'SELECT d() + a()';"
      "CREATE FUNCTION d() RETURNS int LANGUAGE sql AS 'SELECT c()';");
  std::vector<std::vector<size_t>> circles = two.graph.circles();
  std::sort(circles.begin(), circles.end());
  CHECK(circles == std::vector<std::vector<size_t>>{{0, 1}, {2, 3}});

  const Bound eight(
      "CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT b()';"
      "CREATE FUNCTION b() RETURNS int LANGUAGE sql AS 'SELECT a() + c()';"
      "CREATE FUNCTION c() RETURNS int LANGUAGE sql AS 'SELECT b()';");
  CHECK(eight.graph.circles() == std::vector<std::vector<size_t>>{{0, 1, 2}});
}

TEST_CASE("a long chain is no matter") {
  std::string sql = "CREATE VIEW v0 AS SELECT 1 AS a;";
  constexpr size_t length = 3000;
  for (size_t i = 1; i < length; ++i)
    sql += "CREATE VIEW v" + std::to_string(i) + " AS SELECT a FROM v" + std::to_string(i - 1) + ";";
  const Bound test(sql);
  CHECK(test.graph.circles().empty());
  CHECK(test.is_before(length - 2, length - 1));
}
