#include "runtime/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "support/ascii.h"
#include "support/percent.h"

namespace pg2crdb {
namespace {

constexpr std::string_view mask = "***";

/// Whether the value of this URL parameter or connection keyword is a secret.
bool is_secret(std::string_view key) {
  const std::string name = lower(percent_decoded(key));
  if (name == "sslkey") return false;  // a file's name
  for (std::string_view word : {"password", "passwd", "secret", "token", "credential", "signature", "key"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return name == "sig";
}

/// Whether the environment can hold it in place of a URL or connection string.
bool is_of_environment(std::string_view key) {
  const std::string name = lower(percent_decoded(key));
  return name == "password" || name == "aws_access_key_id" || name == "aws_secret_access_key" ||
         name == "aws_session_token";
}

/// A keyword of libpq's that takes no secret.
bool is_plain_keyword(std::string_view key) {
  static constexpr auto keywords = std::to_array<std::string_view>({"host",
                                                                    "hostaddr",
                                                                    "port",
                                                                    "dbname",
                                                                    "user",
                                                                    "passfile",
                                                                    "service",
                                                                    "servicefile",
                                                                    "options",
                                                                    "application_name",
                                                                    "fallback_application_name",
                                                                    "client_encoding",
                                                                    "connect_timeout",
                                                                    "keepalives",
                                                                    "keepalives_idle",
                                                                    "keepalives_interval",
                                                                    "keepalives_count",
                                                                    "tcp_user_timeout",
                                                                    "sslmode",
                                                                    "ssl",
                                                                    "requiressl",
                                                                    "sslcompression",
                                                                    "sslcert",
                                                                    "sslkey",
                                                                    "sslrootcert",
                                                                    "sslcrl",
                                                                    "sslcrldir",
                                                                    "sslsni",
                                                                    "sslnegotiation",
                                                                    "sslcertmode",
                                                                    "requirepeer",
                                                                    "require_auth",
                                                                    "channel_binding",
                                                                    "krbsrvname",
                                                                    "gsslib",
                                                                    "gssencmode",
                                                                    "gssdelegation",
                                                                    "replication",
                                                                    "target_session_attrs",
                                                                    "load_balance_hosts",
                                                                    "ssl_min_protocol_version",
                                                                    "ssl_max_protocol_version"});
  return std::find(keywords.begin(), keywords.end(), lower(percent_decoded(key))) != keywords.end();
}

/// What else stands before a `=` may be a piece of a password.
bool is_keyword(std::string_view key) {
  return is_secret(key) || is_plain_keyword(key);
}

/// "a=1&b=2", all of it.
bool is_query(std::string_view text, bool of_libpq) {
  while (true) {
    const std::string_view parameter = text.substr(0, text.find('&'));
    const std::string_view key = parameter.substr(0, parameter.find('='));
    if (key.size() == parameter.size()) return false;
    const auto in_key = [](char c) { return in_name(c) || c == '%' || c == '-'; };
    if (of_libpq ? !is_keyword(key) : !std::all_of(key.begin(), key.end(), in_key)) return false;
    if (parameter.size() == text.size()) return true;
    text.remove_prefix(parameter.size() + 1);
  }
}

/// Of libpq's parameters, a misspelt one may be the password's, and what is none the rest of it.
std::string redacted_query(std::string_view query, bool of_libpq) {
  std::string out;
  while (true) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    const size_t equals = parameter.find('=');
    const std::string_view key = parameter.substr(0, equals);
    if (equals == std::string_view::npos) {
      out += of_libpq && !parameter.empty() ? mask : parameter;
    } else if (is_secret(key) || (of_libpq && !is_keyword(key))) {
      out.append(parameter.substr(0, equals + 1)).append(mask);
    } else {
      out += parameter;
    }
    if (end == query.size()) return out;
    out += '&';
    query.remove_prefix(end + 1);
  }
}

/// What stands behind the first colon is a port: in front of a comma, a path, a query or the end.
bool has_port(std::string_view address, size_t colon) {
  size_t end = colon + 1;
  while (end < address.size() && is_digit(address[end])) ++end;
  return end == address.size() || address[end] == '/' || address[end] == '?' || address[end] == ',';
}

/// `user:password@host:port/database?parameters`. libpq reads a user and a password where a '@' comes before
/// the first '/'. Where a password holds a raw '/', '?' or '@', libpq reads something else: then rather too
/// much is masked.
std::string redacted_address(std::string_view address, bool of_libpq) {
  const size_t first_at = address.find('@');
  const bool read_as_user = first_at < address.find('/');
  size_t query = address.find('?', read_as_user ? first_at : 0);
  while (query != std::string_view::npos && !is_query(address.substr(query + 1), of_libpq))
    query = address.find('?', query + 1);

  size_t at = address.substr(0, query).rfind('@');
  const size_t colon = address.substr(0, at).find(':');
  const bool bracket = address.starts_with('[');
  if (at == std::string_view::npos && colon != std::string_view::npos && !bracket &&
      !has_port(address, colon)) {
    at = address.rfind('@');
    if (at == std::string_view::npos) at = std::min(address.find_first_of("/?"), address.size());
  }
  std::string out;
  if (at != std::string_view::npos) {
    if (colon < at) {
      out.append(address.substr(0, colon + 1)).append(mask);
    } else {
      out += address.substr(0, at);
    }
    address.remove_prefix(at);
  }
  query = address.find('?');
  if (query == std::string_view::npos) return out.append(address);
  out += address.substr(0, query + 1);
  return out + redacted_query(address.substr(query + 1), of_libpq);
}

std::string redacted_keywords(std::string_view text) {
  const bool of_libpq = is_connection_string(text);
  std::string out;
  size_t i = 0;
  while (i < text.size()) {
    if (is_blank(text[i])) {
      out += text[i++];
      continue;
    }
    const size_t key_begin = i;
    while (i < text.size() && text[i] != '=' && !is_blank(text[i])) ++i;
    const std::string_view key = text.substr(key_begin, i - key_begin);
    while (i < text.size() && is_blank(text[i])) ++i;
    // The rest of an unquoted password with a blank in it looks like a keyword without a value.
    if (i == text.size() || text[i] != '=') return out.append(mask);
    ++i;
    while (i < text.size() && is_blank(text[i])) ++i;
    const size_t value_begin = i;
    const bool quoted = i < text.size() && text[i] == '\'';
    if (quoted) ++i;
    while (i < text.size() && (quoted ? text[i] != '\'' : !is_blank(text[i]))) {
      i += text[i] == '\\' && i + 1 < text.size() ? 2 : 1;
    }
    if (quoted && i < text.size()) ++i;
    const std::string_view value = text.substr(value_begin, i - value_begin);
    // Or it holds a '=' as well.
    if (key_begin > 0 && out.find(mask) != std::string::npos && !is_keyword(key)) return out.append(mask);
    out.append(key).append("=");
    // Of libpq's keywords, a misspelt one may be the password's.
    if (is_secret(key) || (of_libpq && !is_keyword(key))) {
      out += mask;
    } else {
      out += redacted(value);
    }
  }
  return out;
}

/// Of `name =` at the beginning; empty where there is none.
std::string_view first_keyword(std::string_view text) {
  size_t i = 0;
  while (i < text.size() && is_blank(text[i])) ++i;
  const size_t begin = i;
  while (i < text.size() && in_name(text[i])) ++i;
  const std::string_view name = text.substr(begin, i - begin);
  while (i < text.size() && is_blank(text[i])) ++i;
  return i < text.size() && text[i] == '=' ? name : std::string_view();
}

size_t scheme_end(std::string_view text) {
  size_t i = 0;
  while (i < text.size() && (in_name(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.')) ++i;
  return i > 0 && text.substr(i).starts_with("://") ? i + 3 : 0;
}

}  // namespace

std::string redacted(std::string_view word) {
  if (const size_t begin = scheme_end(word); begin > 0) {
    return std::string(word.substr(0, begin)) +
           redacted_address(word.substr(begin), lower(word).starts_with("postgres"));
  }
  if (!first_keyword(word).empty()) return redacted_keywords(word);
  // A URL without its scheme, or with half of it: "root:secret@host/db", "postgresql:/root:secret@host/db".
  const size_t begin = std::min(word.find_first_not_of('/'), word.size());
  const std::string_view address = word.substr(begin);
  const bool has_password =
      address.find(':') < address.rfind('@') && address.find('@') != std::string_view::npos;
  const size_t query = address.find('?');
  const bool has_query = query != std::string_view::npos && is_query(address.substr(query + 1), true);
  if (!has_password && !has_query) return std::string(word);
  return std::string(word.substr(0, begin)) + redacted_address(address, true);
}

bool is_connection_string(std::string_view word) {
  if (word.starts_with("postgresql://") || word.starts_with("postgres://")) return true;
  const std::string_view keyword = first_keyword(word);
  return keyword == "password" || keyword == "sslpassword" || is_plain_keyword(keyword);
}

std::string redacted_argument(std::string_view word) {
  const size_t equals = word.find('=');
  if (!word.starts_with('-') || equals == std::string_view::npos) return redacted(word);
  return std::string(word.substr(0, equals + 1)) + redacted(word.substr(equals + 1));
}

std::string without_password(std::string_view word) {
  std::string out = redacted_argument(word);
  const std::string of_user = fmt::format(":{}@", mask);
  if (const size_t at = out.find(of_user); at != std::string::npos) out.erase(at, of_user.size() - 1);
  const std::string of_parameter = fmt::format("={}", mask);
  size_t at = 0;
  while ((at = out.find(of_parameter, at)) != std::string::npos) {
    size_t begin = out.find_last_of("?&= \t\n", at - 1);
    begin = at == 0 || begin == std::string::npos ? 0 : begin + 1;
    size_t end = at + of_parameter.size();
    if (!is_of_environment(std::string_view(out).substr(begin, at - begin))) {
      at = end;
      continue;
    }
    if (end < out.size()) {
      ++end;
    } else if (begin > 0 && out[begin - 1] != '=') {
      --begin;
    }
    out.erase(begin, end - begin);
    at = begin;
  }
  return out;
}

std::string without_secrets(std::string_view text) {
  std::string out;
  size_t i = 0;
  const std::string small = lower(text);
  while (i < text.size()) {
    const size_t password = small.find("password '", i);
    const size_t scheme = text.find("://", i);
    if (password == std::string::npos && scheme == std::string_view::npos) break;
    if (password < scheme) {
      const size_t begin = password + 10;
      size_t end = begin;
      while (end < text.size() && (text[end] != '\'' || (end + 1 < text.size() && text[end + 1] == '\''))) {
        end += text[end] == '\'' ? 2 : 1;
      }
      out.append(text.substr(i, begin - i)).append(mask);
      i = std::min(end, text.size());
    } else {
      size_t end = scheme + 3;
      while (end < text.size() && !is_blank(text[end]) && text[end] != '\'' && text[end] != '"' &&
             text[end] != '`')
        ++end;
      // The sentence's own.
      while (end > scheme + 3 && std::string_view(".,:;)").find(text[end - 1]) != std::string_view::npos)
        --end;
      out += text.substr(i, scheme + 3 - i);
      const bool of_libpq =
          small.substr(0, scheme).ends_with("postgresql") || small.substr(0, scheme).ends_with("postgres");
      out += redacted_address(text.substr(scheme + 3, end - scheme - 3), of_libpq);
      i = end;
    }
  }
  return out.append(text.substr(std::min(i, text.size())));
}

}  // namespace pg2crdb
