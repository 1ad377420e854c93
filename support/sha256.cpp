#include "support/sha256.h"

// OpenSSL's older functions: the newer ones load its configuration and its providers first, which takes
// longer than hashing a small file.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "support/hex.h"

namespace pg2crdb {

namespace {

constexpr size_t kBlockSize = size_t{512} << 10;
constexpr size_t kBlocks = 4;
/// What is shorter is hashed before a thread has started.
constexpr size_t kWorthAThread = size_t{4} << 20;

/// Hashes copies of the bytes on a thread of its own, in their order.
class Worker {
 public:
  explicit Worker(SHA256_CTX& context) : context_(context), thread_([this] { run(); }) {}
  ~Worker() {
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void add(std::string_view bytes) {
    while (!bytes.empty()) {
      Block& block = blocks_[added_ % kBlocks];
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return added_ - hashed_ < kBlocks; });
      }
      if (!block.bytes) block.bytes = std::make_unique_for_overwrite<char[]>(kBlockSize);
      block.size = std::min(bytes.size(), kBlockSize);
      std::memcpy(block.bytes.get(), bytes.data(), block.size);
      bytes.remove_prefix(block.size);
      {
        const std::scoped_lock lock(mutex_);
        ++added_;
      }
      changed_.notify_all();
    }
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || hashed_ < added_; });
      if (hashed_ == added_) return;
      const Block& block = blocks_[hashed_ % kBlocks];
      lock.unlock();
      SHA256_Update(&context_, block.bytes.get(), block.size);
      lock.lock();
      ++hashed_;
      changed_.notify_all();
    }
  }

  SHA256_CTX& context_;
  std::array<Block, kBlocks> blocks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t added_ = 0;   ///< blocks; the next one lies at this modulo kBlocks
  size_t hashed_ = 0;  ///< the same, of those that are done
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

struct Sha256::State {
  SHA256_CTX context = {};
  size_t hashed_here = 0;
  std::unique_ptr<Worker> worker;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->context);
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  if (!state_->worker && state_->hashed_here >= kWorthAThread && std::thread::hardware_concurrency() > 1)
    state_->worker = std::make_unique<Worker>(state_->context);
  if (state_->worker) {
    state_->worker->add(bytes);
  } else {
    SHA256_Update(&state_->context, bytes.data(), bytes.size());
    state_->hashed_here += bytes.size();
  }
}

std::string Sha256::hexadecimal() {
  state_->worker.reset();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash = {};
  SHA256_Final(hash.data(), &state_->context);
  std::string text;
  for (const unsigned char byte : hash) append_hex(text, byte);
  return text;
}

}  // namespace pg2crdb
