#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What was done to an operation, or is to be said of it.
enum class Computed {
  as_before,
  integers_divided,  ///< written //
  perhaps_integers_divided,
  as_float,        ///< an exact number beside a float
  power_as_float,  ///< of integers, or a root
  perhaps_power_as_float,
  as_money,           ///< rounded to cents
  as_exact,           ///< what EXTRACT gives, which is a float in CockroachDB, before it is rounded
  as_cast,            ///< what PostgreSQL makes another type without a word
  as_written_number,  ///< what EXTRACT gives, before it becomes text
};

/// Writes an operation on numbers as what it means in PostgreSQL: `/` of integers, floats beside exact
/// numbers, powers and roots of integers, which are floats, and amounts of money, which are whole cents.
Computed write_arithmetic(ast::Expr& expr, bind::ExpressionTypes& types);

/// The same of COALESCE, CASE, GREATEST, LEAST, NULLIF, IN and ARRAY, whose values are of one type: exact
/// numbers become floats beside one.
Computed write_choice(ast::Expr& expr, bind::ExpressionTypes& types);

/// The columns of VALUES, each of one type.
Computed write_columns(ast::Query& values, bind::ExpressionTypes& types);

/// Writes the arguments of functions that PostgreSQL computes in floats where they are given integers, and
/// CockroachDB in integers or not at all: power, sqrt, round and their kin; of those that want two of one
/// type: mod, atan2, log; and what percentile_cont sorts by, which is a float.
Computed write_arguments(ast::FunctionCall& call, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
