#include <fmt/format.h>

#include "driver/command.h"
#include "driver/compiled_folder.h"
#include "driver/execution.h"
#include "driver/progress.h"
#include "runtime/connection.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  if (options.plan.empty() && !options.arguments.empty()) {
    if (auto unchanged = check_unchanged(options.arguments[0]); !unchanged) return fail(unchanged.error());
  }
  int status = exit_clean;
  const auto plan = plan_for(options, "apply", status);
  if (!plan) return status;
  const std::vector<std::string> phases =
      options.phases.empty() ? std::vector<std::string>{"roles", "pre-data", "post-data"} : options.phases;
  if (options.dry_run) {
    for (const std::string& phase : phases) {
      for (const LoadPlan::Statement& statement : plan->statements) {
        if (statement.phase == phase) fmt::print("{};\n", statement.sql);
      }
    }
    return exit_clean;
  }
  if (auto error = missing_target(options)) return fail(*error);
  if (!confirmed(options, fmt::format("Run {} on {}?", fmt::join(phases, ", "), redacted(options.target)))) {
    return exit_usage;
  }
  Progress progress(options, options.quiet ? nullptr : stderr);
  auto journal =
      Journal::open(state_dir_for(options, "apply", *plan), identity_of(options, *plan), options.resume);
  if (!journal) return fail_resumable(journal.error(), "apply", options);
  if (auto checked = check_target(*plan, apply_steps(*plan, phases), options.target, *journal, progress);
      !checked) {
    return fail_resumable(checked.error(), "apply", options);
  }
  for (const std::string& phase : phases) {
    if (auto applied = apply_phase(*plan, phase, options.target, *journal, progress); !applied) {
      return fail_resumable(applied.error(), "apply", options);
    }
  }
  if (auto finished = journal->finish(); !finished) {
    return fail_resumable(finished.error(), "apply", options);
  }
  return exit_clean;
}

}  // namespace

const Command apply_command = {
    {.name = "apply",
     .arguments = "DIR",
     .summary = "run compiled phases on a cluster",
     .details = "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. Each error is traced "
                "back to the "
                "dump's own line.",
     .groups = {OptionGroup::reading, OptionGroup::plan, OptionGroup::release, OptionGroup::answers,
                OptionGroup::choices, OptionGroup::outside, OptionGroup::findings, OptionGroup::settings,
                OptionGroup::target, OptionGroup::phases, OptionGroup::state, OptionGroup::dry_run,
                OptionGroup::progress},
     .formats = "",
     .most_arguments = 1,
     .examples = {"pg2crdb apply compiled --target postgresql://root@localhost:26257/shop",
                  "pg2crdb apply compiled --phase pre-data --dry-run"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
