#pragma once
#include <string>
#include <string_view>
#include <unordered_set>

namespace pg2crdb {

/// Names that may stand in a text, which is read once however many they are.
class NameWords {
 public:
  void add(std::string_view name);
  /// Whether the first word of any of them stands in the text, in any letters: where none does, none of them
  /// is named in it.
  bool may_be_in(std::string_view text) const;

 private:
  std::unordered_set<std::string> words_;
};

}  // namespace pg2crdb
