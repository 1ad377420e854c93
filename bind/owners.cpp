// Who owns what is made.
#include "ast/signature.h"
#include "bind/history.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

std::optional<ast::StatementNode> owner_change(const ast::Statement& statement, const ast::Object& made,
                                               const std::string& role) {
  ast::Role owner;
  owner.name = role;
  if (made.kind == ObjectKind::table || made.kind == ObjectKind::view ||
      made.kind == ObjectKind::materialized_view || made.kind == ObjectKind::sequence) {
    ast::AlterTable alter;
    alter.kind = made.kind;
    alter.name = made.name;
    alter.commands.push_back(ast::OwnerTo{owner});
    return alter;
  }
  const auto* schema = std::get_if<ast::CreateSchema>(&statement.node);
  const bool has_owner = schema != nullptr && schema->has_owner;
  const bool owned = made.kind == ObjectKind::type || made.kind == ObjectKind::domain ||
                     is_routine(made.kind) || (made.kind == ObjectKind::schema && !has_owner);
  if (!owned) return std::nullopt;
  ast::AlterOwner alter;
  alter.object.kind = made.kind == ObjectKind::domain ? ObjectKind::type : made.kind;
  alter.object.name = made.name;
  if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
    alter.object.has_arguments = true;
    alter.object.arguments = ast::argument_types(*function);
  }
  alter.role = owner;
  return alter;
}

/// What is created belongs to the role that the session took on.
void History::set_owner(const ast::Statement& statement, ObjectId id) {
  const auto* schema = std::get_if<ast::CreateSchema>(&statement.node);
  const bool has_owner = schema != nullptr && schema->has_owner;
  if (has_owner) change_owner(id, schema->owner, statement);
  const std::string& name = binder_.session().role();
  if (name.empty()) return;
  creators_[id] = name;
  if (std::optional<ast::StatementNode> alter = owner_change(statement, object(id), name))
    note_owner(id, name, context_.add(std::move(*alter), statement, ast::Phase::post_data).id);
}

void History::note_owner(ObjectId object, const std::string& role, ast::StatementId statement) {
  owners_[object] = role;
  binder_.note_use(object, statement);
  const ObjectId owner = binder_.names.find(ast::ObjectKind::role, {{}, role}, {});
  if (owner != ast::no_object) binder_.note_use(owner, statement);
}

}  // namespace pg2crdb::bind
