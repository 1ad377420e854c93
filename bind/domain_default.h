#pragma once
#include "ast/script.h"

namespace pg2crdb::bind {

/// The default that a column without one of its own has from its domain, or from what that is made of; null
/// where there is none. An array of a domain has none, nor has a generated or an identity column.
const ast::Expr* domain_default(const ast::Column& column, const ast::Script& script);

}  // namespace pg2crdb::bind
