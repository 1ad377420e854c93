#include <fmt/format.h>

#include "driver/command.h"
#include "parser/grammar_version.h"
#include "target/target.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  const std::string oldest = to_string(known_versions().front());
  const std::string newest = to_string(newest_version());
  if (options.format == "json") {
    fmt::print(
        "{{\"tool\": \"pg2crdb\", \"version\": \"{}\", \"libpg_query\": \"{}\", \"cockroachdb\": "
        "{{\"oldest\": "
        "\"{}\", \"newest\": \"{}\"}}}}\n",
        PG2CRDB_VERSION, grammar_version(), oldest, newest);
    return exit_clean;
  }
  fmt::print("pg2crdb {}\nlibpg_query of PostgreSQL {}\nCockroachDB {} to {}\n", PG2CRDB_VERSION,
             grammar_version(), oldest, newest);
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
