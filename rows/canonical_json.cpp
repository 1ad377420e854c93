#include <algorithm>
#include <vector>

#include "rows/canonical_forms.h"
#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

// Rewrites one JSON text in a single pass. Objects whose keys come sorted cost nothing more.
class JsonCanonicalizer {
 public:
  JsonCanonicalizer(std::string& out, std::string_view text)
      : out_(out), at_(text.data()), end_(at_ + text.size()) {}

  bool run() {
    if (!value()) return false;
    blanks();
    return at_ == end_;
  }

 private:
  static constexpr int deepest = 5000;
  struct Member {
    size_t begin, key_end, end;
  };

  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool value() {
    blanks();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return nested(&JsonCanonicalizer::object);
      case '[':
        return nested(&JsonCanonicalizer::array);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool nested(bool (JsonCanonicalizer::*read)()) {
    if (++depth_ > deepest) return false;
    ++at_;
    const bool ok = (this->*read)();
    --depth_;
    return ok;
  }

  bool word(std::string_view word) {
    if (std::string_view(at_, static_cast<size_t>(end_ - at_)).substr(0, word.size()) != word) return false;
    at_ += word.size();
    out_ += word;
    return true;
  }

  bool number() {
    const char* const begin = at_;
    while (at_ != end_ &&
           (is_digit(*at_) || *at_ == '-' || *at_ == '+' || *at_ == '.' || *at_ == 'e' || *at_ == 'E')) {
      ++at_;
    }
    return append_decimal(out_, {begin, static_cast<size_t>(at_ - begin)});
  }

  bool array() {
    out_ += '[';
    if (!take(']')) {
      do {
        if (!value()) return false;
        out_ += ',';
      } while (take(','));
      out_.pop_back();
      if (!take(']')) return false;
    }
    out_ += ']';
    return true;
  }

  std::string_view key(const Member& member) const {
    return std::string_view(out_).substr(member.begin, member.key_end - member.begin);
  }

  bool object() {
    out_ += '{';
    if (take('}')) {
      out_ += '}';
      return true;
    }
    const size_t first = members_.size();
    const size_t begin = out_.size();
    bool sorted = true;
    do {
      Member member{out_.size(), 0, 0};
      blanks();
      if (at_ == end_ || *at_ != '"' || !string()) return false;
      member.key_end = out_.size();
      if (!take(':')) return false;
      out_ += ':';
      if (!value()) return false;
      member.end = out_.size();
      out_ += ',';
      if (members_.size() > first && key(members_.back()) >= key(member)) sorted = false;
      members_.push_back(member);
    } while (take(','));
    if (!take('}')) return false;
    if (!sorted) sort_members(first, begin);
    out_.back() = '}';
    members_.resize(first);
    return true;
  }

  void sort_members(size_t first, size_t begin) {
    std::stable_sort(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(),
                     [&](const Member& a, const Member& b) { return key(a) < key(b); });
    std::string sorted;
    for (size_t i = first; i < members_.size(); ++i) {
      if (i + 1 < members_.size() && key(members_[i]) == key(members_[i + 1])) continue;
      sorted.append(out_, members_[i].begin, members_[i].end - members_[i].begin);
      sorted += ',';
    }
    out_.resize(begin);
    out_ += sorted;
  }

  bool hex4(uint32_t& unit) {
    if (end_ - at_ < 4) return false;
    unit = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = hex_digit(*at_++);
      if (digit < 0) return false;
      unit = unit * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  void append_escape(uint32_t unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out_ += digits[(unit >> shift) & 15];
  }

  void append_code_point(uint32_t code) {
    if (code < 0x20 || code == '"' || code == '\\') {
      switch (code) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\b':
          out_ += "\\b";
          break;
        case '\f':
          out_ += "\\f";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default:
          append_escape(code);
      }
    } else if (code < 0x80) {
      out_ += static_cast<char>(code);
    } else if (code < 0x800) {
      out_ += static_cast<char>(0xC0 | (code >> 6));
      out_ += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      out_ += static_cast<char>(0xE0 | (code >> 12));
      out_ += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out_ += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out_ += static_cast<char>(0xF0 | (code >> 18));
      out_ += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
      out_ += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out_ += static_cast<char>(0x80 | (code & 0x3F));
    }
  }

  bool unicode_escape() {
    uint32_t unit = 0;
    if (!hex4(unit)) return false;
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_code_point(unit);
      return true;
    }
    const char* const behind = at_;
    uint32_t low = 0;
    if (unit < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      at_ += 2;
      if (hex4(low) && low >= 0xDC00 && low <= 0xDFFF) {
        append_code_point(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        return true;
      }
      at_ = behind;
    }
    append_escape(unit);  // half of a pair, which only the type json can hold
    return true;
  }

  bool string() {
    ++at_;
    out_ += '"';
    while (true) {
      const char* const run = at_;
      while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
      out_.append(run, at_);
      if (at_ == end_) return false;
      const char c = *at_++;
      if (c == '"') break;
      if (c != '\\') {
        append_code_point(static_cast<unsigned char>(c));
        continue;
      }
      if (at_ == end_) return false;
      switch (*at_++) {
        case '"':
          append_code_point('"');
          break;
        case '\\':
          append_code_point('\\');
          break;
        case '/':
          append_code_point('/');
          break;
        case 'b':
          append_code_point('\b');
          break;
        case 'f':
          append_code_point('\f');
          break;
        case 'n':
          append_code_point('\n');
          break;
        case 'r':
          append_code_point('\r');
          break;
        case 't':
          append_code_point('\t');
          break;
        case 'u':
          if (!unicode_escape()) return false;
          break;
        default:
          return false;
      }
    }
    out_ += '"';
    return true;
  }

  std::string& out_;
  const char* at_;
  const char* end_;
  int depth_ = 0;
  std::vector<Member> members_;
};

}  // namespace

bool append_json(std::string& out, std::string_view text) {
  return JsonCanonicalizer(out, text).run();
}

}  // namespace pg2crdb
