#include "support/secret_literals.h"

#include <algorithm>
#include <array>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr std::array<std::string_view, 5> secret_words = {"password", "passwd", "secret", "token",
                                                          "credential"};

bool names_secret(std::string_view word) {
  return std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view secret) { return word.find(secret) != std::string_view::npos; });
}

/// `password = x`, or in the text of a statement `PASSWORD 'x'`.
bool gives_password(std::string_view text) {
  const auto begins_word = [](char one, char of_word) { return lower(one) == of_word; };
  constexpr std::string_view in_all_of_them = "passw";
  if (std::search(text.begin(), text.end(), in_all_of_them.begin(), in_all_of_them.end(), begins_word) ==
      text.end())
    return false;
  const std::string small = lower(text);
  for (std::string_view word : {"password", "passwd"}) {
    for (size_t at = small.find(word); at != std::string_view::npos; at = small.find(word, at + 1)) {
      const size_t next = small.find_first_not_of(" \t\r\n", at + word.size());
      if (next != std::string_view::npos && (small[next] == '=' || small[next] == '\'')) return true;
    }
  }
  return false;
}

/// `scheme://user:password@host`.
bool is_url_with_password(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view address = text.substr(scheme + 3);
  const size_t at = address.rfind('@');
  return at != std::string_view::npos && address.find(':') < at;
}

/// What CREATE ROLE takes instead of a password: PostgreSQL, "Password Authentication",
/// pg_authid.rolpassword.
bool is_verifier(std::string_view text) {
  const bool md5 = text.size() == 35 && text.starts_with("md5") &&
                   text.find_first_not_of("0123456789abcdef", 3) == std::string_view::npos;
  return md5 || text.starts_with("SCRAM-SHA-256$");
}

class Scanner {
 public:
  Scanner(std::string_view sql, size_t offset, std::vector<SecretLiteral>& found)
      : sql_(sql), offset_(offset), found_(found) {}

  void run() {
    while (at_ < sql_.size()) {
      const char c = sql_[at_];
      if (begins_name(c)) {
        word();
      } else if (is_blank(c) || c == '=') {
        ++at_;
      } else if (c == '\'') {
        literal(false);
      } else if (c == '"') {
        quoted_name();
      } else if (c == '$') {
        dollar();
      } else if (c == '-' && rest().starts_with("--")) {
        nested(2, sql_.find('\n', at_), 0);
      } else if (c == '/' && rest().starts_with("/*")) {
        nested(2, sql_.find("*/", at_ + 2), 2);
      } else {
        word_ = {};
        ++at_;
      }
    }
  }

 private:
  std::string_view rest() const { return sql_.substr(at_); }

  /// Text up to `end` that is read by itself.
  void nested(size_t head, size_t end, size_t tail) {
    const size_t begin = at_ + head;
    end = std::min(end, sql_.size());
    Scanner(sql_.substr(begin, end - begin), offset_ + begin, found_).run();
    at_ = std::min(end + tail, sql_.size());
  }

  void take(size_t begin, size_t end) { found_.push_back({offset_ + begin, offset_ + end}); }

  bool is_secret(std::string_view content) const {
    return names_secret(lower(word_)) || is_verifier(content) || is_url_with_password(content) ||
           gives_password(content);
  }

  void literal(bool escapes) {
    const size_t begin = ++at_;
    while (at_ < sql_.size()) {
      if (escapes && sql_[at_] == '\\') {
        at_ += 2;
      } else if (sql_[at_] != '\'') {
        ++at_;
      } else if (at_ + 1 < sql_.size() && sql_[at_ + 1] == '\'') {
        at_ += 2;
      } else {
        break;
      }
    }
    const size_t end = std::min(at_, sql_.size());
    if (is_secret(sql_.substr(begin, end - begin))) take(begin, end);
    at_ = std::min(end + 1, sql_.size());
  }

  void quoted_name() {
    const size_t begin = at_ + 1;
    const size_t end = std::min(sql_.find('"', begin), sql_.size());
    word_ = sql_.substr(begin, end - begin);
    at_ = std::min(end + 1, sql_.size());
  }

  void dollar() {
    size_t tag = at_ + 1;
    while (tag < sql_.size() && sql_[tag] != '$' && in_name(sql_[tag])) ++tag;
    if (tag == sql_.size() || sql_[tag] != '$' || is_digit(sql_[at_ + 1])) {
      ++at_;
      return;
    }
    const std::string_view quote = sql_.substr(at_, tag + 1 - at_);
    const size_t begin = tag + 1;
    const size_t end = std::min(sql_.find(quote, begin), sql_.size());
    const std::string name = lower(word_);
    if (names_secret(name) || (name == "connection" && is_secret(sql_.substr(begin, end - begin)))) {
      take(begin, end);
      at_ = std::min(end + quote.size(), sql_.size());
    } else {
      nested(quote.size(), end, quote.size());
    }
  }

  void word() {
    const size_t begin = at_;
    while (at_ < sql_.size() && in_name(sql_[at_])) ++at_;
    const std::string_view name = sql_.substr(begin, at_ - begin);
    const char letter = name.size() == 1 ? lower(name[0]) : '\0';
    if (letter == 'u' && rest().starts_with("&'")) ++at_;
    const bool prefix = letter != '\0' && at_ < sql_.size() && sql_[at_] == '\'';
    if (prefix) return literal(letter == 'e');
    word_ = name;
  }

  std::string_view sql_;
  size_t offset_;  // of `sql_` in the whole text
  std::vector<SecretLiteral>& found_;
  size_t at_ = 0;
  std::string_view word_;  // the last one, where nothing but literals came behind it
};

}  // namespace

std::vector<SecretLiteral> secret_literals(std::string_view sql) {
  std::vector<SecretLiteral> found;
  Scanner(sql, 0, found).run();
  return found;
}

std::string without_secret_literals(std::string_view sql) {
  std::string out;
  size_t done = 0;
  for (const SecretLiteral& secret : secret_literals(sql)) {
    out.append(sql.substr(done, secret.begin - done)).append("***");
    done = secret.end;
  }
  return out.append(sql.substr(done));
}

}  // namespace pg2crdb
