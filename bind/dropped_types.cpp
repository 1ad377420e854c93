#include "bind/dropped_types.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "bind/tree_edit.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectId;
using ast::ObjectKind;

class Reader {
 public:
  Reader(const ast::Drop& drop, const ast::Script& script) : script_(script) {
    for (const ast::ObjectRef& one : drop.objects) {
      if (one.name.object == ast::no_object) continue;
      const ObjectKind kind = object(one.name.object).kind;
      if (kind == ObjectKind::domain || kind == ObjectKind::type) types_.push_back(one.name.object);
    }
  }

  GoneWithTypes read(const ast::Statement& by) {
    const auto each_before = [&](auto&& visit) {
      for (ast::StatementId id = 0; id < by.id && !types_.empty(); ++id) {
        const ast::Statement& one = script_.statements[id];
        if (one.live() && one.merged_into == ast::no_statement) visit(one);
      }
    };
    each_before([&](const ast::Statement& one) { note_keys(one.node); });
    each_before([&](const ast::Statement& one) { look(one); });
    for (const auto& [column, uses] : defaults_) {
      if (uses && object(column).stands())
        drop_in(object(column).parent, ast::SetDefault{object(column).name.name, {}});
    }
    return std::move(gone_);
  }

 private:
  const ast::Object& object(ObjectId id) const { return script_.objects[id]; }

  template <class Node>
  bool uses(const Node& node) const {
    return std::any_of(types_.begin(), types_.end(), [&](ObjectId type) { return names(node, type); });
  }
  bool is_dropped(ObjectId type) const {
    return std::find(types_.begin(), types_.end(), type) != types_.end();
  }

  void drop_in(ObjectId table, ast::AlterCommand command) {
    ast::AlterTable alter;
    alter.name = object(table).name;
    alter.commands.push_back(std::move(command));
    gone_.drops.emplace_back(std::move(alter));
  }

  void note_key(ObjectId table, const ast::Constraint& one, const std::string& column) {
    if (one.kind != ast::Constraint::Kind::primary_key) return;
    if (!column.empty()) keys_.emplace(table, column);
    for (const std::string& name : one.columns) keys_.emplace(table, name);
  }
  void note_keys(const ast::StatementNode& node) {
    if (const auto* create = std::get_if<ast::CreateTable>(&node)) {
      for (const ast::Column& column : create->columns) {
        for (const ast::Constraint& one : column.constraints) note_key(create->name.object, one, column.name);
      }
      for (const ast::Constraint& one : create->constraints) note_key(create->name.object, one, {});
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        const auto* add = std::get_if<ast::AddConstraint>(&command);
        if (add != nullptr) note_key(alter->name.object, add->constraint, {});
      }
    }
  }

  void look(const ast::Statement& statement) {
    current_ = &statement;
    if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& one : create->columns) column(one);
      for (const ast::Constraint& one : create->constraints) constraint(one);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& one : alter->commands) command(alter->name.object, one);
    } else if (const auto* view = std::get_if<ast::CreateView>(&statement.node)) {
      if (!uses(*view->query) || !stands(view->name.object)) return;
      ast::Drop drop;
      drop.kind = object(view->name.object).kind;
      drop.objects.push_back({drop.kind, object(view->name.object).name, {}, false, {}});
      drop.cascade = true;
      gone_.drops.emplace_back(std::move(drop));
    } else if (uses(statement.node) && makes_what_stands(statement.id)) {
      gone_.unfollowed.push_back(&statement);
    }
  }

  bool stands(ObjectId id) const { return id != ast::no_object && object(id).stands(); }

  /// Other than the types themselves, and domains over them, which the output has not.
  bool makes_what_stands(ast::StatementId id) const {
    for (ObjectId one = 1; one < script_.objects.size(); ++one) {
      if (object(one).made_here() && object(one).created == id && object(one).stands() &&
          object(one).kind != ObjectKind::domain && !is_dropped(one) && !is_dropped(object(one).parent))
        return true;
    }
    return false;
  }

  void column(const ast::Column& one) {
    if (!stands(one.object)) return;
    if (is_dropped(one.type.name.object) || (one.generated && uses(*one.generated->expr))) {
      const ast::Object& own = object(one.object);
      // CockroachDB drops no column of a primary key.
      if (object(one.type.name.object).kind == ObjectKind::type &&
          keys_.contains({own.parent, own.name.name}))
        return gone_.unfollowed.push_back(current_);
      drop_in(object(one.object).parent,
              ast::DropColumn{.column = object(one.object).name.name, .cascade = true});
      return;
    }
    if (one.default_value) defaults_[one.object] = uses(*one.default_value);
    for (const ast::Constraint& check : one.constraints) constraint(check);
  }

  void constraint(const ast::Constraint& one) {
    if (!one.check || !uses(*one.check) || !stands(one.object)) return;
    drop_in(object(one.object).parent, ast::DropConstraint{.name = object(one.object).name.name});
  }

  void command(ObjectId table, const ast::AlterCommand& one) {
    if (const auto* add = std::get_if<ast::AddColumn>(&one)) column(add->column);
    if (const auto* add = std::get_if<ast::AddConstraint>(&one)) constraint(add->constraint);
    const auto* set = std::get_if<ast::SetDefault>(&one);
    if (set == nullptr) return;
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      if (object(id).kind == ObjectKind::column && object(id).parent == table && object(id).stands() &&
          object(id).name.name == set->column)
        defaults_[id] = set->value && uses(*set->value);
    }
  }

  const ast::Script& script_;
  std::vector<ObjectId> types_;
  std::set<std::pair<ObjectId, std::string>> keys_;  ///< columns of primary keys
  const ast::Statement* current_ = nullptr;
  std::map<ObjectId, bool> defaults_;  ///< by column: whether the last one uses a type
  GoneWithTypes gone_;
};

}  // namespace

GoneWithTypes gone_with_types(const ast::Drop& drop, const ast::Statement& by, const ast::Script& script) {
  return Reader(drop, script).read(by);
}

}  // namespace pg2crdb::bind
