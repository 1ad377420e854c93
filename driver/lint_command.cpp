#include <fmt/format.h>
#include <unistd.h>

#include <limits>

#include "driver/command.h"
#include "driver/compile.h"
#include "driver/lint_cockroachdb.h"
#include "driver/output_files.h"
#include "driver/report.h"
#include "driver/unacknowledged.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  const auto reports = parse_reports(options.reports);
  if (!reports) return fail(reports.error());
  auto result = options.dialect == "cockroachdb" ? lint_cockroachdb(options, options.arguments)
                                                 : compile_inputs(options, options.arguments);
  if (!result) return fail(result.error());
  Compiled& compiled = until_exit(std::move(*result));

  OutputFiles files(compiled.input_paths());
  for (const auto& [format, path] : *reports) {
    if (auto added = files.add(path, render_findings(compiled, format, {}, {})); !added)
      return fail(added.error());
  }
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  const auto format = parse_findings_format(options.format.empty() ? "text" : options.format);
  fmt::print("{}", render_findings(compiled, *format, text_style(options, STDOUT_FILENO), {}));
  std::fflush(stdout);
  if (!options.quiet) fmt::print(stderr, "{}\n", summary_line(compiled));
  fmt::print(stderr, "{}", unacknowledged_lines(compiled));
  return compiled.failed() ? exit_findings : exit_clean;
}

}  // namespace

const Command lint_command = {
    {.name = "lint",
     .arguments = "INPUT...",
     .summary = "the findings alone, for dumps and for hand-written migration files",
     .details =
         "Each INPUT is what `compile` takes, and looked at by itself: a file, `-`, a postgresql:// URL, or "
         "a folder of "
         "migrations, which are one script. The findings go to "
         "stdout; the exit "
         "status is 1 where one is at or above --fail-on. With --dialect cockroachdb the input is SQL for "
         "CockroachDB, and read with its grammar. With --in-order it says what `compile --in-order` says.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::dialect, OptionGroup::release,
                OptionGroup::answers, OptionGroup::choices, OptionGroup::outside, OptionGroup::findings,
                OptionGroup::settings, OptionGroup::format, OptionGroup::reports, OptionGroup::order,
                OptionGroup::jobs},
     .formats = "text|gcc|json|jsonl|sarif|github|gitlab|junit|markdown|html",
     .least_arguments = 1,
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples = {"pg2crdb lint db/structure.sql", "pg2crdb lint db/migrations",
                  "pg2crdb lint migrations/*.sql --format github --fail-on warning",
                  "pg2crdb lint --dialect cockroachdb --crdb 25.2 migrations/*.sql",
                  "pg2crdb lint dump.sql --format sarif > findings.sarif"}},
    run,
};

}  // namespace pg2crdb
