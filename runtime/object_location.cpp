#include "runtime/object_location.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "support/ascii.h"
#include "support/percent.h"

namespace pg2crdb {
namespace {

constexpr std::string_view scheme = "s3://";
constexpr std::string_view noted_host = "?AWS_ENDPOINT=";
constexpr std::string_view usual_region = "us-east-1";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

class Parameters {
 public:
  /// A plus sign is a blank, as everywhere in the parameters of URLs.
  explicit Parameters(std::string_view query) {
    while (!query.empty()) {
      std::string_view parameter = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(parameter.size() + 1, query.size()));
      if (parameter.empty()) continue;
      std::string text(parameter);
      std::replace(text.begin(), text.end(), '+', ' ');
      const size_t equals = std::min(text.find('='), text.size());
      all_.emplace_back(percent_decoded(text.substr(0, equals)),
                        percent_decoded(text.substr(std::min(equals + 1, text.size()))));
    }
  }

  std::string get(std::string_view name) const {
    for (const auto& [key, value] : all_)
      if (key == name) return value;
    return {};
  }

  void set(const std::string& name, const std::string& value) {
    for (auto& [key, old] : all_) {
      if (key != name) continue;
      old = value;
      return;
    }
    all_.emplace_back(name, value);
  }

  std::string text() const {
    std::string out;
    for (const auto& [key, value] : all_)
      out += fmt::format("{}{}={}", out.empty() ? "?" : "&", percent_encoded(key), percent_encoded(value));
    return out;
  }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

Error no_such(std::string message, std::string advice) {
  return {Error::Kind::usage, std::move(message), {}, std::move(advice)};
}

}  // namespace

Result<void> ObjectLocation::check_scheme(std::string_view files) {
  constexpr std::string_view schemes[] = {"s3",   "gs",    "azure",     "azure-blob", "azure-storage",
                                          "http", "https", "nodelocal", "userfile",   "external"};
  const size_t colon = std::min(files.find(':'), files.size());
  const bool is_scheme =
      std::ranges::find(schemes, lower(files.substr(0, colon))) != std::end(schemes) && colon < files.size();
  if (!is_scheme || files.substr(colon).starts_with("://")) return {};
  return no_such("--host-files is no folder, and no URL with ://", "write ./ in front of a folder's name");
}

bool ObjectLocation::is_one(std::string_view url) {
  return lower(url.substr(0, scheme.size())) == scheme;
}

Result<ObjectLocation> ObjectLocation::parse(const std::string& url) {
  const std::string_view address = std::string_view(url).substr(scheme.size());
  const size_t query = std::min(address.find('?'), address.size());
  const std::string_view path = address.substr(0, query);
  const size_t slash = std::min(path.find('/'), path.size());
  ObjectLocation location;
  location.bucket_ = path.substr(0, slash);
  location.prefix_ = percent_decoded(path.substr(std::min(slash + 1, path.size())));
  if (!location.prefix_.empty() && !location.prefix_.ends_with('/')) location.prefix_ += '/';
  if (location.bucket_.empty() || location.bucket_.find_first_of("@:%") != std::string::npos) {
    return no_such("the URL in --host-files names no bucket",
                   "write it as CockroachDB reads it: s3://BUCKET/PREFIX?AWS_REGION=...");
  }

  // Clients of object storage fold such parts, and nodes do not.
  for (const std::string_view part : {"/./", "/../"}) {
    if (("/" + location.prefix_).find(part) != std::string::npos)
      return no_such("the prefix in --host-files has a part that is `.` or `..`", "write it without");
  }

  Parameters parameters(address.substr(std::min(query + 1, address.size())));
  location.region_ = parameters.get("AWS_REGION");
  if (location.region_.empty()) {
    location.region_ = environment("AWS_REGION");
    if (!location.region_.empty()) parameters.set("AWS_REGION", location.region_);
  }
  if (location.region_.empty()) location.region_ = usual_region;

  location.key_id_ = parameters.get("AWS_ACCESS_KEY_ID");
  location.secret_ = parameters.get("AWS_SECRET_ACCESS_KEY");
  location.session_token_ = parameters.get("AWS_SESSION_TOKEN");
  // A secret is of base64, without a blank: that was a plus sign which should have been %2B.
  for (std::string* secret : {&location.secret_, &location.session_token_})
    std::replace(secret->begin(), secret->end(), ' ', '+');
  location.is_implicit_ = parameters.get("AUTH") == "implicit";
  if (location.is_implicit_ || location.key_id_.empty()) {
    location.key_id_ = environment("AWS_ACCESS_KEY_ID");
    location.session_token_ = environment("AWS_SESSION_TOKEN");
    if (location.is_implicit_ || location.secret_.empty())
      location.secret_ = environment("AWS_SECRET_ACCESS_KEY");
  } else if (location.secret_.empty()) {
    location.secret_ = environment("AWS_SECRET_ACCESS_KEY");
    if (location.session_token_.empty()) location.session_token_ = environment("AWS_SESSION_TOKEN");
  }
  if (location.key_id_.empty() || location.secret_.empty()) {
    return no_such(
        fmt::format("there is no {} for s3://{}",
                    location.key_id_.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                    location.bucket_),
        "put AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY into the environment, or as parameters into the "
        "URL of --host-files");
  }
  if (!location.is_implicit_) {
    parameters.set("AWS_ACCESS_KEY_ID", location.key_id_);
    parameters.set("AWS_SECRET_ACCESS_KEY", location.secret_);
    if (!location.session_token_.empty()) parameters.set("AWS_SESSION_TOKEN", location.session_token_);
  }

  location.endpoint_ = parameters.get("AWS_ENDPOINT");
  if (location.endpoint_.empty()) {
    location.endpoint_ = environment("AWS_ENDPOINT_URL");
    if (!location.endpoint_.empty()) parameters.set("AWS_ENDPOINT", location.endpoint_);
  }
  // Amazon's certificates are for buckets without a dot in front of the host.
  location.bucket_in_path_ = location.endpoint_.empty()
                                 ? location.bucket_.find('.') != std::string::npos
                                 : lower(parameters.get("AWS_USE_PATH_STYLE")) != "false";
  if (location.endpoint_.empty()) {
    location.endpoint_ = fmt::format("https://s3.{}.amazonaws.com{}", location.region_,
                                     location.region_.starts_with("cn-") ? ".cn" : "");
  }
  if (location.endpoint_.find("://") == std::string::npos)
    location.endpoint_ = "https://" + location.endpoint_;
  while (location.endpoint_.ends_with('/')) location.endpoint_.pop_back();
  const std::string protocol = lower(location.endpoint_.substr(0, location.endpoint_.find("://")));
  if ((protocol != "http" && protocol != "https") || location.endpoint_.find('@') != std::string::npos) {
    return no_such("AWS_ENDPOINT is no address of object storage",
                   "write it as https://HOST or http://HOST:PORT");
  }
  location.parameters_ = parameters.text();
  return location;
}

std::string ObjectLocation::http_url(const std::string& key) const {
  std::string url = endpoint_;
  if (bucket_in_path_) {
    url += "/" + bucket_;
  } else {
    url.insert(url.find("://") + 3, bucket_ + ".");
  }
  return url + "/" + percent_encoded_path(key);
}

std::string ObjectLocation::cluster_url(const std::string& key) const {
  return shown(key) + parameters_;
}

std::string ObjectLocation::shown(const std::string& key) const {
  return fmt::format("{}{}/{}", scheme, bucket_, percent_encoded_path(key));
}

std::string ObjectLocation::noted(const std::string& key) const {
  return fmt::format("{}{}{}", shown(key), noted_host, percent_encoded(endpoint_));
}

std::string ObjectLocation::key_of(std::string_view noted) const {
  const std::string begin = fmt::format("{}{}/", scheme, bucket_);
  const std::string end = fmt::format("{}{}", noted_host, percent_encoded(endpoint_));
  if (!noted.starts_with(begin) || !noted.ends_with(end)) return {};
  return percent_decoded(noted.substr(begin.size(), noted.size() - begin.size() - end.size()));
}

std::string ObjectLocation::shown_of(std::string_view noted) {
  const size_t host = std::min(noted.find(noted_host), noted.size());
  std::string out(noted.substr(0, host));
  if (host < noted.size()) out += " at " + percent_decoded(noted.substr(host + noted_host.size()));
  return out;
}

}  // namespace pg2crdb
