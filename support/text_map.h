#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pg2crdb {

/// Values by text, for tables of hundreds of thousands of names: the texts lie one behind the other and the
/// slots in one array, so nothing is allocated for an entry, and a look-up goes to two places of memory.
/// Entries stay; who wants to take one away gives it a value that says so.
template <class Value>
class TextMap {
 public:
  /// Null where there is none. Good until the next text is added.
  const Value* find(std::string_view text) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place_of(hash_of(text), text)];
    return slot.taken() ? &slot.value : nullptr;
  }
  Value* find(std::string_view text) { return const_cast<Value*>(std::as_const(*this).find(text)); }
  bool contains(std::string_view text) const { return find(text) != nullptr; }

  /// Its value, and whether it is new: a text that is there keeps what it has.
  std::pair<Value&, bool> emplace(std::string_view text, Value value) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    const uint32_t hash = hash_of(text);
    Slot& slot = slots_[place_of(hash, text)];
    if (slot.taken()) return {slot.value, false};
    slot.begin = texts_.size() + 1;
    slot.hash = hash;
    slot.size = static_cast<uint32_t>(text.size());
    slot.value = std::move(value);
    texts_ += text;
    ++count_;
    return {slot.value, true};
  }
  Value& operator[](std::string_view text) { return emplace(text, Value{}).first; }

  bool empty() const { return count_ == 0; }
  size_t size() const { return count_; }

 private:
  struct Slot {
    size_t begin = 0;  ///< of the text, from 1; 0: free
    uint32_t hash = 0;
    uint32_t size = 0;
    Value value = {};
    bool taken() const { return begin != 0; }
  };

  static uint32_t hash_of(std::string_view text) {
    const uint64_t hash = std::hash<std::string_view>()(text);
    return static_cast<uint32_t>(hash ^ (hash >> 32U));
  }

  /// The text's slot, or the free one where it belongs.
  size_t place_of(uint32_t hash, std::string_view text) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      const Slot& slot = slots_[i];
      if (!slot.taken()) return i;
      if (slot.hash == hash && std::string_view(texts_).substr(slot.begin - 1, slot.size) == text) return i;
    }
  }

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_ = std::vector<Slot>(std::max<size_t>(2 * old.size(), 64));
    const size_t mask = slots_.size() - 1;
    for (Slot& slot : old) {
      if (!slot.taken()) continue;
      size_t i = slot.hash & mask;
      while (slots_[i].taken()) i = (i + 1) & mask;
      slots_[i] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;  ///< as many as a power of two, at most half of them taken
  std::string texts_;
  size_t count_ = 0;
};

}  // namespace pg2crdb
