#pragma once
#include <string>

namespace pg2crdb::bind {

/// What is said of the first name that is read by a search_path which is not known.
std::string guessed_text(const std::string& name);

}  // namespace pg2crdb::bind
