#include "rows/fit.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

TEST_CASE("a value that the target would cut in silence does not fit") {
  struct Case {
    const char* type;
    const char* fits;
    const char* does_not;
  };
  const Case cases[] = {
      {"VARCHAR(3)", "abc", "abcd"},
      {"VARCHAR(3)", "\xC3\xA9\xC3\xA9\xC3\xA9", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"},
      {"CHAR(2)", "ab", "abc"},
      {"CHAR", "a", "ab"},
      {"STRING(2)", "", "abc"},
      {"\"char\"", "a", "ab"},
      {"BIT(4)", "1010", "101"},
      {"BIT(4)", "1010", "10101"},
      {"BIT", "1", "10"},
      {"VARBIT(3)", "1", "1010"},
      {"DECIMAL(5,2)", "999.99", "1000"},
      {"DECIMAL(5,2)", "-1.20", "1.239"},
      {"DECIMAL(5, 2)", "0001.2300", "12345"},
      {"DECIMAL(5,2)", "1e2", "1e3"},
      {"DECIMAL(5,2)", "NaN", "1.5e-2"},
      {"DECIMAL(3)", "999", "1.5"},
      {"NUMERIC(3,3)", "0.999", "1"},
      {"DECIMAL(5,2)", ".5", ".005"},
      {"VARCHAR(3)[]", R"({abc,"a,c",NULL})", "{abc,abcd}"},
      {"VARCHAR(3)[]", R"({"\"\\c"})", R"({"\"\\cd"})"},
      {"VARCHAR(3)[]", "[0:1]={abc,null}", "[0:1]={abc,\"null\"}"},
      {"CHAR(2)[]", "{{ab,cd},{ef,gh}}", "{{ab,cd},{ef,ghi}}"},
      {"VARBIT(3)[]", "{}", "{101,1010}"},
      {"BIT(3)[]", "{101}", "{10}"},
      {"DECIMAL(5,2)[]", "{999.99,NaN}", "{1.20,1.239}"},
      {"\"char\"[]", "{a,b}", "{a,ab}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.type, c.fits, c.does_not);
    CHECK_FALSE(Fit(c.type).always());
    CHECK(Fit(c.type).takes(c.fits));
    CHECK_FALSE(Fit(c.type).takes(c.does_not));
  }
  for (const char* type : {"", "VARCHAR", "STRING", "DECIMAL", "VARCHAR[]", "INT4", "VARBIT", "public.mood",
                           "GEOMETRY(POINT,4326)", "TIMESTAMPTZ(3)", "VECTOR(3)"}) {
    CAPTURE(type);
    CHECK(Fit(type).always());
    CHECK(Fit(type).takes("anything that is long"));
  }
}
