#include "ast/foreign_key.h"

#include <algorithm>

namespace pg2crdb::ast {

std::vector<std::string> columns_of(const Catalog::ForeignKey& key) {
  if (!key.constraint->columns.empty()) return key.constraint->columns;
  const auto* create = std::get_if<CreateTable>(&key.statement->node);
  if (create == nullptr) return {};
  const auto found = std::ranges::find_if(create->columns, [&](const Column& column) {
    return std::ranges::any_of(column.constraints,
                               [&](const Constraint& one) { return &one == key.constraint; });
  });
  return found == create->columns.end() ? std::vector<std::string>() : std::vector{found->name};
}

}  // namespace pg2crdb::ast
