#pragma once
#include <string>
#include <vector>

#include "ast/catalog.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What a routine says that it gives, column by column: its OUT parameters, or the fields of a row; none of
/// one that gives a single value.
std::vector<ast::Column> declared_columns(const ast::CreateFunction& function, const ast::Catalog& catalog,
                                          bool in_order);

/// Casts what a query in an expression shows, column by column, to types of which empty ones say that it
/// stays; false where it cannot be done.
bool cast_columns(ast::Query& query, const std::vector<ast::TypeName>& to, bind::ExpressionTypes& types);

/// What PostgreSQL makes of a value of another type than is declared.
enum class Coercion {
  casts,   ///< the declared one, in a function in SQL
  refuses  ///< an error, behind RETURN QUERY: the types are others only in CockroachDB
};

struct GivenColumns {
  bool changed = false;
  std::string refused = {};  ///< a column that would have to be cast and cannot be
};

/// Casts what a statement gives, column by column, to the types of `columns`, where they are known to be
/// others in CockroachDB.
GivenColumns write_given_columns(ast::StatementNode& statement, const std::vector<ast::Column>& columns,
                                 bind::ExpressionTypes& types, Coercion coercion);

using Results = std::vector<bind::ExpressionTypes::Result>;

struct AlignedColumns {
  bool changed = false;
  bool any_float = false;
  bool refused = false;  ///< there are two types still
};

/// Makes the values in a column of a set operation of one type, as PostgreSQL does: floats where one side
/// has floats, else exact numbers with fractions; timestamps of dates, texts of citext; and none that is
/// limited where only one side is, or to something else: varchar(10), numeric(10,2).
AlignedColumns write_sides(ast::Query& query, const Results& left, const Results& right);

}  // namespace pg2crdb::adapt
