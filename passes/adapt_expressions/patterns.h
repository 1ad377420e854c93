#pragma once
#include <string_view>

namespace pg2crdb::adapt {

/// The part of a PostgreSQL regular expression that RE2 does not read; empty where it reads all.
std::string_view foreign_to_re2(std::string_view pattern);

}  // namespace pg2crdb::adapt
