// DO blocks that make something only where it is not there yet: whether it is, the names at that point tell.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ast/sequence_call.h"
#include "bind/history.h"
#include "parser/block_statements.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// A relation of the catalog that a condition looks into: what its rows are about, and the columns that name
/// it, the relation that it lives in, its schema.
struct CatalogRelation {
  std::string_view name;
  ObjectKind kind;
  std::string_view named;
  std::string_view relation = {};  ///< as text, or as an oid: a cast to regclass
  std::string_view schema = {};
};

constexpr CatalogRelation catalog_relations[] = {
    {"pg_type", ObjectKind::type, "typname", "", "nspname"},
    {"pg_class", ObjectKind::table, "relname", "", "nspname"},
    {"pg_tables", ObjectKind::table, "tablename", "", "schemaname"},
    {"pg_indexes", ObjectKind::index, "indexname", "tablename", "schemaname"},
    {"pg_constraint", ObjectKind::constraint, "conname", "conrelid", "nspname"},
    {"pg_attribute", ObjectKind::column, "attname", "attrelid", ""},
    {"pg_trigger", ObjectKind::trigger, "tgname", "tgrelid", ""},
    {"pg_policy", ObjectKind::policy, "polname", "polrelid", ""},
    {"pg_policies", ObjectKind::policy, "policyname", "tablename", "schemaname"},
    {"pg_roles", ObjectKind::role, "rolname", "", ""},
    {"pg_authid", ObjectKind::role, "rolname", "", ""},
    {"pg_user", ObjectKind::role, "usename", "", ""},
    {"pg_namespace", ObjectKind::schema, "nspname", "", ""},
    {"schemata", ObjectKind::schema, "schema_name", "", ""},
    {"tables", ObjectKind::table, "table_name", "", "table_schema"},
    {"columns", ObjectKind::column, "column_name", "table_name", "table_schema"},
    {"table_constraints", ObjectKind::constraint, "constraint_name", "table_name", "table_schema"},
};

/// `presumably` where only the script is known: something else may stand on the target.
enum class Holds { unknown, yes, no, presumably, presumably_not };

Holds negated(Holds holds) {
  switch (holds) {
    case Holds::yes:
      return Holds::no;
    case Holds::no:
      return Holds::yes;
    case Holds::presumably:
      return Holds::presumably_not;
    case Holds::presumably_not:
      return Holds::presumably;
    case Holds::unknown:
      break;
  }
  return Holds::unknown;
}

bool is_about(ObjectKind looked_for, ObjectKind kind) {
  if (looked_for == ObjectKind::type)
    return kind == ObjectKind::type || kind == ObjectKind::domain ||
           (is_relation(kind) && kind != ObjectKind::sequence && kind != ObjectKind::index);
  if (looked_for == ObjectKind::table) return is_relation(kind) || kind == ObjectKind::index;
  return looked_for == kind;
}

class Condition {
 public:
  Condition(const ast::Script& script, const Binder& binder) : script_(script), binder_(binder) {}

