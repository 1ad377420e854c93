#include "ast/shown_name.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "parser/parser.h"

using namespace pg2crdb;

namespace {

std::string name_of(std::string_view expression) {
  const ParsedStatement parsed = parse_statement("SELECT " + std::string(expression) + " FROM t");
  const auto* select = std::get_if<ast::SelectStatement>(&parsed.node);
  REQUIRE(select != nullptr);
  return ast::shown_name(select->query->targets.at(0));
}

}  // namespace

// Each name is what PostgreSQL 15 called the column.
TEST_CASE("a column is called as PostgreSQL calls it") {
  CHECK(name_of("a") == "a");
  CHECK(name_of("t.a") == "a");
  CHECK(name_of("a + 1") == "?column?");
  CHECK(name_of("a IS NULL") == "?column?");
  CHECK(name_of("NOT b") == "?column?");
  CHECK(name_of("true") == "?column?");
  CHECK(name_of("true::text") == "text");
  CHECK(name_of("'x'::text") == "text");
  CHECK(name_of("'1'::int::text") == "text");
  CHECK(name_of("a::text") == "a");
  CHECK(name_of("c COLLATE \"C\"") == "c");
  CHECK(name_of("lower(c)") == "lower");
  CHECK(name_of("pg_catalog.upper(c)") == "upper");
  CHECK(name_of("lower(c)::varchar") == "lower");
  CHECK(name_of("EXISTS (SELECT 1)") == "exists");
  CHECK(name_of("ARRAY(SELECT 1)") == "array");
  CHECK(name_of("ARRAY[1, 2]") == "array");
  CHECK(name_of("ARRAY[1]::text[]") == "array");
  CHECK(name_of("(ARRAY[1, 2])[1]") == "array");
  CHECK(name_of("(array_agg(a))[1]") == "array_agg");
  CHECK(name_of("r[1]") == "r");
  CHECK(name_of("(p).x") == "x");
  CHECK(name_of("ROW(1, 2)") == "row");
  CHECK(name_of("(1, 2)") == "row");
  CHECK(name_of("NULLIF(a, 1)") == "nullif");
  CHECK(name_of("COALESCE(a, 1)") == "coalesce");
  CHECK(name_of("GREATEST(a, 1)") == "greatest");
  CHECK(name_of("LEAST(a, 1)") == "least");
  CHECK(name_of("CASE WHEN b THEN 1 END") == "case");
  CHECK(name_of("CASE WHEN b THEN 1 ELSE a END") == "a");
  CHECK(name_of("CASE WHEN b THEN 1 ELSE 2::int END") == "case");
  CHECK(name_of("CASE WHEN b THEN c ELSE lower(c) END") == "lower");
  CHECK(name_of("(SELECT 1)") == "?column?");
  CHECK(name_of("(SELECT a)") == "a");
  CHECK(name_of("(SELECT 1 AS one)") == "one");
  CHECK(name_of("(VALUES (1))") == "column1");
  CHECK(name_of("(SELECT a UNION SELECT 2)") == "a");
  CHECK(name_of("a IN (1, 2)") == "?column?");
  CHECK(name_of("a = ANY (SELECT 1)") == "?column?");
  CHECK(name_of("current_user") == "current_user");
  CHECK(name_of("session_user") == "session_user");
  CHECK(name_of("user") == "user");
  CHECK(name_of("current_role") == "current_role");
  CHECK(name_of("current_catalog") == "current_catalog");
  CHECK(name_of("current_schema") == "current_schema");
  CHECK(name_of("current_date") == "current_date");
  CHECK(name_of("current_time") == "current_time");
  CHECK(name_of("current_timestamp") == "current_timestamp");
  CHECK(name_of("current_timestamp(3)") == "current_timestamp");
  CHECK(name_of("localtime") == "localtime");
  CHECK(name_of("localtimestamp") == "localtimestamp");
  CHECK(name_of("now() AT TIME ZONE 'UTC'") == "timezone");
  CHECK(name_of("EXTRACT(year FROM now())") == "extract");
  CHECK(name_of("INTERVAL '1 day'") == "interval");
  CHECK(name_of("position('a' IN c)") == "position");
  CHECK(name_of("substring(c FROM 2)") == "substring");
  CHECK(name_of("trim(c)") == "btrim");
  CHECK(name_of("overlay(c PLACING 'x' FROM 1)") == "overlay");
  CHECK(name_of("1::double precision") == "float8");
  CHECK(name_of("1::numeric(10, 2)") == "numeric");
  CHECK(name_of("'a'::char(3)") == "bpchar");
  CHECK(name_of("'a'::character varying(3)") == "varchar");
  CHECK(name_of("'1'::bit(3)") == "bit");
  CHECK(name_of("now()::timestamp with time zone + '1 day'") == "?column?");
  CHECK(name_of("now()::text::timestamp without time zone") == "now");
  CHECK(name_of("count(*)") == "count");
}
