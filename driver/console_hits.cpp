#include "driver/console_hits.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "ast/describe.h"
#include "driver/console_json.h"
#include "driver/decided_statements.h"
#include "driver/decision_file.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

constexpr size_t most_hits = 50;  ///< of one answer

/// The lines around a hit, and what it becomes.
void append_surroundings(std::string& out, std::string_view text, const TextHit& hit) {
  constexpr size_t most_around = 200;
  constexpr size_t lines_around = 3;
  size_t begin = hit.begin, end = hit.end;
  for (size_t line = 0; line < lines_around && begin > 0; ++line)
    begin = text.rfind('\n', begin - 1) == std::string_view::npos ? 0 : text.rfind('\n', begin - 1);
  for (size_t line = 0; line < lines_around && end < text.size(); ++line)
    end = std::min(text.find('\n', end + 1), text.size());
  begin = std::max(begin, hit.begin - std::min(hit.begin, most_around));
  end = std::min(end, hit.end + most_around);
  while (begin > 0 && continues_character(text[begin])) --begin;
  while (end < text.size() && continues_character(text[end])) ++end;
  append_member(out, "lead", text.substr(begin, hit.begin - begin));
  append_member(out, "found", text.substr(hit.begin, hit.end - hit.begin));
  append_member(out, "replacement", hit.replacement);
  append_member(out, "tail", text.substr(hit.end, end - hit.end));
}

}  // namespace

std::string hits_json(const Decision& decision, const Compiled& compiled, size_t from) {
  size_t total = 0, masked = 0, statements = 0;
  std::string out;
  for (const StatementAbout& about : statements_about(decision, compiled)) {
    ++statements;
    if (!text_to_decide_on(*about.input, *about.statement)) {
      ++masked;
      continue;
    }
    const std::vector<TextHit> found = hits_of(decision, about.text);
    for (size_t i = 0; i < found.size(); ++i, ++total) {
      if (total < from || total >= from + most_hits) continue;
      out += out.empty() ? "{" : ",\n{";
      out += fmt::format("\"statement\":{},\"hit\":{},\"of\":{}", about.statement->id, i, found.size());
      append_member(out, "kind", ast::statement_kind(about.statement->node));
      append_member(out, "object", ast::statement_object(about.statement->node));
      append_surroundings(out, about.text, found[i]);
      out += '}';
    }
  }
  return fmt::format("\"total\":{},\"statements\":{},\"masked\":{},\"hits\":[{}]", total, statements, masked,
                     out);
}

Result<void> choose_hit(Decision& decision, const std::string& text, uint64_t hit) {
  if (const auto problem = problem_of(decision)) return usage_error(*problem);
  const std::vector<TextHit> found = hits_of(decision, text);
  if (hit >= found.size()) return usage_error("the statement reads differently by now", "look for it again");
  const TextHit& one = found[hit];
  decision.sql = text.substr(0, one.begin) + one.replacement + text.substr(one.end);
  decision.find.clear();
  decision.expression = {};
  return {};
}

}  // namespace pg2crdb