  Holds holds(const ast::Expr& expr) const {
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node);
        literal != nullptr && literal->kind == ast::Literal::Kind::boolean)
      return literal->text == "true" ? Holds::yes : Holds::no;
    if (const auto* logic = std::get_if<ast::BoolExpr>(&expr.node);
        logic != nullptr && logic->kind == ast::BoolExpr::Kind::negation)
      return negated(holds(logic->arguments[0]));
    const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
    if (subquery == nullptr || subquery->kind != ast::Subquery::Kind::exists) return Holds::unknown;
    return exists(*subquery->query);
  }

 private:
  /// What WHERE says of the row that is looked for.
  struct Wanted {
    std::string name, relation, schema;
    bool has_name = false;
    bool has_more = false;  ///< what is not understood
  };

  Holds exists(const ast::Query& query) const {
    const auto* from = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
    if (from == nullptr || !query.with.empty() || !query.group_by.empty() || query.having || query.offset ||
        !query.where)
      return Holds::unknown;
    const auto relation = std::find_if(
        std::begin(catalog_relations), std::end(catalog_relations), [&](const CatalogRelation& one) {
          const bool of_standard = !one.name.starts_with("pg_");
          return one.name == from->name.name &&
                 (of_standard ? from->name.schema == "information_schema"
                              : from->name.schema.empty() || from->name.schema == "pg_catalog");
        });
    if (relation == std::end(catalog_relations)) return Holds::unknown;
    Wanted wanted;
    read(*query.where, *relation, wanted);
    return wanted.has_name ? stands(*relation, wanted) : Holds::unknown;
  }

  void read(const ast::Expr& expr, const CatalogRelation& relation, Wanted& wanted) const {
    if (const auto* logic = std::get_if<ast::BoolExpr>(&expr.node);
        logic != nullptr && logic->kind == ast::BoolExpr::Kind::conjunction) {
      for (const ast::Expr& one : logic->arguments) read(one, relation, wanted);
      return;
    }
    const auto* equal = std::get_if<ast::Operation>(&expr.node);
    const bool is_equal = equal != nullptr && equal->kind == ast::Operation::Kind::op &&
                          equal->op == std::vector<std::string>{"="} && equal->left && equal->right;
    const auto* column = is_equal ? std::get_if<ast::ColumnRef>(&equal->left->node) : nullptr;
    const std::optional<std::string> value = column == nullptr ? std::nullopt : value_of(*equal->right);
    wanted.has_more = wanted.has_more || !value || column->names.empty();
    if (!value || column->names.empty()) return;
    const std::string& name = column->names.back();
    if (name == relation.named) {
      wanted.name = *value;
      wanted.has_name = true;
    } else if (!relation.relation.empty() && name == relation.relation) {
      wanted.relation = *value;
    } else if (!relation.schema.empty() && name == relation.schema) {
      wanted.schema = *value;
    } else {
      wanted.has_more = true;
    }
  }

  std::optional<std::string> value_of(const ast::Expr& expr) const {
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node);
        literal != nullptr && literal->kind == ast::Literal::Kind::string)
      return literal->text;
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return value_of(*cast->argument);
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    const auto* value = std::get_if<ast::ValueFunction>(&expr.node);
    const bool current = (call != nullptr && call->name.name == "current_schema") ||
                         (value != nullptr && value->keyword == "CURRENT_SCHEMA");
    const Path& path = binder_.session().path();
    if (current) return path.empty() ? "public" : path.front();
    return std::nullopt;
  }

  Holds stands(const CatalogRelation& relation, const Wanted& wanted) const {
    const std::optional<ast::Name> parent =
        wanted.relation.empty() ? std::nullopt : ast::parse_regclass(wanted.relation);
    for (const ast::Object& one : script_.objects) {
      if (!one.stands() || !is_about(relation.kind, one.kind) || one.name.name != wanted.name) continue;
      const ast::Name& place = relation_of(one).name;
      if (parent && place.name != parent->name) continue;
      const std::string& schema = wanted.schema.empty() && parent ? parent->schema : wanted.schema;
      if (!schema.empty() && place.schema != schema) continue;
      if (!one.made_here()) return one.kind == ObjectKind::role ? Holds::presumably_not : Holds::unknown;
      return wanted.has_more ? Holds::unknown : Holds::yes;
    }
    return Holds::presumably_not;
  }

  /// What it lives in; itself where it lives in nothing.
  const ast::Object& relation_of(const ast::Object& one) const {
    const ast::Object* place = &one;
    while ((is_member(place->kind) || place->kind == ObjectKind::index) && place->parent != ast::no_object)
      place = &script_.objects[place->parent];
    return *place;
  }

  const ast::Script& script_;
  const Binder& binder_;
};

/// What PostgreSQL raises where that is there which the statement creates, and that.
struct Made {
  std::string_view condition;
  ObjectId object = ast::no_object;
};

