#include "grammar/predictions.h"

#include <CockroachDBParser.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "grammar/cockroachdb.h"

namespace pg2crdb {
namespace {

/// The alternative behind tokens of these types.
size_t alternative(size_t decision, const std::vector<size_t>& types) {
  return predictions.alternative(decision, [&](size_t k) { return k <= types.size() ? types[k - 1] : 0; });
}

}  // namespace

TEST_CASE("the build has worked out what the grammar's decisions come to") {
  REQUIRE(predictions.decision_count > 500);
  size_t asked = 0;
  for (size_t i = 0; i < predictions.decision_count; ++i) asked += predictions.starts[i] != 0 ? 1 : 0;
  CHECK(asked > 50);
}

TEST_CASE("no alternative is known where nothing parses, or of a decision that is not there") {
  size_t decision = 0;
  while (predictions.starts[decision] == 0) ++decision;
  CHECK(alternative(decision, {antlr::CockroachDBParser::UNKNOWN}) == 0);
  CHECK(alternative(predictions.decision_count, {antlr::CockroachDBParser::IDENT}) == 0);
}

TEST_CASE("statements that need more tokens than the build looked at parse all the same") {
  CockroachGrammar grammar{Target()};
  CHECK_FALSE(grammar.check("SELECT ((((((a))))))"));
  CHECK_FALSE(grammar.check("SELECT ((((((SELECT 1))))))"));
  CHECK_FALSE(grammar.check("SELECT * FROM ((((((a CROSS JOIN b))))))"));
  CHECK_FALSE(grammar.check("SELECT a::b.c, a::b.c[1], (a::b.c)[d + 1], (a::b.c).d"));
  CHECK(grammar.check("SELECT ((((((SELECT 1)))))"));
}

}  // namespace pg2crdb
