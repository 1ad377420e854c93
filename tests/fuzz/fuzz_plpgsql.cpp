#include <cstdint>
#include <string>

#include "emit/plpgsql.h"
#include "parser/move_offsets.h"
#include "parser/plpgsql.h"

// Any text is read as a body: what is one is printed, and what is printed is one that is printed alike.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace pg2crdb;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  ParsedBody parsed = parse_plpgsql(text);
  if (parsed.body.has_value() != parsed.error.empty()) __builtin_trap();
  if (parsed.error_offset < -1 || parsed.error_offset > static_cast<int64_t>(size)) __builtin_trap();
  if (!parsed.body) return 0;
  move_offsets(*parsed.body, [size](size_t offset) {
    if (offset > size) __builtin_trap();
    return offset;
  });
  const std::string printed = to_plpgsql(*parsed.body, Dialect::postgresql);
  const ParsedBody again = parse_plpgsql(printed);
  if (!again.body || to_plpgsql(*again.body, Dialect::postgresql) != printed) __builtin_trap();
  return 0;
}
