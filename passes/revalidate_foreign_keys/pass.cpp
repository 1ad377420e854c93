// The other half of invalidate-foreign-keys: one VALIDATE CONSTRAINT for each foreign key that was added NOT
// VALID, in the last phase. Each is a statement of its own, so that one row without a match costs one
// constraint and names itself. A VALIDATE that the script has itself goes to the last phase too, where rows
// are there to be validated.
#include "rewrite/pass.h"

#include <set>

namespace pg2crdb {
namespace {

std::string id(const ast::Name& table, const std::string& constraint) {
  return (table.schema.empty() ? "public" : table.schema) + '\0' + table.name + '\0' + constraint;
}

/// The constraints that the script validates.
std::set<std::string> move_validations(PassContext& context) {
  std::set<std::string> validated;
  for (ast::Statement& statement : context.script.statements) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || !statement.live()) continue;
    bool moves = !alter->commands.empty();
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* validate = std::get_if<ast::ValidateConstraint>(&command);
      moves = moves && validate != nullptr;
      if (validate != nullptr) validated.insert(id(alter->name, validate->name));
    }
    if (moves) context.move(statement, ast::Phase::revalidate, "validated once the rows are there");
  }
  return validated;
}

void run(PassContext& context) {
  const std::set<std::string> validated = move_validations(context);
  for (const ast::Catalog::ForeignKey& key : context.catalog.foreign_keys()) {
    if (!key.constraint->not_valid || key.statement->phase != ast::Phase::post_data) continue;
    if (validated.contains(id(key.table, key.constraint->name))) continue;
    ast::AlterTable alter;
    alter.name = key.table;
    const auto* added = std::get_if<ast::AlterTable>(&key.statement->node);
    alter.if_exists = added != nullptr && added->if_exists;
    alter.commands.push_back(ast::ValidateConstraint{key.constraint->name});
    context.add(std::move(alter), *key.statement, ast::Phase::revalidate);
  }
}

}  // namespace

extern const Pass revalidate_foreign_keys;
const Pass revalidate_foreign_keys = {
    .name = "revalidate-foreign-keys",
    .category = "constraints",
    .fidelity = Fidelity::exact,
    .summary = "validates each foreign key once the rows are there",
    .rules = {},
    .run = run,
    .in_order = InOrder::skipped,
};

}  // namespace pg2crdb
