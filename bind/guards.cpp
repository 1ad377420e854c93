// DO blocks that make something only where it is not there yet: whether it is, the names at that point tell.
#include <algorithm>
#include <optional>
#include <string_view>

#include "bind/guard_condition.h"
#include "bind/history.h"
#include "parser/block_statements.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// What PostgreSQL raises where that is there which the statement creates, and that.
struct Made {
  std::string_view condition;
  ObjectId object = ast::no_object;
};

std::optional<Made> made_by(const ast::StatementNode& node, const ast::Script& script, const Binder& binder) {
  const Path& path = binder.session().path();
  const auto find = [&](ObjectKind kind, ast::Name name) {
    if (name.schema.empty()) name.schema = path.empty() ? "public" : path.front();
    return binder.names.find(kind, name, {});
  };
  // Rows of tables and views are of types of their names.
  const auto find_type = [&](const ast::Name& name) {
    const ObjectId type = find(ObjectKind::type, name);
    if (type != ast::no_object) return type;
    const ObjectId relation = find(ObjectKind::table, name);
    const ObjectKind kind = script.objects[relation].kind;
    return kind == ObjectKind::index || kind == ObjectKind::sequence ? ast::no_object : relation;
  };
  const auto find_in = [&](const ast::Name& table, ObjectKind kind, const std::string& name) {
    return binder.names.find_in(binder.names.find(ObjectKind::table, table, path), kind, name);
  };
  const auto find_beside = [&](const ast::Name& table, const std::string& name) {
    const ObjectId found = binder.names.find(ObjectKind::table, table, path);
    return found == ast::no_object
               ? ast::no_object
               : binder.names.find(ObjectKind::index, {script.objects[found].name.schema, name}, {});
  };
  if (const auto* type = std::get_if<ast::CreateEnum>(&node))
    return Made{"duplicate_object", find_type(type->name)};
  if (const auto* type = std::get_if<ast::CreateCompositeType>(&node))
    return Made{"duplicate_object", find_type(type->name)};
  if (const auto* domain = std::get_if<ast::CreateDomain>(&node))
    return Made{"duplicate_object", find_type(domain->name)};
  if (const auto* policy = std::get_if<ast::CreatePolicy>(&node))
    return Made{"duplicate_object", find_in(policy->table, ObjectKind::policy, policy->name)};
  if (const auto* trigger = std::get_if<ast::CreateTrigger>(&node))
    return Made{"duplicate_object", find_in(trigger->table, ObjectKind::trigger, trigger->name)};
  if (const auto* role = std::get_if<ast::CreateRole>(&node))
    return Made{"duplicate_object", binder.names.find(ObjectKind::role, {{}, role->name}, {})};
  if (const auto* schema = std::get_if<ast::CreateSchema>(&node))
    return Made{"duplicate_schema", binder.names.find(ObjectKind::schema, {{}, schema->name}, {})};
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) {
    const ObjectId relation = find(ObjectKind::table, table->name);
    if (relation != ast::no_object) return Made{"duplicate_table", relation};
    return Made{"duplicate_object", find_type(table->name)};
  }
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node))
    return Made{"duplicate_table", find(ObjectKind::sequence, sequence->name)};
  if (const auto* index = std::get_if<ast::CreateIndex>(&node); index != nullptr && !index->name.empty()) {
    const ObjectId table = binder.names.find(ObjectKind::table, index->table, path);
    if (table == ast::no_object) return std::nullopt;
    return Made{"duplicate_table", find_beside(index->table, index->name)};
  }
  const auto* alter = std::get_if<ast::AlterTable>(&node);
  if (alter == nullptr || alter->commands.size() != 1) return std::nullopt;
  if (const auto* add = std::get_if<ast::AddColumn>(&alter->commands[0]))
    return Made{"duplicate_column", find_in(alter->name, ObjectKind::column, add->column.name)};
  const auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
  if (add == nullptr || add->constraint.name.empty()) return std::nullopt;
  const ast::Constraint::Kind kind = add->constraint.kind;
  const bool has_index = kind == ast::Constraint::Kind::unique || kind == ast::Constraint::Kind::exclude;
  // A second primary key is refused for another reason; a key may be called like the index that it takes.
  if (kind == ast::Constraint::Kind::primary_key || !add->constraint.using_index.empty()) return std::nullopt;
  const ObjectId index = has_index ? find_beside(alter->name, add->constraint.name) : ast::no_object;
  if (index != ast::no_object) return Made{"duplicate_table", index};
  return Made{"duplicate_object", find_in(alter->name, ObjectKind::constraint, add->constraint.name)};
}

/// What the statement says of itself where SQL has words for it: the target may have what the script has not.
void say_if_not_exists(ast::StatementNode& node) {
  if (auto* role = std::get_if<ast::CreateRole>(&node)) role->if_not_exists = true;
  if (auto* schema = std::get_if<ast::CreateSchema>(&node)) schema->if_not_exists = true;
  if (auto* table = std::get_if<ast::CreateTable>(&node)) table->if_not_exists = true;
  if (auto* sequence = std::get_if<ast::CreateSequence>(&node)) sequence->if_not_exists = true;
  if (auto* index = std::get_if<ast::CreateIndex>(&node)) index->if_not_exists = true;
  auto* alter = std::get_if<ast::AlterTable>(&node);
  if (alter == nullptr || alter->commands.size() != 1) return;
  if (auto* add = std::get_if<ast::AddColumn>(&alter->commands[0])) add->if_not_exists = true;
}

/// Whether the statement of a block is passed over where what it creates is there already.
Holds creates(const GuardedStatement& guarded, const ast::Script& script, const Binder& binder) {
  const std::optional<Made> made = made_by(guarded.node, script, binder);
  const bool only_duplicates =
      std::all_of(guarded.passes_over.begin(), guarded.passes_over.end(),
                  [](const std::string& one) { return one.starts_with("duplicate_"); });
  if (!made || !only_duplicates) return Holds::unknown;
  if (made->object == ast::no_object) return Holds::presumably;
  const bool passed_over = std::find(guarded.passes_over.begin(), guarded.passes_over.end(),
                                     made->condition) != guarded.passes_over.end();
  return passed_over && script.objects[made->object].made_here() ? Holds::no : Holds::unknown;
}

}  // namespace

void settle_guard(PassContext& context, const Binder& binder, ast::Statement& statement) {
  const auto* block = std::get_if<ast::DoBlock>(&statement.node);
  if (block == nullptr || !statement.live()) return;
  std::optional<GuardedStatement> guarded = guarded_statement(block->body);
  if (!guarded) return;
  Holds settled = Holds::yes;
  if (guarded->condition) settled = holds(*guarded->condition, context.script, binder);
  const bool runs = settled == Holds::yes || settled == Holds::presumably;
  if (runs && !guarded->passes_over.empty()) settled = creates(*guarded, context.script, binder);
  if (settled == Holds::no) return context.drop(statement, "its condition does not hold there");
  if (settled == Holds::unknown || settled == Holds::presumably_not) return;
  if (settled == Holds::presumably) say_if_not_exists(guarded->node);
  statement.node = std::move(guarded->node);
  const bool role = std::holds_alternative<ast::CreateRole>(statement.node) ||
                    std::holds_alternative<ast::AlterRole>(statement.node) ||
                    std::holds_alternative<ast::GrantRole>(statement.node);
  if (role) statement.phase = ast::Phase::roles;
  context.rewritten(statement);
}

}  // namespace pg2crdb::bind
