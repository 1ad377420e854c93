#include "parser/sql_tokens.h"

#include <pg_query.h>

#include <algorithm>
#include <memory>
#include <span>
#include <unordered_map>

#include "support/ascii.h"
#include "support/name_size.h"
#include "support/utf8.h"

namespace pg2crdb::transform {
namespace {

std::string folded(std::string_view word) {
  return lower(clipped_name(word));
}

/// Of `"a""b"`.
std::string unquoted(std::string_view word) {
  std::string name;
  for (size_t i = 1; i + 1 < word.size(); ++i) {
    name.push_back(word[i]);
    if (word[i] == '"') ++i;
  }
  name.resize(clipped_name(name).size());
  return name;
}

Token::Kind kind_of(std::string_view text) {
  const char first = text[0];
  if (first == '"') return Token::Kind::quoted_word;
  if (first == '\'') return Token::Kind::string;
  if (first == '$')
    return text.size() > 1 && text[1] >= '0' && text[1] <= '9' ? Token::Kind::other : Token::Kind::string;
  if (!begins_name(first)) return Token::Kind::other;
  if (text.back() == '\'') return Token::Kind::string;
  return text.back() == '"' ? Token::Kind::other : Token::Kind::word;
}

#if __has_include(<pg_query_scan_tokens.h>)

using ScanResult = PgQueryScanTokensResult;

ScanResult scan_text(const char* sql) {
  return pg_query_scan_tokens(sql);
}
void free_result(ScanResult* result) {
  pg_query_free_scan_tokens_result(*result);
}

template <class Take>
void each_token(const ScanResult& result, const Take& take) {
  for (const PgQueryScanToken& token : std::span(result.tokens, static_cast<size_t>(result.n_tokens)))
    take(token.start, token.end, token.keyword_kind);
}

#else  // libpg_query before 18 knows nothing but protocol buffers

using ScanResult = PgQueryScanResult;

ScanResult scan_text(const char* sql) {
  return pg_query_scan(sql);
}
void free_result(ScanResult* result) {
  pg_query_free_scan_result(*result);
}

/// The fields of libpg_query's ScanResult and ScanToken (pg_query.proto); all are numbers or messages.
constexpr uint64_t tokens_field = 2;
constexpr uint64_t start_field = 1;
constexpr uint64_t end_field = 2;
constexpr uint64_t keyword_field = 5;

/// A protocol buffer, field by field.
class Message {
 public:
  explicit Message(std::string_view bytes) : bytes_(bytes) {}

  /// False at the end. A field is a number or, of wire type 2, bytes.
  bool next() {
    if (bytes_.empty()) return false;
    const uint64_t tag = varint();
    field = tag >> 3;
    number = varint();
    content = {};
    if ((tag & 7) != 2) return true;
    content = bytes_.substr(0, number);
    bytes_.remove_prefix(content.size());
    return true;
  }

