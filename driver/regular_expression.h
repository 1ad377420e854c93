#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// A place in a text, and what goes there instead.
struct TextHit {
  size_t begin = 0, end = 0;
  std::string replacement;
};

/// An extended regular expression of POSIX, as `grep -E` takes it: `.` is no line end, `^` and `$` stand at
/// those of each line. In what replaces it `\1` is what the first parentheses fit, `\&` all of it, as
/// regexp_replace() has it. Copies share what is built.
class RegularExpression {
 public:
  RegularExpression() = default;
  explicit RegularExpression(std::string text);

  /// Of an expression that nobody gave.
  bool empty() const { return !built_; }
  /// Why it is none that can be looked for, in words; nothing where it is.
  std::optional<std::string> problem() const;
  /// The same of what replaces it: it names parentheses that are not there.
  std::optional<std::string> problem_of(std::string_view replacement) const;
  bool is_in(const std::string& text) const;
  /// All that it fits and that is not empty, from the left; none of an expression with a problem.
  std::vector<TextHit> hits(const std::string& text, std::string_view replacement) const;

 private:
  class Built;
  std::shared_ptr<const Built> built_;
};

}  // namespace pg2crdb
