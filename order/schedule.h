#pragma once
#include <span>

#include "rewrite/pass.h"

namespace pg2crdb::order {

/// What scheduling may report.
extern const std::span<const FindingKind> rules;

/// Gives every statement that goes out its phase and its place, in Script::order. Two statements conflict
/// where one writes what the other reads or writes; conflicting ones keep the script's order, except that
/// what creates an object comes before all that names it. Within that, phases and kinds are ordered as
/// wishes.h has it, and what is left as in the script. A table whose default or CHECK calls a function that
/// reads the table is made in two steps; any other circle is reported.
void schedule(PassContext& context);

/// Leaves views for a person that read themselves: PostgreSQL lets a view be replaced by such a one. To be
/// asked before what hangs on them is looked for.
void hold_back_self_readers(PassContext& context);

}  // namespace pg2crdb::order
