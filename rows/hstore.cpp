#include "rows/hstore.h"

#include <set>
#include <utility>

#include "rows/canonical_forms.h"
#include "support/ascii.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

class HstoreReader {
 public:
  explicit HstoreReader(std::string_view text) : text_(text) {}

  bool run(std::string& out) {
    out += '{';
    blanks();
    while (at_ < text_.size()) {
      if (!pair(out)) return false;
      blanks();
      if (at_ == text_.size()) break;
      if (text_[at_++] != ',') return false;
      out += ", ";
      blanks();  // nothing need follow the last comma
      if (at_ == text_.size()) out.resize(out.size() - 2);
    }
    out += '}';
    return true;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  bool pair(std::string& out) {
    bool quoted = false;
    if (!value('=', quoted)) return false;
    if (!keys_.insert(value_).second) return false;
    append_json_string(out, value_);
    out += ": ";
    blanks();
    if (text_.substr(at_, 2) != "=>") return false;
    at_ += 2;
    blanks();
    if (!value(',', quoted)) return false;
    if (!quoted && equals_word(value_, "null"))
      out += "null";
    else
      append_json_string(out, value_);
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

}  // namespace

bool append_hstore_as_json(std::string& out, std::string_view hstore) {
  return HstoreReader(hstore).run(out);
}

}  // namespace pg2crdb
