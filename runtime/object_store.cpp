#include "runtime/object_store.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "runtime/runtime.h"
#include "support/module.h"
#include "support/percent.h"
#include "support/sha256.h"

namespace pg2crdb {
namespace {

using std::chrono::milliseconds;

constexpr int most_tries = 5;
constexpr auto first_pause = milliseconds(300);
constexpr auto longest_removal = std::chrono::seconds(10);

std::string decoded_xml(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = text.front() == '&' ? text.find(';') : std::string_view::npos;
    const std::string_view name = end == std::string_view::npos ? "" : text.substr(1, end - 1);
    char c = text.front();
    if (name == "amp") c = '&';
    if (name == "lt") c = '<';
    if (name == "gt") c = '>';
    if (name == "quot") c = '"';
    if (name == "apos") c = '\'';
    if (name.starts_with("#x"))
      c = static_cast<char>(std::strtol(std::string(name.substr(2)).c_str(), nullptr, 16));
    else if (name.starts_with('#'))
      c = static_cast<char>(std::strtol(std::string(name.substr(1)).c_str(), nullptr, 10));
    out += c;
    text.remove_prefix(name.empty() ? 1 : end + 1);
  }
  return out;
}

/// What stands in the first element of this name; empty where there is none.
std::string element(const std::string& xml, std::string_view name) {
  const std::string opening = fmt::format("<{}>", name);
  const size_t begin = xml.find(opening);
  if (begin == std::string::npos) return {};
  const size_t end = xml.find(fmt::format("</{}>", name), begin);
  if (end == std::string::npos) return {};
  return decoded_xml(std::string_view(xml).substr(begin + opening.size(), end - begin - opening.size()));
}

std::string code_of(const SignedAnswer& answer) {
  return answer.body.find("<Error") == std::string::npos ? std::string() : element(answer.body, "Code");
}

bool is_done(const SignedAnswer& answer) {
  // Putting parts together may fail behind the 200.
  return answer.status >= 200 && answer.status < 300 && answer.body.find("<Error") == std::string::npos;
}

bool passes(const SignedAnswer& answer) {
  if (answer.status == 0) return answer.passes;
  if (answer.status == 200) {
    const std::string code = code_of(answer);
    return code == "InternalError" || code == "SlowDown" || code == "ServiceUnavailable";
  }
  return answer.status == 500 || answer.status == 502 || answer.status == 503 || answer.status == 504 ||
         answer.status == 429;
}

Error no_storage(const ObjectLocation& location, std::string_view what) {
  return {Error::Kind::interrupted,
          fmt::format("{} {}", location.endpoint(), what),
          {},
          "see that AWS_ENDPOINT is the one of S3-compatible storage"};
}

Error stopped() {
  return {Error::Kind::interrupted, "stopped", {}, "run the same command with --resume"};
}

/// The ids of a list of uploads that are of the key itself.
std::vector<std::string> uploads_of(const SignedAnswer& listed, const std::string& key) {
  static constexpr std::string_view opening = "<Upload>";
  std::vector<std::string> ids;
  for (size_t at = listed.body.find(opening); at != std::string::npos;
       at = listed.body.find(opening, at + opening.size())) {
    const std::string upload = listed.body.substr(at, listed.body.find("</Upload>", at) - at);
    if (element(upload, "Key") == key) ids.push_back(element(upload, "UploadId"));
  }
  return ids;
}

}  // namespace

struct ObjectStore::Call {
  std::string method;
  std::string key;
  std::string query = {};  ///< with its question mark, sorted
  std::string_view body = {};
  bool removes = false;
};

Result<std::unique_ptr<ObjectStore>> ObjectStore::open(ObjectLocation location) {
  static auto* const open_http = reinterpret_cast<OpenSignedHttp*>(
      function_in_module("libpg2crdb_object_store.so", "pg2crdb_open_signed_http"));
  std::unique_ptr<SignedHttp> http;
  if (open_http != nullptr) http.reset(open_http(location.region(), location.key_id(), location.secret()));
  if (http == nullptr) {
    const char* why = open_http == nullptr ? dlerror() : nullptr;
    return Error{
        Error::Kind::usage,
        std::string("the client for object storage cannot be loaded: ") +
            (why == nullptr ? "libpg2crdb_object_store.so or libcurl is not the one it should be" : why),
        {},
        "install libcurl (Debian: libcurl4), give a folder in --host-files, or load with --method copy"};
  }
  return std::unique_ptr<ObjectStore>(new ObjectStore(std::move(location), std::move(http)));
}

