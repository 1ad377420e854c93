#include <fmt/format.h>

#include <algorithm>

#include "driver/command.h"
#include "driver/compiled_folder.h"
#include "driver/execution.h"
#include "driver/pg_dump.h"
#include "driver/progress.h"
#include "driver/target_database.h"
#include "runtime/connection.h"
#include "runtime/last_phase.h"
#include "runtime/rehearse.h"
#include "support/json.h"
#include "support/printable.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

std::string place_of(const LoadPlan::Statement& statement) {
  return fmt::format("{}:{}", statement.file, statement.line);
}

std::string rehearsal_text(const LoadPlan& plan, const Rehearsal& rehearsal) {
  std::string out;
  for (const Refused& refused : rehearsal.refused) {
    const LoadPlan::Statement& statement = plan.statements[refused.statement];
    out += fmt::format("{}: error: {}{}{}: {} [{}]\n", place_of(statement), statement.kind,
                       statement.object.empty() ? "" : " ", printable(statement.object),
                       printable(without_secrets(refused.message)), refused.sqlstate);
    if (refused.because)
      out += fmt::format("  note: a consequence of {}\n",
                         place_of(plan.statements[rehearsal.refused[*refused.because].statement]));
  }
  return out;
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, value);
}

std::string rehearsal_json(const LoadPlan& plan, const Rehearsal& rehearsal) {
  std::string out =
      fmt::format(R"({{"tried":{},"not_tried":{},"errors":[)", rehearsal.tried, rehearsal.not_tried.size());
  for (const Refused& refused : rehearsal.refused) {
    const LoadPlan::Statement& statement = plan.statements[refused.statement];
    out += out.back() == '[' ? "{\"file\":" : ",\n{\"file\":";
    append_json_string(out, statement.file);
    out += fmt::format(R"(,"line":{})", statement.line);
    append_member(out, "kind", statement.kind);
    append_member(out, "object", statement.object);
    append_member(out, "sql", without_secret_literals(statement.sql));
    append_member(out, "sqlstate", refused.sqlstate);
    append_member(out, "message", without_secrets(refused.message));
    if (refused.because) out += fmt::format(R"(,"because":{})", *refused.because);
    out += '}';
  }
  return out + "]}\n";
}

/// All that the cluster refuses, at once: exit status 1 where there is any.
int run_rehearsal(const Options& options, const LoadPlan& plan, const std::vector<std::string>& phases) {
  const Result<std::string> url = url_of_cluster(options);
  if (!url) return fail(url.error());
  const Result<Rehearsal> rehearsal = rehearse(plan, phases, *url);
  if (!rehearsal) return fail(rehearsal.error());
  fmt::print("{}",
             options.format == "json" ? rehearsal_json(plan, *rehearsal) : rehearsal_text(plan, *rehearsal));
  for (const LeftRehearsal& one : rehearsal->removed) {
    fmt::print(stderr, "  note: dropped {}, which a rehearsal left that was killed{}\n", one.database,
               one.roles.empty() ? ""
                                 : fmt::format("; it made these roles, which may be needed by now: {}",
                                               printable(one.roles)));
  }
  for (const std::string& one : rehearsal->left)
    fmt::print(stderr, "  note: could not be dropped again: DROP {}\n", one);
  const auto& refused = rehearsal->refused;
  const auto consequences = static_cast<size_t>(
      std::ranges::count_if(refused, [](const Refused& one) { return one.because.has_value(); }));
  if (!options.quiet) {
    fmt::print(stderr, "{} tried: {} refused for themselves, {} as a consequence{}\n",
               counted(rehearsal->tried, "statement"), refused.size() - consequences, consequences,
               rehearsal->not_tried.empty()
                   ? ""
                   : fmt::format("; {} about roles and databases that are there not tried",
                                 rehearsal->not_tried.size()));
  }
  return refused.empty() ? exit_clean : exit_findings;
}

/// With --create-database. Its owner comes once the roles are there.
Result<void> make_database(const Options& options, const LoadPlan& plan, bool makes_roles) {
  if (!options.create_database) return {};
  if (auto owner = check_owner(options, plan, makes_roles); !owner) return owner;
  const Result<std::string> url = url_of_cluster(options);
  if (!url) return url.error();
  if (auto made = create_database(*url, named_database(options.target)); !made) return made;
  return makes_roles ? Result<void>() : give_to_owner(options);
}

