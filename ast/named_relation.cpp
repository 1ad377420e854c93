#include "ast/named_relation.h"

namespace pg2crdb::ast {
namespace {

/// Null where it is none that the script makes.
const Statement* made_relation(const Script& script, ObjectId id) {
  const Object& object = script.objects[id];
  if (!object.made_here()) return nullptr;
  const Statement& made = script.statements[object.created];
  const bool is_relation = std::holds_alternative<CreateTable>(made.node) ||
                           std::holds_alternative<CreateView>(made.node) ||
                           std::holds_alternative<CreateTableAs>(made.node);
  const bool is_its_own = object.kind == ObjectKind::table || object.kind == ObjectKind::view ||
                          object.kind == ObjectKind::materialized_view;
  return is_relation && is_its_own ? &made : nullptr;
}

/// The same where the user stands: a view that is replaced behind it was made by an earlier statement.
const Statement* made_before(const Script& script, ObjectId id, const Statement& user) {
  const Statement* made = made_relation(script, id);
  if (made == nullptr || made->id < user.id || !std::holds_alternative<CreateView>(made->node)) return made;
  for (StatementId earlier = user.id; earlier-- > 0;) {
    const auto* view = std::get_if<CreateView>(&script.statements[earlier].node);
    if (view != nullptr && view->name.object == id) return &script.statements[earlier];
  }
  return made;
}

}  // namespace

const Statement* named_relation(const Script& script, const Catalog& catalog, const Name& name,
                                const Statement& user) {
  if (name.object != no_object) {
    if (const Statement* made = made_before(script, name.object, user)) return made;
  }
  for (const ObjectId id : user.text_objects) {
    const Name& own = script.objects[id].name;
    const bool is_meant = own.name == name.name && (name.schema.empty() || own.schema == name.schema);
    const Statement* made = is_meant ? made_before(script, id, user) : nullptr;
    if (made != nullptr) return made;
  }
  const Statement* table = catalog.table(name);
  return table != nullptr ? table : catalog.view(name);
}

}  // namespace pg2crdb::ast
