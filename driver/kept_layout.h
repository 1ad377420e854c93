#pragma once
#include <optional>
#include <string>

namespace pg2crdb {

/// `before`, a statement of PostgreSQL's without its semicolon, written so that CockroachDB reads it as
/// `after`: what both say stays where it stands, with its blanks, its comments and its letters, and so do
/// words for types and clauses that CockroachDB reads alike, as `timestamp with time zone`. What it reads
/// otherwise, as `integer`, becomes the word of `after`. Nothing where a comment stands within what goes,
/// where more goes than stays, and where the statement is too long to be compared word for word.
std::optional<std::string> with_kept_layout(const std::string& before, const std::string& after);

}  // namespace pg2crdb
