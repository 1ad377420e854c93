#include "bind/equal_keys.h"

#include <algorithm>
#include <set>

namespace pg2crdb::bind {
namespace {

using Kind = ast::Constraint::Kind;

/// A key, and the columns that it is over.
struct Key {
  ast::Constraint* constraint;
  std::vector<std::string> columns;

  bool equals(const Key& other) const {
    const ast::Constraint& one = *constraint;
    const ast::Constraint& two = *other.constraint;
    return columns == other.columns && one.including == two.including &&
           one.nulls_not_distinct == two.nulls_not_distinct && one.deferrable == two.deferrable &&
           one.initially_deferred == two.initially_deferred && one.without_overlaps == two.without_overlaps;
  }
};

}  // namespace

std::vector<std::pair<ast::Constraint*, std::string>> constraints_as_written(ast::CreateTable& create) {
  std::vector<std::pair<ast::Constraint*, std::string>> constraints;
  for (ast::Column& column : create.columns) {
    for (ast::Constraint& constraint : column.constraints) constraints.emplace_back(&constraint, column.name);
  }
  for (ast::Constraint& constraint : create.constraints) constraints.emplace_back(&constraint, std::string());
  std::stable_sort(constraints.begin(), constraints.end(), [](const auto& left, const auto& right) {
    return left.first->offset < right.first->offset;
  });
  return constraints;
}

bool merge_equal_keys(ast::CreateTable& create) {
  std::vector<Key> keys;
  for (const auto& [constraint, column] : constraints_as_written(create)) {
    if (constraint->kind != Kind::primary_key && constraint->kind != Kind::unique) continue;
    keys.push_back({constraint, constraint->columns.empty() ? std::vector{column} : constraint->columns});
  }
  std::stable_partition(keys.begin(), keys.end(),
                        [](const Key& key) { return key.constraint->kind == Kind::primary_key; });
  std::set<const ast::Constraint*> repeated;
  for (auto key = keys.begin(); key != keys.end(); ++key) {
    const auto first =
        std::find_if(keys.begin(), key, [&](const Key& before) { return before.equals(*key); });
    if (first == key || key->constraint->kind == Kind::primary_key) continue;
    if (first->constraint->name.empty()) first->constraint->name = key->constraint->name;
    repeated.insert(key->constraint);
  }
  if (repeated.empty()) return false;
  const auto is_repeated = [&](const ast::Constraint& one) { return repeated.contains(&one); };
  for (ast::Column& column : create.columns) std::erase_if(column.constraints, is_repeated);
  std::erase_if(create.constraints, is_repeated);
  return true;
}

}  // namespace pg2crdb::bind
