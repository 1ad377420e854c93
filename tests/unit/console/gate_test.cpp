#include "console/gate.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "console/page.h"

namespace pg2crdb::console {
namespace {

constexpr int port = 4711;
const std::string token = "0123456789abcdef0123456789abcdef";

Request of_own_page(std::string method, std::string path) {
  return {std::move(method),
          std::move(path),
          {},
          {{"host", "127.0.0.1:4711"},
           {"origin", "http://127.0.0.1:4711"},
           {"content-type", "application/json"},
           {"x-pg2crdb-token", token}},
          "{}"};
}

int status_of(const Request& request) {
  const auto refused = Gate(port, token).refuse(request);
  return refused ? refused->status : 200;
}

TEST_CASE("the own page is answered") {
  CHECK(status_of(of_own_page("GET", "/api/state")) == 200);
  CHECK(status_of(of_own_page("POST", "/api/undo")) == 200);
  CHECK(Gate(port, token).url() == "http://127.0.0.1:4711/#" + token);
}

TEST_CASE("each thing that is missing or another one is refused") {
  const auto with = [](const char* method, const char* name, const std::string& value) {
    Request request = of_own_page(method, "/api/undo");
    request.headers[name] = value;
    return status_of(request);
  };
  const auto without = [](const char* method, const char* name) {
    Request request = of_own_page(method, "/api/undo");
    request.headers.erase(name);
    return status_of(request);
  };
  for (const char* method : {"GET", "POST"}) {
    CHECK(without(method, "host") == 403);
    CHECK(with(method, "host", "localhost:4711") == 403);
    CHECK(with(method, "host", "127.0.0.1:4712") == 403);
    CHECK(with(method, "origin", "http://127.0.0.1:4712") == 403);
    CHECK(with(method, "origin", "null") == 403);
    CHECK(with(method, "sec-fetch-site", "cross-site") == 403);
    CHECK(with(method, "sec-fetch-site", "same-origin") == 200);
    CHECK(without(method, "x-pg2crdb-token") == 401);
    CHECK(with(method, "x-pg2crdb-token", token.substr(1)) == 401);
    CHECK(with(method, "x-pg2crdb-token", token + "0") == 401);
    CHECK(with(method, "x-pg2crdb-token", "1" + token.substr(1)) == 401);
  }
  CHECK(without("GET", "origin") == 200);
  CHECK(without("POST", "origin") == 403);
  CHECK(without("POST", "content-type") == 415);
  CHECK(with("POST", "content-type", "text/plain") == 415);
  CHECK(status_of(of_own_page("PUT", "/api/undo")) == 405);
}

TEST_CASE("the page's files want no token, and there are no others") {
  Request request = of_own_page("GET", "/");
  request.headers.erase("x-pg2crdb-token");
  CHECK(status_of(request) == 200);
  request.method = "POST";
  CHECK(status_of(request) == 405);
  CHECK(page_file("/").status == 200);
  CHECK(page_file("/console.js").body.starts_with("'use strict';"));
  for (const char* path : {"", "/..", "/console.js/", "/console/page/start.js", "//", "/etc/passwd"})
    CHECK(page_file(path).status == 404);
}

TEST_CASE("a token is 128 bits, and another one each time") {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string one = new_token();
    CHECK(one.size() == 32);
    CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
    tokens.insert(one);
  }
  CHECK(tokens.size() == 100);
}

}  // namespace
}  // namespace pg2crdb::console
