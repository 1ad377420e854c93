#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "emit/sql.h"

using namespace pg2crdb;
using namespace pg2crdb::ast;

namespace {

TypeName type(std::string schema, std::string name, std::vector<std::string> modifiers = {}) {
  TypeName result;
  result.name = {std::move(schema), std::move(name)};
  result.modifiers = std::move(modifiers);
  return result;
}
std::string postgresql(const TypeName& type) {
  return to_sql(type, Dialect::postgresql);
}
std::string cockroachdb(const TypeName& type) {
  return to_sql(type, Dialect::cockroachdb);
}

}  // namespace

TEST_CASE("PostgreSQL's types in SQL's words") {
  CHECK(postgresql(type("pg_catalog", "int4")) == "integer");
  CHECK(postgresql(type("", "int4")) == "int4");
  CHECK(postgresql(type("pg_catalog", "varchar", {"3"})) == "character varying(3)");
  CHECK(postgresql(type("pg_catalog", "bpchar", {"1"})) == "character(1)");
  CHECK(postgresql(type("pg_catalog", "bpchar")) == "pg_catalog.bpchar");
  CHECK(postgresql(type("pg_catalog", "timestamptz", {"3"})) == "timestamp(3) with time zone");
  CHECK(postgresql(type("pg_catalog", "time")) == "time without time zone");
  CHECK(postgresql(type("pg_catalog", "varbit", {"8"})) == "bit varying(8)");
  CHECK(postgresql(type("", "bit")) == "\"bit\"");
  CHECK(postgresql(type("", "char")) == "\"char\"");
  CHECK(postgresql(type("pg_catalog", "float8")) == "double precision");
  CHECK(postgresql(type("public", "Mood")) == "public.\"Mood\"");
  CHECK(postgresql(type("public", "geometry", {"Point", "4326"})) == "public.geometry(Point, 4326)");
  TypeName years = type("pg_catalog", "interval");
  years.interval_fields = "YEAR TO MONTH";
  CHECK(postgresql(years) == "interval year to month");
  TypeName array = type("pg_catalog", "numeric", {"10", "2"});
  array.array_bounds = {-1, 3};
  CHECK(postgresql(array) == "numeric(10, 2)[][3]");
  TypeName rows = type("public", "towns");
  rows.set_of = true;
  CHECK(postgresql(rows) == "SETOF public.towns");
  TypeName same = type("towns", "name");
  same.percent_type = true;
  CHECK(postgresql(same) == "towns.name%TYPE");
}

TEST_CASE("CockroachDB's types") {
  CHECK(cockroachdb(type("pg_catalog", "int4")) == "INT4");
  CHECK(cockroachdb(type("", "text")) == "TEXT");
  CHECK(cockroachdb(type("pg_catalog", "varchar", {"3"})) == "VARCHAR(3)");
  CHECK(cockroachdb(type("pg_catalog", "bpchar", {"3"})) == "CHAR(3)");
  CHECK(cockroachdb(type("", "bpchar")) == "BPCHAR");
  CHECK(cockroachdb(type("", "bit")) == "\"bit\"");
  CHECK(cockroachdb(type("pg_catalog", "bit", {"1"})) == "BIT(1)");
  CHECK(cockroachdb(type("", "char")) == "\"char\"");
  CHECK(cockroachdb(type("pg_catalog", "numeric", {"10", "2"})) == "DECIMAL(10, 2)");
  CHECK(cockroachdb(type("pg_catalog", "timestamp", {"3"})) == "TIMESTAMP(3)");
  CHECK(cockroachdb(type("public", "mood")) == "public.mood");
}
