#pragma once
#include <string>

#include "ast/script.h"

namespace pg2crdb::ast {

/// A statement's tree for people: one node or field a line, indented; empty fields are left out.
std::string dump_tree(const Statement& statement);
/// The same as one JSON object: {"node": "CreateTable", fields...}; empty fields are left out.
std::string dump_json(const Statement& statement);

}  // namespace pg2crdb::ast
