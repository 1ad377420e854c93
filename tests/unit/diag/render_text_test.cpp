#include <catch2/catch_test_macros.hpp>

#include "diag/render_parts.h"
#include "tests/unit/diag/sample_findings.h"

using namespace pg2crdb;

TEST_CASE("text: place, message, rule, source line, caret, notes and help") {
  CHECK(small_dump().render(FindingsFormat::text) ==
        "dump.sql:23:11: error: column `price` of table `public.t` has type `money` [money-type]\n"
        "   23 |     price money\n"
        "      |           ^~~~~\n"
        "  note: 6 rows hold currency signs\n"
        "  help: Use DECIMAL(19,2).\n"
        "dump.sql:40:1: warning: sequence `public.s` starts again at its end [sequence-cycle]\n"
        "   40 | CREATE SEQUENCE public.s\n"
        "      | ^~~~~~~~~~~~~~~~~~~~~~~~\n"
        "  help: Drop CYCLE, and watch for the end\n"
        "dump.sql:42:11: info: a remark [large-table]\n");
}

TEST_CASE("text: colours change nothing else") {
  const std::string colored = small_dump().render(FindingsFormat::text, {.color = true});
  CHECK(colored.starts_with("\x1b[1mdump.sql:23:11: \x1b[0m\x1b[1;31merror: \x1b[0m\x1b[1mcolumn"));
  std::string plain;
  for (size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') {
      i = colored.find('m', i);
    } else {
      plain += colored[i];
    }
  }
  CHECK(plain == small_dump().render(FindingsFormat::text));
}

TEST_CASE("text: of many findings, three of a rule stand for it, the worst rules first") {
  Sample sample;
  const auto find = [&](size_t count, const FindingKind& rule) {
    for (size_t i = 0; i < count; ++i) {
      const uint64_t line = sample.diagnostics.size() + 1;
      sample.diagnostics.push_back(
          {&rule, rule.severity, "", {0, 0, 0}, "found as " + std::to_string(line), "", {}});
    }
  };
  const auto messages = [&](const TextStyle& style) {
    const std::string text = sample.render(FindingsFormat::text, style);
    std::string numbers;
    for (size_t at = 0; (at = text.find("found as ", at)) != std::string::npos; ++at)
      numbers += text.substr(at + 9, text.find(' ', at + 9) - at - 9) + " ";
    return numbers;
  };
  find(6, large_table);
  find(5, sequence_cycle);
  find(9, money_type);
  CHECK(messages({.shortened = true}) == messages({}));  // 20 are not many
  find(1, money_type);
  CHECK(messages({.shortened = true}) == "12 13 14 7 8 9 10 11 1 2 3 ");
  CHECK(messages({}) == "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 ");
  const std::string text = sample.render(FindingsFormat::text, {.shortened = true});
  CHECK(text.find("\n7 more errors [money-type]: --all shows them\n") != std::string::npos);
  CHECK(text.ends_with("\n3 more infos [large-table]: --all shows them\n"));
}

TEST_CASE("text: the caret stands under its place after tabs and wide characters") {
  Sample sample;
  SECTION("a tab reaches to the next eighth column") {
    sample.find(0, 7, "a\tmoney\tx", "money");
    CHECK(sample.render(FindingsFormat::text)
              .find("    7 | a       money   x\n"
                    "      |         ^~~~~\n") != std::string::npos);
  }
  SECTION("é is one column, 表 two, a combining accent none") {
    sample.find(0, 7, "\"é表e\u0301\" 金額,", "金額");
    CHECK(sample.render(FindingsFormat::text) ==
          "dump.sql:7:8: error: message [money-type]\n"
          "    7 | \"é表e\u0301\" 金額,\n"
          "      |        ^~~~\n"
          "  help: Use DECIMAL(19,2).\n");
  }
  SECTION("a place inside the kept text's first line, which begins in the middle of its line") {
    sample.file.keep(100, 7, 20, "b money;");
    sample.diagnostics.push_back({&money_type, Severity::error, "", {0, 102, 107}, "message", "", {}});
    CHECK(sample.render(FindingsFormat::text)
              .starts_with("dump.sql:7:22: error: message [money-type]\n"
                           "    7 | b money;\n"
                           "      |   ^~~~~\n"));
  }
}

TEST_CASE("text: ends of lines") {
  Sample sample;
  SECTION("a carriage return is not part of the line") {
    sample.find(0, 1, "SELECT 1\r\nFROM money\r\n;", "FROM money\r\n;");
    CHECK(sample.render(FindingsFormat::text)
              .starts_with("dump.sql:2:1: error: message [money-type]\n"
                           "    2 | FROM money\n"
                           "      | ^~~~~~~~~~\n"));
  }
  SECTION("blanks at the end of a span over several lines are not underlined") {
    sample.find(0, 1, "SELECT   \n1;", "SELECT   \n1");
    CHECK(sample.render(FindingsFormat::text).find("      | ^~~~~~\n") != std::string::npos);
  }
  SECTION("a point at the very end of a text") {
    sample.file.keep(10, 3, 1, "SELECT");
    sample.diagnostics.push_back({&money_type, Severity::error, "", {0, 16, 16}, "message", "", {}});
    CHECK(sample.render(FindingsFormat::text)
              .starts_with("dump.sql:3:7: error: message [money-type]\n"
                           "    3 | SELECT\n"
                           "      |       ^\n"));
  }
  SECTION("an empty line") {
    sample.file.keep(10, 3, 1, "a\n\nb");
    sample.diagnostics.push_back({&money_type, Severity::error, "", {0, 12, 12}, "message", "", {}});
    CHECK(sample.render(FindingsFormat::text)
              .starts_with("dump.sql:4:1: error: message [money-type]\n"
                           "    4 | \n"
                           "      | ^\n"));
  }
}

