#include "rewrite/rule_test.h"

#include <algorithm>

#include "emit/sql.h"
#include "parser/parser.h"
#include "rewrite/rule_program.h"
#include "support/byte_source.h"

namespace pg2crdb::rewrite {
namespace {

/// One a line, as CockroachDB's SQL; statements that left the output are not there. CockroachDB's own forms
/// are, which PostgreSQL's parser refuses.
std::string printed(const ast::Script& script) {
  std::string out;
  for (const ast::Statement& statement : script.statements) {
    const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (statement.live() || (opaque != nullptr && opaque->kind == "unparsed"))
      out += to_sql(statement.node, Dialect::cockroachdb) + ";\n";
  }
  return out;
}

/// Reads SQL; a statement that PostgreSQL's parser refuses stands word for word, which is what CockroachDB's
/// own forms need.
ast::Script read(const std::string& sql, std::string& problem) {
  SourceFile file(0, "test");
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics);
  if (!parsed) {
    problem = parsed.error().message;
    return {};
  }
  return std::move(parsed->script);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// Lines that only one has, with `-` for expected and `+` for what came.
std::string diff(const std::string& expected, const std::string& is) {
  const std::vector<std::string> a = lines_of(expected);
  const std::vector<std::string> b = lines_of(is);
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  size_t tail = 0;
  while (tail + head < a.size() && tail + head < b.size() && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  std::string out;
  for (size_t i = 0; i < head; ++i) out += "    " + a[i] + "\n";
  for (size_t i = head; i + tail < a.size(); ++i) out += "  - " + a[i] + "\n";
  for (size_t i = head; i + tail < b.size(); ++i) out += "  + " + b[i] + "\n";
  for (size_t i = a.size() - tail; i < a.size(); ++i) out += "    " + a[i] + "\n";
  return out;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += item + "\n";
  return out;
}

RuleTestResult run_test(const RewriteRule& rule, const RuleTest& test) {
  RuleTestResult result;
  result.place = test.place;
  ast::Script script = read(test.input, result.problem);
  if (!result.problem.empty()) return result;
  const std::string before = printed(script);
  const Target target = test.crdb ? Target(*test.crdb) : Target();
  Diagnostics diagnostics;
  ast::Catalog catalog(script);
  const PassOptions options;
  PassContext context(rule.touches_as, script, catalog, target, options, diagnostics);
  RuleProgram({&rule}).run(context);
  result.output = printed(script);
  diagnostics.sort();
  for (const Diagnostic& diagnostic : diagnostics.all()) result.reports.push_back(diagnostic.message);

  if (test.becomes) {
    const ast::Script expected = read(*test.becomes, result.problem);
    if (printed(expected) != result.output)
      result.problem +=
          "it becomes something else (- expected, + is):\n" + diff(printed(expected), result.output);
  }
  if (test.unchanged && before != result.output)
    result.problem += "it is changed:\n" + diff(before, result.output);
  if (test.unchanged && test.reports.empty() && !result.reports.empty())
    result.problem += "it reports what nobody expected:\n" + diff("", joined(result.reports));
  if (!test.reports.empty() && test.reports != result.reports)
    result.problem += "it reports something else (- expected, + is):\n" +
                      diff(joined(test.reports), joined(result.reports));
  result.passed = result.problem.empty();
  return result;
}

}  // namespace

std::vector<RuleTestResult> run_tests(const RewriteRule& rule) {
  std::vector<RuleTestResult> results;
  for (const RuleTest& test : rule.tests) results.push_back(run_test(rule, test));
  return results;
}

std::string updated_text(const RuleFile& file) {
  struct Edit {
    Place place;
    std::string text;
  };
  std::vector<Edit> edits;
  for (const RewriteRule& rule : file.rules) {
    for (const RuleTest& test : rule.tests) {
      const RuleTestResult result = run_test(rule, test);
      if (result.passed) continue;
      if (test.becomes) {
        std::string block = "{";
        for (const std::string& line : lines_of(result.output)) block += " " + line;
        edits.push_back({test.becomes_place, block + " }"});
      }
      if (test.reports.empty() || result.reports.empty()) continue;
      std::string reports = "reports";
      for (const std::string& report : result.reports) {
        reports += reports.ends_with('\'') ? ", '" : " '";
        for (const char c : report) reports += c == '\'' ? std::string("''") : std::string(1, c);
        reports += '\'';
      }
      edits.push_back({test.reports_place, std::move(reports)});
    }
  }
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.place.begin > b.place.begin; });
  std::string text = file.text;
  for (const Edit& edit : edits) text.replace(edit.place.begin, edit.place.end - edit.place.begin, edit.text);
  return text;
}

}  // namespace pg2crdb::rewrite
