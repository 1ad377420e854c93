#include "ast/catalog.h"

#include <catch2/catch_test_macros.hpp>

#include "parser/parser.h"
#include "rewrite/pass.h"

using namespace pg2crdb;

TEST_CASE("the catalog takes in what a pass changed before the next one asks") {
  const std::unique_ptr<ByteSource> source = memory_source(
      "CREATE TABLE a (id int PRIMARY KEY);\n"
      "CREATE TABLE b (a int);\n"
      "ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a) REFERENCES a (id);\n"
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
      "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';\n");
  SourceFile file(0, "dump.sql");
  Diagnostics diagnostics;
  Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics);
  REQUIRE(parsed);
  ast::Script& script = parsed->script;
  ast::Catalog catalog(script);
  const Target target;
  const PassOptions options;
  PassContext context("a-pass", script, catalog, target, options, diagnostics);
  REQUIRE(catalog.foreign_keys().size() == 1);
  REQUIRE(catalog.functions({{}, "f"}).size() == 2);

  SECTION("a key that is dropped with its statement") {
    context.drop(script.statements[2], "for a test");
    catalog.catch_up();
    CHECK(catalog.foreign_keys().empty());
  }
  SECTION("a table that is renamed, and one that is added") {
    std::get<ast::CreateTable>(script.statements[1].node).name.name = "c";
    context.rewritten(script.statements[1]);
    ast::CreateTable made;
    made.name.name = "d";
    context.add(std::move(made), script.statements[1], ast::Phase::pre_data);
    CHECK(catalog.table({{}, "b"}) != nullptr);
    catalog.catch_up();
    CHECK(catalog.table({{}, "b"}) == nullptr);
    CHECK(catalog.table({"public", "c"}) == &script.statements[1]);
    CHECK(catalog.table({{}, "d"}) != nullptr);
  }
  SECTION("an overload that goes leaves the other") {
    context.drop(script.statements[3], "for a test");
    catalog.catch_up();
    CHECK(catalog.functions({{}, "f"}) == std::vector{&script.statements[4]});
  }
  SECTION("an overload that comes back stands where it stood") {
    context.drop(script.statements[3], "for a test");
    catalog.catch_up();
    context.needs_person(script.statements[3], "for a test");
    catalog.catch_up();
    CHECK(catalog.functions({{}, "f"}) == std::vector{&script.statements[3], &script.statements[4]});
  }
  SECTION("of two tables of one name the second counts once the first is gone") {
    ast::CreateTable again;
    again.name.name = "a";
    const ast::Statement& second = context.add(std::move(again), script.statements[0], ast::Phase::pre_data);
    catalog.catch_up();
    CHECK(catalog.table({{}, "a"}) == &script.statements[0]);
    context.drop(script.statements[0], "for a test");
    catalog.catch_up();
    CHECK(catalog.table({{}, "a"}) == &second);
    CHECK(catalog.is_user_type({{}, "a"}));
    context.drop(script.statements.back(), "for a test");
    catalog.catch_up();
    CHECK(catalog.table({{}, "a"}) == nullptr);
    CHECK(!catalog.is_user_type({{}, "a"}));
  }
  SECTION("a key that other columns get") {
    auto& table = std::get<ast::CreateTable>(script.statements[0].node);
    REQUIRE(catalog.primary_key(table.name) == std::vector<std::string>{"id"});
    table.columns[0].name = "number";
    context.rewritten(script.statements[0]);
    catalog.catch_up();
    CHECK(catalog.primary_key(table.name) == std::vector<std::string>{"number"});
  }
  SECTION("what needs a person is still there") {
    context.needs_person(script.statements[0], "for a test");
    catalog.catch_up();
    CHECK(catalog.table({{}, "a"}) == &script.statements[0]);
  }
}
