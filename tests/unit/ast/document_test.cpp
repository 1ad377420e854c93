#include "ast/document.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "ast/equal.h"

namespace pg2crdb::ast {
namespace {

Expr literal(std::string text, int32_t offset = -1) {
  return {Literal{Literal::Kind::integer, std::move(text)}, offset};
}

CreateTable towns() {
  CreateTable table;
  table.name = {"public", "towns"};
  Column& column = table.columns.emplace_back();
  column.name = "caf\xE9";  // a name that is not UTF-8
  column.offset = 21;
  column.type.name = {"pg_catalog", "int4"};
  column.type.array_bounds = {-1, 3};
  column.type.offset = 26;
  column.default_value = literal("1", 40);
  column.identity = Identity{};
  column.identity->always = false;
  column.generated = Generated{};
  column.generated->expr = Expr{ValueFunction{"CURRENT_DATE", 0}, 50};
  column.generated->stored = false;
  Constraint& constraint = table.constraints.emplace_back();
  constraint.kind = Constraint::Kind::foreign_key;
  constraint.referenced = {"", "other"};
  constraint.on_delete = ForeignKeyAction::restrict_;
  constraint.offset = int64_t{1} << 40;
  return table;
}

struct Written {
  Written() : file(0, "dump.sql") {
    document.input = {"dump.sql", "dump.sql", 100, "abc"};
    add(towns(), 0, 60);
    add(CopyFrom{{"public", "towns"}, {"id"}}, 60, 80);
    DataBlock& block = document.script.data.emplace_back();
    block.table = {"public", "towns"};
    block.header = {0, 60, 80};
    block.data = {0, 81, 99};
    block.first_line = 4;
    block.rows = 2;
    block.statement = 1;
    document.findings.push_back({"invalid-utf8", "", {0, 3, 4}, "no UTF-8", "convert it"});
    document.ignores.push_back({"some-rule", "a reason", {0, 0, 60}, {}});
  }

  void add(StatementNode node, uint64_t begin, uint64_t end) {
    document.script.add(std::move(node), {0, begin, end}, Phase::pre_data).fate = Fate::kept;
    file.keep(begin, 1 + begin / 20, 1, std::string(end - begin, 'x'));
  }

  std::string json() const { return to_json(document, file); }

