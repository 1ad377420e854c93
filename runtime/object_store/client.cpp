// The shared library behind SignedHttp: nothing else of ours includes libcurl.
#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include "runtime/signed_http.h"

namespace pg2crdb {
namespace {

constexpr long connect_seconds = 20;
/// A server that puts a large object together is silent for minutes.
constexpr long silent_seconds = 300;
constexpr size_t longest_body = size_t{1} << 20;

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct Exchange {
  const SignedRequest& request;
  std::string_view left;  ///< of the body
  SignedAnswer answer;
};

size_t give_body(char* buffer, size_t size, size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  const size_t bytes = std::min(size * count, exchange.left.size());
  std::memcpy(buffer, exchange.left.data(), bytes);
  exchange.left.remove_prefix(bytes);
  return bytes;
}

/// libcurl sends a body again, from its beginning, over a connection that was closed while it waited.
int rewind_body(void* data, curl_off_t offset, int origin) {
  auto& exchange = *static_cast<Exchange*>(data);
  if (origin != SEEK_SET || offset < 0 || static_cast<size_t>(offset) > exchange.request.body.size())
    return CURL_SEEKFUNC_FAIL;
  exchange.left = exchange.request.body.substr(static_cast<size_t>(offset));
  return CURL_SEEKFUNC_OK;
}

size_t take_body(char* bytes, size_t size, size_t count, void* data) {
  std::string& body = static_cast<Exchange*>(data)->answer.body;
  const size_t more = size * count;
  if (body.size() + more > longest_body) return 0;
  body.append(bytes, more);
  return more;
}

size_t take_header(char* bytes, size_t size, size_t count, void* data) {
  SignedAnswer& answer = static_cast<Exchange*>(data)->answer;
  const std::string_view line(bytes, size * count);
  const auto value_of = [&](std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        curl_strnequal(line.data(), name.data(), name.size()) == 0)
      return std::string();
    const std::string_view value = line.substr(name.size() + 1);
    const size_t begin = value.find_first_not_of(" \t");
    const size_t end = value.find_last_not_of(" \t\r\n");
    return begin == std::string_view::npos || end < begin ? std::string()
                                                          : std::string(value.substr(begin, end + 1 - begin));
  };
  if (std::string etag = value_of("ETag"); !etag.empty()) answer.etag = std::move(etag);
  if (std::string region = value_of("x-amz-bucket-region"); !region.empty())
    answer.region = std::move(region);
  if (const std::string length = value_of("Content-Length"); !length.empty())
    answer.length = std::strtoull(length.c_str(), nullptr, 10);
  return size * count;
}

int go_on(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const std::atomic<bool>* stop = static_cast<Exchange*>(data)->request.stop_requested;
  return stop != nullptr && *stop ? 1 : 0;
}

class Client : public SignedHttp {
 public:
  Client(const std::string& region, std::string key_id, std::string secret)
      : signature_("aws:amz:" + region + ":s3"), key_id_(std::move(key_id)), secret_(std::move(secret)) {}

  SignedAnswer send(const SignedRequest& request) override {
    Handle handle = idle();
    if (!handle) return {0, "libcurl gives no handle", false, {}, {}, 0, {}};
    Exchange exchange{request, request.body, {}};
    curl_slist* headers = nullptr;
    for (const std::string& header : request.headers) headers = curl_slist_append(headers, header.c_str());
    char words[CURL_ERROR_SIZE] = {};
    const CURLcode set = set_up(handle.get(), exchange, headers, words);
    const CURLcode done = set != CURLE_OK ? set : curl_easy_perform(handle.get());
    SignedAnswer& answer = exchange.answer;
    if (done == CURLE_OK) {
      curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    } else {
      answer.failure = words[0] != '\0' ? words : curl_easy_strerror(done);
      answer.passes = done == CURLE_COULDNT_RESOLVE_HOST || done == CURLE_COULDNT_CONNECT ||
                      done == CURLE_OPERATION_TIMEDOUT || done == CURLE_PARTIAL_FILE ||
                      done == CURLE_GOT_NOTHING || done == CURLE_SEND_ERROR || done == CURLE_RECV_ERROR ||
                      done == CURLE_HTTP2 || done == CURLE_HTTP2_STREAM || done == CURLE_WEIRD_SERVER_REPLY;
    }
    // The connections stay, the rest is forgotten.
    curl_easy_reset(handle.get());
    curl_slist_free_all(headers);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(handle));
    return std::move(answer);
  }

 private:
  Handle idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return Handle(curl_easy_init());
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  CURLcode set_up(CURL* handle, Exchange& exchange, curl_slist* headers, char* words) const {
    CURLcode failed = CURLE_OK;
    const auto set = [&](CURLoption option, auto value) {
      if (failed == CURLE_OK) failed = curl_easy_setopt(handle, option, value);
    };
    const SignedRequest& request = exchange.request;
    set(CURLOPT_ERRORBUFFER, words);
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_AWS_SIGV4, signature_.c_str());
    set(CURLOPT_USERNAME, key_id_.c_str());
    set(CURLOPT_PASSWORD, secret_.c_str());
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, silent_seconds);
    set(CURLOPT_TIMEOUT, static_cast<long>(request.longest.count()));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &go_on);
    set(CURLOPT_XFERINFODATA, &exchange);
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, &exchange);
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, &exchange);
    if (request.method == "PUT") {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
      set(CURLOPT_READFUNCTION, &give_body);
      set(CURLOPT_READDATA, &exchange);
      set(CURLOPT_SEEKFUNCTION, &rewind_body);
      set(CURLOPT_SEEKDATA, &exchange);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else if (request.method == "POST") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data() == nullptr ? "" : request.body.data());
    } else if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else {
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    return failed;
  }

  const std::string signature_;
  const std::string key_id_;
  const std::string secret_;
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

}  // namespace
}  // namespace pg2crdb

extern "C" __attribute__((visibility("default"))) pg2crdb::SignedHttp* pg2crdb_open_signed_http(
    const std::string& region, const std::string& key_id, const std::string& secret) {
  static const bool usable = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return usable ? new pg2crdb::Client(region, key_id, secret) : nullptr;
}
