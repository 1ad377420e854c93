#include "support/json.h"

#include <catch2/catch_test_macros.hpp>

#include "support/utf8.h"

using namespace pg2crdb;
using namespace std::string_view_literals;

namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("JSON strings") {
  CHECK(json("") == R"("")");
  CHECK(json("CREATE TABLE \"Größe\" (\n\tpath text DEFAULT 'C:\\'\r\n);") ==
        R"("CREATE TABLE \"Größe\" (\n\tpath text DEFAULT 'C:\\'\r\n);")");
  CHECK(json("\0\x01\x1f\x7f"sv) == R"("\u0000\u0001\u001f\u007f")");
  CHECK(json("\U0001F418 表") == "\"\U0001F418 表\"");
}

TEST_CASE("JSON strings: what is not UTF-8 becomes U+FFFD") {
  CHECK(json("a\xFF"
             "b") == "\"a\uFFFDb\"");
  CHECK(json("caf\xE9") == "\"caf\uFFFD\"");                          // Latin 1
  CHECK(json("\xC0\xAF") == "\"\uFFFD\uFFFD\"");                      // overlong
  CHECK(json("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");            // a surrogate
  CHECK(json("\xF4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");  // beyond U+10FFFF
  CHECK(json("\xE8\xA1\"") == "\"\uFFFD\\\"\"");                      // cut short: the quote is not swallowed
}

TEST_CASE("UTF-8 characters") {
  const auto is = [](std::string_view text, char32_t code, size_t length, bool valid) {
    const Utf8Character c = decode_utf8(text);
    return c.code == code && c.length == length && c.valid == valid;
  };
  CHECK(is("a", U'a', 1, true));
  CHECK(is("éx", U'é', 2, true));
  CHECK(is("表", U'表', 3, true));
  CHECK(is("\U0001F418", U'\U0001F418', 4, true));
  CHECK(is("\xEF\xBF\xBD", 0xFFFD, 3, true));
  CHECK(is("\x80", 0xFFFD, 1, false));
  CHECK(is("\xF0\x9F\x90", 0xFFFD, 3, false));
}

TEST_CASE("characters are counted by the bytes that begin one") {
  CHECK(count_characters("") == 0);
  CHECK(count_characters("ASCII, more than eight") == 22);
  CHECK(count_characters("été € \U0001F418 and more") == 16);
  CHECK(count_characters("€€€€€€€€") == 8);
  CHECK(count_characters("\x80\x80\xff") == 1);
}
