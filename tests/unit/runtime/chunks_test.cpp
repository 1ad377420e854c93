#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "runtime/row_source.h"
#include "support/counted.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

// The chunks of a load: the same in each run, and none twice on the target.

namespace {

/// A dump of a table `t` with rows of changing lengths.
struct Dump {
  explicit Dump(int count) {
    std::string pattern = std::filesystem::temp_directory_path() / "chunks-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
    for (int i = 1; i <= count; ++i)
      rows += std::to_string(i) + "\t" + std::string(static_cast<size_t>(i * 37 % 400), 'x') + "\n";
    const std::string head = "COPY public.t (id, t) FROM stdin;\n";
    text = head + rows + "\\.\n";
    std::ofstream(directory + "/dump.sql", std::ios::binary) << text;
    LoadPlan::Table table = table_of("t", {"id", "t"}, "text");
    table.data.push_back({0,
                          LoadPlan::Data::Format::copy,
                          head.size(),
                          head.size() + rows.size(),
                          2,
                          static_cast<uint64_t>(count),
                          {"id", "t"}});
    plan.inputs.push_back({directory + "/dump.sql", text.size(), ""});
    plan.tables.push_back(table);
  }
  ~Dump() { std::filesystem::remove_all(directory); }

  std::string directory;
  std::string rows;
  std::string text;
  LoadPlan plan;
};

/// Gives as many bytes at once as chance has it, as a pipe does.
class Trickle : public ByteSource {
 public:
  Trickle(std::string_view text, unsigned seed) : text_(text), random_(seed) {}
  Result<size_t> read(char* buffer, size_t size) override {
    const size_t most = std::min<size_t>(size, std::uniform_int_distribution<size_t>(1, 3000)(random_));
    const size_t count = std::min(most, text_.size());
    std::copy_n(text_.begin(), count, buffer);
    text_.remove_prefix(count);
    return count;
  }
  Result<void> skip(uint64_t count) override {
    text_.remove_prefix(static_cast<size_t>(count));
    return {};
  }

 private:
  std::string_view text_;
  std::minstd_rand random_;
};

struct Collector : BatchSink {
  std::vector<std::pair<ChunkPlace, std::string>> chunks;
  bool table_begins(size_t) override { return true; }
  bool take(Batch batch) override {
    chunks.emplace_back(batch.place, batch.rows);
    return true;
  }
  bool table_ends(size_t) override { return true; }
};

/// Requests a stop once so many rows have arrived.
struct Stopping : Silent {
  explicit Stopping(uint64_t rows_left) : left(rows_left) {}
  uint64_t left;
  void rows_moved(std::string_view table, uint64_t count, uint64_t bytes) override {
    Silent::rows_moved(table, count, bytes);
    left -= std::min(left, count);
    if (left == 0) stop_requested = true;
  }
};

std::string database_with_table(const std::string& name) {
  Connection server = connect(cockroach().url);
  run(server, "DROP DATABASE IF EXISTS " + name + " CASCADE");
  run(server, "CREATE DATABASE " + name);
  Connection made = connect(database(cockroach(), name));
  run(made, "CREATE TABLE t (id STRING, t STRING)");
  return database(cockroach(), name);
}

/// Loads until so many rows have arrived.
void load_some(const LoadPlan& plan, const LoadOptions& options, Journal& journal, uint64_t rows) {
  Stopping observer(rows);
  const auto stopped = load(plan, options, journal, observer);
  stop_requested = false;
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == Error::Kind::interrupted);
}

