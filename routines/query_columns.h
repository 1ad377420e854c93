#pragma once
#include <optional>
#include <string>
#include <vector>

#include "routines/conversion.h"

/// What queries in a body give; between the sources of this folder only.
namespace pg2crdb::routines {

/// The columns of a query, of which some may have no name; nothing where not all are known.
std::optional<std::vector<Field>> columns_of(const Conversion& conversion, const ast::Query& query);

/// Those that `*` or `t.*` stands for in a query of which all columns are known.
std::vector<Field> fields_of_star(const Conversion& conversion, const ast::Query& query,
                                  const ast::ColumnRef& star);

/// `*` and `t.*` as the columns that they stand for, where all of those are known.
void write_out_stars(const Conversion& conversion, ast::Query& query);

/// The type of what an expression outside of a query computes.
std::optional<ast::TypeName> type_of_value(const Conversion& conversion, const ast::Expr& expr);

/// Makes one SELECT of VALUES, of UNION and the like. False where it is none, and cannot be made one.
bool make_select(Conversion& conversion, ast::Query& query);

}  // namespace pg2crdb::routines
