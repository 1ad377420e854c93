#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "routines/routine.h"

namespace pg2crdb::routines {

/// The first part of a body in PL/pgSQL that PostgreSQL's own grammar does not read, and why; nothing where
/// it reads all of it.
std::optional<Change> unread_part(const std::string& body, std::string_view routine);

}  // namespace pg2crdb::routines
