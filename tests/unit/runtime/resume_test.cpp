#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/reject_file.h"
#include "support/sha256.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

// Tables whose names read alike when joined, and what a resumed run may believe.

namespace {

const ObjectName kFirst{"a", "b.c"};
const ObjectName kSecond{"a.b", "c"};

class Directory {
 public:
  Directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "resume-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A dump of a."b.c" with 1000 rows and "a.b".c with 500 others, and its plan.
struct Dump {
  Dump() {
    add(kFirst, "first", 1000);
    add(kSecond, "second", 500);
    plan.statements = {
        {"pre-data", "CREATE SCHEMA a", "CREATE SCHEMA", "a", "dump.sql", 1},
        {"pre-data", "CREATE SCHEMA \"a.b\"", "CREATE SCHEMA", "a.b", "dump.sql", 2},
        {"pre-data", "CREATE TABLE a.\"b.c\" (id INT8 PRIMARY KEY, t STRING)", "CREATE TABLE", "a.b.c",
         "dump.sql", 3},
        {"pre-data", "CREATE TABLE \"a.b\".c (id INT8 PRIMARY KEY, t STRING)", "CREATE TABLE", "a.b.c",
         "dump.sql", 4},
        {"post-data", "DO $$ BEGIN NULL; END $$", "DO", "", "dump.sql", 9},
    };
    Sha256 digest;
    digest.add(text);
    plan.inputs = {{directory.file("dump.sql"), text.size(), digest.hexadecimal()}};
    write(text);
  }

  void add(const ObjectName& name, const std::string& word, int count) {
    LoadPlan::Table table;
    table.schema = table.source_schema = name.schema;
    table.name = table.source_name = name.name;
    for (const char* column : {"id", "t"}) {
      LoadPlan::Column planned;
      planned.name = planned.source_name = column;
      planned.source_type = "text";
      planned.target_type = planned.name == "id" ? "INT8" : "STRING";
      table.columns.push_back(planned);
    }
    table.key = {"id"};
    text += "COPY ... FROM stdin;\n";
    const size_t begin = text.size();
    for (int i = 1; i <= count; ++i) text += std::to_string(i) + "\t" + word + "\n";
    table.data.push_back(
        {0, LoadPlan::Data::Format::copy, begin, text.size(), 2, static_cast<uint64_t>(count), {"id", "t"}});
    text += "\\.\n";
    plan.tables.push_back(table);
  }

  void write(const std::string& content) const {
    std::ofstream(directory.file("dump.sql"), std::ios::binary) << content;
  }

