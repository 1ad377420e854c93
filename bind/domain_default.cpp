#include "bind/domain_default.h"

namespace pg2crdb::bind {

const ast::Expr* domain_default(const ast::Column& column, const ast::Script& script) {
  if (column.identity || column.generated) return nullptr;
  const ast::TypeName* type = &column.type;
  while (type->array_bounds.empty() && type->name.object != ast::no_object &&
         script.objects[type->name.object].made_here()) {
    const ast::StatementNode& made = script.statements[script.objects[type->name.object].created].node;
    const auto* domain = std::get_if<ast::CreateDomain>(&made);
    if (domain == nullptr) break;
    if (domain->default_value) return &*domain->default_value;
    type = &domain->type;
  }
  return nullptr;
}

}  // namespace pg2crdb::bind
