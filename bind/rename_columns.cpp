// A column that is renamed: what named it before calls it as it is called in the end.
#include <algorithm>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

void replace(std::vector<std::string>& names, const std::string& from, const std::string& to) {
  std::replace(names.begin(), names.end(), from, to);
}

/// Whether a join goes by the column's name, or may come to.
bool joins_using(ast::StatementNode& node, const std::string& column) {
  bool found = false;
  TreeEdit look;
  look.from = [&](ast::FromItem& item) {
    const auto* join = std::get_if<ast::Join>(&item.node);
    if (join == nullptr) return;
    found = found || join->natural ||
            std::find(join->using_columns.begin(), join->using_columns.end(), column) !=
                join->using_columns.end();
  };
  edit(node, look);
  return found;
}

}  // namespace

/// Whether every statement that names the column could be followed; nothing is changed where not.
bool History::rename_column(ObjectId relation, ObjectId column, const std::string& name,
                            const ast::Statement& by) {
  const std::string before = object(column).name.name;
  const ObjectKind kind = object(relation).kind;
  pin_names(relation);
  leave_like_behind(relation, by);
  std::vector<ast::StatementId> users = binder_.users(relation);
  const std::vector<ast::StatementId>& readers = binder_.users(column);
  users.insert(users.end(), readers.begin(), readers.end());
  users.push_back(object(relation).created);
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  for (const ast::StatementId id : users) {
    ast::Statement& user = statement(id);
    if (!is_before(id, by) || !user.live() || !joins_using(user.node, before)) continue;
    report(rename_unfollowed, user, ast::statement_object(user.node),
           "`" + ast::statement_object(user.node) + "` joins by the column's name `" + before +
               "`, which is renamed in " + line_of(by.id));
    context_.needs_person(user, "it joins by a column's name that changes");
  }
  if (kind == ObjectKind::view || kind == ObjectKind::materialized_view || copy_of(relation) != nullptr) {
    if (!rename_view_column(relation, before, name)) return false;
  }
  for (const ast::StatementId id : users) {
    ast::Statement& user = statement(id);
    if (is_before(id, by) && (user.live() || user.fate == ast::Fate::needs_person))
      respell_column(user, relation, column, before, name);
  }
  for (const size_t block : rows_[relation]) replace(context_.script.data[block].columns, before, name);
  binder_.names.rename(column, {{}, name});
  for (const ObjectId child : children(relation)) {
    const ObjectId inherited = binder_.names.find_in(child, ObjectKind::column, before);
    if (inherited != ast::no_object) rename_column(child, inherited, name, by);
  }
  return true;
}

/// A view's columns are listed once one of them has another name than its query gives it.
bool History::rename_view_column(ObjectId view, const std::string& before, const std::string& name) {
  ast::Statement& created = statement(object(view).created);
  std::vector<std::string>* columns = nullptr;
  if (auto* create = std::get_if<ast::CreateView>(&created.node)) columns = &create->columns;
  if (auto* create = std::get_if<ast::CreateTableAs>(&created.node)) columns = &create->columns;
  if (columns == nullptr || !created.live()) return false;
  if (columns->empty()) {
    for (const ObjectId id : binder_.names.columns(view)) {
      const bool added = copy_of(view) != nullptr && object(id).created != created.id;
      if (!added) columns->push_back(object(id).name.name);
    }
  }
  replace(*columns, before, name);
  return true;
}

