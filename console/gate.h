#pragma once
#include <optional>
#include <string>

#include "console/http.h"

namespace pg2crdb::console {

/// A new one that nobody can guess: 128 bits of the system's random numbers, as hexadecimal digits.
std::string new_token();

/// Who may ask what. The page's own files hold nothing of the input and are for everybody who finds the port.
/// All else wants the token, in the header `x-pg2crdb-token`, which a page of another origin cannot set
/// without being asked, and is not answered when asked. A request under another name than 127.0.0.1 and the
/// port is one that was sent here by a name server (DNS rebinding).
class Gate {
 public:
  Gate(int port, std::string token);

  /// The page's address, with the token behind `#`, where no server and no other page gets to see it.
  std::string url() const;
  /// The answer to a request that is refused; nothing where it may be answered.
  std::optional<Response> refuse(const Request& request) const;

 private:
  const std::string host_;
  const std::string token_;
};

}  // namespace pg2crdb::console
