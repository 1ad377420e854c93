#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// '$1.50' beside money is money: with its cast it is read as such when the type is mapped. False where
/// nothing is changed.
bool say_money(ast::Expr& value, const ast::TypeName& beside);

/// The same of all that stands beside each other in the expression.
bool say_money(ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
