#pragma once
#include <cstddef>
#include <string_view>

namespace pg2crdb {

/// How many line feeds are in it. Several bytes at once: all of a dump goes through it.
size_t count_line_ends(std::string_view text);

}  // namespace pg2crdb
