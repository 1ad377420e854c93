#include "driver/regular_expression.h"

#include <fmt/format.h>
#include <locale.h>
#include <regex.h>

#include <algorithm>
#include <array>
#include <utility>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr size_t most_groups = 10;  ///< that a replacement can name, the whole included

/// A character is one of UTF-8 as long as this is there, so that none is cut in two.
class InUtf8 {
 public:
  InUtf8() : before_(utf8() == locale_t() ? locale_t() : uselocale(utf8())) {}
  ~InUtf8() {
    if (before_ != locale_t()) uselocale(before_);
  }
  InUtf8(const InUtf8&) = delete;
  InUtf8& operator=(const InUtf8&) = delete;

 private:
  static locale_t utf8() {
    static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t());
    return made;
  }
  locale_t before_;
};

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// `\1` in the expression itself: what it fits can take for ever to find.
bool refers_back(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && text[i + 1] != '0' && is_digit(text[i + 1])) return true;
    if (text[i] == '\\') ++i;
  }
  return false;
}

std::string written(std::string_view replacement, const std::string& text,
                    const std::array<regmatch_t, most_groups>& groups) {
  std::string out;
  const auto add = [&](size_t group) {
    const regmatch_t& part = groups[group];
    if (part.rm_so < 0) return;
    out.append(text, static_cast<size_t>(part.rm_so), static_cast<size_t>(part.rm_eo - part.rm_so));
  };
  for (size_t i = 0; i < replacement.size(); ++i) {
    const char next = replacement[i] == '\\' && i + 1 < replacement.size() ? replacement[i + 1] : '\0';
    if (next == '&')
      add(0);
    else if (is_digit(next))
      add(static_cast<size_t>(next - '0'));
    else if (next == '\\')
      out += '\\';
    else
      out += replacement[i];
    if (next == '&' || is_digit(next) || next == '\\') ++i;
  }
  return out;
}

}  // namespace

class RegularExpression::Built {
 public:
  explicit Built(const std::string& text) {
    if (refers_back(text)) {
      problem_ = "it refers back to a part of itself, which is possible in `sql` alone";
      return;
    }
    problem_ = bytes_.build(text);
    if (!problem_.empty()) return;
    const InUtf8 locale;
    problem_ = characters_.build(text);
    is_ascii_ = is_ascii(text);
  }

  const std::string& problem() const { return problem_; }
  /// Pairs of parentheses.
  size_t groups() const { return bytes_.groups(); }

  /// The first that begins at `from` or behind it and is not empty.
  bool find(const std::string& text, size_t from, std::array<regmatch_t, most_groups>& groups) const {
    if (!problem_.empty()) return false;
    // Bytes are found several times as fast as characters.
    if (is_ascii_ && is_ascii(text)) return bytes_.find(text, from, groups);
    const InUtf8 locale;
    return characters_.find(text, from, groups);
  }

 private:
  class Compiled {
   public:
    Compiled() = default;
    ~Compiled() {
      if (is_built_) regfree(&regex_);
    }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;

    size_t groups() const { return is_built_ ? regex_.re_nsub : 0; }

    /// In the thread's locale. What is wrong with it; empty where nothing is.
    std::string build(const std::string& text) {
      const int status = regcomp(&regex_, text.c_str(), REG_EXTENDED | REG_NEWLINE);
      is_built_ = status == 0;
      if (is_built_) return {};
      std::array<char, 256> said{};
      regerror(status, &regex_, said.data(), said.size());
      return said.data();
    }

    bool find(const std::string& text, size_t from, std::array<regmatch_t, most_groups>& groups) const {
      while (from <= text.size()) {
        groups[0].rm_so = static_cast<regoff_t>(from);
        groups[0].rm_eo = static_cast<regoff_t>(text.size());
        if (regexec(&regex_, text.c_str(), groups.size(), groups.data(), REG_STARTEND) != 0) return false;
        if (groups[0].rm_eo > groups[0].rm_so) return true;
        from = static_cast<size_t>(groups[0].rm_eo) + 1;
      }
      return false;
    }

   private:
    regex_t regex_{};
    bool is_built_ = false;
  };

  std::string problem_;
  bool is_ascii_ = false;
  Compiled bytes_, characters_;
};

RegularExpression::RegularExpression(std::string text)
    : built_(std::make_shared<const Built>(std::move(text))) {}

std::optional<std::string> RegularExpression::problem() const {
  if (!built_ || built_->problem().empty()) return {};
  return built_->problem();
}

std::optional<std::string> RegularExpression::problem_of(std::string_view replacement) const {
  for (size_t i = 0; built_ && i + 1 < replacement.size(); ++i) {
    if (replacement[i] != '\\') continue;
    const char next = replacement[++i];
    if (is_digit(next) && static_cast<size_t>(next - '0') > built_->groups())
      return fmt::format("\\{} stands for parentheses that the expression does not have", next);
  }
  return {};
}

bool RegularExpression::is_in(const std::string& text) const {
  std::array<regmatch_t, most_groups> groups{};
  return built_ && built_->find(text, 0, groups);
}

std::vector<TextHit> RegularExpression::hits(const std::string& text, std::string_view replacement) const {
  std::vector<TextHit> found;
  std::array<regmatch_t, most_groups> groups{};
  for (size_t from = 0; built_ && built_->find(text, from, groups); from = found.back().end)
    found.push_back({static_cast<size_t>(groups[0].rm_so), static_cast<size_t>(groups[0].rm_eo),
                     written(replacement, text, groups)});
  return found;
}

}  // namespace pg2crdb
