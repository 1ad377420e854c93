#include "bind/drop_domain.h"

#include <algorithm>
#include <map>
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
      if (one.name.object != ast::no_object && object(one.name.object).kind == ObjectKind::domain)
        domains_.push_back(one.name.object);
    }
  }

  GoneWithDomains read(const ast::Statement& by) {
    for (ast::StatementId id = 0; id < by.id && !domains_.empty(); ++id) {
      const ast::Statement& one = script_.statements[id];
      if (one.live() && one.merged_into == ast::no_statement) look(one);
    }
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
    return std::any_of(domains_.begin(), domains_.end(),
                       [&](ObjectId domain) { return names(node, domain); });
  }
  bool is_of_domain(const ast::TypeName& type) const {
    return std::find(domains_.begin(), domains_.end(), type.name.object) != domains_.end();
  }

  void drop_in(ObjectId table, ast::AlterCommand command) {
    ast::AlterTable alter;
    alter.name = object(table).name;
    alter.commands.push_back(std::move(command));
    gone_.drops.emplace_back(std::move(alter));
  }

  void look(const ast::Statement& statement) {
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

  /// Other than the domains themselves.
  bool makes_what_stands(ast::StatementId id) const {
    return std::any_of(script_.objects.begin() + 1, script_.objects.end(), [&](const ast::Object& one) {
      return one.made_here() && one.created == id && one.stands() && one.kind != ObjectKind::domain;
    });
  }

  void column(const ast::Column& one) {
    if (!stands(one.object)) return;
    if (is_of_domain(one.type) || (one.generated && uses(*one.generated->expr))) {
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
  std::vector<ObjectId> domains_;
  std::map<ObjectId, bool> defaults_;  ///< by column: whether the last one uses a domain
  GoneWithDomains gone_;
};

}  // namespace

GoneWithDomains gone_with_domains(const ast::Drop& drop, const ast::Statement& by,
                                  const ast::Script& script) {
  return Reader(drop, script).read(by);
}

}  // namespace pg2crdb::bind
