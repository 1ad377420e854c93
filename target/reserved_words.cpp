#include <algorithm>
#include <array>

#include "target/target.h"

namespace pg2crdb {
namespace {

constexpr std::string_view reserved_words[] = {
#define RESERVED_WORD(word) #word,
#include "target/reserved_words.def"
#undef RESERVED_WORD
};
static_assert(std::ranges::is_sorted(reserved_words));

/// Where the words begin that begin with a letter, and where those of the next one do. Every name that is
/// printed is looked up.
constexpr auto by_letter = [] {
  std::array<size_t, 27> begins = {};
  for (const std::string_view word : reserved_words) ++begins[static_cast<size_t>(word[0] - 'a') + 1];
  for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  return begins;
}();

}  // namespace

bool is_reserved_word(std::string_view lower_case_word) {
  if (lower_case_word.empty() || lower_case_word[0] < 'a' || lower_case_word[0] > 'z') return false;
  const auto letter = static_cast<size_t>(lower_case_word[0] - 'a');
  return std::find(reserved_words + by_letter[letter], reserved_words + by_letter[letter + 1],
                   lower_case_word) != reserved_words + by_letter[letter + 1];
}

}  // namespace pg2crdb
