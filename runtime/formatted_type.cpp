#include <algorithm>
#include <array>
#include <utility>

#include "runtime/compare_schema.h"

namespace pg2crdb {
namespace {

/// crdb_sql_type, or the other name that it is emitted by, beside format_type() as a node of 26.1 gave them
/// (observed 08).
constexpr std::array<std::pair<std::string_view, std::string_view>, 31> known = {{
    {"BIT", "bit"},
    {"BOOL", "boolean"},
    {"BPCHAR", "bpchar"},
    {"BYTEA", "bytea"},
    {"BYTES", "bytea"},
    {"CHAR", "character"},
    {"CITEXT", "citext"},
    {"DATE", "date"},
    {"DECIMAL", "numeric"},
    {"FLOAT4", "real"},
    {"FLOAT8", "double precision"},
    {"INET", "inet"},
    {"INT2", "smallint"},
    {"INT4", "integer"},
    {"INT8", "bigint"},
    {"INTERVAL", "interval"},
    {"JSONB", "jsonb"},
    {"NAME", "name"},
    {"OID", "oid"},
    {"REGCLASS", "regclass"},
    {"STRING", "text"},
    {"TEXT", "text"},
    {"TIME", "time without time zone"},
    {"TIMESTAMP", "timestamp without time zone"},
    {"TIMESTAMPTZ", "timestamp with time zone"},
    {"TIMETZ", "time with time zone"},
    {"TSQUERY", "tsquery"},
    {"TSVECTOR", "tsvector"},
    {"UUID", "uuid"},
    {"VARBIT", "bit varying"},
    {"VARCHAR", "character varying"},
}};

}  // namespace

std::string formatted_type(std::string_view emitted) {
  std::string_view array;
  if (emitted.ends_with("[]")) {
    array = "[]";
    emitted.remove_suffix(array.size());
  }
  const size_t open = std::min(emitted.find('('), emitted.size());
  const std::string_view name = emitted.substr(0, open);
  std::string modifier(emitted.substr(open));
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const auto& entry) { return entry.first == name; });
  // INTERVAL's fields stand behind a blank.
  if (found == known.end() || (!modifier.empty() && !modifier.ends_with(')'))) return {};
  std::string type(found->second);
  if (modifier.empty() && (name == "BIT" || name == "CHAR")) modifier = "(1)";
  if (name == "DECIMAL" && !modifier.empty() && modifier.find(',') == std::string::npos)
    modifier.insert(modifier.size() - 1, ",0");
  std::erase(modifier, ' ');
  const bool of_time = name.starts_with("TIME");
  // CockroachDB's format_type() leaves out the 6 that is the default.
  if (modifier == "(6)" && (of_time || name == "INTERVAL")) return {};
  type.insert(of_time ? type.find(' ') : type.size(), modifier);
  return type.append(array);
}

}  // namespace pg2crdb
