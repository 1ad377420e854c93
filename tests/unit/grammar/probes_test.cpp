// The questions to a cluster against its grammar: what the table believes and what parses must not disagree.
#include "target/probes.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "grammar/cockroachdb.h"

namespace pg2crdb {
namespace {

std::string refused(CockroachGrammar& grammar, std::string_view statements) {
  while (!statements.empty()) {
    const size_t end = std::min(statements.find('\n'), statements.size());
    if (const auto problem = grammar.check(statements.substr(0, end)))
      return std::string(statements.substr(0, end)) + ": " + problem->message;
    statements.remove_prefix(std::min(end + 1, statements.size()));
  }
  return {};
}

}  // namespace

TEST_CASE("what a release can do by the table is asked in words that its grammar takes") {
  for (const std::string_view release : {"24.3", "25.2", "26.2", "26.3"}) {
    const Target target(parse_version(release).value());
    CockroachGrammar grammar(target);
    for (const Probe& row : probes()) {
      if (!row.is_asked() || !target.has(row.capability)) continue;
      INFO(release << " " << info(row.capability).name);
      CHECK(refused(grammar, row.before).empty());
      CHECK(refused(grammar, row.statement).empty());
    }
  }
}

}  // namespace pg2crdb
