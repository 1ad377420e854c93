#include <algorithm>
#include <cstdint>
#include <string_view>

#include "parser/move_offsets.h"
#include "parser/parser.h"

namespace {

using namespace pg2crdb;

void check(ParsedStatement parsed, size_t size) {
  const auto* opaque = std::get_if<ast::Opaque>(&parsed.node);
  if (!parsed.error.empty() && (opaque == nullptr || opaque->kind != "unparsed")) __builtin_trap();
  if (opaque != nullptr && opaque->kind.empty()) __builtin_trap();
  if (parsed.error_offset > static_cast<int64_t>(size)) __builtin_trap();
  move_offsets(parsed.node, [size](size_t offset) {
    if (offset > size) __builtin_trap();
    return offset;
  });
}

}  // namespace

// Each line is a statement, an expression and a type: what PostgreSQL's grammar makes of it is read, or
// refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    check(parse_statement(line), line.size());
    parse_expression(line);
    parse_type(line);
  }
  return 0;
}
