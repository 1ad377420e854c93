#include "bind/catalog_columns.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace pg2crdb::bind {
namespace {

struct Catalog {
  std::string_view schema;
  std::string_view relation;
  std::string_view columns;
};
constexpr Catalog catalogs[] = {
#define CATALOG(schema, relation, columns) {schema, relation, columns},
#include "bind/catalog_columns.def"
};

struct Function {
  std::string_view name;
  std::string_view columns;
};
constexpr Function functions[] = {
#define FUNCTION(name, columns) {name, columns},
#include "bind/catalog_columns.def"
};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const size_t blank = std::min(text.find(' '), text.size());
    result.emplace_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return result;
}

/// None where they are not known.
std::vector<std::string> columns_of_call(const ast::Expr& expr) {
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || (!call->name.schema.empty() && call->name.schema != "pg_catalog")) return {};
  const auto* found = std::ranges::find(functions, call->name.name, &Function::name);
  return found == std::end(functions) ? std::vector<std::string>() : words(found->columns);
}

std::vector<std::string> names_of(const std::vector<ast::ColumnDefinition>& columns) {
  std::vector<std::string> names;
  for (const ast::ColumnDefinition& one : columns) names.push_back(one.name);
  return names;
}

}  // namespace

std::vector<std::string> columns_of_catalog(const ast::Name& relation) {
  const std::string_view schema = relation.schema.empty() ? "pg_catalog" : std::string_view(relation.schema);
  const auto* found = std::ranges::find_if(
      catalogs, [&](const Catalog& one) { return one.relation == relation.name && one.schema == schema; });
  return found == std::end(catalogs) ? std::vector<std::string>() : words(found->columns);
}

std::vector<std::string> columns_named_by(const ast::FunctionRef& function) {
  std::vector<std::string> names = names_of(function.columns);
  bool are_all_known = true;
  for (const ast::FunctionRef::Function& one : function.functions) {
    if (!function.columns.empty()) break;
    const std::vector<std::string> its =
        one.columns.empty() ? columns_of_call(*one.call) : names_of(one.columns);
    are_all_known = are_all_known && !its.empty();
    names.insert(names.end(), its.begin(), its.end());
  }
  if (function.ordinality) names.emplace_back("ordinality");
  const std::vector<std::string>& written = function.alias.columns;
  if (!are_all_known && !written.empty()) return written;  // which of the others they are is not known
  for (size_t i = 0; i < std::min(written.size(), names.size()); ++i) names[i] = written[i];
  return names;
}

}  // namespace pg2crdb::bind
