// A function in FROM has its own name for an alias in PostgreSQL. Bodies in PL/pgSQL are written with their
// other forms (routines/).
#include "rewrite/pass.h"

#include "ast/describe.h"
#include "bind/queries.h"
#include "routines/function_aliases.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"function-alias", Severity::info, "functions",
     "CockroachDB knows the columns of a function in FROM by an alias only", "Nothing to do."},
};

void run(PassContext& context) {
  if (context.target.has(Capability::function_name_as_alias)) return;
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live() || !bind::may_hold_query(statement.node) ||
        !routines::write_function_aliases(statement.node, context.catalog))
      continue;
    context.rewritten(statement);
    const std::string object = ast::statement_object(statement.node);
    context.report(rules[0], statement, object,
                   ast::statement_kind(statement.node) + (object.empty() ? "" : " `" + object + "`") +
                       ": a function in FROM gets an alias with all that PostgreSQL takes for granted");
  }
}

}  // namespace

extern const Pass function_aliases;
const Pass function_aliases = {
    .name = "function-aliases",
    .category = "functions",
    .fidelity = Fidelity::exact,
    .summary = "gives functions in FROM an alias where columns are named by the function's name",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
