#include "runtime/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "runtime/connection_error.h"
#include "runtime/libpq.h"
#include "runtime/patiently.h"
#include "runtime/runtime.h"

namespace pg2crdb {

std::atomic<bool> stop_requested = false;

namespace {

constexpr int kRetries = 10;
constexpr size_t copy_piece = size_t{64} << 10;
/// How long a server may take to answer a cancel request, and then to end what was cancelled.
constexpr auto cancel_patience = std::chrono::milliseconds(400);
constexpr auto stop_patience = std::chrono::milliseconds(700);

/// Null where the program is stopped before there is an answer.
PGconn* connect(const std::vector<std::string>& keywords, const std::vector<std::string>& values) {
  const auto pointers = [](const std::vector<std::string>& texts) {
    std::vector<const char*> out;
    for (const std::string& text : texts) out.push_back(text.c_str());
    out.push_back(nullptr);
    return out;
  };
  Patiently<PGconn*> connection(
      [=] { return libpq().PQconnectdbParams(pointers(keywords).data(), pointers(values).data(), 1); },
      [](PGconn* late) { libpq().PQfinish(late); });
  std::optional<std::chrono::steady_clock::time_point> stopped;
  while (true) {
    if (std::optional<PGconn*> ready = connection.wait(std::chrono::milliseconds(100))) {
      if (*ready == nullptr) throw std::bad_alloc();
      return *ready;
    }
    if (!stop_requested) continue;
    const auto now = std::chrono::steady_clock::now();
    if (!stopped) stopped = now;
    if (now - *stopped >= cancel_patience) return nullptr;
  }
}

std::string field(const PGresult* result, int code) {
  const char* text = libpq().PQresultErrorField(result, code);
  return text == nullptr ? std::string() : one_line(text);
}

bool parameter_set(const PQconninfoOption* options, std::string_view keyword) {
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (keyword == option->keyword) return option->val != nullptr;
  }
  return false;
}

}  // namespace

struct Connection::State {
  PGconn* connection = nullptr;
  std::shared_ptr<PGcancel> cancel;
  bool hangs = false;  ///< nothing more is expected of this server
  std::string version;
  bool cockroachdb = false;
  std::function<void(std::string_view)> notice;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { libpq().PQfinish(connection); }

  void send_cancel() {
    if (cancel == nullptr) return;
    Patiently<int> sent(
        [cancel = cancel] {
          char text[256];
          return libpq().PQcancel(cancel.get(), text, sizeof text);
        },
        [](int) {});
    sent.wait(cancel_patience);
  }

  Error lost() const {
    if (hangs) return {Error::Kind::interrupted, "stopped; the server did not answer", {}, {}};
    return {Error::Kind::interrupted, lost_sentence(libpq().PQerrorMessage(connection)), {}, {}};
  }

  Error server_error(const PGresult* result) const {
    const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
    if (sqlstate.empty()) {
      if (libpq().PQstatus(connection) != CONNECTION_OK) return lost();
      return {Error::Kind::interrupted,
              "what the server answered cannot be taken (" +
                  without_secrets(one_line(libpq().PQerrorMessage(connection))) + ")",
              {},
              {}};
    }
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
    // The statement is named by whoever ran it; repeating it would print its literals.
    if (!detail.empty() && !detail.starts_with("source SQL:")) message += "; DETAIL: " + detail;
    if (hint.starts_with("You have attempted to use a feature")) {
      const size_t see = hint.find("See: ");
      hint = see == std::string::npos ? std::string() : hint.substr(see);
    }
    if (!hint.empty()) message += "; HINT: " + hint;
    return {Error::Kind::interrupted, without_secrets(message), sqlstate, {}};
  }

  /// What is known of a stop while a server is waited for.
  struct Stop {
    const bool before = stop_requested;
    std::optional<std::chrono::steady_clock::time_point> seen = {};
  };

