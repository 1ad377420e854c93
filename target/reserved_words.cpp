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

}  // namespace

bool is_reserved_word(std::string_view lower_case_word) {
  return std::ranges::binary_search(reserved_words, lower_case_word);
}

}  // namespace pg2crdb
