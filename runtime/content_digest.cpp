#include "runtime/content_digest.h"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>

#include "runtime/dump_input.h"

namespace pg2crdb {
namespace {

constexpr size_t block_size = size_t{64} << 10;

struct Noted {
  std::mutex mutex;
  std::map<std::string, Hash128> by_sha256;
};

Noted& noted() {
  static Noted all;
  return all;
}

}  // namespace

/// Each block's hash is the next one's seed, so that their order counts.
void ContentDigest::fold(std::string_view block) {
  digest_ = hash128(block, digest_.low ^ std::rotl(digest_.high, 32));
}

void ContentDigest::add(std::string_view bytes) {
  if (!rest_.empty()) {
    const size_t more = std::min(bytes.size(), block_size - rest_.size());
    rest_.append(bytes.substr(0, more));
    bytes.remove_prefix(more);
    if (rest_.size() < block_size) return;
    fold(rest_);
    rest_.clear();
  }
  for (; bytes.size() >= block_size; bytes.remove_prefix(block_size)) fold(bytes.substr(0, block_size));
  rest_.append(bytes);
}

Hash128 ContentDigest::end() {
  fold(rest_);
  return digest_;
}

void note_content(const std::string& sha256, const Hash128& digest) {
  const std::lock_guard lock(noted().mutex);
  noted().by_sha256[sha256] = digest;
}

InputDigest::InputDigest(const LoadPlan::Input& input) : input_(input) {
  {
    const std::lock_guard lock(noted().mutex);
    const auto found = noted().by_sha256.find(input.sha256);
    if (found != noted().by_sha256.end()) known_ = found->second;
  }
  if (!known_) sha256_ = std::make_unique<Sha256>();
}

void InputDigest::add(std::string_view bytes) {
  if (known_) {
    content_.add(bytes);
  } else {
    sha256_->add(bytes);
  }
}

Result<void> InputDigest::compare() {
  if (!known_) return compare_digest(input_, sha256_->hexadecimal());
  if (content_.end() == *known_) return {};
  return not_the_plans(input_.path, "it was changed since this run looked at all of it");
}

}  // namespace pg2crdb