SignedAnswer ObjectStore::send(const Call& call) {
  SignedRequest request;
  request.method = call.method;
  request.url = location_.http_url(call.key) + call.query;
  request.body = call.body;
  if (call.removes) {
    request.longest = longest_removal;
  } else {
    request.stop_requested = &stop_requested;
  }
  Sha256 sum;
  sum.add(call.body);
  request.headers.push_back("x-amz-content-sha256: " + sum.hexadecimal());
  if (!location_.session_token().empty())
    request.headers.push_back("x-amz-security-token: " + location_.session_token());
  if (call.method == "POST") request.headers.emplace_back("Content-Type: application/xml");
  auto pause = first_pause;
  for (int tries = 1;; ++tries) {
    SignedAnswer answer = http_->send(request);
    if (answer.status == 0 && (call.method == "PUT" || call.method == "POST")) {
      const std::lock_guard lock(mutex_);
      uncertain_.insert(call.key);
    }
    const int most = call.removes ? 2 : most_tries;
    if (is_done(answer) || !passes(answer) || tries == most || (stop_requested && !call.removes))
      return answer;
    for (auto waited = milliseconds(0); waited < pause && (call.removes || !stop_requested);
         waited += milliseconds(50))
      std::this_thread::sleep_for(milliseconds(50));
    pause *= 2;
  }
}

Result<void> ObjectStore::put(const std::string& key, std::string_view bytes) {
  const SignedAnswer answer = send({"PUT", key, {}, bytes});
  if (!is_done(answer)) return refused(answer, key);
  return {};
}

Result<std::string> ObjectStore::read(const std::string& key) {
  SignedAnswer answer = send({"GET", key});
  if (!is_done(answer)) return refused(answer, key, "read");
  return std::move(answer.body);
}

Result<void> ObjectStore::look(const std::string& key) {
  const SignedAnswer answer = send({"GET", key});
  const std::string code = code_of(answer);
  // Without the right to list, what is not there is forbidden, too.
  if (is_done(answer) || code == "NoSuchKey" || code == "AccessDenied") return {};
  return refused(answer, key, "read");
}

bool ObjectStore::is_uncertain(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return uncertain_.contains(key);
}

Result<std::string> ObjectStore::begin_upload(const std::string& key) {
  const SignedAnswer answer = send({"POST", key, "?uploads="});
  if (!is_done(answer)) return refused(answer, key);
  std::string upload = element(answer.body, "UploadId");
  if (upload.empty()) return no_storage(location_, "began an upload without an id");
  return upload;
}

Result<std::string> ObjectStore::put_part(const std::string& key, const std::string& upload, size_t number,
                                          std::string_view bytes) {
  const SignedAnswer answer =
      send({"PUT", key, fmt::format("?partNumber={}&uploadId={}", number, percent_encoded(upload)), bytes});
  if (!is_done(answer)) return refused(answer, key);
  if (answer.etag.empty()) return no_storage(location_, "confirmed a part without an ETag");
  return answer.etag;
}

Result<void> ObjectStore::complete_upload(const std::string& key, const std::string& upload,
                                          const std::vector<std::string>& parts, uint64_t size) {
  std::string body = "<CompleteMultipartUpload>";
  for (size_t i = 0; i < parts.size(); ++i) {
    body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, parts[i]);
  }
  body += "</CompleteMultipartUpload>";
  const SignedAnswer answer = send({"POST", key, "?uploadId=" + percent_encoded(upload), body});
  if (is_done(answer)) return {};
  // A first try, be it ours or libcurl's, may have done it, and its answer been lost: then there is no such
  // upload any more. Nobody else can know the key.
  if (answer.status == 404 || answer.status == 403) {
    const SignedAnswer found = send({"HEAD", key});
    if (is_done(found) && found.length == size) return {};
  }
  return refused(answer, key);
}

Result<void> ObjectStore::remove(const std::string& key) {
  const SignedAnswer answer = send({"DELETE", key, {}, {}, true});
  if (is_done(answer) || (answer.status == 404 && code_of(answer) != "NoSuchBucket")) return {};
  return refused(answer, key);
}

Result<void> ObjectStore::abort_upload(const std::string& key, const std::string& upload) {
  const SignedAnswer answer = send({"DELETE", key, "?uploadId=" + percent_encoded(upload), {}, true});
  if (is_done(answer) || answer.status == 404) return {};
  // Some say 403 of one that has ended; others, that we may not.
  if (answer.status == 403) {
    const SignedAnswer listed = list_uploads(key);
    const std::vector<std::string> left = uploads_of(listed, key);
    if (is_done(listed) && std::ranges::find(left, upload) == left.end()) return {};
  }
  return refused(answer, key, "abort uploads of");
}

