#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "support/result.h"

namespace pg2crdb {

/// A statement that the server refused.
struct Refused {
  size_t statement = 0;  ///< its index in the plan
  std::string sqlstate;
  std::string message;  ///< the server's
  /// The index in `Rehearsal::refused` of the statement whose object it lacks: once that one is right, this
  /// one may be, too.
  std::optional<size_t> because;
};

/// The database of a rehearsal that was killed, which is gone now.
struct LeftRehearsal {
  std::string database;
  std::string roles;  ///< that it made, as SQL's names; they stay: others may need them by now
};

struct Rehearsal {
  size_t tried = 0;
  std::vector<size_t> not_tried;  ///< in the plan: what would change roles or databases that are there
  std::vector<Refused> refused;   ///< in the order in which they were tried
  std::vector<std::string> left;  ///< roles and databases that could not be dropped again
  std::vector<LeftRehearsal> removed = {};
};

/// Runs the plan's statements of these phases, one by one, in a database that is made for it and dropped at
/// the end, whatever happens. One that is refused stops nothing. Roles that were not there are dropped again;
/// of the rest of the cluster nothing is touched, but for the same role's databases of rehearsals that were
/// killed: no session works in them. The role of `target` needs CREATEDB, and CREATEROLE where
/// the plan makes roles. Fails where the connection is lost or a stop is requested.
Result<Rehearsal> rehearse(const LoadPlan& plan, std::span<const std::string> phases,
                           const std::string& target);

}  // namespace pg2crdb
