// Bodies in SQL are text again: as they were, where nobody changed them. From the binder on they were trees,
// so that what is done to expressions and types outside is done to those in bodies.
#include "rewrite/pass.h"

#include "routines/sql_body.h"

namespace pg2crdb {
namespace {

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    if (function == nullptr || function->statements.empty()) continue;
    if (statement.live()) {
      std::string body = routines::written_body(*function);
      if (body != function->body.front()) {
        function->body.front() = std::move(body);
        context.rewritten(statement);
      }
    }
    function->statements.clear();
    context.catalog.changed(statement);  // nothing is found in trees that are gone
  }
}

}  // namespace

extern const Pass write_bodies;
const Pass write_bodies = {
    .name = "write-bodies",
    .category = "functions",
    .fidelity = Fidelity::exact,
    .summary = "writes what passes changed in bodies in SQL",
    .rules = {},
    .run = run,
};

}  // namespace pg2crdb
