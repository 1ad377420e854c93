#include "rows/printed_value.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using pg2crdb::printed_value;
using pg2crdb::prints_in_one_form;

namespace {

struct Written {
  const char* type;
  const char* text;
  const char* printed;  // null: not known
};

template <size_t count>
void check(const Written (&all)[count]) {
  for (const auto& [type, text, printed] : all) {
    INFO(type << " " << text);
    const auto found = printed_value(type, text);
    CHECK(found.has_value() == (printed != nullptr));
    if (!found || printed == nullptr) continue;
    CHECK(*found == printed);
    CHECK(printed_value(type, *found) == printed);
  }
}

}  // namespace

TEST_CASE("ranges are written as PostgreSQL writes them") {
  check({
      {"int4range", "[1, 2]", "[1,3)"},
      {"int4range", "(4,5)", "empty"},
      {"int4range", "[5,5]", "[5,6)"},
      {"int4range", "[5,4]", nullptr},
      {"int4range", "[1,2147483647]", nullptr},
      {"int4range", "EMPTY", "empty"},
      {"int8range", "(,7]", "(,8)"},
      {"int8range", "[-3,)", "[-3,)"},
      {"int8range", "[1,9223372036854775807]", nullptr},
      {"int4range", "[a,b]", nullptr},
      {"int4range", "[1,2) x", nullptr},
      {"daterange", "(2024-02-27,2024-02-28]", "[2024-02-28,2024-02-29)"},
      {"daterange", "[2023-12-31,\"2024-12-31\"]", "[2023-12-31,2025-01-01)"},
      {"daterange", "[2024-01-01,infinity)", "[2024-01-01,infinity)"},
      {"daterange", "[2024-01-01,infinity]", "[2024-01-01,infinity]"},
      {"daterange", "[\"0044-03-15 BC\",2024-01-01)", "[\"0044-03-15 BC\",2024-01-01)"},
      {"daterange", "(\"0001-12-31 BC\",5874897-12-30]", "[0001-01-01,5874897-12-31)"},
      {"daterange", "[2024-01-01,5874897-12-31]", nullptr},
      {"daterange", "[today,)", nullptr},
      {"daterange", "[01/02/2024,)", nullptr},
      {"numrange", "[1.5, 2]", "[1.5,2]"},
      {"numrange", "[+1.50,007]", "[1.50,7]"},
      {"numrange", "[-0,Infinity)", "[0,Infinity)"},
      {"numrange", "[1e3,)", nullptr},
      {"numrange", "[2,2)", "empty"},
      {"numrange", "[2,2.00]", "[2,2.00]"},
      {"numrange", "[10,9]", nullptr},
      {"tsrange", "[,)", "(,)"},
      {"tsrange", "[\"2024-01-01 00:00:00\",)", "[\"2024-01-01 00:00:00\",)"},
      {"tsrange", "[2024-01-01,2024-02-01T10:30)", "[\"2024-01-01 00:00:00\",\"2024-02-01 10:30:00\")"},
      {"tsrange", "[\"2024-01-01 00:00:00.500\",infinity]", "[\"2024-01-01 00:00:00.5\",infinity]"},
      {"tsrange", "[2024-01-01 25:00,)", nullptr},
      {"tstzrange", "[\"2024-01-01 00:00:00+00\",)", "[\"2024-01-01 00:00:00+00\",)"},
      {"tstzrange", "[2024-01-01 01:30:00.50-03:30,infinity)", "[\"2024-01-01 05:00:00.5+00\",infinity)"},
      {"tstzrange", "[0001-01-01 00:30:00+01,)", "[\"0001-12-31 23:30:00+00 BC\",)"},
      {"tstzrange", "[2024-01-01,2024-02-01)", nullptr},
      {"tstzrange", "[2024-01-01 00:00Z,)", nullptr},
  });
}

TEST_CASE("ranges of a multirange are sorted, and one where they meet") {
  check({
      {"int4multirange", "{}", "{}"},
      {"int4multirange", "{ [5,6] , [1,2] , empty }", "{[1,3),[5,7)}"},
      {"int4multirange", "{[1,3),[3,4],(,0)}", "{(,0),[1,5)}"},
      {"nummultirange", "{(1,2),(2,3)}", "{(1,2),(2,3)}"},
      {"nummultirange", "{[2,3],[1.0,2)}", "{[1.0,3]}"},
      {"datemultirange", "{[2024-01-01,2024-01-02],[2024-01-03,)}", "{[2024-01-01,)}"},
      {"tstzmultirange", "{[\"2024-10-27 02:00:00+02\",\"2024-10-27 02:30:00+01\")}",
       "{[\"2024-10-27 00:00:00+00\",\"2024-10-27 01:30:00+00\")}"},
      {"tstzmultirange", "{[2024-10-27 02:00:00+01,),[2024-10-27 02:00:00+02,2024-10-27 02:30:00+02)}",
       "{[\"2024-10-27 00:00:00+00\",\"2024-10-27 00:30:00+00\"),[\"2024-10-27 01:00:00+00\",)}"},
      {"int4multirange", "[1,3)", nullptr},
      {"int4multirange", "{[1,3),}", nullptr},
  });
}

