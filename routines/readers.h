#pragma once
#include "ast/catalog.h"
#include "ast/statement.h"

namespace pg2crdb::routines {

/// Whether a function does nothing but read and compute, whatever it is said to be: it changes no rows, draws
/// no number, says nothing, and neither does what it calls.
bool is_reader(const ast::CreateFunction& function, const ast::Catalog& catalog);

}  // namespace pg2crdb::routines
