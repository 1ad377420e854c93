#pragma once
#include "rewrite/pass.h"

namespace pg2crdb::bind {

/// Says of names without a schema in bodies that are strings which PostgreSQL finds by the search_path of
/// whoever calls the routine, and CockroachDB when it makes it: those that more than one object of the script
/// has, each in a schema of its own. Of the bodies as they are written by now; a routine that sets its own
/// search_path has none.
void tell_names_of_callers(PassContext& context);

}  // namespace pg2crdb::bind