TEST_CASE("addresses of devices have all their digits") {
  check({
      {"macaddr", "08:00:2b:01:02:03", "08:00:2b:01:02:03"},
      {"macaddr", "08-00-2B-01-02-03", "08:00:2b:01:02:03"},
      {"macaddr", "08002b:010203", "08:00:2b:01:02:03"},
      {"macaddr", "0800.2b01.0203", "08:00:2b:01:02:03"},
      {"macaddr", " 08002b010203 ", "08:00:2b:01:02:03"},
      {"macaddr", "8:0:2b:1:2:3", "08:00:2b:01:02:03"},
      {"macaddr", "08002b0102", nullptr},
      {"macaddr", "08-00:2b-01-02-03", nullptr},
      {"macaddr8", "08002b0102030405", "08:00:2b:01:02:03:04:05"},
      {"macaddr8", "08-00-2b-01-02-03", "08:00:2b:ff:fe:01:02:03"},
      {"cidr", "10.1", "10.1.0.0/16"},
      {"cidr", "10", "10.0.0.0/8"},
      {"cidr", "128", "128.0.0.0/16"},
      {"cidr", "192.5", "192.5.0.0/24"},
      {"cidr", "10.1/16", "10.1.0.0/16"},
      {"cidr", "10.0.0.1", "10.0.0.1/32"},
      {"cidr", "10.0.0.0/8", "10.0.0.0/8"},
      {"cidr", "2001:db8::/32", "2001:db8::/32"},
  });
}

TEST_CASE("shapes have the parentheses and digits that PostgreSQL writes") {
  check({
      {"point", "1, 2", "(1,2)"},
      {"point", "( 1.50 , -0.0 )", "(1.5,-0)"},
      {"point", "(1e15,1e-5)", "(1e+15,1e-05)"},
      {"point", "(100000000000000,0.10000000000000001)", "(100000000000000,0.1)"},
      {"point", "(inf,NaN)", "(Infinity,NaN)"},
      {"point", "(1,2", nullptr},
      {"line", "{ 1, 2, 3 }", "{1,2,3}"},
      {"line", "(1,2),(3,4)", nullptr},
      {"lseg", "1,2,3,4", "[(1,2),(3,4)]"},
      {"lseg", "((1,2),(3,4))", "[(1,2),(3,4)]"},
      {"lseg", "[(1,2),(3,4)]", "[(1,2),(3,4)]"},
      {"box", "(1,4),(3,2)", "(3,4),(1,2)"},
      {"box", "((1,2),(3,4))", "(3,4),(1,2)"},
      {"path", "[(1,2),(3,4),(5,6)]", "[(1,2),(3,4),(5,6)]"},
      {"path", "(1,2),(3,4)", "((1,2),(3,4))"},
      {"path", "1,2,3,4", "((1,2),(3,4))"},
      {"path", "( 1,2,3,4 )", "((1,2),(3,4))"},
      {"polygon", "(0,0),(0,1),(1,1)", "((0,0),(0,1),(1,1))"},
      {"polygon", "((0,0),(0,1),(1,1))", "((0,0),(0,1),(1,1))"},
      {"polygon", "((0,0),(0,1),1)", nullptr},
      {"circle", "1,2,3", "<(1,2),3>"},
      {"circle", "((1,2),3)", "<(1,2),3>"},
      {"circle", "(1,2),3", "<(1,2),3>"},
      {"circle", "<(1,2),3>", "<(1,2),3>"},
      {"cube", "1,2", "(1, 2)"},
      {"cube", "(1,2),(3,4)", "(1, 2),(3, 4)"},
      {"cube", "[(1,2),(1,2)]", "(1, 2)"},
  });
}

TEST_CASE("other values that become texts are written as PostgreSQL writes them, or not known") {
  check({
      {"hstore", "b=>1, a=>NULL", "\"a\"=>NULL, \"b\"=>\"1\""},
      {"hstore", "a=>1, a=>2", nullptr},
      {"xml", "<a/>", "<a/>"},
      {"xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>", "<a/>"},
      {"xml", "<?xml version=\"1.0\" standalone=\"yes\"?><a/>",
       "<?xml version=\"1.0\" standalone=\"yes\"?><a/>"},
      {"int2vector", " 1  2 ", "1 2"},
      {"xid", "007", nullptr},
      {"xid8", "7", "7"},
      {"tid", "(0,1)", "(0,1)"},
      {"tid", "( 0, 1)", nullptr},
      {"isbn", "9780393040029", nullptr},
      {"ltree", "a.b", "a.b"},
  });
}

TEST_CASE("of a row, each field is written so") {
  check({
      {"(macaddr,int4range)", " (08002b010203,\"[1,3]\") ", "(08:00:2b:01:02:03,\"[1,4)\")"},
      {"(macaddr,,hstore)", "(,\" a \"\"b\",)", "(,\" a \"\"b\",)"},
      {"(macaddr)[]", "{(08002b010203),NULL}", "{(08:00:2b:01:02:03),NULL}"},
      {"(,(point,macaddr[]))", "(a,\"(\"\"1,2\"\",{08002b010203})\")",
       "(a,\"(\"\"(1,2)\"\",{08:00:2b:01:02:03})\")"},
      {"(macaddr,text)", "(08002b010203)", nullptr},
      {"(macaddr)", "(08002b010203,x)", nullptr},
      {"(macaddr)", "(08002b)", nullptr},
  });
  CHECK(prints_in_one_form("(text,macaddr)[]"));
  CHECK_FALSE(prints_in_one_form("(text,,int4)"));
}

