#include "rows/number.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {

TEST_CASE("a number is printed as PostgreSQL prints the constant") {
  const auto printed = [](std::string_view number) {
    return printed_number(number).value_or(std::string(number));
  };
  CHECK(printed("007") == "7");
  CHECK(printed("00") == "0");
  CHECK(printed("-0") == "-0");
  CHECK(printed("-0.0") == "0.0");
  CHECK(printed("10.") == "10");
  CHECK(printed(".5") == "0.5");
  CHECK(printed("-.5") == "-0.5");
  CHECK(printed("1e3") == "1000");
  CHECK(printed("1.5E+1") == "15");
  CHECK(printed("1.50e1") == "15.0");
  CHECK(printed("12e-1") == "1.2");
  CHECK(printed("1e-3") == "0.001");
  CHECK(printed("0e5") == "0");
  CHECK(printed("1e400000") == "1e400000");
  CHECK_FALSE(printed_number("4.50"));
  CHECK_FALSE(printed_number("-12"));
}

TEST_CASE("a number is rounded as PostgreSQL assigns it to an integer") {
  CHECK(rounded_number("2.5") == "3");
  CHECK(rounded_number("-2.5") == "-3");
  CHECK(rounded_number("2.49") == "2");
  CHECK(rounded_number("-0.4") == "0");
  CHECK(rounded_number("0.5") == "1");
  CHECK(rounded_number("99.9") == "100");
  CHECK(rounded_number("7") == "7");
  CHECK(rounded_number("NaN") == "NaN");
  CHECK(rounded_number("a.b") == "a.b");
}

}  // namespace pg2crdb