  Directory directory;
  std::string text;
  LoadPlan plan;
};

std::string fresh_database(const std::string& name) {
  Connection server = connect(cockroach().url);
  run(server, "DROP DATABASE IF EXISTS " + name + " CASCADE");
  run(server, "CREATE DATABASE " + name);
  return database(cockroach(), name);
}

std::string problem_of(const Result<void>& result) {
  if (result) return {};
  CHECK(result.error().kind == Error::Kind::usage);
  CHECK_FALSE(result.error().advice.empty());
  return result.error().message;
}

}  // namespace

TEST_CASE("two tables whose names read alike when joined get their own rows, and are verified") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump;
  for (const LoadMethod method : {LoadMethod::copy, LoadMethod::import_into}) {
    CAPTURE(method == LoadMethod::copy);
    const std::string url = fresh_database("resume_alike");
    Journal journal = memory_journal();
    Silent observer;
    REQUIRE(apply_phase(dump.plan, "pre-data", url, journal, observer));
    LoadOptions options = to(url);
    options.method = method;
    const auto loaded = load(dump.plan, options, journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    REQUIRE(loaded->size() == 2);
    CHECK((*loaded)[0].table == kFirst);
    CHECK((*loaded)[0].rows == 1000);
    CHECK((*loaded)[1].table == kSecond);
    CHECK((*loaded)[1].rows == 500);
    CHECK(observer.rows["a.\"b.c\""] == 1000);
    CHECK(observer.rows["\"a.b\".c"] == 500);
    Connection target = connect(url);
    CHECK(value(target, "SELECT count(*) FROM a.\"b.c\" WHERE t = 'first'") == "1000");
    CHECK(value(target, "SELECT count(*) FROM \"a.b\".c WHERE t = 'second'") == "500");

    VerifyOptions verifying;
    verifying.target = url;
    const auto verified = verify(dump.plan, verifying, observer);
    if (!verified) FAIL(verified.error().message);
    CHECK((*verified)[0].success == 1000);
    CHECK((*verified)[1].success == 500);

    // The journal knows them apart: of a resumed run, only the one that was begun is loaded again.
    REQUIRE(journal.begin(load_step(kSecond)));
    if (method == LoadMethod::copy) run(target, "TRUNCATE TABLE \"a.b\".c");
    const auto again = load(dump.plan, options, journal, observer);
    if (!again) FAIL(again.error().message);
    CHECK((*again)[0].rows == 1000);
    CHECK((*again)[1].rows == 500);
    // With IMPORT INTO the job that brought its rows is asked.
    const std::string_view said = method == LoadMethod::copy
                                      ? "\"a.b\".c: goes on behind 0 rows"
                                      : "\"a.b\".c: the import that was at work on it, job ";
    CHECK(std::count_if(observer.lines.begin(), observer.lines.end(),
                        [&](const std::string& line) { return line.starts_with(said); }) == 1);
  }
}

TEST_CASE("what the journal calls done is compared with the target") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump;
  const std::string url = fresh_database("resume_target");
  Journal journal = memory_journal();
  Silent observer;
  const auto check = [&] { return problem_of(check_target(dump.plan, {}, url, journal, observer)); };
  CHECK(check().empty());
  CHECK(check().empty());
  // What is not called done need not be there.
  REQUIRE(journal.begin(apply_step("pre-data", 0)));
  CHECK(check().empty());
  REQUIRE(apply_phase(dump.plan, "pre-data", url, journal, observer));
  CHECK(check().empty());
  REQUIRE(load(dump.plan, to(url), journal, observer));
  CHECK(check().empty());

  Connection target = connect(url);
  run(target, "DELETE FROM a.\"b.c\" WHERE id = 7");
  CHECK(check().find("table a.\"b.c\" was loaded with 1,000 rows, and has 999") != std::string::npos);
  run(target, "INSERT INTO a.\"b.c\" VALUES (7, 'first'), (7777, 'more')");
  CHECK(check().find("table a.\"b.c\" was loaded with 1,000 rows, and has 1,001") != std::string::npos);
  run(target, "DROP TABLE a.\"b.c\"");
  CHECK(check().find("table a.\"b.c\" is not there, although it was loaded") != std::string::npos);
  run(target, "CREATE TABLE a.\"b.c\" (id INT8 PRIMARY KEY, t STRING)");
  run(target, "TRUNCATE TABLE \"a.b\".c");
  const std::string both = check();
  CHECK(both.find("table a.\"b.c\" was loaded with 1,000 rows, and has 0") != std::string::npos);
  CHECK(both.find("table \"a.b\".c was loaded with 500 rows, and has 0") != std::string::npos);

  // A statement that may have changed rows since: it is said that they are not counted.
  REQUIRE(journal.done(apply_step("post-data", 4)));
  observer.lines.clear();
  CHECK(check().empty());
  REQUIRE(observer.lines.size() == 1);
  CHECK(observer.lines[0] == "the loaded tables' rows are not counted: dump.sql:9: DO may have changed them");

  fresh_database("resume_target");
  CHECK(check().find("is not the database that the run of") != std::string::npos);
}

TEST_CASE("a table that was made and is not there is missed before any row is loaded") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump;
  const std::string url = fresh_database("resume_tables");
  Journal journal = memory_journal();
  Silent observer;
  REQUIRE(check_target(dump.plan, {}, url, journal, observer));
  REQUIRE(apply_phase(dump.plan, "pre-data", url, journal, observer));
  Connection target = connect(url);
  run(target, "DROP TABLE \"a.b\".c");
  const std::string problem = problem_of(check_target(dump.plan, {}, url, journal, observer));
  CHECK(problem.ends_with(
      "left it: table \"a.b\".c is not there, although all that comes before the rows was applied"));
}

