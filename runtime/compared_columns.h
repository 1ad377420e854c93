#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "rows/canonical.h"
#include "runtime/compare.h"
#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// A table's columns that both sides hold.
struct Selection {
  std::vector<const LoadPlan::Column*> columns;  ///< none: rows are counted, as rows of one empty value
  std::vector<std::string> left_out;             ///< the dump does not hold their values
  std::vector<std::string> not_at_target;        ///< there is no such column
  ComparedTable compared;                        ///< the same columns
};

using TypesByName = std::map<std::string, CanonicalType>;

/// `composites` as composite_types() has them. `at_target`: the columns that the target's table has; nullptr:
/// all of the plan's. The selection points into the table.
Selection select_columns(const LoadPlan::Table& table, bool from_dump, const TypesByName& composites,
                         const std::set<std::string>* at_target = nullptr);

/// The names of the columns that the target's table has, or the view in its place; nothing where there is
/// neither.
Result<std::optional<std::set<std::string>>> columns_at_target(Connection& target,
                                                               const LoadPlan::Table& table);

/// The columns of these names on the target, in their order, without a key. Nothing where the table lacks
/// one.
std::optional<Selection> select_named(const LoadPlan::Table& table, const std::vector<std::string>& names,
                                      const TypesByName& composites);

/// Their names on the target, in the order in which they are hashed.
std::vector<std::string> hashed_columns(const Selection& selection);

std::vector<std::string> column_names(const Selection& selection, std::string LoadPlan::Column::*name);
/// The COPY statement that reads the columns by these names of theirs, `from` as it stands in FROM; `where`
/// begins with a blank.
std::string copy_of(const std::string& from, const Selection& selection, std::string LoadPlan::Column::*name,
                    const std::string& where = {});
/// The condition that a row has the key of one of these, as it stands behind FROM.
std::string with_keys_of(const std::vector<Difference::Row>& rows, const Selection& selection,
                         std::string LoadPlan::Column::*name);
/// The COPY statement that reads the columns from the target; with `rows`, those with their keys.
std::string target_copy(const LoadPlan::Table& table, const Selection& selection,
                        const std::vector<Difference::Row>& rows = {});

}  // namespace pg2crdb