TEST_CASE("text: a long line is cut around its place") {
  Sample sample;
  const std::string head(300, 'a');
  const std::string tail(300, 'b');
  SECTION("in the middle") {
    sample.find(0, 1, head + "money" + tail, "money");
    CHECK(sample.render(FindingsFormat::text) ==
          "dump.sql:1:301: error: message [money-type]\n"
          "    1 | ..." +
              std::string(53, 'a') + "money" + std::string(96, 'b') +
              "...\n"
              "      | " +
              std::string(56, ' ') +
              "^~~~~\n"
              "  help: Use DECIMAL(19,2).\n");
  }
  SECTION("at its beginning") {
    sample.find(0, 1, "money" + tail, "money");
    CHECK(sample.render(FindingsFormat::text)
              .find("    1 | money" + std::string(149, 'b') +
                    "...\n"
                    "      | ^~~~~\n") != std::string::npos);
  }
  SECTION("at its end") {
    sample.find(0, 1, head + "money", "money");
    CHECK(sample.render(FindingsFormat::text).find("    1 | ..." + std::string(149, 'a') + "money\n") !=
          std::string::npos);
  }
  SECTION("a place longer than the window is underlined as far as it is shown") {
    sample.find(0, 1, head + tail, head + tail);
    CHECK(sample.render(FindingsFormat::text).find("| ^" + std::string(153, '~') + "\n") !=
          std::string::npos);
  }
  SECTION("160 columns are not cut") {
    sample.find(0, 1, std::string(155, 'a') + "money", "money");
    CHECK(sample.render(FindingsFormat::text).find("...") == std::string::npos);
  }
}

TEST_CASE("text: without a place or a text") {
  Sample sample;
  SECTION("bytes between kept texts show no source") {
    sample.file.keep(0, 1, 1, "SELECT 1;");
    sample.diagnostics.push_back({&large_table, Severity::info, "", {0, 50, 60}, "a remark", "", {}});
    CHECK(sample.render(FindingsFormat::text) == "dump.sql:1:10: info: a remark [large-table]\n");
  }
  SECTION("nothing was kept at all") {
    sample.diagnostics.push_back({&large_table, Severity::info, "", {0, 50, 60}, "a remark", "", {}});
    CHECK(sample.render(FindingsFormat::text) == "dump.sql:1:1: info: a remark [large-table]\n");
  }
  SECTION("a finding about the run") {
    sample.diagnostics.push_back({&large_table, Severity::info, "", {9, 0, 0}, "a remark", "", {}});
    CHECK(sample.render(FindingsFormat::text) == "info: a remark [large-table]\n");
  }
  SECTION("nothing found") {
    CHECK(sample.render(FindingsFormat::text).empty());
  }
}

TEST_CASE("text: no input talks to the terminal") {
  Sample sample("a\x1b[2Jb.sql");
  Diagnostic& found = sample.find(0, 1, "x\x1b[31m\x07 \xFF\xC3 \u202E money", "money");
  found.message = "line\nbreak \x9B and\x7F";
  CHECK(sample.render(FindingsFormat::text) ==
        "a\u241B[2Jb.sql:1:14: error: line\u240Abreak \uFFFD and\u2421 [money-type]\n"
        "    1 | x\u241B[31m\u2407 \uFFFD\uFFFD \uFFFD money\n"
        "      |              ^~~~~\n"
        "  help: Use DECIMAL(19,2).\n");
}

TEST_CASE("the formats are named as the command line names them") {
  for (const char* name :
       {"text", "gcc", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "html"}) {
    CHECK(parse_findings_format(name));
  }
  CHECK(parse_findings_format("sarif") == FindingsFormat::sarif);
  CHECK_FALSE(parse_findings_format("xml"));
  CHECK_FALSE(parse_findings_format(""));
}

TEST_CASE("counts are a sentence") {
  Sample sample = small_dump();
  CHECK(count_sentence(sample.diagnostics) == "1 error, 1 warning, 1 info");
  sample.diagnostics.push_back(sample.diagnostics.front());
  CHECK(count_sentence(sample.diagnostics) == "2 errors, 1 warning, 1 info");
  CHECK(count_sentence({}) == "no findings");
}

TEST_CASE("fingerprints stay when a statement moves, and differ where a finding is repeated") {
  Sample first;
  first.find(0, 1, "a money", "money");
  first.find(100, 2, "a money", "money");
  Sample moved;
  moved.find(700, 91, "a money", "money");
  const SourceFile* files[] = {&first.file};
  const auto marks = fingerprints({first.diagnostics, files});
  REQUIRE(marks.size() == 2);
  CHECK(marks[0] != marks[1]);
  CHECK(marks[0].size() == 16);
  const SourceFile* moved_files[] = {&moved.file};
  CHECK(fingerprints({moved.diagnostics, moved_files}).front() == marks[0]);
}
