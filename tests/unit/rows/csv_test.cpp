#include "rows/csv.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

namespace {

/// Values in brackets, NULL as such.
std::string shown(std::string_view record, const CopyForm& form = read_copy_form("csv")) {
  std::vector<Field> fields;
  std::string scratch;
  if (!decode_csv_record(record, form, fields, scratch)) return "open";
  std::string out;
  for (const Field& field : fields) out += field.null ? "NULL" : "[" + std::string(field.text) + "]";
  return out;
}

}  // namespace

TEST_CASE("records of CSV are decoded as PostgreSQL does") {
  CHECK(shown("1,one,2.5") == "[1][one][2.5]");
  CHECK(shown(",\"\",") == "NULL[]NULL");
  CHECK(shown("") == "NULL");
  CHECK(shown("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"") == "[a,b][say \"hi\"][two\nlines]");
  CHECK(shown("a\"b,c\"d") == "[ab,cd]");
  CHECK(shown("\"\"\"\"") == "[\"]");
  CHECK(shown(" x ,\\N,\\.") == "[ x ][\\N][\\.]");
  CHECK(shown("\"a") == "open");
}

TEST_CASE("CSV has the quotes, escapes and words for NULL that COPY says") {
  const CopyForm form = read_copy_form("CSV DELIMITER ';' QUOTE '#' ESCAPE '\\' NULL 'nil'");
  CHECK(shown("1;#a;b#;nil;#nil#", form) == "[1][a;b]NULL[nil]");
  CHECK(shown("#x\\#y#;\"q\";#back\\\\#;#\\n#", form) == "[x#y][\"q\"][back\\][\\n]");
  CHECK(shown("#a##b#", form) == "[ab]");  // quotes are not doubled here
  CHECK(shown("#a\\#", form) == "open");
}

TEST_CASE("an escape other than the quote keeps a record open") {
  const std::string text = "#a\\#\n#;\\#\nb\\\\#\n#\n";
  for (size_t step = 1; step <= text.size(); ++step) {
    CsvScanner scanner(read_copy_form("CSV QUOTE '#' ESCAPE '\\'"));
    std::vector<size_t> ends;
    size_t begin = 0;
    for (size_t have = step;; have += step) {
      const std::string_view known = std::string_view(text).substr(0, have);
      size_t end = scanner.find_end(known.substr(begin));
      while (end != std::string_view::npos) {
        ends.push_back(begin += end);
        scanner.restart();
        end = scanner.find_end(known.substr(begin));
      }
      if (have >= text.size()) break;
    }
    CAPTURE(step);
    CHECK(ends == std::vector<size_t>{15});
  }
}

TEST_CASE("records of CSV end at line ends outside of quotes, however their text arrives") {
  const std::string text = "1,\"two\n\"\"lines\"\"\"\n\n3,x\"\ny\"\nlast";
  for (size_t step = 1; step <= text.size(); ++step) {
    CsvScanner scanner;
    std::vector<size_t> ends;
    size_t begin = 0;
    for (size_t have = step;; have += step) {
      const std::string_view known = std::string_view(text).substr(0, have);
      size_t end = scanner.find_end(known.substr(begin));
      while (end != std::string_view::npos) {
        ends.push_back(begin += end);
        scanner.restart();
        end = scanner.find_end(known.substr(begin));
      }
      if (have >= text.size()) break;
    }
    CHECK(ends == std::vector<size_t>{18, 19, 27});
    CHECK_FALSE(scanner.inside_quotes());
  }
}
