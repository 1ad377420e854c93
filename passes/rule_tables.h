#pragma once
#include <string_view>

namespace pg2crdb {

/// What the build made of the pass.rule of a built-in pass: a table, which is read in a fraction of the time
/// of the text (rewrite/rule_table.h). Empty where the build could not make one.
std::string_view rule_table(std::string_view pass);

}  // namespace pg2crdb
