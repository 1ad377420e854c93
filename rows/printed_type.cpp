#include "rows/printed_type.h"

#include <algorithm>

namespace pg2crdb {
namespace {

struct Spelling {
  std::string_view written, printed;
  std::string_view behind = {};  ///< the modifiers
};

constexpr Spelling spellings[] = {
    {"int", "integer"},
    {"int4", "integer"},
    {"int2", "smallint"},
    {"int8", "bigint"},
    {"serial", "integer"},
    {"serial4", "integer"},
    {"smallserial", "smallint"},
    {"serial2", "smallint"},
    {"bigserial", "bigint"},
    {"serial8", "bigint"},
    {"bool", "boolean"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"float", "double precision"},
    {"decimal", "numeric"},
    {"dec", "numeric"},
    {"varchar", "character varying"},
    {"char", "character"},
    {"varbit", "bit varying"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
    {"time", "time", " without time zone"},
    {"timetz", "time", " with time zone"},
};

}  // namespace

std::string printed_type(std::string_view written) {
  constexpr std::string_view catalog = "pg_catalog.";
  std::string_view type = written;
  if (type.starts_with(catalog)) type.remove_prefix(catalog.size());
  const std::string_view name = type.substr(0, std::min(type.find_first_of("(["), type.size()));
  const auto known = std::ranges::find(spellings, name, &Spelling::written);
  if (known == std::ranges::end(spellings)) return std::string(type);
  const size_t open = name.size();
  const bool modified = open < type.size() && type[open] == '(';
  const size_t close = modified ? type.find(')', open) : open;
  if (close == std::string_view::npos) return std::string(type);
  const size_t end = modified ? close + 1 : open;
  const std::string_view rest = type.substr(end);
  std::string printed(known->printed);
  printed += type.substr(open, end - open);
  if (!rest.starts_with(' ')) printed += known->behind;  // it may be spelled out
  printed += rest;
  return printed;
}

}  // namespace pg2crdb
