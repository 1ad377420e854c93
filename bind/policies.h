#pragma once
#include <optional>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// What an ALTER POLICY that is only text says, as the CREATE POLICY that says it; nothing for other
/// statements. Where the text names no roles, PUBLIC stands there.
std::optional<ast::CreatePolicy> altered_policy(const ast::Opaque& opaque);

}  // namespace pg2crdb::bind
