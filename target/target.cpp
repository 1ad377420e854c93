#include "target/target.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "target/since_words.h"

namespace pg2crdb {
namespace {

constexpr Release releases[] = {
#define RELEASE(major, minor, kind, available, maintenance_ends, assistance_ends, newest_patch) \
  {{major, minor}, Release::Kind::kind, available, maintenance_ends, assistance_ends, newest_patch},
#include "target/releases.def"
#undef RELEASE
};

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
  std::string text = std::to_string(version.major) + "." + std::to_string(version.minor);
  if (version.patch > 0) text += "." + std::to_string(version.patch);
  return text;
}

std::optional<Version> parse_version(std::string_view text) {
  take(text, 'v');
  const std::optional<int> major = take_number(text);
  if (!major || !take(text, '.')) return std::nullopt;
  const std::optional<int> minor = take_number(text);
  if (!minor) return std::nullopt;
  Version version{*major, *minor};
  if (take(text, '.')) {
    const std::optional<int> patch = take_number(text);
    if (!patch) return std::nullopt;
    version.patch = *patch;
  }
  if (!text.empty() ||
      std::ranges::find(releases, version.release(), &Release::version) == std::end(releases))
    return std::nullopt;
  return version;
}

std::span<const Release> known_releases() {
  return releases;
}

std::string known_versions_text() {
  std::string text;
  for (const Release& release : releases) text += (text.empty() ? "" : ", ") + to_string(release.version);
  return text;
}

Version default_version() {
  const auto fits = [](const Release& release) {
    return release.kind == Release::Kind::regular && !release.is_provisional();
  };
  return std::find_if(std::rbegin(releases), std::rend(releases), fits)->version;
}

bool Since::holds(Version version) const {
  if (release <= version) return true;
  return std::ranges::any_of(patches, [&](Version patch) {
    return patch.release() == version.release() && patch.patch <= version.patch;
  });
}

std::string to_string(const Since& since) {
  std::string text = to_string(since.release);
  for (const Version& patch : since.patches) {
    if (patch == Version()) break;
    text += (&patch == &since.patches.front() ? "; " : ", ") + to_string(patch);
  }
  return text;
}

std::span<const CapabilityInfo> capabilities() {
  return rows();
}

const CapabilityInfo& info(Capability capability) {
  return rows()[static_cast<size_t>(capability)];
}

bool Target::has(Capability capability) const {
  if (const auto answer = answers_.find(capability); answer != answers_.end()) return answer->second;
  const std::optional<Since>& since = info(capability).since;
  return since && since->holds(version_);
}

std::string capabilities_markdown() {
  std::string out =
      "# Capabilities\n\n"
      "What CockroachDB can do, where that differs from what pg_dump and pg_dumpall write.\n"
      "This page is made from `target/capabilities.def`; change that file, then run the tests of `target` "
      "with\n"
      "`PG2CRDB_UPDATE=1`.\n\n"
      "*Since* is the first release that has the capability, among those known: " +
      to_string(std::begin(releases)->version) + " to " + to_string(std::rbegin(releases)->version) +
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
