#include <fmt/format.h>

#include "driver/command.h"
#include "driver/execution.h"
#include "driver/load_status_texts.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  if (auto error = missing_target(options)) return fail(*error);
  const auto loads = load_status(options.target);
  if (!loads) return fail(loads.error());
  fmt::print("{}", options.format == "json"         ? status_json(*loads)
                   : options.format == "prometheus" ? status_prometheus(*loads)
                                                    : status_text(*loads));
  return exit_clean;
}

}  // namespace

const Command status_command = {
    {.name = "status",
     .arguments = "",
     .summary = "how far the load or the verification of `worker` is: tables, parts, leases, workers",
     .details = "Asks the target alone; nothing has to run for it. `prometheus` is the text format of its "
                "exporters, of the newest load and the newest verification: "
                "a cron job that writes it into a node_exporter's folder is enough to watch a load.",
     .groups = {OptionGroup::target, OptionGroup::format},
     .formats = "text|json|prometheus",
     .examples = {"pg2crdb status --target postgresql://root@localhost:26257/shop",
                  "watch pg2crdb status --target $TARGET"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
