#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/secrets.h"
#include "support/result.h"

namespace pg2crdb {

/// Sleeps before a retry, longer each time, at random so that workers do not meet again. `attempt` counts
/// from 0.
void wait_before_retry(int attempt);

/// A result set: text values, column-major access is by row and column from 0.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> values;  ///< NULL is the empty string with `nulls` set
  std::vector<std::vector<bool>> nulls;
  size_t size() const { return values.size(); }
};

/// One session with a server through libpq, closed when it goes away. libpq's rules hold (PGPASSFILE, service
/// files, sslmode). No method throws; every error text is free of secrets. Notices go to `on_notice`. Not for
/// use by two threads at once. Once `stop_requested` is set nothing waits longer than a second or two for a
/// server, not even for one that hangs.
class Connection {
 public:
  static Result<Connection> open(const std::string& url);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  bool is_cockroachdb() const;                ///< by version()
  const std::string& server_version() const;  ///< the whole version() text

  int version_number() const;  ///< PostgreSQL's, or what the server says it is like: 150004

  /// Runs one statement and returns its rows (empty for commands). A server's error is Kind::interrupted with
  /// its SQLSTATE; without SQLSTATE the connection is lost. `stop_requested`, when set meanwhile, cancels the
  /// statement.
  Result<Rows> query(const std::string& sql);
  Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters);
  /// Runs one statement, rows ignored. Retries 40001 (nothing committed) up to ten times with back-off.
  Result<void> execute(const std::string& sql);

  /// COPY ... FROM STDIN: begin, then data in any pieces, then end (commits; returns the row count) or abort.
  /// Never sent behind a failed transaction: CockroachDB would hang (transcripts/14).
  Result<void> copy_in_begin(const std::string& sql);
  Result<void> copy_in_data(std::string_view bytes);
  Result<uint64_t> copy_in_end();
  /// Ends a transaction that BEGIN began. One that was rolled back instead is an error, 40001.
  Result<void> commit();
  void copy_in_abort(const std::string& reason);

  /// COPY ... TO STDOUT: calls `row` with each row's bytes, line end included, until it returns false.
  Result<void> copy_out(const std::string& sql, const std::function<bool(std::string_view)>& row);

  void on_notice(std::function<void(std::string_view)> callback);
  /// Asks the server to stop what runs; safe from another thread.
  void cancel();

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