  /// Sends what is yet to be sent, and waits for a while until there is something to read. A stop that is
  /// requested meanwhile cancels what runs. False where the connection is lost.
  bool wait(Stop& stop) {
    if (hangs) return false;
    const int unsent = libpq().PQflush(connection);
    if (unsent < 0) return false;
    pollfd descriptor{libpq().PQsocket(connection),
                      static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
    ::poll(&descriptor, 1, 200);
    if (stop_requested && descriptor.revents == 0) {
      if (!stop.seen) {
        if (!stop.before) send_cancel();
        stop.seen = std::chrono::steady_clock::now();
      } else if (std::chrono::steady_clock::now() - *stop.seen >= stop_patience) {
        hangs = true;
        return false;
      }
    }
    return (descriptor.revents & ~POLLOUT) == 0 || libpq().PQconsumeInput(connection) == 1;
  }

  /// The next result, null at the end of the answer.
  PGresult* next_result() {
    Stop stop;
    while (libpq().PQisBusy(connection) == 1) {
      if (!wait(stop)) break;
    }
    return hangs ? nullptr : libpq().PQgetResult(connection);
  }

  /// The answer's last result, the only one of a single statement. COPY's begin is an end, too.
  PGresult* answer() {
    PGresult* last = nullptr;
    while (PGresult* result = next_result()) {
      libpq().PQclear(last);
      last = result;
      const ExecStatusType status = libpq().PQresultStatus(result);
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;
      if (libpq().PQstatus(connection) != CONNECTION_OK) break;
    }
    return last;
  }

  Result<Rows> rows() {
    PGresult* result = answer();
    if (result == nullptr) return lost();
    const ExecStatusType status = libpq().PQresultStatus(result);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
      libpq().PQclear(result);
      throw InternalError("COPY was sent as a plain query");
    }
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
      Error error = server_error(result);
      libpq().PQclear(result);
      return error;
    }
    Rows rows;
    const int columns = libpq().PQnfields(result);
    for (int column = 0; column < columns; ++column)
      rows.columns.emplace_back(libpq().PQfname(result, column));
    const int count = libpq().PQntuples(result);
    rows.values.resize(static_cast<size_t>(count));
    rows.nulls.resize(static_cast<size_t>(count));
    for (int row = 0; row < count; ++row) {
      auto& values = rows.values[static_cast<size_t>(row)];
      for (int column = 0; column < columns; ++column) {
        values.emplace_back(libpq().PQgetvalue(result, row, column),
                            static_cast<size_t>(libpq().PQgetlength(result, row, column)));
        rows.nulls[static_cast<size_t>(row)].push_back(libpq().PQgetisnull(result, row, column) == 1);
      }
    }
    libpq().PQclear(result);
    return rows;
  }

  Result<void> begin_copy(const std::string& sql, ExecStatusType expected) {
    if (libpq().PQsendQuery(connection, sql.c_str()) == 0) return lost();
    PGresult* result = answer();
    if (result == nullptr) return lost();
    const ExecStatusType status = libpq().PQresultStatus(result);
    if (status == expected) {
      libpq().PQclear(result);
      return {};
    }
    if (status != PGRES_FATAL_ERROR) {
      libpq().PQclear(result);
      throw InternalError("no COPY: " + sql);
    }
    Error error = server_error(result);
    libpq().PQclear(result);
    return error;
  }
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const std::string& url) {
  const auto unreadable = [&](const std::string& reason) {
    return Error{Error::Kind::usage,
                 fmt::format("\"{}\" is not a connection string: {}", redacted(url), reason),
                 {},
                 "write postgresql://user@host:port/database?sslmode=..., or host=... dbname=..."};
  };
  if (url.empty()) return unreadable("it is empty");
  if (std::optional<Error> problem = load_libpq()) return *problem;
  char* parse_message = nullptr;
  PQconninfoOption* options = libpq().PQconninfoParse(url.c_str(), &parse_message);
  if (options == nullptr) {
    Error error = unreadable(parse_reason(parse_message, redacted(url)));
    libpq().PQfreemem(parse_message);
    return error;
  }
  const bool has_timeout = parameter_set(options, "connect_timeout") || parameter_set(options, "service") ||
                           std::getenv("PGCONNECT_TIMEOUT") != nullptr || std::getenv("PGSERVICE") != nullptr;
  libpq().PQconninfoFree(options);

  std::vector<std::string> keywords = {"client_encoding", "fallback_application_name", "dbname"};
  std::vector<std::string> values = {"UTF8", "pg2crdb", url};
  if (!has_timeout) {
    keywords.emplace_back("connect_timeout");
    values.emplace_back("10");
  }

  auto state = std::make_unique<State>();
  state->connection = connect(keywords, values);
  if (state->connection == nullptr) {
    return Error{Error::Kind::interrupted,
                 fmt::format("stopped while connecting to {}", redacted(url)),
                 {},
                 "run the same command again"};
  }
  if (libpq().PQstatus(state->connection) != CONNECTION_OK) {
    return connection_error(url, libpq().PQerrorMessage(state->connection));
  }
  // Sending waits in wait() alone.
  if (libpq().PQsetnonblocking(state->connection, 1) != 0) return state->lost();
  state->cancel = {libpq().PQgetCancel(state->connection), libpq().PQfreeCancel};
  libpq().PQsetNoticeReceiver(
      state->connection,
      [](void* argument, const PGresult* result) {
        const auto* self = static_cast<State*>(argument);
        if (self->notice) self->notice(field(result, PG_DIAG_MESSAGE_PRIMARY));
      },
      state.get());

  Connection connection(std::move(state));
  Result<Rows> version = connection.query("SELECT version()");
  if (!version) return version.error();
  if (version->size() == 1) connection.state_->version = version->values[0][0];
  connection.state_->cockroachdb = connection.state_->version.find("CockroachDB") != std::string::npos;

  std::vector<std::string> settings = {
      "SET client_encoding = 'UTF8'", "SET timezone = 'UTC'",     "SET intervalstyle = 'postgres'",
      "SET datestyle = 'ISO'",        "SET bytea_output = 'hex'", "SET extra_float_digits = 3",
      "SET statement_timeout = 0",    "SET lock_timeout = 0",     "SET standard_conforming_strings = on",
  };
  // A role or a database may have limits that are right for applications.
  const int version_number = connection.version_number();
  if (connection.is_cockroachdb()) {
    settings.insert(settings.end(),
                    {"SET copy_from_atomic_enabled = true", "SET idle_in_transaction_session_timeout = 0",
                     "SET idle_session_timeout = 0", "SET transaction_timeout = 0",
                     "SET default_transaction_use_follower_reads = off"});
  } else {
    if (version_number >= 90600) settings.emplace_back("SET idle_in_transaction_session_timeout = 0");
    if (version_number >= 140000) settings.emplace_back("SET idle_session_timeout = 0");
    if (version_number >= 170000) settings.emplace_back("SET transaction_timeout = 0");
  }
  Result<Rows> done = connection.query(fmt::format("{}", fmt::join(settings, "; ")));
  if (done) return connection;
  Error error = done.error();
  error.message = fmt::format("{}: the session cannot be set up: {}", redacted(url), error.message);
  return error;
}

