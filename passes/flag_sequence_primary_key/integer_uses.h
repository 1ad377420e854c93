#pragma once
#include <set>

#include "rewrite/pass.h"

namespace pg2crdb {

/// What computes with a key, or compares it, as the integer that it was, now that it is a UUID: CockroachDB
/// refuses it when it is created. In bodies that are text, what names such a key's column. `keys`: columns.
void tell_integer_uses(PassContext& context, const FindingKind& rule, const std::set<ast::ObjectId>& keys);

}  // namespace pg2crdb
