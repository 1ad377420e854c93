#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "runtime/connection.h"
#include "runtime/leases.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// A worker's name, which no other has.
std::string new_worker();

/// Names a session of a worker. One that its worker left in a transaction is ended by the server.
Result<void> set_up_session(Connection& target, const std::string& session, unsigned lease_seconds);

/// A connection that was lost: another one may do what it did.
bool is_lost(const Error& error);

/// One session of a worker: the connection that takes leases, and what works on them.
class LeaseSession {
 public:
  virtual ~LeaseSession() = default;
  virtual Connection& target() = 0;
  /// Works on a part, or on the end, and notes with the lease what became of it.
  virtual Result<void> work_on(const Lease& lease) = 0;
};

/// What a worker does until no part is left: sessions that take leases, a heartbeat for them, and another
/// session for one that is lost.
class LeasedWork {
 public:
  /// All have to outlive this. `worker` is new_worker()'s.
  LeasedWork(const Leases& leases, std::string target, std::string worker, unsigned jobs, Observer& observer)
      : leases_(leases),
        target_(std::move(target)),
        worker_(std::move(worker)),
        jobs_(jobs),
        observer_(observer) {}

  using Open = std::function<std::unique_ptr<LeaseSession>(Connection)>;
  /// What it ends with.
  struct Errors {
    Error stopped;
    std::function<Error(const Leases::Left&)> refused;
  };

  /// Returns when the end is done, whoever did it, and notes that the worker has left. An error is
  /// Kind::interrupted where it was stopped, where servers were lost for long, or where parts were refused
  /// and no others are left.
  Result<void> run(const Open& open, const Errors& errors);

  /// Something arrived: a server is not lost for long.
  void progressed() { ++progress_; }

 private:
  void beat();
  Result<void> work(unsigned thread);
  Result<void> work_in_session(const std::string& session, const std::string& before);
  Result<bool> wait_for_others(Connection& target);
  void note_session(const std::string& name, bool lives);
  bool failed();
  void guarded(const std::function<Result<void>()>& function);

  const Leases& leases_;
  const std::string target_;
  const std::string worker_;
  const unsigned jobs_;
  Observer& observer_;
  const Open* open_ = nullptr;
  const Errors* errors_ = nullptr;
  std::atomic<uint64_t> progress_ = 0;
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::set<std::string> sessions_;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace pg2crdb
