#include "parser/plain_constants.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb::transform {
namespace {

std::string plain(std::string sql) {
  std::string result = with_plain_constants(sql);
  CHECK(result.size() == sql.size());  // places stay
  result.resize(result.find_last_not_of(' ') + 1);
  return result;
}

TEST_CASE("strings, names and numbers of PostgreSQL alone are written plainly") {
  CHECK(plain(R"(U&'d\0061t\+000061')") == "'data'");
  CHECK(plain(R"(u&'d!0061ta' UESCAPE '!')") == "'data'");
  CHECK(plain(R"(U&'it''s \\ \0027')") == R"('it''s \ ''')");
  CHECK(plain(R"(U&"d\0061t""a")") == R"("dat""a")");
  CHECK(plain(R"(U&"d!0061ta" UESCAPE '!')") == R"("data")");
  CHECK(plain("N'a''b  '") == "'a''b'");
  CHECK(plain("n'a'") == "'a'");
  CHECK(plain(R"(E'\q\101\u00e9\x41')") == "'qA\u00e9A'");
  CHECK(plain("0b101") == "5");
  CHECK(plain("0O17") == "15");
  CHECK(plain("1_000.5") == "1000.5");
}

TEST_CASE("what both read alike stays") {
  for (const char* sql : {R"(E'a\n\t\\ \' \x41')", "'U&''x'", "$$ U&'x' $$", "n * 'a'::int", "u & 'x'",
                          "0x1F", "a_1", "1.5e3", "-- U&'x'", "u&b", "U&'\\00"})
    CHECK(with_plain_constants(sql) == sql);
}

TEST_CASE("what stands behind a constant stays where it is") {
  CHECK(with_plain_constants(R"(SELECT U&'\0061' || x, 0b11 + 1)") == R"(SELECT 'a'       || x, 3    + 1)");
}

}  // namespace
}  // namespace pg2crdb::transform
