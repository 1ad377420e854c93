// The examples of docs/rule-language.md and the files of examples/rules: each is read, and its tests run.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "compiled.h"
#include "rewrite/rule_set.h"
#include "rewrite/rule_table.h"
#include "rewrite/rule_test.h"

namespace pg2crdb::test {
namespace {

/// How many tests ran; fails on one that does not pass, and on a rule that has none.
size_t check_rules(const std::string& name, const std::string& text) {
  rewrite::ReadRules read = rewrite::read_rule_file(name, text);
  if (const auto* problem = std::get_if<rewrite::RuleProblem>(&read)) FAIL(problem->text());
  // By way of a table, so that those know all of the language.
  auto& written = *std::get<std::unique_ptr<rewrite::RuleFile>>(read);
  const std::string table = rewrite::to_table(written);
  const auto file = rewrite::from_table(name, table);
  size_t tests = 0;
  for (size_t i = 0; i < file->rules.size(); ++i) {
    rewrite::RewriteRule& rule = file->rules[i];
    rule.tests = std::move(written.rules[i].tests);
    INFO(rule.shown());
    CHECK_FALSE(rule.tests.empty());
    for (const rewrite::RuleTestResult& result : rewrite::run_tests(rule)) {
      INFO(result.problem);
      CHECK(result.passed);
      ++tests;
    }
  }
  return tests;
}

}  // namespace

TEST_CASE("every example of the rule language's page works as it says") {
  const std::string page = read_file(PG2CRDB_SOURCE_DIR "/docs/rule-language.md");
  const std::string fence = "\n```rule\n";
  size_t examples = 0;
  for (size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    const size_t begin = at + fence.size();
    at = page.find("\n```\n", begin);
    REQUIRE(at != std::string::npos);
    CHECK(check_rules("docs/rule-language.md, example " + std::to_string(++examples),
                      page.substr(begin, at + 1 - begin)) > 0);
  }
  CHECK(examples >= 6);
}

TEST_CASE("the example rules work alone and together") {
  std::vector<std::unique_ptr<rewrite::RuleFile>> files;
  for (const auto& entry : std::filesystem::directory_iterator(PG2CRDB_SOURCE_DIR "/examples/rules")) {
    if (entry.path().extension() != ".rule") continue;
    const std::string text = read_file(entry.path().string());
    CHECK(check_rules(entry.path().filename().string(), text) > 0);
    rewrite::ReadRules read = rewrite::read_rule_file(entry.path().string(), text);
    files.push_back(std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(read)));
  }
  CHECK(files.size() > 1);
  auto made = rewrite::RuleSet::make(std::move(files));
  const auto* problem = std::get_if<rewrite::RuleProblem>(&made);
  INFO((problem == nullptr ? std::string() : problem->text()));
  CHECK(problem == nullptr);
}

}  // namespace pg2crdb::test
