#pragma once
#include <string>
#include <string_view>

#include "support/json.h"

/// Pieces of JSON, for the console's answers.
namespace pg2crdb {

inline std::string quoted_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Behind another member of an object.
inline void append_member(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, value);
}

}  // namespace pg2crdb
