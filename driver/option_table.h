#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "driver/options.h"

namespace pg2crdb {

struct OptionSpec {
  OptionGroup group;
  std::string_view name;
  char letter;             ///< 0: none
  std::string_view value;  ///< "FILE"; all in lower case: the permitted values; empty: a switch
  std::string_view text;
  std::variant<bool Options::*, std::string Options::*, std::vector<std::string> Options::*,
               uint64_t Options::*>
      member;
};

/// Each option of any command.
extern const std::span<const OptionSpec> option_table;

struct OptionHeading {
  OptionGroup group;
  std::string_view text;
};

/// In the order of a command's help. Groups with the same heading follow one another.
extern const std::span<const OptionHeading> option_headings;

}  // namespace pg2crdb
