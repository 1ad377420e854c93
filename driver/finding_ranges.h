#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// Makes the places of findings as narrow as the script's text says: one about the whole of an ALTER TABLE is
/// about the command in it that the finding names, one that has a beginning alone goes to the end of the word
/// or operator that stands there. A beginning that is moved stays within its statement. To be called where
/// decisions have been matched: those go by what passes say.
void narrow_ranges(JudgedFindings& findings, std::span<const CompiledInput> inputs);

/// How many bytes the word (a name with its dots, a number), the string, or the operator that begins the text
/// has; 0 where it begins with none.
size_t length_of_first_word(std::string_view text);

/// The commands of an ALTER TABLE (INDEX, VIEW ...), each from its first word to its last one, as offsets in
/// `text`. Empty where it reads as none.
struct CommandRange {
  size_t begin = 0;
  size_t end = 0;
  std::vector<std::string> names;  ///< that stand in it
};
std::vector<CommandRange> commands_of_alter(const std::string& text);

}  // namespace pg2crdb
