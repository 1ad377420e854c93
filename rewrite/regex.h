#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace pg2crdb::rewrite {

/// A regular expression of a rule, built when it is first looked for: building it takes longer than anything
/// else about a rule, and most rules are never asked. Copies share what is built.
class Regex {
 public:
  /// Bytes of a text that may be searched: a level of recursion for each.
  static constexpr size_t longest_text = 4096;

  Regex() = default;
  explicit Regex(std::string text);

  const std::string& text() const { return text_; }
  /// Why the text is no regular expression; nothing where it is one, which the reader of rules asks once.
  /// What is below may be asked of those alone.
  std::optional<std::string> problem() const;
  size_t groups() const;
  bool is_in(const std::string& text) const;
  /// What its first group stands for where it is found first, if it is found.
  std::optional<std::string> first_group_in(const std::string& text) const;
  /// The text with `replacement`, in which $1 is the first group, for all that is found.
  std::string replace(const std::string& text, const std::string& replacement) const;

 private:
  struct Built;
  const Built& built() const;

  std::string text_;
  std::shared_ptr<Built> built_;
};

}  // namespace pg2crdb::rewrite
