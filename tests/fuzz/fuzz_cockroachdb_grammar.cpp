#include <cstdint>
#include <string_view>

#include "grammar/cockroachdb.h"

// Any bytes are a statement for CockroachDB, or are refused at a place inside them; twice asked, twice the
// same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static pg2crdb::CockroachGrammar grammar{pg2crdb::Target()};
  const std::string_view sql(reinterpret_cast<const char*>(bytes), size);
  const auto problem = grammar.check(sql);
  if (problem && (problem->message.empty() || problem->offset + problem->length > size)) __builtin_trap();
  if (problem.has_value() != grammar.check(sql).has_value()) __builtin_trap();
  return 0;
}