TEST_CASE("an input is compared with the plan by length and digest") {
  const Dump dump;
  const std::string refused = dump.directory.file("dump.sql") + " is not the dump that was compiled: ";
  CHECK(check_inputs(dump.plan));
  std::string edited = dump.text;
  edited[edited.find("first")] = 'F';
  dump.write(edited);
  CHECK(problem_of(check_inputs(dump.plan)).starts_with(refused + "its SHA-256 is "));
  dump.write(dump.text + "\n");
  CHECK(problem_of(check_inputs(dump.plan)) ==
        refused + "it has more than " + std::to_string(dump.text.size()) + " bytes");
  dump.write(dump.text.substr(1));
  CHECK(problem_of(check_inputs(dump.plan)) ==
        refused + "it has less than " + std::to_string(dump.text.size()) + " bytes");
  std::filesystem::remove(dump.directory.file("dump.sql"));
  CHECK_FALSE(check_inputs(dump.plan));
  LoadPlan no_rows = dump.plan;
  for (LoadPlan::Table& table : no_rows.tables) table.data.clear();
  CHECK(check_inputs(no_rows));
}

TEST_CASE("a load of a dump that was edited since does not succeed") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump;
  const std::string url = fresh_database("resume_edited");
  Journal journal = memory_journal();
  Silent observer;
  REQUIRE(apply_phase(dump.plan, "pre-data", url, journal, observer));
  std::string edited = dump.text;
  edited[edited.find("second")] = 'S';
  dump.write(edited);
  const auto loaded = load(dump.plan, to(url), journal, observer);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == Error::Kind::usage);
  CHECK(loaded.error().message.find("is not the dump that was compiled") != std::string::npos);

  // Nothing of what came out of the other dump is believed.
  CHECK(journal.state(load_step(kFirst)) == "begun");
  CHECK(journal.state(load_step(kSecond)) == "begun");
  dump.write(dump.text);
  const auto again = load(dump.plan, to(url), journal, observer);
  if (!again) FAIL(again.error().message);
  Connection target = connect(url);
  CHECK(value(target, "SELECT count(*) FROM \"a.b\".c WHERE t = 'second'") == "500");
}

TEST_CASE("a column of the rows that the table lacks stops the load") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Dump dump;
  dump.plan.tables[1].columns.pop_back();
  const std::string url = fresh_database("resume_columns");
  Journal journal = memory_journal();
  Silent observer;
  REQUIRE(apply_phase(dump.plan, "pre-data", url, journal, observer));
  const auto loaded = load(dump.plan, to(url), journal, observer);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == Error::Kind::usage);
  CHECK(loaded.error().message.ends_with(
      "have values for the column t, which the table \"a.b\".c does not have"));
}

TEST_CASE("rejected rows of a table that is loaded again are forgotten, the others stay") {
  const Directory directory;
  const std::string path = directory.file("rejected");
  const auto text = [&] {
    std::stringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  };
  {
    RejectFile file(path);
    REQUIRE(file.forget({kFirst}));  // there is none yet
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(file.add(kFirst, "dump.sql", 3, "too long", "1\tx\n"));
    REQUIRE(file.add(kSecond, "dump.sql", 9, "tab\there", "2\ty\n"));
    REQUIRE(file.add({"public", "odd\tname"}, "", 0, "no", "3\tz\n"));
  }
  const std::string second = "\"a.b\".c\tdump.sql\t9\ttab\\there\t2\ty\n";
  const std::string odd = "public.\"odd\\tname\"\t\\N\t\\N\tno\t3\tz\n";
  CHECK(text() == "a.\"b.c\"\tdump.sql\t3\ttoo long\t1\tx\n" + second + odd);
  std::ofstream(path, std::ios::binary | std::ios::app) << "a.\"b.c\"\tdump.sql\t4\tcut o";
  {
    RejectFile file(path);
    REQUIRE(file.forget({}));
    REQUIRE(file.forget({kFirst}));
    CHECK(text() == second + odd);
    REQUIRE(file.add(kFirst, "dump.sql", 3, "too long", "1\tx\n"));
  }
  REQUIRE(RejectFile(path).forget({{"public", "odd\tname"}}));
  CHECK(text() == second + "a.\"b.c\"\tdump.sql\t3\ttoo long\t1\tx\n");
}
