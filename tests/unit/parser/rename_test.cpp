#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "ast/describe.h"
#include "parser/parser.h"

using namespace pg2crdb;
using ast::Name;
using ast::ObjectKind;

namespace {

template <class T>
T parse_as(const std::string& sql) {
  const ParsedStatement parsed = parse_statement(sql);
  INFO(sql << ": " << parsed.error << ' ' << ast::statement_kind(parsed.node));
  REQUIRE(std::holds_alternative<T>(parsed.node));
  return std::get<T>(parsed.node);
}

struct Renamed {
  std::string sql;
  ObjectKind kind;
  Name name;
  std::string member;
  std::string words;  ///< of the command
};

}  // namespace

TEST_CASE("every kind of object can be renamed") {
  const std::vector<Renamed> cases = {
      {"ALTER TABLE s.a RENAME TO b", ObjectKind::table, {"s", "a"}, "", "ALTER TABLE RENAME"},
      {"ALTER VIEW a RENAME TO b", ObjectKind::view, {"", "a"}, "", "ALTER VIEW RENAME"},
      {"ALTER MATERIALIZED VIEW a RENAME TO b",
       ObjectKind::materialized_view,
       {"", "a"},
       "",
       "ALTER MATERIALIZED VIEW RENAME"},
      {"ALTER INDEX a RENAME TO b", ObjectKind::index, {"", "a"}, "", "ALTER INDEX RENAME"},
      {"ALTER SEQUENCE s.a RENAME TO b", ObjectKind::sequence, {"s", "a"}, "", "ALTER SEQUENCE RENAME"},
      {"ALTER FOREIGN TABLE a RENAME TO b",
       ObjectKind::foreign_table,
       {"", "a"},
       "",
       "ALTER FOREIGN TABLE RENAME"},
      {"ALTER TYPE s.a RENAME TO b", ObjectKind::type, {"s", "a"}, "", "ALTER TYPE RENAME"},
      {"ALTER DOMAIN a RENAME TO b", ObjectKind::domain, {"", "a"}, "", "ALTER DOMAIN RENAME"},
      {"ALTER SCHEMA a RENAME TO b", ObjectKind::schema, {"", "a"}, "", "ALTER SCHEMA RENAME"},
      {"ALTER DATABASE a RENAME TO b", ObjectKind::database, {"", "a"}, "", "ALTER DATABASE RENAME"},
      {"ALTER ROLE a RENAME TO b", ObjectKind::role, {"", "a"}, "", "ALTER ROLE RENAME"},
      {"ALTER USER a RENAME TO b", ObjectKind::role, {"", "a"}, "", "ALTER ROLE RENAME"},
      {"ALTER TABLESPACE a RENAME TO b", ObjectKind::tablespace, {"", "a"}, "", "ALTER TABLESPACE RENAME"},
      {"ALTER COLLATION s.a RENAME TO b", ObjectKind::collation, {"s", "a"}, "", "ALTER COLLATION RENAME"},
      {"ALTER CONVERSION a RENAME TO b", ObjectKind::conversion, {"", "a"}, "", "ALTER CONVERSION RENAME"},
      {"ALTER STATISTICS a RENAME TO b", ObjectKind::statistics, {"", "a"}, "", "ALTER STATISTICS RENAME"},
      {"ALTER LANGUAGE a RENAME TO b", ObjectKind::language, {"", "a"}, "", "ALTER LANGUAGE RENAME"},
      {"ALTER SERVER a RENAME TO b", ObjectKind::foreign_server, {"", "a"}, "", "ALTER SERVER RENAME"},
      {"ALTER FOREIGN DATA WRAPPER a RENAME TO b",
       ObjectKind::foreign_data_wrapper,
       {"", "a"},
       "",
       "ALTER FOREIGN DATA WRAPPER RENAME"},
      {"ALTER EVENT TRIGGER a RENAME TO b",
       ObjectKind::event_trigger,
       {"", "a"},
       "",
       "ALTER EVENT TRIGGER RENAME"},
      {"ALTER PUBLICATION a RENAME TO b", ObjectKind::publication, {"", "a"}, "", "ALTER PUBLICATION RENAME"},
      {"ALTER SUBSCRIPTION a RENAME TO b",
       ObjectKind::subscription,
       {"", "a"},
       "",
       "ALTER SUBSCRIPTION RENAME"},
      {"ALTER TEXT SEARCH CONFIGURATION s.a RENAME TO b",
       ObjectKind::text_search_configuration,
       {"s", "a"},
       "",
       "ALTER TEXT SEARCH CONFIGURATION RENAME"},
      {"ALTER TEXT SEARCH DICTIONARY a RENAME TO b",
       ObjectKind::text_search_dictionary,
       {"", "a"},
       "",
       "ALTER TEXT SEARCH DICTIONARY RENAME"},
      {"ALTER TEXT SEARCH PARSER a RENAME TO b",
       ObjectKind::text_search_parser,
       {"", "a"},
       "",
       "ALTER TEXT SEARCH PARSER RENAME"},
      {"ALTER TEXT SEARCH TEMPLATE a RENAME TO b",
       ObjectKind::text_search_template,
       {"", "a"},
       "",
       "ALTER TEXT SEARCH TEMPLATE RENAME"},
      {"ALTER TABLE s.a RENAME CONSTRAINT c TO b",
       ObjectKind::constraint,
       {"s", "a"},
       "c",
       "ALTER TABLE RENAME"},
      {"ALTER DOMAIN s.a RENAME CONSTRAINT c TO b",
       ObjectKind::domain_constraint,
       {"s", "a"},
       "c",
       "ALTER DOMAIN RENAME"},
      {"ALTER TRIGGER c ON s.a RENAME TO b", ObjectKind::trigger, {"s", "a"}, "c", "ALTER TRIGGER RENAME"},
      {"ALTER POLICY c ON a RENAME TO b", ObjectKind::policy, {"", "a"}, "c", "ALTER POLICY RENAME"},
      {"ALTER RULE c ON a RENAME TO b", ObjectKind::rule, {"", "a"}, "c", "ALTER RULE RENAME"},
  };
  for (const Renamed& wanted : cases) {
    const auto rename = parse_as<ast::Rename>(wanted.sql);
    INFO(wanted.sql);
    CHECK(rename.object.kind == wanted.kind);
    CHECK(rename.object.name == wanted.name);
    CHECK(rename.object.member == wanted.member);
    CHECK(rename.new_name == "b");
    CHECK_FALSE(rename.if_exists);
    CHECK(ast::statement_kind(rename) == wanted.words);
  }
  CHECK(parse_as<ast::Rename>("ALTER TABLE IF EXISTS ONLY a RENAME CONSTRAINT c TO b").if_exists);
}

