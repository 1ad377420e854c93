#include "driver/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <vector>

#include "ast/describe.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Lines of the dump with their numbers, `-` before those that are gone and `+` before those that are new.
void append_difference(std::string& out, const Lines& before, const Lines& after, uint64_t first_line) {
  // How many lines the two have in common, in order, from a place in each on.
  std::vector<std::vector<uint32_t>> common(before.size() + 1, std::vector<uint32_t>(after.size() + 1));
  for (size_t i = before.size(); i-- > 0;) {
    for (size_t j = after.size(); j-- > 0;) {
      common[i][j] =
          before[i] == after[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const auto line = [&](std::string number, char sign, std::string_view text) {
    fmt::format_to(std::back_inserter(out), "{:>6} {} {}\n", number, sign, text);
  };
  size_t i = 0, j = 0;
  while (i < before.size() || j < after.size()) {
    const bool same = i < before.size() && j < after.size() && before[i] == after[j];
    const bool gone =
        !same && i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1]);
    if (same || gone)
      line(std::to_string(first_line + i), gone ? '-' : ' ', before[i]);
    else
      line("", '+', after[j]);
    if (same || gone) ++i;
    if (same || !gone) ++j;
  }
}

/// Beyond it a difference of lines takes too long: the two stand one after the other.
constexpr size_t most_lines = 4000;

void append_heading(std::string& out, const Compiled& compiled, const ast::Statement& statement,
                    std::string_view object) {
  const auto into = std::back_inserter(out);
  fmt::format_to(into, "{}, line {}: {}", object, statement.line, ast::to_string(statement.fate));
  for (size_t i = 0; i < statement.passes.size(); ++i)
    fmt::format_to(into, "{}{}", i == 0 ? " by " : ", ", statement.passes[i]);
  if (!statement.reason.empty()) fmt::format_to(into, ": {}", *statement.reason);
  out += '\n';
  if (statement.fate == ast::Fate::needs_person)
    out += "  held back: the lines with + stand in the output as a comment, and nothing creates it\n";
  for (const Diagnostic& finding : compiled.findings.diagnostics) {
    const bool is_its = finding.span.file == statement.span.file &&
                        finding.span.begin >= statement.span.begin && finding.span.end <= statement.span.end;
    if (!is_its) continue;
    fmt::format_to(into, "  {} {}: {}\n", to_string(finding.severity), finding.rule->id, finding.message);
    for (const std::string& note : finding.notes) fmt::format_to(into, "    {}\n", note);
  }
}

void append_lines(std::string& out, const CompiledInput& input, const ast::Statement& statement,
                  std::string_view sql) {
  const std::string read = without_secret_literals(input.file->of(statement.span).text(statement.span));
  const std::string written = without_secret_literals(sql);
  const Lines before = lines_of(read), after = lines_of(written);
  if (before.size() * after.size() <= most_lines * most_lines)
    append_difference(out, before, after, statement.line);
  else
    append_difference(out, {}, after, statement.line);
}

/// `public.f` is meant by `f` and `public.f(integer)`, too.
bool is_meant(std::string_view object, std::string_view asked) {
  asked = asked.substr(0, asked.find('('));
  return object == asked ||
         (object.size() > asked.size() && object.ends_with(asked) &&
          object[object.size() - asked.size() - 1] == '.' && asked.find('.') == std::string_view::npos);
}

}  // namespace

std::string explain_object(const Compiled& compiled, std::string_view asked) {
  std::string out;
  for (const CompiledInput& input : compiled.inputs) {
    std::unordered_map<ast::StatementId, const EmittedStatement*> emitted;
    for (const EmittedStatement& one : input.output.statements) emitted.emplace(one.statement->id, &one);
    for (const ast::Statement& statement : input.script.statements) {
      const std::string object = ast::statement_object(statement.node);
      if (!is_meant(object, asked)) continue;
      append_heading(out, compiled, statement, object);
      const auto found = emitted.find(statement.id);
      append_lines(out, input, statement, found == emitted.end() ? "" : found->second->sql + ";");
      out += '\n';
    }
  }
  return out;
}

}  // namespace pg2crdb
