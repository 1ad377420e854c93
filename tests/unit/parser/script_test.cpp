#include <catch2/catch_test_macros.hpp>
#include <string>
#include <variant>
#include <vector>

#include "ast/describe.h"
#include "parser/parser.h"

/// What of a script is read: ways up, branches, one database.
namespace pg2crdb {
namespace {

struct Read {
  SourceFile file{0, "script.sql"};
  Diagnostics diagnostics;
  ParsedDump dump;
  std::string error;

  explicit Read(std::string_view text, const ReadOptions& options = {}) {
    const auto source = memory_source(text);
    auto parsed = parse_dump(*source, file, diagnostics, options);
    if (!parsed) {
      error = parsed.error().message;
      return;
    }
    dump = std::move(*parsed);
    CHECK(dump.bytes == text.size());
  }

  /// Kind, object and, where it is not kept, fate of every statement but psql's own.
  std::vector<std::string> statements() const {
    std::vector<std::string> result;
    for (const ast::Statement& statement : dump.script.statements) {
      if (std::holds_alternative<ast::MetaCommand>(statement.node)) continue;
      std::string text = ast::statement_kind(statement.node) + " " + ast::statement_object(statement.node);
      if (statement.fate != ast::Fate::kept) text += " " + std::string(to_string(statement.fate));
      result.push_back(text);
    }
    return result;
  }
  std::vector<std::string> rules() const {
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics.all()) result.emplace_back(diagnostic.rule->id);
    return result;
  }
  std::string at(size_t finding) const {
    const Location place = file.locate(diagnostics.all()[finding].span.begin);
    return std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
           std::string(file.text(diagnostics.all()[finding].span));
  }
};

using Texts = std::vector<std::string>;

TEST_CASE("only a migration's way up is read") {
  const Read goose(
      "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n-- +goose "
      "Down\n"
      "SELECT 1; $$\n-- +goose StatementEnd\nCREATE TABLE a (t text DEFAULT '\n-- +goose Down\n');\n"
      "COPY a (t) FROM stdin;\n-- +goose Down\n\\.\n-- +goose Down\nDROP TABLE a;\nCOPY a (t) FROM "
      "stdin;\nx\ny\n\\.\n"
      "INSERT INTO a VALUES ('z');\n");
  CHECK(goose.statements() == Texts{"CREATE FUNCTION f", "CREATE TABLE a", "COPY a"});
  CHECK(goose.rules().empty());
  CHECK(goose.dump.read.migrations == std::vector{MigrationTool::goose});
  CHECK(goose.dump.read.down_parts.statements == 3);
  CHECK(goose.dump.read.down_parts.rows == 2);
  REQUIRE(goose.dump.script.data.size() == 1);
  CHECK(goose.dump.script.data[0].rows == 1);

  const Read dbmate(
      "-- migrate:up transaction:false\nCREATE TABLE a (b int)\n\n-- migrate:down\nDROP TABLE a\n");
  CHECK(dbmate.statements() == Texts{"CREATE TABLE a"});
  CHECK(dbmate.dump.read.down_parts.statements == 1);

  const Read all(
      "-- migrate:up\nCREATE TABLE a (b int);\n-- migrate:down\nDROP TABLE a;\n-- migrate:up\n"
      "CREATE TABLE c (b int);\n");
  CHECK(all.statements() == Texts{"CREATE TABLE a", "CREATE TABLE c"});
}

TEST_CASE("in the script's order, ways down are said to be left out, and the tool's transaction is told") {
  ReadOptions in_order;
  in_order.keep_inserts = true;
  const Read read("-- +migrate Up\nCREATE TABLE a (b int);\n-- +migrate Down\nDROP TABLE a;\nDROP TABLE c;\n",
                  in_order);
  CHECK(read.statements() == Texts{"BEGIN  dropped", "CREATE TABLE a"});
  CHECK(read.rules() == Texts{"migration-way-down"});
  CHECK(read.at(0) == "4:1 DROP TABLE a;");
  REQUIRE(read.dump.read.marked_files.size() == 1);
  const ast::MigrationFile& marks = read.dump.read.marked_files[0];
  CHECK(marks.way_up == "-- +migrate Up\n");
  CHECK(marks.way_down == "-- +migrate Down\n");
  CHECK(marks.statement_begin == "-- +migrate StatementBegin\n");

  const Read alone("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (b int);\n", in_order);
  CHECK(alone.statements() == Texts{"CREATE TABLE a"});
  CHECK(alone.rules().empty());
  CHECK(alone.dump.read.marked_files[0].way_up == "-- +goose NO TRANSACTION\n-- +goose Up\n");
  CHECK(alone.dump.read.marked_files[0].way_down.empty());
}

TEST_CASE("marks can be left unread, or be those of one tool") {
  const std::string_view text = "-- migrate:up\nCREATE TABLE a (b int);\n-- migrate:down\nDROP TABLE a;\n";
  ReadOptions none;
  none.marks.wanted = false;
  CHECK(Read(text, none).statements().size() == 2);
  ReadOptions goose;
  goose.marks.tool = MigrationTool::goose;
  CHECK(Read(text, goose).statements().size() == 2);
}

TEST_CASE("statements before the first mark") {
  const Read read("CREATE TABLE a (b int);\n-- +migrate Up\nCREATE TABLE c (d int);\n");
  CHECK(read.statements().size() == 2);
  CHECK(read.rules() == Texts{"migration-mark-missing"});
  CHECK(read.at(0) == "2:1 -- +migrate Up");
}

TEST_CASE("a mark that its tool would take for a comment") {
  const Read indented("-- +goose Up\nCREATE TABLE a (b int);\n  -- +goose Down\nDROP TABLE a;\n");
  CHECK(indented.statements() == Texts{"CREATE TABLE a"});
  CHECK(indented.rules() == Texts{"migration-mark-unclear"});
  CHECK(indented.at(0) == "3:3 -- +goose Down");

  const Read other("-- +goose Up\nCREATE TABLE a (b int);\n-- migrate:down\nDROP TABLE a;\n");
  CHECK(other.statements() == Texts{"CREATE TABLE a", "DROP TABLE a"});
  CHECK(other.rules() == Texts{"migration-mark-unclear"});

  const Read both(
      "-- +goose Up\n-- +migrate Up\nCREATE TABLE a (b int);\n-- +goose Down\n-- +migrate Down\nDROP TABLE "
      "a;\n");
  CHECK(both.statements() == Texts{"CREATE TABLE a"});
  CHECK(both.rules().empty());
}

TEST_CASE("a way down of a tool that is not known is not run") {
  const Read both(
      "-- Up Migration\nCREATE TABLE a (b int);\n-- Down Migration\nDROP TABLE a;\n-- Up "
      "Migration\nCREATE TABLE c (d int);\n");
  CHECK(both.statements() == Texts{"CREATE TABLE a", "CREATE TABLE c"});
  CHECK(both.rules() == Texts{"migration-mark-unclear"});
  CHECK(both.at(0) == "3:1 -- Down Migration");
  CHECK(both.dump.read.down_parts.statements == 1);

  const Read above("CREATE TABLE a (b int);\n---- create above / drop below ----\nDROP TABLE a;\n");
  CHECK(above.statements() == Texts{"CREATE TABLE a"});
  CHECK(above.rules() == Texts{"migration-mark-unclear"});

  const Read comment("CREATE TABLE a (b int);\n-- undo\nDROP TABLE a;\n");
  CHECK(comment.statements().size() == 2);
  CHECK(comment.rules().empty());
}

TEST_CASE("each file has the marks of its own tool") {
  SourceFile file(0, "1.sql");
  Diagnostics diagnostics;
  ScriptReader reader(diagnostics, {});
  const auto goose = memory_source("-- +goose Up\nCREATE TABLE a (b int);\n-- +goose Down\nDROP TABLE a;\n");
  REQUIRE(reader.read(*goose, file));
  const auto dbmate = memory_source(
      "CREATE TABLE x (b int);\n-- migrate:up\nCREATE TABLE c (b int);\n-- migrate:down\nDROP "
      "TABLE c;\n");
  REQUIRE(reader.read(*dbmate, file.add_next("2.sql")));
  const auto dump = reader.finish();
  REQUIRE(dump);
  CHECK(dump->script.statements.size() == 3);
  CHECK(dump->read.migrations == std::vector{MigrationTool::goose, MigrationTool::dbmate});
  CHECK(dump->read.down_parts.statements == 2);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].rule->id == "migration-mark-missing");
}

