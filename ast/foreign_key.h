#pragma once
#include <string>
#include <vector>

#include "ast/catalog.h"

namespace pg2crdb::ast {

/// The columns that refer, of a key that is written at its column that one; empty where they are not known.
std::vector<std::string> columns_of(const Catalog::ForeignKey& key);

}  // namespace pg2crdb::ast