std::optional<Made> made_by(const ast::StatementNode& node, const Binder& binder) {
  const Path& path = binder.session().path();
  const auto find = [&](ObjectKind kind, ast::Name name) {
    if (name.schema.empty()) name.schema = path.empty() ? "public" : path.front();
    return binder.names.find(kind, name, {});
  };
  const auto find_in = [&](const ast::Name& table, ObjectKind kind, const std::string& name) {
    return binder.names.find_in(binder.names.find(ObjectKind::table, table, path), kind, name);
  };
  if (const auto* type = std::get_if<ast::CreateEnum>(&node))
    return Made{"duplicate_object", find(ObjectKind::type, type->name)};
  if (const auto* type = std::get_if<ast::CreateCompositeType>(&node))
    return Made{"duplicate_object", find(ObjectKind::type, type->name)};
  if (const auto* domain = std::get_if<ast::CreateDomain>(&node))
    return Made{"duplicate_object", find(ObjectKind::domain, domain->name)};
  if (const auto* policy = std::get_if<ast::CreatePolicy>(&node))
    return Made{"duplicate_object", find_in(policy->table, ObjectKind::policy, policy->name)};
  if (const auto* trigger = std::get_if<ast::CreateTrigger>(&node))
    return Made{"duplicate_object", find_in(trigger->table, ObjectKind::trigger, trigger->name)};
  if (const auto* role = std::get_if<ast::CreateRole>(&node))
    return Made{"duplicate_object", binder.names.find(ObjectKind::role, {{}, role->name}, {})};
  if (const auto* schema = std::get_if<ast::CreateSchema>(&node))
    return Made{"duplicate_schema", binder.names.find(ObjectKind::schema, {{}, schema->name}, {})};
  if (const auto* table = std::get_if<ast::CreateTable>(&node))
    return Made{"duplicate_table", find(ObjectKind::table, table->name)};
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node))
    return Made{"duplicate_table", find(ObjectKind::sequence, sequence->name)};
  if (const auto* index = std::get_if<ast::CreateIndex>(&node); index != nullptr && !index->name.empty()) {
    const ObjectId table = binder.names.find(ObjectKind::table, index->table, path);
    if (table == ast::no_object) return std::nullopt;
    return Made{"duplicate_table", binder.names.find(ObjectKind::index, {"", index->name}, path)};
  }
  const auto* alter = std::get_if<ast::AlterTable>(&node);
  if (alter == nullptr || alter->commands.size() != 1) return std::nullopt;
  if (const auto* add = std::get_if<ast::AddColumn>(&alter->commands[0]))
    return Made{"duplicate_column", find_in(alter->name, ObjectKind::column, add->column.name)};
  const auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
  if (add == nullptr || add->constraint.name.empty()) return std::nullopt;
  const ast::Constraint::Kind kind = add->constraint.kind;
  const bool has_index = kind == ast::Constraint::Kind::unique || kind == ast::Constraint::Kind::exclude;
  if (kind == ast::Constraint::Kind::primary_key) return std::nullopt;  // refused for having one already
  return Made{has_index ? "duplicate_table" : "duplicate_object",
              find_in(alter->name, ObjectKind::constraint, add->constraint.name)};
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
  const std::optional<Made> made = made_by(guarded.node, binder);
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
  Holds holds = Holds::yes;
  if (guarded->condition) holds = Condition(context.script, binder).holds(*guarded->condition);
  const bool runs = holds == Holds::yes || holds == Holds::presumably;
  if (runs && !guarded->passes_over.empty()) holds = creates(*guarded, context.script, binder);
  if (holds == Holds::no) return context.drop(statement, "its condition does not hold there");
  if (holds == Holds::unknown || holds == Holds::presumably_not) return;
  if (holds == Holds::presumably) say_if_not_exists(guarded->node);
  statement.node = std::move(guarded->node);
  const bool role = std::holds_alternative<ast::CreateRole>(statement.node) ||
                    std::holds_alternative<ast::AlterRole>(statement.node) ||
                    std::holds_alternative<ast::GrantRole>(statement.node);
  if (role) statement.phase = ast::Phase::roles;
  context.rewritten(statement);
}

}  // namespace pg2crdb::bind
