#pragma once
#include <functional>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// What a row of an INSERT says for a column.
enum class Said { value, null, default_ };

/// Calls `look` with each row of VALUES. False where the rows come from a query, or where not all of their
/// values are literals, NULL and DEFAULT; then it is not called for all.
bool each_row(const ast::Insert& insert, const std::function<void(const std::vector<Said>&)>& look);

/// INSERT .. DEFAULT VALUES.
bool has_default_values(const ast::Insert& insert);

/// The names of the columns that it gives; empty where it names none.
std::vector<std::string> given_columns(const ast::Insert& insert);

}  // namespace pg2crdb::bind