TEST_CASE("numbers of the catalog and measures are written so, or not known") {
  check({
      {"txid_snapshot", "10:20:10,14", "10:20:10,14"},
      {"txid_snapshot", "10:20:", "10:20:"},
      {"txid_snapshot", "010:20:", nullptr},
      {"oidvector", "1 -2", nullptr},
      {"tid", "(01,2)", nullptr},
      {"seg", "1.50", "1.50"},
      {"seg", "1..2.0", "1 .. 2.0"},
      {"seg", "..2", ".. 2"},
      {"seg", "~1 ..", "~1 .."},
      {"seg", "5(+-)0.3", nullptr},
      {"seg", "1..1", nullptr},
      {"seg", "100000", nullptr},
      {"seg", "12", nullptr},
      {"seg", "1.2e1", "1.2e1"},
      {"seg", "1e5", nullptr},
      {"seg", "1e+05", "1e+05"},
      {"isbn13", "9780393040029", nullptr},
      {"isbn13", "978-0-393-04002-9", "978-0-393-04002-9"},
      {"upc", "220356483481", "220356483481"},
      {"box", "(NaN,1),(2,3)", "(NaN,3),(2,1)"},
      {"box", "(1,1),(NaN,NaN)", "(NaN,NaN),(1,1)"},
  });
  const std::string name(70, 'n');
  CHECK(printed_value("name", name) == std::string(63, 'n'));
}

TEST_CASE("of an array, each element is written so") {
  check({
      {"macaddr[]", " { 08002b010203 , NULL } ", "{08:00:2b:01:02:03,NULL}"},
      {"int4range[]", "{\"[1, 2]\",\"empty\"}", "{\"[1,3)\",empty}"},
      {"point[]", "{\"1,2\",\"(3,4)\"}", "{\"(1,2)\",\"(3,4)\"}"},
      {"macaddr[]", "08002b010203", nullptr},
      {"box[]", "{(1,1),(0,0); (2,3),(3,2)}", "{(1,1),(0,0);(3,3),(2,2)}"},
  });
  CHECK(prints_in_one_form("macaddr[]"));
  CHECK(prints_in_one_form("box[]"));
  CHECK_FALSE(prints_in_one_form("text"));
}

TEST_CASE("what PostgreSQL prints in forms that are seldom seen is its own form") {
  check({
      // As many digits as tell it from both neighbours, however halves are rounded.
      {"point", "(3.6023951585992232e+16,1)", "(3.6023951585992232e+16,1)"},
      {"point", "(36023951585992232,1)", "(3.6023951585992232e+16,1)"},
      {"point", "(1e23,2e23)", "(9.999999999999999e+22,1.9999999999999998e+23)"},
      {"point", "(9007199254740993,90071992547409930)", "(9.007199254740992e+15,9.007199254740994e+16)"},
      {"point", "(5e22,18014398509481984)", "(4.9999999999999996e+22,1.8014398509481984e+16)"},
      {"point", "(5.81e31,581e+29)", "(5.81e+31,5.81e+31)"},
      {"cube", "()", "()"},
      {"xml", "<?xml version=\"1.1\"?><a/>", "<?xml version=\"1.1\"?><a/>"},
      {"xml", "<?xml version=\"1.1\" encoding=\"UTF-8\"?><a/>", nullptr},
      {"daterange", "[\"0001-02-29 BC\",2024-01-01)", "[\"0001-02-29 BC\",2024-01-01)"},
      {"daterange", "[\"0002-02-29 BC\",2024-01-01)", nullptr},
      {"daterange", "[0000-01-01,)", nullptr},
      {"tsrange", "[\"0005-02-29 12:00:00 BC\",)", "[\"0005-02-29 12:00:00 BC\",)"},
  });
}

TEST_CASE("ranges of all years are sorted and joined") {
  check({
      {"tsmultirange", "{[10000-01-01,),[2024-01-01,2025-01-01)}",
       "{[\"2024-01-01 00:00:00\",\"2025-01-01 00:00:00\"),[\"10000-01-01 00:00:00\",)}"},
      {"tsmultirange", "{[2024-01-01,),[\"0044-03-15 BC\",\"0043-03-15 BC\")}",
       "{[\"0044-03-15 00:00:00 BC\",\"0043-03-15 00:00:00 BC\"),[\"2024-01-01 00:00:00\",)}"},
      {"datemultirange", "{[2024-01-01,),[2023-01-01,2023-02-01)}",
       "{[2023-01-01,2023-02-01),[2024-01-01,)}"},
      {"int4multirange", "{[5,),[1,2),(,1)}", "{(,2),[5,)}"},
  });
}
