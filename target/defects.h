#pragma once
#include <string_view>
#include <vector>

#include "target/target.h"

namespace pg2crdb {

/// A row of `defects.def`, which says what each field is.
struct Defect {
  enum class Concerns { any, import_into };
  Concerns concerns;
  Since fixed;
  std::string_view evidence;
  std::string_view sentence;
};

/// Those of the version, whose patch has to be known.
std::vector<Defect> defects_of(Version version);

}  // namespace pg2crdb
