#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/connection.h"
#include "runtime/runtime.h"

namespace pg2crdb::test {

/// A throw-away server of tests/standin, gone with this object. Its `url` is empty where it cannot run here.
class TestServer {
 public:
  /// "postgres_server.py" or "cockroach_standin.py".
  explicit TestServer(const std::string& program) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      const std::string path = std::string(PG2CRDB_SOURCE_DIR) + "/tests/standin/" + program;
      ::execlp("python3", "python3", "-B", path.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    std::array<char, 1024> line{};
    while (url.empty() && std::fgets(line.data(), line.size(), output_) != nullptr) {
      const std::string text = line.data();
      const size_t begin = text.find("postgresql://");
      if (begin != std::string::npos) url = text.substr(begin, text.find_first_of(" \n'", begin) - begin);
    }
  }
  ~TestServer() {
    if (process_ > 0) {
      ::kill(process_, SIGTERM);
      ::waitpid(process_, nullptr, 0);
    }
    if (output_ != nullptr) std::fclose(output_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url;

 private:
  pid_t process_ = -1;
  std::FILE* output_ = nullptr;
};

inline TestServer& postgres() {
  static TestServer server("postgres_server.py");
  return server;
}

inline TestServer& cockroach() {
  static TestServer server("cockroach_standin.py");
  return server;
}

/// The server's connection string for one of its databases.
inline std::string database(const TestServer& server, const std::string& name) {
  return server.url.substr(0, server.url.rfind('/') + 1) + name;
}

inline Connection connect(const std::string& url) {
  Result<Connection> connection = Connection::open(url);
  if (!connection) FAIL(connection.error().message);
  return std::move(*connection);
}

inline void run(Connection& connection, const std::string& sql) {
  const Result<Rows> done = connection.query(sql);
  if (!done) FAIL(sql << ": " << done.error().message);
}

inline std::string value(Connection& connection, const std::string& sql) {
  const Result<Rows> rows = connection.query(sql);
  if (!rows) FAIL(sql << ": " << rows.error().message);
  REQUIRE(rows->size() == 1);
  return rows->values[0][0];
}

/// Shows nothing, keeps what it is told.
struct Silent : Observer {
  std::mutex mutex;
  std::vector<std::string> lines;
  std::map<std::string, uint64_t> rows;
  void log(std::string_view line) override {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
  }
  void rows_moved(std::string_view table, uint64_t count, uint64_t /*bytes*/) override {
    const std::lock_guard lock(mutex);
    rows[std::string(table)] += count;
  }
};

inline Journal memory_journal() {
  Result<Journal> journal = Journal::open("", {}, false);
  REQUIRE(journal);
  return std::move(*journal);
}

/// A planned table of the schema public, all columns of one type.
inline LoadPlan::Table table_of(const std::string& name, const std::vector<std::string>& columns,
                                const std::string& type) {
  LoadPlan::Table table;
  table.schema = table.source_schema = "public";
  table.name = table.source_name = name;
  for (const std::string& column : columns) {
    LoadPlan::Column planned;
    planned.name = planned.source_name = column;
    planned.source_type = planned.target_type = type;
    table.columns.push_back(planned);
  }
  return table;
}

inline LoadOptions to(const std::string& url, unsigned jobs = 2) {
  LoadOptions options;
  options.target = url;
  options.jobs = jobs;
  options.memory = uint64_t{1} << 20;
  return options;
}

}  // namespace pg2crdb::test
