#pragma once
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// What DROP DOMAIN ... CASCADE takes along. The output has the domain's base type in its place, so that
/// nothing goes by itself.
struct GoneWithDomains {
  std::vector<ast::StatementNode> drops;          ///< of columns, defaults, constraints and views
  std::vector<const ast::Statement*> unfollowed;  ///< what else uses the domains
};

/// Of the statements in front of the DROP, whose names are bound.
GoneWithDomains gone_with_domains(const ast::Drop& drop, const ast::Statement& by, const ast::Script& script);

}  // namespace pg2crdb::bind
