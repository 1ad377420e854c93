#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "driver/chosen_tables.h"
#include "driver/command.h"
#include "driver/compiled_folder.h"
#include "driver/execution.h"
#include "driver/output_files.h"
#include "driver/pg_dump.h"
#include "driver/progress.h"
#include "driver/report.h"
#include "driver/run_output.h"
#include "driver/target_database.h"
#include "rows/hash128.h"
#include "runtime/connection.h"
#include "runtime/import_store.h"
#include "runtime/large_rows.h"
#include "runtime/last_phase.h"
#include "runtime/names_in_the_way.h"
#include "runtime/sequences_behind.h"
#include "support/printable.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// One migration: the stages run in the order of `run`, each is announced by one line with its result.
class Migration {
 public:
  Migration(const Options& options, LoadPlan plan, LoadOptions load_options, VerifyOptions verify_options,
            Journal journal)
      : options_(options),
        plan_(std::move(plan)),
        load_options_(std::move(load_options)),
        verify_options_(std::move(verify_options)),
        journal_(std::move(journal)),
        progress_(options, nullptr) {
    verify_options_.journal = &journal_;
    verify_options_.post_data_applied = true;  // it is by then
    verify_options_.left_unvalidated = !options.include.empty() || !options.exclude.empty();
  }

  Result<void> run() {
    progress_.log_to(options_.quiet ? nullptr : stderr);
    if (auto named = name_defects(options_.target, load_options_.method, progress_); !named) return named;
    if (auto checked = check_target(plan_, steps(), options_.target, journal_, progress_); !checked)
      return checked;
    if (!options_.resume) {
      if (auto named = name_large_rows(plan_, options_.source, progress_); !named) return named;
    }
    if (auto done = apply("roles"); !done) return done;
    if (auto done = apply("pre-data"); !done) return done;
    if (auto done = move_rows(); !done) return done;
    if (auto done = apply("post-data"); !done) return done;
    if (auto done = validate(); !done) return done;
    if (auto done = apply_last(); !done) return done;
    if (auto done = sequences(); !done) return done;
    if (auto done = check_all_done(); !done) return done;
    if (auto done = compare(); !done) return done;
    return journal_.finish();
  }

  uint64_t rejected() const { return rejected_; }
  Progress& progress() { return progress_; }

  void print_summary() const {
    size_t width = 5;
    for (const LoadedTable& table : loaded_) width = std::max(width, name_of(table).size());
    fmt::print("{:<{}}  {:>14}  {:>10}\n", "table", width, "rows", "rejected");
    uint64_t rows = 0;
    for (const LoadedTable& table : loaded_) {
      fmt::print("{:<{}}  {:>14}  {:>10}\n", name_of(table), width, with_commas(table.rows),
                 with_commas(table.rejected));
      rows += table.rows;
    }
    fmt::print("{}, {}, {} validated, {} of {} done\n", counted(loaded_.size(), "table"),
               counted(rows, "row"), counted(constraints_, "constraint"), with_commas(statements_done_),
               counted(plan_.statements.size(), "statement"));
  }

 private:
  std::vector<Step> steps() const {
    std::vector<Step> steps = apply_steps(plan_, std::vector<std::string>{"roles", "pre-data", "post-data"});
    for (const size_t statement : last_) steps.push_back(apply_step(last_phase, statement));
    for (Step& step : load_steps(plan_, options_.source)) steps.push_back(std::move(step));
    return steps;
  }

  static std::string name_of(const LoadedTable& table) {
    return printable(quote_name(table.table.schema, table.table.name));
  }

  /// `work` gives the result's words.
  Result<void> stage(std::string_view name, const std::function<Result<std::string>()>& work) {
    if (stop_requested)
      return Error{Error::Kind::interrupted, fmt::format("stopped before {}", name), {}, {}};
    progress_.log_to(options_.verbose ? stderr : nullptr);
    const auto start = std::chrono::steady_clock::now();
    const Result<std::string> result = work();
    progress_.end_rows();
    if (!result) return result.error();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.log_to(options_.quiet ? nullptr : stderr);
    progress_.log(fmt::format("{:<11} {} ({:.1f} s)", name, *result, seconds));
    return {};
  }

