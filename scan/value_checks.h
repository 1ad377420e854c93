#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "diag/diagnostic.h"
#include "plan/load_plan.h"

namespace pg2crdb {

/// Whether a value, decoded and not NULL, is one that is looked for; nothing where it is not as PostgreSQL
/// prints it, and not understood. Called by one thread at a time.
using ValueTest = std::function<std::optional<bool>(std::string_view value)>;

/// What is asked of the values of columns. A finding about the column may ask it, or nobody: then a finding
/// of its own says what was found.
struct ValueCheck {
  std::string_view answers;  ///< id of the rule whose finding asks; empty: none does
  Severity found;            ///< of that finding where there are such rows
  Severity none;             ///< and where there are none
  std::string_view
      reports;  ///< id of the rule that says so where no finding asks; empty: it is not asked then
  std::string_view settled;  ///< what to do where there are none; empty: what the finding says anyhow
  std::string_view what;     ///< "an array of ...": what a row holds; {type} is the column's on the target
  ValueTest (*make)(const LoadPlan::Column& column);  ///< empty where it means nothing for the column
  bool besides = false;  ///< too rare to read a table for it: asked of those that are read anyhow
};

extern const std::span<const ValueCheck> value_checks;

/// What only rows tell.
extern const std::span<const FindingKind> scan_rules;
extern const FindingKind& rows_too_large;
extern const FindingKind& rows_not_scanned;
extern const FindingKind& rows_break_check;

// The tests of `value_checks` that are more than a comparison.
bool is_nested_or_shifted_array(std::string_view array);
bool has_equal_keys(std::string_view json);
bool has_number_beyond_double(std::string_view json);
bool has_escape_refused_by_jsonb(std::string_view json);
std::optional<bool> is_number_beyond_decimal(std::string_view number);
std::optional<bool> is_interval_beyond_target(std::string_view interval);
std::optional<bool> is_date_beyond_target(std::string_view date);
bool is_infinite(std::string_view text);

}  // namespace pg2crdb
