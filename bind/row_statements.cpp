// Names in INSERT, UPDATE, DELETE and MERGE.
#include <algorithm>

#include "ast/describe.h"
#include "ast/field_values.h"
#include "ast/shown_name.h"
#include "bind/binder.h"
#include "bind/pg_catalog.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

/// A relation that has to be there when the statement runs.
void Binder::standing(ast::Name& name) {
  if (reading_trees_) return relation(name);
  if (name.object != ast::no_object) return;
  const bool of_server = name.schema.empty() && is_relation_of_pg_catalog(name.name);
  if (of_server && find_relation(name) == ast::no_object) return;
  subject(name);
}

Binder::Scope Binder::changed_rows(ast::TableRef& table, const Scope& outer) {
  standing(table.name);
  // A script that writes into the server's own tables builds on more than it makes.
  if (table.name.object == ast::no_object && table.name.schema.empty() && !reading_trees_)
    current_->text_objects.push_back(external(ObjectKind::table, table.name));
  Scope scope;
  scope.outer = &outer;
  Item item{table.alias.name, table.name, {}};
  if (table.name.object != ast::no_object) item.output = output_of(table.name.object);
  scope.items.push_back(std::move(item));
  return scope;
}

void Binder::assigned(std::vector<ast::AssignedColumn>& columns, const Scope& scope) {
  const ObjectId table = scope.items.front().table.object;
  for (ast::AssignedColumn& one : columns) {
    const std::string& name = one.column.names.front();
    if (one.column.object == ast::no_object)
      one.column.object = names.find_in(table, ObjectKind::column, name);
    if (one.column.object == ast::no_object) {
      look_for(table, name);
    } else {
      use(one.column.object);
    }
    tree(one.steps, &scope);
  }
}

void Binder::assigned(std::vector<ast::Assignment>& set, const Scope& scope) {
  for (ast::Assignment& one : set) {
    assigned(one.columns, scope);
    tree(one.value, &scope);
  }
}

/// What it shows is what a WITH reads. `scope` begins with the table that is changed.
Binder::Output Binder::returned(ast::Returning& returning, Scope& scope) {
  const Item changed = scope.items.front();
  for (const auto& [name, word] :
       {std::pair(returning.old_name, "old"), std::pair(returning.new_name, "new")})
    scope.items.push_back({name.empty() ? word : *name, changed.table, changed.output});
  tree(returning.targets, &scope);
  Output output;
  for (const ast::SelectItem& target : returning.targets) {
    const auto* reference = std::get_if<ast::ColumnRef>(&target.expr->node);
    if (reference != nullptr && reference->star) {
      output.complete = false;
    } else {
      output.columns.push_back({shown_name(target), ast::no_object});
    }
  }
  return output;
}

Binder::Output Binder::row_change(ast::Insert& insert, const Scope* outer) {
  Scope with;
  with.outer = outer;
  common_tables(insert.with, insert.recursive, with);
  Scope scope = changed_rows(insert.table, with);
  assigned(insert.columns, scope);
  if (insert.query) query(*insert.query, &with);
  if (insert.conflict) {
    ast::OnConflict& conflict = *insert.conflict;
    for (const ast::IndexElement& element : conflict.elements)
      look_for(insert.table.name.object, element.column);
    tree(conflict.elements, &scope);
    tree(conflict.predicate, &scope);
    use(names.find_in(insert.table.name.object, ObjectKind::constraint, conflict.constraint));
    Scope both = scope;
    both.items.push_back({"excluded", scope.items.front().table, scope.items.front().output});
    assigned(conflict.set, both);
    tree(conflict.where, &both);
  }
  return returned(insert.returning, scope);
}

Binder::Output Binder::row_change(ast::Update& update, const Scope* outer) {
  Scope with;
  with.outer = outer;
  common_tables(update.with, update.recursive, with);
  Scope scope = changed_rows(update.table, with);
  for (ast::FromItem& item : update.from) from(item, scope);
  assigned(update.set, scope);
  tree(update.where, &scope);
  return returned(update.returning, scope);
}

Binder::Output Binder::row_change(ast::Delete& erase, const Scope* outer) {
  Scope with;
  with.outer = outer;
  common_tables(erase.with, erase.recursive, with);
  Scope scope = changed_rows(erase.table, with);
  for (ast::FromItem& item : erase.using_) from(item, scope);
  tree(erase.where, &scope);
  return returned(erase.returning, scope);
}

Binder::Output Binder::row_change(ast::Merge& merge, const Scope* outer) {
  Scope with;
  with.outer = outer;
  common_tables(merge.with, merge.recursive, with);
  Scope scope = changed_rows(merge.table, with);
  from(*merge.source, scope);
  tree(merge.on, &scope);
  for (ast::MergeAction& action : merge.actions) {
    tree(action.condition, &scope);
    assigned(action.set, scope);
    assigned(action.columns, scope);
    tree(action.values, &scope);
  }
  return returned(merge.returning, scope);
}

Binder::Output Binder::row_change(ast::RowStatement& change, const Scope* outer) {
  return std::visit([&](auto& node) { return row_change(node, outer); }, change.node);
}

}  // namespace pg2crdb::bind
