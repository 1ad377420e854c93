#include "runtime/transcode.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <random>

#include "rows/conversion.h"
#include "rows/copy_text.h"

using namespace pg2crdb;

namespace {

using Row = std::vector<std::optional<std::string>>;

std::vector<LoadPlan::Column> plain_columns(size_t count) {
  std::vector<LoadPlan::Column> columns(count);
  for (size_t i = 0; i < count; ++i) columns[i].name = "c" + std::to_string(i);
  return columns;
}

std::vector<const LoadPlan::Column*> pointers(const std::vector<LoadPlan::Column>& columns) {
  std::vector<const LoadPlan::Column*> out;
  for (const LoadPlan::Column& column : columns) out.push_back(&column);
  return out;
}

std::string csv_of(const std::vector<LoadPlan::Column>& columns, std::string_view rows,
                   size_t expected_bad = 0) {
  Transcoder transcoder(pointers(columns));
  CsvBuffer csv;
  std::vector<Transcoder::BadRow> bad;
  transcoder.append(csv, rows, bad);
  CHECK(bad.size() == expected_bad);
  return std::string(csv.view());
}

/// RFC 4180, written apart from the code under test. An unquoted value that is `null_word` is NULL.
std::vector<Row> parse_csv(std::string_view csv, std::string_view null_word) {
  std::vector<Row> rows;
  size_t i = 0;
  while (i < csv.size()) {
    Row row;
    while (true) {
      std::string value;
      bool quoted = false;
      if (csv[i] == '"') {
        quoted = true;
        for (++i;; ++i) {
          REQUIRE(i < csv.size());
          if (csv[i] == '"') {
            if (i + 1 < csv.size() && csv[i + 1] == '"') {
              ++i;
            } else {
              break;
            }
          }
          value += csv[i];
        }
        ++i;
      } else {
        while (csv[i] != ',' && csv[i] != '\n') {
          REQUIRE(csv[i] != '"');
          REQUIRE(csv[i] != '\r');
          value += csv[i++];
        }
      }
      row.push_back(!quoted && value == null_word ? std::nullopt : std::optional(value));
      REQUIRE((csv[i] == ',' || csv[i] == '\n'));
      if (csv[i++] == '\n') break;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

TEST_CASE("COPY text becomes CSV, byte for byte") {
  struct Case {
    size_t columns;
    const char* text;
    const char* csv;
  };
  const Case cases[] = {
      {3, "1\tone\ttwo\n", "1,one,two\n"},
      {3, "1\t\\N\t\n", "1,,\"\"\n"},
      {3, "\\N\t\\N\t\\N\n", ",,\n"},
      {3, "\t\t\n", "\"\",\"\",\"\"\n"},
      {2, "a,b\tsay \"hi\"\n", "\"a,b\",\"say \"\"hi\"\"\"\n"},
      {2, "\"\t,\n", "\"\"\"\",\",\"\n"},
      // As pg_dump writes json, bytea, and text with control characters.
      {2, "7\t{\"a\": \"line\\\\nbreak\"}\n", "7,\"{\"\"a\"\": \"\"line\\nbreak\"\"}\"\n"},
      {2, "7\t\\\\x0a0b5c\n", "7,\"\\x0a0b5c\"\n"},
      {2, "7\ttab\\tnl\\ncr\\rbs\\\\\n", "7,\"tab\tnl\ncr\rbs\\\"\n"},
      {2, "7\t\\\\N\n", "7,\"\\N\"\n"},
      {2, "7\t\\\\.\n", "7,\"\\.\"\n"},
      {2, "7\t\\101\\x42\n", "7,AB\n"},
      {2, "7\tx\\\ty\n", "7,\"x\ty\"\n"},
      {2, " a\tb \n", "\" a\",\"b \"\n"},
      {2, "1\ta\r\n2\tb\r\n", "1,a\n2,b\n"},
      {2, "caf\xc3\xa9\t\xe4\xb8\xad\n", "caf\xc3\xa9,\xe4\xb8\xad\n"},
      // One column: an unquoted nothing would be an empty line.
      {1, "\\N\n\n\\\\N\nx\n", "\\N\n\"\"\n\"\\N\"\nx\n"},
      {0, "\n\n", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto columns = plain_columns(c.columns);
    CHECK(csv_of(columns, c.text) == c.csv);
  }
}

TEST_CASE("rows of the wrong width or with a broken escape are bad, the others go on") {
  const auto columns = plain_columns(2);
  Transcoder transcoder(pointers(columns));
  CsvBuffer csv;
  std::vector<Transcoder::BadRow> bad;
  CHECK(transcoder.append(csv, "1\ta\n2\n3\tb\tc\n4\td\\\n5\te\n\n", bad) == 6);
  CHECK(csv.view() == "1,a\n5,e\n");
  REQUIRE(bad.size() == 4);
  CHECK(bad[0].index == 1);
  CHECK(bad[0].reason == "expected 2 values, got 1");
  CHECK(bad[1].index == 2);
  CHECK(bad[1].reason == "expected 2 values, got more");
  CHECK(bad[2].reason == "column c1: the value ends inside an escape");
  CHECK(bad[3].index == 5);
}

TEST_CASE("conversions change their own column only") {
  auto columns = plain_columns(4);
  columns[1].conversion = LoadPlan::Conversion::trim_blanks;
  columns[2].conversion = LoadPlan::Conversion::money_to_decimal;
  columns[3].conversion = LoadPlan::Conversion::uuid_of_key;
  columns[3].namespace_ = "public.towns";
  CHECK(csv_of(columns, "a  \tb  \t$1,234.50\t7\n") ==
        "\"a  \",b,1234.50," + uuid_of_key("public.towns", "7") + "\n");
  CHECK(csv_of(columns, "a\t   \t\\N\t\\N\n") == "a,\"\",,\n");
  CHECK(csv_of(columns, "a\t\\\\  \t\\N\t\\N\n") == "a,\"\\\",,\n");
  CHECK(csv_of(columns, "a\tb\t\\N\tseven\n", 1).empty());
}

TEST_CASE("an hstore becomes JSON, however much longer that is") {
  auto columns = plain_columns(2);
  columns[1].conversion = LoadPlan::Conversion::hstore_to_json;
  CHECK(csv_of(columns, "1\t\"a\"=>\"x, y\", \"b\"=>NULL\n2\t\\N\n") ==
        "1,\"{\"\"a\"\": \"\"x, y\"\", \"\"b\"\": null}\"\n2,\n");
  std::string pairs, json;
  for (int i = 0; i < 500; ++i) {
    const std::string key = std::to_string(i);
    pairs += (i > 0 ? "," : "") + key + "=>\x01";
    json += (i > 0 ? ", " : "") + ("\"\"" + key) + "\"\": \"\"\\u0001\"\"";
  }
  CHECK(csv_of(columns, "1\t" + pairs + "\n") == "1,\"{" + json + "}\"\n");
  CHECK(csv_of(columns, "1\tno pairs\n", 1).empty());
}

TEST_CASE("values of columns that are not loaded are left out") {
  const auto columns = plain_columns(3);
  CsvBuffer csv;
  std::vector<Transcoder::BadRow> bad;
  Transcoder last({&columns[0], &columns[1], nullptr});
  last.append(csv, "1\ta\tx\\ty\n2\tb\t\n", bad);
  CHECK(csv.view() == "1,a\n2,b\n");
  csv.clear();
  Transcoder first({nullptr, &columns[1], nullptr});
  CHECK(first.width() == 1);
  first.append(csv, "1\ta\tx\n\\N\t\\N\t\\N\n", bad);
  CHECK(csv.view() == "a\n\\N\n");
  CHECK(bad.empty());
}

TEST_CASE("random rows read back from CSV as they were") {
  std::mt19937 random(20240807);
  const std::string bytes = "ab\\\\N\"\",,\t\n\r \b.x';0";
  for (int round = 0; round < 300; ++round) {
    const size_t width = random() % 5 + 1;
    const auto columns = plain_columns(width);
    std::vector<Row> rows(random() % 6 + 1);
    std::string text;
    for (Row& row : rows) {
      std::vector<Field> fields;
      for (size_t i = 0; i < width; ++i) {
        std::string value;
        for (size_t n = random() % 9; n > 0; --n) {
          const size_t at = random() % (bytes.size() + 1);
          value += at < bytes.size() ? std::string(1, bytes[at]) : "\xc3\xa9";
        }
        row.push_back(random() % 6 == 0 ? std::nullopt : std::optional(value));
      }
      for (const auto& value : row) fields.push_back({value ? *value : std::string_view(), !value});
      append_copy_row(text, fields);
    }
    CAPTURE(text);
    CHECK(parse_csv(csv_of(columns, text), width == 1 ? "\\N" : "") == rows);
  }
}

TEST_CASE("what the target would take and change is not sent") {
  std::vector<LoadPlan::Column> columns = plain_columns(3);
  columns[1].target_type = "VARCHAR(3)";
  columns[2].target_type = "DECIMAL(5,2)";
  Transcoder transcoder(pointers(columns));
  CsvBuffer csv;
  std::vector<Transcoder::BadRow> bad;
  transcoder.append(csv,
                    "1\tabc\t1.5\n"
                    "2\tabcd\t1\n"
                    "3\ta\\tbc\t1\n"
                    "4\t\\N\t\\N\r\n"
                    "5\ta\t1.239\n"
                    "6\t\xE9\t1\n"
                    "\xC3\xA9\t\xC3\xA9\xC3\xA9\xC3\xA9\t1\n"
                    "8\t\\351\t1\n"
                    "9\t\\303\\251\t-0\n",
                    bad);
  CHECK(csv.view() == "1,abc,1.5\n4,,\n\xC3\xA9,\xC3\xA9\xC3\xA9\xC3\xA9,1\n9,\xC3\xA9,-0\n");
  REQUIRE(bad.size() == 5);
  CHECK(bad[0].index == 1);
  CHECK(bad[0].reason ==
        "column c1: the value \"abcd\" does not fit VARCHAR(3), which would change it in silence");
  CHECK(bad[1].index == 2);
  CHECK(bad[2].index == 4);
  CHECK(bad[2].reason.starts_with("column c2: the value \"1.239\""));
  CHECK(bad[3].index == 5);
  CHECK(bad[3].reason == "column c1: the bytes from 0xe9 on are not UTF-8");
  CHECK(bad[4].index == 7);
  CHECK(bad[4].reason == "column c1: its escapes are not UTF-8");
}
