#include "driver/lsp_json.h"

#include <fmt/format.h>

#include <charconv>

#include "support/json.h"

namespace pg2crdb {

LspPosition position_in(simdjson::dom::element position) {
  const auto number = [&](const char* name) {
    uint64_t value = 0;
    return position[name].get(value) == simdjson::SUCCESS ? static_cast<size_t>(value) : size_t{0};
  };
  return {number("line"), number("character")};
}

bool asks_for(simdjson::dom::element params, std::string_view kind) {
  simdjson::dom::array only;
  if (params["context"]["only"].get(only) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element one : only) {
    std::string_view asked;
    if (one.get(asked) != simdjson::SUCCESS || !kind.starts_with(asked)) continue;
    if (kind.size() == asked.size() || asked.empty() || kind[asked.size()] == '.') return true;
  }
  return false;
}

bool wants(simdjson::dom::element params, std::string_view kind) {
  simdjson::dom::array only;
  return params["context"]["only"].get(only) != simdjson::SUCCESS || asks_for(params, kind);
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_of(const LspRange& range) {
  return fmt::format(R"({{"start":{{"line":{},"character":{}}},"end":{{"line":{},"character":{}}}}})",
                     range.begin.line, range.begin.character, range.end.line, range.end.character);
}

LspRange range_in(simdjson::dom::element range) {
  const auto end = [&](const char* name) {
    simdjson::dom::element position;
    return range[name].get(position) == simdjson::SUCCESS ? position_in(position) : LspPosition{};
  };
  return {end("start"), end("end")};
}

std::optional<int64_t> version_in(simdjson::dom::element params) {
  int64_t version = 0;
  if (params["textDocument"]["version"].get(version) != simdjson::SUCCESS) return std::nullopt;
  return version;
}

std::string without_lone_surrogates(std::string json) {
  // The code of `\uXXXX` at a byte; 0 where there is none.
  const auto code_at = [&](size_t at) {
    unsigned code = 0;
    if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return 0U;
    const char* const begin = json.data() + at + 2;
    return std::from_chars(begin, begin + 4, code, 16).ptr == begin + 4 ? code : 0U;
  };
  const auto is_first = [](unsigned code) { return code >= 0xD800 && code < 0xDC00; };
  const auto is_second = [](unsigned code) { return code >= 0xDC00 && code < 0xE000; };
  for (size_t at = 0; at < json.size();) {
    const unsigned code = code_at(at);
    if (is_first(code) && is_second(code_at(at + 6))) {
      at += 12;
    } else if (is_first(code) || is_second(code)) {
      json.replace(at, 6, "\\ufffd");
      at += 6;
    } else {
      at += json[at] == '\\' ? 2 : 1;
    }
  }
  return json;
}

}  // namespace pg2crdb
