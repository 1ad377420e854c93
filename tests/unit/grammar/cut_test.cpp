#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/cockroachdb.h"

using namespace pg2crdb;

namespace {

CutText cut(std::string_view sql) {
  static CockroachGrammar grammar{Target()};
  return grammar.cut(sql);
}

std::vector<std::string> pieces(std::string_view sql) {
  const CutText text = cut(sql);
  CHECK_FALSE(text.problem);
  std::vector<std::string> result;
  for (const CutText::Statement& one : text.statements)
    result.emplace_back(sql.substr(one.begin, one.end - one.begin));
  return result;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("semicolons cut only where CockroachDB sees them") {
  CHECK(pieces("SELECT 1; SELECT 2 ;") == Strings{"SELECT 1", "SELECT 2"});
  CHECK(pieces("SELECT ';', E'\\';', \"a;b\", $x$ ; $$ ; $x$;") ==
        Strings{"SELECT ';', E'\\';', \"a;b\", $x$ ; $$ ; $x$"});
  CHECK(pieces("-- a; b\nSELECT /* ; /* ; */ ; */ 1 -- ;\n;") == Strings{"SELECT /* ; /* ; */ ; */ 1"});
  CHECK(pieces("SELECT (1;2);") == Strings{"SELECT (1", "2)"});
  CHECK(pieces(";;\n-- nothing\n;").empty());
  CHECK(pieces("").empty());
}

TEST_CASE("a body that is no string stays whole") {
  CHECK(pieces("CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3;") ==
        Strings{"CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END", "SELECT 3"});
  CHECK(pieces("BEGIN; SELECT 1; END;") == Strings{"BEGIN", "SELECT 1", "END"});
}

TEST_CASE("places are bytes of the text") {
  const CutText text = cut("-- x\n  SELECT 'é' ;\nSELECT 2");
  REQUIRE(text.statements.size() == 2);
  CHECK(text.statements[0].begin == 7);
  CHECK(text.statements[0].end == 18);
  CHECK(text.statements[0].semicolon == 19);
  CHECK(text.statements[1].begin == 21);
  CHECK(text.statements[1].semicolon == CutText::none);
}

TEST_CASE("what cannot be cut is said, with the place") {
  const auto problem_at = [](std::string_view sql) {
    const auto problem = cut(sql).problem;
    REQUIRE(problem);
    return problem->offset;
  };
  CHECK(problem_at("SELECT 1; SELECT 'a;") == 17);
  CHECK(problem_at("SELECT 1; /* a") == 10);
  CHECK(problem_at("SELECT $a$ ; $b$;") == 7);
  CHECK(problem_at("SELECT '\xE9';") == 8);
  CHECK(problem_at(std::string_view("SELECT '\0';", 11)) == 8);
}

TEST_CASE("a comment that psql ends and CockroachDB does not is no comment") {
  CHECK(cut("SELECT 1;\n-- a\rDELETE FROM t;\nSELECT 2;").problem->offset == 14);
  CHECK(cut("SELECT 1;\n-- a\rDELETE FROM t;\nSELECT 2;").statements.size() == 1);
  CHECK(cut("SELECT 1; -- a\r").problem->offset == 14);
  CHECK_FALSE(cut("SELECT 1; -- a\r\nSELECT 2;").problem);
  CHECK_FALSE(cut("SELECT 1;\r /* -- a\r */ SELECT '--\r';\r").problem);
}
