#pragma once
#include <functional>
#include <optional>
#include <string>

#include "ast/expr.h"

namespace pg2crdb::routines {

/// Calls in SQL that is kept word for word, inner ones first: what `rewrite` gives for one stands there
/// instead. Only those are read that `is_looked_for` says yes to, by their last name and what stands in the
/// parentheses. A column that is called by one keeps its name. Whether anything was changed.
bool rewrite_calls(
    std::string& sql,
    const std::function<bool(const std::string& name, const std::string& arguments)>& is_looked_for,
    const std::function<std::optional<ast::Expr>(ast::Expr call)>& rewrite);

}  // namespace pg2crdb::routines
