#include "scan/key_sample.h"

#include <algorithm>

namespace pg2crdb {

void merge_equal(std::vector<KeySample::Key>& keys) {
  std::sort(keys.begin(), keys.end(),
            [](const KeySample::Key& left, const KeySample::Key& right) { return left.hash < right.hash; });
  size_t kept = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (kept > 0 && keys[kept - 1].hash == keys[i].hash) {
      const uint64_t rows = keys[kept - 1].rows + keys[i].rows;
      if (keys[i].stands_before(keys[kept - 1])) keys[kept - 1] = keys[i];
      keys[kept - 1].rows = rows;
    } else {
      keys[kept++] = keys[i];
    }
  }
  keys.resize(kept);
}

void KeySample::add(const std::vector<Key>& keys) {
  for (const Key& key : keys) {
    if (!is_kept(key.hash)) continue;
    keys_.push_back(key);
    if (keys_.size() >= most_) merge();
  }
}

// Half of the room stays free, or sorting would come with each key.
void KeySample::merge() {
  merge_equal(keys_);
  while (keys_.size() > most_ / 2) thin_to(level_ + 1);
}

void KeySample::thin_to(unsigned level) {
  if (level <= level_) return;
  level_ = level;
  std::erase_if(keys_, [this](const Key& key) { return !is_kept(key.hash); });
}

const std::vector<KeySample::Key>& KeySample::finish() {
  merge();
  return keys_;
}

}  // namespace pg2crdb
