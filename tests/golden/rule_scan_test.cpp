// What a scan says of a statement holds until it is changed: behind each pass it says what a new one would
// say. A pass that changes a statement past PassContext is found here.
#include "rewrite/rule_scan.h"

#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "compiled.h"

namespace pg2crdb::test {

TEST_CASE("behind every pass a rule scan says what a new one says") {
  std::deque<rewrite::RuleProgram> programs;
  std::vector<const rewrite::RuleProgram*> all;
  for (const Pass* pass : all_passes()) {
    if (pass->rule_file == nullptr) continue;
    std::vector<const rewrite::RewriteRule*> rules;
    for (const rewrite::RewriteRule& rule : pass->rule_file->rules) rules.push_back(&rule);
    all.push_back(&programs.emplace_back(std::move(rules)));
  }
  rewrite::RuleScan kept(all);
  size_t checks = 0;
  const Pass check = {.name = "check-the-scan",
                      .category = "names",
                      .fidelity = Fidelity::exact,
                      .summary = {},
                      .rules = {},
                      .run = [&](PassContext& context) {
                        rewrite::RuleScan fresh(all);
                        for (const ast::Statement& statement : context.script.statements) {
                          INFO("statement in line " << statement.line);
                          for (const rewrite::RuleProgram* program : all) {
                            CHECK(kept.wants(*program, statement.id, context) ==
                                  fresh.wants(*program, statement.id, context));
                          }
                        }
                        ++checks;
                      }};
  PipelineOptions options;
  for (const Pass* pass : all_passes())
    options.placed.push_back({&check, {Placement::Side::after, std::string(pass->name)}});
  CHECK(compile(read_file(PG2CRDB_SOURCE_DIR "/tests/differential/everything.sql"), Target(), options)
            .error.empty());
  CHECK(checks == all_passes().size());
}

}  // namespace pg2crdb::test