  Result<void> apply(const std::string& phase) {
    return stage(phase, [&]() -> Result<std::string> {
      if (auto done = apply_phase(plan_, phase, options_.target, journal_, progress_); !done)
        return done.error();
      const auto count =
          std::count_if(plan_.statements.begin(), plan_.statements.end(),
                        [&](const LoadPlan::Statement& statement) { return statement.phase == phase; });
      return counted(static_cast<uint64_t>(count), "statement") + " applied";
    });
  }

  Result<void> move_rows() {
    return stage("load", [&]() -> Result<std::string> {
      progress_.begin_rows("load", expected_rows(plan_, options_.source, options_.row_limit));
      auto loaded = load(plan_, load_options_, journal_, progress_);
      if (!loaded) return loaded.error();
      loaded_ = std::move(*loaded);
      uint64_t rows = 0;
      for (const LoadedTable& table : loaded_) {
        rows += table.rows;
        rejected_ += table.rejected;
      }
      if (rejected_ == 0)
        return fmt::format("{} into {}", counted(rows, "row"), counted(loaded_.size(), "table"));
      return fmt::format("{} into {}, {} rejected: {}", counted(rows, "row"),
                         counted(loaded_.size(), "table"), with_commas(rejected_), load_options_.reject_file);
    });
  }

  Result<void> validate() {
    Result<void> done = stage("revalidate", [&]() -> Result<std::string> {
      if (options_.row_limit > 0)
        return std::string("left out: with --row-limit, rows are missing that others refer to");
      if (verify_options_.left_unvalidated)
        return std::string("left out: rows of the tables that are left out may be referred to");
      const auto validated = revalidate(options_.target, progress_, options_.max_named_rows);
      if (!validated) return validated.error();
      constraints_ += validated->size();
      is_validated_ = true;
      return counted(validated->size(), "constraint") + " validated";
    });
    if (done) return done;
    // Rows that refer to a rejected one: known, and no reason to leave the rest undone.
    if (rejected_ == 0 || !done.error().sqlstate.starts_with("23")) {
      Error error = done.error();
      error.kind = Error::Kind::interrupted;  // what comes behind it is not done
      return error;
    }
    progress_.log(fmt::format("{:<11} {}; rows were rejected that others refer to", "revalidate",
                              done.error().message));
    return {};
  }

  /// What rules, decisions and plugins put behind all else. It may make constraints.
  Result<void> apply_last() {
    if (last_.empty()) return {};
    auto done = stage("last", [&]() -> Result<std::string> {
      if (auto applied = apply_statements(plan_, last_, options_.target, journal_, progress_); !applied)
        return applied.error();
      return counted(last_.size(), "statement") + " applied";
    });
    return done ? validate() : done;
  }

  Result<void> sequences() {
    return stage("sequences", [&]() -> Result<std::string> {
      // In their place among the statements, which may have drawn from them since; a live source knows
      // better.
      if (!last_.empty() && options_.source.empty()) {
        Result<Connection> target = Connection::open(options_.target);
        if (!target) return target.error();
        if (auto set = set_unknown_sequences(plan_, *target, progress_); !set) return set.error();
        return std::string("set by statements");
      }
      if (auto set = set_sequences(plan_, options_.source, options_.target, progress_); !set)
        return set.error();
      return fmt::format("{} set", plan_.sequences.size());
    });
  }

  /// Counts what was done of what was compiled. Validations may have been left out, which was said then.
  Result<void> check_all_done() {
    for (size_t i = 0; i < plan_.statements.size(); ++i) {
      const LoadPlan::Statement& statement = plan_.statements[i];
      const bool is_last = statement.phase == last_phase;
      const bool by_itself = is_last && is_validation(statement);
      const bool by_sequences = is_last && !by_itself && last_.empty();
      if (by_sequences || (by_itself && is_validated_) ||
          journal_.state(apply_step(statement.phase, i)) == "done") {
        ++statements_done_;
      } else if (!by_itself) {
        return Error{Error::Kind::interrupted,
                     fmt::format("{}:{}: {} {} was not run", statement.file, statement.line, statement.kind,
                                 statement.object),
                     {},
                     "run the same command with --resume"};
      }
    }
    return {};
  }

  Result<void> compare() {
    return stage("verify", [&]() -> Result<std::string> {
      progress_.log_to(stdout);
      progress_.begin_rows("verify", expected_rows(plan_, options_.source, options_.row_limit));
      const auto verified = verify(plan_, verify_options_, progress_);
      if (!verified) return verified.error();
      uint64_t rows = 0;
      for (const VerifiedTable& table : *verified) rows += table.success;
      return fmt::format("{} {} equal in {}", counted(rows, "row"), rows == 1 ? "is" : "are",
                         counted(verified->size(), "table"));
    });
  }

