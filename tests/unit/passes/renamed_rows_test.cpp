#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>
#include <string_view>

#include "emit/load_plan.h"
#include "parser/parser.h"
#include "passes/pipeline.h"

using namespace pg2crdb;

// A pass from outside may rename tables and columns wherever it stands; the rows keep the dump's names, and
// have to be found.

namespace {

/// Renames what these statements call so, and says what it was: tables by name, columns by name.
Pass renaming(const std::map<std::string, std::string>& names) {
  const auto rename = [names](std::string& name) {
    const auto found = names.find(name);
    if (found == names.end()) return false;
    name = found->second;
    return true;
  };
  return {.name = "rename-for-a-test",
          .category = "names",
          .fidelity = Fidelity::exact,
          .summary = {},
          .rules = {},
          .run = [rename](PassContext& context) {
            for (ast::Statement& statement : context.script.statements) {
              if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
                const ast::Name before = table->name;
                if (rename(table->name.name)) table->source_name = before;
                for (ast::Column& column : table->columns) {
                  const std::string name = column.name;
                  if (rename(column.name)) column.source_name = name;
                }
                if (table->partition_by) {
                  for (ast::IndexElement& element : table->partition_by->key) rename(element.column);
                }
              } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
                rename(alter->name.name);
                for (ast::AlterCommand& command : alter->commands) {
                  if (auto* attach = std::get_if<ast::AttachPartition>(&command))
                    rename(attach->partition.name);
                }
              }
            }
          }};
}

LoadPlan plan_of(std::string_view sql, const Pass& pass, const Placement& placement) {
  SourceFile file(0, "dump.sql");
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics);
  REQUIRE(parsed);
  PipelineOptions options;
  options.placed = {{&pass, placement}};
  run_pipeline(parsed->script, Target(), options, diagnostics);
  return make_load_plan(parsed->script, emit_script(parsed->script, file), Target(), file,
                        {"dump.sql", sql.size(), ""});
}

const Placement places[] = {{Placement::Side::before, "resolve-history"},
                            {Placement::Side::before, "merge-partitions"},
                            {},
                            {Placement::Side::after, "order-phases"}};

}  // namespace

TEST_CASE("rows of merged partitions go to the renamed table") {
  const std::string_view sql =
      "CREATE TABLE public.payment (id integer, day date) PARTITION BY RANGE (day);\n"
      "CREATE TABLE public.payment_1 (day date, id integer);\n"
      "CREATE TABLE public.payment_2 (id integer, day date);\n"
      "ALTER TABLE ONLY public.payment ATTACH PARTITION public.payment_1 FOR VALUES FROM ('2022-01-01') TO "
      "('2022-02-01');\n"
      "ALTER TABLE ONLY public.payment ATTACH PARTITION public.payment_2 DEFAULT;\n"
      "COPY public.payment_1 (day, id) FROM stdin;\n2022-01-05\t1\n\\.\n"
      "INSERT INTO public.payment_2 VALUES (2, '2022-03-01');\n";
  const Pass pass =
      renaming({{"payment", "pay"}, {"payment_1", "payment_2"}, {"payment_2", "p2"}, {"id", "nr"}});
  for (const Placement& placement : places) {
    CAPTURE(placement.pass);
    const LoadPlan plan = plan_of(sql, pass, placement);
    REQUIRE(plan.tables.size() == 1);
    const LoadPlan::Table& table = plan.tables[0];
    CHECK(table.name == "pay");
    CHECK(table.source_name == "payment");
    CHECK(table.source_schema == "public");
    REQUIRE(table.columns.size() == 2);
    CHECK(table.columns[0].name == "nr");
    CHECK(table.columns[0].source_name == "id");
    REQUIRE(table.data.size() == 2);
    CHECK(table.data[0].columns == std::vector<std::string>{"day", "id"});
    CHECK(table.data[1].columns == std::vector<std::string>{"id", "day"});
  }
}

TEST_CASE("rows under a search_path go to the renamed table") {
  const std::string_view sql =
      "SET search_path = crm, pg_catalog;\n"
      "CREATE TABLE people (id integer, name text);\n"
      "COPY people (name, id) FROM stdin;\nAda\t1\n\\.\n";
  const Pass pass = renaming({{"people", "persons"}, {"id", "person_id"}});
  for (const Placement& placement : places) {
    CAPTURE(placement.pass);
    const LoadPlan plan = plan_of(sql, pass, placement);
    REQUIRE(plan.tables.size() == 1);
    const LoadPlan::Table& table = plan.tables[0];
    CHECK(table.schema == "crm");
    CHECK(table.name == "persons");
    CHECK(table.source_schema == "crm");
    CHECK(table.source_name == "people");
    REQUIRE(table.data.size() == 1);
    CHECK(table.data[0].columns == std::vector<std::string>{"name", "id"});
  }
}
