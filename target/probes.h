#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "target/target.h"

namespace pg2crdb {

/// How a cluster is asked for a capability: a row of `probes.def`, which says what each field is.
struct Probe {
  Capability capability;
  std::string_view before;     ///< statements, a line each
  std::string_view statement;  ///< empty: it is not asked
  std::optional<std::string_view> answer = {};
  std::string_view why_not = {};

  bool is_asked() const { return !statement.empty(); }
};

/// One for each capability, in their order.
std::span<const Probe> probes();

/// The capability of that name in kebab-case; nothing where there is none.
std::optional<Capability> capability_named(std::string_view name);

}  // namespace pg2crdb
