#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// A name as it has to be written: quoted where it must be. The only way a name gets into SQL text.
std::string quote_identifier(std::string_view name);
/// `schema.name`, each part quoted where it must be; the schema may be empty.
std::string quote_name(std::string_view schema, std::string_view name);
/// 'text', or e'text' where a backslash or a control character is in it.
std::string quote_literal(std::string_view text);

/// The same, appended to what is being written.
void append_identifier(std::string& out, std::string_view name);
void append_literal(std::string& out, std::string_view text);

}  // namespace pg2crdb