TEST_CASE("what is set for a transaction counts where the tool begins one") {
  const std::string_view set = "SET LOCAL search_path = app;\nCREATE TABLE a (b int);\n";
  const auto begins = [&](std::string head, const ReadOptions& options = {}) {
    return Read(head + std::string(set), options).statements()[0] == "BEGIN  dropped";
  };
  const auto begins_at = [](std::string_view call) {
    return Read("-- migrate:up\nSELECT " + std::string(call) + ";\n").statements()[0] == "BEGIN  dropped";
  };
  CHECK(begins_at("set_config('search_path', 'app', true)"));
  CHECK_FALSE(begins_at("set_config('search_path', 'app', false)"));
  CHECK(begins("-- +goose Up\n"));
  CHECK(begins("-- migrate:up\n"));
  CHECK(begins("-- +migrate Up\n"));
  CHECK_FALSE(begins("-- +goose NO TRANSACTION\n-- +goose Up\n"));
  CHECK_FALSE(begins("-- +goose Up\n-- +goose NO TRANSACTION\n"));
  CHECK_FALSE(begins("-- migrate:up transaction:false\n"));
  CHECK_FALSE(begins("-- +migrate Up notransaction\n"));
  CHECK_FALSE(begins(""));
  ReadOptions sent_whole;
  sent_whole.files_in_transactions = true;
  CHECK(begins("", sent_whole));
  CHECK(Read("-- +goose Up\nBEGIN;\nCOMMIT;\n" + std::string(set)).statements().size() == 4);
}

