#include "target/probes.h"

#include <algorithm>

namespace pg2crdb {
namespace {

constexpr Probe rows[] = {
#define TAKES(name, before, statement) {Capability::name, before, statement},
#define ANSWERS(name, before, query, answer) {Capability::name, before, query, answer},
#define NOT_ASKED(name, reason) {Capability::name, {}, {}, {}, reason},
#include "target/probes.def"
#undef TAKES
#undef ANSWERS
#undef NOT_ASKED
};

}  // namespace

std::span<const Probe> probes() {
  return rows;
}

std::optional<Capability> capability_named(std::string_view name) {
  const auto found = std::ranges::find(capabilities(), name, &CapabilityInfo::name);
  if (found == capabilities().end()) return std::nullopt;
  return found->capability;
}

}  // namespace pg2crdb
