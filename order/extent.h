#pragma once
#include "ast/script.h"

namespace pg2crdb::order {

/// Whether the script is what pg_dump writes: it empties search_path or sets what pg_dump's header sets, and
/// makes a table.
bool is_dump(const ast::Script& script);
/// Whether the script empties search_path as pg_dump does: names of the server's own have no schema then,
/// all others have one.
bool empties_path(const ast::Script& script);

}  // namespace pg2crdb::order
