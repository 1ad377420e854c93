#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/row_source.h"

namespace pg2crdb {

/// Batches on their way from the readers to the workers, no more bytes than fit.
class LoadQueue {
 public:
  struct Item {
    Batch batch;
    size_t bytes = 0;
    bool last = false;  ///< the table's end; no rows
  };

  explicit LoadQueue(uint64_t capacity) : capacity_(capacity) {}

  /// Waits for room; false once closed. One item always fits.
  bool push(Item item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || in_flight_ == 0 || in_flight_ + item.bytes <= capacity_; });
    if (closed_) return false;
    in_flight_ += item.bytes;
    items_.push_back(std::move(item));
    ready_.notify_one();
    return true;
  }

  /// Nothing once it is closed, or ended and empty.
  std::optional<Item> pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return closed_ || ended_ || !items_.empty(); });
    if (closed_ || items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

  /// The item's bytes are free again.
  void release(size_t bytes) {
    const std::lock_guard lock(mutex_);
    in_flight_ -= bytes;
    room_.notify_all();
  }

  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    ready_.notify_all();
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready_.notify_all();
    room_.notify_all();
  }

 private:
  const uint64_t capacity_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable room_;
  std::deque<Item> items_;
  uint64_t in_flight_ = 0;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace pg2crdb
