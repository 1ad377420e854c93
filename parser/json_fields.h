#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/transform.h"

/// Fields of libpg_query's nodes by their names, for readers that want a few of them.
namespace pg2crdb::transform {

std::optional<Json> member(Json fields, std::string_view name);
/// Where the field is missing, `Unmodelled` is thrown.
Json required(Json fields, std::string_view name);
/// A field's text; empty where it is missing or no text.
std::string_view word(Json fields, std::string_view name);
/// PostgreSQL leaves out what is zero.
int64_t location_of(Json fields);
/// Of a field that holds String nodes.
std::vector<std::string> strings(Json fields, std::string_view name);
/// A field that holds nodes; none where it is not there.
std::vector<Json> nodes(Json fields, std::string_view name);
/// Of a List node.
std::vector<Json> items(Json list);
/// `s.t` of `{s, t}` and of `{database, s, t}`.
std::optional<ast::Name> name_of(const std::vector<std::string>& parts);

}  // namespace pg2crdb::transform
