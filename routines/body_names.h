#pragma once
#include <string>
#include <vector>

#include "ast/name.h"

namespace pg2crdb::routines {

/// The first of these types that a body names: `schema.name`, or `::name`, and does not call, or as the type
/// of a variable. Null where it names none.
const ast::Name* named_type(const std::string& body, const std::vector<const ast::Name*>& types);

}  // namespace pg2crdb::routines
