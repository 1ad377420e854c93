#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plan/load_plan.h"

// Never crashes, and what was read is written and read again as it was.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const pg2crdb::Result<pg2crdb::LoadPlan> plan = pg2crdb::parse_load_plan(text);
  if (!plan) return 0;
  const std::string json = pg2crdb::to_json(*plan);
  const pg2crdb::Result<pg2crdb::LoadPlan> again = pg2crdb::parse_load_plan(json);
  if (!again || pg2crdb::to_json(*again) != json) std::abort();
  return 0;
}
