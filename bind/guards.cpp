// DO blocks that make something only where it is not there yet: whether it is, the names at that point tell.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ast/describe.h"
#include "bind/catalog_question.h"
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

/// Of a path, the schemas in which something new may stand: up to the first that is there.
Path homes(const Binder& binder) {
  const Path path = binder.session().path();
  Path found;
  for (const std::string& schema : path) {
    found.push_back(schema);
    if (schema == "public" || binder.names.find(ObjectKind::schema, {{}, schema}, {}) != ast::no_object)
      return found;
  }
  return path.empty() ? Path{"public"} : Path{path.front()};
}

std::optional<Made> made_by(const ast::StatementNode& node, const ast::Script& script, const Binder& binder) {
  const Path path = binder.session().path();
  const Path here = homes(binder);
  const auto find = [&](ObjectKind kind, const ast::Name& name) {
    return binder.names.find(kind, name, here);
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

bool passes_over(const GuardedStatements& guarded, std::string_view condition) {
  return std::find(guarded.passes_over.begin(), guarded.passes_over.end(), condition) !=
         guarded.passes_over.end();
}

/// What the statement says of itself where SQL has words for it: the target may have what the script has not.
/// Those of types are CockroachDB's own, and only needed where a migration runs on what others made.
void say_if_not_exists(ast::StatementNode& node, bool in_order) {
  if (auto* type = std::get_if<ast::CreateEnum>(&node)) type->if_not_exists = in_order;
  if (auto* type = std::get_if<ast::CreateCompositeType>(&node)) type->if_not_exists = in_order;
  if (auto* label = std::get_if<ast::AlterEnum>(&node)) label->if_not_exists = label->old_label.empty();
  if (auto* role = std::get_if<ast::CreateRole>(&node)) role->if_not_exists = true;
  if (auto* schema = std::get_if<ast::CreateSchema>(&node)) schema->if_not_exists = true;
  if (auto* table = std::get_if<ast::CreateTable>(&node)) table->if_not_exists = true;
  if (auto* sequence = std::get_if<ast::CreateSequence>(&node)) sequence->if_not_exists = true;
  if (auto* index = std::get_if<ast::CreateIndex>(&node)) index->if_not_exists = true;
  if (auto* policy = std::get_if<ast::CreatePolicy>(&node)) policy->if_not_exists = true;
  auto* alter = std::get_if<ast::AlterTable>(&node);
  if (alter == nullptr || alter->commands.size() != 1) return;
  if (auto* add = std::get_if<ast::AddColumn>(&alter->commands[0])) add->if_not_exists = true;
  if (auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0])) add->constraint.if_not_exists = true;
}

/// Whether that is the relation which a question is about; `home` is the schema of names without one.
bool is_about(const CatalogQuestion& asked, const ast::Name& relation, const std::string& home) {
  const auto schema_of = [&](const ast::Name& name) { return name.schema.empty() ? home : name.schema; };
  if (asked.place)
    return asked.place->name == relation.name && schema_of(*asked.place) == schema_of(relation);
  return (!asked.relation || *asked.relation == relation.name) &&
         (!asked.schema || *asked.schema == schema_of(relation));
}

bool is_of_kind(CatalogRows rows, ObjectKind kind) {
  switch (rows) {
    case CatalogRows::types:
      return kind == ObjectKind::type || kind == ObjectKind::domain;
    case CatalogRows::relations:
      return is_relation(kind);
    case CatalogRows::tables:
      return kind == ObjectKind::table;
    case CatalogRows::selectable:
      return kind == ObjectKind::table || kind == ObjectKind::view;
    case CatalogRows::indexes:
      return kind == ObjectKind::index;
    case CatalogRows::columns:
    case CatalogRows::selectable_columns:
      return kind == ObjectKind::column;
    case CatalogRows::constraints:
    case CatalogRows::table_constraints:
      return kind == ObjectKind::constraint;
    case CatalogRows::triggers:
      return kind == ObjectKind::trigger;
    case CatalogRows::policies:
      return kind == ObjectKind::policy;
    case CatalogRows::roles:
      return kind == ObjectKind::role;
    case CatalogRows::schemas:
      return kind == ObjectKind::schema;
    case CatalogRows::labels:
    case CatalogRows::logins:
      return false;
  }
  return false;
}

