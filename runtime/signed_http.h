#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

struct SignedRequest {
  std::string method;  ///< GET, HEAD, PUT, POST, DELETE
  std::string url;     ///< encoded, its parameters sorted, each with a `=`
  std::vector<std::string> headers;
  std::string_view body;
  std::chrono::seconds longest{0};                    ///< 0: as long as bytes move
  const std::atomic<bool>* stop_requested = nullptr;  ///< ends the transfer; null: nothing does
};

struct SignedAnswer {
  long status = 0;  ///< 0: there was no answer, `failure` says why
  std::string failure;
  bool passes = false;  ///< such a failure may not come again
  std::string etag;
  std::string region;  ///< of the bucket, where the server says so
  uint64_t length = 0;
  std::string body;
};

/// Sends requests with a signature of AWS, version 4, for S3. Thread-safe. The client is a shared library of
/// its own, opened by runtime/object_store.cpp where it is needed: libcurl and what it needs (TLS, HTTP/2,
/// Kerberos, LDAP) take longer to load than a file to lint.
class SignedHttp {
 public:
  SignedHttp() = default;
  virtual ~SignedHttp() = default;
  SignedHttp(const SignedHttp&) = delete;
  SignedHttp& operator=(const SignedHttp&) = delete;

  virtual SignedAnswer send(const SignedRequest& request) = 0;
};

/// What the shared library exports; null where libcurl cannot be used.
using OpenSignedHttp = SignedHttp*(const std::string& region, const std::string& key_id,
                                   const std::string& secret);

}  // namespace pg2crdb
