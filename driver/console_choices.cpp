#include "driver/console_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>

#include "driver/toml_text.h"
#include "target/target.h"

namespace pg2crdb {
namespace {

std::string first_of(const std::string& given, const std::string& written, std::string_view otherwise) {
  if (!given.empty()) return given;
  return written.empty() ? std::string(otherwise) : written;
}

std::vector<std::string> releases() {
  std::vector<std::string> names;
  for (const Release& release : known_releases() | std::views::reverse)
    names.push_back(to_string(release.version));
  return names;
}

struct Piece {
  size_t begin = 0, end = 0;
};

/// The string of a line `key = "string"`, quotes included.
std::optional<Piece> value_in(std::string_view text, size_t line, std::string_view key) {
  constexpr std::string_view blank = " \t";
  size_t at = 0;
  for (; line > 1; --line) at = text.find('\n', at) + 1;
  at = text.find_first_not_of(blank, at);
  if (!text.substr(at).starts_with(key)) return {};
  at = text.find_first_not_of(blank, at + key.size());
  if (at == std::string_view::npos || text[at] != '=') return {};
  at = text.find_first_not_of(blank, at + 1);
  if (at == std::string_view::npos || (text[at] != '"' && text[at] != '\'')) return {};
  const std::string_view ends = text[at] == '"' ? "\"\\\n" : "'\n";
  const size_t end = text.find_first_of(ends, at + 1);
  if (end == std::string_view::npos || text[end] != text[at] || end == at + 1) return {};
  return Piece{at, end + 1};
}

}  // namespace

std::vector<ConsoleChoice> console_choices(const Options& options, const Choices& choices) {
  const Config& config = choices.config;
  const auto option = [](std::string_view name, const std::string& given) {
    return given.empty() ? std::string() : fmt::format("--{}", name);
  };
  return {
      {"sequences",
       "What becomes of a primary key that a sequence fills",
       {"keep", "unique-rowid", "uuid", "hash-sharded"},
       first_of(options.sequences, config.sequences, "keep"),
       option("sequences", options.sequences)},
      {"hstore",
       "What columns of the extension hstore become",
       {"text", "jsonb"},
       first_of(options.hstore, config.hstore, "text"),
       option("hstore", options.hstore)},
      {"integers",
       "What columns of type integer become",
       {"int4", "int8"},
       first_of(options.integers, config.integers, "int4"),
       option("integers", options.integers)},
      {"crdb", "The release of CockroachDB that it is compiled for", releases(),
       std::string(to_string(choices.target.version())),
       options.capabilities.empty() ? option("crdb", options.crdb)
                                    : option("capabilities", options.capabilities)},
  };
}

Result<std::string> with_key(const DecisionFile& file, const Config& config, const std::string& key,
                             const std::string& value) {
  std::string after = file.text;
  const auto place = config.places.find(key);
  if (place == config.places.end()) {
    const std::string_view line_end = after.find("\r\n") == std::string::npos ? "\n" : "\r\n";
    const std::string parted = after.empty() || after.starts_with('\n') || after.starts_with("\r\n")
                                   ? std::string()
                                   : std::string(line_end);
    return fmt::format("{} = {}{}{}", key, toml_string(value), line_end, parted) + after;
  }
  const std::string& where = place->second;
  size_t line = 0;
  std::from_chars(where.data() + where.rfind(':') + 1, where.data() + where.size(), line);
  const auto piece = value_in(after, line, key);
  if (!piece)
    return usage_error(fmt::format("{} has more than the key `{}` and its value", where, key),
                       "nothing was written; change it by hand");
  after.replace(piece->begin, piece->end - piece->begin, toml_string(value));
  return after;
}

}  // namespace pg2crdb
