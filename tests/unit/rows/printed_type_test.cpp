#include "rows/printed_type.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

TEST_CASE("types that are written otherwise are as PostgreSQL prints them") {
  CHECK(printed_type("int8") == "bigint");
  CHECK(printed_type("int4[]") == "integer[]");
  CHECK(printed_type("bool") == "boolean");
  CHECK(printed_type("float8") == "double precision");
  CHECK(printed_type("varchar") == "character varying");
  CHECK(printed_type("varchar(9)[]") == "character varying(9)[]");
  CHECK(printed_type("timestamp") == "timestamp without time zone");
  CHECK(printed_type("timestamptz") == "timestamp with time zone");
  CHECK(printed_type("timestamptz(3)") == "timestamp(3) with time zone");
  CHECK(printed_type("timestamptz(3)[]") == "timestamp(3) with time zone[]");
  CHECK(printed_type("pg_catalog.int8") == "bigint");
}

TEST_CASE("types that are printed already stay, and so do a script's own") {
  for (const char* type : {"bigint", "timestamp(3) with time zone", "timestamp without time zone",
                           "character varying(9)", "numeric(10,2)[]", "\"char\"", "public.bool", "text"})
    CHECK(printed_type(type) == type);
}
