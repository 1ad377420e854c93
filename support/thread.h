#pragma once
#include <pthread.h>

#include <cstddef>
#include <functional>

namespace pg2crdb {

/// A thread with as much stack as a process usually begins with, whatever the system's own default is: what
/// goes down into a tree needs it.
class Thread {
 public:
  /// `work` throws nothing. Throws std::system_error where the system has no more threads.
  explicit Thread(std::function<void()> work);
  /// Waits for the end of the work.
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

 private:
  std::function<void()> work_;
  pthread_t thread_ = {};
};

/// As many threads as there are cores, where there is work for them: `items` of which `worth` are worth a
/// thread's start.
size_t worthwhile_threads(size_t items, size_t worth);

}  // namespace pg2crdb
