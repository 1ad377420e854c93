#pragma once
#include <functional>
#include <optional>
#include <string>

#include "ast/expr.h"

namespace pg2crdb::routines {

/// What stands for an expression that is a variable of one value; null where it is none.
using ConstantOf = std::function<const ast::Expr*(const ast::Expr&)>;

/// The text that an expression always gives: of strings, `||`, format(), quote_ident(), quote_literal(). As
/// PostgreSQL 15 computes it, but that names are put in quotes wherever they may be. Nothing where it is not
/// always the same, or NULL.
std::optional<std::string> constant_text(const ast::Expr& expr, const ConstantOf& constant_of);

/// Whether a condition always holds, or never: of texts that are compared. Nothing where it does not, or
/// where something that may fail is computed before it is known.
std::optional<bool> constant_truth(const ast::Expr& condition);

}  // namespace pg2crdb::routines
