#pragma once
#include <string_view>

namespace pg2crdb {

/// Whether the lower-case word is one of CockroachDB's PL/pgSQL: it takes no variable of that name without
/// quotes where one is set or fetched into.
bool is_plpgsql_word(std::string_view lower_case_word);

}  // namespace pg2crdb
