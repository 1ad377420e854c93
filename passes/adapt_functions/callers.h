#pragma once
#include "passes/adapt_functions/knowledge.h"

/// Between the sources of this pass only.
namespace pg2crdb::functions {

/// Routines of the script that may be called while a query, a loop or a cursor reads a table, by names
/// without schemas, as far as words of bodies tell. Asked only where a body has TRUNCATE; else none.
Names called_while_reading(const PassContext& context);

}  // namespace pg2crdb::functions
