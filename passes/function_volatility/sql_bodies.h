#pragma once
#include "ast/statement.h"
#include "bind/expression_types.h"
#include "routines/volatility.h"

namespace pg2crdb {

/// Of a function in SQL whose body is trees; `types` has entered its statement.
routines::NeededVolatility needed_volatility(bind::ExpressionTypes& types, ast::CreateFunction& function,
                                             const routines::CalledVolatility& called);

}  // namespace pg2crdb
