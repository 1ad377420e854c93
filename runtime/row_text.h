#pragma once
#include <optional>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/compared_columns.h"

namespace pg2crdb {

/// An SQL expression for a text that tells all of a column's value, the same on both servers for equal values
/// but for rare ones. `name` is the column's, quoted. Nothing where there is none.
std::optional<std::string> value_text(const LoadPlan& plan, const LoadPlan::Column& column,
                                      const CanonicalType& type, const std::string& name);

/// An SQL expression for a text that tells all of a row: two rows have the same one where these columns of
/// the selection are equal, and no other two have. Each column has to have a value_text(). `name` says which
/// side's it is; PostgreSQL has one of its own, which takes it a fifth less time.
std::string row_text(const LoadPlan& plan, const Selection& selection, const std::vector<size_t>& columns,
                     std::string LoadPlan::Column::*name, bool is_cockroachdb);

}  // namespace pg2crdb