void History::respell_column(ast::Statement& user, ObjectId table, ObjectId column, const std::string& before,
                             const std::string& name) {
  if (is_text(user.node)) return respell_member(user, column, name);
  if (lost_.contains(user.id) && ast::changed_table(user.node) != nullptr) return;
  TreeEdit rewrite;
  bool found = false;  // in the tree
  // What a query shows keeps its name.
  rewrite.target = [&](ast::SelectItem& item) {
    const auto* reference = std::get_if<ast::ColumnRef>(&item.expr->node);
    if (reference != nullptr && reference->object == column && item.alias.empty()) item.alias = before;
  };
  rewrite.column = [&](ast::ColumnRef& reference) {
    if (reference.object != column || reference.names.empty()) return;
    reference.names.back() = name;
    found = true;
  };
  rewrite.call = [&](ast::FunctionCall& call) {
    const ast::Name& relation = object(table).name;
    const std::optional<ast::SerialSequenceCall> serial = ast::serial_sequence_call(call);
    if (!serial || serial->column != before || serial->table.name != relation.name) return;
    if (!serial->table.schema.empty() ? serial->table.schema != relation.schema : relation.schema != "public")
      return;
    if (auto* literal = std::get_if<ast::Literal>(&call.arguments[1].node)) literal->text = name;
    found = true;
  };
  edit(user.node, rewrite);
  if (auto* insert = std::get_if<ast::Insert>(&user.node);
      insert != nullptr && insert->conflict && insert->table.name.object == table) {
    for (ast::IndexElement& element : insert->conflict->elements) {
      if (element.column != before) continue;
      element.column = name;
      found = true;
    }
  }
  if (ast::changed_table(user.node) != nullptr && !found) return;  // it goes out as it is written
  const auto constraint = [&](ast::Constraint& one, bool own) {
    if (own) {
      replace(one.columns, before, name);
      replace(one.including, before, name);
      replace(one.on_delete_columns, before, name);
      for (ast::IndexElement& element : one.exclude_elements) {
        if (element.column == before) element.column = name;
      }
    }
    if (one.referenced.object == table) replace(one.referenced_columns, before, name);
  };
  const auto owner = [&](ast::SequenceOptions& options) {
    const ast::Name& relation = object(table).name;
    std::vector<std::string>& owned = options.owned_by;
    if (owned.size() >= 2 && owned.back() == before && owned[owned.size() - 2] == relation.name)
      owned.back() = name;
  };
  if (auto* create = std::get_if<ast::CreateTable>(&user.node)) {
    const bool own = create->name.object == table;
    for (ast::Column& one : create->columns) {
      for (ast::Constraint& inner : one.constraints) constraint(inner, own);
      if (own && one.name == before) one.name = name;
    }
    for (ast::Constraint& one : create->constraints) constraint(one, own);
    if (own && create->partition_by) {
      for (ast::IndexElement& element : create->partition_by->key) {
        if (element.column == before) element.column = name;
      }
    }
  } else if (auto* alter = std::get_if<ast::AlterTable>(&user.node)) {
    const bool own = alter->name.object == table;
    for (ast::AlterCommand& command : alter->commands) {
      if (auto* add = std::get_if<ast::AddConstraint>(&command)) constraint(add->constraint, own);
      if (!own) continue;
      if (auto* add = std::get_if<ast::AddColumn>(&command); add != nullptr && add->column.name == before)
        add->column.name = name;
      std::visit(
          [&](auto& one) {
            if constexpr (requires { one.column.size(); }) {
              if (one.column == before) one.column = name;
            }
          },
          command);
    }
  } else if (auto* index = std::get_if<ast::CreateIndex>(&user.node)) {
    if (index->table.object != table) return;
    for (ast::IndexElement& element : index->elements) {
      if (element.column == before) element.column = name;
    }
    replace(index->including, before, name);
  } else if (auto* trigger = std::get_if<ast::CreateTrigger>(&user.node)) {
    if (trigger->table.object == table) replace(trigger->update_columns, before, name);
  } else if (auto* comment = std::get_if<ast::Comment>(&user.node)) {
    if (comment->object.kind == ObjectKind::column && comment->object.name.object == table &&
        comment->object.member == before)
      comment->object.member = name;
  } else if (auto* grant = std::get_if<ast::Grant>(&user.node)) {
    for (ast::Privilege& privilege : grant->privileges) replace(privilege.columns, before, name);
  } else if (auto* copy = std::get_if<ast::CopyFrom>(&user.node)) {
    if (copy->table.object == table) replace(copy->columns, before, name);
    return;
  } else if (auto* sequence = std::get_if<ast::AlterSequence>(&user.node)) {
    owner(sequence->options);
  } else if (auto* made = std::get_if<ast::CreateSequence>(&user.node)) {
    owner(made->options);
  } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&user.node)) {
    for (ast::Column& attribute : composite->attributes) {
      if (attribute.object == column) attribute.name = name;
    }
  }
  context_.rewritten(user);
}

}  // namespace pg2crdb::bind
