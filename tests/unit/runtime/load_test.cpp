#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rows/copy_text.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

namespace {

/// A dump of one table `public.t (id, t, n)` whose rows are given in COPY's text.
struct Dump {
  explicit Dump(const std::string& rows) {
    std::string pattern = std::filesystem::temp_directory_path() / "load-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
    path = directory + "/dump.sql";
    const std::string head = "COPY public.t (id, t, n) FROM stdin;\n";
    std::ofstream(path, std::ios::binary) << head << rows << "\\.\n";
    LoadPlan::Table table;
    table.schema = table.source_schema = "public";
    table.name = table.source_name = "t";
    for (const char* name : {"id", "t", "n"}) {
      LoadPlan::Column column;
      column.name = column.source_name = name;
      table.columns.push_back(column);
    }
    table.data.push_back({0,
                          LoadPlan::Data::Format::copy,
                          head.size(),
                          head.size() + rows.size(),
                          2,
                          static_cast<uint64_t>(std::count(rows.begin(), rows.end(), '\n')),
                          {"id", "t", "n"}});
    plan.inputs.push_back({path, head.size() + rows.size() + 3, ""});
    plan.tables.push_back(table);
  }
  ~Dump() { std::filesystem::remove_all(directory); }
  std::string reject_file() const { return directory + "/rejects"; }

  std::string directory;
  std::string path;
  LoadPlan plan;
};

std::string many_rows(int count) {
  std::string rows;
  for (int i = 1; i <= count; ++i) {
    rows += std::to_string(i) + "\trow \\\\ \"" + std::to_string(i) + "\", tab\\t\t" +
            (i % 7 == 0 ? "\\N" : "1.50") + "\n";
  }
  return rows;
}

}  // namespace

TEST_CASE("a dump's rows arrive, whatever way they take") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  CHECK(target.is_cockroachdb());
  const Dump dump(many_rows(20000));
  for (const char* way : {"copy", "import", "import gzip"}) {
    CAPTURE(way);
    run(target, "DROP TABLE IF EXISTS public.t");
    run(target, "CREATE TABLE public.t (id INT8 PRIMARY KEY, t STRING NOT NULL, n DECIMAL(5,2))");
    LoadOptions options = to(cockroach().url);
    if (std::string_view(way) != "copy") options.method = LoadMethod::import_into;
    if (std::string_view(way) == "import gzip") options.compress = "gzip";
    if (std::string_view(way) == "import") options.host_files = dump.directory + "/files";
    Journal journal = memory_journal();
    Silent observer;
    const auto loaded = load(dump.plan, options, journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    REQUIRE(loaded->size() == 1);
    CHECK((*loaded)[0].rows == 20000);
    CHECK((*loaded)[0].rejected == 0);
    CHECK(observer.rows["public.t"] == 20000);
    CHECK(journal.state(load_step({"public", "t"})) == "done");
    CHECK(
        value(target, "SELECT count(*) FROM public.t WHERE t = 'row \\ \"' || id::STRING || E'\", tab\\t'") ==
        "20000");
    CHECK(value(target, "SELECT count(*) FROM public.t WHERE n IS NULL") == "2857");
    if (!options.host_files.empty()) CHECK(std::filesystem::is_empty(options.host_files));
  }
}

TEST_CASE("blocks of rows may have their columns in other orders") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  Dump dump("1\ta\t1\n2\tb\t2\n3\t4\n");
  LoadPlan::Data& first = dump.plan.tables[0].data[0];
  LoadPlan::Data second = first;
  first.end -= 4;
  first.rows = 2;
  second.begin = first.end;
  second.first_line = 4;
  second.rows = 1;
  second.columns = {"t", "id"};
  dump.plan.tables[0].data.push_back(second);
  for (const LoadMethod method : {LoadMethod::copy, LoadMethod::import_into}) {
    CAPTURE(method == LoadMethod::copy);
    run(target, "DROP TABLE IF EXISTS public.t");
    run(target, "CREATE TABLE public.t (id INT8 PRIMARY KEY, t STRING NOT NULL, n DECIMAL(5,2))");
    LoadOptions options = to(cockroach().url);
    options.method = method;
    Journal journal = memory_journal();
    Silent observer;
    const auto loaded = load(dump.plan, options, journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    CHECK((*loaded)[0].rows == 3);
    CHECK(value(target, "SELECT count(*) FROM public.t WHERE id = 4 AND t = '3' AND n IS NULL") == "1");
  }
}

