#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// A name in double quotes, whatever it is: what the runtime sends to servers needs no beauty.
inline std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

/// "schema"."name".
inline std::string quoted_name(std::string_view schema, std::string_view name) {
  return schema.empty() ? quoted(name) : quoted(schema) + "." + quoted(name);
}

/// 'text', for sessions with standard_conforming_strings on.
inline std::string quoted_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out += '\'';
}

}  // namespace pg2crdb
