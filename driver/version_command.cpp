#include <fmt/format.h>

#include "driver/command.h"
#include "parser/grammar_version.h"
#include "target/target.h"

namespace pg2crdb {
namespace {

constexpr std::string_view commit = PG2CRDB_COMMIT;  ///< empty where the sources were no checkout of git

std::string_view name_of(Release::Kind kind) {
  return kind == Release::Kind::regular ? "regular" : "innovation";
}

std::string line_of(const Release& release) {
  std::string line = fmt::format("{}  {}", to_string(release.version), name_of(release.kind));
  if (release.is_provisional()) return line + ", known from notes of its alphas only";
  line += fmt::format(", {}, read up to {}", release.available,
                      to_string(release.version.at(release.newest_patch)));
  if (!release.maintenance_ends.empty())
    line += fmt::format(", maintained until {}", release.maintenance_ends);
  if (!release.assistance_ends.empty()) line += fmt::format(", supported until {}", release.assistance_ends);
  return line;
}

std::string json_of(const Release& release) {
  const auto text = [](std::string_view value) {
    return value.empty() ? std::string("null") : fmt::format("\"{}\"", value);
  };
  return fmt::format(
      "{{\"version\": \"{}\", \"kind\": \"{}\", \"available\": {}, \"maintenance_ends\": {}, "
      "\"assistance_ends\": {}, \"newest_patch_read\": {}}}",
      to_string(release.version), name_of(release.kind), text(release.available),
      text(release.maintenance_ends), text(release.assistance_ends),
      release.is_provisional() ? "null"
                               : fmt::format("\"{}\"", to_string(release.version.at(release.newest_patch))));
}

int run(const Options& options) {
  const std::string oldest = to_string(known_releases().front().version);
  const std::string newest = to_string(known_releases().back().version);
  const std::string by_default = to_string(default_version());
  if (options.format == "json") {
    std::string releases;
    for (const Release& release : known_releases())
      releases += fmt::format("{}{}", releases.empty() ? "" : ", ", json_of(release));
    fmt::print(
        "{{\"tool\": \"pg2crdb\", \"version\": \"{}\", \"commit\": {}, \"libpg_query\": \"{}\", "
        "\"cockroachdb\": {{\"oldest\": \"{}\", \"newest\": \"{}\", \"default\": \"{}\", \"releases\": "
        "[{}]}}}}\n",
        PG2CRDB_VERSION, commit.empty() ? "null" : fmt::format("\"{}\"", commit), grammar_version(), oldest,
        newest, by_default, releases);
    return exit_clean;
  }
  fmt::print("pg2crdb {}{}\nlibpg_query of PostgreSQL {}\nCockroachDB {} to {}, {} by default\n",
             PG2CRDB_VERSION, commit.empty() ? "" : fmt::format(", commit {}", commit), grammar_version(),
             oldest, newest, by_default);
  for (const Release& release : known_releases()) fmt::print("  {}\n", line_of(release));
  return exit_clean;
}

}  // namespace

const Command version_command = {
    {.name = "version",
     .arguments = "",
     .summary = "versions of the tool, of libpg_query, and of CockroachDB that it knows",
     .details = "",
     .groups = {OptionGroup::format},
     .formats = "text|json",
     .examples = {"pg2crdb version --format json"}},
    run,
};

}  // namespace pg2crdb
