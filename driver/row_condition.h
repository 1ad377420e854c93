#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "ast/expr.h"
#include "plan/load_plan.h"
#include "scan/scan.h"

namespace pg2crdb {

/// A CHECK that rows can be asked.
struct RowCondition {
  std::vector<size_t> columns;  ///< of the table, whose values it is given
  Condition holds;
};

/// Nothing where a part of it cannot be computed here exactly as both servers do: what can are comparisons of
/// integers and numerics, equality and length of texts, booleans, IS NULL, IN, BETWEEN, AND, OR and NOT.
std::optional<RowCondition> row_condition(const ast::Expr& check, const LoadPlan::Table& table);

/// Less than, equal to or greater than zero, as the first of two numbers is; written as PostgreSQL prints
/// them.
int compare_numbers(std::string_view left, std::string_view right);

}  // namespace pg2crdb