  const Options& options_;
  LoadPlan plan_;
  LoadOptions load_options_;
  VerifyOptions verify_options_;
  Journal journal_;
  Progress progress_;
  std::vector<LoadedTable> loaded_;
  std::vector<size_t> last_ = statements_of_last_phase(plan_);
  uint64_t rejected_ = 0;
  uint64_t statements_done_ = 0;
  size_t constraints_ = 0;
  bool is_validated_ = false;
};

void print_intentions(const LoadPlan& plan, const Options& options) {
  for (std::string_view phase : {"roles", "pre-data", "post-data"}) {
    const auto count =
        std::count_if(plan.statements.begin(), plan.statements.end(),
                      [&](const LoadPlan::Statement& statement) { return statement.phase == phase; });
    fmt::print("{:<11} {}\n", phase, counted(static_cast<uint64_t>(count), "statement"));
  }
  if (const size_t last = statements_of_last_phase(plan).size(); last > 0)
    fmt::print("{:<11} {}\n", "last", counted(last, "statement"));
  uint64_t rows = 0;
  for (const auto& [table, expected] : expected_rows(plan, {}, options.row_limit)) rows += expected.rows;
  fmt::print("{:<11} {}, {}\n", "load", counted(plan.tables.size(), "table"),
             options.source.empty() ? counted(rows, "row") : "all rows of " + redacted(options.source));
  fmt::print("{:<11} {}\n", "sequences", plan.sequences.size());
}

/// Of a dry run: what would stop it at its beginning. That the target is away was said.
int look_at_target(const LoadPlan& plan, const Options& options) {
  if (options.resume) return exit_clean;
  Result<Connection> target = Connection::open(options.target);
  if (!target) return exit_clean;
  const std::vector<Step> steps =
      apply_steps(plan, std::vector<std::string>{"roles", "pre-data", "post-data"});
  const auto are_new = check_nothing_is_in_the_way(plan, {steps.begin(), steps.end()}, *target);
  return are_new ? exit_clean : fail(are_new.error());
}

Result<void> save_compiled(const Compiled& compiled, const std::string& state_dir) {
  OutputFiles files(compiled.input_paths());
  const std::string folder = (std::filesystem::path(state_dir) / "compiled").string();
  if (auto added = add_compiled_folder(files, folder, compiled, compiled.inputs[0].output.phases); !added)
    return added;
  return files.commit();
}

/// Of several databases of a cluster each brings the cluster's roles: what drops them is for the first alone,
/// in which they are made anew; behind it they own what is there.
enum class Roles { dropped_first, made };

bool is_drop_of_role(const LoadPlan::Statement& statement) {
  return statement.kind == "DROP ROLE";
}

int execute(const Options& options, const Compiled& compiled, Roles roles) {
  LoadPlan plan = plan_of(compiled);
  if (roles == Roles::made) std::erase_if(plan.statements, is_drop_of_role);
  if (auto taken = take_csv(plan, options); !taken) return fail(taken.error());
  if (auto chosen = choose_tables(plan, options); !chosen) return fail(chosen.error());
  if (auto checked = check_csv(plan, options); !checked) return fail(checked.error());
  const std::string state_dir = state_dir_for(options, "migrate", plan);
  auto load_options = load_options_of(options, state_dir);
  if (!load_options) return fail(load_options.error());
  if (options.dry_run) {
    print_intentions(plan, options);
    if (auto looked = ImportStore::look(*load_options); !looked) return fail(looked.error());
    Progress progress(options, stderr);
    if (auto named = name_large_rows(plan, options.source, progress); !named) return fail(named.error());
    return look_at_target(plan, options);
  }
  // The dump that the trees were made of is not read when they are.
  if (!options.ast.empty() && options.source.empty()) {
    if (auto checked = check_inputs(plan); !checked) return fail(checked.error());
  }
  if (!confirmed(options, fmt::format("Migrate {} to {}?", counted(plan.tables.size(), "table"),
                                      redacted(options.target)))) {
    return exit_usage;
  }
  auto journal = Journal::open(state_dir, identity_of(options, plan), options.resume);
  if (!journal) return fail_resumable(journal.error(), "migrate", options);
  if (auto another = check_source_is_another(options.source, options.target); !another)
    return fail_resumable(another.error(), "migrate", options);
  if (auto saved = save_compiled(compiled, state_dir); !saved) return fail(saved.error());

  const std::string reject_file = load_options->reject_file;
  Migration migration(options, plan, std::move(*load_options), verify_options_of(options),
                      std::move(*journal));
  RunOutput output(options, "migrate", migration.progress());
  if (auto begun = output.begin(); !begun) return fail(begun.error());
  const Result<void> done = migration.run();
  if (!done) {
    const int status = fail_resumable(done.error(), "migrate", options);
    if (migration.rejected() == 0) return output.end(status);
    fmt::print(stderr, "  note: {} {} rejected{}: {}\n", counted(migration.rejected(), "row"),
               migration.rejected() == 1 ? "was" : "were",
               status == exit_differs ? ", among the missing" : "", reject_file);
    return output.end(status == exit_differs ? exit_rejected : status);
  }
  if (!options.quiet) migration.print_summary();
  return output.end(migration.rejected() > 0 ? exit_rejected : exit_clean);
}

