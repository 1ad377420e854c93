// Fails at a statement, and has changed another before.
#include <stdexcept>

#include "pass.h"

namespace {

using namespace pg2crdb;

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    auto* table = std::get_if<ast::CreateTable>(&statement.node);
    if (table == nullptr) continue;
    if (table->name.name.starts_with("cursed")) throw std::runtime_error("no luck with " + table->name.name);
    table->columns.pop_back();
    context.rewritten(statement);
  }
}

const Pass failing = {.name = "failing",
                      .category = "tests",
                      .fidelity = Fidelity::exact,
                      .summary = "fails at tables that are cursed",
                      .rules = test_rules,
                      .run = run};

}  // namespace

PG2CRDB_PLUGIN({&failing, {pg2crdb::Placement::Side::before, "map-types"}})
