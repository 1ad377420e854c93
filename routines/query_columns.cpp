#include "routines/query_columns.h"

#include <algorithm>
#include <utility>

#include "routines/query_from.h"

namespace pg2crdb::routines {
namespace {

std::string own_name(const ast::Expr& expr) {
  if (const auto* ref = std::get_if<ast::ColumnRef>(&expr.node)) return ref->names.back();
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return call->name.name;
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return own_name(*cast->argument);
  if (const auto* read = std::get_if<ast::Indirection>(&expr.node)) {
    const ast::Step& last = read->steps.back();
    return last.kind == ast::Step::Kind::field ? last.field : own_name(*read->argument);
  }
  return std::holds_alternative<ast::Coalesce>(expr.node) ? "coalesce" : std::string();
}

/// As PostgreSQL calls a column; empty where it has no name of its own.
std::string name_of(const ast::SelectItem& item) {
  const std::string name = item.alias.empty() ? own_name(*item.expr) : item.alias;
  const auto* cast = std::get_if<ast::Cast>(&item.expr->node);
  return name.empty() && cast != nullptr ? cast->type.name.name : name;
}

/// Of UNION and the like: the names of the left side, where both sides have the same types.
std::optional<std::vector<Field>> columns_of_both(const Conversion& conversion, const ast::Query& query,
                                                  const CommonTables& common_tables) {
  if (!query.with.empty()) return std::nullopt;
  std::optional<std::vector<Field>> left = columns_below(conversion, *query.left, common_tables);
  const std::optional<std::vector<Field>> right = columns_below(conversion, *query.right, common_tables);
  if (!left || !right || left->size() != right->size()) return std::nullopt;
  for (size_t i = 0; i < left->size(); ++i) {
    (*left)[i].type = type_of_both((*left)[i].type, (*right)[i].type);
    (*left)[i].source.clear();
  }
  return left;
}

/// column1, column2 ...
std::optional<std::vector<Field>> columns_of_values(const Conversion& conversion, const ast::Query& query,
                                                    const CommonTables& common_tables) {
  const From nothing(conversion, {}, common_tables);
  std::vector<Field> result;
  for (size_t i = 0; i < query.values[0].size(); ++i) {
    std::vector<const ast::Expr*> all;
    for (const std::vector<ast::Expr>& row : query.values) {
      if (row.size() != query.values[0].size()) return std::nullopt;
      all.push_back(&row[i]);
    }
    const std::optional<ast::TypeName> type = common_type(conversion, nothing, all);
    result.push_back({"column" + std::to_string(i + 1), type.value_or(ast::TypeName()), {}});
  }
  return result;
}

}  // namespace

std::optional<std::vector<Field>> columns_below(const Conversion& conversion, const ast::Query& query,
                                                CommonTables common_tables) {
  if (query.left) return columns_of_both(conversion, query, common_tables);
  if (!query.values.empty()) return columns_of_values(conversion, query, common_tables);
  const From from(conversion, query, std::move(common_tables));
  if (!from.known()) return std::nullopt;
  std::vector<Field> result;
  for (const ast::SelectItem& target : query.targets) {
    const auto* ref = std::get_if<ast::ColumnRef>(&target.expr->node);
    if (ref != nullptr && ref->star) {
      if (ref->names.size() > 1) return std::nullopt;
      const std::vector<Field> all = from.all(ref->names.empty() ? "" : ref->names[0]);
      if (all.empty()) return std::nullopt;
      result.insert(result.end(), all.begin(), all.end());
      continue;
    }
    Field field;
    if (const Field* known = ref == nullptr ? nullptr : from.find(ref->names)) field = *known;
    field.name = name_of(target);
    field.type = computed_type(conversion, from, *target.expr).value_or(ast::TypeName());
    result.push_back(std::move(field));
  }
  for (size_t i = 0; i < result.size(); ++i) {
    for (size_t other = 0; other < i; ++other) {
      if (!result[i].name.empty() && result[other].name == result[i].name) return std::nullopt;
    }
  }
  return result;
}

std::optional<std::vector<Field>> columns_of(const Conversion& conversion, const ast::Query& query) {
  return columns_below(conversion, query, {});
}

std::optional<ast::TypeName> type_of_value(const Conversion& conversion, const ast::Expr& expr) {
  return computed_type(conversion, From(conversion, {}, {}), expr);
}

void write_out_stars(const Conversion& conversion, ast::Query& query) {
  if (!columns_of(conversion, query)) return;
  std::vector<ast::SelectItem> targets;
  for (ast::SelectItem& item : query.targets) {
    const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node);
    if (ref == nullptr || !ref->star) {
      targets.push_back(std::move(item));
      continue;
    }
    for (const Field& field : fields_of_star(conversion, query, *ref)) {
      ast::SelectItem one;
      one.expr = column(field.source);
      targets.push_back(std::move(one));
    }
  }
  query.targets = std::move(targets);
}

std::vector<Field> fields_of_star(const Conversion& conversion, const ast::Query& query,
                                  const ast::ColumnRef& star) {
  return From(conversion, query, {}).all(star.names.empty() ? "" : star.names[0]);
}

}  // namespace pg2crdb::routines
