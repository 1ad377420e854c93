#include "emit/output.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "parser/parser.h"
#include "support/byte_source.h"

using namespace pg2crdb;

namespace {

struct Dump {
  SourceFile file{0, "dump.sql"};
  ast::Script script;
};

void read(std::string_view sql, Dump& dump) {
  Diagnostics diagnostics;
  const auto source = memory_source(sql);
  auto parsed = parse_dump(*source, dump.file, diagnostics);
  REQUIRE(parsed);
  dump.script = std::move(parsed->script);
}

struct Made {
  Output output;
  std::vector<Refusal> refusals;
  std::string text;  ///< all phases
};

Made make(Dump& dump, bool read_with_grammar = true) {
  Made made;
  OutputOptions options;
  options.read_with_grammar = read_with_grammar;
  made.output = make_output(dump.script, Target(), dump.file, options, [&](const Refusal& refusal) {
    made.refusals.push_back(refusal);
    dump.script.statements[refusal.statement].fate = ast::Fate::needs_person;
    dump.script.statements[refusal.statement].reason = "refused";
  });
  made.text = one_file(made.output.phases, "all").text;
  return made;
}

std::string as_comment(std::string_view text) {
  std::string out;
  append_comment(out, text);
  return out;
}

std::vector<std::string> live_statements(const Made& made) {
  CockroachGrammar grammar{Target()};
  const CutText cut = grammar.cut(made.text);
  CHECK_FALSE(cut.problem);
  std::vector<std::string> result;
  for (const CutText::Statement& one : cut.statements)
    result.push_back(made.text.substr(one.begin, one.end - one.begin));
  return result;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("no text ends the comment that it stands in") {
  CHECK(as_comment("a") == "-- a\n");
  CHECK(as_comment("") == "--\n");
  CHECK(as_comment("a\nDELETE FROM t;") == "-- a\n-- DELETE FROM t;\n");
  CHECK(as_comment("a\rb\r\nc\n\nd\n") == "-- a\n-- b\n-- c\n--\n-- d\n--\n");
  CHECK(as_comment(std::string_view("a\0b\x1B\x7F\tc", 7)) == "-- a\\x00b\\x1B\\x7F\tc\n");
  CHECK(as_comment("caf\xE9 caf\xC3\xA9") == "-- caf\\xE9 caf\xC3\xA9\n");
}

TEST_CASE("a reason of several lines makes nothing live") {
  Dump dump;
  read("CREATE TABLE a (id bigint);\nCREATE TABLE b (id bigint);\n", dump);
  dump.script.statements[1].fate = ast::Fate::needs_person;
  dump.script.statements[1].reason = "near \"END;\nDELETE FROM a;\rDROP TABLE a;\"";
  const Made made = make(dump, false);
  CHECK(live_statements(made).size() == 1);
  CHECK(made.text.find(
            "-- NOT TRANSLATED, from dump.sql:2: near \"END;\n-- DELETE FROM a;\n-- DROP TABLE a;\"\n"
            "-- CREATE TABLE b (\n") != std::string::npos);
}

TEST_CASE("neither does a file's name in an annotation") {
  Dump dump{SourceFile(0, "dump\nDROP TABLE a; --.sql"), {}};
  read("CREATE SCHEMA a;\n", dump);
  OutputOptions options;
  options.emit.annotate = true;
  const Output output =
      make_output(dump.script, Target(), dump.file, options, [](const Refusal&) { FAIL(); });
  const OutputFile& pre_data = output.phases[1];
  REQUIRE(pre_data.places.size() == 1);
  const OutputFile::Place& place = pre_data.places[0];
  CHECK(pre_data.text.substr(place.begin, place.end - place.begin) ==
        "-- from dump\n-- DROP TABLE a; --.sql:1\nCREATE SCHEMA a;\n");
}

TEST_CASE("what the target would not parse costs itself only") {
  Dump dump;
  read("CREATE SCHEMA a;\nCREATE DOMAIN b AS money;\nCREATE SCHEMA c;\n", dump);
  const Made made = make(dump);
  REQUIRE(made.refusals.size() == 1);
  CHECK(made.refusals[0].statement == 1);
  CHECK(made.refusals[0].sql.starts_with("CREATE DOMAIN b"));
  CHECK(live_statements(made) == Strings{"CREATE SCHEMA a", "CREATE SCHEMA c"});
  CHECK(made.text.find("-- CREATE DOMAIN b") != std::string::npos);
}

TEST_CASE("a body that the target would not parse costs its routine only") {
  Dump dump;
  read(
      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;\n"
      "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS $$ SELECT a(b => 1) $$;\n"
      "DO $$ BEGIN x[1] := 2; END $$;\n"
      "CREATE FUNCTION h() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;\n",
      dump);
  const Made made = make(dump);
  REQUIRE(made.refusals.size() == 3);
  for (size_t i = 0; i < made.refusals.size(); ++i) CHECK(made.refusals[i].statement == i);
  CHECK(made.refusals[0].sql.substr(made.refusals[0].offset).starts_with("PERFORM"));
  CHECK(made.refusals[1].sql.substr(made.refusals[1].offset).starts_with("> 1"));
  CHECK(made.refusals[2].sql.substr(made.refusals[2].offset).starts_with("[1]"));
  CHECK(live_statements(made).size() == 1);
}

TEST_CASE("what cannot be printed costs itself only, and stands there as it was") {
  Dump dump;
  read("CREATE SCHEMA a;\nCREATE VIEW b AS\n SELECT 1;\nCREATE SCHEMA c;\n", dump);
  auto& view = std::get<ast::CreateView>(dump.script.statements[1].node);
  ast::Operation nameless;
  nameless.right = ast::Box<ast::Expr>(ast::Expr{ast::Literal{}});
  view.query->targets[0].expr = ast::Box<ast::Expr>(ast::Expr{nameless});
  const Made made = make(dump);
  REQUIRE(made.refusals.size() == 1);
  CHECK(made.refusals[0].message == "an operation without operator");
  CHECK(live_statements(made) == Strings{"CREATE SCHEMA a", "CREATE SCHEMA c"});
  CHECK(made.text.find("-- CREATE VIEW b AS\n--  SELECT 1;\n") != std::string::npos);
}

TEST_CASE("what is not one statement where it stands is held back") {
  const std::string broken =
      GENERATE(as<std::string>(), "DROP VIEW b; DROP VIEW c", "DROP VIEW b -- c", "", "-- b", "DROP VIEW 'b",
               "DROP VIEW $$ b", "DROP VIEW /* b", "DROP VIEW b -- c\rDROP VIEW d\n", "DROP VIEW '\xE9'", ";",
               "DROP VIEW b;");
  CAPTURE(broken);
  Dump dump;
  read("CREATE SCHEMA a;\nSELECT 1;\nSELECT 'it''s', $$ $$;\n", dump);
  dump.script.statements[1].node = ast::Opaque{"DROP VIEW", broken};
  // Without the grammar, so that nothing but the text as a whole tells.
  const Made made = make(dump, false);
  REQUIRE(made.refusals.size() == 1);
  CHECK(made.refusals[0].statement == 1);
  CHECK(made.refusals[0].sql == broken);
  CHECK(live_statements(made) == Strings{"CREATE SCHEMA a", "SELECT 'it''s', ' '"});
}

TEST_CASE("a comment that does not hold stops everything") {
  OutputFile file;
  file.name = "20-pre-data.sql";
  file.text = "-- a\nDELETE FROM t;\n";
  CockroachGrammar grammar{Target()};
  CHECK_THROWS_AS(check_output(file, grammar), InternalError);
  file.text = "-- a\n-- DELETE FROM t;\n";
  CHECK_FALSE(check_output(file, grammar));
}

TEST_CASE("places say where each statement stands, in its own file and in one for all") {
  Dump dump;
  read("CREATE ROLE r;\nCREATE SCHEMA a;\nCREATE TABLE b (id bigint,,);\nCREATE SCHEMA c;\n", dump);
  const Made made = make(dump);
  const OutputFile whole = one_file(made.output.phases, "<stdout>");
  CHECK(whole.places.size() == 4);
  size_t last = 0;
  for (const OutputFile::Place& place : whole.places) {
    CHECK(place.begin >= last);
    last = place.end;
    CHECK(whole.text[place.end - 1] == '\n');
    CHECK(place.live == place.statement->live());
    if (place.live)
      CHECK(whole.text[place.semicolon] == ';');
    else
      CHECK(whole.text.substr(place.begin, 17) == "-- NOT TRANSLATED");
  }
}
