#include "runtime/object_location.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <map>

using namespace pg2crdb;

namespace {

/// The environment's words for a test, and none else.
struct Environment {
  explicit Environment(const std::map<std::string, std::string>& given = {}) {
    for (const char* name : names) ::unsetenv(name);
    for (const auto& [name, value] : given) ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const char* name : names) ::unsetenv(name);
  }
  static constexpr const char* names[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                                          "AWS_REGION", "AWS_ENDPOINT_URL"};
};

ObjectLocation parsed(const std::string& url) {
  Result<ObjectLocation> location = ObjectLocation::parse(url);
  if (!location) FAIL(location.error().message);
  return *location;
}

}  // namespace

TEST_CASE("a URL of object storage is read as it was meant, and given to the cluster without doubt") {
  const Environment none;
  CHECK(ObjectLocation::is_one("S3://b"));
  CHECK_FALSE(ObjectLocation::is_one("s3:/b"));
  const ObjectLocation location = parsed(
      "s3://b/a%20b/100%25?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=x+y%2Fz%2B&AWS_REGION=eu-west-3&"
      "AWS_ENDPOINT=http%3A%2F%2Fh%3A9%2F&OTHER=1");
  CHECK(location.bucket() == "b");
  CHECK(location.prefix() == "a b/100%/");
  CHECK(location.secret() == "x+y/z+");
  CHECK(location.region() == "eu-west-3");
  CHECK(location.endpoint() == "http://h:9");
  CHECK(location.http_url("a b/+") == "http://h:9/b/a%20b/%2B");
  CHECK(location.shown("a b/+") == "s3://b/a%20b/%2B");
  CHECK(location.noted("a b/+") == "s3://b/a%20b/%2B?AWS_ENDPOINT=http%3A%2F%2Fh%3A9");
  CHECK(location.key_of(location.noted("a b/+?AWS_ENDPOINT=x")) == "a b/+?AWS_ENDPOINT=x");
  CHECK(ObjectLocation::shown_of(location.noted("a b/+")) == "s3://b/a%20b/%2B at http://h:9");
  for (const char* other :
       {"s3://bc/a?AWS_ENDPOINT=http%3A%2F%2Fh%3A9", "s3://b/a?AWS_ENDPOINT=http%3A%2F%2Fi%3A9", "s3://b/a"})
    CHECK(location.key_of(other).empty());
  CHECK(location.cluster_url("k") ==
        "s3://b/k?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=x%2By%2Fz%2B&AWS_REGION=eu-west-3&"
        "AWS_ENDPOINT=http%3A%2F%2Fh%3A9%2F&OTHER=1");
}

TEST_CASE("what a URL of object storage lacks comes from the environment") {
  const Environment environment({{"AWS_ACCESS_KEY_ID", "E"},
                                 {"AWS_SECRET_ACCESS_KEY", "S"},
                                 {"AWS_SESSION_TOKEN", "T"},
                                 {"AWS_REGION", "cn-north-1"}});
  const ObjectLocation all = parsed("s3://b");
  CHECK(all.http_url("k") == "https://b.s3.cn-north-1.amazonaws.com.cn/k");
  CHECK(all.cluster_url("k") ==
        "s3://b/k?AWS_REGION=cn-north-1&AWS_ACCESS_KEY_ID=E&AWS_SECRET_ACCESS_KEY=S&AWS_SESSION_TOKEN=T");
  // A token belongs to its key.
  const ObjectLocation own = parsed("s3://b.c/?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=O");
  CHECK(own.session_token().empty());
  CHECK(own.http_url("k") == "https://s3.cn-north-1.amazonaws.com.cn/b.c/k");
  const ObjectLocation implicit = parsed("s3://b?AUTH=implicit");
  CHECK(implicit.key_id() == "E");
  CHECK(implicit.cluster_url("k") == "s3://b/k?AUTH=implicit&AWS_REGION=cn-north-1");
  const ObjectLocation in_host = parsed("s3://b?AWS_ENDPOINT=h.example&AWS_USE_PATH_STYLE=false");
  CHECK(in_host.http_url("k") == "https://b.h.example/k");
}

TEST_CASE("a misspelt URL is no folder") {
  for (const char* files : {"s3:imports/p?AWS_SECRET_ACCESS_KEY=S", "S3:/imports", "gs:/b", "https:/h/p"}) {
    CAPTURE(files);
    const Result<void> read = ObjectLocation::check_scheme(files);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("SECRET") == std::string::npos);
  }
  for (const char* files : {"", "/tmp/files", "./s3:files", "s3", "files:here", "s3://b/p", "http://h/p"}) {
    CAPTURE(files);
    CHECK(ObjectLocation::check_scheme(files));
  }
}

TEST_CASE("a URL of object storage without bucket or key is refused") {
  const Environment none;
  for (const char* url :
       {"s3://", "s3:///k", "s3://?AWS_REGION=x", "s3://key:secret@b/k", "s3://b",
        "s3://b?AWS_ACCESS_KEY_ID=K", "s3://b/a/../c?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=S",
        "s3://b/%2e/?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=S",
        "s3://b?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=S&AWS_ENDPOINT=ftp://h"}) {
    CAPTURE(url);
    const Result<ObjectLocation> location = ObjectLocation::parse(url);
    REQUIRE_FALSE(location);
    CHECK(location.error().kind == Error::Kind::usage);
    CHECK(location.error().message.find("secret") == std::string::npos);
  }
}
