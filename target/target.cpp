#include "target/target.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>
#include <vector>

namespace pg2crdb {
namespace {

// The words that stand in the `since` column.
constexpr std::optional<Version> never;
constexpr Version v23_1{23, 1};
constexpr Version v23_2{23, 2};
constexpr Version v24_1{24, 1};
constexpr Version v24_2{24, 2};
constexpr Version v24_3{24, 3};
constexpr Version v25_1{25, 1};
constexpr Version v25_2{25, 2};
constexpr Version v25_3{25, 3};
constexpr Version v25_4{25, 4};
constexpr Version v26_1{26, 1};
constexpr Version v26_2{26, 2};

constexpr Version versions[] = {v23_1, v23_2, v24_1, v24_2, v24_3, v25_1, v25_2, v25_3, v25_4, v26_1, v26_2};

struct Table {
  std::vector<std::string> names;
  std::vector<CapabilityInfo> rows;
};

Table make_table() {
  Table table;
  std::string_view topic;
#define CAPABILITY_TOPIC(title) topic = title;
#define CAPABILITY(name, since, evidence, sentence) \
  table.names.emplace_back(#name);                  \
  table.rows.push_back({Capability::name, {}, since, evidence, sentence, topic});
#include "target/capabilities.def"
#undef CAPABILITY
  for (size_t i = 0; i < table.rows.size(); ++i) {
    std::replace(table.names[i].begin(), table.names[i].end(), '_', '-');
    table.rows[i].name = table.names[i];
  }
  return table;
}

const std::vector<CapabilityInfo>& rows() {
  static const Table table = make_table();
  return table.rows;
}

// A decimal number at the beginning of `text`, which is taken off.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// A cell of a Markdown table: nothing in it may be taken for markup.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '*' || c == '_' || c == '<' || c == '[' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string to_string(Version version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::optional<Version> parse_version(std::string_view text) {
  take(text, 'v');
  const std::optional<int> major = take_number(text);
  if (!major || !take(text, '.')) return std::nullopt;
  const std::optional<int> minor = take_number(text);
  if (!minor) return std::nullopt;
  if (take(text, '.') && !take_number(text)) return std::nullopt;
  const Version version{*major, *minor};
  if (!text.empty() || std::ranges::find(versions, version) == std::end(versions)) return std::nullopt;
  return version;
}

std::span<const Version> known_versions() {
  return versions;
}

Version newest_version() {
  return *std::rbegin(versions);
}

std::span<const CapabilityInfo> capabilities() {
  return rows();
}

const CapabilityInfo& info(Capability capability) {
  return rows()[static_cast<size_t>(capability)];
}

bool Target::has(Capability capability) const {
  const std::optional<Version>& since = info(capability).since;
  return since && *since <= version_;
}

std::string capabilities_markdown() {
  std::string out =
      "# Capabilities\n\n"
      "What CockroachDB can do, where that differs from what pg_dump and pg_dumpall write.\n"
      "This page is made from `target/capabilities.def`; change that file, then run the tests of `target` "
      "with\n"
      "`PG2CRDB_UPDATE=1`.\n\n"
      "*Since* is the first release that has the capability, among those known: " +
      to_string(versions[0]) + " to " + to_string(newest_version()) +
      ".\n*never* means in none of them. `#n` is an issue of the CockroachDB project.\n";
  std::string_view topic;
  for (const CapabilityInfo& row : rows()) {
    if (row.topic != topic) {
      topic = row.topic;
      out += "\n## " + std::string(topic) +
             "\n\n| capability | since | what it is | evidence |\n|---|---|---|---|\n";
    }
    out += "| `" + std::string(row.name) + "` | " + (row.since ? to_string(*row.since) : "never") + " | " +
           cell(row.sentence) + " | " + cell(row.evidence) + " |\n";
  }
  return out;
}

}  // namespace pg2crdb
