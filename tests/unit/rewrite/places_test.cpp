#include <catch2/catch_test_macros.hpp>

#include "parser/parser.h"
#include "rewrite/rule_file.h"
#include "rewrite/rule_program.h"
#include "support/byte_source.h"

namespace pg2crdb::rewrite {
namespace {

/// What the rules say of the SQL, and the text that begins where each finding stands.
std::vector<std::pair<std::string, std::string>> findings(std::string rules, const std::string& sql) {
  ReadRules read = read_rule_file("test.rule", std::move(rules));
  const auto* problem = std::get_if<RuleProblem>(&read);
  INFO((problem == nullptr ? std::string() : problem->text()));
  REQUIRE(problem == nullptr);
  std::vector<const RewriteRule*> all;
  for (const RewriteRule& rule : std::get<std::unique_ptr<RuleFile>>(read)->rules) all.push_back(&rule);

  SourceFile file(0, "test");
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics);
  REQUIRE(parsed);
  const Target target;
  ast::Catalog catalog(parsed->script);
  const PassOptions options;
  PassContext context("test", parsed->script, catalog, target, options, diagnostics);
  RuleProgram(all).run(context);
  std::vector<std::pair<std::string, std::string>> result;
  for (const Diagnostic& diagnostic : diagnostics.all())
    result.emplace_back(diagnostic.message, sql.substr(diagnostic.span.begin, 5));
  return result;
}

using Findings = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a match without a pattern is every node of its kind") {
  CHECK(findings("rule c info match constraint on $table; say '${.kind} of $table';",
                 "CREATE TABLE t (a int PRIMARY KEY, b int, CONSTRAINT u UNIQUE (a, b));"
                 "CREATE DOMAIN d AS int CHECK (VALUE > 0);") ==
        Findings{{"primary_key of t", "PRIMA"}, {"unique of t", "CONST"}});
  CHECK(
      findings(
          "rule e info match index element on $table; where $field = 'elements'; say '${.column} of $table';",
          "CREATE INDEX i ON t (a, lower(b));") == Findings{{"a of t", "CREAT"}, {" of t", "lower"}});
  CHECK(findings("rule p info match privilege; say '${.name}';", "GRANT SELECT, INSERT ON TABLE t TO r;") ==
        Findings{{"SELECT", "GRANT"}, {"INSERT", "GRANT"}});
}

TEST_CASE("a statement is looked at in full after one whose only command was deleted") {
  CHECK(findings("rule c info match constraint on $table; where .kind = 'unique'; delete; say '${.name}';",
                 "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);"
                 "CREATE TABLE s (a int, b int, CHECK (a > 0), CONSTRAINT v UNIQUE (b));") ==
        Findings{{"u", "CONST"}, {"v", "CONST"}});
}

TEST_CASE("once: a finding is said once a statement") {
  const std::string sql = "GRANT SELECT, INSERT ON TABLE t TO r; GRANT UPDATE ON TABLE t TO r;";
  CHECK(findings("rule p info match privilege; say '${.name}' once;", sql) ==
        Findings{{"SELECT", "GRANT"}, {"UPDATE", "GRANT"}});
  CHECK(findings("rule p info match privilege; say '${.name}' about 'x' once;", sql).size() == 2);
}

TEST_CASE("an expression that is rewritten stays where it stood") {
  CHECK(findings("rule a match expression @ $x; rewrite as abs($x);"
                 "rule b info match expression abs($x); say 'abs';",
                 "CREATE TABLE t (n int, CONSTRAINT small CHECK ((@ n) < 10));") ==
        Findings{{"abs", "@ n) "}});
}

TEST_CASE("the parts of an expression are those of its pattern's kind") {
  CHECK(findings("rule a info match expression f($x); set .name to g; say 'f';", "SELECT f(1);").size() == 1);
}

}  // namespace
}  // namespace pg2crdb::rewrite
