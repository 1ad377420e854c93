#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

// crm.people becomes public.persons, its id person_id; "last" and "first" take each other's name, and so do
// the tables crm.a and crm.b.

namespace {

LoadPlan::Table table(const std::string& name, const std::string& source_name,
                      const std::vector<std::pair<std::string, std::string>>& columns) {
  LoadPlan::Table table;
  table.schema = "public";
  table.name = name;
  table.source_schema = "crm";
  table.source_name = source_name;
  for (const auto& [column, source_column] : columns) {
    LoadPlan::Column planned;
    planned.name = column;
    planned.source_name = source_column;
    planned.source_type = "text";
    planned.target_type = "STRING";
    table.columns.push_back(planned);
  }
  return table;
}

LoadPlan renaming_plan() {
  LoadPlan plan;
  LoadPlan::Table persons =
      table("persons", "people",
            {{"person_id", "id"}, {"last", "first"}, {"first", "last"}, {"fee", "price"}, {"shout", "loud"}});
  persons.key = {"person_id"};
  persons.columns[0].source_type = "integer";
  persons.columns[0].target_type = "INT8";
  persons.columns[3].source_type = "money";
  persons.columns[3].target_type = "DECIMAL(19,2)";
  persons.columns[3].conversion = LoadPlan::Conversion::money_to_decimal;
  persons.columns[4].generated = true;
  plan.tables.push_back(persons);
  plan.tables.push_back(table("a", "b", {{"t", "t"}}));
  plan.tables.push_back(table("b", "a", {{"t", "t"}}));
  return plan;
}

/// A dump in a file, and the plan of its rows.
class Dump {
 public:
  Dump() : plan(renaming_plan()) {
    std::string pattern = std::filesystem::temp_directory_path() / "rename-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
  }
  ~Dump() { std::filesystem::remove_all(directory_); }
  Dump(const Dump&) = delete;
  Dump& operator=(const Dump&) = delete;

  /// Adds a block; `head` and `tail` stand around the rows.
  void add(const std::string& source_table, std::vector<std::string> columns, LoadPlan::Data::Format format,
           const std::string& head, const std::string& rows, uint64_t count, const std::string& tail) {
    const auto found =
        std::find_if(plan.tables.begin(), plan.tables.end(),
                     [&](const LoadPlan::Table& table) { return table.source_name == source_table; });
    REQUIRE(found != plan.tables.end());
    text_ += head;
    const auto line = static_cast<uint64_t>(std::count(text_.begin(), text_.end(), '\n')) + 1;
    found->data.push_back(
        {0, format, text_.size(), text_.size() + rows.size(), line, count, std::move(columns)});
    text_ += rows + tail;
  }

  const LoadPlan& written() {
    const std::string path = directory_ + "/dump.sql";
    std::ofstream(path, std::ios::binary) << text_;
    plan.inputs = {{path, text_.size(), ""}};
    return plan;
  }

  LoadPlan plan;

 private:
  std::string directory_;
  std::string text_;
};

void fill_with_copy(Dump& dump) {
  const auto copy = LoadPlan::Data::Format::copy;
  dump.add("people", {"id", "first", "last", "price"}, copy,
           "COPY crm.people (id, first, last, price) FROM stdin;\n",
           "1\tAda\tLovelace\t$1.00\n2\tGrace\tHopper\t$2,000.50\n", 2, "\\.\n");
  dump.add("a", {"t"}, copy, "COPY crm.a (t) FROM stdin;\n", "in a\n", 1, "\\.\n");
  dump.add("b", {"t"}, copy, "COPY crm.b (t) FROM stdin;\n", "in b\nin b\n", 2, "\\.\n");
  dump.add("people", {"last", "id", "price", "first"}, copy,
           "COPY crm.people (last, id, price, first) FROM stdin;\n", "Curie\t3\t\\N\tMarie\n", 1, "\\.\n");
}

void fill_with_inserts(Dump& dump) {
  const auto insert = LoadPlan::Data::Format::insert;
  dump.add("people", {"id", "first", "last", "price", "loud"}, insert, "",
           "INSERT INTO crm.people (id, first, last, price, loud) VALUES (1, 'Ada', 'Lovelace', '$1.00', "
           "DEFAULT);\n"
           "INSERT INTO crm.people VALUES (2, 'Grace', 'Hopper', '$2,000.50', DEFAULT);",
           2, "\n");
  dump.add("a", {"t"}, insert, "", "INSERT INTO crm.a (t) VALUES ('in a');", 1, "\n");
  dump.add("b", {"t"}, insert, "", "INSERT INTO crm.b VALUES ('in b'), ('in b');", 2, "\n");
  dump.add("people", {"last", "id", "loud", "price", "first"}, insert, "",
           "INSERT INTO crm.people (last, id, loud, price, first) VALUES ('Curie', 3, DEFAULT, NULL, "
           "'Marie');",
           1, "\n");
}

void make_target(Connection& target) {
  run(target, "DROP TABLE IF EXISTS public.persons");
  run(target, "DROP TABLE IF EXISTS public.a");
  run(target, "DROP TABLE IF EXISTS public.b");
  run(target,
      "CREATE TABLE public.persons (person_id INT8 PRIMARY KEY, last STRING, first STRING, fee "
      "DECIMAL(19,2), shout STRING AS (last || '!') STORED)");
  run(target, "CREATE TABLE public.a (t STRING)");
  run(target, "CREATE TABLE public.b (t STRING)");
}

void check_rows(Connection& target) {
  CHECK(value(target, "SELECT count(*) FROM public.persons") == "3");
  CHECK(
      value(target, "SELECT last || ' ' || first || ' ' || shout FROM public.persons WHERE person_id = 1") ==
      "Ada Lovelace Ada!");
  CHECK(value(target, "SELECT fee FROM public.persons WHERE last = 'Grace' AND first = 'Hopper'") ==
        "2000.50");
  CHECK(value(target, "SELECT count(*) FROM public.persons WHERE last = 'Marie' AND fee IS NULL") == "1");
  CHECK(value(target, "SELECT count(*) FROM public.a WHERE t = 'in b'") == "2");
  CHECK(value(target, "SELECT count(*) FROM public.b WHERE t = 'in a'") == "1");
}

bool said(const Silent& observer, const std::string& line) {
  return std::find(observer.lines.begin(), observer.lines.end(), line) != observer.lines.end();
}

/// The rows are equal; then one value is not, and is named as the target has it.
void check_verify(Connection& target, const LoadPlan& plan, const std::string& source) {
  VerifyOptions options;
  options.source = source;
  options.target = cockroach().url;
  options.jobs = 2;
  Silent observer;
  const auto verified = verify(plan, options, observer);
  if (!verified) FAIL(verified.error().message);
  REQUIRE(verified->size() == 3);
  CHECK((*verified)[0].table == ObjectName{"public", "persons"});
  CHECK((*verified)[0].success == 3);
  CHECK((*verified)[1].table == ObjectName{"public", "a"});
  CHECK((*verified)[1].success == 2);
  CHECK((*verified)[2].success == 1);

  run(target, "UPDATE public.persons SET first = 'Byron' WHERE person_id = 1");
  Silent found;
  const auto differs = verify(plan, options, found);
  REQUIRE_FALSE(differs);
  CHECK(differs.error().kind == Error::Kind::differs);
  CHECK(differs.error().message.find("public.persons (missing: 0, mismatch: 1, extraneous: 0)") !=
        std::string::npos);
  CHECK(said(found,
             "mismatching row on public.persons: key (person_id)=(1): column first: source 'Lovelace', "
             "target 'Byron'"));
}

void check_dump(Dump& dump) {
  Connection target = connect(cockroach().url);
  const LoadPlan& plan = dump.written();
  for (const LoadMethod method : {LoadMethod::copy, LoadMethod::import_into}) {
    CAPTURE(method == LoadMethod::copy);
    make_target(target);
    LoadOptions options = to(cockroach().url);
    options.method = method;
    Journal journal = memory_journal();
    Silent observer;
    const auto loaded = load(plan, options, journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    CHECK((*loaded)[0].table == ObjectName{"public", "persons"});
    CHECK(journal.state(load_step({"public", "persons"})) == "done");
    check_rows(target);
    check_verify(target, plan, {});
  }
}

}  // namespace

TEST_CASE("rows of COPY go where the table and its columns are now") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Dump dump;
  fill_with_copy(dump);
  check_dump(dump);
}

