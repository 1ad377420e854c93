#include "passes/adapt_expressions/canonical_text.h"

#include <catch2/catch_test_macros.hpp>

using pg2crdb::adapt::canonical_network;
using pg2crdb::adapt::canonical_range;

TEST_CASE("ranges are written as PostgreSQL writes them") {
  const struct {
    const char* type;
    const char* text;
    const char* canonical;  // null: not known
  } ranges[] = {
      {"int4range", "[1, 2]", "[1,3)"},
      {"int4range", "(4,5)", "empty"},
      {"int8range", "(,7]", "(,8)"},
      {"int8range", "[-3,)", "[-3,)"},
      {"int8range", "[1,9223372036854775807]", nullptr},
      {"int4range", "[a,b]", nullptr},
      {"daterange", "(2024-02-27,2024-02-28]", "[2024-02-28,2024-02-29)"},
      {"daterange", "[2023-12-31,2024-12-31]", "[2023-12-31,2025-01-01)"},
      {"daterange", "[2024-01-01,infinity)", "[2024-01-01,infinity)"},
      {"daterange", "[2024-01-01,infinity]", nullptr},
      {"daterange", "[today,)", nullptr},
      {"numrange", "[1.5, 2]", "[1.5,2]"},
      {"numrange", "[1e3,)", nullptr},
      {"numrange", "[2,2)", nullptr},
      {"tsrange", "[,)", "(,)"},
      {"tsrange", "[\"2024-01-01 00:00:00\",)", "[\"2024-01-01 00:00:00\",)"},
      {"tsrange", "[2024-01-01,2024-02-01)", nullptr},
      {"int4multirange", "{[1,3)}", nullptr},
      {"int4range", "empty", "empty"},
  };
  for (const auto& [type, text, canonical] : ranges) {
    INFO(type << " " << text);
    const auto found = canonical_range(type, text);
    CHECK(found.has_value() == (canonical != nullptr));
    if (found && canonical != nullptr) CHECK(*found == canonical);
  }
}

TEST_CASE("networks get all their bytes, and the mask of their class") {
  CHECK(canonical_network("10.1") == "10.1.0.0/16");
  CHECK(canonical_network("10") == "10.0.0.0/8");
  CHECK(canonical_network("128") == "128.0.0.0/16");
  CHECK(canonical_network("192.5") == "192.5.0.0/24");
  CHECK(canonical_network("10.1/16") == "10.1.0.0/16");
  CHECK(canonical_network("10.0.0.1") == "10.0.0.1/32");
  CHECK(canonical_network("10.0.0.0/8") == "10.0.0.0/8");
  CHECK(canonical_network("2001:db8::/32") == "2001:db8::/32");
}
