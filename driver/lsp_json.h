#pragma once
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "driver/lsp_document.h"

/// Values of the language server protocol as JSON.
namespace pg2crdb {

std::string json_string(std::string_view text);
std::string json_of(const LspRange& range);

/// A Position; what is not there is 0.
LspPosition position_in(simdjson::dom::element position);
/// A Range of two of them.
LspRange range_in(simdjson::dom::element range);
/// Whether an editor that asks for code actions names a kind, or one above it.
bool asks_for(simdjson::dom::element params, std::string_view kind);
/// The same, or it names none.
bool wants(simdjson::dom::element params, std::string_view kind);
/// `textDocument.version`, where there is one.
std::optional<int64_t> version_in(simdjson::dom::element params);

/// JSON with `\\ufffd` for each half of a surrogate pair that has no other half, which is no text in UTF-8
/// and may stand in an editor's document all the same.
std::string without_lone_surrogates(std::string json);

}  // namespace pg2crdb