/// A database of a cluster's dump, on its way into one of the same name.
struct OwnDatabase {
  Options options;
  Compiled compiled;
};

bool drops_roles(const Compiled& compiled) {
  return std::ranges::any_of(plan_of(compiled).statements, is_drop_of_role);
}

/// Of each database its own, in --state-dir.
std::string state_dir_of(const Options& options, const std::string& name) {
  const std::string base = options.state_dir.empty() ? ".pg2crdb" : options.state_dir;
  const std::string input = std::filesystem::absolute(options.arguments[0]).lexically_normal().string();
  std::string folder = name;
  for (char& c : folder) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '_';
  }
  folder += fmt::format("-{:08x}", hash128(input + '\n' + name, 0).low & 0xffffffffU);
  return (std::filesystem::path(base) / folder).string();
}

/// Compiles each of them before the first is touched.
Result<std::vector<OwnDatabase>> compile_each(const Options& options, int& refused) {
  const std::string& input = options.arguments[0];
  const Result<std::vector<std::string>> names = databases_in(options, input);
  if (!names) return names.error();
  if (names->empty() || names->front().empty())
    return usage_error(fmt::format("{} has content of no database that it connects to", input),
                       "--all-databases is for what pg_dumpall wrote; leave it out for one database");
  std::vector<OwnDatabase> databases;
  for (const std::string& name : *names) {
    OwnDatabase one{options, Compiled()};
    one.options.database = name;
    const Result<std::string> url = with_database(options.target, name);
    if (!url) return url.error();
    one.options.target = *url;
    one.options.state_dir = state_dir_of(options, name);
    auto compiled = compile_inputs(one.options, {input});
    if (!compiled) return compiled.error();
    one.compiled = std::move(*compiled);
    fmt::print(stderr, "database {}\n", printable(name));
    if (one.compiled.failed())
      refused = refuse(one.compiled, one.options);
    else if (!options.quiet)
      fmt::print(stderr, "compile     {}\n", summary_line(one.compiled));
    databases.push_back(std::move(one));
  }
  return databases;
}

int migrate_one(const OwnDatabase& one, const Options& options, Roles roles) {
  fmt::print(stderr, "database {}\n", printable(one.options.database));
  if (!options.dry_run) {
    if (auto made = create_database(options.target, one.options.database); !made)
      return fail_resumable(made.error(), "migrate", options);
  }
  return execute(one.options, one.compiled, roles);
}

/// What is gone on with counts most, then what has to be put right before, then rows.
int worse_of(int one, int other) {
  constexpr std::array by_weight = {exit_clean,    exit_rejected, exit_differs,
                                    exit_findings, exit_usage,    exit_interrupted};
  return std::max(one, other, [&](int a, int b) {
    return std::ranges::find(by_weight, a) < std::ranges::find(by_weight, b);
  });
}

