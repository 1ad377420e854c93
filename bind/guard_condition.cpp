// Conditions of DO blocks that look into the catalog of PostgreSQL: whether it has something.
#include "bind/guard_condition.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "ast/sequence_call.h"
#include "bind/history.h"
#include "bind/pg_catalog.h"
#include "support/name_size.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// What the rows of a relation of the catalog are about.
enum class Rows {
  types,
  relations,   ///< everything that pg_class has
  tables,      ///< without views
  selectable,  ///< what information_schema has of them
  indexes,
  columns,
  selectable_columns,
  constraints,  ///< and those of domains
  table_constraints,
  triggers,
  policies,
  roles,
  logins,
  schemas,
};

/// A relation of the catalog that a condition looks into, and its columns: the one that names what a row is
/// about, the ones that say the relation that it lives in, and its schema.
struct CatalogRelation {
  std::string_view name;
  Rows rows;
  std::string_view named;
  std::string_view relation = {};
  std::string_view schema = {};
};

constexpr CatalogRelation catalog_relations[] = {
    {"pg_type", Rows::types, "typname", "", "typnamespace"},
    {"pg_class", Rows::relations, "relname", "", "relnamespace"},
    {"pg_tables", Rows::tables, "tablename", "", "schemaname"},
    {"pg_indexes", Rows::indexes, "indexname", "tablename", "schemaname"},
    {"pg_constraint", Rows::constraints, "conname", "conrelid", "connamespace"},
    {"pg_attribute", Rows::columns, "attname", "attrelid", ""},
    {"pg_trigger", Rows::triggers, "tgname", "tgrelid", ""},
    {"pg_policy", Rows::policies, "polname", "polrelid", ""},
    {"pg_policies", Rows::policies, "policyname", "tablename", "schemaname"},
    {"pg_roles", Rows::roles, "rolname", "", ""},
    {"pg_authid", Rows::roles, "rolname", "", ""},
    {"pg_user", Rows::logins, "usename", "", ""},
    {"pg_namespace", Rows::schemas, "nspname", "", ""},
    {"schemata", Rows::schemas, "schema_name", "", ""},
    {"tables", Rows::selectable, "table_name", "", "table_schema"},
    {"columns", Rows::selectable_columns, "column_name", "table_name", "table_schema"},
    {"table_constraints", Rows::table_constraints, "constraint_name", "table_name", "table_schema"},
};

/// Columns that hold the number of a relation or a schema: they equal a name only as a regclass.
bool is_of_relations(std::string_view column) {
  return column.ends_with("relid");
}
bool is_of_schemas(std::string_view column) {
  return column.ends_with("namespace");
}

/// What information_schema has, sorted: names without a schema may mean it.
constexpr std::string_view standard_names[] = {"administrable_role_authorizations",
                                               "applicable_roles",
                                               "attributes",
                                               "cardinal_number",
                                               "character_data",
                                               "character_sets",
                                               "check_constraint_routine_usage",
                                               "check_constraints",
                                               "collation_character_set_applicability",
                                               "collations",
                                               "column_column_usage",
                                               "column_domain_usage",
                                               "column_options",
                                               "column_privileges",
                                               "column_udt_usage",
                                               "columns",
                                               "constraint_column_usage",
                                               "constraint_table_usage",
                                               "data_type_privileges",
                                               "domain_constraints",
                                               "domain_udt_usage",
                                               "domains",
                                               "element_types",
                                               "enabled_roles",
                                               "foreign_data_wrapper_options",
                                               "foreign_data_wrappers",
                                               "foreign_server_options",
                                               "foreign_servers",
                                               "foreign_table_options",
                                               "foreign_tables",
                                               "information_schema_catalog_name",
                                               "key_column_usage",
                                               "parameters",
                                               "referential_constraints",
                                               "role_column_grants",
                                               "role_routine_grants",
                                               "role_table_grants",
                                               "role_udt_grants",
                                               "role_usage_grants",
                                               "routine_column_usage",
                                               "routine_privileges",
                                               "routine_routine_usage",
                                               "routine_sequence_usage",
                                               "routine_table_usage",
                                               "routines",
                                               "schemata",
                                               "sequences",
                                               "sql_features",
                                               "sql_identifier",
                                               "sql_implementation_info",
                                               "sql_parts",
                                               "sql_sizing",
                                               "table_constraints",
                                               "table_privileges",
                                               "tables",
                                               "time_stamp",
                                               "transforms",
                                               "triggered_update_columns",
                                               "triggers",
                                               "udt_privileges",
                                               "usage_privileges",
                                               "user_defined_types",
                                               "user_mapping_options",
                                               "user_mappings",
                                               "view_column_usage",
                                               "view_routine_usage",
                                               "view_table_usage",
                                               "views",
                                               "yes_or_no"};

