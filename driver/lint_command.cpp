#include <fmt/format.h>
#include <unistd.h>

#include <limits>

#include "driver/baseline.h"
#include "driver/command.h"
#include "driver/compile.h"
#include "driver/fix.h"
#include "driver/lint_cockroachdb.h"
#include "driver/next_step.h"
#include "driver/output_files.h"
#include "driver/report.h"
#include "driver/statistics.h"
#include "driver/unacknowledged.h"
#include "driver/workload_findings.h"
#include "support/counted.h"

namespace pg2crdb {
namespace {

/// What was there before counts no more; says how much of a baseline it was.
Result<void> take_old(const Options& options, Compiled& compiled, OutputFiles& files) {
  const std::string& path = options.baseline.empty() ? compiled.choices.config.baseline : options.baseline;
  if (path.empty() && options.update_baseline)
    return usage_error("--update-baseline needs `--baseline FILE`, or `baseline` in pg2crdb.toml");
  if (!options.changed_since.empty()) {
    if (auto taken = take_unchanged(compiled.findings, compiled.inputs, options.changed_since); !taken)
      return taken;
  }
  if (options.update_baseline) {
    if (auto added = files.add(path, make_baseline(compiled.findings, path)); !added) return added;
  } else if (!path.empty()) {
    const Result<BaselineUse> use = take_baseline(compiled.findings, path);
    if (!use) return use.error();
    if (use->gone > 0 && !options.quiet)
      fmt::print(stderr, "pg2crdb: {} of the {} in {} {} no more: --update-baseline takes them out\n",
                 with_commas(use->gone), counted(use->gone + use->known, "finding"), path,
                 use->gone == 1 ? "is" : "are");
  }
  for (CompiledInput& input : compiled.inputs)
    input.unacknowledged = unacknowledged_statements(input, compiled.findings);
  return {};
}

std::string fix_sentence(const Options& options, const FixCounts& counts) {
  std::string text =
      fmt::format("{} {}", counted(counts.fixed, "statement"), options.diff ? "to be mended" : "mended");
  if (counts.unsafe > 0)
    text += fmt::format("; {} would do something else than before, and {} {} for {}: --unsafe-fixes",
                        with_commas(counts.unsafe), with_commas(counts.waiting),
                        counts.waiting == 1 ? "waits" : "wait", counts.unsafe == 1 ? "it" : "them");
  if (counts.unfixed > 0) text += fmt::format("; {} left to a person", with_commas(counts.unfixed));
  if (counts.unused > 0)
    text += fmt::format("; {} {} that CockroachDB has no use for", with_commas(counts.unused),
                        counts.unused == 1 ? "stays" : "stay");
  return text;
}

/// Into `files`, or as a difference on standard output.
Result<void> fix(const Options& options, Compiled& compiled, OutputFiles& files) {
  const Result<Fixes> fixes = make_fixes(compiled, options.unsafe_fixes);
  if (!fixes) return fixes.error();
  for (const FixedFile& file : fixes->files) {
    if (options.diff) {
      fmt::print("{}", file.diff());
    } else if (auto added = files.add(file.path, file.after()); !added) {
      return added;
    }
  }
  if (!options.quiet) fmt::print(stderr, "pg2crdb: {}\n", fix_sentence(options, fixes->counts));
  return {};
}

std::optional<Error> wrong_options(const Options& options) {
  if ((options.fix || options.diff) && options.dialect == "cockroachdb")
    return usage_error("--fix and --diff are for SQL that was written for PostgreSQL");
  if ((options.fix || options.diff) && !options.changed_since.empty())
    return usage_error("--fix and --diff look at whole scripts: leave out --changed-since");
  const bool is_part = !options.changed_since.empty() || !options.select.empty() || !options.ignore.empty();
  if (options.update_baseline && is_part)
    return usage_error(
        "--update-baseline needs all findings: leave out --changed-since, --select and --ignore");
  if (!options.workload.empty()) {
    if (options.fix || options.diff)
      return usage_error("--workload says what to write, and mends nothing: leave out --fix and --diff");
    if (options.dialect == "cockroachdb")
      return usage_error("--workload is for statements that were written for PostgreSQL");
    if (!options.changed_since.empty())
      return usage_error("--workload and --changed-since: one of them",
                         "--baseline leaves out what is known");
  }
  if (options.fix && options.diff) return usage_error("--fix and --diff: one of them");
  if (options.statistics && options.diff) return usage_error("--statistics and --diff: one of them");
  const bool is_counted = options.format.empty() || options.format == "text" || options.format == "json";
  if (options.statistics && !is_counted)
    return usage_error(
        "--statistics is printed as text or json: --report FORMAT=FILE has the findings themselves");
  if (options.unsafe_fixes && !options.fix && !options.diff)
    return usage_error("--unsafe-fixes goes with --fix or --diff");
  return std::nullopt;
}

int run(const Options& given) {
  Options options = given;
  options.asks_rows = true;
  const bool one_history = options.fix || options.diff || !options.workload.empty();
  options.in_order = options.in_order || one_history;
  const auto reports = parse_reports(options.reports);
  if (!reports) return fail(reports.error());
  if (const auto error = wrong_options(options)) return fail(*error);
  auto result = options.dialect == "cockroachdb" ? lint_cockroachdb(options, options.arguments)
                : one_history                    ? compile_history(options, options.arguments)
                                                 : compile_inputs(options, options.arguments);
  if (!result) return fail(result.error());
  Compiled& compiled = until_exit(std::move(*result));

  OutputFiles files(options.fix ? std::vector<std::string>() : compiled.input_paths());
  if (options.fix || options.diff) {
    if (auto fixed = fix(options, compiled, files); !fixed) return fail(fixed.error());
  }
  if (auto taken = take_old(options, compiled, files); !taken) return fail(taken.error());
  for (const auto& [format, path] : *reports) {
    if (auto added = files.add(path, render_findings(compiled, format, {}, {})); !added)
      return fail(added.error());
  }
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  const auto format = parse_findings_format(options.format.empty() ? "text" : options.format);
  if (options.statistics) {
    fmt::print("{}", *format == FindingsFormat::json ? statistics_json(compiled.findings)
                                                     : statistics_text(compiled.findings));
  } else if (!options.diff) {
    fmt::print("{}", render_findings(compiled, *format, text_style(options, STDOUT_FILENO), {}));
  }
  std::fflush(stdout);
  if (!options.quiet)
    fmt::print(stderr, "{}\n", options.workload.empty() ? summary_line(compiled) : workload_line(compiled));
  fmt::print(stderr, "{}", unacknowledged_lines(compiled));
  const bool is_for_person = *format == FindingsFormat::text && !options.quiet;
  if (is_for_person && options.workload.empty() && options.dialect != "cockroachdb")
    fmt::print(stderr, "{}", next_step(compiled, options, "lint"));
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
         "CockroachDB, and read with its grammar. With --in-order it says what `compile --in-order` says. "
         "With "
         "--workload the INPUTs are the schema of an application, whose statements are looked at: "
         "docs/workload.md.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::dialect, OptionGroup::workload,
                OptionGroup::release, OptionGroup::answers, OptionGroup::choices, OptionGroup::outside,
                OptionGroup::findings, OptionGroup::rows, OptionGroup::settings, OptionGroup::old,
                OptionGroup::counts, OptionGroup::fixes, OptionGroup::format, OptionGroup::reports,
                OptionGroup::order, OptionGroup::jobs},
     .formats = "text|gcc|json|jsonl|sarif|github|gitlab|junit|markdown|html",
     .least_arguments = 1,
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples = {"pg2crdb lint db/structure.sql", "pg2crdb lint db/migrations",
                  "pg2crdb lint migrations/*.sql --format github --fail-on warning",
                  "pg2crdb lint --dialect cockroachdb --crdb 25.2 migrations/*.sql",
                  "pg2crdb lint db --baseline known.jsonl", "pg2crdb lint migrations/*.sql --diff",
                  "pg2crdb lint schema.sql --workload stats.csv",
                  "pg2crdb lint dump.sql --format sarif > findings.sarif"}},
    run,
};

}  // namespace pg2crdb