TEST_CASE("a transaction that goes on into the next one") {
  const Read read(
      "START TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nCOMMIT AND CHAIN;\nROLLBACK AND CHAIN;\nCOMMIT AND "
      "NO CHAIN;\n");
  std::vector<std::string> commands;
  for (const ast::Statement& statement : read.dump.script.statements)
    commands.push_back(std::get<ast::Transaction>(statement.node).command);
  const std::string begin = "START TRANSACTION ISOLATION LEVEL SERIALIZABLE";
  CHECK(commands == Texts{begin, "COMMIT", begin, "ROLLBACK", begin, "COMMIT"});
}

TEST_CASE("a transaction that its file does not end") {
  const Read open("BEGIN;\nCREATE TABLE a (b int);\nCOMMIT;\nBEGIN;\nCREATE TABLE c (b int);\n");
  CHECK(open.rules() == Texts{"transaction-unclosed"});
  CHECK(open.at(0) == "4:1 BEGIN;");
  CHECK(Read("BEGIN;\nROLLBACK AND CHAIN;\nCREATE TABLE a (b int);\n").rules().size() == 1);
  CHECK(Read("-- +goose Up\nBEGIN;\nCREATE TABLE a (b int);\n").rules().empty());
  CHECK(Read("\\set AUTOCOMMIT off\nCREATE TABLE a (b int);\nCOMMIT;\n").rules().empty());
  const Read implied("\\set AUTOCOMMIT off\nCOMMIT;\nINSERT INTO a VALUES (1);\nCREATE TABLE c (b int);\n");
  CHECK(implied.rules() == Texts{"transaction-unclosed"});
  CHECK(implied.at(0) == "3:1 INSERT INTO a VALUES (1);");
  CHECK(Read("BEGIN;\nPREPARE TRANSACTION 'x';\n").rules().empty());
}

