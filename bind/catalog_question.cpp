// Conditions of DO blocks that look into the catalog of PostgreSQL: what they ask for.
#include "bind/catalog_question.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "ast/sequence_call.h"
#include "support/name_size.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// A relation of the catalog that a condition looks into, and its columns: the one that names what a row is
/// about, the ones that say the relation that it lives in, and its schema.
struct CatalogRelation {
  std::string_view name;
  CatalogRows rows;
  std::string_view named;
  std::string_view relation = {};
  std::string_view schema = {};
};

using Rows = CatalogRows;

constexpr CatalogRelation catalog_relations[] = {
    {"pg_type", Rows::types, "typname", "", "typnamespace"},
    {"pg_enum", Rows::labels, "enumlabel", "enumtypid", ""},
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

/// Columns that hold the number of a relation, a type or a schema: they equal a name only as a regclass and
/// its like.
std::string_view cast_of(std::string_view column) {
  if (column.ends_with("typid")) return "regtype";
  if (column.ends_with("relid")) return "regclass";
  return column.ends_with("namespace") ? "regnamespace" : std::string_view();
}

/// The relation whose number such a column holds.
std::string_view referenced_by(std::string_view column) {
  if (column.ends_with("typid")) return "pg_type";
  if (column.ends_with("relid")) return "pg_class";
  return column.ends_with("namespace") ? "pg_namespace" : std::string_view();
}

/// What FROM names.
struct Source {
  std::string alias;
  const CatalogRelation* relation = nullptr;
  /// What its name and its schema say of what is asked for.
  enum class Says { nothing, all, relation, schema };
  Says says = Says::nothing;
};

struct Equality {
  const ast::Expr* left = nullptr;
  const ast::Expr* right = nullptr;
};

/// `a = b`, `a IN (b)`
std::optional<Equality> equality(const ast::Expr& expr) {
  const auto* equal = std::get_if<ast::Operation>(&expr.node);
  if (equal == nullptr || equal->op != std::vector<std::string>{"="} || !equal->left || !equal->right)
    return std::nullopt;
  if (equal->kind == ast::Operation::Kind::op) return Equality{&*equal->left, &*equal->right};
  const auto* list = std::get_if<ast::ExprList>(&equal->right->node);
  if (equal->kind != ast::Operation::Kind::in || list == nullptr || list->items.size() != 1)
    return std::nullopt;
  return Equality{&*equal->left, &list->items[0]};
}

/// Whether the query has a row exactly where its WHERE holds for one: an aggregate always has one.
bool shows_all(const ast::Query& query) {
  const auto* limit = query.limit ? std::get_if<ast::Literal>(&query.limit->node) : nullptr;
  const bool limited = query.limit && (limit == nullptr || limit->text != "1");
  return query.set_operation == ast::Query::SetOperation::none && query.with.empty() && query.where &&
         query.group_by.empty() && !query.having && !limited && !query.offset && query.locking.empty() &&
         std::all_of(query.targets.begin(), query.targets.end(), [](const ast::SelectItem& target) {
           return std::holds_alternative<ast::Literal>(target.expr->node) ||
                  std::holds_alternative<ast::ColumnRef>(target.expr->node);
         });
}

class Reader {
 public:
  Reader(const ast::Script& script, const Binder& binder) : script_(script), binder_(binder) {}

  std::optional<CatalogQuestion> read(const ast::Expr& expr) const {
    if (const auto* logic = std::get_if<ast::BoolExpr>(&expr.node);
        logic != nullptr && logic->kind == ast::BoolExpr::Kind::negation) {
      std::optional<CatalogQuestion> asked = read(logic->arguments[0]);
      if (asked) asked->absent = !asked->absent;
      return asked;
    }
    if (const auto* test = std::get_if<ast::NullTest>(&expr.node)) return read_regclass(*test);
    const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
    if (subquery == nullptr || subquery->kind != ast::Subquery::Kind::exists) return std::nullopt;
    return read(*subquery->query);
  }

 private:
  /// `to_regclass('public.towns') IS NULL`
  std::optional<CatalogQuestion> read_regclass(const ast::NullTest& test) const {
    const auto* call = std::get_if<ast::FunctionCall>(&test.argument->node);
    if (call == nullptr || call->name.name != "to_regclass" || call->arguments.size() != 1)
      return std::nullopt;
    const ast::Expr* argument = &call->arguments[0];
    if (const auto* cast = std::get_if<ast::Cast>(&argument->node)) argument = &*cast->argument;
    const auto* literal = std::get_if<ast::Literal>(&argument->node);
    std::optional<ast::Name> name = literal == nullptr ? std::nullopt : ast::parse_regclass(literal->text);
    if (!name) return std::nullopt;
    CatalogQuestion asked;
    asked.absent = !test.negated;
    asked.name = name->name;
    asked.place = std::move(name);
    return asked;
  }

  std::optional<CatalogQuestion> read(const ast::Query& query) const {
    std::vector<Source> sources;
    std::vector<const ast::Expr*> terms;
    if (!shows_all(query)) return std::nullopt;
    for (const ast::FromItem& item : query.from) {
      if (!read_from(item, sources, terms)) return std::nullopt;
    }
    add_terms(*query.where, terms);
    if (!link(sources, terms)) return std::nullopt;
    CatalogQuestion asked;
    for (const Source& one : sources) {
      if (one.says == Source::Says::all) asked.rows = one.relation->rows;
    }
    std::optional<std::string> name;
    for (const ast::Expr* term : terms) {
      if (term != nullptr && !read_term(*term, sources, name, asked)) asked.has_more = true;
    }
    if (!name) return std::nullopt;
    asked.name = std::move(*name);
    return asked;
  }

  const CatalogRelation* relation_of(const ast::Name& name) const {
    const auto found = std::find_if(std::begin(catalog_relations), std::end(catalog_relations),
                                    [&](const CatalogRelation& one) { return is_meant(name, one); });
    return found == std::end(catalog_relations) ? nullptr : found;
  }

  bool is_meant(const ast::Name& name, const CatalogRelation& relation) const {
    if (name.name != relation.name) return false;
    if (!relation.name.starts_with("pg_")) return name.schema == "information_schema";
    if (!name.schema.empty()) return name.schema == "pg_catalog";
    const ObjectId own = binder_.names.find(ObjectKind::table, name, binder_.session().path());
    return !script_.objects[own].made_here();
  }

  bool read_from(const ast::FromItem& item, std::vector<Source>& sources,
                 std::vector<const ast::Expr*>& terms) const {
    if (const auto* join = std::get_if<ast::Join>(&item.node)) {
      const bool plain = join->kind == ast::Join::Kind::inner && !join->natural && join->alias.name.empty() &&
                         join->using_columns.empty() && join->on;
      if (!plain || !read_from(*join->left, sources, terms) || !read_from(*join->right, sources, terms))
        return false;
      add_terms(*join->on, terms);
      return true;
    }
    const auto* table = std::get_if<ast::TableRef>(&item.node);
    const CatalogRelation* relation = table == nullptr ? nullptr : relation_of(table->name);
    if (relation == nullptr || !table->alias.columns.empty()) return false;
    sources.push_back({table->alias.name.empty() ? table->name.name : table->alias.name, relation});
    return true;
  }

  static void add_terms(const ast::Expr& expr, std::vector<const ast::Expr*>& terms) {
    const auto* logic = std::get_if<ast::BoolExpr>(&expr.node);
    if (logic == nullptr || logic->kind != ast::BoolExpr::Kind::conjunction) return terms.push_back(&expr);
    for (const ast::Expr& one : logic->arguments) add_terms(one, terms);
  }

  /// Says of each source what it is for. Terms that join two become null. False where that is not known.
  static bool link(std::vector<Source>& sources, std::vector<const ast::Expr*>& terms) {
    struct Link {
      Source* of = nullptr;      // whose number
      Source* holder = nullptr;  // that has it in `column`
      std::string_view column;
    };
    std::vector<Link> links;
    for (const ast::Expr*& term : terms) {
      const std::optional<Equality> equal = equality(*term);
      if (!equal) continue;
      for (const bool turned : {false, true}) {
        const auto* number = std::get_if<ast::ColumnRef>(turned ? &equal->right->node : &equal->left->node);
        const auto* holds = std::get_if<ast::ColumnRef>(turned ? &equal->left->node : &equal->right->node);
        if (number == nullptr || holds == nullptr || number->names.back() != "oid") continue;
        Source* of = source_of(*number, sources);
        Source* holder = source_of(*holds, sources);
        if (of == nullptr || holder == nullptr || referenced_by(holds->names.back()) != of->relation->name)
          return false;
        links.push_back({of, holder, holds->names.back()});
        term = nullptr;
        break;
      }
    }
    std::erase(terms, nullptr);
    if (links.size() + 1 != sources.size()) return false;
    for (Source& one : sources) {
      const bool helps =
          std::any_of(links.begin(), links.end(), [&](const Link& link) { return link.of == &one; });
      if (!helps) one.says = Source::Says::all;
    }
    for (size_t round = 0; round < links.size(); ++round) {
      for (const Link& link : links) {
        const Source& holder = *link.holder;
        if (holder.says == Source::Says::nothing || link.of->says != Source::Says::nothing) continue;
        if (link.column == holder.relation->schema) link.of->says = Source::Says::schema;
        if (link.column == holder.relation->relation && holder.says == Source::Says::all)
          link.of->says = Source::Says::relation;
      }
    }
    return std::none_of(sources.begin(), sources.end(),
                        [](const Source& one) { return one.says == Source::Says::nothing; });
  }

  static bool has_column(const CatalogRelation& relation, std::string_view column) {
    return column == relation.named || column == relation.relation || column == relation.schema;
  }

  /// Of a column without a table only those are known that lead to what is asked for.
  static Source* source_of(const ast::ColumnRef& column, std::vector<Source>& sources) {
    const auto found = std::find_if(sources.begin(), sources.end(), [&](const Source& one) {
      return column.names.size() == 2 ? column.names.front() == one.alias
                                      : has_column(*one.relation, column.names.back());
    });
    const bool named = column.names.size() == 1 || column.names.size() == 2;
    return !column.star && named && found != sources.end() ? &*found : nullptr;
  }

  /// False where it asks for more than is kept.
  bool read_term(const ast::Expr& term, std::vector<Source>& sources, std::optional<std::string>& name,
                 CatalogQuestion& asked) const {
    const std::optional<Equality> equal = equality(term);
    if (!equal) return false;
    const bool turned = std::holds_alternative<ast::ColumnRef>(equal->right->node);
    const auto* column = std::get_if<ast::ColumnRef>(turned ? &equal->right->node : &equal->left->node);
    const Source* source = column == nullptr ? nullptr : source_of(*column, sources);
    if (source == nullptr) return false;
    const std::string& of = column->names.back();
    const ast::Expr& value = turned ? *equal->left : *equal->right;
    const auto set = [&](std::optional<std::string>& what, std::optional<std::string> to) {
      if (what || !to) return false;
      what = std::move(to);
      return true;
    };
    const auto number = [&] { return selected_name(value, referenced_by(of)); };
    const bool numbered = !cast_of(of).empty();
    if (of == source->relation->named) {
      const bool all = source->says == Source::Says::all;
      std::optional<std::string>& what = all                                      ? name
                                         : source->says == Source::Says::relation ? asked.relation
                                                                                  : asked.schema;
      return set(what, value_of(value, of));
    }
    if (of == source->relation->schema) {
      const std::optional<std::string> selected = numbered ? number() : std::nullopt;
      return set(asked.schema, selected ? selected : value_of(value, of));
    }
    if (of != source->relation->relation) return false;
    if (!numbered) return set(asked.relation, value_of(value, of));
    if (set(asked.relation, number())) return true;
    const std::optional<std::string> text = value_of(value, of);
    std::optional<ast::Name> place = text ? ast::parse_regclass(*text) : std::nullopt;
    if (!place || asked.place) return false;
    asked.place = std::move(place);
    return true;
  }

  /// `(SELECT oid FROM pg_namespace WHERE nspname = 'app')`
  std::optional<std::string> selected_name(const ast::Expr& expr, std::string_view relation) const {
    const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
    if (subquery == nullptr || subquery->kind != ast::Subquery::Kind::scalar) return std::nullopt;
    const ast::Query& query = *subquery->query;
    const auto* table = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
    const auto* target =
        query.targets.size() == 1 ? std::get_if<ast::ColumnRef>(&query.targets[0].expr->node) : nullptr;
    if (table == nullptr || target == nullptr || target->names.back() != "oid" || !shows_all(query))
      return std::nullopt;
    const CatalogRelation* from = relation_of(table->name);
    const std::optional<Equality> equal = equality(*query.where);
    const auto* column = equal ? std::get_if<ast::ColumnRef>(&equal->left->node) : nullptr;
    if (from == nullptr || from->name != relation || column == nullptr || column->names.back() != from->named)
      return std::nullopt;
    return value_of(*equal->right, from->named);
  }

  /// The text that the column has to be; a regclass as it is written.
  std::optional<std::string> value_of(const ast::Expr& expr, std::string_view column) const {
    const auto* cast = std::get_if<ast::Cast>(&expr.node);
    const auto* literal = std::get_if<ast::Literal>(cast == nullptr ? &expr.node : &cast->argument->node);
    const std::string_view number = cast_of(column);
    if (literal != nullptr && literal->kind == ast::Literal::Kind::string) {
      const std::string type = cast == nullptr ? "" : cast->type.name.name;
      if (cast != nullptr && (!cast->type.modifiers.empty() || !cast->type.array_bounds.empty()))
        return std::nullopt;
      if (number == "regnamespace") {
        const std::optional<ast::Name> name = ast::parse_regclass(literal->text);
        return type == number && name && name->schema.empty() ? std::optional(name->name) : std::nullopt;
      }
      if (!number.empty()) return type == number ? std::optional(literal->text) : std::nullopt;
      // A plain literal becomes what the column is, a name.
      if (type.empty() || type == "name") return std::string(clipped_name(literal->text));
      return type == "text" || type == "varchar" ? std::optional(literal->text) : std::nullopt;
    }
    if (!number.empty()) return std::nullopt;
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

  const ast::Script& script_;
  const Binder& binder_;
};

}  // namespace

std::optional<CatalogQuestion> catalog_question(const ast::Expr& condition, const ast::Script& script,
                                                const Binder& binder) {
  return Reader(script, binder).read(condition);
}

}  // namespace pg2crdb::bind
