#include "runtime/moment.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "runtime/compare_schema.h"
#include "runtime/live_source.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

namespace {

/// Does something once the first table is begun.
struct Meddling : Silent {
  std::function<void()> meddle;
  bool done = false;
  void log(std::string_view line) override {
    Silent::log(line);
    if (done || line.find("first") == std::string_view::npos) return;
    done = true;
    meddle();
  }
};

}  // namespace

TEST_CASE("verify reads both sides as they were when it began") {
  if (cockroach().url.empty() || postgres().url.empty()) SKIP("the servers cannot run here");
  LoadPlan plan;
  plan.tables = {table_of("first", {"id"}, "bigint"), table_of("second", {"id"}, "bigint")};
  for (LoadPlan::Table& table : plan.tables) table.key = {"id"};
  std::vector<std::string> urls;
  for (TestServer* server : {&postgres(), &cockroach()}) {
    Connection made = connect(server->url);
    run(made, "DROP DATABASE IF EXISTS moment");
    run(made, "CREATE DATABASE moment");
    urls.push_back(database(*server, "moment"));
    Connection filled = connect(urls.back());
    for (const char* table : {"first", "second"}) {
      run(filled, std::string("CREATE TABLE ") + table + " (id INT8 PRIMARY KEY)");
      run(filled, std::string("INSERT INTO ") + table + " SELECT i FROM generate_series(1, 100) AS s (i)");
    }
  }
  VerifyOptions options;
  options.source = urls[0];
  options.target = urls[1];
  options.jobs = 1;
  Meddling observer;
  observer.meddle = [&] {
    for (const std::string& url : urls) {
      Connection other = connect(url);
      run(other, "DELETE FROM second WHERE id <= " + std::string(url == urls[0] ? "7" : "3"));
    }
  };
  const auto verified = verify(plan, options, observer);
  if (!verified) FAIL(verified.error().message);
  CHECK(observer.done);
  CHECK((*verified)[1].success == 100);
  Silent after;
  const auto later = verify(plan, options, after);
  REQUIRE_FALSE(later);
  CHECK(later.error().kind == Error::Kind::differs);
}

TEST_CASE("a table that is emptied, rewritten or replaced behind a snapshot is not one without rows") {
  if (postgres().url.empty()) SKIP("the server cannot run here");
  const LoadPlan::Table plain = table_of("plain", {"id"}, "integer");
  const LoadPlan::Table parted = table_of("parted", {"id"}, "integer");
  Connection made = connect(postgres().url);
  run(made, "CREATE DATABASE rewritten");
  const std::string url = database(postgres(), "rewritten");
  const auto check_behind = [&](const char* change, const LoadPlan::Table& table) {
    Connection other = connect(url);
    run(other,
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE plain AS SELECT 1 AS id; CREATE "
        "TABLE likewise (id integer); "
        "CREATE TABLE parted (id integer) PARTITION BY LIST (id); "
        "CREATE TABLE odd PARTITION OF parted FOR VALUES IN (1, 3) PARTITION BY LIST (id); "
        "CREATE TABLE one PARTITION OF odd FOR VALUES IN (1); "
        "CREATE TABLE two PARTITION OF parted FOR VALUES IN (2); INSERT INTO parted VALUES (1), (2)");
    Result<Connection> reader = open_source(url, {});
    REQUIRE(reader);
    run(*reader, "SELECT 1");
    run(other, change);
    return check_was_whole(*reader, table);
  };
  for (const char* change : {"TRUNCATE plain", "ALTER TABLE plain ALTER COLUMN id TYPE bigint",
                             "DROP TABLE plain; CREATE TABLE plain (id integer)", "DROP TABLE plain",
                             "ALTER TABLE plain RENAME TO gone; ALTER TABLE likewise RENAME TO plain"}) {
    INFO(change);
    const Result<void> whole = check_behind(change, plain);
    REQUIRE_FALSE(whole);
    CHECK(whole.error().kind == Error::Kind::interrupted);
  }
  for (const char* change :
       {"TRUNCATE one", "DROP TABLE two", "DROP TABLE odd", "ALTER TABLE parted DETACH PARTITION two",
        "ALTER TABLE odd DETACH PARTITION one", "ALTER TABLE parted DETACH PARTITION odd"}) {
    INFO(change);
    CHECK_FALSE(check_behind(change, parted));
  }
  for (const char* change : {"SELECT 1", "DELETE FROM plain; DELETE FROM parted",
                             "ALTER TABLE plain ADD COLUMN more integer", "CREATE INDEX ON plain (id)",
                             "TRUNCATE likewise", "CREATE TABLE three PARTITION OF odd FOR VALUES IN (3)"}) {
    INFO(change);
    for (const LoadPlan::Table& table : {plain, parted}) {
      const Result<void> whole = check_behind(change, table);
      if (!whole) FAIL(whole.error().message);
    }
  }
}

TEST_CASE("rows of that moment that the cluster threw away are explained") {
  Error gone{Error::Kind::interrupted, "batch timestamp 1.0,0 must be after replica GC threshold 2.0,0",
             "XXUUU", ""};
  CHECK(explain_moment(gone).advice.find("gc.ttlseconds") != std::string::npos);
  gone.message = "out of memory";
  CHECK(explain_moment(gone).advice.empty());
}

TEST_CASE("emitted types as format_type() has them") {
  const std::pair<const char*, const char*> types[] = {
      {"INT4", "integer"},
      {"INT8[]", "bigint[]"},
      {"VARCHAR", "character varying"},
      {"VARCHAR(10)[]", "character varying(10)[]"},
      {"DECIMAL(10,2)", "numeric(10,2)"},
      {"DECIMAL(10)", "numeric(10,0)"},
      {"CHAR", "character(1)"},
      {"BIT", "bit(1)"},
      {"BIT(8)", "bit(8)"},
      {"VARBIT(5)", "bit varying(5)"},
      {"TIMESTAMP(3)[]", "timestamp(3) without time zone[]"},
      {"TIMESTAMPTZ(0)", "timestamp(0) with time zone"},
      {"TIME(3)", "time(3) without time zone"},
      {"INTERVAL(3)", "interval(3)"},
      {"STRING", "text"},
      {"TEXT", "text"},
      {"TEXT[]", "text[]"},
      {"BYTEA", "bytea"},
      {"INTERVAL YEAR TO MONTH", ""},
      {"TIMESTAMP(6)", ""},
      {"public.mood", ""},
      {"GEOMETRY(POINT,4326)", ""},
      {"", ""},
  };
  for (const auto& [emitted, formatted] : types) {
    CAPTURE(emitted);
    CHECK(formatted_type(emitted) == formatted);
  }
}
