#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>

#include "support/thread.h"

namespace pg2crdb {

/// Calls `work(thread, i)` once for each i below `count`, on `threads` threads, of which the caller's is
/// number 0. Which thread takes which is left to chance, so a result goes where only `i` says. `work` throws
/// nothing. A thread takes `batch` of them at a time: fewer where each takes long.
template <class Work>
void in_batches(size_t count, size_t threads, const Work& work, size_t batch = 64) {
  std::atomic<size_t> next = 0;
  const auto take = [&](size_t thread) {
    for (size_t begin = next.fetch_add(batch); begin < count; begin = next.fetch_add(batch)) {
      const size_t end = std::min(begin + batch, count);
      for (size_t i = begin; i < end; ++i) work(thread, i);
    }
  };
  std::deque<Thread> others;
  for (size_t thread = 1; thread < threads; ++thread) others.emplace_back([&take, thread] { take(thread); });
  take(0);
}

}  // namespace pg2crdb
