#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// What `%XX` in a URL stands for; any other `%` stays.
std::string percent_decoded(std::string_view text);

/// All bytes but `A-Za-z0-9-_.~` as `%XX` in capitals: a value of a URL's parameters, or with its slashes
/// kept a path.
std::string percent_encoded(std::string_view text);
std::string percent_encoded_path(std::string_view path);

}  // namespace pg2crdb
