#pragma once
#include <optional>
#include <string>

#include "ast/expr.h"

namespace pg2crdb {

/// What PostgreSQL makes of an expression that says a text with constants alone: strings, whole numbers,
/// `||`, concat(), format(), quote_ident(), quote_literal(). Nothing where it holds anything else.
std::optional<std::string> constant_text(const ast::Expr& expr);

}  // namespace pg2crdb