/// Whether a relation of that name is, or may be, PostgreSQL's own.
bool is_of_postgres(std::string_view name) {
  return is_system_schema(name) ||
         std::binary_search(std::begin(standard_names), std::end(standard_names), name);
}

bool is_system_column(std::string_view name) {
  constexpr std::string_view names[] = {"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

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
    std::optional<std::string> name, relation, schema;
    bool has_more = false;  ///< what is not understood: it can only leave rows out
  };

  Holds exists(const ast::Query& query) const {
    const auto* from = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
    if (from == nullptr || !from->alias.columns.empty() || !shows_all(query)) return Holds::unknown;
    const auto relation = std::find_if(std::begin(catalog_relations), std::end(catalog_relations),
                                       [&](const CatalogRelation& one) { return is_meant(from->name, one); });
    if (relation == std::end(catalog_relations)) return Holds::unknown;
    Wanted wanted;
    read(*query.where, from->alias.name.empty() ? from->name.name : from->alias.name, *relation, wanted);
    return wanted.name ? stands(*relation, wanted) : Holds::unknown;
  }

  /// Whether the query has a row exactly where its WHERE holds for one: an aggregate always has one.
  static bool shows_all(const ast::Query& query) {
    const auto* limit = query.limit ? std::get_if<ast::Literal>(&query.limit->node) : nullptr;
    const bool limited = query.limit && (limit == nullptr || limit->text != "1");
    return query.set_operation == ast::Query::SetOperation::none && query.with.empty() && query.where &&
           query.group_by.empty() && !query.having && !limited && !query.offset && query.locking.empty() &&
           std::all_of(query.targets.begin(), query.targets.end(), [](const ast::SelectItem& target) {
             return std::holds_alternative<ast::Literal>(target.expr->node) ||
                    std::holds_alternative<ast::ColumnRef>(target.expr->node);
           });
  }

  bool is_meant(const ast::Name& name, const CatalogRelation& relation) const {
    if (name.name != relation.name) return false;
    if (!relation.name.starts_with("pg_")) return name.schema == "information_schema";
    if (!name.schema.empty()) return name.schema == "pg_catalog";
    return !object(binder_.names.find(ObjectKind::table, name, binder_.session().path())).made_here();
  }

  void read(const ast::Expr& expr, const std::string& from, const CatalogRelation& relation,
            Wanted& wanted) const {
    if (const auto* logic = std::get_if<ast::BoolExpr>(&expr.node);
        logic != nullptr && logic->kind == ast::BoolExpr::Kind::conjunction) {
      for (const ast::Expr& one : logic->arguments) read(one, from, relation, wanted);
      return;
    }
    const auto* equal = std::get_if<ast::Operation>(&expr.node);
    const bool is_equal = equal != nullptr && equal->kind == ast::Operation::Kind::op &&
                          equal->op == std::vector<std::string>{"="} && equal->left && equal->right;
    const bool turned = is_equal && std::holds_alternative<ast::ColumnRef>(equal->right->node);
    const auto* column =
        is_equal ? std::get_if<ast::ColumnRef>(turned ? &equal->right->node : &equal->left->node) : nullptr;
    const bool is_own = column != nullptr && (column->names.size() == 1 ||
                                              (column->names.size() == 2 && column->names.front() == from));
    std::optional<std::string>* said = nullptr;
    if (is_own) {
      const std::string& name = column->names.back();
      if (name == relation.named) said = &wanted.name;
      if (name == relation.relation) said = &wanted.relation;
      if (name == relation.schema) said = &wanted.schema;
    }
    if (said != nullptr && !*said)
      *said = value_of(turned ? *equal->left : *equal->right, column->names.back());
    else
      said = nullptr;
    wanted.has_more = wanted.has_more || said == nullptr || !*said;
  }

  /// The text that the column has to be; a regclass as it is written.
  std::optional<std::string> value_of(const ast::Expr& expr, std::string_view column) const {
    const auto* cast = std::get_if<ast::Cast>(&expr.node);
    const auto* literal = std::get_if<ast::Literal>(cast == nullptr ? &expr.node : &cast->argument->node);
    if (literal != nullptr && literal->kind == ast::Literal::Kind::string) {
      const std::string type = cast == nullptr ? "" : cast->type.name.name;
      if (cast != nullptr && (!cast->type.modifiers.empty() || !cast->type.array_bounds.empty()))
        return std::nullopt;
      if (is_of_relations(column)) return type == "regclass" ? std::optional(literal->text) : std::nullopt;
      if (is_of_schemas(column)) {
        const std::optional<ast::Name> name = ast::parse_regclass(literal->text);
        return type == "regnamespace" && name && name->schema.empty() ? std::optional(name->name)
                                                                      : std::nullopt;
      }
      // A plain literal becomes what the column is, a name.
      if (type.empty() || type == "name") return std::string(clipped_name(literal->text));
      return type == "text" || type == "varchar" ? std::optional(literal->text) : std::nullopt;
    }
    if (is_of_relations(column) || is_of_schemas(column)) return std::nullopt;
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    const auto* value = std::get_if<ast::ValueFunction>(&expr.node);
    const bool current = (call != nullptr && call->name.name == "current_schema") ||
                         (value != nullptr && value->keyword == "CURRENT_SCHEMA");
    const Path& path = binder_.session().path();
    const bool is_there =
        path.size() == 1 ||
        (!path.empty() && binder_.names.find(ObjectKind::schema, {{}, path.front()}, {}) != ast::no_object);
    return current && is_there ? std::optional(path.front()) : std::nullopt;
  }

  Holds stands(const CatalogRelation& relation, const Wanted& wanted) const {
    if (wanted.schema && is_system_schema(*wanted.schema)) return Holds::unknown;
    std::optional<ObjectId> place;
    if (wanted.relation && is_of_relations(relation.relation)) {
      const std::optional<ast::Name> name = ast::parse_regclass(*wanted.relation);
      if (!name) return Holds::unknown;
      place = binder_.names.find(ObjectKind::table, *name, binder_.session().path());
    }
    const auto is_in_place = [&](ObjectId id) {
      if (place) return id == *place;
      return (!wanted.relation || object(id).name.name == *wanted.relation) &&
             (!wanted.schema || object(id).name.schema == *wanted.schema);
    };
    Holds holds = may_be_elsewhere(relation.rows, wanted) ? Holds::unknown : Holds::presumably_not;
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      const ObjectId lives_in = relation_of(id);
      if (!object(id).stands() || !is_in_place(lives_in)) continue;
      const bool is_it = object(id).name.name == *wanted.name && shows(relation.rows, id, lives_in);
      if ((is_it || wanted.relation) && is_changed_by_text(lives_in)) return Holds::unknown;
      if (is_it && object(id).made_here())
        return is_sure(relation.rows, id, wanted) ? Holds::yes : Holds::unknown;
      const bool role = object(id).kind == ObjectKind::role;
      if (is_it ? !role : wanted.relation && id == lives_in && has_more_than_known(relation.rows, id))
        holds = Holds::unknown;
    }
    return holds;
  }

  bool is_sure(Rows rows, ObjectId id, const Wanted& wanted) const {
    const auto* role = std::get_if<ast::CreateRole>(&script_.statements[object(id).created].node);
    return !wanted.has_more && (rows != Rows::logins || (role != nullptr && role->login));
  }

  /// Whether the relation of the catalog has a row of the object.
  bool shows(Rows rows, ObjectId id, ObjectId lives_in) const {
    const ObjectKind kind = object(id).kind;
    const auto is_selectable = [](ObjectKind one) {
      return one == ObjectKind::table || one == ObjectKind::view || one == ObjectKind::foreign_table;
    };
    switch (rows) {
      case Rows::types:
        return kind == ObjectKind::type || kind == ObjectKind::domain || is_selectable(kind) ||
               kind == ObjectKind::materialized_view;
      case Rows::relations:
        return is_relation(kind) || (kind == ObjectKind::type && made_as<ast::CreateCompositeType>(id));
      case Rows::tables:
        return kind == ObjectKind::table;
      case Rows::selectable:
        return is_selectable(kind);
      case Rows::indexes:
        return kind == ObjectKind::index;
      case Rows::columns:
        return kind == ObjectKind::column;
      case Rows::selectable_columns:
        return kind == ObjectKind::column && is_selectable(object(lives_in).kind);
      case Rows::constraints:
      case Rows::table_constraints:
        return kind == ObjectKind::constraint;
      case Rows::triggers:
        return kind == ObjectKind::trigger;
      case Rows::policies:
        return kind == ObjectKind::policy;
      case Rows::roles:
      case Rows::logins:
        return kind == ObjectKind::role;
      case Rows::schemas:
        return kind == ObjectKind::schema;
    }
    return false;
  }

  /// Whether there may be such a row of what is no object of the script: PostgreSQL has names of its own, and
  /// gives some.
  bool may_be_elsewhere(Rows rows, const Wanted& wanted) const {
    const std::string& name = *wanted.name;
    const bool any_schema = !wanted.schema;
    switch (rows) {
      case Rows::types:  // arrays begin with a bar
        return name.starts_with('_') || (any_schema && (is_type_of_pg_catalog(name) || is_of_postgres(name)));
      case Rows::relations:
        return (any_schema && is_of_postgres(name)) || is_of_partition(name);
      case Rows::tables:
        return any_schema && is_of_postgres(name) && (is_system_schema(name) || name.starts_with("sql_"));
      case Rows::indexes:
        return is_system_schema(name) || is_of_partition(name);
      case Rows::columns:
      case Rows::selectable_columns:
        return !wanted.relation || (rows == Rows::columns && is_system_column(name)) ||
               (rows == Rows::selectable_columns && any_schema && is_of_postgres(*wanted.relation));
      case Rows::constraints:
        return is_system_schema(name) || (!wanted.relation && is_of_domain(name));
      case Rows::table_constraints:
        return is_system_schema(name);
      case Rows::selectable:
        return any_schema && is_of_postgres(name);
      case Rows::triggers:
      case Rows::policies:
        return false;
      case Rows::roles:
      case Rows::logins:
      case Rows::schemas:
        return is_system_schema(name);
    }
    return true;
  }

  /// Whether the relation may have columns, constraints, indexes or triggers that are no objects here.
  bool has_more_than_known(Rows rows, ObjectId id) const {
    const ObjectKind kind = object(id).kind;
    if (!object(id).made_here()) return false;
    const bool of_columns = rows == Rows::columns || rows == Rows::selectable_columns;
    if (kind != ObjectKind::table) return of_columns && (kind == ObjectKind::type || is_relation(kind));
    const auto* create = std::get_if<ast::CreateTable>(&script_.statements[object(id).created].node);
    if (of_columns &&
        (create == nullptr || !create->of_type.empty() || !unknown_source(script_, *create).empty()))
      return true;
    return rows != Rows::policies && (is_partition(id) || (create != nullptr && !create->inherits.empty()));
  }

  bool is_partition(ObjectId id) const {
    if (object(id).kind != ObjectKind::table || !object(id).made_here()) return false;
    const auto* create = std::get_if<ast::CreateTable>(&script_.statements[object(id).created].node);
    if (create != nullptr && !create->partition_of.empty()) return true;
    return std::any_of(script_.statements.begin(), script_.statements.end(), [&](const ast::Statement& one) {
      const auto* alter = std::get_if<ast::AlterTable>(&one.node);
      const auto* attach = alter == nullptr || alter->commands.empty()
                               ? nullptr
                               : std::get_if<ast::AttachPartition>(&alter->commands[0]);
      return attach != nullptr && attach->partition.object == id;
    });
  }

  /// Whether an index of a partition may be called so, which PostgreSQL names after the partition.
  bool is_of_partition(std::string_view name) const {
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      if (object(id).stands() && is_named_after(name, object(id)) && is_partition(id)) return true;
    }
    return false;
  }

  /// Whether a domain's constraint may be called so.
  bool is_of_domain(const std::string& name) const {
    const auto is_its = [&](ObjectId id) {
      const auto* create = std::get_if<ast::CreateDomain>(&script_.statements[object(id).created].node);
      return create == nullptr || is_named_after(name, object(id)) ||
             std::any_of(create->constraints.begin(), create->constraints.end(),
                         [&](const ast::Constraint& one) { return one.name == name; });
    };
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      const ast::Object& one = object(id);
      if (one.kind == ObjectKind::domain && one.stands() && one.made_here() && is_its(id)) return true;
    }
    return std::any_of(script_.statements.begin(), script_.statements.end(), [&](const ast::Statement& one) {
      const auto* opaque = std::get_if<ast::Opaque>(&one.node);
      return opaque != nullptr && !changed_domain(script_, one).empty() &&
             opaque->text.find(name) != std::string::npos;
    });
  }

  /// PostgreSQL cuts the name that it begins with, where the whole is too long, but not below this.
  static bool is_named_after(std::string_view name, const ast::Object& one) {
    constexpr size_t kept_at_least = 28;
    return name.starts_with(clipped_name(one.name.name, kept_at_least));
  }

  /// Whether a block or another text that is left for a person names the object.
  bool is_changed_by_text(ObjectId id) const {
    const std::vector<ast::StatementId>& users = binder_.users(id);
    return std::any_of(users.begin(), users.end(), [&](ast::StatementId user) {
      const ast::Statement& one = script_.statements[user];
      return one.fate == ast::Fate::needs_person && is_text(one.node);
    });
  }

  template <class Create>
  bool made_as(ObjectId id) const {
    return object(id).made_here() &&
           std::holds_alternative<Create>(script_.statements[object(id).created].node);
  }
  const ast::Object& object(ObjectId id) const { return script_.objects[id]; }

  /// What it lives in; itself where it lives in nothing.
  ObjectId relation_of(ObjectId id) const {
    while ((is_member(object(id).kind) || object(id).kind == ObjectKind::index) &&
           object(id).parent != ast::no_object)
      id = object(id).parent;
    return id;
  }

  const ast::Script& script_;
  const Binder& binder_;
};

}  // namespace

Holds holds(const ast::Expr& condition, const ast::Script& script, const Binder& binder) {
  return Condition(script, binder).holds(condition);
}

}  // namespace pg2crdb::bind
