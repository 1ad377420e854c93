#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace pg2crdb {

/// What libpq does without a limit: it goes on in a thread of its own, which is left behind where it takes
/// too long.
template <class Made>
class Patiently {
 public:
  /// `drop` is called with what is made when nobody waits for it any more.
  Patiently(std::function<Made()> make, std::function<void(Made)> drop)
      : shared_(std::make_shared<Shared>()) {
    std::thread([shared = shared_, make = std::move(make), drop = std::move(drop)] {
      Made made = make();
      const std::lock_guard lock(shared->mutex);
      if (shared->abandoned) {
        drop(made);
      } else {
        shared->made = made;
        shared->ready.notify_all();
      }
    }).detach();
  }
  ~Patiently() {
    const std::lock_guard lock(shared_->mutex);
    shared_->abandoned = true;
  }
  Patiently(const Patiently&) = delete;
  Patiently& operator=(const Patiently&) = delete;

  /// Nothing where it is not ready by then.
  std::optional<Made> wait(std::chrono::milliseconds longest) {
    std::unique_lock lock(shared_->mutex);
    shared_->ready.wait_for(lock, longest, [&] { return shared_->made.has_value(); });
    return shared_->made;
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<Made> made;
    bool abandoned = false;
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace pg2crdb
