// Columns that a DO block adds which is held back. They have no object, because nothing tells what becomes of
// the table in the block; what names them needs the block all the same.
#include <algorithm>
#include <functional>
#include <map>
#include <string_view>

#include "ast/reflect.h"
#include "bind/namespace.h"
#include "bind/tree_edit.h"
#include "order/missing.h"

namespace pg2crdb::order {

using ast::ObjectId;
using ast::ObjectKind;

namespace {

/// Whose the columns of a list are: of the table that the statement makes or alters, or of whichever it
/// names.
enum class Of { own, any };

/// Columns that a tree names: in lists, and in expressions where they mean nothing that is known.
struct ColumnNames {
  std::function<void(const std::string&, Of)> found;

  void look_at(const ast::TypeInfo& type, void* node, std::string_view field) const {
    if (&type == &ast::type_info<ast::ColumnRef>()) {
      const auto& column = *static_cast<const ast::ColumnRef*>(node);
      if (column.object == ast::no_object && !column.names.empty()) found(column.names.back(), Of::any);
    } else if (&type == &ast::type_info<ast::ObjectRef>()) {
      const auto& object = *static_cast<const ast::ObjectRef*>(node);
      if (object.kind == ObjectKind::column) found(object.member, Of::any);
    } else if (type.kind == ast::TypeInfo::Kind::text) {
      const auto& text = *static_cast<const std::string*>(node);
      if (field == "column" && !text.empty()) found(text, Of::own);
      if (field.ends_with("columns")) found(text, field.starts_with("referenced") ? Of::any : Of::own);
    } else if (type.kind == ast::TypeInfo::Kind::structure) {
      for (const ast::FieldInfo& one : type.fields) look_at(*one.type, one.member(node), one.name);
    } else {
      for_each_part(type, node,
                    [&](const ast::TypeInfo& part, void* inside) { look_at(part, inside, field); });
    }
  }
};

/// Those for which `wanted` holds, by name.
template <class Node, class Wanted>
std::map<std::string, Of> columns_in(const Node& node, const Wanted& wanted) {
  std::map<std::string, Of> columns;
  const auto found = [&](const std::string& column, Of of) {
    if (!wanted(column)) return;
    Of& known = columns.emplace(column, of).first->second;
    if (of == Of::any) known = of;
  };
  ColumnNames{found}.look_at(ast::type_info<Node>(), const_cast<Node*>(&node), {});
  return columns;
}

bool may_be_of(ObjectId table, Of of, const ast::StatementNode& statement) {
  const ObjectId own = bind::own_table(statement);
  return of == Of::any || own == ast::no_object || own == table;
}

}  // namespace

void MissingObjects::find_columns_of_blocks() {
  std::vector<const ast::Statement*> blocks;
  for (const ast::Statement& statement : script_.statements) {
    if (is_held_back_block(statement)) blocks.push_back(&statement);
  }
  std::set<ObjectId> tables;
  for (const ast::Statement* block : blocks) {
    for (const ObjectId id : block->text_objects) {
      if (bind::is_relation(object(id).kind) && object(id).made_here()) tables.insert(id);
    }
  }
  if (tables.empty()) return;
  std::set<ObjectId> named;
  bind::TreeEdit look;
  look.name = [&](const ast::Name& name) {
    if (tables.contains(name.object)) named.insert(name.object);
  };
  for (ast::Statement& statement : script_.statements) {
    if (!statement.live()) continue;
    named.clear();
    bind::edit(statement.node, look);
    if (named.empty()) continue;
    const auto columns = columns_in(statement.node, [](const std::string&) { return true; });
    for (const ast::Statement* block : blocks) {
      for (const ObjectId table : block->text_objects) {
        if (!named.contains(table)) continue;
        for (const auto& [column, of] : columns) {
          if (may_be_of(table, of, statement.node) && says(std::get<ast::DoBlock>(block->node).body, column))
            add_column_of(*block, table, column);
        }
        rename_column_of(*block, table, statement);
      }
    }
  }
}

/// Behind a RENAME of such a column its new name needs the block, too.
void MissingObjects::rename_column_of(const ast::Statement& block, ObjectId table,
                                      const ast::Statement& statement) {
  const auto* rename = std::get_if<ast::Rename>(&statement.node);
  if (rename == nullptr || rename->object.kind != ObjectKind::column || rename->object.name.object != table)
    return;
  const auto renamed = block_columns_.find(rename->object.member);
  const bool is_of_block = renamed != block_columns_.end() &&
                           std::any_of(renamed->second.begin(), renamed->second.end(), [&](ObjectId id) {
                             return object(id).parent == table && maker_[id] == block.id;
                           });
  if (is_of_block) add_column_of(block, table, rename->new_name);
}

void MissingObjects::add_column_of(const ast::Statement& block, ObjectId table, const std::string& column) {
  if (first_member(table, column) != ast::no_object) return;
  ast::Object made;
  made.kind = ObjectKind::column;
  made.name.name = column;
  made.parent = table;
  script_.objects.push_back(std::move(made));
  maker_.push_back(block.id);
  const auto id = static_cast<ObjectId>(script_.objects.size() - 1);
  enter(id);
  block_columns_[column].push_back(id);
}

template <class Node>
void MissingObjects::look_at_columns(const Node& node, const ast::Statement& statement, List& found) const {
  if (block_columns_.empty()) return;
  const auto known = [&](const std::string& column) { return block_columns_.contains(column); };
  for (const auto& [column, of] : columns_in(node, known)) {
    for (const ObjectId id : block_columns_.at(column)) {
      const ObjectId table = object(id).parent;
      if (may_be_of(table, of, statement.node) && bind::names(statement.node, table) &&
          std::find(found.begin(), found.end(), id) == found.end())
        found.push_back(id);
    }
  }
}

/// A body is text: it names the column where it says the word and reads the table.
void MissingObjects::look_at_columns_in_body(const ast::Statement& statement, List& found) const {
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  if (function == nullptr || function->body.empty()) return;
  for (const auto& [column, ids] : block_columns_) {
    if (!says(function->body[0], column)) continue;
    for (const ObjectId id : ids) {
      const List& named = statement.text_objects;
      if (std::find(named.begin(), named.end(), object(id).parent) != named.end()) found.push_back(id);
    }
  }
}

template void MissingObjects::look_at_columns(const ast::StatementNode&, const ast::Statement&, List&) const;
template void MissingObjects::look_at_columns(const ast::Expr&, const ast::Statement&, List&) const;
template void MissingObjects::look_at_columns(const ast::Constraint&, const ast::Statement&, List&) const;
template void MissingObjects::look_at_columns(const ast::AlterCommand&, const ast::Statement&, List&) const;

}  // namespace pg2crdb::order
