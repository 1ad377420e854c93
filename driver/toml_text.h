#pragma once
#include <span>
#include <string>

#include "driver/config.h"

/// What pg2crdb writes of a pg2crdb.toml.
namespace pg2crdb {

/// A string in quotes, with what has to be escaped.
std::string toml_string(const std::string& text);
/// An array of strings.
std::string toml_array(std::span<const std::string> texts);
/// A table of the array `decision`, its heading included.
std::string toml_decision(const Decision& decision);

}  // namespace pg2crdb