TEST_CASE("why the rows of an INSERT are not among the load's") {
  const Read read(
      "INSERT INTO t VALUES (1, concat('a', 'b'));\nINSERT INTO t SELECT 1;\nINSERT INTO t AS x (a) VALUES "
      "(1);\n"
      "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2;\n"
      "INSERT INTO t (a) OVERRIDING USER VALUE VALUES (1);\nINSERT INTO t VALUES (0x1F);\nINSERT INTO t "
      "VALUES ('1'::boolean);\n"
      "INSERT INTO t VALUES (3, DEFAULT);\nINSERT INTO t DEFAULT VALUES;\n");
  Texts reasons;
  for (const ast::Statement& statement : read.dump.script.statements) reasons.push_back(statement.reason);
  const std::string literals = "the load takes rows of literals alone, and does not read ";
  CHECK(reasons == Texts{
                       literals + "`concat('a', 'b')`",
                       "its rows come from a query, so they could not be verified",
                       "the load does not read `ON CONFLICT (a) DO UPDATE SET b = 2`",
                       "the load does not read `OVERRIDING USER VALUE VALUES (1)`",
                       literals + "`0x1F`",
                       "a cast may change the value: it is not known to be to the column's own type",
                       "DEFAULT stands for a value that the load does not know",
                       "the load does not read `DEFAULT VALUES`",
                   });
}

TEST_CASE("goose's variables of the environment") {
  const Read read(
      "-- +goose Up\nINSERT INTO a VALUES ('${B}');\n-- +goose ENVSUB ON\nINSERT INTO a VALUES "
      "('${REGION}');\n"
      "DO $body$ BEGIN END $body$;\n-- +goose ENVSUB OFF\nINSERT INTO a VALUES ('$X');\n");
  CHECK(read.rules() == Texts{"migration-environment"});
  CHECK(read.at(0) == "4:1 INSERT INTO a VALUES ('${REGION}');");
  CHECK(read.statements() == Texts{"INSERT a needs_person", "DO "});
}

TEST_CASE("the branch that psql takes is read, the others are counted") {
  const Read read(
      "\\set wide true\n\\if :wide\nCREATE TABLE a (b int);\n\\else\nDROP TABLE a;\nCOPY a FROM "
      "stdin;\n1\n\\.\n\\i x.sql\n"
      "\\endif\nCREATE TABLE c (d int\n\\if :{?narrow}\n\\else\n, e int\n\\endif\n);\n");
  CHECK(read.statements() == Texts{"CREATE TABLE a", "CREATE TABLE c"});
  CHECK(read.rules().empty());
  CHECK(read.dump.read.branches.statements == 2);
  CHECK(read.dump.read.branches.rows == 1);
  const auto& table = std::get<ast::CreateTable>(read.dump.script.statements.back().node);
  CHECK(table.columns.size() == 2);
}

TEST_CASE("neither branch is taken where nobody knows the condition") {
  const Read read(
      "\\if :major\nCREATE TABLE a (b int);\nINSERT INTO a VALUES (1);\nCOPY a FROM "
      "stdin;\n1\n2\n\\.\n\\else\n"
      "CREATE TABLE c (b int);\n\\endif\nCREATE TABLE d (b int);\n");
  CHECK(read.statements() == Texts{"unparsed  needs_person", "unparsed  needs_person",
                                   "unparsed  needs_person", "unparsed  needs_person", "CREATE TABLE d"});
  CHECK(read.rules() == Texts{"psql-condition-unknown"});
  CHECK(read.at(0) == "1:1 \\if :major");
  CHECK(read.dump.script.data.empty());
  CHECK(read.dump.read.for_person.rows == 2);
}

