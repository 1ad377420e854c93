#pragma once
#include <vector>

#include "ast/script.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

struct OverloadsThere {
  /// Those that are there where the call stands, of one that is replaced what made it last; all where none
  /// is.
  std::vector<ast::Statement*> there;
  /// What PostgreSQL takes at the script's end, where that is made behind the call; null where it is not. A
  /// body calls what is there when it runs in PostgreSQL, when it is made in CockroachDB.
  const ast::Statement* later = nullptr;
  bool any_taken = true;  ///< one of those that are there takes what is given, as far as that is known
};

/// Of the routines of a name that the script makes, where its order is kept. The call stands in the statement
/// that `types` has entered.
OverloadsThere overloads_there(const ast::FunctionCall& call, const std::vector<ast::Statement*>& all,
                               const ast::Script& script, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
