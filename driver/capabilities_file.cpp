#include "driver/capabilities_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "driver/options.h"
#include "driver/toml_text.h"
#include "support/nearest.h"
#include "target/probes.h"

namespace pg2crdb {
namespace {

Error wrong(const std::string& path, const toml::source_region& place, std::string_view what) {
  return usage_error(fmt::format("{}:{}:{}: {}", path, place.begin.line, place.begin.column, what),
                     "`pg2crdb probe --target URL` writes the file anew");
}

Error unknown(const std::string& path, const toml::key& key) {
  std::vector<std::string> known;
  for (const CapabilityInfo& row : capabilities()) known.emplace_back(row.name);
  const std::string near = nearest(key.str(), known);
  return wrong(path, key.source(),
               near.empty()
                   ? fmt::format("there is no capability `{}`", key.str())
                   : fmt::format("there is no capability `{}`: did you mean `{}`?", key.str(), near));
}

}  // namespace

Result<ClusterAnswers> read_capabilities(const std::string& path) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& problem) {
    return wrong(path, problem.source(), toml_problem(problem.description()));
  }
  for (const auto& [key, node] : table) {
    if (key != "crdb" && key != "rows" && key != "capabilities")
      return wrong(path, key.source(), fmt::format("`{}` is none of crdb, rows, [capabilities]", key.str()));
  }
  ClusterAnswers cluster;
  const auto version = parse_version(table["crdb"].value_or(std::string_view()));
  if (!version) return wrong(path, table.source(), "`crdb` has to be a release of CockroachDB that is known");
  cluster.version = *version;
  const toml::table* const rows = table["capabilities"].as_table();
  if (rows == nullptr) return wrong(path, table.source(), "a table [capabilities] is missing");
  for (const auto& [key, node] : *rows) {
    const auto capability = capability_named(key.str());
    if (!capability) return unknown(path, key);
    const auto answer = node.value_exact<bool>();
    if (!answer) return wrong(path, node.source(), fmt::format("`{}` has to be true or false", key.str()));
    cluster.answers[*capability] = *answer;
  }
  if (const toml::node* const said = table.get("rows")) {
    const auto count = said->value_exact<int64_t>();
    if (!count) return wrong(path, said->source(), "`rows` has to be a number");
    if (*count != static_cast<int64_t>(rows->size()))
      return wrong(
          path, said->source(),
          fmt::format("the file says that it has {} capabilities, and it has {}", *count, rows->size()));
  }
  return cluster;
}

std::string capabilities_text(Version version, std::span<const ProbedCapability> probed) {
  std::string text = fmt::format(
      "# What a cluster answered to `pg2crdb probe`, for --capabilities. What is not here is as the table "
      "of\n"
      "# its release has it.\n"
      "crdb = \"{}\"\nrows = {}\n\n[capabilities]\n",
      to_string(version), std::ranges::count_if(probed, [](const ProbedCapability& row) {
        return row.outcome != ProbedCapability::Outcome::unknown;
      }));
  const Target believed(version);
  for (const ProbedCapability& row : probed) {
    if (row.outcome == ProbedCapability::Outcome::unknown) continue;
    const bool can = row.outcome == ProbedCapability::Outcome::can;
    text += fmt::format("{} = {}{}\n", info(row.capability).name, can,
                        can == believed.has(row.capability) ? "" : "  # not as the table has it");
  }
  return text;
}

}  // namespace pg2crdb
