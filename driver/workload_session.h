#pragma once
#include <optional>
#include <string>

#include "diag/diagnostic.h"

namespace pg2crdb {

/// What CockroachDB's grammar takes of a statement about a session, a cursor or rows on the wire, and its
/// server then refuses.
struct SessionProblem {
  Severity severity = Severity::error;  ///< a warning where nothing but the server's source says so
  std::string message;
  std::string advice;  ///< may be empty
};

/// Nothing where nothing is known of it. `sql` is one statement; it has no zero byte and is valid UTF-8.
std::optional<SessionProblem> session_problem(const std::string& sql);

}  // namespace pg2crdb
