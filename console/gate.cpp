#include "console/gate.h"

#include <random>
#include <utility>

#include "support/json.h"

namespace pg2crdb::console {
namespace {

Response refused(int status, std::string_view why) {
  Response response;
  response.status = status;
  response.body = "{\"error\":";
  append_json_string(response.body, why);
  response.body += '}';
  return response;
}

/// In the same time wherever they differ.
bool same(std::string_view given, std::string_view token) {
  unsigned difference = given.size() == token.size() ? 0 : 1;
  for (size_t i = 0; i < token.size(); ++i)
    difference |=
        static_cast<unsigned char>(i < given.size() ? given[i] : 0) ^ static_cast<unsigned char>(token[i]);
  return difference == 0;
}

}  // namespace

std::string new_token() {
  constexpr std::string_view hex = "0123456789abcdef";
  std::random_device random;
  std::string token;
  for (int word = 0; word < 4; ++word) {
    const unsigned bits = random();
    for (unsigned shift = 0; shift < 32; shift += 4) token += hex[(bits >> shift) & 0xFU];
  }
  return token;
}

Gate::Gate(int port, std::string token)
    : host_("127.0.0.1:" + std::to_string(port)), token_(std::move(token)) {}

std::string Gate::url() const {
  return "http://" + host_ + "/#" + token_;
}

std::optional<Response> Gate::refuse(const Request& request) const {
  if (request.header("host") != host_) return refused(403, "this is the console of 127.0.0.1 alone");
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && origin != "http://" + host_)
    return refused(403, "another page has no business here");
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none")
    return refused(403, "another page has no business here");
  if (!request.path.starts_with("/api/")) {
    if (request.method == "GET") return {};
    return refused(405, "only GET is answered here");
  }
  if (!same(request.header("x-pg2crdb-token"), token_))
    return refused(401, "the token is not the one of this console: open the address that it printed");
  if (request.method == "GET") return {};
  if (request.method != "POST") return refused(405, "only GET and POST are answered here");
  if (origin.empty()) return refused(403, "what changes something comes from the console's own page");
  if (!request.header("content-type").starts_with("application/json"))
    return refused(415, "what is sent has to be application/json");
  return {};
}

}  // namespace pg2crdb::console
