#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pg2crdb {

/// How many characters have to be changed, put in or taken out to make one word of the other.
size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that differs least from a misspelt word; empty where none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace pg2crdb
