#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "driver/compile.h"
#include "driver/config.h"
#include "support/result.h"

/// Find and replace of the console, one by one.
namespace pg2crdb {

/// Members of an object: how much a decision to replace with `find` would change, and some of it from the
/// `from`th hit on, each with the lines around it and what it becomes. Statements with a password are counted
/// alone.
std::string hits_json(const Decision& decision, const Compiled& compiled, size_t from);

/// Of all that such a decision would change in a statement that reads `text`, one alone: the decision is
/// about the whole statement then. Fails where it does not have that many.
Result<void> choose_hit(Decision& decision, const std::string& text, uint64_t hit);

}  // namespace pg2crdb
