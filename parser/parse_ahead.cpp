#include "parser/parse_ahead.h"

#include <algorithm>
#include <limits>
#include <system_error>
#include <utility>

#include "parser/pg_tree.h"

namespace pg2crdb {
namespace {

constexpr size_t batch_bytes = size_t{64} << 10;
constexpr size_t batch_items = 256;
// Statements that are longer are not worth a copy.
constexpr size_t longest = size_t{256} << 10;
// Scripts that are shorter are not worth a thread.
constexpr size_t worth_threads = size_t{256} << 10;

}  // namespace

ParseAhead::ParseAhead(unsigned jobs, Take take)
    : take_(std::move(take)),
      alone_bytes_(jobs <= 1 ? std::numeric_limits<size_t>::max() : worth_threads),
      most_threads_(std::max(jobs, 1U) - 1) {}

ParseAhead::~ParseAhead() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

void ParseAhead::add(const Segment& segment, bool parse) {
  const bool alone = alone_bytes_ > 0;
  if (alone || segment.text.size() > longest) {
    alone_bytes_ -= std::min(alone_bytes_, segment.text.size());
    finish();
    return take_(segment, nullptr);
  }
  const bool fits = filling_ != nullptr && filling_->items.size() < batch_items &&
                    filling_->text.capacity() - filling_->text.size() >= segment.text.size();
  if (!fits) begin_batch(segment.text.size());
  const size_t begin = filling_->text.size();
  filling_->text += segment.text;
  Item& item = filling_->items.emplace_back();
  item.segment = segment;
  item.segment.text = std::string_view(filling_->text).substr(begin);
  item.parse = parse;
}

void ParseAhead::begin_batch(size_t least_bytes) {
  if (filling_ != nullptr) hand_over();
  if (spare_.empty()) {
    filling_ = std::make_unique<Batch>();
  } else {
    filling_ = std::move(spare_.back());
    spare_.pop_back();
  }
  filling_->text.reserve(std::max(batch_bytes, least_bytes));
}

void ParseAhead::finish() {
  if (filling_ != nullptr) hand_over();
  while (!batches_.empty()) take_oldest();
}

void ParseAhead::hand_over() {
  {
    const std::scoped_lock lock(mutex_);
    batches_.push_back(std::move(filling_));
  }
  changed_.notify_one();
  if (threads_.size() < most_threads_ && batches_.size() > threads_.size() + 1) add_thread();
  if (batches_.size() > 2 * (threads_.size() + 1)) take_oldest();
}

// Where the system has no more threads, those that are there do the work.
void ParseAhead::add_thread() {
  transform::begin_thread();
  try {
    threads_.push_back(std::make_unique<Thread>([this] { work(); }));
  } catch (const std::system_error&) {
    most_threads_ = threads_.size();
  }
}

void ParseAhead::take_oldest() {
  std::unique_ptr<Batch> batch;
  {
    std::unique_lock lock(mutex_);
    while (!batches_.front()->parsed) {
      if (Batch* const next = next_to_parse()) {
        parse(*next, lock);
      } else {
        changed_.wait(lock);
      }
    }
    batch = std::move(batches_.front());
    batches_.pop_front();
  }
  for (Item& item : batch->items) take_(item.segment, item.parse ? &item.parsed : nullptr);
  batch->text.clear();
  batch->items.clear();
  batch->begun = batch->parsed = false;
  spare_.push_back(std::move(batch));
}

ParseAhead::Batch* ParseAhead::next_to_parse() {
  const auto it =
      std::find_if(batches_.begin(), batches_.end(), [](const auto& batch) { return !batch->begun; });
  return it == batches_.end() ? nullptr : it->get();
}

// What cannot be parsed for want of memory fails once more when it is taken.
void ParseAhead::parse(Batch& batch, std::unique_lock<std::mutex>& lock) {
  batch.begun = true;
  lock.unlock();
  for (Item& item : batch.items) {
    if (!item.parse) continue;
    try {
      item.parsed = parse_statement(item.segment.text);
    } catch (...) {
      item.parse = false;
    }
  }
  lock.lock();
  batch.parsed = true;
  changed_.notify_all();
}

void ParseAhead::work() {
  transform::begin_thread();
  std::unique_lock lock(mutex_);
  while (!ended_) {
    if (Batch* const next = next_to_parse()) {
      parse(*next, lock);
    } else {
      changed_.wait(lock);
    }
  }
}

}  // namespace pg2crdb
