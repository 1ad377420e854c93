#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "runtime/row_source.h"

namespace pg2crdb {

/// Batches on their way from the readers to the workers, no more bytes than fit.
class LoadQueue {
 public:
  struct Item {
    Batch batch;
    size_t bytes = 0;
    bool last = false;     ///< the table's end; no rows
    bool in_turn = false;  ///< its table's batches go one at a time, in their order
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
    auto next = items_.end();
    ready_.wait(lock, [&] {
      next = std::find_if(items_.begin(), items_.end(), [&](const Item& item) {
        return !item.in_turn || !busy_.contains(item.batch.table);
      });
      return closed_ || next != items_.end() || (ended_ && items_.empty());
    });
    if (closed_ || next == items_.end()) return std::nullopt;
    Item item = std::move(*next);
    items_.erase(next);
    if (item.in_turn) busy_.insert(item.batch.table);
    return item;
  }

  /// The item's bytes are free again, and the next one of its table may go.
  void release(const Item& item) {
    const std::lock_guard lock(mutex_);
    in_flight_ -= item.bytes;
    if (item.in_turn && busy_.erase(item.batch.table) > 0) ready_.notify_all();
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
  std::set<size_t> busy_;  ///< tables of which a batch in turn is on its way
  uint64_t in_flight_ = 0;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace pg2crdb
