#include "ruled.h"

namespace pg2crdb::test {
namespace {

TEST_CASE("a rule file's problems point into it") {
  struct Wrong {
    const char* what;
    const char* text;
    const char* problem;
  };
  const Wrong wrong[] = {
      {"a misspelt word", "rule a\n  mach type money;\n  delete;\n",
       "my.rule:2:3: error: `mach` cannot stand here\n  2 |   mach type money;\n    |   ^~~~\n"
       "  help: did you mean `match`? Expected: "},
      {"a word behind a pass that is none",
       "pass 'x' in keys, exact, phase-only;\nrule a\n  match type money;\n  delete;\n",
       "my.rule:1:26: error: all that may follow is `phases-only`\n"},
      {"SQL that is none", "rule a\n  match column $t.$c intteger(;\n  delete;\n",
       "my.rule:2:31: error: this is not a column's definition that PostgreSQL would parse: syntax error at "
       "or near"},
      {"a statement that the tree has no form for",
       "rule a\n  match statement CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING;\n  delete;\n",
       "my.rule:2:19: error: the tree keeps `CREATE RULE` word for word, so it has no parts to match\n"},
      {"a variable that nothing binds",
       "rule a info\n  match column $table.$column money;\n  say '$colunm is money';\n",
       "my.rule:3:7: error: no `match` of this rule binds `$colunm`\n  3 |   say '$colunm is money';\n"
       "    |       ^~~~~~~~~~~~~~~~~~\n  help: did you mean `column`?\n"},
      {"a part that is not there", "rule a\n  match column $table.$column;\n  unset .defalt_value;\n",
       "my.rule:3:3: error: what is matched has no part `.defalt_value`\n  3 |   unset .defalt_value;\n"
       "    |   ^~~~~~~~~~~~~~~~~~~~\n  help: did you mean `default_value`?\n"},
      {"a part that cannot be empty", "rule a\n  match expression $x::money;\n  unset .argument;\n",
       "my.rule:3:3: error: `.argument` cannot be left empty\n"},
      {"a capability that does not exist",
       "rule a\n  match type money;\n  when crdb lacks money-typ;\n  delete;\n",
       "my.rule:3:19: error: there is no capability `money-typ`\n  3 |   when crdb lacks money-typ;\n"
       "    |                   ^~~~~~~~~\n  help: did you mean `money-type`?\n"},
      {"a release that can never be",
       "rule a\n  match type money;\n  when crdb >= 25.1 and crdb < 24.1;\n  delete;\n",
       "my.rule:3:3: error: the rule `a` can never match: no known release of CockroachDB is like this\n"},
      {"a property that does not exist",
       "rule a info\n  match statement CREATE TABLE $t ();\n  where $t is tabel;\n  say 'x';\n",
       "my.rule:3:15: error: nothing is `tabel`\n  3 |   where $t is tabel;\n    |               ^~~~~\n  "
       "help: did you mean `table`?\n"},
      {"a regular expression that is none",
       "rule a info\n  match column $t.$c;\n  where $c ~ '(';\n  say 'x';\n",
       "my.rule:3:14: error: this is no regular expression: "},
      {"a rule that does nothing", "rule a\n  match type money;\n",
       "my.rule:1:6: error: the rule `a` does nothing: it neither rewrites nor reports\n"},
      {"a rule that writes what it matches", "rule a\n  match expression f($x);\n  rewrite as f($x);\n",
       "my.rule:3:3: error: the rule `a` would never end: what it writes is what it matches\n"},
      {"a severity without words", "rule a error\n  match type money;\n  delete;\n",
       "my.rule:1:8: error: the rule `a` reports and has nothing to say\n"},
      {"the same rule twice",
       "rule a\n  match type money;\n  delete;\nrule a\n  match type xml;\n  delete;\n",
       "my.rule:4:6: error: the rule `a` is declared twice: first in line 1\n"},
      {"a brace too many", "rule a\n  match type money;\n  delete;\n  test { a } } unchanged;\n",
       "my.rule:4:14: error: `}` cannot stand here\n"},
      {"an open brace", "rule a\n  match type money;\n  delete;\n  test { a { b } unchanged;\n",
       "my.rule:5:1: error: the file ends in the middle of a rule\n"},
      {"no rule at all", "-- nothing\n", "my.rule:1:1: error: there is no rule in this file\n"},
      {"a file that ends in the middle", "rule a\n  match type money;\n  delete",
       "my.rule:3:9: error: the file ends in the middle of a rule\n"},
      {"a zero byte", "rule a\n  match type money;\n  delete;\n\x01",
       "my.rule:4:1: error: `\x01` cannot stand here\n"},
      {"bytes that are no UTF-8", "rule a\n  match type m\xffoney;\n",
       "my.rule:2:15: error: this is not valid UTF-8\n"},
  };
  for (const Wrong& one : wrong) {
    INFO(one.what);
    const std::string problem = problem_of(one.text);
    INFO(problem);
    CHECK(problem.starts_with(one.problem));
  }
}

TEST_CASE("nesting in a rule file is bounded") {
  CHECK(problem_of("rule a info\n match type money;\n where " + std::string(5000, '(') + "$x" +
                   std::string(5000, ')') + ";\n say 'x';\n")
            .find("nested too deeply") != std::string::npos);
  std::string negations;
  for (int i = 0; i < 5000; ++i) negations += "not ";
  CHECK(problem_of("rule a info\n match type money;\n where " + negations + ".set_of;\n say 'x';\n")
            .find("nested too deeply") != std::string::npos);
}

TEST_CASE("a rule that another one leaves nothing for is an error with both places") {
  rewrite::ReadRules first =
      rewrite::read_rule_file("a.rule", "rule all-money\n  match type money;\n  rewrite as numeric;\n");
  rewrite::ReadRules second =
      rewrite::read_rule_file("b.rule", "\nrule money-as-text\n  match type money;\n  rewrite as text;\n");
  std::vector<std::unique_ptr<rewrite::RuleFile>> files;
  files.push_back(std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(first)));
  files.push_back(std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(second)));
  auto made = rewrite::RuleSet::make(std::move(files));
  const auto* problem = std::get_if<rewrite::RuleProblem>(&made);
  REQUIRE(problem != nullptr);
  CHECK(problem->text() ==
        "b.rule:2:6: error: the rule `money-as-text` can never match: a.rule:1 (all-money) takes all that it "
        "could\n"
        "  2 | rule money-as-text\n    |      ^~~~~~~~~~~~~\n"
        "  help: put the narrower rule first, or give the wider one a condition\n");
}

}  // namespace
}  // namespace pg2crdb::test
