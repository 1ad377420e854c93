#pragma once
#include <string>
#include <vector>

#include "ast/catalog.h"

namespace pg2crdb::adapt {

/// The columns of a row's type, that of a table included; null where it is none, or not all are known.
const std::vector<ast::Column>* fields_of(const ast::TypeName& type, const ast::Catalog& catalog);

/// The same as of a type of PostgreSQL's own, and of a row with a field of such a type.
std::string printed_as(const ast::TypeName& type, const ast::Catalog& catalog);

}  // namespace pg2crdb::adapt
