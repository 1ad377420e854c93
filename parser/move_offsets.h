#pragma once
#include <cstddef>
#include <functional>

#include "ast/plpgsql.h"

namespace pg2crdb {

/// Gives every node of a statement that says where in the text it stood the place `moved(offset)` instead.
void move_offsets(ast::StatementNode& node, const std::function<size_t(size_t)>& moved);
void move_offsets(ast::plpgsql::Body& body, const std::function<size_t(size_t)>& moved);

}  // namespace pg2crdb
