#include "runtime/connection_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/secrets.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr std::string_view kMask = "***";

}  // namespace

bool is_passing(const Error& error) {
  static constexpr std::array<std::string_view, 5> classes = {"08", "40", "53", "57", "58"};
  return error.sqlstate.empty() ||
         std::ranges::find(classes, std::string_view(error.sqlstate).substr(0, 2)) != classes.end();
}

std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (!is_blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string parse_reason(const char* message, const std::string& shown) {
  const std::string reason = one_line(message == nullptr ? "out of memory" : message);
  if (reason.find("invalid URI query parameter") != std::string::npos ||
      reason.find("invalid connection option") != std::string::npos) {
    const size_t begin = reason.find('"') + 1;
    const std::string name = reason.substr(begin, reason.rfind('"') - begin);
    if (shown.find(name) != std::string::npos) return reason;
  }
  std::string out;
  bool quoted = false;
  for (char c : reason) {
    if (c == '"') {
      if (!quoted) out.append("\"").append(kMask);
      quoted = !quoted;
    }
    if (!quoted) out += c;
  }
  return out;
}

Error connection_error(const std::string& url, std::string_view libpq_message) {
  struct Known {
    std::string_view words;
    std::string_view sentence;
    std::string_view advice;
  };
  static constexpr Known known[] = {
      {"password authentication failed", "the server refused user name or password",
       "check the user name, and the password in the URL, in PGPASSWORD or in the file ~/.pgpass"},
      {"no password supplied", "the server asks for a password and none was given",
       "put the password into the file ~/.pgpass or into PGPASSWORD"},
      {"no pg_hba.conf entry", "the server does not let this user in from here",
       "let the server's administrator add a line to its pg_hba.conf"},
      {"Connection refused", "no server listens there", "start the server, or correct host and port"},
      {"Is the server running locally", "no server listens on that socket",
       "start the server, or correct host (the socket's directory) and port"},
      {"could not translate host name", "the host name is not known", "correct the host's name"},
      {"server closed the connection unexpectedly", "the server ended the connection before it answered",
       "look into the server's log; a proxy in between may end connections, too"},
      {"timeout expired", "the server did not answer in time",
       "check host, port and firewalls, or raise connect_timeout in the URL"},
      {"does not support SSL", "the server speaks no TLS",
       "an insecure CockroachDB cluster needs sslmode=disable in the URL"},
      {"SSL is not enabled on the server", "the server speaks no TLS",
       "an insecure CockroachDB cluster needs sslmode=disable in the URL"},
      {"certificate", "the server's or the client's certificate was not accepted",
       "check sslmode, sslrootcert, sslcert and sslkey in the URL"},
  };
  Error error{Error::Kind::interrupted, {}, {}, {}};
  const std::string words = without_secrets(one_line(libpq_message));
  std::string sentence = "the server refused the connection";
  if (words.find("database \"") != std::string::npos && words.find("does not exist") != std::string::npos) {
    sentence = "the database does not exist";
    error.advice = "create it (CREATE DATABASE), or correct its name in the URL";
  } else {
    for (const Known& entry : known) {
      if (words.find(entry.words) == std::string::npos) continue;
      sentence = entry.sentence;
      error.advice = entry.advice;
      break;
    }
  }
  const bool bad_option = words.find("for connection option") != std::string::npos ||
                          words.find("invalid port number") != std::string::npos ||
                          words.find("invalid sslmode value") != std::string::npos;
  if (bad_option) {
    error.kind = Error::Kind::usage;
    sentence = "an option of the connection string has a value that cannot be";
    error.advice = "correct it; a '/', '@', ':' or '?' in a password is written %2F, %40, %3A, %3F";
  }
  // What libpq took for a port or a host may be a piece of a password with a raw ':' or '@' in it.
  const bool quotes_pieces = bad_option || words.find("could not translate host name") != std::string::npos;
  error.message = fmt::format("cannot connect to {}: {} ({})", redacted(url), sentence,
                              quotes_pieces ? parse_reason(words.c_str(), redacted(url)) : words);
  return error;
}

Error at_server(const std::string& url, Error error) {
  error.message = redacted(url) + ": " + error.message;
  return error;
}

std::string lost_sentence(std::string_view libpq_message) {
  const std::string words = without_secrets(one_line(libpq_message));
  const std::string sentence = "the connection to the server was lost";
  if (words.empty()) return sentence;
  if (words.find("server closed the connection unexpectedly") != std::string::npos)
    return sentence + ": the server ended it, or broke down";
  return sentence + " (" + words + ")";
}

}  // namespace pg2crdb