TEST_CASE("a failed import is told in words, and changes nothing") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.t");
  run(target, "CREATE TABLE public.t (id INT8 PRIMARY KEY, t STRING NOT NULL, n DECIMAL(5,2))");
  LoadOptions options = to(cockroach().url, 1);
  options.method = LoadMethod::import_into;
  Silent observer;
  {
    const Dump dump("1\ta\t1\n2\tb\t1\n1\tc\t1\n");
    Journal journal = memory_journal();
    const auto loaded = load(dump.plan, options, journal, observer);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().kind == Error::Kind::interrupted);
    CHECK(loaded.error().message.starts_with("public.t: XXUUU: two rows have the same key"));
    CHECK(journal.state(load_step({"public", "t"})) == "begun");
  }
  {
    const Dump dump("1\ta\t1\nzwei\tb\t1\n");
    Journal journal = memory_journal();
    const auto loaded = load(dump.plan, options, journal, observer);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().kind == Error::Kind::interrupted);
    CHECK(loaded.error().message.find("the cluster does not take a row: row 2 of those from") !=
          std::string::npos);
  }
  {
    const Dump dump("1\ta\t1\n");
    options.host_files = "http://127.0.0.1:1/nowhere";
    options.state_dir = dump.directory;
    Journal journal = memory_journal();
    const auto loaded = load(dump.plan, options, journal, observer);
    REQUIRE_FALSE(loaded);
    CAPTURE(loaded.error().message);
    CHECK(loaded.error().message.find("cannot fetch the import files") != std::string::npos);
  }
  CHECK(value(target, "SELECT count(*) FROM public.t") == "0");
}

TEST_CASE("bad rows: none allowed, some allowed, more than allowed") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  std::string rows = many_rows(3000);
  const auto spoil = [&](int id, const std::string& with) {
    const size_t begin = id == 1 ? 0 : rows.find("\n" + std::to_string(id) + "\t") + 1;
    rows.replace(begin, rows.find('\n', begin) - begin, with);
  };
  spoil(700, "700\t\\N\t1");     // NOT NULL: line 701
  spoil(2500, "nix\tx\t1");      // no integer: line 2501
  spoil(2501, "5\tdouble\t1");   // the key of another row: line 2502
  spoil(2800, "2800\ttoo few");  // line 2801
  const Dump dump(rows);
  const auto fresh = [&] {
    run(target, "DROP TABLE IF EXISTS public.t");
    run(target, "CREATE TABLE public.t (id INT8 PRIMARY KEY, t STRING NOT NULL, n DECIMAL(5,2))");
  };
  Silent observer;
  LoadOptions options = to(cockroach().url, 1);

  fresh();
  Journal strict = memory_journal();
  auto loaded = load(dump.plan, options, strict, observer);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == Error::Kind::interrupted);
  CAPTURE(loaded.error().message);
  CHECK(loaded.error().message.find(dump.path + ":701 was refused: 23502") != std::string::npos);
  CHECK(strict.state(load_step({"public", "t"})) == "begun");

  // The table is not empty now: a new run refuses, a resumed one begins it anew.
  options.max_bad_rows = 4;
  options.reject_file = dump.reject_file();
  Journal other = memory_journal();
  loaded = load(dump.plan, options, other, observer);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == Error::Kind::usage);
  CHECK(loaded.error().message == "public.t holds rows already");

  loaded = load(dump.plan, options, strict, observer);
  if (!loaded) FAIL(loaded.error().message);
  CHECK((*loaded)[0].rows == 2996);
  CHECK((*loaded)[0].rejected == 4);
  CHECK(value(target, "SELECT count(*) FROM public.t") == "2996");
  std::stringstream text;
  text << std::ifstream(dump.reject_file()).rdbuf();
  CHECK(text.str().find("public.t\t" + dump.path + "\t701\t23502: ") != std::string::npos);
  CHECK(text.str().find("\t2501\t22P02: ") != std::string::npos);
  CHECK(text.str().find("\t2502\t23505: ") != std::string::npos);
  CHECK(text.str().find("\t2801\texpected 3 values, got 2\t2800\ttoo few\n") != std::string::npos);

  // Done tables keep their counts in a resumed run.
  loaded = load(dump.plan, options, strict, observer);
  REQUIRE(loaded);
  CHECK((*loaded)[0].rows == 2996);
  CHECK((*loaded)[0].rejected == 4);

  fresh();
  options.max_bad_rows = 2;
  Journal third = memory_journal();
  loaded = load(dump.plan, options, third, observer);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().kind == Error::Kind::interrupted);
  CHECK(loaded.error().message.find("more than 2 rows were refused") != std::string::npos);
}

