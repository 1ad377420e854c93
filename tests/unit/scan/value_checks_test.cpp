#include "scan/value_checks.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace pg2crdb;

namespace {

LoadPlan::Column column_of(std::string source_type, std::string target_type) {
  LoadPlan::Column column;
  column.name = column.source_name = "c";
  column.source_type = std::move(source_type);
  column.target_type = std::move(target_type);
  return column;
}

/// What the checks of a rule find in a value of the column.
std::vector<std::string> found(std::string_view rule, const LoadPlan::Column& column,
                               std::string_view value) {
  std::vector<std::string> all;
  for (const ValueCheck& check : value_checks) {
    if (check.reports != rule && check.answers != rule) continue;
    if (const ValueTest test = check.make(column); test && test(value) == true) all.emplace_back(check.what);
  }
  return all;
}

struct Case {
  std::string_view source_type, target_type, value;
  bool is_found;
};

void check_all(std::string_view rule, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.source_type, one.target_type, one.value.substr(0, 80));
    CHECK(!found(rule, column_of(std::string(one.source_type), std::string(one.target_type)), one.value)
               .empty() == one.is_found);
  }
}

}  // namespace

TEST_CASE("values that become texts, and of which nobody knows how PostgreSQL prints them, are found") {
  check_all("rows-out-of-range", {
                                     {"tstzrange", "TEXT", "[today,)", true},
                                     {"tstzrange", "TEXT", R"x(["2024-01-01 00:00:00+00",))x", false},
                                     {"macaddr[]", "TEXT[]", "{08002b}", true},
                                     {"text", "TEXT", "[today,)", false},
                                 });
}

