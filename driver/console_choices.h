#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "driver/config.h"
#include "driver/decision_file.h"
#include "driver/options.h"
#include "support/result.h"

namespace pg2crdb {

/// What the input is compiled into, as the console lets somebody choose it: a key of pg2crdb.toml.
struct ConsoleChoice {
  std::string_view key;
  std::string_view about;
  std::vector<std::string> values;
  std::string value;   ///< that holds
  std::string option;  ///< of the command line, which wins over the key; empty: the key is what counts
};

std::vector<ConsoleChoice> console_choices(const Options& options, const Choices& choices);

/// What the configuration will hold with `key = "value"`: in the key's line, else as its first line. Fails
/// where that line is more than the key and a string.
Result<std::string> with_key(const DecisionFile& file, const Config& config, const std::string& key,
                             const std::string& value);

}  // namespace pg2crdb
