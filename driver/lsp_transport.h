#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "support/result.h"

namespace pg2crdb {

/// Messages of the language server protocol on two descriptors: a header with Content-Length, an empty line,
/// so many bytes of JSON.
class LspTransport {
 public:
  LspTransport(int input, int output) : input_(input), output_(output) {}

  /// The content of the next message; nothing at the end of the input. Fails where what comes is no message,
  /// after which no other can be found.
  Result<std::optional<std::string>> read();
  /// Whether somebody has begun to send the next one.
  bool has_more() const;
  /// Sends one. False where nobody reads it.
  bool write(std::string_view content) const;

 private:
  bool fill();

  int input_;
  int output_;
  std::string buffer_;  ///< read, and not taken
};

}  // namespace pg2crdb
