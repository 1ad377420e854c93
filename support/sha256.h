#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace pg2crdb {

/// The SHA-256 of bytes that arrive piece by piece. What is long is copied and hashed on a thread of its own,
/// where there is a second core: 2 MB of memory, and the caller waits only where the thread falls that far
/// behind.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// Of all that was added, in lower case. Ends it: nothing can be added afterwards.
  std::string hexadecimal();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