/// The worst exit status of all. What fails in one database keeps none of the others back, but for a signal,
/// and a first one that should have dropped roles and made them anew: by then others would own something.
int migrate_each(const Options& options) {
  int refused = exit_clean;
  const auto databases = compile_each(options, refused);
  if (!databases) return fail(databases.error());
  if (refused != exit_clean) return refused;
  int status = exit_clean;
  std::vector<std::string> not_done;
  bool go_on = true;
  for (const OwnDatabase& one : *databases) {
    const std::string name = printable(one.options.database);
    if (!go_on) {
      not_done.push_back(fmt::format("{} (not begun)", name));
      continue;
    }
    const bool is_first = &one == &databases->front();
    const int ended = migrate_one(one, options, is_first ? Roles::dropped_first : Roles::made);
    status = worse_of(status, ended);
    if (ended == exit_clean) continue;
    not_done.push_back(fmt::format("{} (exit status {})", name, ended));
    const bool failed = ended != exit_rejected && ended != exit_differs;
    go_on = !stop_requested && !(failed && is_first && drops_roles(one.compiled));
  }
  if (!not_done.empty() && databases->size() > 1)
    fmt::print(stderr, "pg2crdb: {} of {} databases are not as they should be: {}\n", not_done.size(),
               databases->size(), fmt::join(not_done, ", "));
  return status;
}

int run(const Options& given) {
  Options options = given;
  options.asks_rows = true;
  if (auto error = missing_target(options)) return fail(*error);
  if (options.all_databases) {
    for (const auto& [other, name] :
         {std::pair(&options.database, "--database"), std::pair(&options.source, "--source"),
          std::pair(&options.csv, "--csv")}) {
      if (!other->empty()) return fail(usage_error(fmt::format("--all-databases does not go with {}", name)));
    }
    if (!options.reports.empty())
      return fail(
          usage_error("--all-databases does not go with --report", "each database has a run of its own"));
    if (options.arguments.empty() || is_connection_string(options.arguments[0]))
      return fail(
          usage_error("--all-databases reads a dump, and none is named", "write one with pg_dumpall"));
  }
  if (options.arguments.empty()) {
    if (options.source.empty()) {
      return fail(
          usage_error("what to migrate is missing", "name a dump, or a live database with --source URL"));
    }
    if (!is_connection_string(options.source)) {
      return fail(usage_error("`--source` is no connection string of PostgreSQL",
                              "write postgresql://user@host:5432/database or host=... dbname=...; a dump is "
                              "named without --source"));
    }
    options.arguments.push_back(options.source);
  }
  const std::string& input = options.arguments[0];
  if (auto again = check_is_read_again(input); !again) return fail(again.error());
  if (is_connection_string(input) && options.source.empty()) options.source = input;
  if (auto asked = ask_release(options); !asked) return fail_resumable(asked.error(), "migrate", given);
  if (options.all_databases) return migrate_each(options);
  const auto compiled = compile_inputs(options, {input});
  if (!compiled) return fail(compiled.error());
  if (compiled->failed()) return refuse(*compiled, options);
  if (!options.quiet) fmt::print(stderr, "compile     {}\n", summary_line(*compiled));
  return execute(options, *compiled, Roles::dropped_first);
}

}  // namespace

const Command migrate_command = {
    {.name = "migrate",
     .arguments = "[INPUT]",
     .summary = "all of it in order, resumable: compile, apply, load, revalidate, verify",
     .details =
         "INPUT is a dump with its rows. With --source the rows come from a live PostgreSQL; without "
         "INPUT its schema, too. With --include or --exclude, the rows of some tables: the schema is "
         "made whole, and constraints are left to `pg2crdb revalidate`. With --all-databases each database "
         "of what pg_dumpall wrote goes into one of its name, beside that of --target, with a journal of "
         "its own. Where nobody names a release, "
         "it is compiled for the cluster's own. "
         "What was done is kept in a journal: after a stop, the same command with --resume goes on.",
     .groups = {OptionGroup::reading,  OptionGroup::databases, OptionGroup::csv,     OptionGroup::release,
                OptionGroup::answers,  OptionGroup::choices,   OptionGroup::outside, OptionGroup::findings,
                OptionGroup::rows,     OptionGroup::settings,  OptionGroup::source,  OptionGroup::target,
                OptionGroup::jobs,     OptionGroup::tables,    OptionGroup::limit,   OptionGroup::naming,
                OptionGroup::transfer, OptionGroup::memory,    OptionGroup::state,   OptionGroup::dry_run,
                OptionGroup::progress, OptionGroup::port,      OptionGroup::reports},
     .formats = "",
     .most_arguments = 1,
     .examples =
         {"pg2crdb migrate dump.sql --target postgresql://root@localhost:26257/shop",
          "pg2crdb migrate --source postgresql://me@old/shop --target postgresql://root@new:26257/shop"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
