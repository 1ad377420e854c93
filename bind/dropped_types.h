#pragma once
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// What DROP DOMAIN and DROP TYPE ... CASCADE take along. The output has a domain's base type in its place,
/// and CockroachDB drops no type with what is of it (emit forms 6), so that nothing goes by itself.
struct GoneWithTypes {
  std::vector<ast::StatementNode> drops;          ///< of columns, defaults, constraints and views
  std::vector<const ast::Statement*> unfollowed;  ///< what else uses the types
};

/// Of the statements in front of the DROP, whose names are bound.
GoneWithTypes gone_with_types(const ast::Drop& drop, const ast::Statement& by, const ast::Script& script);

}  // namespace pg2crdb::bind
