#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/composite_types.h"
#include "runtime/row_source.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

namespace {

/// A dump in a folder of its own, made piece by piece.
class Dump {
 public:
  Dump() {
    std::string pattern = std::filesystem::temp_directory_path() / "verify-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    plan.inputs.push_back({directory_ + "/dump.sql", 0, ""});
  }
  ~Dump() { std::filesystem::remove_all(directory_); }

  /// Rows in COPY's text, of columns whose names are given.
  void add(const std::string& table, const std::vector<std::string>& columns, const std::string& rows) {
    text_ += "COPY\n";
    LoadPlan::Table added;
    added.schema = added.source_schema = "public";
    added.name = added.source_name = table;
    for (const std::string& name : columns) {
      added.columns.emplace_back();
      added.columns.back().name = added.columns.back().source_name = name;
    }
    added.data.push_back({0, LoadPlan::Data::Format::copy, text_.size(), text_.size() + rows.size(), 2,
                          static_cast<uint64_t>(std::count(rows.begin(), rows.end(), '\n')), columns});
    text_ += rows + "\\.\n";
    plan.tables.push_back(added);
    std::ofstream(plan.inputs[0].path, std::ios::binary) << text_;
    plan.inputs[0].bytes = text_.size();
  }

  LoadPlan plan;

 private:
  std::string directory_;
  std::string text_;
};

VerifiedTable loaded_and_verified(const Dump& dump, const std::string& url,
                                  uint64_t memory = uint64_t{1} << 20) {
  Silent observer;
  Journal journal = memory_journal();
  LoadOptions options = to(url);
  options.memory = memory;
  const auto loaded = load(dump.plan, options, journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  VerifyOptions verification;
  verification.target = url;
  const auto verified = verify(dump.plan, verification, observer);
  if (!verified) FAIL(verified.error().message);
  return verified->back();
}

}  // namespace

TEST_CASE("a dump with line ends of CR LF is equal to what was loaded of it") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.crlf");
  run(target, "CREATE TABLE public.crlf (id INT8 PRIMARY KEY, t STRING)");
  Dump dump;
  dump.add("crlf", {"id", "t"}, "1\ta\r\n2\tb\\r\r\n3\t\r\n");
  CHECK(loaded_and_verified(dump, cockroach().url).success == 3);
  CHECK(value(target, "SELECT count(*) FROM public.crlf WHERE t = e'b\\r'") == "1");
}

TEST_CASE("rows without a column that both sides hold are counted") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.bare");
  run(target, "CREATE TABLE public.bare ()");
  Dump dump;
  dump.add("bare", {}, "\n\n\n");
  CHECK(loaded_and_verified(dump, cockroach().url).success == 3);
  run(target, "INSERT INTO public.bare DEFAULT VALUES");
  Silent observer;
  VerifyOptions options;
  options.target = cockroach().url;
  const auto differs = verify(dump.plan, options, observer);
  REQUIRE_FALSE(differs);
  CHECK(differs.error().message.ends_with("public.bare (missing: 0, mismatch: 0, extraneous: 1)"));
}

TEST_CASE("a row that is longer than what is kept in flight is verified") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection target = connect(postgres().url);
  run(target, "DROP TABLE IF EXISTS public.long");
  run(target, "CREATE TABLE public.long (id INT8 PRIMARY KEY, t TEXT)");
  Dump dump;
  dump.add("long", {"id", "t"}, "1\t" + std::string(size_t{65} << 20, 'x') + "\n2\tshort\n");
  CHECK(loaded_and_verified(dump, postgres().url, uint64_t{1} << 30).success == 2);
  run(target, "DROP TABLE public.long");
}

TEST_CASE("inputs are taken up where a reader left them") {
  std::string pattern = std::filesystem::temp_directory_path() / "verify-XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  const std::string path = pattern + "/input";
  std::ofstream(path) << "0123456789abcdef";
  ReusedInputs inputs(2);
  const auto read = [&](uint64_t position) -> std::string {
    Result<std::unique_ptr<ByteSource>> source = inputs.open(path);
    REQUIRE(source);
    char buffer[2];
    if (position > 0 && !(*source)->skip(position)) return "cannot skip";
    Result<size_t> count = (*source)->read(buffer, 2);
    return count ? std::string(buffer, *count) : "cannot read";
  };
  CHECK(read(0) == "01");
  CHECK(read(10) == "ab");
  CHECK(read(4) == "45");  // behind the one that there is
  std::filesystem::remove(path);
  CHECK(read(8) == "89");
  CHECK(read(14) == "ef");
  CHECK(read(0) == "cannot read");
  std::filesystem::remove_all(pattern);
}

TEST_CASE("composite types are read from the statements that make them") {
  LoadPlan plan;
  const auto add = [&](const std::string& sql) {
    plan.statements.emplace_back();
    plan.statements.back().kind = "CREATE TYPE";
    plan.statements.back().sql = sql;
  };
  add("CREATE TYPE public.mood AS ENUM ('a (', 'b')");
  add("CREATE TYPE \"a b\".\"C\" AS (d TIMESTAMPTZ, \"Odd, \"\"(x\" DECIMAL(5, 2), t STRING)");
  const auto types = composite_types(plan);
  REQUIRE(types.size() == 1);
  REQUIRE(types.begin()->first == "\"a b\".\"C\"");
  const std::vector<CanonicalType>& fields = types.begin()->second.fields;
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].form == CanonicalForm::timestamptz);
  CHECK(fields[1].form == CanonicalForm::number);
  CHECK(fields[2].form == CanonicalForm::text);
}
