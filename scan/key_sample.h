#pragma once
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

namespace pg2crdb {

/// The keys of a table's rows, by hashes of 64 bits, in no more memory than for `most` of them. Where there
/// are more, those stay whose hash ends in zeros: a sample by the key, so that the samples of two tables hold
/// the same keys. What it holds in the end does not depend on the order of the rows.
class KeySample {
 public:
  struct Key {
    uint64_t hash = 0;
    uint64_t rows = 0;        ///< that have it
    uint64_t first_line = 0;  ///< of the first of them, in its file
    uint64_t file = 0;        ///< the plan's input

    bool stands_before(const Key& other) const {
      return std::tie(file, first_line) < std::tie(other.file, other.first_line);
    }
  };

  explicit KeySample(size_t most) : most_(most) {}

  void add(const std::vector<Key>& keys);
  /// Of one key in `1 << level()`; sorted by hash, each once. Adds nothing behind it.
  const std::vector<Key>& finish();
  /// Takes keys out until it is as small a sample as one of that level.
  void thin_to(unsigned level);
  unsigned level() const { return level_; }

 private:
  bool is_kept(uint64_t hash) const { return (hash & ((uint64_t{1} << level_) - 1)) == 0; }
  void merge();

  size_t most_;
  unsigned level_ = 0;
  std::vector<Key> keys_;
};

/// Sorts by hash and makes one of equal keys.
void merge_equal(std::vector<KeySample::Key>& keys);

}  // namespace pg2crdb