/// Whether that is what a statement creates that has words for where it is there already.
bool creates_what_is_asked(const ast::StatementNode& node, const CatalogQuestion& asked,
                           const std::string& home) {
  const auto relation = [&](ObjectKind kind, const ast::Name& name) {
    CatalogQuestion itself = asked;
    if (!asked.place) itself.relation = asked.name;
    return is_of_kind(asked.rows, kind) && is_about(itself, name, home);
  };
  const auto member = [&](ObjectKind kind, const ast::Name& table, const std::string& name) {
    return is_of_kind(asked.rows, kind) && name == asked.name && is_about(asked, table, home);
  };
  if (!asked.absent) return false;
  if (const auto* table = std::get_if<ast::CreateTable>(&node))
    return relation(ObjectKind::table, table->name);
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node))
    return relation(ObjectKind::sequence, sequence->name);
  if (const auto* type = std::get_if<ast::CreateEnum>(&node)) return relation(ObjectKind::type, type->name);
  if (const auto* type = std::get_if<ast::CreateCompositeType>(&node))
    return relation(ObjectKind::type, type->name);
  if (const auto* domain = std::get_if<ast::CreateDomain>(&node))  // which is no object of the output
    return relation(ObjectKind::domain, domain->name);
  if (const auto* role = std::get_if<ast::CreateRole>(&node))
    return is_of_kind(asked.rows, ObjectKind::role) && role->name == asked.name;
  if (const auto* schema = std::get_if<ast::CreateSchema>(&node))
    return is_of_kind(asked.rows, ObjectKind::schema) && schema->name == asked.name;
  if (const auto* policy = std::get_if<ast::CreatePolicy>(&node))
    return member(ObjectKind::policy, policy->table, policy->name);
  if (const auto* index = std::get_if<ast::CreateIndex>(&node)) {
    const bool by_table = asked.rows == CatalogRows::indexes;
    return by_table ? member(ObjectKind::index, index->table, index->name)
                    : relation(ObjectKind::index, {index->table.schema, index->name});
  }
  const auto* alter = std::get_if<ast::AlterTable>(&node);
  if (alter == nullptr || alter->commands.size() != 1) return false;
  if (const auto* add = std::get_if<ast::AddColumn>(&alter->commands[0]))
    return member(ObjectKind::column, alter->name, add->column.name);
  const auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
  return add != nullptr && member(ObjectKind::constraint, alter->name, add->constraint.name);
}

/// Whether the output does no more than the block where what it creates is there already.
bool says_it_all(const GuardedStatements& guarded, const ast::Script& script, const Binder& binder) {
  if (guarded.nodes.size() != 1) return false;
  if (!guarded.condition) return !std::holds_alternative<ast::CreateTrigger>(guarded.nodes[0]);
  const std::optional<CatalogQuestion> asked = catalog_question(*guarded.condition, script, binder);
  return asked && creates_what_is_asked(guarded.nodes[0], *asked, homes(binder).back());
}

void tell_assumed(PassContext& context, const ast::Statement& statement, const GuardedStatements& guarded) {
  const ast::StatementNode& first = guarded.nodes[0];
  const std::string object = ast::statement_object(first);
  const std::string kind = ast::statement_kind(first);
  const std::string what = guarded.nodes.size() == 1 ? "`" + kind + (object.empty() ? "" : " " + object) + "`"
                                                     : std::to_string(guarded.nodes.size()) + " statements";
  context.report(rules[History::guard_assumed], statement, object,
                 "a DO block runs " + what + " only in a case, which is taken to hold");
}

/// Writes IF EXISTS and IF NOT EXISTS into a statement that is guarded by just that. False where it is not,
/// or SQL has no words for it.
bool say_what_is_asked(ast::StatementNode& node, const CatalogQuestion& asked, const std::string& home) {
  if (asked.has_more) return false;
  if (auto* label = std::get_if<ast::AlterEnum>(&node)) {
    const bool is_it = asked.absent && asked.rows == CatalogRows::labels && label->old_label.empty() &&
                       label->label == asked.name && (asked.relation || asked.place) &&
                       is_about(asked, label->name, home);
    label->if_not_exists = label->if_not_exists || is_it;
    return is_it;
  }
  if (asked.absent) return false;
  // A relation of that name that is asked for by itself.
  const auto is_it = [&](const ast::Name& name) {
    CatalogQuestion relation = asked;
    if (!asked.place) relation.relation = asked.name;
    return is_about(relation, name, home);
  };
  if (auto* drop = std::get_if<ast::Drop>(&node)) {
    if (drop->objects.size() != 1 || !is_of_kind(asked.rows, drop->kind)) return false;
    const ast::ObjectRef& object = drop->objects[0];
    const bool named = object.member.empty()
                           ? is_it(object.name)
                           : object.member == asked.name && is_about(asked, object.name, home);
    drop->if_exists = drop->if_exists || named;
    return named;
  }
  auto* alter = std::get_if<ast::AlterTable>(&node);
  if (alter == nullptr) return false;
  if (is_of_kind(asked.rows, alter->kind)) {
    alter->if_exists = alter->if_exists || is_it(alter->name);
    return is_it(alter->name);
  }
  if (alter->commands.size() != 1) return false;
  const auto say = [&](auto& command, const std::string& name, ObjectKind kind) {
    const bool named =
        is_of_kind(asked.rows, kind) && name == asked.name && is_about(asked, alter->name, home);
    command.if_exists = command.if_exists || named;
    return named;
  };
  if (auto* column = std::get_if<ast::DropColumn>(&alter->commands[0]))
    return say(*column, column->column, ObjectKind::column);
  auto* constraint = std::get_if<ast::DropConstraint>(&alter->commands[0]);
  return constraint != nullptr && say(*constraint, constraint->name, ObjectKind::constraint);
}

