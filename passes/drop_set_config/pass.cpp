// pg_dump has emptied search_path with `SELECT pg_catalog.set_config('search_path', '', false)` since the
// minor releases of March 2018. Every name that follows is qualified, so the line says nothing any more once
// names have been resolved.
#include "rewrite/pass.h"

namespace pg2crdb {
namespace {

/// The name of the variable that a `SELECT set_config(...)` sets; empty for any other statement.
std::string set_config_variable(const ast::Statement& statement) {
  const auto* select = std::get_if<ast::SelectStatement>(&statement.node);
  if (select == nullptr || select->query.targets.size() != 1 || !select->query.targets[0].expr) return {};
  const auto* call = std::get_if<ast::FunctionCall>(&select->query.targets[0].expr->node);
  if (call == nullptr || call->name.name != "set_config" || call->arguments.empty()) return {};
  const auto* variable = std::get_if<ast::Literal>(&call->arguments[0].node);
  return variable == nullptr ? std::string() : variable->text;
}

constexpr Rule rules[] = {
    {"set-config", Severity::warning, "settings",
     "`set_config` sets a session variable other than search_path",
     "Set the variable on the role or the database, or in the application's connection."},
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    const std::string variable = set_config_variable(statement);
    if (variable.empty()) continue;
    if (variable != "search_path") {
      context.report(rules[0], statement, variable,
                     "`set_config` of `" + variable + "` ends with the session");
    }
    context.drop(statement, "sets " + variable + " for pg_dump's own session");
  }
}

}  // namespace

extern const Pass drop_set_config;
const Pass drop_set_config = {
    .name = "drop-set-config",
    .category = "settings",
    .fidelity = Fidelity::exact,
    .summary = "drops SELECT pg_catalog.set_config('search_path', ...)",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
