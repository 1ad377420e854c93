#include "bind/drop_routines.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "ast/signature.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectId;
using ast::ObjectKind;

class Reader {
 public:
  explicit Reader(const ast::Script& script) : script_(script) {}

  std::vector<ast::StatementNode> read(const ast::Drop& drop, const ast::Statement& by) {
    for (const ast::ObjectRef& one : drop.objects) {
      if (one.name.object != ast::no_object && one.member.empty()) gone_.insert(one.name.object);
      for (ObjectId id = 1; id < script_.objects.size() && drop.kind == ObjectKind::schema; ++id) {
        if (script_.objects[id].stands() && script_.objects[id].name.schema == one.name.name)
          gone_.insert(id);
      }
    }
    for (size_t before = 0; before != gone_.size() && !gone_.empty();) {
      before = gone_.size();
      for (const ast::Statement& statement : script_.statements) {
        if (statement.live() && statement.id != by.id) look(statement);
      }
    }
    const bool any_routine =
        ast::is_routine(drop.kind) ||
        std::ranges::any_of(gone_, [&](ObjectId id) { return ast::is_routine(script_.objects[id].kind); }) ||
        std::ranges::any_of(drops_, [](const ast::Drop& one) { return ast::is_routine(one.kind); });
    if (!any_routine) return {};
    std::vector<ast::StatementNode> all;
    for (const ast::Statement& statement : script_.statements) {
      if (statement.live() && statement.id != by.id) look_at_parts(statement);
    }
    for (auto& [column, is_gone] : defaults_) {
      if (is_gone) alter(column.first, ast::SetDefault{column.second, {}});
    }
    std::ranges::move(parts_, std::back_inserter(all));
    std::ranges::reverse(drops_);  // a view or a routine before those that it calls
    std::ranges::move(drops_, std::back_inserter(all));
    return all;
  }

 private:
  bool is_new(ObjectId id) const {
    return id != ast::no_object && script_.objects[id].stands() && !gone_.contains(id);
  }
  /// Whether it calls a routine that goes.
  template <class Node>
  bool calls_gone(const Node& node) const {
    return std::ranges::any_of(
        gone_, [&](ObjectId id) { return ast::is_routine(script_.objects[id].kind) && names(node, id); });
  }

  void look(const ast::Statement& statement) {
    const auto* view = std::get_if<ast::CreateView>(&statement.node);
    const auto* made = std::get_if<ast::CreateTableAs>(&statement.node);
    if (made != nullptr && !made->materialized_view) return;
    if (view != nullptr || made != nullptr) {
      const ObjectId own = view != nullptr ? view->name.object : made->name.object;
      const ast::Query& query = view != nullptr ? *view->query : *made->query;
      const bool goes =
          is_new(own) && std::ranges::any_of(gone_, [&](ObjectId id) { return names(query, id); });
      if (goes) drop_object(own);
      return;
    }
    const auto* routine = std::get_if<ast::CreateFunction>(&statement.node);
    if (routine == nullptr || !routine->bound_when_made() || !is_new(routine->name.object) ||
        script_.objects[routine->name.object].created != statement.id ||
        std::ranges::none_of(statement.text_objects, [&](ObjectId id) { return gone_.contains(id); }))
      return;
    ast::ObjectRef& reference = drop_object(routine->name.object);
    reference.has_arguments = true;
    reference.arguments = ast::argument_types(*routine);
  }

  /// What goes of objects that stay: defaults, constraints and computed columns, indexes, policies, triggers.
  void look_at_parts(const ast::Statement& statement) {
    if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      if (!is_new(table->name.object)) return;
      for (const ast::Column& column : table->columns) look(table->name, column);
      for (const ast::Constraint& constraint : table->constraints) look(table->name, constraint);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      if (!is_new(alter->name.object)) return;
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* add = std::get_if<ast::AddColumn>(&command)) look(alter->name, add->column);
        if (const auto* add = std::get_if<ast::AddConstraint>(&command)) look(alter->name, add->constraint);
        if (const auto* set = std::get_if<ast::SetDefault>(&command))
          defaults_[{alter->name.object, set->column}] = set->value && calls_gone(*set->value);
      }
    } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      if (gone_.contains(trigger->function.object) || calls_gone(statement.node))
        drop_part(statement, ObjectKind::trigger, trigger->table, trigger->name);
    } else if (const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
      if (calls_gone(statement.node)) drop_part(statement, ObjectKind::policy, policy->table, policy->name);
    } else if (std::holds_alternative<ast::CreateIndex>(statement.node) && calls_gone(statement.node)) {
      for (ObjectId id = 1; id < script_.objects.size(); ++id) {
        const ast::Object& one = script_.objects[id];
        if (one.created == statement.id && one.kind == ObjectKind::index && is_new(id)) drop_object(id);
      }
    }
  }

  void look(const ast::Name& table, const ast::Column& column) {
    const bool stands = column.object == ast::no_object || script_.objects[column.object].stands();
    if (!stands) return;
    defaults_[{table.object, column.name}] = column.default_value && calls_gone(*column.default_value);
    if (column.generated && calls_gone(*column.generated->expr))
      alter(table.object, ast::DropColumn{column.name, true, false});
    for (const ast::Constraint& constraint : column.constraints) look(table, constraint);
  }
  void look(const ast::Name& table, const ast::Constraint& constraint) {
    if (is_new(constraint.object) && calls_gone(constraint))
      alter(table.object, ast::DropConstraint{script_.objects[constraint.object].name.name, true, false});
  }

  void alter(ObjectId table, ast::AlterCommand command) {
    ast::AlterTable change;
    change.name = script_.objects[table].name;
    change.name.object = table;
    change.commands.push_back(std::move(command));
    parts_.emplace_back(std::move(change));
  }

  void drop_part(const ast::Statement& made, ObjectKind kind, const ast::Name& table,
                 const std::string& name) {
    const bool stands = std::ranges::any_of(script_.objects, [&](const ast::Object& one) {
      return one.created == made.id && one.kind == kind && one.stands();
    });
    if (!stands || !is_new(table.object)) return;
    ast::Drop drop;
    drop.kind = kind;
    drop.if_exists = true;
    drop.objects.push_back({kind, script_.objects[table.object].name, name, false, {}});
    drop.objects.back().name.object = table.object;
    parts_.emplace_back(std::move(drop));
  }

  ast::ObjectRef& drop_object(ObjectId id) {
    gone_.insert(id);
    ast::Drop& drop = drops_.emplace_back();
    drop.kind = script_.objects[id].kind;
    drop.if_exists = true;
    ast::ObjectRef& reference = drop.objects.emplace_back();
    reference.kind = drop.kind;
    reference.name = script_.objects[id].name;
    return reference;
  }

  const ast::Script& script_;
  std::set<ObjectId> gone_;
  std::vector<ast::Drop> drops_;
  std::vector<ast::StatementNode> parts_;
  std::map<std::pair<ObjectId, std::string>, bool> defaults_;  ///< whether the last one goes
};

}  // namespace

std::vector<ast::StatementNode> what_goes_before(const ast::Drop& drop, const ast::Statement& by,
                                                 const ast::Script& script) {
  return Reader(script).read(drop, by);
}

}  // namespace pg2crdb::bind
