#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <regex>
#include <string>
#include <utility>

namespace pg2crdb::rewrite {

/// A regular expression of a rule, built when it is first looked for: building it takes longer than anything
/// else about a rule, and most rules are never asked. Copies share what is built.
class Regex {
 public:
  Regex() = default;
  explicit Regex(std::string text) : text_(std::move(text)), built_(std::make_shared<Built>()) {}

  const std::string& text() const { return text_; }
  /// Throws std::regex_error where the text is no regular expression; the reader of rules asks once.
  const std::regex& get() const {
    std::call_once(built_->once,
                   [this] { built_->regex.emplace(text_, std::regex::ECMAScript | std::regex::optimize); });
    return built_->regex.value();
  }

 private:
  struct Built {
    std::once_flag once = {};
    std::optional<std::regex> regex = {};
  };
  std::string text_;
  std::shared_ptr<Built> built_;
};

}  // namespace pg2crdb::rewrite