bool Connection::is_cockroachdb() const {
  return state_->cockroachdb;
}
const std::string& Connection::server_version() const {
  return state_->version;
}

int Connection::version_number() const {
  return libpq().PQserverVersion(state_->connection);
}

Result<Rows> Connection::query(const std::string& sql) {
  if (libpq().PQsendQuery(state_->connection, sql.c_str()) == 0) return state_->lost();
  return state_->rows();
}

Result<Rows> Connection::query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (libpq().PQsendQueryParams(state_->connection, sql.c_str(), static_cast<int>(values.size()), nullptr,
                                values.data(), nullptr, nullptr, 0) == 0) {
    return state_->lost();
  }
  return state_->rows();
}

Result<void> Connection::execute(const std::string& sql) {
  for (int attempt = 0;; ++attempt) {
    Result<Rows> done = query(sql);
    if (done) return {};
    if (done.error().sqlstate != "40001" || attempt == kRetries || stop_requested) return done.error();
    wait_before_retry(attempt);
  }
}

void wait_before_retry(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int longest = 50 << std::min(attempt, 6);
  std::uniform_int_distribution<int> milliseconds(longest / 2, longest);
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds(random)));
}

Result<void> Connection::copy_in_begin(const std::string& sql) {
  return state_->begin_copy(sql, PGRES_COPY_IN);
}