TEST_CASE("arrays of arrays, and those that begin elsewhere than at 1, are found") {
  check_all("rows-nested-array", {
                                     {"integer[]", "INT4[]", "{1,2}", false},
                                     {"integer[]", "INT4[]", "{}", false},
                                     {"integer[]", "INT4[]", "{{1,2},{3,4}}", true},
                                     {"integer[]", "INT4[]", " { {1},{2} }", true},
                                     {"integer[]", "INT4[]", "[0:1]={1,2}", true},
                                     {"integer[]", "INT4[]", "[1:1][1:2]={{1,2}}", true},
                                     {"text[]", "STRING[]", R"({"{1,2}","{"})", false},
                                     {"public.pair[]", "public.pair[]", R"x({"(1,2)"})x", false},
                                     {"text", "STRING", "{{1}}", false},
                                     {"integer[]", "JSONB", "{{1}}", false},
                                     {"public.numbers", "INT4[]", "{{1}}", true},
                                 });
}

TEST_CASE("values that do not fit into another type of the target are found") {
  const std::string digits(2000, '9');
  check_all("rows-out-of-range", {
                                     // The same type in PostgreSQL lets nothing else through.
                                     {"character varying(3)", "VARCHAR(3)", "abcd", false},
                                     {"text", "VARCHAR(3)", "abcd", true},
                                     {"text", "VARCHAR(3)", "abc", false},
                                     {"character varying(3)", "VARCHAR(2)", "\xC3\xA9\xC3\xA9\xC3\xA9", true},
                                     {"bit varying(8)", "VARBIT(3)", "1010", true},
                                     {"bit(4)", "BIT(4)", "1010", false},
                                     {"\"char\"", "\"char\"", "a", false},
                                     {"\"char\"", "\"char\"", "\\303", true},
                                     {"numeric(12,4)", "DECIMAL(5,2)", "1.234", true},
                                     {"numeric(12,4)", "DECIMAL(5,2)", "999.9900", false},
                                     {"numeric", "INT8", "9223372036854775807", false},
                                     {"numeric", "INT8", "9223372036854775808", true},
                                     {"numeric", "INT8", "NaN", true},
                                     {"numeric", "INT8", "1.5", true},
                                     {"bigint", "INT4", "2147483648", true},
                                     {"bigint", "INT4", "-2147483648", false},
                                     {"bigint", "INT8", "2147483648", false},
                                     {"integer", "INT2", "40000", true},
                                     {"numeric", "DECIMAL", digits, false},
                                     {"numeric", "DECIMAL", "-" + digits + "1", false},
                                     {"numeric", "DECIMAL", "1" + digits + "1.5", true},
                                     {"numeric", "DECIMAL", "0." + std::string(1999, '0') + "1", false},
                                     {"numeric", "DECIMAL", "0." + std::string(2000, '0') + "1", true},
                                     {"numeric", "DECIMAL", "0." + std::string(2500, '0'), false},
                                     {"numeric", "DECIMAL", "NaN", false},
                                     {"numeric", "DECIMAL", "Infinity", false},
                                     {"interval", "INTERVAL", "1 year 2 mons -3 days +04:05:06", false},
                                     {"interval", "INTERVAL", "2562047:47:16.854775", false},
                                     {"interval", "INTERVAL", "2562047:47:16.854776", true},
                                     {"interval", "INTERVAL", "-2562048:00:00", true},
                                     {"interval", "INTERVAL", "infinity", true},
                                     {"interval", "INTERVAL", "-infinity", true},
                                     {"interval(3)", "INTERVAL(3)", "infinity", true},
                                     {"date", "TIMESTAMP", "294276-12-31", false},
                                     {"date", "TIMESTAMP", "294277-01-01", true},
                                     {"date", "TIMESTAMP", "4714-11-24 BC", false},
                                     {"date", "DATE", "5874897-12-31", false},
                                 });
}

TEST_CASE("values that are not as PostgreSQL prints them are understood, or said not to be") {
  CHECK(is_number_beyond_decimal("1e2001") == true);
  CHECK(is_number_beyond_decimal("-1.5E-2001") == true);
  CHECK(is_number_beyond_decimal("1e2000") == false);
  CHECK(is_number_beyond_decimal(" 10e1999 ") == false);
  CHECK(is_number_beyond_decimal("0e9999") == false);
  CHECK(is_number_beyond_decimal("nan") == false);
  CHECK_FALSE(is_number_beyond_decimal("0x1F").has_value());
  CHECK(is_interval_beyond_target("1 day 02:03:04") == false);
  CHECK(is_interval_beyond_target("P1DT3000000H") == true);
  CHECK(is_interval_beyond_target("3000000 hours ago") == true);
  CHECK(is_interval_beyond_target("100 days 3 hours") == false);
  CHECK_FALSE(is_interval_beyond_target("a while").has_value());
  CHECK(is_date_beyond_target("2024-01-31") == false);
  CHECK(is_date_beyond_target("Jan 1, 300000") == true);
  CHECK_FALSE(is_date_beyond_target("today").has_value());
  CHECK(is_nested_or_shifted_array(" [0:0]={1}"));
  const auto test_of = [](std::string_view what, const LoadPlan::Column& column) {
    for (const ValueCheck& check : value_checks) {
      if (check.what == what) return check.make(column);
    }
    return ValueTest();
  };
  const ValueTest digits =
      test_of("a value that does not fit into {type}", column_of("numeric", "DECIMAL(3,1)"));
  CHECK(digits(" 12.34 ") == true);
  CHECK(digits("1234e-1") == true);
  CHECK(digits("12.3") == false);
  CHECK_FALSE(digits("1_0").has_value());
  const ValueTest integer = test_of("a number that is no {type}", column_of("bigint", "INT4"));
  CHECK_FALSE(integer(" 7").has_value());
}

TEST_CASE("infinite dates and timestamps are found") {
  check_all("rows-infinite-time",
            {
                {"date", "DATE", "infinity", true},
                {"timestamp without time zone", "TIMESTAMP", "-infinity", true},
                {"timestamp(3) with time zone", "TIMESTAMPTZ(3)", "infinity", true},
                {"timestamp with time zone", "TIMESTAMPTZ", "2024-01-01 00:00:00+00", false},
                {"text", "STRING", "infinity", false},
            });
}

TEST_CASE("what json keeps and jsonb does not is found") {
  const auto asks = [](std::string_view json) {
    return found("json-normalised", column_of("json", "JSONB"), json).size();
  };
  CHECK(found("json-normalised", column_of("jsonb", "JSONB"), R"({"a": 1e999})").empty());
  CHECK(asks(R"({"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]})") == 0);
  CHECK(asks("\"a\"") == 0);
  CHECK(asks("null") == 0);
  CHECK(asks(" 12 ") == 0);
  CHECK(asks("no json") == 0);
  CHECK(has_equal_keys(R"({"a": 1, "a": 1})"));
  CHECK(has_equal_keys(R"([{"b": [], "c": {"d": {}, "e": 1, "d": 2}}])"));
  CHECK(has_equal_keys(R"({"a": 1, "b": 2, "\u0061": 3})"));
  CHECK(has_equal_keys(R"({"\ud800": 1, "\ud800": 2})"));
  CHECK_FALSE(has_equal_keys(R"({"\ud800": 1, "\ud801": 2, "A": 1, "a": "\"a"})"));
  CHECK(has_number_beyond_double("1e309"));
  CHECK(has_number_beyond_double(R"({"a": [0, {"b": -1e400}]})"));
  CHECK(has_number_beyond_double("[1" + std::string(400, '0') + "]"));
  for (size_t before = 0; before < 300; ++before)
    CHECK(has_number_beyond_double(std::string(before, ' ') + "[0." + std::string(330, '0') + "1]"));
  CHECK_FALSE(has_number_beyond_double(R"(["1e400", 1e308, 0.1, -0, 123456789012345678901234567890])"));
  CHECK(has_escape_refused_by_jsonb(R"({"a": "\u0000"})"));
  CHECK(has_escape_refused_by_jsonb(R"("\ud83d")"));
  CHECK(has_escape_refused_by_jsonb(R"("\ud83dx\ude00")"));
  CHECK(has_escape_refused_by_jsonb(R"("\ude00")"));
  CHECK_FALSE(has_escape_refused_by_jsonb(R"("\ud83d\ude00 \\u0000 \n \u00e9")"));
  CHECK_FALSE(has_escape_refused_by_jsonb("\"\\"));
  const std::string deep = std::string(5000, '[') + R"({"a": 1, "a": 2})" + std::string(5000, ']');
  CHECK(has_equal_keys(deep));
}
