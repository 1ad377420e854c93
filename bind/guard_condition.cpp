// Conditions of DO blocks that look into the catalog of PostgreSQL: whether it has something.
#include "bind/guard_condition.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "bind/catalog_question.h"
#include "bind/history.h"
#include "bind/pg_catalog.h"
#include "support/ascii.h"
#include "support/name_size.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

using Rows = CatalogRows;
using Wanted = CatalogQuestion;

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

Holds both(Holds left, Holds right) {
  for (const Holds weakest : {Holds::no, Holds::unknown, Holds::presumably_not, Holds::presumably}) {
    if (left == weakest || right == weakest) return weakest;
  }
  return Holds::yes;
}

constexpr std::string_view schema_words[] = {"alter", "create", "drop", "execute", "perform", "call"};

/// `EXISTS (SELECT 1)`
bool is_always_there(const ast::Expr& expr) {
  const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
  if (subquery == nullptr || subquery->kind != ast::Subquery::Kind::exists) return false;
  const ast::Query& query = *subquery->query;
  const bool says_more = !query.with.empty() || query.left || !query.values.empty() || !query.from.empty() ||
                         query.where || !query.group_by.empty() || query.having || query.limit ||
                         query.offset;
  return !says_more && std::all_of(query.targets.begin(), query.targets.end(), [](const auto& one) {
    return std::holds_alternative<ast::Literal>(one.expr->node);
  });
}

class Condition {
 public:
  Condition(const ast::Script& script, const Binder& binder) : script_(script), binder_(binder) {}

  Holds holds(const ast::Expr& expr) const {
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node);
        literal != nullptr && literal->kind == ast::Literal::Kind::boolean)
      return literal->text == "true" ? Holds::yes : Holds::no;
    if (const auto* logic = std::get_if<ast::BoolExpr>(&expr.node)) {
      if (logic->kind == ast::BoolExpr::Kind::negation) return negated(holds(logic->arguments[0]));
      const bool any = logic->kind == ast::BoolExpr::Kind::disjunction;
      Holds all = Holds::yes;
      for (const ast::Expr& one : logic->arguments) all = both(all, any ? negated(holds(one)) : holds(one));
      return any ? negated(all) : all;
    }
    if (is_always_there(expr)) return Holds::yes;
    const std::optional<Wanted> wanted = catalog_question(expr, script_, binder_);
    if (!wanted) return Holds::unknown;
    return wanted->absent ? negated(stands(*wanted)) : stands(*wanted);
  }

 private:
  Holds stands(const Wanted& wanted) const {
    if (wanted.schema && is_system_schema(*wanted.schema)) return Holds::unknown;
    std::optional<ObjectId> place;
    if (wanted.place) place = binder_.names.find(ObjectKind::table, *wanted.place, binder_.session().path());
    const auto is_in_place = [&](ObjectId id) {
      if (place) return id == *place;
      return (!wanted.relation || object(id).name.name == *wanted.relation) &&
             (!wanted.schema || object(id).name.schema == *wanted.schema);
    };
    const bool in_relation = wanted.relation || wanted.place;
    Holds holds = may_be_elsewhere(wanted.rows, wanted) ? Holds::unknown : Holds::presumably_not;
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      const ObjectId lives_in = relation_of(id);
      if (!object(id).stands() || !(is_in_place(lives_in) || id == place)) continue;
      const bool is_it = object(id).name.name == wanted.name && shows(wanted.rows, id, lives_in);
      if ((is_it || in_relation) && is_changed_by_text(lives_in)) return Holds::unknown;
      if (is_it && object(id).made_here())
        return is_sure(wanted.rows, id, wanted) ? Holds::yes : Holds::unknown;
      const bool role = object(id).kind == ObjectKind::role;
      const bool is_relation_of_it = in_relation && id == lives_in;
      if (is_it ? !role : is_relation_of_it && has_more_than_known(wanted.rows, id)) {
        holds = Holds::unknown;
      } else if (is_relation_of_it && holds == Holds::presumably_not && is_made_anew(id)) {
        holds = Holds::no;
      }
    }
    return holds;
  }

  /// Whether all that the table has is of the script.
  bool is_made_anew(ObjectId id) const {
    if (!object(id).made_here()) return false;
    const auto* create = std::get_if<ast::CreateTable>(&script_.statements[object(id).created].node);
    return create != nullptr && !create->if_not_exists;
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
      case Rows::labels:
        return false;
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
    const std::string& name = wanted.name;
    const bool any_schema = !wanted.schema;
    switch (rows) {
      case Rows::types:  // arrays begin with a bar
        return name.starts_with('_') || (any_schema && (is_type_of_pg_catalog(name) || is_of_postgres(name)));
      case Rows::labels:  // they are no objects here
        return true;
      case Rows::relations:
        return (any_schema && is_of_postgres(name)) || is_of_partition(name);
      case Rows::tables:
        return any_schema && is_of_postgres(name) && (is_system_schema(name) || name.starts_with("sql_"));
      case Rows::indexes:
        return is_system_schema(name) || is_of_partition(name);
      case Rows::columns:
      case Rows::selectable_columns:
        return (!wanted.relation && !wanted.place) || (rows == Rows::columns && is_system_column(name)) ||
               (rows == Rows::selectable_columns && any_schema && is_of_postgres(*wanted.relation));
      case Rows::constraints:
        return is_system_schema(name) || (!wanted.relation && !wanted.place && is_of_domain(name));
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
      // In the script's order a block is left for a person later on.
      const auto* block = binder_.in_order ? std::get_if<ast::DoBlock>(&one.node) : nullptr;
      return (one.fate == ast::Fate::needs_person && is_text(one.node)) ||
             (block != nullptr && changes_schema(block->body));
    });
  }

  static bool changes_schema(const std::string& body) {
    const std::string words = lower(body);
    return std::any_of(std::begin(schema_words), std::end(schema_words),
                       [&](std::string_view word) { return words.find(word) != std::string::npos; });
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
