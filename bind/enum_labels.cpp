// Labels of enums that are added or renamed: the type is made with them where nothing before says the old
// one.
#include <algorithm>

#include "ast/walk.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

void History::alter_enum(ast::Statement& statement, const ast::AlterEnum& alter) {
  const ObjectId type = alter.name.object;
  if (type == ast::no_object || !object(type).made_here()) return;
  ast::Statement& created = this->statement(object(type).created);
  auto* create = created.live() ? std::get_if<ast::CreateEnum>(&created.node) : nullptr;
  if (create == nullptr) return;
  std::vector<std::string>& labels = create->labels;
  const auto find = [&](const std::string& label) { return std::find(labels.begin(), labels.end(), label); };
  if (!alter.old_label.empty()) {
    const auto at = find(alter.old_label);
    if (at == labels.end()) return;
    if (binder_.users(type).size() > 2) return rename_label(statement, type);
    *at = alter.label;
  } else if (find(alter.label) == labels.end()) {
    auto at = alter.neighbor.empty() ? labels.end() : find(alter.neighbor);
    if (!alter.neighbor.empty() && at == labels.end()) return;
    if (!alter.neighbor.empty() && alter.after) ++at;
    labels.insert(at, alter.label);
  } else if (!alter.if_not_exists) {
    return;
  }
  context_.merge(statement, created, "the type is made with it");
}

/// What stands before it says the old label, in rows and in texts: it has to stay there.
void History::rename_label(ast::Statement& statement, ObjectId type) {
  std::vector<ObjectId> before{type};
  for (size_t i = 0; i < before.size(); ++i) {
    const std::vector<ast::StatementId> users = binder_.users(before[i]);
    for (const ast::StatementId id : users) {
      if (id == statement.id || !this->statement(id).live()) continue;
      for (const ObjectId one : objects_made_by(id)) {
        if (!is_member(object(one).kind) && std::find(before.begin(), before.end(), one) == before.end())
          before.push_back(one);
      }
    }
  }
  for (const ObjectId one : before) {
    if (one == type) continue;
    statement.text_objects.push_back(one);
    statement.after_rows = statement.after_rows || (holds_rows(one) && has_column_of(one, type));
  }
  if (statement.after_rows) renamed_labels_.emplace_back(type, statement.id);
}

/// A statement that says a label which an earlier one gives has to come after it, and stay of its own.
void History::stand_behind_labels(ast::Statement& statement) {
  for (const ast::StatementId id : kept_label_renames_) {
    const ast::Statement& rename = this->statement(id);
    const auto& alter = std::get<ast::AlterEnum>(rename.node);
    bool says = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* literal = std::get_if<ast::Literal>(&expr.node);
      says = says || (literal != nullptr && literal->text == alter.label);
    };
    walk(statement.node, visitor);
    const bool about = says && std::any_of(rename.text_objects.begin(), rename.text_objects.end(),
                                           [&](ObjectId one) { return names(statement.node, one); });
    if (!about) continue;
    statement.text_objects.push_back(alter.name.object);
    statement.after_rows = statement.after_rows || std::holds_alternative<ast::AlterTable>(statement.node);
  }
}

}  // namespace pg2crdb::bind
