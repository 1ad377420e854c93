#pragma once
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <sstream>
#include <string>

#include "emit/sql.h"
#include "parser/parser.h"
#include "rewrite/rule_set.h"
#include "support/byte_source.h"

namespace pg2crdb::test {

/// The problem that a rule file has, as it is shown; empty where it can be read.
inline std::string problem_of(const std::string& text) {
  rewrite::ReadRules read = rewrite::read_rule_file("my.rule", text);
  const auto* problem = std::get_if<rewrite::RuleProblem>(&read);
  return problem == nullptr ? std::string() : problem->text();
}

/// A dump after rules alone: no pass has run.
struct Ruled {
  std::string sql;       ///< live statements, one a line
  std::string findings;  ///< "severity id column message", one a line
  std::string fates;     ///< of all statements, with a blank between
};

inline Ruled ruled(const std::string& rules, const std::string& dump, const Target& target = Target(),
                   const PassOptions& options = {}) {
  rewrite::ReadRules read = rewrite::read_rule_file("my.rule", rules);
  if (const auto* problem = std::get_if<rewrite::RuleProblem>(&read)) FAIL(problem->text());
  const auto file = std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(read));
  std::vector<const rewrite::RewriteRule*> all;
  for (const rewrite::RewriteRule& rule : file->rules) all.push_back(&rule);

  SourceFile source(0, "dump.sql");
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> bytes = memory_source(dump);
  Result<ParsedDump> parsed = parse_dump(*bytes, source, diagnostics);
  REQUIRE(parsed);
  ast::Script& script = parsed->script;
  ast::Catalog catalog(script);
  PassContext context("rules", script, catalog, target, options, diagnostics);
  rewrite::RuleProgram(std::move(all)).run(context);

  Ruled result;
  std::ostringstream findings;
  diagnostics.sort();
  for (const Diagnostic& one : diagnostics.all()) {
    findings << to_string(one.severity) << ' ' << one.rule->id << ' ' << source.locate(one.span.begin).column
             << ' ' << one.message << '\n';
  }
  result.findings = findings.str();
  for (const ast::Statement& statement : script.statements) {
    if (statement.live()) result.sql += to_sql(statement.node, Dialect::postgresql) + "\n";
    result.fates += (result.fates.empty() ? "" : " ") + std::string(ast::to_string(statement.fate));
  }
  return result;
}

}  // namespace pg2crdb::test
