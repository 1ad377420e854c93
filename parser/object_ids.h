#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb {

/// WITH OIDS, which PostgreSQL's grammar has lost in 12, of CREATE TABLE and, before FROM, of COPY. The
/// statement with blanks in its place; nothing where it does not say so.
std::optional<std::string> without_object_ids(std::string_view sql);

/// Whether CREATE TABLE says itself whether its rows have OIDs, so that `default_with_oids` does not count.
bool says_object_ids(std::string_view sql);

}  // namespace pg2crdb
