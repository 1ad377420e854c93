#pragma once
#include <string>
#include <string_view>

#include "ast/script.h"

namespace pg2crdb {

/// Why the text of a statement cannot go out word for word for what the passes made of it: what they merged
/// into it or took to other statements would be gone, or its names would mean others. Of a script after the
/// passes; empty where nothing speaks against it, as of what needs a person.
std::string why_not_kept(const ast::Script& script, const ast::Statement& statement, std::string_view text);

/// Whether a backslash in strings of a statement begins an escape: standard_conforming_strings is off where
/// it stands. SQL that stands in its place is read, and goes out, as where it is on.
bool has_escapes_in_strings(const ast::Script& script, const ast::Statement& statement);

}  // namespace pg2crdb
