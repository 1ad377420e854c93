#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb {

/// Appends an hstore's pairs, as hstore_in() reads them (`"a"=>"1", b => NULL`), as one JSON object of texts
/// and nulls. False, with anything appended, where the text is no hstore, or has a key twice: which of its
/// values stays is not said.
bool append_hstore_as_json(std::string& out, std::string_view hstore);

/// The same as hstore_out() writes it: `"b"=>NULL, "aa"=>"1"`, shorter keys first. Nothing where the text is
/// no hstore, or has a key twice.
std::optional<std::string> canonical_hstore(std::string_view hstore);

}  // namespace pg2crdb