bool said(const Silent& observer, const std::string& words) {
  return std::any_of(observer.lines.begin(), observer.lines.end(),
                     [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

LoadOptions small_chunks(const std::string& url) {
  LoadOptions options = to(url, 1);
  options.memory = 100000;  // chunks of the smallest size
  return options;
}

}  // namespace

TEST_CASE("rows are cut into the same chunks however they are read") {
  const Dump dump(4000);
  RowSourceOptions options;
  options.wanted = {true};
  for (const size_t bytes : {size_t{1}, size_t{5000}, size_t{16} << 10, size_t{1} << 20}) {
    options.batch_bytes = bytes;
    Collector whole;
    REQUIRE(read_dump_rows(dump.plan, options, open_input, whole));
    std::string all;
    for (const auto& [place, rows] : whole.chunks) {
      CHECK(place.first_row == static_cast<uint64_t>(std::count(all.begin(), all.end(), '\n')));
      all += rows;
      if (all.size() == dump.rows.size()) break;
      CHECK(rows.size() >= bytes);
      CHECK(rows.rfind('\n', rows.size() - 2) + 1 < bytes);  // without its last row
    }
    CHECK(all == dump.rows);
    for (unsigned seed = 0; seed < 5; ++seed) {
      Collector trickled;
      const auto open = [&](const std::string&) -> Result<std::unique_ptr<ByteSource>> {
        return std::unique_ptr<ByteSource>(std::make_unique<Trickle>(dump.text, seed));
      };
      REQUIRE(read_dump_rows(dump.plan, options, open, trickled));
      CHECK(trickled.chunks == whole.chunks);
    }
  }
}

TEST_CASE("a load goes on behind the chunks that arrived, with other jobs and memory too") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump(4000);
  const std::string url = database_with_table("chunks_resumed");
  Journal journal = memory_journal();
  load_some(dump.plan, small_chunks(url), journal, 1500);
  Connection target = connect(url);
  const std::string before = value(target, "SELECT count(*) FROM t");
  CHECK(before != "0");
  CHECK(value(target, "SELECT sum(row_count)::INT8 FROM pg2crdb.chunks") == before);

  Silent observer;
  LoadOptions other = to(url, 3);
  other.memory = uint64_t{64} << 20;
  const auto loaded = load(dump.plan, other, journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  CHECK((*loaded)[0].rows == 4000);
  CHECK(said(observer, "t: goes on behind " + counted(std::stoull(before), "row") + " that arrived before"));
  CHECK(value(target, "SELECT count(*) FROM t") == "4000");
  CHECK(value(target, "SELECT count(DISTINCT id) FROM t") == "4000");
  CHECK(value(target, "SELECT count(*) FROM pg_namespace WHERE nspname = 'pg2crdb'") == "0");
}

TEST_CASE("one table of a dump is sent by several sessions, in any order, and each chunk is marked") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump(20000);
  const std::string url = database_with_table("chunks_at_once");
  LoadOptions options = small_chunks(url);
  options.jobs = 3;
  struct Threads : Silent {
    std::set<std::thread::id> seen;
    void rows_moved(std::string_view table, uint64_t count, uint64_t bytes) override {
      Silent::rows_moved(table, count, bytes);
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    }
  } observer;
  Journal journal = memory_journal();
  const auto loaded = load(dump.plan, options, journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  CHECK(observer.seen.size() > 1);
  Connection target = connect(url);
  CHECK(value(target, "SELECT count(*) FROM t") == "20000");
  CHECK(value(target, "SELECT count(DISTINCT id) FROM t") == "20000");
}

TEST_CASE("a table that holds other rows than its chunks is emptied") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump(4000);
  for (const char* change : {"DELETE FROM t WHERE id = '7'", "INSERT INTO t VALUES ('x', 'y')"}) {
    CAPTURE(change);
    const std::string url = database_with_table("chunks_changed");
    Journal journal = memory_journal();
    load_some(dump.plan, small_chunks(url), journal, 1500);
    Connection target = connect(url);
    run(target, change);
    Silent observer;
    const auto loaded = load(dump.plan, small_chunks(url), journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    CHECK(said(observer, "t: emptied, the last run stopped in the middle of it"));
    CHECK(value(target, "SELECT count(*) FROM t") == "4000");
    CHECK(value(target, "SELECT count(DISTINCT id) FROM t") == "4000");
  }
}

TEST_CASE("rows that nothing on the target says to be the run's are left alone") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump(4000);
  const std::string url = database_with_table("chunks_gone");
  Journal journal = memory_journal();
  load_some(dump.plan, small_chunks(url), journal, 1500);
  Connection target = connect(url);
  const std::string before = value(target, "SELECT count(*) FROM t");
  run(target, "DROP TABLE pg2crdb.chunks");
  Silent observer;
  for (int time = 0; time < 2; ++time) {
    const auto refused = load(dump.plan, small_chunks(url), journal, observer);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == Error::Kind::usage);
    CHECK(refused.error().message.find("what this run noted on the target (pg2crdb.chunks) is gone") !=
          std::string::npos);
  }
  CHECK(value(target, "SELECT count(*) FROM t") == before);
  run(target, "TRUNCATE TABLE t");
  const auto loaded = load(dump.plan, small_chunks(url), journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  CHECK(value(target, "SELECT count(DISTINCT id) FROM t") == "4000");
  CHECK(value(target, "SELECT count(*) FROM pg_namespace WHERE nspname = 'pg2crdb'") == "0");
}

TEST_CASE("a live source that changed is loaded again") {
  if (cockroach().url.empty() || postgres().url.empty()) SKIP("the servers cannot run here");
  LoadPlan plan;
  plan.tables.push_back(table_of("t", {"id", "t"}, "text"));
  Connection server = connect(postgres().url);
  run(server, "DROP DATABASE IF EXISTS chunks_source");
  run(server, "CREATE DATABASE chunks_source");
  const std::string source = database(postgres(), "chunks_source");
  Connection rows = connect(source);
  run(rows,
      "CREATE TABLE t AS SELECT i::text AS id, repeat('x', i % 300) AS t FROM generate_series(1, 4000) i");
  struct Change {
    const char* sql;
    bool seen;
    const char* count;
  };
  const Change changes[] = {
      {"SELECT 1", false, "4000"},
      {"UPDATE t SET t = 'other' WHERE id = '7'", true, "4000"},
      {"DELETE FROM t WHERE id = '3'", true, "3999"},
      {"INSERT INTO t VALUES ('4001', 'late')", false, "4000"},
      {"DELETE FROM t WHERE id <> '9'", true, "1"},
  };
  for (const Change& change : changes) {
    CAPTURE(change.sql);
    const std::string url = database_with_table("chunks_live");
    Journal journal = memory_journal();
    LoadOptions options = small_chunks(url);
    options.source = source;
    if (value(rows, "SELECT count(*) FROM t") != "1") load_some(plan, options, journal, 1500);
    run(rows, change.sql);
    Silent observer;
    const auto loaded = load(plan, options, journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    CHECK(said(observer, "t: emptied, its rows have changed since the last run stopped") == change.seen);
    Connection target = connect(url);
    CHECK(value(target, "SELECT count(*) FROM t") == change.count);
    CHECK(value(target, "SELECT count(DISTINCT id) FROM t") == change.count);
    CHECK(value(target, "SELECT coalesce(md5(string_agg(id || t, ',' ORDER BY id)), '') FROM t") ==
          value(rows, "SELECT coalesce(md5(string_agg(id || t, ',' ORDER BY id)), '') FROM t"));
  }
}

TEST_CASE("who may not create a schema loads without chunks") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump(2000);
  const std::string url = database_with_table("chunks_forbidden");
  Connection target = connect(url);
  run(target, "CREATE ROLE IF NOT EXISTS loader LOGIN");
  run(target, "GRANT SELECT, INSERT ON t TO loader");
  const std::string as_loader = "postgresql://loader@" + url.substr(url.find('@') + 1);
  Journal journal = memory_journal();
  Silent observer;
  const auto loaded = load(dump.plan, small_chunks(as_loader), journal, observer);
  if (!loaded) FAIL(loaded.error().message);
  CHECK(said(observer, "the user may not create the schema pg2crdb"));
  CHECK(value(target, "SELECT count(*) FROM t") == "2000");
}

TEST_CASE("a table that may not be truncated is emptied row by row") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  const Dump dump(2000);
  const std::string url = database_with_table("chunks_referred");
  Connection target = connect(url);
  run(target, "ALTER TABLE t ADD CONSTRAINT t_id UNIQUE (id)");
  run(target, "CREATE TABLE others (id STRING REFERENCES t (id))");
  run(target, "CREATE ROLE IF NOT EXISTS emptier LOGIN");
  run(target, "GRANT SELECT, INSERT, DELETE ON t TO emptier");
  for (const std::string& as : {url, "postgresql://emptier@" + url.substr(url.find('@') + 1)}) {
    CAPTURE(as);
    run(target, "DELETE FROM t WHERE true");
    run(target, "INSERT INTO t VALUES ('x', 'y')");
    Journal journal = memory_journal();
    REQUIRE(journal.begin(load_step({"public", "t"})));
    Silent observer;
    const auto loaded = load(dump.plan, small_chunks(as), journal, observer);
    if (!loaded) FAIL(loaded.error().message);
    CHECK(said(observer, "t: emptied, the last run stopped in the middle of it"));
    CHECK(value(target, "SELECT count(*) FROM t") == "2000");
    run(target, "DROP TABLE IF EXISTS others");  // what is left is the privilege
  }
}

