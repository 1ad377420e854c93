#pragma once
#include <vector>

#include "ast/script.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// Casts the arguments of a routine of the script's own, one of `overloads`, to what its parameters are:
/// CockroachDB finds a routine by the types that it is given, PostgreSQL also by those that they become
/// without a word. Nothing is cast where it is not clear which overload is meant. Whether any was.
bool write_arguments_of(ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                        bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
