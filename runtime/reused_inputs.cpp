#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/row_source.h"

namespace pg2crdb {

/// Begins where it is skipped to first.
class ReusedInputs::Lease : public ByteSource {
 public:
  Lease(ReusedInputs& inputs, std::string path) : inputs_(inputs) { held_.path = std::move(path); }
  ~Lease() override {
    if (held_.source != nullptr && !failed_) inputs_.give_back(std::move(held_));
  }

  Result<size_t> read(char* buffer, size_t size) override {
    if (Result<void> begun = begin_at(0); !begun) return begun.error();
    Result<size_t> count = held_.source->read(buffer, size);
    failed_ = failed_ || !count;
    if (count) held_.position += *count;
    return count;
  }

  Result<void> skip(uint64_t count) override {
    const bool first = held_.source == nullptr;
    if (Result<void> begun = begin_at(count); !begun || first) return begun;
    return advance(count);
  }

 private:
  Result<void> begin_at(uint64_t position) {
    if (held_.source != nullptr) return {};
    Result<Idle> taken = inputs_.take(held_.path, position);
    if (!taken) return taken.error();
    held_ = std::move(*taken);
    return advance(position - held_.position);
  }

  Result<void> advance(uint64_t count) {
    if (count == 0) return {};
    Result<void> skipped = held_.source->skip(count);
    failed_ = failed_ || !skipped;
    if (skipped) held_.position += count;
    return skipped;
  }

  ReusedInputs& inputs_;
  Idle held_;
  bool failed_ = false;
};

Result<std::unique_ptr<ByteSource>> ReusedInputs::open(const std::string& path) {
  return std::unique_ptr<ByteSource>(std::make_unique<Lease>(*this, path));
}

Result<ReusedInputs::Idle> ReusedInputs::take(const std::string& path, uint64_t position) {
  {
    const std::lock_guard lock(mutex_);
    auto best = idle_.end();
    for (auto idle = idle_.begin(); idle != idle_.end(); ++idle) {
      if (idle->path != path || idle->position > position) continue;
      if (best == idle_.end() || best->position < idle->position) best = idle;
    }
    if (best != idle_.end()) {
      Idle taken = std::move(*best);
      idle_.erase(best);
      return taken;
    }
  }
  Result<std::unique_ptr<ByteSource>> opened = open_input(path);
  if (!opened) return opened.error();
  return Idle{path, std::move(*opened), 0};
}

void ReusedInputs::give_back(Idle idle) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(idle));
  if (idle_.size() <= kept_) return;
  idle_.erase(std::min_element(idle_.begin(), idle_.end(),
                               [](const Idle& a, const Idle& b) { return a.position < b.position; }));
}

}  // namespace pg2crdb
