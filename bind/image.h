#pragma once
#include <optional>

#include "bind/binder.h"

namespace pg2crdb::bind {

/// What stands of a table here, or of a composite type: its CREATE, and what was not folded into that.
/// Nothing where that is not known: the script does not make it, a statement that changes it is left for a
/// person.
std::optional<Image> read_image(const ast::Script& script, const Binder& binder, ObjectId table);

bool makes_index(const ast::Constraint& constraint);

}  // namespace pg2crdb::bind
