#pragma once
#include <string>

#include "routines/conversion.h"

namespace pg2crdb::routines {

inline const std::string found_name = "found";

/// FOUND as an expression; null where it is another one.
ast::ColumnRef* as_found(ast::Expr& expr);
bool is_found(const ast::Expr& expr);
/// The name, with quotes or without.
bool is_found(const transform::Token& token);

/// Whether the body asks for FOUND anywhere.
bool reads_found(Conversion& conversion);

/// FOUND as a variable that each statement which sets it sets, wherever it is read. False where one of them
/// cannot say it: the body is not to be used then.
bool keep_found(Conversion& conversion);

}  // namespace pg2crdb::routines
