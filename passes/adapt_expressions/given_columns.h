#pragma once
#include <string>
#include <vector>

#include "ast/statement.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

struct GivenColumns {
  bool changed = false;
  std::string refused = {};  ///< a column that would have to be cast and cannot be
};

/// Casts what a statement gives, column by column, to the types of `columns`, where they are known to be
/// others in CockroachDB.
GivenColumns write_given_columns(ast::StatementNode& statement, const std::vector<ast::Column>& columns,
                                 bind::ExpressionTypes& types);

using Results = std::vector<bind::ExpressionTypes::Result>;

struct AlignedColumns {
  bool changed = false;
  bool any_float = false;
  bool refused = false;  ///< there are numbers of two types still
};

/// Makes the numbers in a column of a set operation of one type, as PostgreSQL does: floats where one side
/// has floats, else exact numbers with fractions.
AlignedColumns write_sides(ast::Query& query, const Results& left, const Results& right);

}  // namespace pg2crdb::adapt
