#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "parser/parser.h"
#include "rewrite/rule_file.h"
#include "rewrite/rule_program.h"
#include "support/byte_source.h"

using namespace pg2crdb;
using namespace pg2crdb::rewrite;

namespace {

std::unique_ptr<RuleFile> read(std::string text) {
  ReadRules read = read_rule_file("test.rule", std::move(text));
  const auto* problem = std::get_if<RuleProblem>(&read);
  INFO((problem == nullptr ? std::string() : problem->text()));
  REQUIRE(problem == nullptr);
  return std::move(std::get<std::unique_ptr<RuleFile>>(read));
}

struct Outcome {
  ast::Script script;
  std::vector<std::string> messages;
};

/// The rules on a dump whose last statement counts as added by a pass.
Outcome run(const RuleFile& rules, const std::string& sql, bool last_is_added = false) {
  SourceFile file(0, "dump.sql");
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  Outcome outcome{std::move(parse_dump(*source, file, diagnostics)->script), {}};
  if (last_is_added) outcome.script.statements.back().fate = ast::Fate::added;
  ast::Catalog catalog(outcome.script);
  const Target target;
  const PassOptions options;
  PassContext context("test", outcome.script, catalog, target, options, diagnostics);
  std::vector<const RewriteRule*> all;
  for (const RewriteRule& rule : rules.rules) all.push_back(&rule);
  RuleProgram(all).run(context);
  diagnostics.sort();
  for (const Diagnostic& diagnostic : diagnostics.all()) outcome.messages.push_back(diagnostic.message);
  return outcome;
}

}  // namespace

TEST_CASE("$reason is what the action says behind because") {
  const auto rules = read(
      "rule no-vacuum info\n"
      "  match statement of kind 'VACUUM';\n"
      "  delete because 'there is no $kind';\n"
      "  say '`$kind` goes: $reason';\n");
  const Outcome outcome = run(*rules, "VACUUM;");
  CHECK(outcome.script.statements[0].reason == "there is no VACUUM");
  CHECK(outcome.messages == std::vector<std::string>{"`VACUUM` goes: there is no VACUUM"});
}

TEST_CASE("$reason without a reason is a problem, unless a pattern binds the name") {
  const ReadRules without = read_rule_file(
      "test.rule", "rule r info\n  match statement of kind 'VACUUM';\n  delete;\n  say '$reason';\n");
  REQUIRE(std::holds_alternative<RuleProblem>(without));
  CHECK(std::get<RuleProblem>(without).line == 4);

  const auto bound = read("rule r info\n  match statement CREATE SCHEMA $reason;\n  say 'it is $reason';\n");
  CHECK(run(*bound, "CREATE SCHEMA s;").messages == std::vector<std::string>{"it is s"});
}

TEST_CASE("what a pass added word for word is not matched by its kind") {
  const auto rules = read("rule r\n  match statement of kind 'ALTER * SET (options)';\n  delete;\n");
  const std::string sql = "ALTER TABLE t SET (fillfactor = 70);\nALTER TABLE t SET (fillfactor = 80);\n";
  CHECK_FALSE(run(*rules, sql).script.statements[1].live());
  const Outcome outcome = run(*rules, sql, true);
  CHECK_FALSE(outcome.script.statements[0].live());
  CHECK(outcome.script.statements[1].live());
}

TEST_CASE("a problem of syntax is told at its place, though the file is parsed twice") {
  const ReadRules read = read_rule_file(
      "test.rule", "rule r info\n  match statement of kind 'VACUUM';\n  delete because because;\n");
  REQUIRE(std::holds_alternative<RuleProblem>(read));
  const auto& problem = std::get<RuleProblem>(read);
  CHECK(problem.line == 3);
  CHECK(problem.column == 18);
  CHECK(problem.message == "`because` cannot stand here");
}