TEST_CASE(
    "a live source is read whole, partitions once, a one-column table with NULLs, a table without columns") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = connect(postgres().url);
  run(server, "CREATE DATABASE source");
  run(server, "CREATE DATABASE target");
  Connection source = connect(database(postgres(), "source"));
  Connection target = connect(database(postgres(), "target"));
  const std::string tables =
      "CREATE TABLE one (v text); CREATE TABLE none (); CREATE TABLE parent (id int, k text, g int GENERATED "
      "ALWAYS AS "
      "(id * 2) STORED); CREATE TABLE child () INHERITS (parent); CREATE TABLE \"Odd \"\"Name\" (\"select\" "
      "int, "
      "c char(5))";
  run(source, tables);
  run(target, tables);
  run(source,
      "CREATE TABLE part (id int, t text) PARTITION BY LIST (id); CREATE TABLE part1 PARTITION OF part FOR "
      "VALUES "
      "IN (1); CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2)");
  run(target, "CREATE TABLE part (id int, t text)");
  run(source,
      "INSERT INTO one VALUES (NULL), (''), ('\\N'), (E'x\\ny'), ('NULL'); INSERT INTO none DEFAULT VALUES; "
      "INSERT "
      "INTO none DEFAULT VALUES; INSERT INTO parent VALUES (1, 'p'); INSERT INTO child VALUES (2, 'c'); "
      "INSERT "
      "INTO part VALUES (1, 'a'), (2, 'b'), (2, NULL); INSERT INTO \"Odd \"\"Name\" SELECT i, 'a' FROM "
      "generate_series(1, 5000) i");
  LoadPlan plan;
  const auto add = [&](const std::string& name, const std::vector<std::string>& columns) {
    LoadPlan::Table table;
    table.schema = table.source_schema = "public";
    table.name = table.source_name = name;
    for (const std::string& column : columns) {
      LoadPlan::Column planned;
      planned.name = planned.source_name = column;
      planned.generated = column == "g";
      if (column == "c") planned.conversion = LoadPlan::Conversion::trim_blanks;
      table.columns.push_back(planned);
    }
    plan.tables.push_back(table);
  };
  add("one", {"v"});
  add("none", {});
  add("parent", {"id", "k", "g"});
  add("child", {"id", "k", "g"});
  add("part", {"id", "t"});
  add("Odd \"Name", {"select", "c"});

  LoadOptions options = to(database(postgres(), "target"), 3);
  options.source = database(postgres(), "source");
  Journal journal = memory_journal();
  Silent observer;
  const auto loaded = load(plan, options, journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  std::vector<uint64_t> counts;
  for (const LoadedTable& table : *loaded) counts.push_back(table.rows);
  CHECK(counts == std::vector<uint64_t>{5, 2, 1, 1, 3, 5000});
  const std::string one = "SELECT string_agg(coalesce(quote_literal(v), 'NULL'), ' ' ORDER BY v) FROM one";
  CHECK(value(target, one) == value(source, one));
  CHECK(value(target, "SELECT count(*) FROM ONLY parent WHERE g = 2") == "1");
  CHECK(value(target, "SELECT count(*) FROM part") == "3");

  LoadOptions limited = options;
  limited.row_limit = 2;
  run(target, "TRUNCATE one, none, parent, child, part, \"Odd \"\"Name\"");
  Journal second = memory_journal();
  const auto few = load(plan, limited, second, observer);
  if (!few) FAIL(few.error().message);
  CHECK((*few)[5].rows == 2);

  // A table that the source lacks is named.
  add("nosuch", {"id"});
  run(target, "TRUNCATE one, none, parent, child, part, \"Odd \"\"Name\"; CREATE TABLE nosuch (id int)");
  Journal third = memory_journal();
  const auto missing = load(plan, options, third, observer);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "public.nosuch: the source has no such table");
}

