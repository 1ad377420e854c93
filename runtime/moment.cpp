#include "runtime/moment.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "runtime/connection_error.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// How far the clocks of two nodes may be apart (--max-offset), beyond which CockroachDB ends a node. A read
/// in the past sees no commit that is later, be it by the clock of another node.
constexpr auto clock_offset = std::chrono::milliseconds(500);

constexpr std::string_view begin_postgresql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

Result<std::string> begin_now(Connection& keeper) {
  if (keeper.is_cockroachdb()) std::this_thread::sleep_for(clock_offset);
  return begin_at_once(keeper);
}

Result<std::string> begin_at_once(Connection& keeper) {
  if (keeper.is_cockroachdb()) {
    // Under READ COMMITTED, which a role may have as its default, there is no such thing as its timestamp.
    if (Result<Rows> set = keeper.query("SET default_transaction_isolation = 'serializable'"); !set)
      return set.error();
    const Result<Rows> moment = keeper.query("SELECT cluster_logical_timestamp()::STRING");
    if (!moment) return moment.error();
    return "BEGIN AS OF SYSTEM TIME " + moment->values[0][0];
  }
  if (Result<Rows> begun = keeper.query(std::string(begin_postgresql)); !begun) return begun.error();
  const Result<Rows> snapshot = keeper.query("SELECT pg_catalog.pg_export_snapshot()");
  if (!snapshot) return snapshot.error();
  return fmt::format("{}; SET TRANSACTION SNAPSHOT {}", begin_postgresql,
                     quote_literal(snapshot->values[0][0]));
}

Result<Connection> open_at(const std::string& url, const std::string& begin) {
  Result<Connection> connection = Connection::open(url);
  if (!connection) return connection;
  for (const std::string& statement :
       {std::string("SET row_security = off; SELECT set_config('search_path', '', false)"), begin}) {
    const Result<Rows> done = connection->query(statement);
    if (!done) return at_server(url, done.error());
  }
  return connection;
}

bool is_past(const Error& error) {
  return error.message.find("replica GC threshold") != std::string::npos;
}

Error explain_moment(Error error) {
  if (!is_past(error)) return error;
  error.advice =
      "the cluster has thrown away what rows were when verify began: raise gc.ttlseconds of the tables "
      "(ALTER "
      "DATABASE ... CONFIGURE ZONE USING gc.ttlseconds = 90000), or verify fewer tables at once with "
      "--include";
  return error;
}

}  // namespace pg2crdb
