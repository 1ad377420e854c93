#include <fmt/format.h>

#include "driver/chosen_tables.h"
#include "driver/command.h"
#include "driver/execution.h"
#include "driver/findings.h"
#include "driver/progress.h"
#include "driver/run_output.h"
#include "runtime/connection.h"
#include "runtime/import_store.h"
#include "runtime/large_rows.h"
#include "support/counted.h"
#include "support/printable.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

int load_rows(const Options& options, Progress& progress) {
  int status = exit_clean;
  auto plan = plan_with_rows_for(options, "load", status);
  if (!plan) return status;
  if (auto chosen = choose_tables(*plan, options); !chosen) return fail(chosen.error());
  if (auto checked = check_csv(*plan, options); !checked) return fail(checked.error());
  const std::string state_dir = state_dir_for(options, "load", *plan);
  const auto load_options = load_options_of(options, state_dir);
  if (!load_options) return fail(load_options.error());
  if (options.dry_run) {
    if (auto looked = ImportStore::look(*load_options); !looked) return fail(looked.error());
    if (auto named = name_large_rows(*plan, options.source, progress); !named) return fail(named.error());
    for (const LoadPlan::Table& table : plan->tables) {
      uint64_t rows = 0;
      for (const LoadPlan::Data& data : table.data) rows += data.rows;
      const std::string count = options.source.empty() ? counted(rows, "row") : "all rows of the source";
      fmt::print("{}: {}\n", printable(quote_name(table.schema, table.name)), count);
    }
    return exit_clean;
  }
  if (auto error = missing_target(options)) return fail(*error);
  if (!confirmed(options, fmt::format("Load {} into {}?", counted(plan->tables.size(), "table"),
                                      redacted(options.target)))) {
    return exit_usage;
  }
  auto journal = Journal::open(state_dir, identity_of(options, *plan), options.resume);
  if (!journal) return fail_resumable(journal.error(), "load", options);
  if (auto another = check_source_is_another(options.source, options.target); !another)
    return fail_resumable(another.error(), "load", options);
  if (auto named = name_defects(options.target, load_options->method, progress); !named) {
    return fail_resumable(named.error(), "load", options);
  }
  if (auto checked =
          check_target(*plan, load_steps(*plan, options.source), options.target, *journal, progress);
      !checked) {
    return fail_resumable(checked.error(), "load", options);
  }
  if (auto checked = check_foreign_keys(*plan, *load_options, *journal, progress); !checked) {
    return fail_resumable(checked.error(), "load", options);
  }
  if (auto taken = take_types_from_target(*plan, options.target); !taken) {
    return fail_resumable(taken.error(), "load", options);
  }
  if (auto checked = check_identities(*plan, *load_options); !checked) {
    return fail_resumable(checked.error(), "load", options);
  }
  if (!options.resume) {
    if (auto named = name_large_rows(*plan, options.source, progress); !named)
      return fail_resumable(named.error(), "load", options);
  }
  progress.begin_rows("load", expected_rows(*plan, options.source, options.row_limit));
  const auto tables = load(*plan, *load_options, *journal, progress);
  progress.end_rows();
  if (!tables) return fail_resumable(tables.error(), "load", options);
  if (auto counted = count_loaded(*tables, options.target); !counted) {
    return fail_resumable(counted.error(), "load", options);
  }
  if (auto set = set_sequences(*plan, options.source, options.target, progress); !set) {
    return fail_resumable(set.error(), "load", options);
  }
  if (auto finished = journal->finish(); !finished) {
    return fail_resumable(finished.error(), "load", options);
  }
  uint64_t rows = 0;
  uint64_t rejected = 0;
  for (const LoadedTable& table : *tables) {
    rows += table.rows;
    rejected += table.rejected;
  }
  if (!options.quiet) {
    fmt::print(stderr, "loaded {} into {}, {} rejected\n", counted(rows, "row"),
               counted(tables->size(), "table"), with_commas(rejected));
    if (rejected > 0) fmt::print(stderr, "rejected rows: {}\n", load_options->reject_file);
  }
  return rejected > 0 ? exit_rejected : exit_clean;
}

int run(const Options& options) {
  Progress progress(options, options.quiet ? nullptr : stderr);
  RunOutput output(options, "load", progress);
  if (auto begun = output.begin(); !begun) return fail(begun.error());
  return output.end(load_rows(options, progress));
}

}  // namespace

const Command load_command = {
    {.name = "load",
     .arguments = "DIR",
     .summary = "move the rows, from a dump or a live PostgreSQL, then set the sequences",
     .details = "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. The rows come from "
                "the dump, with "
                "--source from a live PostgreSQL. The tables have to be there, and empty. What the cluster "
                "took is counted "
                "against what was read, and what is there in the end against both. Foreign keys come behind "
                "the rows: `apply --phase pre-data` makes "
                "the tables without them. A dump that changed since it was compiled is refused.",
     .groups = {OptionGroup::reading,  OptionGroup::plan,    OptionGroup::csv,      OptionGroup::release,
                OptionGroup::answers,  OptionGroup::choices, OptionGroup::outside,  OptionGroup::findings,
                OptionGroup::settings, OptionGroup::source,  OptionGroup::target,   OptionGroup::jobs,
                OptionGroup::tables,   OptionGroup::limit,   OptionGroup::transfer, OptionGroup::memory,
                OptionGroup::state,    OptionGroup::dry_run, OptionGroup::progress, OptionGroup::port,
                OptionGroup::reports},
     .formats = "",
     .most_arguments = 1,
     .examples =
         {"pg2crdb load compiled --target postgresql://root@localhost:26257/shop",
          "pg2crdb load compiled --source postgresql://me@old/shop --target $TARGET --method import-into"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