TEST_CASE("a column is renamed by ALTER of what it belongs to") {
  const std::vector<std::tuple<std::string, ObjectKind, std::string>> cases = {
      {"ALTER TABLE s.a RENAME COLUMN c TO b", ObjectKind::table, "ALTER TABLE RENAME"},
      {"ALTER TABLE s.a RENAME c TO b", ObjectKind::table, "ALTER TABLE RENAME"},
      {"ALTER VIEW s.a RENAME COLUMN c TO b", ObjectKind::view, "ALTER VIEW RENAME"},
      {"ALTER MATERIALIZED VIEW s.a RENAME COLUMN c TO b", ObjectKind::materialized_view,
       "ALTER MATERIALIZED VIEW RENAME"},
      {"ALTER FOREIGN TABLE s.a RENAME COLUMN c TO b", ObjectKind::foreign_table,
       "ALTER FOREIGN TABLE RENAME"},
      {"ALTER TYPE s.a RENAME ATTRIBUTE c TO b CASCADE", ObjectKind::type, "ALTER TYPE RENAME"},
  };
  for (const auto& [sql, relation, words] : cases) {
    const auto rename = parse_as<ast::Rename>(sql);
    INFO(sql);
    CHECK(rename.object.kind == ObjectKind::column);
    CHECK(rename.object.name == Name{"s", "a"});
    CHECK(rename.object.member == "c");
    CHECK(rename.relation == relation);
    CHECK(rename.cascade == (relation == ObjectKind::type));
    CHECK(ast::statement_kind(rename) == words);
  }
}

