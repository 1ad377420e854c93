#pragma once
#include <string>

#include "ast/script.h"

namespace pg2crdb::ast {

/// A statement's tree for people: one node or field a line, indented; fields that say nothing are left out.
std::string dump_tree(const Statement& statement);

}  // namespace pg2crdb::ast
