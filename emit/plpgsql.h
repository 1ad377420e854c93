#pragma once
#include <string>

#include "ast/plpgsql.h"
#include "emit/sql.h"

namespace pg2crdb {

/// A body as text, indented by two and with its comments; it ends with its last line's end. What is read of
/// it is the same tree.
std::string to_plpgsql(const ast::plpgsql::Body& body, Dialect dialect);

}  // namespace pg2crdb
