#include <fmt/format.h>
#include <unistd.h>

#include <limits>
#include <optional>
#include <set>
#include <stdexcept>

#include "driver/command.h"
#include "driver/compile.h"
#include "driver/output_files.h"
#include "driver/report.h"

namespace pg2crdb {
namespace {

/// What is written for each input: the phases of the only one, or where the order is kept a file for each.
Result<std::vector<OutputFile>> output_files(const Options& options, const Compiled& compiled) {
  if (!options.in_order) return compiled.inputs[0].output.phases;
  std::vector<OutputFile> files;
  for (const CompiledInput& input : compiled.inputs) files.push_back(input.output.phases[0]);
  if (options.out_dir.empty()) return files;
  std::vector<std::string> names;
  for (const OutputFile& file : files) names.push_back(file.name);
  names = names_below(names);
  std::set<std::string> taken = {"report.json", "report.html"};
  for (size_t i = 0; i < files.size(); ++i) {
    if (!taken.insert(names[i]).second)
      return usage_error(fmt::format("two files of the output would be {}", names[i]),
                         "compile the inputs into folders of their own");
    files[i].name = names[i];
  }
  return files;
}

std::optional<Error> wrong_inputs(const Options& options) {
  if (options.in_order && !options.ast.empty())
    return usage_error("--in-order does not go with --ast, which has counted INSERTs as rows",
                       "name the files that the tree was made of");
  if (options.arguments.empty() == options.ast.empty()) {
    return usage_error(options.ast.empty() ? "`pg2crdb compile` needs INPUT, or --ast FILE"
                                           : "`pg2crdb compile` takes INPUT or --ast FILE, not both",
                       "pg2crdb help compile");
  }
  if (options.arguments.size() > 1 && !options.in_order)
    return usage_error(
        fmt::format("`pg2crdb compile` does not take `{}`: it reads one INPUT", options.arguments[1]),
        "for a folder of migrations add --in-order, and --out-dir DIR");
  if (options.arguments.size() > 1 && options.out_dir.empty())
    return usage_error("several INPUTs need --out-dir DIR: each becomes a file of its own");
  return std::nullopt;
}

int compile(const Options& options) {
  const auto reports = parse_reports(options.reports);
  if (!reports) return fail(reports.error());
  if (const auto error = wrong_inputs(options)) return fail(*error);
  auto compiled = compile_inputs(options, options.arguments);
  if (!compiled) return fail(compiled.error());

  const auto made = output_files(options, *compiled);
  if (!made) return fail(made.error());
  const std::vector<OutputFile>& phases = *made;
  std::vector<OutputFile> whole;
  if (options.out_dir.empty() || !options.output.empty())
    whole.push_back(one_file(phases, options.output.empty() ? "<stdout>" : options.output));
  OutputFiles files;
  if (!options.out_dir.empty()) {
    if (auto added = add_compiled_folder(files, options.out_dir, *compiled, phases); !added)
      return fail(added.error());
  }
  if (!options.output.empty()) {
    if (auto added = files.add(options.output, whole[0].text); !added) return fail(added.error());
  }
  const std::vector<OutputFile>& written = options.out_dir.empty() ? whole : phases;
  for (const auto& [format, path] : *reports) {
    const std::string text = render_findings(*compiled, format, false, written);
    if (auto added = files.add(path, text); !added) return fail(added.error());
  }
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  if (options.out_dir.empty() && options.output.empty()) fmt::print("{}", whole[0].text);

  const auto format = parse_findings_format(options.format.empty() ? "text" : options.format);
  const bool color = use_color(options.color, STDERR_FILENO);
  fmt::print(stderr, "{}", render_findings(*compiled, *format, color, written));
  if (!options.quiet) fmt::print(stderr, "{}\n", summary_line(*compiled));
  return compiled->failed() ? exit_findings : exit_clean;
}

int run(const Options& options) {
  if (options.ast.empty()) return compile(options);
  try {
    return compile(options);
  } catch (const std::logic_error& problem) {
    // Passes rely on more than the reader can look at; here it is not our mistake.
    return fail(
        usage_error(fmt::format("{} holds a tree that no parser makes: {}", options.ast, problem.what())));
  }
}

}  // namespace

const Command compile_command = {
    {.name = "compile",
     .arguments = "INPUT...|--ast FILE",
     .summary = "pg_dump output to CockroachDB DDL, report and load plan",
     .details =
         "INPUT is a plain dump (also gzip or zstd), `-` for standard input, or a postgresql:// URL "
         "whose schema "
         "pg_dump then prints. The DDL goes to stdout, a file or a folder, the findings to stderr.\n"
         "With --in-order each statement stays in its place, INSERT, UPDATE and DELETE, BEGIN and COMMIT "
         "included: what a migration tool runs. Names that a file does not make itself are taken to be "
         "there. "
         "Several INPUTs need --out-dir, where they keep their names below the folder that all are in.",
     .groups = {OptionGroup::input, OptionGroup::ast_input, OptionGroup::choices, OptionGroup::outside,
                OptionGroup::findings, OptionGroup::settings, OptionGroup::format, OptionGroup::reports,
                OptionGroup::output},
     .formats = "text|json|jsonl|sarif|github|gitlab|markdown|html",
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples =
         {"pg2crdb compile dump.sql > schema.sql", "pg2crdb compile dump.sql.gz --out-dir compiled",
          "pg2crdb compile dump.sql --sequences unique-rowid --report sarif=findings.sarif -o schema.sql",
          "pg2crdb compile postgresql://me@localhost/shop --crdb 24.1 --annotate",
          "pg2crdb compile --in-order migrations/*.sql --out-dir crdb-migrations",
          "pg2crdb ast dump.sql --format json | my-pass | pg2crdb compile --ast -"}},
    run,
};

}  // namespace pg2crdb
