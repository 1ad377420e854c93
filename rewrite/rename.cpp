#include "rewrite/rename.h"

#include <algorithm>

#include "ast/describe.h"
#include "ast/walk.h"
#include "emit/sql.h"
#include "support/words.h"

namespace pg2crdb::rewrite {

const FindingKind rename_not_followed = {
    "rename-not-followed", Severity::error, "rules",
    "a rule renames a column or table that this statement may name in a way that cannot be followed",
    "Write the new name into it by hand."};

namespace {

using ast::type_info;

bool mentions(const std::string& sql, const std::string& word) {
  bool found = false;
  for_each_word(sql, [&](std::string_view one) { found = found || one == word; });
  return found;
}

/// Statements that name objects in text that no tree stands for, or by rules of scope that only a database
/// knows; and those that give what a rule renames a name of their own.
bool is_text(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateFunction>(node) || std::holds_alternative<ast::DoBlock>(node) ||
         std::holds_alternative<ast::Rename>(node) || std::holds_alternative<ast::Opaque>(node);
}
bool has_query(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateView>(node) || std::holds_alternative<ast::CreateTableAs>(node) ||
         ast::changed_table(node) != nullptr;
}

void leave_for_person(PassContext& context, ast::Statement& statement, const std::string& what) {
  context.report(rename_not_followed, statement, ast::statement_object(statement.node),
                 "`" + ast::statement_object(statement.node) + "` may name " + what);
  context.needs_person(statement, "a rule renames " + what);
}

class ColumnRenamer {
 public:
  ColumnRenamer(PassContext& context, ast::Name table, std::string from, std::string to)
      : context_(context), table_(std::move(table)), from_(std::move(from)), to_(std::move(to)) {}

  void run(const ast::Statement& owner) {
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      changed_ = false;
      std::visit([this](auto& node) { visit(node); }, statement.node);
      if (changed_ && statement.id != owner.id) context_.rewritten(statement);
      const bool unclear = is_text(statement.node) || has_query(statement.node);
      if (!unclear || statement.fate == ast::Fate::added) continue;
      const std::string sql = to_sql(statement.node, Dialect::postgresql);
      if (mentions(sql, from_) && mentions(sql, table_.name))
        leave_for_person(context_, statement, "the column `" + from_ + "` of `" + to_string(table_) + "`");
    }
  }

 private:
  template <class Node>
  void visit(Node&) {}

  void visit(ast::CreateTable& create) {
    const bool own = may_be_same(create.name, table_);
    for (ast::Column& column : create.columns) {
      if (own && column.generated) expression(*column.generated->expr);
      for (ast::Constraint& constraint : column.constraints) this->constraint(constraint, own);
    }
    for (ast::Constraint& constraint : create.constraints) this->constraint(constraint, own);
    if (own && create.partition_by) elements(create.partition_by->key);
  }
  void visit(ast::AlterTable& alter) {
    const bool own = may_be_same(alter.name, table_);
    for (ast::AlterCommand& command : alter.commands) {
      if (auto* add = std::get_if<ast::AddConstraint>(&command)) constraint(add->constraint, own);
      if (!own) continue;
      std::visit(
          [this](auto& node) {
            if constexpr (requires {
                            { node.column } -> std::same_as<std::string&>;
                          })
              word(node.column);
          },
          command);
    }
  }
  void visit(ast::CreateIndex& index) {
    if (!may_be_same(index.table, table_)) return;
    elements(index.elements);
    words(index.including);
    if (index.where) expression(*index.where);
  }
  void visit(ast::CreateTrigger& trigger) {
    if (!may_be_same(trigger.table, table_)) return;
    words(trigger.update_columns);
    if (trigger.when) expression(*trigger.when);
  }
  void visit(ast::CreatePolicy& policy) {
    if (!may_be_same(policy.table, table_)) return;
    if (policy.using_) expression(*policy.using_);
    if (policy.with_check) expression(*policy.with_check);
  }
  void visit(ast::Comment& comment) {
    if (comment.object.kind == ast::ObjectKind::column && may_be_same(comment.object.name, table_))
      word(comment.object.member);
  }
  void visit(ast::Grant& grant) {
    const bool own =
        std::any_of(grant.objects.begin(), grant.objects.end(),
                    [&](const ast::ObjectRef& object) { return may_be_same(object.name, table_); });
    if (!own) return;
    for (ast::Privilege& privilege : grant.privileges) words(privilege.columns);
  }
  void visit(ast::AlterSequence& sequence) {
    std::vector<std::string>& owner = sequence.options.owned_by;
    if (owner.size() < 2 || owner[owner.size() - 2] != table_.name) return;
    if (owner.size() > 2 && !table_.schema.empty() && owner[0] != table_.schema) return;
    word(owner.back());
  }

