#pragma once
#include <string>
#include <string_view>

#include "support/result.h"

namespace pg2crdb {

/// A place in S3-compatible storage, as CockroachDB's own URLs name it:
/// `s3://BUCKET/PREFIX?AWS_ACCESS_KEY_ID=..&AWS_SECRET_ACCESS_KEY=..&AWS_REGION=..&AWS_ENDPOINT=..`.
class ObjectLocation {
 public:
  static bool is_one(std::string_view url);
  /// Refuses `s3:bucket?..` and `gs:/bucket`: taken for a folder, its keys would stand in the journal.
  static Result<void> check_scheme(std::string_view files);

  /// What the URL lacks comes from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
  /// AWS_SESSION_TOKEN, together; AWS_REGION; AWS_ENDPOINT_URL. With `AUTH=implicit` the cluster has keys of
  /// its own, and ours are those of the environment. An error (Kind::usage) where there is no bucket or no
  /// key.
  static Result<ObjectLocation> parse(const std::string& url);

  /// Behind the bucket: empty, or with a slash at its end.
  const std::string& prefix() const { return prefix_; }
  const std::string& bucket() const { return bucket_; }
  const std::string& region() const { return region_; }
  const std::string& key_id() const { return key_id_; }
  const std::string& secret() const { return secret_; }
  const std::string& session_token() const { return session_token_; }
  /// The cluster has keys of its own.
  bool is_implicit() const { return is_implicit_; }
  /// The host that is asked, with its scheme.
  const std::string& endpoint() const { return endpoint_; }

  /// Where the object is read and written by HTTP, without parameters.
  std::string http_url(const std::string& key) const;
  /// For the cluster: with all that it needs, secrets among it.
  std::string cluster_url(const std::string& key) const;
  /// Without secrets.
  std::string shown(const std::string& key) const;
  /// For the journal: without secrets, with the host.
  std::string noted(const std::string& key) const;
  /// The key of what noted() gave; empty where that is of another bucket or host.
  std::string key_of(std::string_view noted) const;
  /// What noted() gave, for a person.
  static std::string shown_of(std::string_view noted);

 private:
  std::string bucket_;
  std::string prefix_;
  std::string region_;
  std::string key_id_;
  std::string secret_;
  std::string session_token_;
  std::string endpoint_;
  bool bucket_in_path_ = true;
  bool is_implicit_ = false;
  std::string parameters_;
};

}  // namespace pg2crdb
