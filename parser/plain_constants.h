#pragma once
#include <string>
#include <string_view>

namespace pg2crdb::transform {

/// SQL or PL/pgSQL with the strings, names and numbers written plainly that CockroachDB's scanner does not
/// know or reads otherwise: `U&'..'` and `U&".."` with their UESCAPE, `N'..'`, escapes in `E'..'` of fewer
/// digits or other letters, `0b101`, `0o17`, `1_000`. Each is followed by blanks for what it is shorter, so
/// that places stay what they were. What PostgreSQL's scanner refuses stays as it is.
std::string with_plain_constants(std::string sql);
/// Whether anything is written otherwise.
bool has_foreign_constants(std::string_view sql);

}  // namespace pg2crdb::transform