TEST_CASE("rows of INSERTs go where the table and its columns are now") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Dump dump;
  fill_with_inserts(dump);
  check_dump(dump);
}

TEST_CASE("a live source is asked by its own names") {
  if (cockroach().url.empty() || postgres().url.empty()) SKIP("the servers cannot run here");
  Connection server = connect(postgres().url);
  run(server, "CREATE DATABASE renaming");
  const std::string url = database(postgres(), "renaming");
  Connection source = connect(url);
  run(source,
      "SET lc_monetary = 'C'; CREATE SCHEMA crm; CREATE TABLE crm.people (id int PRIMARY KEY, first text, "
      "last "
      "text, price money, loud text GENERATED ALWAYS AS (first || '!') STORED); CREATE TABLE crm.a (t text); "
      "CREATE TABLE crm.b (t text) PARTITION BY LIST (t); CREATE TABLE crm.persons PARTITION OF crm.b "
      "DEFAULT; "
      "INSERT INTO crm.people VALUES (1, 'Ada', 'Lovelace', 1), (2, 'Grace', 'Hopper', 2000.50), (3, "
      "'Marie', "
      "'Curie', NULL); INSERT INTO crm.a VALUES ('in a'); INSERT INTO crm.b VALUES ('in b'), ('in b')");
  Connection target = connect(cockroach().url);
  make_target(target);
  LoadPlan plan = renaming_plan();
  LoadOptions options = to(cockroach().url);
  options.source = url;
  Journal journal = memory_journal();
  Silent observer;
  const auto loaded = load(plan, options, journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  check_rows(target);
  check_verify(target, plan, url);

  // What the source lacks is told by both names.
  plan.tables[0].source_name = "nobody";
  make_target(target);
  Journal again = memory_journal();
  const auto missing = load(plan, options, again, observer);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "public.persons (crm.nobody in the source): the source has no such table");
  VerifyOptions verifying;
  verifying.source = url;
  verifying.target = cockroach().url;
  const auto unverified = verify(plan, verifying, observer);
  REQUIRE_FALSE(unverified);
  CHECK(unverified.error().message ==
        "cannot compare public.persons (crm.nobody in the source): the source has no such table");
}

TEST_CASE("a renamed table's identity column goes on where the source was") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.persons");
  run(target,
      "CREATE TABLE public.persons (person_id INT8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, last "
      "STRING)");
  LoadPlan plan = renaming_plan();
  LoadPlan::Sequence sequence;
  sequence.schema = "public";
  sequence.name = "people_id_seq";
  sequence.source_schema = "crm";
  sequence.source_name = "people_id_seq";
  sequence.value = 41;
  sequence.has_value = true;
  plan.sequences.push_back(sequence);
  Silent observer;
  const Result<void> set = set_sequences(plan, {}, cockroach().url, observer);
  if (!set) FAIL(set.error().message);
  CHECK(value(target, "INSERT INTO public.persons (last) VALUES ('Ada') RETURNING person_id") == "42");
}
