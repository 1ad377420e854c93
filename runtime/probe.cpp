#include "runtime/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <random>
#include <string_view>

#include "runtime/connection_error.h"
#include "runtime/runtime.h"
#include "support/hex.h"
#include "target/probes.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;
using Clock = std::chrono::steady_clock;
using Outcome = ProbedCapability::Outcome;

constexpr auto most_time = std::chrono::minutes(1);

/// The server did not answer the question: the role may not, or it took too long.
bool says_nothing(const Error& error) {
  return is_passing(error) || error.sqlstate == "42501" || error.sqlstate.starts_with("XX");
}

bool changes_session(std::string_view statement) {
  return statement.starts_with("SET ") || statement == "BEGIN";
}

/// Calls `work` with each line until it says false.
template <class Work>
bool each_line(std::string_view text, const Work& work) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (!work(text.substr(0, end))) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

class Prober {
 public:
  Prober(const std::string& url, Connection connection, std::string database)
      : url_(url), connection_(std::move(connection)), database_(std::move(database)) {}

  Result<std::vector<ProbedCapability>> ask_all() {
    std::vector<ProbedCapability> all;
    const Clock::time_point end = Clock::now() + most_time;
    if (Result<void> begun = begin_session(); !begun) return begun.error();
    for (const Probe& row : probes()) {
      if (stop_requested)
        return Error{Error::Kind::interrupted, "stopped while the cluster was asked", {}, {}};
      ProbedCapability& asked = all.emplace_back(ProbedCapability{row.capability, Outcome::unknown, {}});
      if (!row.is_asked()) {
        asked.said = row.why_not;
      } else if (Clock::now() > end) {
        asked.said = "the minute was over";
      } else if (Result<void> done = ask(row, asked); !done) {
        return done.error();
      }
    }
    return all;
  }

 private:
  /// A schema for each question, so that none meets what another left.
  Result<void> begin_session() {
    for (const std::string& statement :
         {fmt::format("USE {}", database_), std::string("SET statement_timeout = '10s'")}) {
      if (Result<Rows> done = connection_.query(statement); !done) return done.error();
    }
    return {};
  }

  Result<void> ask(const Probe& row, ProbedCapability& asked) {
    const std::string schema = fmt::format("q{}", static_cast<size_t>(row.capability));
    bool dirty = changes_session(row.statement);
    std::optional<Error> refused;
    const auto run = [&](std::string_view statement) {
      dirty = dirty || changes_session(statement);
      if (Result<Rows> done = connection_.query(std::string(statement)); !done) refused = done.error();
      return !refused;
    };
    const bool ready = run(fmt::format("CREATE SCHEMA {}", schema)) &&
                       run(fmt::format("SET search_path = {}", schema)) && each_line(row.before, run);
    if (refused && refused->sqlstate.empty()) return *refused;
    if (!ready) {
      asked.said = fmt::format("the question could not be put: {}", refused->message);
    } else {
      const Result<Rows> answer = connection_.query(std::string(row.statement));
      if (!answer && answer.error().sqlstate.empty()) return answer.error();
      judge(row, answer, asked);
    }
    return dirty ? new_session() : Result<void>();
  }

  static void judge(const Probe& row, const Result<Rows>& answer, ProbedCapability& asked) {
    if (!answer) {
      asked.said = fmt::format("{} ({})", answer.error().message, answer.error().sqlstate);
      asked.outcome = says_nothing(answer.error()) ? Outcome::unknown : Outcome::cannot;
      return;
    }
    asked.outcome = Outcome::can;
    if (!row.answer) return;
    const std::string value = answer->size() == 0 || answer->nulls[0][0] ? "NULL" : answer->values[0][0];
    if (value == *row.answer) return;
    asked.outcome = Outcome::cannot;
    asked.said = fmt::format("it answers {}, not {}", value, *row.answer);
  }

  Result<void> new_session() {
    Result<Connection> opened = Connection::open(url_);
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
    return begin_session();
  }

  const std::string& url_;
  Connection connection_;
  std::string database_;
};

constexpr std::string_view name_begin = "pg2crdb_probe_";

/// With the second in which it is made, by the server's clock: so an old one is known again.
std::string unused_name(int64_t second) {
  std::random_device random;
  return fmt::format("{}{:08x}_{:08x}", name_begin, second, random());
}

/// Of the form that unused_name() gives.
bool is_name(std::string_view name) {
  if (!name.starts_with(name_begin)) return false;
  constexpr std::string_view form = "00000000_00000000";
  return std::ranges::equal(name.substr(name_begin.size()), form,
                            [](char c, char place) { return place == '0' ? hex_digit(c) >= 0 : c == place; });
}

Result<int64_t> server_second(Connection& target) {
  const Result<Rows> now = target.query("SELECT floor(extract(epoch FROM now()))::INT8");
  if (!now) return now.error();
  int64_t second = 0;
  const std::string& text = now->values.at(0).at(0);
  std::from_chars(text.data(), text.data() + text.size(), second);
  return second;
}

/// Databases of probes that were killed. One that is at work has begun a minute ago at most; of those that
/// are hardly older it is not sure.
Result<void> remove_left(Connection& target, int64_t second, ProbedCluster& cluster) {
  constexpr int64_t surely_over = 600;
  const Result<Rows> names = target.query("SELECT datname FROM pg_catalog.pg_database ORDER BY 1");
  if (!names) return names.error();
  for (const std::vector<std::string>& row : names->values) {
    const std::string& name = row[0];
    if (!is_name(name)) continue;
    int64_t made = 0;
    const char* const begin = name.data() + name_begin.size();
    std::from_chars(begin, begin + 8, made, 16);
    const bool gone = second - made > surely_over &&
                      target.execute(fmt::format("DROP DATABASE IF EXISTS {} CASCADE", name));
    (gone ? cluster.removed : cluster.left).push_back(name);
  }
  return {};
}

}  // namespace

Result<ProbedCluster> probe(const std::string& url) {
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  Result<Connection> asking = Connection::open(url);
  if (!asking) return asking.error();
  const Result<int64_t> second = server_second(*target);
  if (!second) return second.error();
  ProbedCluster cluster;
  if (Result<void> removed = remove_left(*target, *second, cluster); !removed) return removed.error();
  const std::string database = unused_name(*second);
  if (Result<void> made = target->execute(fmt::format("CREATE DATABASE {}", database)); !made) {
    Error error = made.error();
    if (error.sqlstate == "42501")
      error.advice = "the role needs CREATEDB: what is asked is tried in a database of its own";
    return error;
  }
  Result<std::vector<ProbedCapability>> asked = Prober(url, std::move(*asking), database).ask_all();
  const bool stopped = stop_requested.exchange(false);  // the database goes away all the same
  const Result<void> dropped = target->execute(fmt::format("DROP DATABASE {} CASCADE", database));
  if (stopped) stop_requested = true;
  if (!dropped) {
    Error error = dropped.error();
    error.message = fmt::format("the database {} is left on the cluster: {}", database, error.message);
    error.advice = fmt::format("DROP DATABASE {} CASCADE; the next probe drops it, too", database);
    return error;
  }
  if (!asked) return asked.error();
  cluster.rows = std::move(*asked);
  return cluster;
}

}  // namespace pg2crdb
