#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb {

// What PostgreSQL prints of a value of one kind of types; nothing where that is not known.

/// macaddr, macaddr8.
std::optional<std::string> printed_mac_address(std::string_view type, std::string_view text);
/// A cidr with all its bytes and its mask: `10.1.0.0/16` of '10.1'. Others come back as they are.
std::string printed_network(std::string_view text);
/// int4range, int8range, numrange, daterange, tsrange, tstzrange, and the multiranges of these.
std::optional<std::string> printed_range(std::string_view type, std::string_view text);
std::optional<std::string> printed_multirange(std::string_view type, std::string_view text);
/// point, line, lseg, box, path, polygon, circle, and cube.
std::optional<std::string> printed_shape(std::string_view type, std::string_view text);

}  // namespace pg2crdb
