#include "rows/hstore.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "rows/canonical_forms.h"
#include "support/ascii.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

class HstoreReader {
 public:
  explicit HstoreReader(std::string_view text) : text_(text) {}

  /// `take` gets the key, the value and whether that is NULL, of each pair. False where the text is no
  /// hstore, or has a key twice.
  template <class Take>
  bool run(const Take& take) {
    blanks();
    while (at_ < text_.size()) {
      if (!pair(take)) return false;
      blanks();
      if (at_ == text_.size()) break;
      if (text_[at_++] != ',') return false;
      blanks();  // nothing need follow the last comma
    }
    return true;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  template <class Take>
  bool pair(const Take& take) {
    bool quoted = false;
    if (!value('=', quoted)) return false;
    const auto [key, is_new] = keys_.insert(value_);
    if (!is_new) return false;
    blanks();
    if (text_.substr(at_, 2) != "=>") return false;
    at_ += 2;
    blanks();
    if (!value(',', quoted)) return false;
    take(*key, value_, !quoted && equals_word(value_, "null"));
    return true;
  }

  // In quotes, or up to a blank or the byte that ends it.
  bool value(char end, bool& quoted) {
    value_.clear();
    quoted = at_ < text_.size() && text_[at_] == '"';
    if (quoted) ++at_;
    const size_t begin = at_;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (quoted ? c == '"' : c == end || is_blank(c)) break;
      if (c == '\\') {
        if (++at_ == text_.size()) return false;
        c = text_[at_];
      }
      value_ += c;
      ++at_;
    }
    if (!quoted) return at_ > begin;
    if (at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string value_;
  std::set<std::string> keys_;
};

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

bool append_hstore_as_json(std::string& out, std::string_view hstore) {
  out += '{';
  const size_t begin = out.size();
  const bool is_read =
      HstoreReader(hstore).run([&](const std::string& key, const std::string& value, bool is_null) {
        if (out.size() > begin) out += ", ";
        append_json_string(out, key);
        out += ": ";
        if (is_null)
          out += "null";
        else
          append_json_string(out, value);
      });
  out += '}';
  return is_read;
}

std::optional<std::string> canonical_hstore(std::string_view hstore) {
  struct Pair {
    std::string key;
    std::optional<std::string> value;
  };
  std::vector<Pair> pairs;
  const bool is_read =
      HstoreReader(hstore).run([&](const std::string& key, const std::string& value, bool is_null) {
        pairs.push_back({key, is_null ? std::nullopt : std::optional(value)});
      });
  if (!is_read) return std::nullopt;
  std::ranges::sort(pairs, {},
                    [](const Pair& one) { return std::pair(one.key.size(), std::string_view(one.key)); });
  std::string text;
  for (const Pair& one : pairs) {
    if (!text.empty()) text += ", ";
    append_quoted(text, one.key);
    text += "=>";
    if (one.value)
      append_quoted(text, *one.value);
    else
      text += "NULL";
  }
  return text;
}

}  // namespace pg2crdb
