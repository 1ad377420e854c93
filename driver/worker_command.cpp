#include <fmt/format.h>

#include "driver/chosen_tables.h"
#include "driver/command.h"
#include "driver/execution.h"
#include "driver/findings.h"
#include "driver/progress.h"
#include "driver/run_output.h"
#include "rows/hash128.h"
#include "runtime/verify_worker.h"
#include "runtime/worker.h"

namespace pg2crdb {
namespace {

bool verifies(const Options& options) {
  return options.phases == std::vector<std::string>{"verify"};
}

/// What workers have to have in common, whatever they call the servers.
std::string run_of(const Options& options, const LoadPlan& plan) {
  std::string identity;
  for (const auto& [fact, value] : identity_of(options, plan)) {
    if (fact == "target") continue;
    identity += fact + "=" + (fact == "source" ? std::string("live") : value) + "\n";
  }
  if (verifies(options) && options.push_down) identity += "push-down\n";
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

/// What has to be right of the words, before anything is opened.
Result<void> check_words(const Options& options) {
  if (auto error = missing_target(options)) return *error;
  if (options.lease == 0 || options.lease > 86400)
    return usage_error(
        fmt::format("`--lease` cannot be {}: it is a number of seconds, up to a day", options.lease));
  if (!options.phases.empty() && !verifies(options) && options.phases != std::vector<std::string>{"load"})
    return usage_error("workers share one of load and verify",
                       "--phase load, which is the default, or --phase verify");
  if (options.push_down && !verifies(options))
    return usage_error("--push-down needs --phase verify", "rows that are loaded have to travel");
  if (options.push_down && options.source.empty())
    return usage_error("--push-down needs --source",
                       "a dump has nobody who could hash its rows: leave out --push-down");
  return {};
}

int failed(const Error& error) {
  const int status = fail(error);
  if (error.kind == Error::Kind::interrupted)
    fmt::print(stderr, "  to go on: the same command again; other workers go on meanwhile\n");
  return status;
}

int verify_rows(LoadPlan& plan, const Options& options, Progress& progress) {
  if (auto another = check_source_is_another(options.source, options.target); !another)
    return fail(another.error());
  if (auto named = name_defects(options.target, LoadMethod::copy, progress); !named)
    return fail(named.error());
  if (auto taken = take_types_from_target(plan, options.target); !taken) return fail(taken.error());
  VerifyWorkerOptions worker;
  worker.verify = verify_options_of(options);
  worker.same_work = run_of(options, plan);
  worker.lease_seconds = static_cast<unsigned>(options.lease);
  progress.begin_rows("verify", expected_rows(plan, options.source, 0));
  const auto verified = verify_together(plan, worker, progress);
  progress.end_rows();
  if (!verified) return failed(verified.error());
  if (!options.quiet) {
    uint64_t rows = 0;
    for (const VerifiedTable& table : verified->tables) rows += table.success;
    fmt::print(stderr, "{} of {} are equal, as they were at {}; {} of them by this worker, in {}\n",
               counted(rows, "row"), counted(verified->tables.size(), "table"), verified->began,
               with_commas(verified->rows), counted(verified->parts, "part"));
  }
  return exit_clean;
}

int load_rows(LoadPlan& plan, const Options& options, Progress& progress) {
  WorkerOptions worker;
  worker.source = options.source;
  worker.target = options.target;
  worker.run = run_of(options, plan);
  worker.lease_seconds = static_cast<unsigned>(options.lease);
  worker.jobs = static_cast<unsigned>(options.jobs);
  if (!options.memory.empty()) worker.memory = *parse_size(options.memory);
  if (auto prepared = prepare(plan, options, progress); !prepared) return fail(prepared.error());
  progress.begin_rows("load", expected_rows(plan, options.source, 0));
  const auto worked = work(plan, worker, progress);
  progress.end_rows();
  if (!worked) return failed(worked.error());
  if (!options.quiet) {
    fmt::print(stderr, "loaded {} into {}, {} of them by this worker, in {}\n",
               counted(worked->all_rows, "row"), counted(worked->tables, "table"), with_commas(worked->rows),
               counted(worked->parts, "part"));
  }
  return exit_clean;
}

int work_on_rows(const Options& options, Progress& progress) {
  if (auto checked = check_words(options); !checked) return fail(checked.error());
  int status = exit_clean;
  auto plan = plan_with_rows_for(options, "worker", status);
  if (!plan) return status;
  if (auto chosen = choose_tables(*plan, options); !chosen) return fail(chosen.error());
  if (auto checked = check_csv(*plan, options); !checked) return fail(checked.error());
  return verifies(options) ? verify_rows(*plan, options, progress) : load_rows(*plan, options, progress);
}

int run(const Options& options) {
  Progress progress(options, verifies(options) ? stdout : options.quiet ? nullptr : stderr);
  RunOutput output(options, "worker", progress);
  if (auto begun = output.begin(); !begun) return fail(begun.error());
  return output.end(work_on_rows(options, progress));
}

}  // namespace

const Command worker_command = {
    {.name = "worker",
     .arguments = "DIR",
     .summary = "take part in a load, or a verification, that several processes share, on any machines",
     .details =
         "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. Start as many as you "
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
         "shows how far it is. With --phase verify workers share what `verify` does: each takes tables, of a "
         "live source large ones by ranges of their keys, and what they find is gathered on the target; the "
         "exit status is 4 where anything differs, whoever found it. Behind the end the same words begin "
         "another verification. What is noted stays on the target, so that a worker that comes late finds "
         "the "
         "load ended: DROP SCHEMA pg2crdb CASCADE takes it away.",
     .groups = {OptionGroup::reading,   OptionGroup::plan,    OptionGroup::csv,      OptionGroup::release,
                OptionGroup::answers,   OptionGroup::choices, OptionGroup::outside,  OptionGroup::findings,
                OptionGroup::settings,  OptionGroup::source,  OptionGroup::target,   OptionGroup::jobs,
                OptionGroup::tables,    OptionGroup::memory,  OptionGroup::lease,    OptionGroup::phases,
                OptionGroup::push_down, OptionGroup::naming,  OptionGroup::progress, OptionGroup::port,
                OptionGroup::reports},
     .formats = "",
     .most_arguments = 1,
     .examples =
         {"pg2crdb worker compiled --target postgresql://root@localhost:26257/shop",
          "pg2crdb worker compiled --source postgresql://me@old/shop --target $TARGET --jobs 4",
          "pg2crdb worker compiled --phase verify --source postgresql://me@old/shop --target $TARGET"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
