#include "support/counted.h"

namespace pg2crdb {

std::string with_commas(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string counted(uint64_t count, std::string_view what) {
  std::string text = with_commas(count);
  text.append(" ").append(what);
  if (count != 1) text += 's';
  return text;
}

}  // namespace pg2crdb
