#include "support/name_words.h"

#include <algorithm>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// Up to the first character that no name without quotes has; empty where that is the first one.
std::string_view first_word(std::string_view text) {
  return text.substr(0, static_cast<size_t>(std::ranges::find_if_not(text, in_name) - text.begin()));
}

}  // namespace

void NameWords::add(std::string_view name) {
  words_.insert(lower(first_word(name)));
}

bool NameWords::may_be_in(std::string_view text) const {
  if (words_.empty()) return false;
  for (size_t at = 0; at < text.size(); ++at) {
    const std::string_view word = first_word(text.substr(at));
    if (words_.contains(lower(word))) return true;
    at += word.size();
  }
  return false;
}

}  // namespace pg2crdb