  void constraint(ast::Constraint& constraint, bool own) {
    if (may_be_same(constraint.referenced, table_)) words(constraint.referenced_columns);
    if (!own) return;
    words(constraint.columns);
    words(constraint.including);
    words(constraint.on_delete_columns);
    elements(constraint.exclude_elements);
    if (constraint.check) expression(*constraint.check);
    if (constraint.where) expression(*constraint.where);
  }
  void elements(std::vector<ast::IndexElement>& elements) {
    for (ast::IndexElement& element : elements) {
      word(element.column);
      if (element.expr) expression(*element.expr);
    }
  }
  /// `column`, `table.column`, and a trigger's NEW and OLD.
  void expression(ast::Expr& expr) {
    ast::Visitor visitor;
    visitor.expr = [this](ast::Expr& one) {
      auto* reference = std::get_if<ast::ColumnRef>(&one.node);
      if (reference == nullptr || reference->names.empty()) return;
      const std::vector<std::string>& names = reference->names;
      const bool ours =
          names.size() == 1 ||
          (names.size() == 2 && (names[0] == table_.name || names[0] == "new" || names[0] == "old"));
      if (ours) word(reference->names.back());
    };
    walk(expr, visitor);
  }
  void words(std::vector<std::string>& all) {
    for (std::string& one : all) word(one);
  }
  void word(std::string& one) {
    if (one != from_) return;
    one = to_;
    changed_ = true;
  }

  PassContext& context_;
  const ast::Name table_;
  const std::string from_;
  const std::string to_;
  bool changed_ = false;
};

/// Every Name of a statement that means the table. What names functions, operator classes and collations is
/// of another world.
class TableRenamer {
 public:
  TableRenamer(PassContext& context, ast::Name from, std::string to)
      : context_(context), from_(std::move(from)), to_(std::move(to)) {}

  void run(const ast::Statement& owner) {
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      changed_ = false;
      if (!std::holds_alternative<ast::Rename>(statement.node))
        node(type_info<ast::StatementNode>(), &statement.node);
      if (auto* sequence = std::get_if<ast::AlterSequence>(&statement.node))
        owned_by(sequence->options.owned_by);
      if (changed_ && statement.id != owner.id) context_.rewritten(statement);
      if (is_text(statement.node) && statement.fate != ast::Fate::added &&
          mentions(to_sql(statement.node, Dialect::postgresql), from_.name))
        leave_for_person(context_, statement, "the table `" + to_string(from_) + "`");
    }
  }

 private:
  void node(const ast::TypeInfo& type, void* value) {
    if (&type == &type_info<ast::Name>()) return name(*static_cast<ast::Name*>(value));
    if (&type == &type_info<ast::TableRef>()) {
      // Columns may be named with the table's old name.
      auto& reference = *static_cast<ast::TableRef*>(value);
      if (may_be_same(reference.name, from_) && reference.alias.name.empty())
        reference.alias.name = from_.name;
    }
    if (type.kind != ast::TypeInfo::Kind::structure) {
      ast::for_each_part(type, value, [this](const ast::TypeInfo& part, void* held) { node(part, held); });
      return;
    }
    for (const ast::FieldInfo& field : type.fields) {
      const bool other =
          field.name == "function" || field.name == "collation" || field.name == "operator_class" ||
          field.name == "support" ||
          (field.name == "name" && (type.name == "FunctionCall" || type.name == "CreateFunction"));
      if (!other) node(*field.type, field.member(value));
    }
  }

  void name(ast::Name& name) {
    if (!may_be_same(name, from_)) return;
    name.name = to_;
    changed_ = true;
  }
  void owned_by(std::vector<std::string>& owner) {
    if (owner.size() < 2 || owner[owner.size() - 2] != from_.name) return;
    if (owner.size() > 2 && !from_.schema.empty() && owner[0] != from_.schema) return;
    owner[owner.size() - 2] = to_;
    changed_ = true;
  }

  PassContext& context_;
  const ast::Name from_;
  const std::string to_;
  bool changed_ = false;
};

Result<bool> rename_column(PassContext& context, const Site& site, const std::string& name) {
  auto& column = *static_cast<ast::Column*>(site.node);
  if (column.name == name) return false;
  auto* create = std::get_if<ast::CreateTable>(&site.statement.node);
  if (create == nullptr) return Error{Error::Kind::usage, "only columns of CREATE TABLE are renamed", {}, {}};
  if (ast::find_column(*create, name) != nullptr)
    return Error{Error::Kind::usage, "the table has a column `" + name + "` already", {}, {}};
  const std::string old = column.name;
  if (column.source_name.empty()) column.source_name = old;
  column.name = name;
  ColumnRenamer(context, create->name, old, name).run(site.statement);
  return true;
}

Result<bool> rename_table(PassContext& context, const Site& site, const std::string& name) {
  auto& create = std::get<ast::CreateTable>(site.statement.node);
  if (create.name.name == name) return false;
  const ast::Name wanted{create.name.schema, name};
  if (context.catalog.table(wanted) != nullptr || context.catalog.view(wanted) != nullptr)
    return Error{Error::Kind::usage, "there is a table or view `" + to_string(wanted) + "` already", {}, {}};
  const ast::Name old = create.name;
  if (create.source_name.empty()) create.source_name = old;
  TableRenamer(context, old, name).run(site.statement);
  return true;
}

}  // namespace

Result<bool> rename(PassContext& context, const Site& site, const std::string& name) {
  if (name.empty()) return Error{Error::Kind::usage, "the new name is empty", {}, {}};
  if (&site.type == &type_info<ast::Column>()) return rename_column(context, site, name);
  return rename_table(context, site, name);
}

}  // namespace pg2crdb::rewrite