TEST_CASE("statements of a phase are applied once, and a refused one is traced to the dump") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  LoadPlan plan;
  plan.statements = {
      {"pre-data", "CREATE SCHEMA apply_test", "CREATE SCHEMA", "apply_test", "dump.sql", 10},
      {"pre-data", "CREATE TABLE apply_test.a (id INT8 PRIMARY KEY)", "CREATE TABLE", "apply_test.a",
       "dump.sql", 12},
      {"post-data", "ALTER TABLE apply_test.nosuch ADD COLUMN x INT8", "ALTER TABLE", "apply_test.nosuch",
       "dump.sql", 120},
  };
  Silent observer;
  Journal journal = memory_journal();
  // As after a run that died before it could note the answer.
  REQUIRE(journal.begin(apply_step("pre-data", 0)));
  REQUIRE(apply_phase(plan, "pre-data", cockroach().url, journal, observer));
  CHECK(journal.state(apply_step("pre-data", 1)) == "done");
  REQUIRE(apply_phase(plan, "pre-data", cockroach().url, journal, observer));

  Result<void> refused = apply_phase(plan, "post-data", cockroach().url, journal, observer);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Error::Kind::interrupted);
  CHECK(refused.error().message.starts_with("dump.sql:120: ALTER TABLE apply_test.nosuch: ERROR 42P01: "));
  CHECK_FALSE(refused.error().advice.empty());
  CHECK(journal.state(apply_step("post-data", 2)) == "");

  Journal anew = memory_journal();
  Result<void> exists = apply_phase(plan, "pre-data", cockroach().url, anew, observer);
  REQUIRE_FALSE(exists);
  CHECK(exists.error().sqlstate == "42P06");
  REQUIRE(anew.begin(apply_step("pre-data", 0)));
  CHECK(apply_phase(plan, "pre-data", cockroach().url, anew, observer)
            .error()
            .message.starts_with("dump.sql:12: "));
}

TEST_CASE("a requested stop ends a load resumably") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.t");
  run(target, "CREATE TABLE public.t (id INT8 PRIMARY KEY, t STRING NOT NULL, n DECIMAL(5,2))");
  const Dump dump(many_rows(20000));
  struct Stopper : Silent {
    void rows_moved(std::string_view, uint64_t, uint64_t) override { stop_requested = true; }
  } observer;
  Journal journal = memory_journal();
  const auto stopped = load(dump.plan, to(cockroach().url, 1), journal, observer);
  stop_requested = false;
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == Error::Kind::interrupted);
  CHECK(journal.state(load_step({"public", "t"})) == "begun");
  Silent quiet;
  const auto resumed = load(dump.plan, to(cockroach().url, 1), journal, quiet);
  if (!resumed) FAIL(resumed.error().message);
  CHECK(value(target, "SELECT count(*) FROM public.t") == "20000");
}

TEST_CASE("foreign keys that are there already are found before a row is written") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.t");
  run(target, "CREATE TABLE public.t (id INT8 PRIMARY KEY, t STRING NOT NULL, n DECIMAL(5,2))");
  run(target, "CREATE TABLE public.outside (id INT8 PRIMARY KEY)");
  const Dump dump("2\ta\t1\n");
  Silent observer;
  LoadOptions options = to(cockroach().url, 1);
  Journal journal = memory_journal();
  run(target,
      "ALTER TABLE public.t ADD CONSTRAINT elsewhere FOREIGN KEY (id) REFERENCES public.outside (id)");
  CHECK(check_foreign_keys(dump.plan, options, journal, observer));

  run(target, "ALTER TABLE public.t ADD CONSTRAINT itself FOREIGN KEY (id) REFERENCES public.t (id)");
  const Result<void> refused = check_foreign_keys(dump.plan, options, journal, observer);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Error::Kind::usage);
  CHECK(refused.error().message.ends_with("those they refer to: itself on public.t"));
  CHECK(observer.lines.empty());

  options.method = LoadMethod::import_into;
  CHECK(check_foreign_keys(dump.plan, options, journal, observer));
  REQUIRE(observer.lines.size() == 1);
  CHECK(observer.lines[0].find("itself on public.t") != std::string::npos);
  run(target, "DROP TABLE public.t");
  run(target, "DROP TABLE public.outside");
}
