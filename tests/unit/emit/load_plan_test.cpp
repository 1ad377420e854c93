#include "emit/load_plan.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace pg2crdb;
using namespace pg2crdb::ast;

namespace {

Column column(std::string name, std::string source_name = {}, bool generated = false) {
  Column result;
  result.name = std::move(name);
  result.source_name = std::move(source_name);
  result.type.name = {"pg_catalog", "text"};
  result.not_null = true;
  if (generated) result.generated = Generated{Expr{Literal{}}, true};
  return result;
}

CreateTable table(Name name, Name source_name, std::vector<Column> columns) {
  CreateTable result;
  result.name = std::move(name);
  result.source_name = std::move(source_name);
  result.columns = std::move(columns);
  return result;
}

DataBlock rows_of(Name name, std::vector<std::string> columns, uint64_t begin) {
  DataBlock block;
  block.table = std::move(name);
  block.columns = std::move(columns);
  block.data.begin = begin;
  block.data.end = begin + 10;
  return block;
}

LoadPlan plan_of(const Script& script) {
  const SourceFile file(0, "dump.sql");
  return make_load_plan(script, emit_script(script, file), Target(), file, {"dump.sql", 1000, ""});
}

}  // namespace

TEST_CASE("what was not renamed has one name in the load plan") {
  Script script;
  script.add(table({"public", "towns"}, {}, {column("id"), column("code")}), {}, Phase::pre_data);
  script.data.push_back(rows_of({"public", "towns"}, {"id", "code"}, 100));
  script.data.push_back(rows_of({"", "only_rows"}, {"v"}, 200));
  const LoadPlan plan = plan_of(script);
  REQUIRE(plan.tables.size() == 2);
  for (const LoadPlan::Table& planned : plan.tables) {
    CHECK_FALSE(planned.renamed());
    CHECK(planned.source_schema == "public");
    for (const LoadPlan::Column& its : planned.columns) CHECK(its.source_name == its.name);
    CHECK(planned.data.size() == 1);
  }
  CHECK(plan.tables[1].source_name == "only_rows");
  CHECK(to_json(plan).find("\"source_name\"") == std::string::npos);
}

TEST_CASE("the rows of a renamed table are found by the name in the dump") {
  Script script;
  CreateTable persons = table(
      {"app", "persons"}, {"crm", "people"},
      {column("person_id", "id"), column("note"), column("shout", "loud", true), column("town", "city")});
  Constraint key;
  key.kind = Constraint::Kind::primary_key;
  key.columns = {"person_id"};
  persons.constraints.push_back(key);
  script.add(std::move(persons), {}, Phase::pre_data);
  script.data.push_back(rows_of({"crm", "people"}, {"city", "id", "note"}, 100));
  script.data.push_back(rows_of({"crm", "people"}, {}, 200));
  script.data.push_back(rows_of({"crm", "people"}, {}, 300));
  script.data[2].format = DataBlock::Format::insert;

  const LoadPlan plan = plan_of(script);
  REQUIRE(plan.tables.size() == 1);
  const LoadPlan::Table& planned = plan.tables[0];
  CHECK(planned.schema == "app");
  CHECK(planned.name == "persons");
  CHECK(planned.source_schema == "crm");
  CHECK(planned.source_name == "people");
  CHECK(planned.key == std::vector<std::string>{"person_id"});
  REQUIRE(planned.columns.size() == 4);
  CHECK(planned.columns[0].name == "person_id");
  CHECK(planned.columns[0].source_name == "id");
  CHECK(planned.columns[1].source_name == "note");
  CHECK(planned.columns[3].source_name == "city");
  REQUIRE(planned.data.size() == 3);
  CHECK(planned.data[0].columns == std::vector<std::string>{"city", "id", "note"});
  CHECK(planned.data[1].columns == std::vector<std::string>{"id", "note", "city"});
  CHECK(planned.data[2].columns == std::vector<std::string>{"id", "note", "loud", "city"});

  const Result<LoadPlan> read = parse_load_plan(to_json(plan));
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(plan));
}

TEST_CASE("tables may change their names with each other") {
  Script script;
  script.add(table({"public", "b"}, {"public", "a"}, {column("y", "x"), column("x", "y")}), {},
             Phase::pre_data);
  script.add(table({"", "a"}, {"", "b"}, {column("x")}), {}, Phase::pre_data);
  script.data.push_back(rows_of({"public", "b"}, {"x"}, 100));
  script.data.push_back(rows_of({"public", "a"}, {"x", "y"}, 200));
  const LoadPlan plan = plan_of(script);
  REQUIRE(plan.tables.size() == 2);
  CHECK(plan.tables[0].name == "b");
  CHECK(plan.tables[0].source_name == "a");
  REQUIRE(plan.tables[0].data.size() == 1);
  CHECK(plan.tables[0].data[0].begin == 200);
  CHECK(plan.tables[0].columns[0].source_name == "x");
  CHECK(plan.tables[0].columns[1].source_name == "y");
  CHECK(plan.tables[1].name == "a");
  CHECK(plan.tables[1].source_name == "b");
  REQUIRE(plan.tables[1].data.size() == 1);
  CHECK(plan.tables[1].data[0].begin == 100);
}