TEST_CASE("a large table of a live source is read by several connections, into the same chunks") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = connect(postgres().url);
  run(server, "DROP DATABASE IF EXISTS chunks_large");
  run(server, "CREATE DATABASE chunks_large");
  const std::string source = database(postgres(), "chunks_large");
  Connection rows = connect(source);
  run(rows,
      "CREATE TABLE t AS SELECT i::text AS id, repeat('x', 1000) AS t FROM generate_series(1, 150000) i");
  run(rows, "CREATE TABLE small AS SELECT '1' AS id, 'only' AS t");
  LoadPlan plan;
  plan.tables = {table_of("t", {"id", "t"}, "text"), table_of("small", {"id", "t"}, "text")};
  RowSourceOptions options;
  options.wanted = {true, true};

  struct Gathered : BatchSink {
    std::mutex mutex;
    std::map<size_t, std::map<ChunkPlace, std::string>> chunks;
    std::vector<std::string> events;
    bool table_begins(size_t table) override { return note("begins " + std::to_string(table)); }
    bool table_ends(size_t table) override { return note("ends " + std::to_string(table)); }
    bool take(Batch batch) override {
      const std::lock_guard lock(mutex);
      CHECK(std::count(events.begin(), events.end(), "ends " + std::to_string(batch.table)) == 0);
      CHECK(chunks[batch.table].emplace(batch.place, batch.rows).second);
      return true;
    }
    bool note(const std::string& event) {
      const std::lock_guard lock(mutex);
      events.push_back(event);
      return true;
    }
  };
  Gathered alone;
  REQUIRE(read_postgresql_rows(plan, source, options, alone));
  options.readers = 3;
  Gathered together;
  REQUIRE(read_postgresql_rows(plan, source, options, together));
  CHECK(together.chunks == alone.chunks);
  std::sort(together.events.begin(), together.events.end());
  CHECK(together.events == std::vector<std::string>{"begins 0", "begins 1", "ends 0", "ends 1"});

  std::set<uint64_t> parts;
  uint64_t row = 0;
  for (const auto& [place, text] : alone.chunks[0]) {
    parts.insert(place.part);
    for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      REQUIRE(text.compare(at, text.find('\t', at) - at, std::to_string(++row)) == 0);
  }
  CHECK(row == 150000);
  CHECK(parts.size() == 3);
  CHECK(alone.chunks[1].size() == 1);
}
