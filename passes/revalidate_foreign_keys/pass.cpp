// The other half of invalidate-foreign-keys: one VALIDATE CONSTRAINT for each foreign key that was added NOT VALID, in the
// last phase. Each is a statement of its own, so that one row without a match costs one constraint and names itself.
#include "passes/pass.h"

namespace pg2crdb {
namespace {

void run(PassContext& context) {
  for (const ast::Catalog::ForeignKey& key : context.catalog.foreign_keys()) {
    if (!key.constraint->not_valid || key.statement->phase != ast::Phase::post_data) continue;
    ast::AlterTable alter;
    alter.name = key.table;
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
};

}  // namespace pg2crdb
