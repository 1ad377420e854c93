#pragma once
#include <string_view>

namespace pg2crdb {

/// Whether CockroachDB has a session variable of that name, in lower case, or takes it as an application's
/// own.
bool has_session_variable(std::string_view name);

}  // namespace pg2crdb
