#pragma once
#include "ast/expr.h"
#include "bind/binder.h"

namespace pg2crdb::bind {

/// `presumably` where only the script is known: something else may stand on the target.
enum class Holds { unknown, yes, no, presumably, presumably_not };

/// What the condition of an IF says where the binder stands: `NOT EXISTS (SELECT FROM pg_type WHERE ..)`. It
/// is unknown but where the whole of it is understood.
Holds holds(const ast::Expr& condition, const ast::Script& script, const Binder& binder);

}  // namespace pg2crdb::bind
