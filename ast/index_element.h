#pragma once
#include <string>
#include <vector>

#include "ast/expr.h"

namespace pg2crdb::ast {

/// A storage parameter or option list entry: `fillfactor='70'`, `toast.autovacuum_enabled=false`, `LOGIN`.
struct Option {
  std::string name;   ///< with its namespace: "toast.autovacuum_enabled"
  std::string value;  ///< unquoted; empty where none was given
  bool has_value = false;
  bool string_value = false;  ///< the value was a string literal
};

struct IndexElement {
  std::string column;  ///< empty where it is an expression
  Box<Expr> expr;
  Sparse<Name> collation;
  Sparse<Name> operator_class;
  std::vector<Option> operator_class_options;
  SortOrder order = SortOrder::unspecified;
  NullsOrder nulls = NullsOrder::unspecified;
};

}  // namespace pg2crdb::ast
