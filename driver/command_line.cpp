#include "driver/command_line.h"

#include <algorithm>
#include <cstring>

#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

std::vector<std::string>& kept() {
  static std::vector<std::string> words;
  return words;
}

}  // namespace

void take_command_line(int count, char** arguments) {
  kept().assign(arguments, arguments + count);
  for (int i = 1; i < count; ++i) {
    const std::string& word = kept()[static_cast<size_t>(i)];
    const std::string shown = redacted_argument(word);
    if (shown == word) continue;
    // The place is as long as the word was.
    std::memset(arguments[i], 0, word.size());
    std::memcpy(arguments[i], shown.data(), std::min(shown.size(), word.size()));
  }
}

const std::vector<std::string>& command_line() {
  return kept();
}

}  // namespace pg2crdb
