#pragma once
#include <string_view>

#include "ast/statement.h"
#include "bind/binder.h"

namespace pg2crdb::bind {

/// Whether options of ALTER SEQUENCE or of an identity column say RESTART.
bool restarts(const ast::SequenceOptions& options);

/// `SELECT f(..)`; null for other queries.
const ast::FunctionCall* sole_call(const ast::SelectStatement& select, std::string_view function);

/// The sequence that a call of nextval or setval moves; none for other calls.
ast::ObjectId moved_by(ast::FunctionCall& call, const Binder& binder);

}  // namespace pg2crdb::bind
