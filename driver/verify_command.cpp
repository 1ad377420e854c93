#include <fmt/format.h>

#include "driver/chosen_tables.h"
#include "driver/command.h"
#include "driver/execution.h"
#include "driver/progress.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  if (auto error = missing_target(options)) return fail(*error);
  int status = exit_clean;
  auto plan = plan_with_rows_for(options, "verify", status);
  if (!plan) return status;
  if (auto chosen = choose_tables(*plan, options); !chosen) return fail(chosen.error());
  if (auto taken = take_types_from_target(*plan, options.target); !taken) return fail(taken.error());
  Progress progress(options, stdout);
  if (auto named = name_defects(options.target, LoadMethod::copy, progress); !named)
    return fail(named.error());
  progress.begin_rows("verify", expected_rows(*plan, options.source, options.row_limit));
  const auto tables = verify(*plan, verify_options_of(options), progress);
  progress.end_rows();
  if (!tables) return fail(tables.error());
  return exit_clean;
}

}  // namespace

const Command verify_command = {
    {.name = "verify",
     .arguments = "DIR",
     .summary = "prove that rows and schema are equal: live PostgreSQL or dump against the cluster",
     .details =
         "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. Every row of every "
         "table is compared, both sides as they are at one moment, and what the plan has of the schema. "
         "The log goes to stdout; the exit status is 4 where something differs.",
     .groups = {OptionGroup::reading, OptionGroup::plan, OptionGroup::release, OptionGroup::answers,
                OptionGroup::choices, OptionGroup::outside, OptionGroup::findings, OptionGroup::settings,
                OptionGroup::source, OptionGroup::target, OptionGroup::jobs, OptionGroup::tables,
                OptionGroup::limit, OptionGroup::naming, OptionGroup::progress},
     .formats = "",
     .most_arguments = 1,
     .examples =
         {"pg2crdb verify compiled --target postgresql://root@localhost:26257/shop",
          "pg2crdb verify compiled --source postgresql://me@old/shop --target $TARGET --log-format json"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
