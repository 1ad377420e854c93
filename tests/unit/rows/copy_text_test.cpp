#include "rows/copy_text.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <random>

namespace pg2crdb {
namespace {

using Values = std::vector<std::optional<std::string>>;

Values values_of(const std::vector<Field>& fields) {
  Values values;
  for (const Field& field : fields) {
    values.push_back(field.null ? std::nullopt : std::optional<std::string>(field.text));
  }
  return values;
}

std::vector<Field> fields_of(const Values& values) {
  std::vector<Field> fields;
  for (const auto& value : values) {
    fields.push_back(value ? Field{*value, false} : Field{{}, true});
  }
  return fields;
}

std::optional<Values> decode(std::string_view line) {
  std::vector<Field> fields;
  std::string scratch;
  if (!decode_copy_row(line, fields, scratch)) return std::nullopt;
  return values_of(fields);
}

std::string csv(const Values& values) {
  std::string out;
  append_csv_row(out, fields_of(values));
  return out;
}

TEST_CASE("a row of pg_dump without escapes") {
  CHECK(*decode("36684\tParis\t75056\t\\N\t") == Values{"36684", "Paris", "75056", std::nullopt, ""});
  CHECK(*decode("") == Values{""});
  CHECK(*decode("\t") == Values{"", ""});
}

TEST_CASE("fields without a backslash are not copied") {
  const std::string line = "a\tb\\tc\td";
  std::vector<Field> fields;
  std::string scratch;
  REQUIRE(decode_copy_row(line, fields, scratch));
  CHECK(fields[0].text.data() == line.data());
  CHECK(fields[2].text.data() == line.data() + line.size() - 1);
  CHECK(fields[1].text == "b\tc");
}

TEST_CASE("escapes are those of PostgreSQL's COPY") {
  CHECK(*decode(R"(\b\f\n\r\t\v)") == Values{"\b\f\n\r\t\v"});
  CHECK(*decode(R"(\\x0a0b)") == Values{"\\x0a0b"});
  CHECK(*decode(R"({"say": "\\"hi\\""})") == Values{R"({"say": "\"hi\""})"});
  CHECK(*decode(R"(\101\60\7x\1018\x41\x4g\xg\q\.)") == Values{"A0\ax"
                                                               "A8"
                                                               "A"
                                                               "\x04"
                                                               "g"
                                                               "xg"
                                                               "q."});
  CHECK(*decode(R"(\377)") == Values{"\xff"});
  CHECK(*decode(R"(\N	\\N	\NN	x\N)") == Values{std::nullopt, "\\N", "NN", "xN"});
  CHECK(*decode("a\\\tb\tc") == Values{"a\tb", "c"});
  CHECK(*decode("a\\\tb\\\tc") == Values{"a\tb\tc"});
  CHECK_FALSE(decode("a\tb\\"));
}

TEST_CASE("any bytes survive append_copy_row and decode_copy_row") {
  std::mt19937 random(20260101);
  const std::string_view favourites = "\\\t\n\r\"',Nx01.b\b\f\v";
  for (int round = 0; round < 3000; ++round) {
    Values values(1 + random() % 5);
    for (auto& value : values) {
      if (random() % 5 == 0) continue;
      value.emplace();
      for (size_t i = random() % 20; i > 0; --i) {
        *value +=
            random() % 2 == 0 ? favourites[random() % favourites.size()] : static_cast<char>(random() % 256);
      }
    }
    std::string line;
    append_copy_row(line, fields_of(values));
    REQUIRE(line.ends_with('\n'));
    line.pop_back();
    REQUIRE(line.find('\n') == std::string::npos);
    REQUIRE(line != "\\.");
    REQUIRE(decode(line) == values);
  }
}

// CSV as RFC 4180 has it, an unquoted nothing being NULL.
std::vector<Values> read_csv(std::string_view text) {
  std::vector<Values> rows;
  size_t i = 0;
  while (i < text.size()) {
    Values row;
    while (true) {
      if (text[i] == '"') {
        std::string value;
        for (++i; text[i] != '"' || (i + 1 < text.size() && text[i + 1] == '"'); ++i) {
          if (text[i] == '"') ++i;
          value += text[i];
        }
        ++i;
        row.emplace_back(value);
      } else {
        const size_t end = text.find_first_of(",\n", i);
        row.push_back(end == i ? std::nullopt : std::optional<std::string>(text.substr(i, end - i)));
        i = end;
      }
      if (text[i++] == '\n') break;
    }
    rows.push_back(row);
  }
  return rows;
}

TEST_CASE("CSV tells NULL from the empty string and quotes what needs quotes") {
  CHECK(csv({"1", std::nullopt, "", "Paris"}) == "1,,\"\",Paris\n");
  CHECK(csv({"say \"hi\"", "a,b", "a\nb", "\\.", " a", "a ", "a b"}) ==
        "\"say \"\"hi\"\"\",\"a,b\",\"a\nb\",\"\\.\",\" a\",\"a \",a b\n");
  CHECK(csv({std::nullopt}) == "\n");
  CHECK(csv({"\"\""}) == "\"\"\"\"\"\"\n");
}

TEST_CASE("any bytes survive append_csv_row") {
  std::mt19937 random(20260102);
  const std::string_view favourites = "\\\t\n\r\"', .";
  std::string text;
  std::vector<Values> rows;
  for (int round = 0; round < 3000; ++round) {
    Values& values = rows.emplace_back(1 + random() % 5);
    for (auto& value : values) {
      if (random() % 5 == 0) continue;
      value.emplace();
      for (size_t i = random() % 20; i > 0; --i) {
        *value +=
            random() % 2 == 0 ? favourites[random() % favourites.size()] : static_cast<char>(random() % 256);
      }
    }
    text += csv(values);
  }
  CHECK(read_csv(text) == rows);
}

}  // namespace
}  // namespace pg2crdb
