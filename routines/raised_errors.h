#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "ast/plpgsql.h"

namespace pg2crdb::routines {

using Sqlstates = std::set<std::string, std::less<>>;

/// Adds what may be an SQLSTATE that a body in PL/pgSQL raises: each string of its text of that form, where
/// any RAISE of it has one, or an ERRCODE.
void collect_raised(const std::string& body, Sqlstates& raised);

/// Gives handlers of a class of errors, which CockroachDB takes for one error, the others of it among
/// `raised`. Where the first of those handlers stands in the body; nothing where there is none.
std::optional<int32_t> add_raised(ast::plpgsql::Body& body, const Sqlstates& raised);

}  // namespace pg2crdb::routines