  Document document;
  SourceFile file;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& json) {
  const auto read = parse_document(json, 0);
  return read ? "" : read.error().message;
}

/// NOT NOT ... 1, `depth` expressions deep.
std::string nested(int depth) {
  std::string out;
  for (int i = 1; i < depth; ++i) out += R"({"node":"BoolExpr","kind":"not","arguments":[)";
  out += R"({"node":"Literal","kind":"integer","text":"1"})";
  for (int i = 1; i < depth; ++i) out += "]}";
  return out;
}

}  // namespace

TEST_CASE("docs/ast.schema.json is the schema of what is read") {
  const std::string path = std::string(PG2CRDB_SOURCE_DIR) + "/docs/ast.schema.json";
  if (std::getenv("PG2CRDB_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << document_schema();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  INFO("run this test with PG2CRDB_UPDATE=1 to write " << path);
  CHECK(text.str() == document_schema());
}

TEST_CASE("a document comes back as it was") {
  const Written written;
  const std::string json = written.json();
  auto read = parse_document(json, 0);
  REQUIRE(read);
  CHECK(to_json(read->document, *read->file) == json);
  const Statement& statement = read->document.script.statements[0];
  CHECK(statement.fate == Fate::kept);
  CHECK(statement.passes.empty());
  CHECK(equal(statement.node, written.document.script.statements[0].node));
  const Column& column = std::get<CreateTable>(statement.node).columns[0];
  CHECK(column.name == "caf\xE9");
  CHECK(column.offset == 21);
  CHECK(column.type.offset == 26);
  CHECK(column.default_value->offset == 40);
  CHECK_FALSE(column.generated->stored);
  CHECK(std::get<ValueFunction>(column.generated->expr->node).precision == 0);
  CHECK(std::get<CreateTable>(statement.node).constraints[0].offset == int64_t{1} << 40);
  CHECK(read->file->locate(60).line == 4);
}

TEST_CASE("members that are left out have the value that the struct gives them") {
  Written written;
  AlterTable alter;
  alter.name = {"", "towns"};
  alter.commands.emplace_back(AddIdentity{"id", {}});
  written.document.script.statements[0].node = alter;
  const std::string json = written.json();
  CHECK(json.find("always") == std::string::npos);
  CHECK(json.find(R"({"node":"AddIdentity","column":"id"})") != std::string::npos);
  const auto read = parse_document(json, 0);
  REQUIRE(read);
  const auto& commands = std::get<AlterTable>(read->document.script.statements[0].node).commands;
  CHECK(std::get<AddIdentity>(commands[0]).identity.always);
}

TEST_CASE("what does not belong there is an error with its place") {
  const std::string json = Written().json();
  const auto with = [&](std::string_view from, std::string_view to) {
    return error_of(replaced(json, from, to));
  };
  CHECK(with(R"("array_bounds":[-1,3])", R"("array_bounds":[-1,"3"])") ==
        "statements[0].node.columns[0].type.array_bounds[1] is no whole number in range");
  CHECK(with(R"("offset":21)", R"("offset":2147483648)") ==
        "statements[0].node.columns[0].offset is no whole number in range");
  CHECK(with(R"("on_delete":"restrict")", R"("on_delete":"explode")") ==
        "statements[0].node.constraints[0].on_delete is none of the words no_action, restrict, cascade, "
        "set_null, set_default");
  CHECK(with(R"("on_delete":"restrict")", R"("on_delete":7)").find("is none of the words") !=
        std::string::npos);
  CHECK(with(R"("always":false)", R"("always":0)") ==
        "statements[0].node.columns[0].identity.always is neither true nor false");
  CHECK(with(R"("always":false)", R"("allways":false)") ==
        "statements[0].node.columns[0].identity.allways is an unknown member");
  CHECK(with(R"("stored":false)", R"("stored":false,"stored":true)") ==
        "statements[0].node.columns[0].generated.stored is there twice");
  CHECK(with(R"("table":{"node":"Name","schema":"public","name":"towns"},)", "") ==
        "statements[1].node.table is missing");
  CHECK(with(R"("table":{"node":"Name","schema":"public","name":"towns"})", R"("table":{"node":"Name"})") ==
        "statements[1].node.table is empty");
  CHECK(with(R"("node":"CreateTable")", R"("node":"CreateTables")") ==
        "statements[0].node cannot be the node `CreateTables`");
  CHECK(with(R"("node":"ValueFunction")", R"("node":"CreateTable")") ==
        "statements[0].node.columns[0].generated.expr cannot be the node `CreateTable`");
  CHECK(with(R"("node":"Identity")", R"("node":"Generated")") ==
        "statements[0].node.columns[0].identity is no node `Identity`");
  CHECK(with(R"({"hex":"636166e9"})", R"({"hex":"636166e"})") ==
        "statements[0].node.columns[0].name is no string of hexadecimal digits");
  CHECK(with(R"("reason":"a reason")", R"("reason":"a\u0000reason")") ==
        "ignores[0].reason has a NUL character, which no database stores");
  CHECK(with(R"("span":{"begin":3,"end":4})", R"("span":{"begin":5,"end":4})") ==
        "findings[0].span ends before it begins");
  CHECK(with(R"("schema_version":1)", R"("schema_version":2)") ==
        "the AST is of schema_version 2, this program knows 1 only");
  CHECK(with(R"("schema_version":1,)", "") == "the text has no member `schema_version`");
  CHECK(error_of("[]") == "the text has no member `schema_version`");
  CHECK(error_of("").starts_with("the text is no JSON"));
  CHECK(error_of(json.substr(0, json.size() / 2)).starts_with("the text is no JSON"));
}

TEST_CASE("a tree that no parser makes is an error") {
  const std::string json = Written().json();
  const auto with = [&](std::string_view expression) {
    return error_of(
        replaced(json, R"({"node":"Literal","offset":40,"kind":"integer","text":"1"})", expression));
  };
  const std::string place = "statements[0].node.columns[0].default_value";
  CHECK(with(R"({"node":"Cast"})") == place + ".argument is missing");
  CHECK(with(R"({"node":"BoolExpr","kind":"not"})") == place + ".arguments is missing");
  CHECK(with(R"({"node":"ColumnRef"})") == place + " names no column");
  const std::string one = nested(1);
  CHECK(with(R"({"node":"Operation","kind":"between","left":)" + one + R"(,"right":)" + one + "}") ==
        place + " has no two bounds on the right");
  CHECK(with(R"({"node":"Operation","kind":"in","op":["="],"left":)" + one + R"(,"right":)" + one + "}") ==
        place + " has no list on the right");
  CHECK(with(R"({"node":"Operation","kind":"op","right":)" + one + "}") == place + " has no operator");
  CHECK(
      with(R"({"node":"FunctionCall","name":{"node":"Name","name":"f"},"modifiers":{"node":"CallModifiers",)"
           R"("over":{"node":"Window","frame_options":2163}}})") ==
      place + ".modifiers.over has no start_offset");
  CHECK(with(R"({"node":"Subquery","kind":"any","query":{"node":"Query"}})") ==
        place + " has no left operand `test`");
  CHECK(with(R"({"node":"Subquery","query":{"node":"Query","set_operation":"union"}})") ==
        place + ".query is a set operation without two queries");
}

TEST_CASE("a statement that no parser makes is an error") {
  const auto problem = [](StatementNode node) {
    Written written;
    written.document.script.statements[0].node = std::move(node);
    return error_of(written.json());
  };
  AlterTable alter;
  alter.name = {"", "towns"};
  alter.commands.emplace_back(SetIdentity{"id", false, true, {}});
  CHECK(problem(alter) == "statements[0].node.commands[0] changes nothing");
  std::get<SetIdentity>(alter.commands[0]).options.restart_default = true;
  CHECK(problem(alter) == "");

  Rename rename;
  rename.new_name = "b";
  CHECK(problem(rename) == "statements[0].node names no object");
  rename.object.name = {"", "towns"};
  CHECK(problem(rename) == "");
  rename.object.kind = ObjectKind::column;
  CHECK(problem(rename) == "statements[0].node names no member of its object");
  rename.object.member = "name";
  CHECK(problem(rename) == "");
  SetSchema set{rename.object, "geo", false};
  set.object.kind = ObjectKind::table;
  CHECK(problem(set) == "statements[0].node names a member of what has none");
}

TEST_CASE("trees are as deep as the parser makes them, and no deeper") {
  const std::string json = Written().json();
  const auto with = [&](int depth) {
    return error_of(
        replaced(json, R"({"node":"Literal","offset":40,"kind":"integer","text":"1"})", nested(depth)));
  };
  CHECK(with(max_depth) == "");
  CHECK(with(max_depth + 1).ends_with("is nested too deep"));
  CHECK(with(100000) == "the JSON is nested too deep");
}

TEST_CASE("a changed tree counts as rewritten, whatever the text says") {
  const std::string json = replaced(Written().json(), R"("array_bounds":[-1,3])", R"("array_bounds":[-1])");
  const auto read = parse_document(json, 0);
  REQUIRE(read);
  const Statement& changed = read->document.script.statements[0];
  CHECK(changed.fate == Fate::rewritten);
  CHECK(changed.passes == std::vector<std::string_view>{"outside"});
  CHECK(read->document.script.statements[1].fate == Fate::kept);
}

TEST_CASE("statements get fates, and none gets lost") {
  const std::string json = Written().json();
  const auto with = [&](std::string_view from, std::string_view to) {
    return error_of(replaced(json, from, to));
  };
  const std::string first =
      json.substr(json.find("{\"id\":0"), json.find("{\"id\":1") - json.find("{\"id\":0"));
  CHECK(with(first, "").starts_with("the text has no statement with the id 0, which was read"));
  CHECK(with(R"("id":0)", R"("id":1)") == "statements[1].id is there twice");
  CHECK(with(R"("id":0)", R"("id":7)") ==
        "statements[0].id is none that was read; a new statement has no id");
  CHECK(with(R"("digest")", R"("fate":"dropped","digest")") ==
        "statements[0] has a fate that needs a reason");
  CHECK(with(R"("digest")", R"("fate":"dropped","reason":"ours is new","passes":["mine"],"digest")") == "");
  CHECK(with(R"("digest")", R"("fate":"merged","into":0,"reason":"r","digest")") ==
        "statements[0] is merged, so `into` has to be the id of another statement");
  CHECK(with(R"("digest")", R"("fate":"added","digest")") ==
        "statements[0] was read, its fate cannot be `added`");
  CHECK(with(R"({"id":1,)", R"({"id":1,"fate":"dropped","reason":"r",)") ==
        "data[0] has rows that are loaded, so its `statement` 1 has to stay a CopyFrom with the fate kept");
  const size_t data = json.find("\n{\"format\"");
  CHECK(error_of(std::string(json).erase(data, json.find("]", data + 150) - data))
            .find("rows cannot be left out") != std::string::npos);

  const std::string added =
      R"({"fate":"added","origin":1,"node":{"node":"Transaction","command":"COMMIT"}},)";
  const auto read = parse_document(replaced(json, "{\"id\":0", added + "\n{\"id\":0"), 0);
  REQUIRE(read);
  const Statement& statement = read->document.script.statements.back();
  CHECK(statement.id == 2);
  CHECK(statement.fate == Fate::added);
  CHECK(statement.span == Span{0, 60, 80});
  CHECK(with("{\"id\":0", replaced(added, R"("origin":1,)", "") + "{\"id\":0").find("`origin` has to be") !=
        std::string::npos);
}

}  // namespace pg2crdb::ast
