#pragma once
#include <span>
#include <string>
#include <string_view>

#include "driver/config.h"

/// What pg2crdb writes of a pg2crdb.toml.
namespace pg2crdb {

/// A string in quotes, with what has to be escaped; several lines of text are several lines of the file.
std::string toml_string(const std::string& text);
/// An array of strings.
std::string toml_array(std::span<const std::string> texts);
/// A table of the array `decision`, its heading included.
std::string toml_decision(const Decision& decision);

/// What toml++ says of a text that it cannot read, as a sentence of ours.
std::string toml_problem(std::string_view said);

/// Whether it is a day of the calendar as TOML writes it: `2030-12-31`.
bool is_toml_day(const std::string& text);

}  // namespace pg2crdb
