#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "driver/command.h"
#include "driver/compile.h"
#include "driver/compiled_folder.h"
#include "driver/explain.h"
#include "driver/next_step.h"
#include "driver/output_files.h"
#include "driver/report.h"
#include "driver/unacknowledged.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

/// The phases, or where the order is kept a file for each that was read; taken out of what was compiled.
Result<std::vector<OutputFile>> output_files(const Options& options, Compiled& compiled) {
  CompiledInput& input = compiled.inputs[0];
  std::vector<OutputFile> files = std::move(input.output.phases);
  if (!options.in_order) return files;
  const std::vector<std::string>& down = input.files.down;
  std::erase_if(files, [&](const OutputFile& file) {
    return std::find(down.begin(), down.end(), file.name) != down.end();
  });
  if (options.out_dir.empty()) return files;
  std::vector<std::string> names;
  for (const OutputFile& file : files) names.push_back(file.name);
  names = names_below(names, options.arguments);
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
  return std::nullopt;
}

int compile(const Options& options) {
  const auto reports = parse_reports(options.reports);
  if (!reports) return fail(reports.error());
  if (const auto error = wrong_inputs(options)) return fail(*error);
  auto result = compile_history(options, options.arguments);
  if (!result) return fail(result.error());
  Compiled& compiled = until_exit(std::move(*result));

  std::string explanation;
  if (!options.explain.empty()) {
    explanation = explain_object(compiled, options.explain);
    if (explanation.empty())
      return fail(usage_error(fmt::format("no statement is about `{}`", options.explain),
                              "name a table, routine, view ... as the dump does: public.film; a trigger or "
                              "policy with its table: "
                              "'check on public.film'"));
  }
  auto made = output_files(options, compiled);
  if (!made) return fail(made.error());
  std::vector<OutputFile>& phases = *made;
  std::vector<OutputFile> whole;
  if (options.out_dir.empty() || !options.output.empty())
    whole.push_back(one_file(options.out_dir.empty() ? std::exchange(phases, {}) : phases,
                             options.output.empty() ? "<stdout>" : options.output,
                             options.in_order ? Sessions::each : Sessions::one));
  OutputFiles files(compiled.input_paths());
  if (!options.out_dir.empty()) {
    if (auto added = add_compiled_folder(files, options.out_dir, compiled, phases); !added)
      return fail(added.error());
  }
  if (!options.output.empty()) {
    const bool holds_password = !secret_literals(whole[0].text).empty();
    if (auto added = files.add(options.output, whole[0].text, holds_password); !added)
      return fail(added.error());
  }
  const std::vector<OutputFile>& written = options.out_dir.empty() ? whole : phases;
  for (const auto& [format, path] : *reports) {
    const std::string text = render_findings(compiled, format, {}, written);
    if (auto added = files.add(path, text); !added) return fail(added.error());
  }
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  if (options.out_dir.empty() && options.output.empty()) fmt::print("{}", whole[0].text);

  const auto format = parse_findings_format(options.format.empty() ? "text" : options.format);
  const TextStyle style = text_style(options, STDERR_FILENO);
  // Who asks about one object is not told of all the others.
  fmt::print(stderr, "{}",
             options.explain.empty() ? render_findings(compiled, *format, style, written) : explanation);
  if (!options.quiet) fmt::print(stderr, "{}\n", summary_line(compiled));
  fmt::print(stderr, "{}", unacknowledged_lines(compiled));
  if (*format == FindingsFormat::text && !options.quiet && options.explain.empty())
    fmt::print(stderr, "{}", next_step(compiled, options, "compile"));
  return compiled.failed() ? exit_findings : exit_clean;
}

int run(const Options& given) {
  Options options = given;
  options.asks_rows = true;
  if (options.output == "-") options.output.clear();
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
         "INPUT is a plain dump (also gzip or zstd), a custom, tar or directory archive of pg_dump, `-` for "
         "standard input, or a postgresql:// URL "
         "whose schema "
         "pg_dump then prints; or a folder of migrations, or several of their files, which are read "
         "in the order of "
         "their versions as one script, the ways up alone. The DDL goes to stdout, a file or a "
         "folder, the findings to stderr.\n"
         "With --in-order each statement stays in its place, INSERT, UPDATE and DELETE, BEGIN and COMMIT "
         "included: what a migration tool runs. Names that no INPUT makes are taken to be there. With "
         "--out-dir, files keep their names below INPUT, or the folder that all are in.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::ast_input, OptionGroup::release,
                OptionGroup::answers, OptionGroup::choices, OptionGroup::outside, OptionGroup::findings,
                OptionGroup::rows, OptionGroup::settings, OptionGroup::format, OptionGroup::reports,
                OptionGroup::order, OptionGroup::output, OptionGroup::jobs},
     .formats = "text|gcc|json|jsonl|sarif|github|gitlab|junit|markdown|html",
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples =
         {"pg2crdb compile dump.sql > schema.sql", "pg2crdb compile dump.sql.gz --out-dir compiled",
          "pg2crdb compile dump.sql --sequences unique-rowid --report sarif=findings.sarif -o schema.sql",
          "pg2crdb compile db/migrations -o schema.sql",
          "pg2crdb compile cluster.sql --database shop -o shop.sql",
          "pg2crdb compile postgresql://me@localhost/shop --crdb 24.1 --annotate",
          "pg2crdb compile --in-order migrations/*.sql --out-dir crdb-migrations",
          "pg2crdb ast dump.sql --format json | my-pass | pg2crdb compile --ast -"}},
    run,
};

}  // namespace pg2crdb