SignedAnswer ObjectStore::list_uploads(const std::string& key) {
  return send({"GET", {}, fmt::format("?prefix={}&uploads=", percent_encoded(key)), {}, true});
}

Result<void> ObjectStore::abort_uploads(const std::string& key) {
  const SignedAnswer listed = list_uploads(key);
  const bool cannot_tell =
      listed.status == 403 || listed.status == 404 || listed.status == 405 || listed.status == 501;
  if (cannot_tell) return {};
  if (!is_done(listed)) return refused(listed, key);
  for (const std::string& upload : uploads_of(listed, key)) {
    if (Result<void> aborted = abort_upload(key, upload); !aborted) return aborted;
  }
  return {};
}

/// Codes are those of S3, of versitygw and of s3s; a server's own words may quote what was signed.
Error ObjectStore::refused(const SignedAnswer& answer, const std::string& key,
                           std::string_view wanted) const {
  if (stop_requested && answer.status == 0) return stopped();
  const auto say = [](Error::Kind kind, std::string message, std::string advice) {
    return Error{kind, std::move(message), {}, std::move(advice)};
  };
  const std::string& place = location_.endpoint();
  if (answer.status == 0) {
    return say(Error::Kind::interrupted,
               fmt::format("the object storage at {} does not answer: {}", place, answer.failure),
               "see that it runs, and that AWS_ENDPOINT is right; then run again with --resume");
  }
  const std::string code = code_of(answer);
  const std::string number = fmt::format("{}{}{}", answer.status, code.empty() ? "" : " ", code);
  if (passes(answer)) {
    return say(Error::Kind::interrupted,
               fmt::format("the object storage at {} cannot take the import files now ({}, {} times)", place,
                           number, most_tries),
               "run again with --resume, later");
  }
  if (code == "RequestTimeTooSkewed" || code == "RequestExpired") {
    return say(Error::Kind::usage,
               fmt::format("this machine's clock and the one of {} differ by more than 15 minutes ({})",
                           place, number),
               "set this machine's clock; then run again with --resume");
  }
  const std::string region = answer.region.empty() ? element(answer.body, "Region") : answer.region;
  const bool other_region = !region.empty() && region != location_.region();
  if (other_region || code == "AuthorizationHeaderMalformed" || code == "PermanentRedirect" ||
      answer.status == 301 || answer.status == 307) {
    return say(Error::Kind::usage,
               fmt::format("the bucket {} is not in the region {} ({})", location_.bucket(),
                           location_.region(), number),
               fmt::format("give {} in the URL of --host-files, and the AWS_ENDPOINT of that region",
                           region.empty() ? "its AWS_REGION" : "AWS_REGION=" + region));
  }
  if (code == "NoSuchBucket") {
    return say(Error::Kind::usage, fmt::format("{} has no bucket {} ({})", place, location_.bucket(), number),
               "make the bucket, or correct the URL of --host-files");
  }
  if (code == "InvalidAccessKeyId" || code == "XAdminUserNotFound" || code == "NotSignedUp") {
    return say(Error::Kind::usage, fmt::format("{} does not know this AWS_ACCESS_KEY_ID ({})", place, number),
               "correct it; the environment's counts where the URL of --host-files has none");
  }
  if (code == "SignatureDoesNotMatch") {
    return say(Error::Kind::usage,
               fmt::format("AWS_SECRET_ACCESS_KEY is not the one of this AWS_ACCESS_KEY_ID ({})", number),
               "correct it; in a URL a plus sign is written %2B, a slash %2F, a percent sign %25");
  }
  if (code == "InvalidToken" || code == "ExpiredToken" || code == "TokenRefreshRequired") {
    return say(Error::Kind::usage, fmt::format("AWS_SESSION_TOKEN is wrong or has expired ({})", number),
               "ask for new keys, and run again with --resume");
  }
  const std::string object = location_.shown(key);
  if (answer.status == 401 || answer.status == 403) {
    return say(Error::Kind::usage, fmt::format("this key may not {} {} ({})", wanted, object, number),
               "grant it s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload below the "
               "prefix");
  }
  return say(Error::Kind::interrupted,
             fmt::format("the object storage at {} refuses {} ({})", place, object, number),
             answer.status == 404
                 ? "somebody else may clean up there, or AWS_ENDPOINT is wrong; run again with --resume"
                 : "run again with --resume");
}

}  // namespace pg2crdb
