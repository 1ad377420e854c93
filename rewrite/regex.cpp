#include "rewrite/regex.h"

#include <mutex>
#include <regex>
#include <utility>

namespace pg2crdb::rewrite {

struct Regex::Built {
  std::once_flag once = {};
  std::regex regex = {};
};

Regex::Regex(std::string text) : text_(std::move(text)), built_(std::make_shared<Built>()) {}

const Regex::Built& Regex::built() const {
  std::call_once(built_->once,
                 [this] { built_->regex.assign(text_, std::regex::ECMAScript | std::regex::optimize); });
  return *built_;
}

std::optional<std::string> Regex::problem() const {
  try {
    built();
    return std::nullopt;
  } catch (const std::regex_error& problem) {
    return problem.what();
  }
}

size_t Regex::groups() const {
  return built().regex.mark_count();
}

bool Regex::is_in(const std::string& text) const {
  return std::regex_search(text, built().regex);
}

std::optional<std::string> Regex::first_group_in(const std::string& text) const {
  std::smatch match;
  if (!std::regex_search(text, match, built().regex)) return std::nullopt;
  return match[1].str();
}

std::string Regex::replace(const std::string& text, const std::string& replacement) const {
  return std::regex_replace(text, built().regex, replacement);
}

}  // namespace pg2crdb::rewrite
