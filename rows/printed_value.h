#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb {

// Of types whose values are texts on the target, which CockroachDB keeps as they are written. `type` is a
// name without its schema, `(macaddr,text)` of a row with such fields; with `[]` behind it where it is an
// array's.

/// Whether `printed_value` knows all that PostgreSQL prints of the type, so that rows can be held to it.
bool prints_in_one_form(std::string_view type);

/// A value as PostgreSQL prints it, whatever it was written as: `08:00:2b:01:02:03` of the macaddr
/// '08-00-2b-01-02-03', `[1,3)` of the int4range '[1, 2]'. Nothing where that is not known, as of times that
/// hang on settings, or where the type does not take the text. Of other types the text as it is.
std::optional<std::string> printed_value(std::string_view type, std::string_view text);

}  // namespace pg2crdb