/// `DROP ..; EXCEPTION WHEN undefined_object THEN NULL`
bool say_if_exists(GuardedStatements& guarded) {
  auto* drop = std::get_if<ast::Drop>(&guarded.nodes[0]);
  const bool only_undefined =
      std::all_of(guarded.passes_over.begin(), guarded.passes_over.end(),
                  [](const std::string& one) { return one.starts_with("undefined_"); });
  if (guarded.condition || drop == nullptr || drop->objects.size() != 1 || !only_undefined) return false;
  drop->if_exists = true;
  return true;
}

/// The same of a guard that may hold and may not, where each of its statements can say so.
bool say_what_is_asked(GuardedStatements& guarded, const ast::Script& script, const Binder& binder) {
  if (!guarded.passes_over.empty()) return say_if_exists(guarded);
  if (!guarded.condition || !guarded.otherwise.empty()) return false;
  const std::optional<CatalogQuestion> asked = catalog_question(*guarded.condition, script, binder);
  const std::string home = homes(binder).back();
  return asked && std::all_of(guarded.nodes.begin(), guarded.nodes.end(), [&](ast::StatementNode& node) {
           return say_what_is_asked(node, *asked, home);
         });
}

/// Whether nothing but its name can be in its way.
bool fails_by_name_only(const ast::StatementNode& node) {
  const auto* type = std::get_if<ast::CreateEnum>(&node);
  const auto* schema = std::get_if<ast::CreateSchema>(&node);
  return (type != nullptr && type->name.schema.empty()) || (schema != nullptr && !schema->has_owner) ||
         std::holds_alternative<ast::CreateRole>(node);
}

/// Whether the statement of a block is passed over where what it creates is there already.
Holds creates(const GuardedStatements& guarded, const ast::Script& script, const Binder& binder) {
  const bool by_name = fails_by_name_only(guarded.nodes[0]);
  const bool only_duplicates =
      std::all_of(guarded.passes_over.begin(), guarded.passes_over.end(), [&](const std::string& one) {
        return one.starts_with("duplicate_") || (by_name && (one == "others" || one == "unique_violation"));
      });
  if (!only_duplicates) return Holds::unknown;
  const ast::StatementNode& node = guarded.nodes[0];
  if (const auto* label = std::get_if<ast::AlterEnum>(&node))
    return label->old_label.empty() && passes_over(guarded, "duplicate_object") ? Holds::presumably
                                                                                : Holds::unknown;
  const std::optional<Made> made = made_by(node, script, binder);
  if (!made) return Holds::unknown;
  if (made->object == ast::no_object) return Holds::presumably;
  const bool passed = passes_over(guarded, made->condition) || passes_over(guarded, "others");
  return passed && script.objects[made->object].made_here() ? Holds::no : Holds::unknown;
}

bool is_of_roles(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateRole>(node) || std::holds_alternative<ast::AlterRole>(node) ||
         std::holds_alternative<ast::GrantRole>(node);
}

}  // namespace

void settle_guard(PassContext& context, const Binder& binder, ast::Statement& statement) {
  const auto* block = std::get_if<ast::DoBlock>(&statement.node);
  if (block == nullptr || !statement.live()) return;
  std::optional<GuardedStatements> guarded = guarded_statements(block->body);
  if (!guarded) return;
  Holds settled = Holds::yes;
  if (guarded->condition) settled = holds(*guarded->condition, context.script, binder);
  const bool runs = settled == Holds::yes || settled == Holds::presumably;
  if (runs && !guarded->passes_over.empty()) settled = creates(*guarded, context.script, binder);
  const bool sure = settled == Holds::yes || settled == Holds::no;
  const bool said = !sure && say_what_is_asked(*guarded, context.script, binder);
  if (!said && !sure && settled != Holds::presumably) return;
  // Of those of ELSE it is not known that what they are about is there.
  if (settled == Holds::presumably && !guarded->otherwise.empty()) return;
  // In order, a target is met that others have worked on.
  if (!said && settled == Holds::presumably && context.options.in_order &&
      !says_it_all(*guarded, context.script, binder))
    tell_assumed(context, statement, *guarded);
  std::vector<ast::StatementNode> nodes =
      std::move(settled == Holds::no ? guarded->otherwise : guarded->nodes);
  if (nodes.empty()) return context.drop(statement, "its condition does not hold there");
  for (ast::StatementNode& node : nodes) {
    if (!said && settled == Holds::presumably) say_if_not_exists(node, context.options.in_order);
    const ast::Phase phase = is_of_roles(node) ? ast::Phase::roles : statement.phase;
    if (&node != &nodes.front()) {
      context.add(std::move(node), statement, phase);
    } else {
      statement.node = std::move(node);
      statement.phase = phase;
      context.rewritten(statement);
    }
  }
}

}  // namespace pg2crdb::bind
