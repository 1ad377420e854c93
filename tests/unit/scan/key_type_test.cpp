#include "scan/key_type.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

namespace {

/// What a value is compared by; nothing where it is not understood.
std::optional<std::string> key(std::string_view type, std::string_view value) {
  std::string key;
  return KeyType::of(type)->append(key, value) ? std::optional(key) : std::nullopt;
}

bool compare_alike(std::string_view type, std::string_view other) {
  return KeyType::of(type)->compares_with(*KeyType::of(other));
}

}  // namespace

TEST_CASE("values that are equal in PostgreSQL have one key") {
  CHECK(key("integer", "007") == "7");
  CHECK(key("bigint", " 7 ") == "7");
  CHECK(key("numeric(4,2)", "1.50") == key("numeric", "1.5"));
  CHECK(key("numeric", "15e-1") == "1.5");
  CHECK(key("character(3)", "a  ") == key("character(5)", "a    "));
  CHECK(key("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11") == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  CHECK(key("uuid", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}") == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  CHECK(key("date", "2024-01-31") == "2024-01-31");
  CHECK(key("date", "Jan 31 2024") == "2024-01-31");
  CHECK(key("boolean", "yes") == key("boolean", "t"));
  CHECK(key("bytea", "a\\\\b") == key("bytea", "\\x615C62"));
  CHECK(key("cidr", "10.0.0.1/32") == key("inet", "10.0.0.1"));
  CHECK(key("double precision", "-0") == key("double precision", "0"));
  CHECK(key("real", "0.1") == key("real", "1e-1"));
  CHECK(key("time without time zone", "10:00 PM") == key("time(0) without time zone", "22:00:00"));
  CHECK(key("time with time zone", "10:00+02") == key("time with time zone", "10:00:00+02:00"));
  CHECK(key("interval", "1 mon") == key("interval", "720:00:00"));
  CHECK(key("interval", "2 days -24:00:00") == key("interval(3)", "1 day"));
  CHECK(key("timestamp with time zone", "2024-01-31 02:00:00+02") ==
        key("timestamp(3) with time zone", "2024-01-31 00:00:00+00"));
}

TEST_CASE("values that are not understood, or do not stay what they are, have none") {
  CHECK_FALSE(key("integer", "seven"));
  CHECK_FALSE(key("integer", "1.5"));
  CHECK_FALSE(key("numeric(4,2)", "1.005"));
  CHECK_FALSE(key("character varying(3)", "abc  "));
  CHECK_FALSE(key("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1"));
  CHECK_FALSE(key("date", "2024-2-31"));
  CHECK_FALSE(key("date", "today"));
  CHECK_FALSE(key("timestamp with time zone", "2024-01-31 00:00:00"));
  CHECK_FALSE(key("time with time zone", "10:00"));
  CHECK_FALSE(key("time(1) without time zone", "10:00:00.25"));
  CHECK_FALSE(key("interval(0)", "00:00:00.5"));
  CHECK_FALSE(key("interval", "a while"));
  CHECK_FALSE(key("inet", "10.0.0"));
  CHECK_FALSE(key("timestamp(1) without time zone", "2024-01-31 00:00:00.25"));
}

TEST_CASE("types are compared where their values have one form") {
  CHECK(compare_alike("integer", "bigint"));
  CHECK(compare_alike("numeric", "numeric(4,2)"));
  CHECK(compare_alike("text", "character varying(9)"));
  CHECK(compare_alike("integer", "numeric"));
  CHECK(key("bigint", "1200") == key("numeric", "1200.00"));
  CHECK_FALSE(compare_alike("real", "double precision"));
  CHECK_FALSE(compare_alike("text", "character(3)"));
  CHECK_FALSE(compare_alike("date", "timestamp without time zone"));
  for (const char* type : {"public.citext", "integer[]", "interval day to second", "money"})
    CHECK_FALSE(KeyType::of(type));
}