TEST_CASE("an identity column's sequence is asked for in the schema that its table has in the source") {
  Script script;
  Column id = column("person_id", "id");
  id.identity = Identity{};
  id.identity->restored_name = {"app", "people_id_seq"};
  script.add(table({"app", "persons"}, {"crm", "people"}, {id}), {}, Phase::pre_data);
  const LoadPlan plan = plan_of(script);
  REQUIRE(plan.sequences.size() == 1);
  CHECK(plan.sequences[0].schema == "app");
  CHECK(plan.sequences[0].name == "people_id_seq");
  CHECK(plan.sequences[0].source() == ObjectName{"crm", "people_id_seq"});
}

TEST_CASE("tables and sequences whose names read alike when joined stay two") {
  Script script;
  script.add(table({"a", "b.c"}, {}, {column("id")}), {}, Phase::pre_data);
  script.add(table({"a.b", "c"}, {}, {column("id")}), {}, Phase::pre_data);
  for (const Name& name : {Name{"a", "b.s"}, Name{"a.b", "s"}}) {
    CreateSequence sequence;
    sequence.name = name;
    script.add(std::move(sequence), {}, Phase::pre_data);
  }
  script.data.push_back(rows_of({"a.b", "c"}, {"id"}, 100));
  script.data.push_back(rows_of({"a", "b.c"}, {"id"}, 200));
  const LoadPlan plan = plan_of(script);
  REQUIRE(plan.tables.size() == 2);
  CHECK(plan.tables[0].target() == ObjectName{"a", "b.c"});
  CHECK(plan.tables[1].target() == ObjectName{"a.b", "c"});
  REQUIRE(plan.tables[0].data.size() == 1);
  REQUIRE(plan.tables[1].data.size() == 1);
  CHECK(plan.tables[0].data[0].begin == 200);
  CHECK(plan.tables[1].data[0].begin == 100);
  REQUIRE(plan.sequences.size() == 2);
  CHECK(plan.sequences[0].source() == ObjectName{"a", "b.s"});
  CHECK(plan.sequences[1].source() == ObjectName{"a.b", "s"});
}

TEST_CASE("a table that the script does not make has the columns of all its blocks") {
  Script script;
  script.data.push_back(rows_of({"public", "t"}, {"id", "note"}, 100));
  script.data.push_back(rows_of({"public", "t"}, {"more", "id"}, 200));
  script.add(table({"public", "made"}, {}, {column("id")}), {}, Phase::pre_data);
  script.data.push_back(rows_of({"public", "made"}, {"id", "lost"}, 300));
  const LoadPlan plan = plan_of(script);
  REQUIRE(plan.tables.size() == 2);
  const auto names = [&](const LoadPlan::Table& planned) {
    std::vector<std::string> all;
    for (const LoadPlan::Column& its : planned.columns) all.push_back(its.source_name);
    return all;
  };
  CHECK(names(plan.tables[0]) == std::vector<std::string>{"id"});
  CHECK(names(plan.tables[1]) == std::vector<std::string>{"id", "note", "more"});
}

TEST_CASE("what the statements make has its place in the plan") {
  Script script;
  CreateTable towns = table({"public", "towns"}, {}, {column("id"), column("code")});
  towns.columns[1].default_value = Expr{Literal{}};
  Constraint key;
  key.kind = Constraint::Kind::primary_key;
  key.name = "towns_pkey";
  key.columns = {"id"};
  Constraint unnamed = key;
  unnamed.kind = Constraint::Kind::check;
  unnamed.name.clear();
  unnamed.check = Expr{Literal{}};
  towns.constraints = {key, unnamed};
  script.add(towns, {}, Phase::pre_data);
  AddConstraint added;
  added.constraint.kind = Constraint::Kind::foreign_key;
  added.constraint.name = "towns_fkey";
  added.constraint.columns = {"code"};
  added.constraint.referenced = {"public", "towns"};
  AlterTable alter;
  alter.name = {"", "towns"};
  alter.commands = {added, RowSecurity{}};
  script.add(alter, {}, Phase::post_data);
  CreateIndex index;
  index.name = "towns_code";
  index.table = {"public", "towns"};
  IndexElement expression;
  expression.expr = Expr{Literal{}};
  index.elements = {IndexElement{"code", {}, {}, {}, {}, {}, {}}, expression};
  script.add(index, {}, Phase::post_data);
  script.add(CreateEnum{{"public", "mood"}, false, {"sad", "ok"}}, {}, Phase::pre_data);

  const LoadPlan plan = plan_of(script);
  CHECK_FALSE(plan.tables[0].columns[0].has_default);
  CHECK(plan.tables[0].columns[1].has_default);
  CHECK(plan.tables[0].row_security);
  REQUIRE(plan.indexes.size() == 2);
  CHECK(plan.indexes[0].name == "towns_pkey");
  CHECK(plan.indexes[0].unique);
  CHECK(plan.indexes[1].columns == std::vector<std::string>{"code", ""});
  CHECK_FALSE(plan.indexes[1].unique);
  REQUIRE(plan.constraints.size() == 1);
  CHECK(plan.constraints[0].kind == "FOREIGN KEY");
  CHECK(plan.constraints[0].schema == "public");
  REQUIRE(plan.enums.size() == 1);
  CHECK(plan.enums[0].labels == std::vector<std::string>{"sad", "ok"});
}