  uint64_t field = 0;
  uint64_t number = 0;
  std::string_view content;

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; !bytes_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[0]);
      bytes_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  std::string_view bytes_;
};

template <class Take>
void each_token(const ScanResult& result, const Take& take) {
  Message message({result.pbuf.data, result.pbuf.len});
  while (message.next()) {
    if (message.field != tokens_field) continue;
    uint64_t begin = 0, end = 0, keyword = 0;
    Message fields(message.content);
    while (fields.next()) {
      if (fields.field == start_field) begin = fields.number;
      if (fields.field == end_field) end = fields.number;
      if (fields.field == keyword_field) keyword = fields.number;
    }
    take(begin, end, keyword);
  }
}

#endif

/// KeywordKind: those that functions and types may be called, and those that nothing may.
constexpr uint64_t first_reserved = 3;

bool is_comment(std::string_view token) {
  return token.size() > 1 && ((token[0] == '-' && token[1] == '-') || (token[0] == '/' && token[1] == '*'));
}

ScannedSql scan_anew(const std::string& sql) {
  ScanResult result = scan_text(sql.c_str());
  const std::unique_ptr<ScanResult, decltype(&free_result)> owner(&result, free_result);
  ScannedSql scanned;
  if (result.error) {
    scanned.error = result.error->message;
    scanned.error_offset = byte_offset(sql, result.error->cursorpos);
    return scanned;
  }
  each_token(result, [&](uint64_t begin, uint64_t end, uint64_t keyword) {
    if (begin >= end || end > sql.size()) return;
    Token token;
    token.begin = begin;
    token.end = end;
    token.reserved = keyword >= first_reserved;
    token.text = std::string_view(sql).substr(begin, end - begin);
    const bool comment = is_comment(token.text);
    token.kind = comment ? Token::Kind::other : kind_of(token.text);
    (comment ? scanned.comments : scanned.tokens).push_back(token);
  });
  return scanned;
}

/// Texts that a thread scanned last: each that asks about a body, or a statement in it, scans it.
class LastScanned {
 public:
  /// Null where it is not among them.
  const ScannedSql* find(const std::string& sql) const {
    const auto found = texts_.find(sql);
    return found == texts_.end() ? nullptr : &found->second;
  }
  /// Longer texts are worth less than the memory that their tokens take.
  static bool is_kept(const std::string& sql) { return sql.size() <= most_bytes / 2; }
  const ScannedSql& add(const std::string& sql) {
    if (bytes_ + sql.size() > most_bytes) {
      texts_.clear();
      bytes_ = 0;
    }
    bytes_ += sql.size();
    const auto added = texts_.try_emplace(sql).first;
    added->second = scan_anew(added->first);
    return added->second;
  }

 private:
  static constexpr size_t most_bytes = size_t{64} << 10;
  std::unordered_map<std::string, ScannedSql> texts_;  // their tokens point into the keys
  size_t bytes_ = 0;
};

void point_into(const std::string& sql, std::vector<Token>& tokens) {
  for (Token& token : tokens) token.text = std::string_view(sql).substr(token.begin, token.text.size());
}

}  // namespace

int32_t byte_offset(std::string_view sql, int cursor_position) {
  if (cursor_position <= 0) return -1;
  int characters = 0;
  for (size_t i = 0; i < sql.size(); ++i) {
    if (!continues_character(sql[i]) && ++characters == cursor_position) {
      return static_cast<int32_t>(i);
    }
  }
  return static_cast<int32_t>(sql.size());
}

bool Token::is(std::string_view lower_text) const {
  if (kind == Kind::quoted_word || kind == Kind::string || text.size() != lower_text.size()) return false;
  return std::equal(text.begin(), text.end(), lower_text.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

std::string Token::name() const {
  return kind == Kind::quoted_word ? unquoted(text) : folded(text);
}

ScannedSql scan(const std::string& sql) {
  thread_local LastScanned last;
  if (!LastScanned::is_kept(sql)) return scan_anew(sql);
  const ScannedSql* known = last.find(sql);
  ScannedSql scanned = known != nullptr ? *known : last.add(sql);
  point_into(sql, scanned.tokens);
  point_into(sql, scanned.comments);
  return scanned;
}

std::optional<std::vector<Token>> scan_sql(const std::string& sql, std::string& error) {
  ScannedSql scanned = scan(sql);
  error = std::move(scanned.error);
  if (!error.empty()) return std::nullopt;
  return std::move(scanned.tokens);
}

WrittenName read_name(std::string_view sql) {
  WrittenName result;
  size_t at = 0;
  while (at < sql.size()) {
    const size_t begin = at;
    if (sql[at] == '"') {
      for (++at; at < sql.size(); ++at) {
        if (sql[at] != '"') continue;
        if (at + 1 == sql.size() || sql[at + 1] != '"') break;
        ++at;
      }
      if (at == sql.size()) break;
      ++at;
      result.parts.push_back(unquoted(sql.substr(begin, at - begin)));
    } else if (begins_name(sql[at])) {
      while (at < sql.size() && in_name(sql[at])) ++at;
      result.parts.push_back(folded(sql.substr(begin, at - begin)));
    } else {
      break;
    }
    result.begins.push_back(begin);
    result.ends.push_back(at);
    while (at < sql.size() && is_blank(sql[at])) ++at;
    if (at == sql.size() || sql[at] != '.') break;
    ++at;
    while (at < sql.size() && is_blank(sql[at])) ++at;
  }
  return result;
}

}  // namespace pg2crdb::transform
