#include "bind/left_undone.h"

#include <algorithm>

#include "ast/describe.h"
#include "ast/field_values.h"
#include "ast/walk.h"
#include "bind/tree_edit.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectKind;

bool has_name(const std::string& text, const std::string& name) {
  if (text == name) return true;
  if (text.find(name) == std::string::npos) return false;
  std::string error;
  const auto tokens = transform::scan_sql(text, error);
  return tokens && std::any_of(tokens->begin(), tokens->end(), [&](const transform::Token& token) {
           return token.is_name() && token.name() == name;
         });
}

/// Whether the name stands anywhere in a tree, or in what the tree keeps as text.
struct Says {
  const std::string& name;
  bool found = false;

  template <class T>
  void operator()(std::string_view, const T& node) {
    if constexpr (!std::is_same_v<T, ast::Literal> && ast::Fields<T>::known) for_each_field(node, *this);
  }
  void operator()(std::string_view, const std::string& text) { found = found || has_name(text, name); }
  template <class T>
  void operator()(std::string_view field, const std::vector<T>& items) {
    for (const T& item : items) (*this)(field, item);
  }
  template <class T>
  requires ast::is_box<T>
  void operator()(std::string_view field, const T& box) {
    if (box) (*this)(field, *box);
  }
  template <class T>
  void operator()(std::string_view field, const std::optional<T>& one) {
    if (one) (*this)(field, *one);
  }
  template <class... T>
  void operator()(std::string_view field, const ast::OneOf<T...>& variant) {
    std::visit([&](const auto& one) { (*this)(field, one); }, variant);
  }
};

bool says(const ast::StatementNode& node, const std::string& name) {
  Says look{name};
  look({}, node);
  return look.found;
}

/// Whether a statement that uses the relation shows or copies whatever columns it has.
bool takes_all_columns(const ast::StatementNode& node, ObjectId relation) {
  if (const auto* create = std::get_if<ast::CreateTable>(&node); create != nullptr) {
    // LIKE is written out by then: what is no key refers to it so, or as a parent.
    ast::Visitor visitor;
    bool refers = create->name.object == relation;
    visitor.constraint = [&](const ast::Constraint& one) {
      refers = refers || one.referenced.object == relation;
    };
    walk(const_cast<ast::StatementNode&>(node), visitor);
    return !refers;
  }
  const bool is_query =
      std::holds_alternative<ast::CreateView>(node) || std::holds_alternative<ast::CreateTableAs>(node) ||
      std::holds_alternative<ast::SelectStatement>(node) || ast::changed_table(node) != nullptr;
  bool star = false;
  TreeEdit look;
  look.column = [&](const ast::ColumnRef& column) { star = star || column.star; };
  if (is_query) edit(const_cast<ast::StatementNode&>(node), look);
  return star;
}

/// Whether it writes rows, or makes a primary key: a column that should be gone would have no value, a key
/// that should be gone would be in the way.
bool fills(const ast::StatementNode& node) {
  if (std::holds_alternative<ast::Insert>(node) || std::holds_alternative<ast::CopyFrom>(node)) return true;
  const auto* alter = std::get_if<ast::AlterTable>(&node);
  return alter != nullptr &&
         std::any_of(alter->commands.begin(), alter->commands.end(), [](const ast::AlterCommand& command) {
           const auto* add = std::get_if<ast::AddConstraint>(&command);
           return add != nullptr && add->constraint.kind == ast::Constraint::Kind::primary_key;
         });
}

/// Of two objects outside of a relation: whether they may not have one name.
bool share_names(ObjectKind one, ObjectKind other) {
  const auto is_type = [](ObjectKind kind) { return kind == ObjectKind::type || kind == ObjectKind::domain; };
  return one == other || (is_relation(one) && is_relation(other)) || (is_routine(one) && is_routine(other)) ||
         (is_type(one) && is_type(other));
}

}  // namespace

void LeftUndone::add(ObjectId object, ast::StatementId root, bool is_there, bool dropped) {
  const auto is_same = [&](const Undone& one) { return one.object == object; };
  if (object == ast::no_object || std::any_of(undone_.begin(), undone_.end(), is_same)) return;
  undone_.push_back({object, is_there ? script_.objects[object].name : ast::Name(), root, dropped});
}

