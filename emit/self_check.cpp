#include "emit/self_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "emit/load_plan.h"
#include "emit/sql.h"
#include "grammar/cockroachdb.h"
#include "support/result.h"

namespace pg2crdb {

std::vector<Refusal> self_check(const ast::Script& script, const Target& target, const SourceFile& file,
                                const std::function<bool(const ast::Statement&)>& is_foreign) {
  using enum ast::Phase;
  std::vector<const ast::Statement*> statements;
  std::vector<std::string> texts;
  for (const ast::Phase phase : {roles, pre_data, post_data, revalidate}) {
    for (const ast::Statement* statement : statements_of(script, phase)) {
      if (statement->fate == ast::Fate::needs_person) continue;
      statements.push_back(statement);
      texts.push_back(to_sql(statement->node, Dialect::cockroachdb));
    }
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto problems = CockroachGrammar(target).check_all(views);
  std::vector<Refusal> refusals;
  for (size_t i = 0; i < problems.size(); ++i) {
    if (!problems[i] || problems[i]->too_deep) continue;
    if (is_foreign && is_foreign(*statements[i])) {
      refusals.push_back({statements[i]->id, texts[i], problems[i]->offset, problems[i]->message});
      continue;
    }
    const std::string passes = statements[i]->passes.empty()
                                   ? std::string("no pass touched it")
                                   : fmt::format("passes: {}", fmt::join(statements[i]->passes, ", "));
    throw InternalError(fmt::format(
        "what was made of {}:{} is no SQL of CockroachDB {}: byte {}: {} ({}); --no-self-check "
        "goes on without this check\n{}",
        file.of(statements[i]->span).name(),
        file.of(statements[i]->span).locate(statements[i]->span.begin).line, to_string(target.version()),
        problems[i]->offset, problems[i]->message, passes, texts[i]));
  }
  return refusals;
}

}  // namespace pg2crdb
