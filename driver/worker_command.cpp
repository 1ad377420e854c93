#include <fmt/format.h>

#include "driver/chosen_tables.h"
#include "driver/command.h"
#include "driver/execution.h"
#include "driver/findings.h"
#include "driver/progress.h"
#include "rows/hash128.h"
#include "runtime/worker.h"

namespace pg2crdb {
namespace {

/// What workers have to have in common, whatever they call the servers.
std::string run_of(const Options& options, const LoadPlan& plan) {
  std::string identity;
  for (const auto& [fact, value] : identity_of(options, plan)) {
    if (fact == "target") continue;
    identity += fact + "=" + (fact == "source" ? std::string("live") : value) + "\n";
  }
  const Hash128 hash = hash128(identity, 0);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

/// What has to be right before the first row, whoever is at work already.
Result<void> prepare(LoadPlan& plan, const Options& options, Progress& progress) {
  if (auto another = check_source_is_another(options.source, options.target); !another) return another;
  if (auto named = name_defects(options.target, LoadMethod::copy, progress); !named) return named;
  LoadOptions load;
  load.source = options.source;
  load.target = options.target;
  auto journal = Journal::open({}, {}, false);
  if (!journal) return journal.error();
  if (auto checked = check_foreign_keys(plan, load, *journal, progress); !checked) return checked;
  if (auto taken = take_types_from_target(plan, options.target); !taken) return taken;
  return check_identities(plan, load);
}

int run(const Options& options) {
  if (auto error = missing_target(options)) return fail(*error);
  if (options.lease == 0 || options.lease > 86400)
    return fail(usage_error(
        fmt::format("`--lease` cannot be {}: it is a number of seconds, up to a day", options.lease)));
  int status = exit_clean;
  auto plan = plan_with_rows_for(options, "worker", status);
  if (!plan) return status;
  if (auto chosen = choose_tables(*plan, options); !chosen) return fail(chosen.error());
  if (auto checked = check_csv(*plan, options); !checked) return fail(checked.error());
  WorkerOptions worker;
  worker.source = options.source;
  worker.target = options.target;
  worker.run = run_of(options, *plan);
  worker.lease_seconds = static_cast<unsigned>(options.lease);
  worker.jobs = static_cast<unsigned>(options.jobs);
  if (!options.memory.empty()) worker.memory = *parse_size(options.memory);
  Progress progress(options, options.quiet ? nullptr : stderr);
  if (auto prepared = prepare(*plan, options, progress); !prepared) return fail(prepared.error());
  progress.begin_rows("load", expected_rows(*plan, options.source, 0));
  const auto worked = work(*plan, worker, progress);
  progress.end_rows();
  if (!worked) {
    const int failed = fail(worked.error());
    if (worked.error().kind == Error::Kind::interrupted)
      fmt::print(stderr, "  to go on: the same command again; other workers go on meanwhile\n");
    return failed;
  }
  if (!options.quiet) {
    fmt::print(stderr, "loaded {} into {}, {} of them by this worker, in {}\n",
               counted(worked->all_rows, "row"), counted(worked->tables, "table"), with_commas(worked->rows),
               counted(worked->parts, "part"));
  }
  return exit_clean;
}

}  // namespace

const Command worker_command = {
    {.name = "worker",
     .arguments = "DIR",
     .summary = "take part in a load that several processes share, on any machines",
     .details = "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. Start as many as you "
                "like, anywhere, "
                "with the same words: each reads the dump under the same name, or a live PostgreSQL with "
                "--source. A schema of the "
                "target is all that they share: there each part of a table is leased to one of them, and "
                "goes to another where that "
                "one dies, or stands still for longer than --lease. Workers may come and go at any time. "
                "Each ends when all rows are "
                "there, counted, and the sequences set: exit status 0 says so, whoever brought them. The "
                "tables have to be there, and "
                "empty at the beginning; foreign keys come behind the rows, as with `load`. `pg2crdb status` "
                "shows how far it is. What "
                "is noted stays on the target, so that a worker that comes late finds the load ended: DROP "
                "SCHEMA pg2crdb CASCADE "
                "takes it away.",
     .groups = {OptionGroup::reading, OptionGroup::plan, OptionGroup::csv, OptionGroup::release,
                OptionGroup::answers, OptionGroup::choices, OptionGroup::outside, OptionGroup::findings,
                OptionGroup::settings, OptionGroup::source, OptionGroup::target, OptionGroup::jobs,
                OptionGroup::tables, OptionGroup::memory, OptionGroup::lease, OptionGroup::progress},
     .formats = "",
     .most_arguments = 1,
     .examples = {"pg2crdb worker compiled --target postgresql://root@localhost:26257/shop",
                  "pg2crdb worker compiled --source postgresql://me@old/shop --target $TARGET --jobs 4"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
