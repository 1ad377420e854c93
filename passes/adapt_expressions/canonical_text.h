#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb::adapt {

/// A range as PostgreSQL writes it: `[1,3)` of the int4range '[1, 2]'. `type`: int4range, int8range,
/// numrange, daterange, tsrange, tstzrange. Nothing where that is not known, as of times, whose text hangs on
/// settings.
std::optional<std::string> canonical_range(std::string_view type, std::string_view text);

/// A cidr with all its bytes and its mask: `10.1.0.0/16` of '10.1'. Others come back as they are.
std::string canonical_network(std::string_view text);

}  // namespace pg2crdb::adapt
