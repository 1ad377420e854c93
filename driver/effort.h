#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// What a finding asks of a person, in points: about a minute each for somebody who knows the schema. The
/// report's reader sets what a point is. None of it is measured: it ranks work, and says its order of
/// magnitude.
struct Work {
  std::string_view id;
  std::string_view what;  ///< "rewrite by hand"
  uint64_t first = 0;     ///< once a rule, with its first finding: it is read up on
  uint64_t each = 0;      ///< every finding, the first one too
  std::string_view why;   ///< a sentence
};

/// Every kind of work there is.
std::span<const Work> kinds_of_work();

/// What a finding that nobody acknowledged asks for.
const Work& work_of(const Diagnostic& finding);

/// The findings of one rule on one object.
struct RuleEffort {
  std::string_view rule;
  const Work* work = nullptr;
  uint64_t findings = 0;
  uint64_t points = 0;
};

struct ObjectEffort {
  std::string object;  ///< that the statement is about, else that the finding names; empty: the run
  uint64_t points = 0;
  std::vector<RuleEffort> rules;  ///< most points first
};

/// By object, most points first; those without any are left out. Acknowledged findings ask for nothing.
std::vector<ObjectEffort> estimate_effort(const Compiled& compiled);

}  // namespace pg2crdb