TEST_CASE("an unknown condition in the midst of a statement") {
  const Read read("CREATE TABLE a (b int\n\\if :wide\n, c int\n\\endif\n);\nCREATE TABLE d (b int);\n");
  CHECK(read.statements() == Texts{"unparsed  needs_person", "CREATE TABLE d"});
  CHECK(read.rules() == Texts{"psql-condition-unknown"});
}

TEST_CASE("a script whose conditions do not match") {
  CHECK(Read("\\else\nSELECT 1;\n").rules() == Texts{"psql-condition-unmatched"});
  CHECK(Read("\\if true\nSELECT 1;\n").rules() == Texts{"psql-condition-unmatched"});
}

TEST_CASE("what sends a statement ends it") {
  const Read read(
      "SELECT 1 AS a, b FROM t \\gset\nCREATE TABLE c (d int);\nSELECT 2 \\gdesc\nSELECT 'DROP TABLE c' "
      "\\gexec\n"
      "SELECT 3 \\g out.txt\nCREATE TABLE junk\n\\r\nCREATE TABLE e (f int) \\g\n");
  CHECK(read.statements() == Texts{"SELECT ", "CREATE TABLE c", "SELECT  dropped", "SELECT ", "SELECT ",
                                   "unparsed  dropped", "CREATE TABLE e"});
}

TEST_CASE("variables of a result have no known value") {
  const Read read(
      "SELECT 1 AS a \\gset p_\n\\set b app\nCREATE TABLE :b.t (x int DEFAULT :p_a);\nSELECT * FROM t "
      "\\gset\n"
      "CREATE TABLE :c (x int);\nCREATE TABLE :b.u (x int);\n");
  CHECK(read.rules() ==
        Texts{"psql-result", "psql-variable-unknown", "psql-result", "psql-variable-unknown"});
  CHECK(read.statements().back() == "CREATE TABLE app.u");
}

TEST_CASE("findings stand where the script has them, whatever its variables hold") {
  const Read read(
      "\\set s a_much_longer_name\nCREATE TABLE :s.t (a int) frob;\n\\set two 'SELECT 1; SELECT 2'\n:two;\n");
  CHECK(read.rules() == Texts{"unparsed-statement"});
  CHECK(read.at(0) == "2:27 frob");
  CHECK(read.statements() == Texts{"unparsed  needs_person", "SELECT ", "SELECT "});
}

TEST_CASE("rows behind a COPY whose table is a variable") {
  const Read read("\\set s app\nCREATE TABLE :s.t (a int);\nCOPY :s.t (a) FROM stdin;\n1\n\\.\n");
  CHECK(read.rules().empty());
  CHECK(read.statements() == Texts{"CREATE TABLE app.t", "COPY app.t"});
  REQUIRE(read.dump.script.data.size() == 1);
  CHECK(read.dump.script.data[0].table.schema == "app");
  CHECK(read.dump.script.data[0].rows == 1);
}

TEST_CASE("psql's \\copy") {
  const Read read("CREATE TABLE a (b int);\n\\copy a (b) from stdin\n1\n2\n\\.\n\\copy a from 'a.csv' csv\n");
  REQUIRE(read.dump.script.data.size() == 1);
  CHECK(read.dump.script.data[0].rows == 2);
  CHECK(read.dump.script.data[0].first_line == 3);
  CHECK(read.rules() == Texts{"psql-copy"});
}

TEST_CASE("rows behind a COPY that \\g sends, and behind one that is not read") {
  const Read sent("COPY a (b) FROM stdin \\g\n1\n2\n\\.\n");
  CHECK(sent.rules().empty());
  REQUIRE(sent.dump.script.data.size() == 1);
  CHECK(sent.dump.script.data[0].rows == 2);
  const Read down("-- migrate:down\n\\copy a from stdin\n1\n\\.\n");
  CHECK(down.dump.read.down_parts.statements == 1);
  CHECK(down.dump.read.down_parts.rows == 1);
  const Read branch("\\if no\n\\copy a from stdin\n1\n\\.\n\\endif\n");
  CHECK(branch.dump.read.branches.statements == 1);
  CHECK(branch.dump.read.branches.rows == 1);
  CHECK(branch.dump.script.data.empty());
}

