#pragma once
#include <string_view>

namespace pg2crdb {

/// The PostgreSQL whose grammar reads statements: "17.4".
std::string_view grammar_version();

}  // namespace pg2crdb
