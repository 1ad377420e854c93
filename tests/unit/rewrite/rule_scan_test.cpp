#include "rewrite/rule_scan.h"

#include <catch2/catch_test_macros.hpp>

#include "parser/parser.h"
#include "rewrite/rule_set.h"
#include "support/byte_source.h"

using namespace pg2crdb;
using namespace pg2crdb::rewrite;

TEST_CASE("a scan names the statements that a program may find something in") {
  const auto read_rules = [](const char* text) {
    return std::get<std::unique_ptr<RuleFile>>(read_rule_file("my.rule", text));
  };
  const auto types = read_rules(
      "rule money-goes\n"
      "  match type money;\n"
      "  rewrite as numeric;\n");
  const auto clauses = read_rules(
      "rule storage-goes\n"
      "  match column $table.$column;\n"
      "  where .storage or .compression;\n"
      "  unset .storage;\n"
      "rule no-vacuum\n"
      "  match statement of kind 'VACUUM';\n"
      "  delete;\n");
  const RuleProgram of_types({&types->rules[0]});
  const RuleProgram of_clauses({&clauses->rules[0], &clauses->rules[1]});

  SourceFile file(0, "dump.sql");
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> source = memory_source(
      "CREATE TABLE a (id int);\n"
      "CREATE TABLE b (price money);\n"
      "CREATE TABLE c (note text STORAGE EXTERNAL);\n"
      "VACUUM;\n");
  Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics);
  REQUIRE(parsed);
  ast::Script& script = parsed->script;
  ast::Catalog catalog(script);
  const Target target;
  const PassOptions options;
  PassContext context("a-pass", script, catalog, target, options, diagnostics);
  RuleScan scan({&of_types, &of_clauses});
  const auto wanted = [&](const RuleProgram& program) {
    std::string ids;
    for (const ast::Statement& statement : script.statements) {
      if (scan.wants(program, statement.id, context)) ids += std::to_string(statement.id);
    }
    return ids;
  };
  CHECK(wanted(of_types) == "1");
  CHECK(wanted(of_clauses) == "23");

  SECTION("what is changed is looked at again") {
    std::get<ast::CreateTable>(script.statements[0].node).columns[0].type.name = {"pg_catalog", "money"};
    context.rewritten(script.statements[0]);
    context.drop(script.statements[3], "for a test");
    CHECK(wanted(of_types) == "01");
    CHECK(wanted(of_clauses) == "2");
  }
  SECTION("what is added is looked at") {
    context.add(script.statements[1].node, script.statements[1], ast::Phase::pre_data);
    CHECK(wanted(of_types) == "14");
  }
  SECTION("a program that it does not know always runs") {
    const RuleProgram other({&types->rules[0]});
    CHECK(wanted(other) == "0123");
  }
}