TEST_CASE("a routine is renamed by its signature") {
  const auto function = parse_as<ast::Rename>("ALTER FUNCTION s.f(a integer, s.t[]) RENAME TO g");
  CHECK(function.object.kind == ObjectKind::function);
  CHECK(function.object.name == Name{"s", "f"});
  REQUIRE(function.object.arguments.size() == 2);
  CHECK(function.object.arguments[0].name == Name{"pg_catalog", "int4"});
  CHECK(function.object.arguments[1].name == Name{"s", "t"});
  CHECK(function.object.has_arguments);
  CHECK_FALSE(parse_as<ast::Rename>("ALTER PROCEDURE p RENAME TO g").object.has_arguments);
  CHECK(ast::statement_kind(parse_as<ast::Rename>("ALTER ROUTINE r() RENAME TO g")) ==
        "ALTER ROUTINE RENAME");
  CHECK(ast::statement_kind(parse_as<ast::Rename>("ALTER AGGREGATE a(text) RENAME TO g")) ==
        "ALTER AGGREGATE RENAME");
}

TEST_CASE("what a rename cannot hold is kept word for word") {
  for (const char* sql : {"ALTER OPERATOR CLASS c USING btree RENAME TO d",
                          "ALTER OPERATOR FAMILY c USING btree RENAME TO d"}) {
    INFO(sql);
    CHECK(parse_as<ast::Opaque>(sql).kind.ends_with(" RENAME"));
  }
}

TEST_CASE("SET SCHEMA") {
  const std::vector<Renamed> cases = {
      {"ALTER TABLE IF EXISTS s.a SET SCHEMA z", ObjectKind::table, {"s", "a"}, "", "ALTER TABLE SET SCHEMA"},
      {"ALTER VIEW a SET SCHEMA z", ObjectKind::view, {"", "a"}, "", "ALTER VIEW SET SCHEMA"},
      {"ALTER SEQUENCE a SET SCHEMA z", ObjectKind::sequence, {"", "a"}, "", "ALTER SEQUENCE SET SCHEMA"},
      {"ALTER TYPE s.a SET SCHEMA z", ObjectKind::type, {"s", "a"}, "", "ALTER TYPE SET SCHEMA"},
      {"ALTER DOMAIN a SET SCHEMA z", ObjectKind::domain, {"", "a"}, "", "ALTER DOMAIN SET SCHEMA"},
      {"ALTER EXTENSION a SET SCHEMA z", ObjectKind::extension, {"", "a"}, "", "ALTER EXTENSION SET SCHEMA"},
      {"ALTER COLLATION a SET SCHEMA z", ObjectKind::collation, {"", "a"}, "", "ALTER COLLATION SET SCHEMA"},
  };
  for (const Renamed& wanted : cases) {
    const auto set = parse_as<ast::SetSchema>(wanted.sql);
    INFO(wanted.sql);
    CHECK(set.object.kind == wanted.kind);
    CHECK(set.object.name == wanted.name);
    CHECK(set.schema == "z");
    CHECK(set.if_exists == (wanted.kind == ObjectKind::table));
    CHECK(ast::statement_kind(set) == wanted.words);
  }
  const auto function = parse_as<ast::SetSchema>("ALTER FUNCTION s.f(text) SET SCHEMA z");
  CHECK(function.object.name == Name{"s", "f"});
  CHECK(function.object.arguments.size() == 1);
  CHECK(parse_as<ast::Opaque>("ALTER OPERATOR CLASS c USING btree SET SCHEMA z").kind ==
        "ALTER OPERATOR CLASS SET SCHEMA");
}