/// `revalidate` and `load` know nothing of them.
void name_last_statements(const LoadPlan& plan, const std::vector<std::string>& phases) {
  const size_t last = statements_of_last_phase(plan).size();
  if (last == 0 || std::ranges::find(phases, "post-data") == phases.end() ||
      std::ranges::find(phases, last_phase) != phases.end())
    return;
  fmt::print(stderr, "  note: {} of the phase {} {} left: behind the rows, `--phase {}` runs {}\n",
             counted(last, "statement"), last_phase, last == 1 ? "is" : "are", last_phase,
             last == 1 ? "it" : "them");
}

int run(const Options& options) {
  if (auto wrong = wrong_new_database(options)) return fail(*wrong);
  if (options.plan.empty() && !options.arguments.empty()) {
    if (auto unchanged = check_unchanged(options.arguments[0]); !unchanged) return fail(unchanged.error());
  }
  int status = exit_clean;
  const auto plan = plan_for(options, "apply", status);
  if (!plan) return status;
  for (const std::string& phase : options.phases) {
    if (phase == "load" || phase == "verify")
      return fail(usage_error(fmt::format("`apply` has no phase {}", phase),
                              fmt::format("`pg2crdb {0}`, or `pg2crdb worker --phase {0}`", phase)));
  }
  const std::vector<std::string> phases =
      options.phases.empty() ? std::vector<std::string>{"roles", "pre-data", "post-data"} : options.phases;
  const std::string_view roles = "roles";
  const bool makes_roles = std::ranges::find(phases, roles) != phases.end();
  if (options.rehearse) {
    if (options.dry_run)
      return fail(usage_error("--rehearse does not go with --dry-run", "it tries what that only prints"));
    if (auto error = missing_target(options)) return fail(*error);
    return run_rehearsal(options, *plan, phases);
  }
  if (!options.format.empty() && options.format != "text")
    return fail(usage_error("`--format json` is of --rehearse"));
  if (options.dry_run) {
    if (!options.target.empty()) {
      if (auto owner = check_owner(options, *plan, makes_roles); !owner) return fail(owner.error());
    }
    fmt::print("{}{}", creation_text(options), makes_roles ? "" : owner_text(options));
    for (const std::string& phase : phases) {
      for (const LoadPlan::Statement& statement : plan->statements) {
        if (statement.phase == phase) fmt::print("{};\n", statement.sql);
      }
      if (phase == roles) fmt::print("{}", owner_text(options));
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
  if (auto made = make_database(options, *plan, makes_roles); !made)
    return fail_resumable(made.error(), "apply", options);
  if (auto checked = check_target(*plan, apply_steps(*plan, phases), options.target, *journal, progress);
      !checked) {
    return fail_resumable(checked.error(), "apply", options);
  }
  for (const std::string& phase : phases) {
    if (auto applied = apply_phase(*plan, phase, options.target, *journal, progress); !applied) {
      return fail_resumable(applied.error(), "apply", options);
    }
    if (phase != roles) continue;
    if (auto given = give_to_owner(options); !given) return fail_resumable(given.error(), "apply", options);
  }
  if (auto finished = journal->finish(); !finished) {
    return fail_resumable(finished.error(), "apply", options);
  }
  name_last_statements(*plan, phases);
  return exit_clean;
}

}  // namespace

const Command apply_command = {
    {.name = "apply",
     .arguments = "DIR",
     .summary = "run compiled phases on a cluster",
     .details =
         "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. Each error is traced "
         "back to the "
         "dump's own line. With --rehearse nothing stays: each statement is tried in a database of its own, "
         "one that "
         "is refused stops nothing, and consequences of others are told apart; the exit status is 1 where "
         "any is refused.",
     .groups = {OptionGroup::reading, OptionGroup::plan, OptionGroup::release, OptionGroup::answers,
                OptionGroup::choices, OptionGroup::outside, OptionGroup::findings, OptionGroup::settings,
                OptionGroup::target, OptionGroup::new_database, OptionGroup::phases, OptionGroup::state,
                OptionGroup::dry_run, OptionGroup::rehearse, OptionGroup::format, OptionGroup::progress},
     .formats = "text|json",
     .most_arguments = 1,
     .examples = {"pg2crdb apply compiled --target postgresql://root@localhost:26257/shop",
                  "pg2crdb apply compiled --rehearse --target $TARGET",
                  "pg2crdb apply compiled --phase pre-data --dry-run"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
