#include "scan/written_value.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

TEST_CASE("numbers that people write are as PostgreSQL prints them") {
  CHECK(written_number("7") == "7");
  CHECK(written_number(" 7\t") == "7");
  CHECK(written_number("+7.50") == "7.50");
  CHECK(written_number("-1e3") == "-1000");
  CHECK(written_number("1.5E-2") == "0.015");
  CHECK(written_number("nan") == "NaN");
  CHECK(written_number("-inf") == "-Infinity");
  CHECK(written_number("Infinity") == "Infinity");
  for (const char* text : {"", " ", ".", "-", "1e", "1e9999", "0x1F", "1_000", "1 2", "seven", "--1"})
    CHECK_FALSE(written_number(text));
}

TEST_CASE("a boolean's words may be cut short") {
  for (const char* text : {"t", "TRUE", "tru", "y", "Yes", "on", "1", " t "}) CHECK(truth_of(text) == true);
  for (const char* text : {"f", "F", "false", "n", "no", "OFF", "of", "0"}) CHECK(truth_of(text) == false);
  for (const char* text : {"", "o", "2", "truest", "10"}) CHECK_FALSE(truth_of(text));
}