Result<void> Connection::copy_in_data(std::string_view bytes) {
  // libpq copies each piece into a buffer that never shrinks.
  while (!bytes.empty()) {
    const size_t size = std::min(bytes.size(), copy_piece);
    if (libpq().PQputCopyData(state_->connection, bytes.data(), static_cast<int>(size)) != 1)
      return state_->lost();
    bytes.remove_prefix(size);
    State::Stop stop;
    while (libpq().PQflush(state_->connection) > 0) {
      if (!state_->wait(stop)) return state_->lost();
    }
  }
  return {};
}

Result<uint64_t> Connection::copy_in_end() {
  if (libpq().PQputCopyEnd(state_->connection, nullptr) != 1) return state_->lost();
  PGresult* result = state_->answer();
  if (result == nullptr) return state_->lost();
  if (libpq().PQresultStatus(result) != PGRES_COMMAND_OK) {
    Error error = state_->server_error(result);
    libpq().PQclear(result);
    return error;
  }
  const uint64_t rows = std::strtoull(libpq().PQcmdTuples(result), nullptr, 10);
  libpq().PQclear(result);
  return rows;
}

Result<void> Connection::commit() {
  if (libpq().PQsendQuery(state_->connection, "COMMIT") == 0) return state_->lost();
  PGresult* result = state_->answer();
  if (result == nullptr) return state_->lost();
  Result<void> committed;
  if (libpq().PQresultStatus(result) != PGRES_COMMAND_OK) {
    committed = state_->server_error(result);
  } else if (libpq().PQcmdStatus(result) != std::string_view("COMMIT")) {
    committed = Error{Error::Kind::interrupted, "the server rolled the transaction back", "40001", {}};
  }
  libpq().PQclear(result);
  return committed;
}

void Connection::copy_in_abort(const std::string& reason) {
  libpq().PQputCopyEnd(state_->connection, reason.c_str());
  libpq().PQclear(state_->answer());
}

Result<void> Connection::copy_out(const std::string& sql, const std::function<bool(std::string_view)>& row) {
  Result<void> begun = state_->begin_copy(sql, PGRES_COPY_OUT);
  if (!begun) return begun;
  State::Stop stop;
  bool wanted = true;
  while (true) {
    char* buffer = nullptr;
    const int size = libpq().PQgetCopyData(state_->connection, &buffer, 1);
    if (size == 0) {
      if (!state_->wait(stop)) return state_->lost();
      continue;
    }
    if (size < 0) break;
    if (wanted && !row({buffer, static_cast<size_t>(size)})) {
      wanted = false;
      state_->send_cancel();
    }
    libpq().PQfreemem(buffer);
  }
  PGresult* result = state_->answer();
  if (result == nullptr) return state_->lost();
  Result<void> ended;
  if (libpq().PQresultStatus(result) != PGRES_COMMAND_OK && wanted) ended = state_->server_error(result);
  libpq().PQclear(result);
  return ended;
}

void Connection::on_notice(std::function<void(std::string_view)> callback) {
  state_->notice = std::move(callback);
}

void Connection::cancel() {
  state_->send_cancel();
}

}  // namespace pg2crdb
