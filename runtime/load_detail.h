#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace pg2crdb {

/// What the journal keeps of a table that is loaded.
struct LoadDetail {
  uint64_t rows = 0;  ///< on the target
  uint64_t rejected = 0;
};

std::string to_text(const LoadDetail& detail);
/// Nothing where the text is none of ours.
std::optional<LoadDetail> parse_load_detail(const std::string& text);

}  // namespace pg2crdb
