#include "parser/parse_ahead.h"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <string>

#include "ast/dump.h"
#include "parser/parser.h"

namespace pg2crdb {
namespace {

/// All that is read of a script, findings and what is not read included.
std::string read_with(unsigned jobs, std::string_view text, ReadOptions options = {}) {
  options.jobs = jobs;
  SourceFile file(0, "script.sql");
  Diagnostics diagnostics;
  const auto source = memory_source(text);
  const Result<ParsedDump> dump = parse_dump(*source, file, diagnostics, options);
  if (!dump) return dump.error().message;
  std::string result = dump->sha256 + "\n";
  const auto add = [&](const Span& span) {
    result += std::to_string(span.begin) + "-" + std::to_string(span.end) + " ";
  };
  for (const ast::Statement& statement : dump->script.statements) {
    add(statement.span);
    result +=
        std::string(to_string(statement.fate)) + " " + *statement.reason + "\n" + ast::dump_tree(statement);
  }
  for (const ast::DataBlock& block : dump->script.data) {
    add(block.data);
    result += to_string(block.table) + " " + std::to_string(block.rows) + "\n";
  }
  for (const Diagnostic& finding : diagnostics.all()) {
    add(finding.span);
    result += finding.message + "\n";
  }
  for (const SourceFile::Kept& kept : file.texts()) {
    result += std::to_string(kept.begin) + " " + std::to_string(kept.line) + ":" +
              std::to_string(kept.column) + " " + std::string(kept.text) + "\n";
  }
  return result + std::to_string(dump->read.branches.statements) + " " +
         std::to_string(dump->read.behind_quit.statements);
}

/// Several batches of what depends on what stands before it: psql's state, settings, transactions, tables.
std::string long_script() {
  std::string script;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "t" + std::to_string(i);
    script += "CREATE TABLE " + name +
              " (id int GENERATED ALWAYS AS IDENTITY, g int GENERATED ALWAYS AS (1) STORED, a "
              "text DEFAULT 'é');\n";
    script += "INSERT INTO " + name + " VALUES (1, DEFAULT, 'x');\nINSERT INTO " + name + " SELECT 1;\n";
    script += "COPY " + name + " (id, a) FROM stdin;\n1\tCREATE TABLE no (a int);\n\\.\n";
    script += "\\set name " + name + "_view\nCREATE VIEW :name AS SELECT a FROM " + name + ";\n";
    script += "\\if false\nDROP TABLE " + name + ";\n\\endif\nCREATE TABL oops;\n";
    script += "BEGIN;\nCOMMIT AND CHAIN;\nROLLBACK;\nSELECT 1 AS \"n\" \\gset\n";
    script += std::string("SET standard_conforming_strings = ") + (i % 2 == 0 ? "off" : "on") + ";\n";
    script += "COMMENT ON TABLE " + name + " IS 'a\\b';\n";
    if (i % 50 == 10)
      script += "COMMENT ON TABLE " + name + " IS '" + std::string(size_t{100} << 10, 'l') + "';\n";
    if (i % 90 == 80)
      script += "COMMENT ON TABLE " + name + " IS '" + std::string(size_t{400} << 10, 'l') + "';\n";
  }
  return script;
}

TEST_CASE("any number of threads reads the same") {
  const std::string script = long_script();
  for (const bool keep_inserts : {false, true}) {
    const ReadOptions options{.keep_inserts = keep_inserts};
    const std::string one = read_with(1, script, options);
    CHECK(one.size() > script.size());
    for (const unsigned jobs : {2U, 5U}) CHECK((read_with(jobs, script, options) == one));
  }
}

TEST_CASE("threads stop where the script does") {
  const std::string script = long_script();
  CHECK((read_with(3, script + "\\q\n" + script) == read_with(1, script + "\\q\n" + script)));
  CHECK(read_with(3, script + std::string(1, '\0') + script).ends_with("this is no SQL text"));
}

TEST_CASE("what taking throws ends the threads") {
  ParseAhead ahead(3, [](const Segment& segment, ParsedStatement*) {
    if (segment.begin == 1700) throw std::runtime_error("taken");
  });
  const std::string text = "SELECT '" + std::string(500, 'x') + "';";
  const auto add_all = [&] {
    Segment segment;
    for (segment.begin = 0; segment.begin < 3000; ++segment.begin) {
      segment.text = text;
      ahead.add(segment, true);
    }
    ahead.finish();
  };
  CHECK_THROWS_AS(add_all(), std::runtime_error);
}

TEST_CASE("a thread has room for what is nested as deeply as a tree may be") {
  constexpr size_t depth = ast::max_depth - 2;
  std::string statement = "SELECT " + std::string(depth, '(') + "a";
  for (size_t level = 0; level < depth; ++level) statement += " + b)";
  std::string script;
  for (int i = 0; i < 200; ++i) script += statement + ";\n";
  SourceFile file(0, "script.sql");
  Diagnostics diagnostics;
  const auto source = memory_source(script);
  const Result<ParsedDump> dump = parse_dump(*source, file, diagnostics, {.jobs = 4});
  REQUIRE(dump);
  CHECK(dump->script.statements.size() == 200);
  CHECK(diagnostics.all().empty());
}

}  // namespace
}  // namespace pg2crdb