TEST_CASE("rows behind a COPY that is no UTF-8 text") {
  const Read read("COPY a (\xff) FROM stdin;\n1\n\\.\n");
  CHECK(read.rules() == Texts{"invalid-utf8", "copy-options"});
  CHECK(read.statements() == Texts{"unparsed  needs_person"});
}

TEST_CASE("files that psql would read, and where it stops") {
  const Read read("\\ir more.sql\nSELECT 1;\n\\q\nSELECT 2;\nCOPY a FROM stdin;\n1\n\\.\n");
  CHECK(read.rules() == Texts{"psql-include", "psql-quit"});
  CHECK(read.statements() == Texts{"SELECT "});
  CHECK(read.dump.read.behind_quit.statements == 2);
  CHECK(read.dump.read.behind_quit.rows == 1);
}

constexpr std::string_view two_databases =
    "CREATE ROLE app;\n\\connect shop\nCREATE TABLE a (b int);\nCOPY a FROM stdin;\n1\n\\.\n"
    "\\connect crm\nCREATE TABLE c (d int);\nCOPY c FROM stdin;\n2\n3\n\\.\nINSERT INTO c VALUES (4);\n";

TEST_CASE("one database of a script") {
  const Read both(two_databases);
  CHECK(both.error == "the script holds more than one database: `shop`, `crm`");
  ReadOptions crm;
  crm.database = "crm";
  const Read read(two_databases, crm);
  CHECK(read.statements() == Texts{"CREATE ROLE app", "CREATE TABLE c", "COPY c"});
  REQUIRE(read.dump.script.data.size() == 2);
  CHECK(read.dump.script.data[0].rows == 2);
  CHECK(read.dump.read.database == "crm");
  REQUIRE(read.dump.read.other_databases.size() == 1);
  CHECK(read.dump.read.other_databases[0].name == "shop");
  CHECK(read.dump.read.other_databases[0].found.statements == 2);
  CHECK(read.dump.read.other_databases[0].found.rows == 1);
}

TEST_CASE("a database that the script does not have") {
  ReadOptions other;
  other.database = "other";
  CHECK(Read(two_databases, other).error ==
        "no `\\connect other` stands in the script; it holds `shop`, `crm`");
  CHECK(Read("SELECT 1;", other).error == "the script names no database, so `other` is not in it");
}

TEST_CASE("several files are one script") {
  SourceFile first(0, "1.sql");
  Diagnostics diagnostics;
  ScriptReader reader(diagnostics, {});
  const auto up = memory_source("-- +goose Up\nCREATE TABLE a (b int);\n-- +goose Down\nDROP TABLE a;\n");
  const auto next = memory_source("-- +goose Up\nCREATE TABLE c (d int) frob;\n");
  const auto down = memory_source("DROP TABLE c;\n");
  REQUIRE(reader.read(*up, first));
  REQUIRE(reader.read(*next, first.add_next("2.sql")));
  REQUIRE(reader.read(*down, first.add_next("2.down.sql"), true));
  const auto dump = reader.finish();
  REQUIRE(dump);
  REQUIRE(dump->script.statements.size() == 2);
  CHECK(dump->read.down_parts.statements == 2);
  const Span at = diagnostics.all().at(0).span;
  CHECK(first.of(at).name() == "2.sql");
  CHECK(first.of(at).text(at) == "frob");
  CHECK(first.of(dump->script.statements[0].span).name() == "1.sql");
}

}  // namespace
}  // namespace pg2crdb
