#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/object_location.h"
#include "runtime/signed_http.h"
#include "support/result.h"

namespace pg2crdb {

/// Writes objects to S3-compatible storage. Thread-safe. What passes (500, 502, 503, 504, 429, a transfer
/// that breaks) is tried five times within about five seconds, and `stop_requested` ends it:
/// Kind::interrupted. What the storage refuses (key, clock, region, bucket, right) is Kind::usage, each with
/// what to do.
class ObjectStore {
 public:
  static Result<std::unique_ptr<ObjectStore>> open(ObjectLocation location);

  const ObjectLocation& location() const { return location_; }

  Result<void> put(const std::string& key, std::string_view bytes);
  Result<std::string> read(const std::string& key);
  /// Reads where nothing is, and writes nothing: what is wrong with key, clock, region or bucket is an error.
  Result<void> look(const std::string& key);
  /// What was sent for it may still come to be: there was no answer to a try.
  bool is_uncertain(const std::string& key) const;

  /// An upload in parts: all but the last have 5 MiB or more, their numbers run from 1 to 10,000. The answer
  /// is the upload's id.
  Result<std::string> begin_upload(const std::string& key);
  /// The answer is what complete_upload needs of the part.
  Result<std::string> put_part(const std::string& key, const std::string& upload, size_t number,
                               std::string_view bytes);
  /// `size` is that of all parts.
  Result<void> complete_upload(const std::string& key, const std::string& upload,
                               const std::vector<std::string>& parts, uint64_t size);

  // Whatever is requested, for ten seconds each at the most. What is not there any more is no error.
  Result<void> remove(const std::string& key);
  Result<void> abort_upload(const std::string& key, const std::string& upload);
  /// All that the storage lists of this key: one whose beginning was not heard is among them. Nothing where
  /// it does not list any.
  Result<void> abort_uploads(const std::string& key);

 private:
  struct Call;
  ObjectStore(ObjectLocation location, std::unique_ptr<SignedHttp> http)
      : location_(std::move(location)), http_(std::move(http)) {}
  SignedAnswer send(const Call& call);
  SignedAnswer list_uploads(const std::string& key);
  Error refused(const SignedAnswer& answer, const std::string& key,
                std::string_view wanted = "write and remove") const;

  const ObjectLocation location_;
  const std::unique_ptr<SignedHttp> http_;
  mutable std::mutex mutex_;
  std::set<std::string> uncertain_;
};

}  // namespace pg2crdb
