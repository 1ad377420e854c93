#include <cstdint>
#include <string_view>

#include "grammar/cockroachdb.h"

// Any bytes are a body for CockroachDB, or are refused at places inside it, in order; twice asked, twice the
// same. The first byte chooses the language and the release.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static pg2crdb::CockroachGrammar newest{pg2crdb::Target()};
  static pg2crdb::CockroachGrammar oldest{pg2crdb::Target(pg2crdb::parse_version("23.2").value())};
  if (size == 0) return 0;
  pg2crdb::CockroachGrammar& grammar = bytes[0] % 3 == 2 ? oldest : newest;
  const std::string_view language = bytes[0] % 3 == 1 ? "sql" : "plpgsql";
  const std::string_view body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const auto problems = grammar.check_body(language, body);
  size_t last = 0;
  for (const pg2crdb::BodyProblem& problem : problems) {
    if (problem.message.empty() || problem.offset + problem.length > body.size() || problem.offset < last)
      __builtin_trap();
    last = problem.offset;
  }
  if (problems.size() != grammar.check_body(language, body).size()) __builtin_trap();
  return 0;
}
