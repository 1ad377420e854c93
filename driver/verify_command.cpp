#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "driver/certificate_file.h"
#include "driver/chosen_tables.h"
#include "driver/command.h"
#include "driver/execution.h"
#include "driver/progress.h"
#include "driver/run_output.h"
#include "runtime/journal.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

/// Whether a run of apply or migrate noted that it applied post-data to this target.
bool post_data_is_noted(const Options& options, const LoadPlan& plan) {
  std::vector<std::string> places = {state_dir_for(options, "apply", plan),
                                     state_dir_for(options, "migrate", plan)};
  // migrate keeps what it compiled beside its journal.
  if (!options.arguments.empty())
    places.push_back(std::filesystem::path(options.arguments[0]).parent_path().string());
  return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
    return Journal::says_done(place, {"target", without_password(options.target)}, "apply post-data");
  });
}

Result<Sample> sample_of(const Options& options) {
  if (options.sample.empty()) return Sample();
  if (options.row_limit == 0) return parse_sample(options.sample);
  return usage_error("--sample does not go with --row-limit",
                     "which rows a limited load took is not known: compare all rows");
}

/// Hashes of the databases are of no use where rows are, or only some of them are looked at.
Result<void> check_push_down(const Options& options) {
  if (!options.push_down) return {};
  if (options.source.empty())
    return usage_error("--push-down needs --source",
                       "a dump has nobody who could hash its rows: leave out --push-down");
  const std::pair<bool, std::string_view> others[] = {{!options.sample.empty(), "sample"},
                                                      {options.row_limit > 0, "row-limit"},
                                                      {!options.certificate.empty(), "certificate"}};
  for (const auto& [given, name] : others) {
    if (!given) continue;
    return usage_error(fmt::format("--push-down does not go with --{}", name),
                       name == "certificate"
                           ? "a certificate has hashes of its own of all rows: leave out --push-down"
                           : "it compares all rows: leave out one of them");
  }
  return {};
}

int verify_rows(const Options& options, Progress& progress) {
  const Result<Sample> sample = sample_of(options);
  if (!sample) return fail(sample.error());
  if (auto checked = check_push_down(options); !checked) return fail(checked.error());
  if (auto error = missing_target(options)) return fail(*error);
  if (auto certified = check_certificate_options(options); !certified) return fail(certified.error());
  if (!options.check_certificate.empty()) return check_certificate_file(options);
  int status = exit_clean;
  auto plan = plan_with_rows_for(options, "verify", status);
  if (!plan) return status;
  CertificateFile certificate(options, *plan);
  if (auto writable = certificate.check(); !writable) return fail(writable.error());
  if (auto chosen = choose_tables(*plan, options); !chosen) return fail(chosen.error());
  if (auto checked = check_csv(*plan, options); !checked) return fail(checked.error());
  if (auto taken = take_types_from_target(*plan, options.target); !taken) return fail(taken.error());
  if (auto named = name_defects(options.target, LoadMethod::copy, progress); !named)
    return fail(named.error());
  progress.begin_rows("verify", expected_rows(*plan, options.source, options.row_limit));
  std::filesystem::path state_dir = state_dir_for(options, "verify", *plan);
  if (!options.state_dir.empty()) state_dir /= "verify";  // the folder may be load's, too
  // Without --resume everything is compared, whatever a run before has found.
  std::error_code none;
  if (!options.resume) std::filesystem::remove(state_dir / "journal.jsonl", none);
  auto journal = Journal::open(state_dir, identity_of(options, *plan), options.resume);
  if (!journal && options.state_dir.empty() && !options.resume) {
    progress.log("this run cannot be gone on with: " + journal.error().message);
    journal = Journal::open({}, {}, false);
  }
  if (!journal) return fail_resumable(journal.error(), "verify", options);
  if (auto another = check_source_is_another(options.source, options.target); !another)
    return fail_resumable(another.error(), "verify", options);
  if (auto checked = check_target(*plan, {}, options.target, *journal, progress); !checked)
    return fail_resumable(checked.error(), "verify", options);
  VerifyOptions verify_options = verify_options_of(options);
  verify_options.sample = *sample;
  verify_options.journal = &*journal;
  verify_options.post_data_applied = post_data_is_noted(options, *plan);
  Verified verified;
  if (!options.certificate.empty()) verify_options.verified = &verified;
  if (auto begun = certificate.begin(); !begun) return fail_resumable(begun.error(), "verify", options);
  const auto tables = verify(*plan, verify_options, progress);
  progress.end_rows();
  const bool ended = tables || tables.error().kind == Error::Kind::differs;
  const Result<void> written =
      ended ? certificate.write(verified, static_cast<bool>(tables)) : Result<void>();
  if (!written) status = fail(written.error());
  if (!tables) return fail_resumable(tables.error(), "verify", options);
  if (!written) return status;
  // Nothing is left to go on with; a folder with something else in it stays.
  std::filesystem::remove(state_dir / "journal.jsonl", none);
  std::filesystem::remove(state_dir, none);
  std::filesystem::remove(state_dir.parent_path(), none);
  return sample->wanted() ? exit_sampled : exit_clean;
}

int run(const Options& options) {
  Progress progress(options, stdout);
  RunOutput output(options, "verify", progress);
  if (auto begun = output.begin(); !begun) return fail(begun.error());
  return output.end(verify_rows(options, progress));
}

}  // namespace

const Command verify_command = {
    {.name = "verify",
     .arguments = "DIR",
     .summary = "prove that rows and schema are equal: live PostgreSQL or dump against the cluster",
     .details =
         "DIR is what `compile --out-dir` wrote; a dump is compiled on the fly. Every row of every "
         "table is compared, both sides as they are at one moment, and what the plan has of the schema. "
         "What post-data makes is no difference where it is not applied yet, which is said. "
         "The log goes to stdout; the exit status is 4 where something differs. With --resume, tables that "
         "the "
         "run before found equal are left out, be it that it was stopped or that others differed. With "
         "--sample, tables with a key have their rows counted and some of them compared, which proves "
         "nothing "
         "of the others: the exit status is 6 then, never 0. With --push-down the databases hash the rows, "
         "and equal ones do "
         "not travel: few bytes where the network is slow; columns of types that the two write differently "
         "(floats, JSON, arrays) "
         "are streamed all the same. --certificate keeps what was found in a file; "
         "with --check-certificate the target is compared with it later, without source and dump.",
     .groups = {OptionGroup::reading,  OptionGroup::plan,        OptionGroup::csv,     OptionGroup::release,
                OptionGroup::answers,  OptionGroup::choices,     OptionGroup::outside, OptionGroup::findings,
                OptionGroup::settings, OptionGroup::source,      OptionGroup::target,  OptionGroup::jobs,
                OptionGroup::tables,   OptionGroup::limit,       OptionGroup::sample,  OptionGroup::push_down,
                OptionGroup::naming,   OptionGroup::certificate, OptionGroup::state,   OptionGroup::progress,
                OptionGroup::port,     OptionGroup::reports},
     .formats = "",
     .most_arguments = 1,
     .examples =
         {"pg2crdb verify compiled --target postgresql://root@localhost:26257/shop",
          "pg2crdb verify compiled --source postgresql://me@old/shop --target $TARGET --log-format json",
          "pg2crdb verify compiled --check-certificate moved.json --target $TARGET"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
