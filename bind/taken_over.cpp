#include "bind/taken_over.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace pg2crdb::bind {

using ast::ObjectId;
using ast::ObjectKind;

bool TakenOver::take(ast::Statement& statement) {
  auto* alter = std::get_if<ast::AlterTable>(&statement.node);
  auto* add = alter == nullptr || alter->commands.size() != 1
                  ? nullptr
                  : std::get_if<ast::AddConstraint>(&alter->commands[0]);
  if (add == nullptr || add->constraint.using_index.empty() || add->constraint.deferrable ||
      add->constraint.kind != ast::Constraint::Kind::unique)
    return false;
  const std::vector<ObjectId>& indexes = binder_.names.members(add->constraint.object);
  if (std::none_of(indexes.begin(), indexes.end(),
                   [&](ObjectId id) { return context_.script.objects[id].made_here(); }))
    return false;
  constraints_.insert(add->constraint.object);
  const ast::Name index{alter->name.schema, add->constraint.using_index};
  const std::string name = add->constraint.name;
  if (name.empty() || name == index.name) {
    context_.drop(statement, "the unique index is the constraint");
  } else {
    statement.node = ast::Rename{{ObjectKind::index, index, {}, false, {}}, ObjectKind::table, name};
    context_.rewritten(statement);
  }
  return true;
}

bool TakenOver::has(const ast::ObjectRef& reference) const {
  return reference.kind == ObjectKind::constraint &&
         constraints_.contains(
             binder_.names.find_in(reference.name.object, ObjectKind::constraint, reference.member));
}

void TakenOver::drop(ast::Statement& statement, ast::AlterTable& alter) {
  const bool before = !alter.commands.empty();
  std::erase_if(alter.commands, [&](const ast::AlterCommand& command) {
    const auto* gone = std::get_if<ast::DropConstraint>(&command);
    if (gone == nullptr || !has({ObjectKind::constraint, alter.name, gone->name, false, {}})) return false;
    const ObjectId constraint = binder_.names.find_in(alter.name.object, ObjectKind::constraint, gone->name);
    if (constraint != ast::no_object) binder_.names.drop(constraint, statement.id);
    ast::Drop index;
    index.kind = ObjectKind::index;
    index.objects.push_back({ObjectKind::index, {alter.name.schema, gone->name, constraint}, {}, false, {}});
    index.if_exists = gone->if_exists;
    index.cascade = true;
    context_.add(std::move(index), statement, ast::Phase::pre_data, Beside::before);
    return true;
  });
  if (before && alter.commands.empty()) context_.drop(statement, "it drops a unique index");
}

}  // namespace pg2crdb::bind
