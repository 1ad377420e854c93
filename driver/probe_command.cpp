#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "driver/capabilities_file.h"
#include "driver/command.h"
#include "driver/execution.h"
#include "driver/output_files.h"
#include "runtime/cluster_version.h"
#include "runtime/connection.h"
#include "runtime/probe.h"
#include "support/printable.h"

namespace pg2crdb {
namespace {

using Outcome = ProbedCapability::Outcome;

/// What the cluster says that it is, else --crdb.
Result<Version> version_of(const Options& options) {
  const auto named = parse_version(options.crdb);
  if (!options.crdb.empty() && !named)
    return usage_error(fmt::format("CockroachDB `{}` is not known: it is one of {}, or a patch of them",
                                   options.crdb, known_versions_text()));
  Result<Connection> target = Connection::open(options.target);
  if (!target) return target.error();
  const Result<std::optional<ClusterVersion>> found = cluster_version(*target);
  if (!found) return found.error();
  if (*found) {
    const Version usable = (*found)->usable();
    if (named && named->release() != usable.release())
      fmt::print(stderr, "  note: the cluster is CockroachDB {}, whatever --crdb says\n", to_string(usable));
    return usable;
  }
  if (named) return *named;
  return usage_error(fmt::format("the target is no release of CockroachDB that is known: {}",
                                 printable(target->server_version())),
                     "say with --crdb VERSION which one it is like");
}

void print_rows(const std::vector<const ProbedCapability*>& rows, std::string_view heading) {
  if (rows.empty()) return;
  fmt::print("\n{}\n", heading);
  for (const ProbedCapability* row : rows) {
    const CapabilityInfo& about = info(row->capability);
    fmt::print("  {}: {}\n", about.name, about.sentence);
    if (!row->said.empty()) fmt::print("    {}\n", printable(row->said));
  }
}

void print_summary(Version version, const std::vector<ProbedCapability>& probed, bool all) {
  const Target believed(version);
  std::vector<const ProbedCapability*> more, less, unknown;
  size_t answered = 0;
  for (const ProbedCapability& row : probed) {
    if (row.outcome == Outcome::unknown) {
      unknown.push_back(&row);
      continue;
    }
    ++answered;
    const bool can = row.outcome == Outcome::can;
    if (can != believed.has(row.capability)) (can ? more : less).push_back(&row);
  }
  fmt::print("CockroachDB {}: of {} capabilities {} were answered, {} as the table has it, {} otherwise\n",
             to_string(version), probed.size(), answered, answered - more.size() - less.size(),
             more.size() + less.size());
  print_rows(more, "It can, and the table says that it cannot:");
  print_rows(less, "It cannot, and the table says that it can:");
  if (all) {
    print_rows(unknown, "Not answered: the table's word counts");
  } else if (!unknown.empty()) {
    fmt::print("\n{} were not answered: of those the table's word counts, and --verbose names them\n",
               unknown.size());
  }
}

int run(const Options& options) {
  if (auto error = missing_target(options)) return fail(*error);
  const Result<Version> version = version_of(options);
  if (!version) return fail(version.error());
  const Result<ProbedCluster> probed = probe(options.target);
  if (!probed) return fail(probed.error());
  for (const std::string& name : probed->removed)
    fmt::print(stderr, "  note: the database {}, which a probe that was interrupted left, is dropped\n",
               name);
  for (const std::string& name : probed->left)
    fmt::print(
        stderr,
        "  note: the database {} is of another probe: where none is at work, it was interrupted, and a "
        "later probe drops it; or: DROP DATABASE {} CASCADE\n",
        name, name);
  OutputFiles files({});
  const std::string path = options.output.empty() ? "capabilities.toml" : options.output;
  if (auto added = files.add(path, capabilities_text(*version, probed->rows)); !added)
    return fail(added.error());
  if (auto written = files.commit(); !written) return fail(written.error());
  if (options.quiet) return exit_clean;
  print_summary(*version, probed->rows, options.verbose);
  fmt::print("\nwritten to {}: compile for this cluster with --capabilities {}\n", path, path);
  return exit_clean;
}

}  // namespace

const Command probe_command = {
    {.name = "probe",
     .arguments = "",
     .summary = "ask a cluster what it can do, instead of believing the table",
     .details =
         "Each capability of docs/capabilities.md that can be asked is tried in a database of its own, which "
         "is "
         "made for it and dropped, as are those that interrupted probes left: nothing else is touched, and "
         "it "
         "takes a minute at most. The role needs "
         "CREATEDB. What the cluster answers is written to a file for `--capabilities` of compile and "
         "migrate; "
         "what differs from the table stands on stdout. It judges nothing: the exit status is 0 whatever is "
         "answered.",
     .groups = {OptionGroup::release, OptionGroup::answers_output, OptionGroup::target},
     .formats = "",
     .examples = {"pg2crdb probe --target postgresql://root@localhost:26257/defaultdb",
                  "pg2crdb compile dump.sql --capabilities capabilities.toml --out-dir compiled"},
     .connects = true},
    run,
};

}  // namespace pg2crdb
