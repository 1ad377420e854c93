#include "runtime/composite_types.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb {
namespace {

/// Where a name ends that stands at the beginning: behind the last of its quoted or unquoted parts.
size_t name_end(std::string_view text) {
  size_t i = 0;
  for (bool quoted = false; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && text[i] == ' ') break;
  }
  return i;
}

}  // namespace

std::map<std::string, CanonicalType> composite_types(const LoadPlan& plan) {
  std::map<std::string, CanonicalType> types;
  for (const LoadPlan::Statement& statement : plan.statements) {
    std::string_view sql = statement.sql;
    if (statement.kind != "CREATE TYPE" || !sql.starts_with("CREATE TYPE ")) continue;
    sql.remove_prefix(std::string_view("CREATE TYPE ").size());
    if (sql.starts_with("IF NOT EXISTS ")) sql.remove_prefix(std::string_view("IF NOT EXISTS ").size());
    const std::string name(sql.substr(0, name_end(sql)));
    sql.remove_prefix(name.size());
    if (!sql.starts_with(" AS (") || !sql.ends_with(')')) continue;  // an enum
    sql = sql.substr(5, sql.size() - 6);
    CanonicalType type{CanonicalForm::composite, CanonicalForm::text};
    bool quoted = false;
    int depth = 0;
    size_t begin = 0;
    for (size_t i = 0; i <= sql.size(); ++i) {
      if (i < sql.size() && sql[i] == '"') quoted = !quoted;
      if (i < sql.size() && !quoted) depth += sql[i] == '(' ? 1 : sql[i] == ')' ? -1 : 0;
      if (i < sql.size() && (quoted || depth > 0 || sql[i] != ',')) continue;
      std::string_view attribute = sql.substr(begin, i - begin);
      attribute.remove_prefix(std::min(attribute.find_first_not_of(" \n\t"), attribute.size()));
      attribute.remove_prefix(std::min(name_end(attribute) + 1, attribute.size()));
      type.fields.push_back(canonical_type(attribute));
      begin = i + 1;
    }
    types[name] = std::move(type);
  }
  return types;
}

}  // namespace pg2crdb
