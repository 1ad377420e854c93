#include "plan/load_plan.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>

namespace pg2crdb {
namespace {

LoadPlan example() {
  LoadPlan plan;
  plan.tool = "0.1.0";
  plan.target = "25.4";
  plan.inputs = {{"dumps/french towns.sql", 4'123'456'789, "9f86d081884c7d65"}, {"-", 0, ""}};
  plan.statements = {{"pre-data",
                      "CREATE TABLE public.towns (\n\tname STRING DEFAULT e'it\\'s \"\\\\x\"',\n\tcode "
                      "VARCHAR(10) NOT NULL)",
                      "CREATE TABLE", "public.towns", "dumps/french towns.sql", 120},
                     {"revalidate", "SELECT 1", "SELECT", "", "-", 1}};
  LoadPlan::Table towns;
  towns.schema = "public";
  towns.name = "Les \"Communes\" d'été";
  towns.source_schema = towns.schema;
  towns.source_name = towns.name;
  towns.columns = {
      {"id", "id", "integer", "UUID", LoadPlan::Conversion::uuid_of_key, "public.towns", false, true, true},
      {"code", "code", "character(3)", "CHAR(3)", LoadPlan::Conversion::trim_blanks, "", false, false, false},
      {"fee", "fee", "money", "DECIMAL(19,2)", LoadPlan::Conversion::money_to_decimal, "", false, false,
       false},
      {"full", "full", "text", "STRING", LoadPlan::Conversion::none, "", true, false, false}};
  towns.key = {"id", "code"};
  towns.data = {{0, LoadPlan::Data::Format::copy, 3'000'000'000, 3'000'000'100, 4711, 36684, {"id", "code"}},
                {1, LoadPlan::Data::Format::insert, 0, 1, 1, 1, {"fee"}, {3, 7}, {0}}};
  towns.data[1].defaults = {{2, false, "x"}, {5, true, ""}};
  towns.data[0].form = read_copy_form("CSV QUOTE '#' HEADER MATCH");
  towns.data[0].forced_null = {1};
  towns.row_security = true;
  plan.tables = {towns, {}};
  plan.indexes = {{"pre-data", "public", "towns", "towns_pkey", true, {"id", ""}}};
  plan.constraints = {{"pre-data", "public", "towns", "fee_check", "CHECK"}};
  plan.enums = {{"public", "mood", {"sad", ""}}};
  plan.policies = {{"post-data", "public", "towns", "all of them"}};
  plan.sequences = {{"public", "towns_id_seq", "public", "towns_id_seq", std::numeric_limits<int64_t>::min(),
                     false, true, "-", 9},
                    {"a.b", "", "a.b", "", std::numeric_limits<int64_t>::max(), true, false, "", 0}};
  return plan;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("a plan is written and read back as it was") {
  const std::string json = to_json(example());
  const Result<LoadPlan> plan = parse_load_plan(json);
  REQUIRE(plan);
  CHECK(to_json(*plan) == json);
  CHECK(plan->inputs[0].bytes == 4'123'456'789);
  CHECK(plan->statements[0].sql == example().statements[0].sql);
  CHECK(plan->tables[0].name == "Les \"Communes\" d'été");
  CHECK(plan->tables[0].columns[0].conversion == LoadPlan::Conversion::uuid_of_key);
  CHECK(plan->tables[0].columns[0].namespace_ == "public.towns");
  CHECK(plan->tables[0].columns[3].generated);
  CHECK(plan->tables[0].data[0].begin == 3'000'000'000);
  CHECK(plan->tables[0].data[1].format == LoadPlan::Data::Format::insert);
  CHECK(plan->tables[0].data[0].skipped.empty());
  CHECK(plan->tables[0].data[1].skipped == std::vector<uint64_t>{3, 7});
  CHECK(plan->tables[0].data[1].rounded == std::vector<uint64_t>{0});
  CHECK(plan->sequences[0].value == std::numeric_limits<int64_t>::min());
  CHECK(plan->sequences[1].value == std::numeric_limits<int64_t>::max());
  CHECK(plan->tables[0].columns[0].has_default);
  CHECK(plan->tables[0].row_security);
  CHECK(plan->indexes[0].columns == std::vector<std::string>{"id", ""});
  CHECK(plan->constraints[0].kind == "CHECK");
  CHECK(plan->enums[0].labels == std::vector<std::string>{"sad", ""});
  CHECK(plan->policies[0].name == "all of them");
  CHECK(plan->sequences[0].source() == ObjectName{"public", "towns_id_seq"});
}

TEST_CASE("names that read alike when joined are two names") {
  CHECK(ObjectName{"a", "b.c"} != ObjectName{"a.b", "c"});
  CHECK(ObjectName{"a", "b.c"} < ObjectName{"a.b", "c"});
  LoadPlan plan = example();
  plan.tables[0].schema = "a";
  plan.tables[0].name = "b.c";
  plan.tables[0].source_schema = "a.b";
  plan.tables[0].source_name = "c";
  plan.sequences[1].name = "c";
  plan.sequences[1].source_schema = "a";
  plan.sequences[1].source_name = "b.c";
  CHECK(plan.tables[0].renamed());
  const Result<LoadPlan> read = parse_load_plan(to_json(plan));
  REQUIRE(read);
  CHECK(read->tables[0].target() == ObjectName{"a", "b.c"});
  CHECK(read->tables[0].source() == ObjectName{"a.b", "c"});
  CHECK(read->sequences[1].target() == ObjectName{"a.b", "c"});
  CHECK(read->sequences[1].source() == ObjectName{"a", "b.c"});
}

TEST_CASE("a source name is written where it differs, and filled in where it is not there") {
  const std::string same = to_json(example());
  CHECK(same.find("\"source_schema\"") == std::string::npos);
  CHECK(same.find("\"name\": \"id\", \"source_type\": \"integer\"") != std::string::npos);
  const Result<LoadPlan> filled = parse_load_plan(same);
  REQUIRE(filled);
  CHECK(filled->tables[0].source_schema == "public");
  CHECK(filled->tables[0].source_name == filled->tables[0].name);
  CHECK_FALSE(filled->tables[0].renamed());
  CHECK(filled->tables[0].columns[1].source_name == "code");

  LoadPlan plan = example();
  plan.tables[0].source_name = "Communes";
  plan.tables[0].columns[1].source_name = "code \"insee\"";
  CHECK(plan.tables[0].renamed());
  const std::string json = to_json(plan);
  CHECK(json.find("\"source_schema\"") == std::string::npos);
  CHECK(
      json.find("      \"name\": \"Les \\\"Communes\\\" d'été\",\n      \"source_name\": \"Communes\",\n") !=
      std::string::npos);
  CHECK(json.find("{\"name\": \"code\", \"source_name\": \"code \\\"insee\\\"\", \"source_type\"") !=
        std::string::npos);
  Result<LoadPlan> read = parse_load_plan(json);
  REQUIRE(read);
  CHECK(to_json(*read) == json);
  CHECK(read->tables[0].source_schema == "public");
  CHECK(read->tables[0].source_name == "Communes");
  CHECK(read->tables[0].columns[0].source_name == "id");
  CHECK(read->tables[0].columns[1].source_name == "code \"insee\"");

  plan.tables[0].source_schema = "geo";
  read = parse_load_plan(to_json(plan));
  REQUIRE(read);
  CHECK(read->tables[0].source_schema == "geo");
  CHECK(read->tables[0].schema == "public");
}

TEST_CASE("every byte survives, UTF-8 or not") {
  LoadPlan plan;
  for (int byte = 0; byte < 256; ++byte) {
    plan.statements.push_back({"pre-data", std::string(1, static_cast<char>(byte)), "", "", "", 0});
  }
  plan.statements.push_back({"pre-data", "caf\xe9 \x01\n", "", "", "", 0});
  const Result<LoadPlan> read = parse_load_plan(to_json(plan));
  REQUIRE(read);
  REQUIRE(read->statements.size() == 257);
  for (size_t i = 0; i < plan.statements.size(); ++i)
    CHECK(read->statements[i].sql == plan.statements[i].sql);
}

TEST_CASE("an empty plan is a plan") {
  const Result<LoadPlan> plan = parse_load_plan(to_json({}));
  REQUIRE(plan);
  CHECK(plan->tables.empty());
  CHECK(to_json({}) ==
        "{\n  \"version\": 5,\n  \"tool\": \"\",\n  \"target\": \"\",\n  \"inputs\": [],\n  \"statements\": "
        "[],\n"
        "  \"tables\": [],\n  \"sequences\": [],\n  \"indexes\": [],\n  \"constraints\": [],\n  \"enums\": "
        "[],\n"
        "  \"policies\": []\n}\n");
}

TEST_CASE("what is no plan is refused with the place") {
  const std::string json = to_json(example());
  const auto problem = [](const std::string& text) {
    const Result<LoadPlan> plan = parse_load_plan(text);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind == Error::Kind::usage);
    return plan.error().message;
  };
  CHECK(problem("").find("no load plan") != std::string::npos);
  CHECK(problem("[1]").find("the text is no object") != std::string::npos);
  CHECK(problem("{}").find("version is missing") != std::string::npos);
  CHECK(problem(json.substr(0, json.size() / 2)).find("no load plan") != std::string::npos);
  for (const char* version : {"4", "6"}) {
    CHECK(problem(replaced(json, "\"version\": 5", std::string("\"version\": ") + version))
              .find(std::string("the load plan is of version ") + version) != std::string::npos);
  }
  CHECK(problem(replaced(json, "\"phase\": \"revalidate\"", "\"phase\": \"at-last\""))
            .find("statements[1].phase is none of roles, pre-data, post-data, revalidate") !=
        std::string::npos);
  CHECK(problem(replaced(json, "\"trim-blanks\"", "\"trim\"")).find("tables[0].columns[1].conversion") !=
        std::string::npos);
  CHECK(problem(replaced(json, "\"rows\": 36684", "\"rows\": -1")).find("tables[0].data[0].rows") !=
        std::string::npos);
  CHECK(problem(replaced(json, "\"name\": \"fee\",", "\"name\": \"fee\", \"source_name\": 1,"))
            .find("tables[0].columns[2].source_name is no string") != std::string::npos);
  CHECK(problem(replaced(json, "\"input\": 1", "\"input\": 2")).find("of 2 inputs") != std::string::npos);
  CHECK(problem(replaced(json, "\"key\"", "\"keys\"")).find("tables[0].key is missing") != std::string::npos);
}

TEST_CASE("conversions have names") {
  CHECK(to_string(LoadPlan::Conversion::none) == "none");
  CHECK(to_string(LoadPlan::Conversion::money_to_decimal) == "money-to-decimal");
}

}  // namespace
}  // namespace pg2crdb
