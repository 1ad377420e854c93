#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "plan/load_plan.h"

namespace pg2crdb {

/// A view, routine or trigger that the plan's statements make and leave.
struct MadeObject {
  enum class Kind { view, routine, trigger };
  Kind kind = Kind::view;
  std::string object;  ///< as the statement has it: "public.towns_of", "stamp on public.towns"
  std::string phase;   ///< that makes it
  size_t count = 1;    ///< of routines: at least so many of that name
};

struct MadeObjects {
  std::vector<MadeObject> objects;
  /// A statement drops with CASCADE: what goes with it, the plan does not say. `objects` is empty then.
  bool unknown = false;
};

/// What is left when all statements of the plan were run in their order.
MadeObjects made_objects(const LoadPlan& plan);

/// The tables that a CREATE TABLE of the plan makes, and no other statement adds columns to, as a statement
/// has their names: the plan has all their columns.
std::vector<std::string> tables_of_known_columns(const LoadPlan& plan);

}  // namespace pg2crdb
