#pragma once
#include <vector>

#include "ast/script.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

enum class Arguments {
  as_before,
  rewritten,
  unclear,  ///< overloads differ in their numbers, and nobody knows which one PostgreSQL takes
};

/// Casts the arguments of a routine of the script's own, one of `overloads`, to what its parameters are:
/// CockroachDB finds a routine by the types that it is given, PostgreSQL also by those that they become
/// without a word. Where overloads differ in their numbers, so is each number that CockroachDB may think is
/// of another type. Nothing is cast where it is not clear which overload is meant.
Arguments write_arguments_of(ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                             bind::ExpressionTypes& types);

struct Meant {
  const ast::Statement* overload = nullptr;  ///< that PostgreSQL takes; null where that is not clear
  bool any_taken = true;                     ///< one takes what is given, as far as that is known
};
Meant meant_by(const ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
               bind::ExpressionTypes& types);

/// The parameter that takes a value of the call; null where that is not clear.
const ast::FunctionParameter* parameter_of(const ast::FunctionCall& call, const ast::Expr& value,
                                           const std::vector<ast::Statement*>& overloads,
                                           bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
