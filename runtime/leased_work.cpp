#include "runtime/leased_work.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "target/quote.h"

namespace pg2crdb {
namespace {

using namespace std::chrono_literals;

/// Without progress in between; the wait before each is longer, to 3.2 seconds.
constexpr int most_reconnects = 20;
constexpr auto look_again = 500ms;

}  // namespace

std::string new_worker() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::random_device device;
  // application_name has 63 bytes.
  return fmt::format("{}-{}-{:08x}", std::string(host.data()).substr(0, 30), ::getpid(),
                     device() & 0xffffffffU);
}

bool is_lost(const Error& error) {
  return error.kind == Error::Kind::interrupted &&
         (error.sqlstate.empty() || error.sqlstate == "40003" || error.sqlstate.starts_with("08") ||
          error.sqlstate.starts_with("57P"));
}

Result<void> set_up_session(Connection& target, const std::string& session, unsigned lease_seconds) {
  const unsigned milliseconds = lease_seconds * 1000;
  std::string sql = fmt::format("SET application_name = {}; SET idle_in_transaction_session_timeout = {}",
                                quote_literal(session), milliseconds);
  if (target.is_cockroachdb()) sql += fmt::format("; SET transaction_timeout = {}", 10 * milliseconds);
  const Result<Rows> done = target.query(sql);
  return done ? Result<void>() : done.error();
}

Result<void> LeasedWork::run(const Open& open, const Errors& errors) {
  open_ = &open;
  errors_ = &errors;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < jobs_; ++i)
    threads.emplace_back([this, i] { guarded([this, i] { return work(i); }); });
  std::thread heart([this] { beat(); });
  for (std::thread& thread : threads) thread.join();
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  end_.notify_all();
  heart.join();
  if (Result<Connection> target = Connection::open(target_))
    static_cast<void>(leases_.leave(*target, worker_));
  if (exception_) std::rethrow_exception(exception_);
  if (error_) return *error_;
  return {};
}

/// While others of its threads are at a part, or at none.
void LeasedWork::beat() {
  std::optional<Connection> target;
  std::unique_lock lock(mutex_);
  const auto rest = std::chrono::milliseconds(leases_.seconds() * 1000 / 3);
  while (!end_.wait_for(lock, rest, [&] { return ended_; })) {
    const std::vector<std::string> sessions(sessions_.begin(), sessions_.end());
    lock.unlock();
    if (!target) {
      Result<Connection> opened = Connection::open(target_);
      if (opened && set_up_session(*opened, worker_ + " heart", leases_.seconds()))
        target.emplace(std::move(*opened));
    }
    // A lease that runs out because of this is noticed where something is written under it.
    if (target && !leases_.beat(*target, worker_, sessions)) target.reset();
    lock.lock();
  }
}

/// One session after the other, until all is done.
Result<void> LeasedWork::work(unsigned thread) {
  std::string before;
  for (int attempt = 0, session = 0;; ++session) {
    const uint64_t progress = progress_;
    const std::string name = fmt::format("{} {}.{}", worker_, thread, session);
    note_session(name, true);
    const Result<void> ended = work_in_session(name, before);
    note_session(name, false);
    if (ended || !is_lost(ended.error()) || stop_requested) return ended;
    attempt = progress_ == progress ? attempt + 1 : 0;
    if (attempt == most_reconnects || failed()) return ended;
    observer_.log(fmt::format("{}; connecting again", ended.error().message));
    before = name;
    wait_before_retry(attempt);
  }
}

/// Leases of a session that is no more run out.
void LeasedWork::note_session(const std::string& name, bool lives) {
  const std::lock_guard lock(mutex_);
  if (lives)
    sessions_.insert(name);
  else
    sessions_.erase(name);
}

/// `before`: the session that was lost; empty: none was.
Result<void> LeasedWork::work_in_session(const std::string& session, const std::string& before) {
  Result<Connection> opened = Connection::open(target_);
  if (!opened) return opened.error();
  if (Result<void> named = set_up_session(*opened, session, leases_.seconds()); !named) return named;
  const std::unique_ptr<LeaseSession> at_work = (*open_)(std::move(*opened));
  Connection& target = at_work->target();
  if (!before.empty()) {
    end_sessions(target, before);
    if (Result<void> given = leases_.give_back(target, before); !given) return given;
  }
  while (true) {
    if (stop_requested) return errors_->stopped;
    if (failed()) return {};
    Result<std::optional<Lease>> lease = leases_.take(target, worker_, session);
    if (!lease) return lease.error();
    if (!*lease) {
      const Result<bool> more = wait_for_others(target);
      if (!more) return more.error();
      if (!*more) return {};
      continue;
    }
    if (!(*lease)->previous_worker.empty()) {
      const Part& part = (*lease)->part;
      const std::string name = part.is_end() ? "the end"
                                             : fmt::format("part {} of {}", part.number,
                                                           quote_name(part.table.schema, part.table.name));
      observer_.log(
          fmt::format("{} is taken over from {}, whose lease ran out", name, (*lease)->previous_worker));
      end_sessions(target, (*lease)->previous_worker);
    }
    Result<void> done = at_work->work_on(**lease);
    if (!done) static_cast<void>(leases_.give_back(target, session));
    if (!done) return done;
  }
}

/// False: there is nothing left to do.
Result<bool> LeasedWork::wait_for_others(Connection& target) {
  const Result<Leases::Left> left = leases_.left(target, worker_);
  if (!left) return left.error();
  if (left->ended) return false;
  std::unique_lock lock(mutex_);
  if (left->free + left->leased == 0 && left->refused > 0) {
    if (!error_) error_ = errors_->refused(*left);
    return false;
  }
  end_.wait_for(lock, look_again, [&] { return ended_; });
  return true;
}

bool LeasedWork::failed() {
  const std::lock_guard lock(mutex_);
  return error_ || exception_;
}

void LeasedWork::guarded(const std::function<Result<void>()>& function) {
  try {
    const Result<void> done = function();
    const std::lock_guard lock(mutex_);
    if (!done && !error_) error_ = done.error();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    exception_ = std::current_exception();
  }
}

}  // namespace pg2crdb
