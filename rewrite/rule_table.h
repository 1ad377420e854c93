#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "rewrite/rule_file.h"

/// Rule files as bytes, which take a fraction of the time to read that their text does: the build makes them
/// of the built-in passes' files. They have no version, since what writes and what reads them is one build.
namespace pg2crdb::rewrite {

/// All of a rule file but its path, its text and the tests in it, which only the text has.
std::string to_table(const RuleFile& file);

/// The same file again, without text and tests. The table lives as long as the file, whose findings point
/// into it. Throws InternalError where it is not one that `to_table` made.
std::unique_ptr<RuleFile> from_table(std::string path, std::string_view table);

}  // namespace pg2crdb::rewrite