void LeftUndone::note(const ast::Statement& held, const Binder::Result& result, ast::StatementId root) {
  const auto add_all = [&](const std::vector<ObjectId>& objects) {
    for (const ObjectId id : objects) add(id, root, true);
  };
  if (result.met == Binder::Met::replaced) add(result.object, root, true);
  if (const auto* rename = std::get_if<ast::Rename>(&held.node)) {
    ObjectId id = rename->object.name.object;
    if (id != ast::no_object && !rename->object.member.empty())
      id = binder_.names.find_in(id, rename->object.kind, rename->object.member);
    add(id, root, true);
    if (rename->object.kind == ObjectKind::schema) add_all(binder_.names.in_schema(rename->object.name.name));
  } else if (const auto* move = std::get_if<ast::SetSchema>(&held.node)) {
    add(move->object.name.object, root, true);
    for (const ObjectId member : binder_.names.members(move->object.name.object)) {
      if (!is_member(script_.objects[member].kind)) add(member, root, true);
      add_all(binder_.names.members(member));
    }
  } else if (const auto* drop = std::get_if<ast::Drop>(&held.node)) {
    for (const ast::ObjectRef& one : drop->objects) {
      add(one.member.empty() ? one.name.object
                             : binder_.names.find_in(one.name.object, drop->kind, one.member),
          root, true);
    }
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&held.node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      if (const auto* column = std::get_if<ast::DropColumn>(&command))
        add(binder_.names.find_in(alter->name.object, ObjectKind::column, column->column), root, true, true);
    }
  }
}

void LeftUndone::note_made(const ast::Statement& held, ObjectId first, ast::StatementId root) {
  for (ObjectId id = first; id < script_.objects.size(); ++id) {
    if (script_.objects[id].created == held.id) add(id, root, false);
  }
}

bool LeftUndone::is_used(ObjectId object, const ast::Statement& by) const {
  const std::vector<ast::StatementId>& users = binder_.users(object);
  return !users.empty() && users.back() == by.id;
}

/// Many names of columns stand in lists and texts, which are not bound.
bool LeftUndone::names_column(const Undone& column, const ast::Statement& statement) const {
  const ast::Object& now = script_.objects[column.object];
  if (!is_used(now.parent, statement)) return false;
  if (takes_all_columns(statement.node, now.parent)) return true;
  if (column.dropped && fills(statement.node)) return true;
  // Its lists are of its own columns, and what it refers to is bound; a comment is no SQL.
  const ObjectId own = own_table(statement.node);
  if ((own != ast::no_object && own != now.parent) || std::holds_alternative<ast::Comment>(statement.node))
    return false;
  return says(statement.node, now.name.name) ||
         (!column.before.empty() && says(statement.node, column.before.name));
}

/// Whether it makes something of the name that an object still has in the output, or means another by it.
bool LeftUndone::takes_name(const Undone& undone, const ast::Statement& statement,
                            const Binder::Result& result) const {
  const ast::Object& object = script_.objects[undone.object];
  const auto is_it = [&](ObjectId other) {
    return other != ast::no_object && other != undone.object &&
           (other == result.object || is_used(other, statement));
  };
  const auto becomes_it = [&](ObjectId other, const ast::Name& name) {
    return other != ast::no_object && share_names(script_.objects[other].kind, object.kind) &&
           script_.objects[other].signature == object.signature && may_be_same(name, undone.before);
  };
  if (object.kind == ObjectKind::schema && result.object != ast::no_object) {
    const ast::Object& made = script_.objects[result.object];
    if (!is_member(made.kind) &&
        (made.name.schema == object.name.name || made.name.schema == undone.before.name))
      return true;
  }
  if (is_routine(object.kind)) {
    if (is_it(binder_.names.routine(undone.before, object.signature, {}))) return true;
  } else if (is_it(binder_.names.find(object.kind, undone.before, {}))) {
    return true;
  }
  // With it goes what has yet to leave it.
  const auto is_its_schema = [&](ObjectKind kind, const ast::Name& name) {
    return kind == ObjectKind::schema && name.name == undone.before.schema;
  };
  if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
    if (is_its_schema(rename->object.kind, rename->object.name)) return true;
    const ObjectId id = rename->object.name.object;
    return rename->object.member.empty() &&
           becomes_it(id, {script_.objects[id].name.schema, rename->new_name});
  }
  if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
    const ObjectId id = move->object.name.object;
    return becomes_it(id, {move->schema, script_.objects[id].name.name});
  }
  const auto* drop = std::get_if<ast::Drop>(&statement.node);
  return drop != nullptr &&
         std::any_of(drop->objects.begin(), drop->objects.end(), [&](const ast::ObjectRef& one) {
           const ObjectKind kind = one.member.empty() ? drop->kind : ObjectKind::table;
           return is_its_schema(kind, one.name) ||
                  (one.name.object == ast::no_object && share_names(kind, object.kind) &&
                   may_be_same(one.name, undone.before));
         });
}

ast::StatementId LeftUndone::waits_for(const ast::Statement& statement, const Binder::Result& result) const {
  const auto* grant = std::get_if<ast::Grant>(&statement.node);
  const bool of_schema = grant != nullptr && grant->all_in_schema;  // whatever stands in it
  for (const Undone& one : undone_) {
    const ObjectKind kind = script_.objects[one.object].kind;
    if (of_schema && kind != ObjectKind::schema) continue;
    const bool named = is_used(one.object, statement) ||
                       (kind == ObjectKind::column && names_column(one, statement)) ||
                       (!one.before.empty() && !is_member(kind) && takes_name(one, statement, result));
    if (named) return one.root;
  }
  return ast::no_statement;
}

}  // namespace pg2crdb::bind
