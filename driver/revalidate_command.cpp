#include <fmt/format.h>

#include "driver/command.h"
#include "driver/execution.h"
#include "driver/progress.h"
#include "support/counted.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  if (auto error = missing_target(options)) return fail(*error);
  Progress progress(options, options.quiet ? nullptr : stderr);
  const auto validated = revalidate(options.target, progress, options.max_named_rows);
  if (!validated) return fail(validated.error());
  if (!options.quiet) fmt::print(stderr, "{} validated\n", counted(validated->size(), "constraint"));
  return exit_clean;
}

}  // namespace

const Command revalidate_command = {
    {.name = "revalidate",
     .arguments = "",
     .summary = "find every unvalidated constraint on the cluster and validate it",
     .details = "All are tried; those that rows break are named with the server's own words, and so are the "
                "rows; the exit status is "
                "then 4.",
     .groups = {OptionGroup::target, OptionGroup::naming, OptionGroup::progress},
     .formats = "",
     .examples = {"pg2crdb revalidate --target postgresql://root@localhost:26257/shop"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
