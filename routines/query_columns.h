#pragma once
#include <optional>
#include <string>
#include <vector>

#include "routines/conversion.h"

/// What queries in a body give; between the sources of this folder only.
namespace pg2crdb::routines {

/// A column of a query.
struct Field {
  std::string name;
  ast::TypeName type;
  std::vector<std::string> source;  ///< the column, as the query may call it; empty of what is computed
  bool operator==(const Field& other) const {
    return name == other.name && type.name == other.type.name && type.modifiers == other.type.modifiers &&
           type.array_bounds == other.type.array_bounds;
  }
};

/// The columns of a query, each with a name of its own; nothing where one of them, or its type, is not known,
/// or CockroachDB has another type for it.
std::optional<std::vector<Field>> columns_of(const Conversion& conversion, const ast::Query& query);

/// The same, where some may have no name.
std::optional<std::vector<Field>> unnamed_columns_of(const Conversion& conversion, const ast::Query& query);

/// Those that `*` or `t.*` stands for in a query of which all columns are known.
std::vector<Field> fields_of_star(const Conversion& conversion, const ast::Query& query,
                                  const ast::ColumnRef& star);

/// The type of what an expression outside of a query computes.
std::optional<ast::TypeName> type_of_value(const Conversion& conversion, const ast::Expr& expr);

/// Makes one SELECT of VALUES, of UNION and the like. False where it is none, and cannot be made one.
bool make_select(Conversion& conversion, ast::Query& query);

}  // namespace pg2crdb::routines
