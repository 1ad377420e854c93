#include "driver/run_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "diag/render.h"
#include "driver/command.h"
#include "driver/output_files.h"
#include "driver/run_record.h"
#include "support/printable.h"

namespace pg2crdb {
namespace {

struct RunReport {
  std::string format;
  std::string path;
};

Result<std::vector<RunReport>> reports_of(const Options& options) {
  std::vector<RunReport> reports;
  for (const std::string& report : options.reports) {
    const size_t equals = report.find('=');
    const std::string format = report.substr(0, equals);
    if (equals == std::string::npos || equals + 1 == report.size() || (format != "html" && format != "json"))
      return usage_error(fmt::format("`--report {}` has to be FORMAT=FILE", report),
                         "the formats of a run's report are html and json");
    reports.push_back({format, report.substr(equals + 1)});
  }
  return reports;
}

/// 0 is a port that is free where it was asked for, and none where it was not.
bool wants_metrics(const Options& options) {
  return options.port != 0 || std::ranges::any_of(options.words, [](const std::string& word) {
           return word == "--port" || word.starts_with("--port=");
         });
}

}  // namespace

Result<void> RunOutput::begin() {
  if (auto reports = reports_of(options_); !reports) return reports.error();
  if (!wants_metrics(options_)) return {};
  if (options_.port > 65535) return usage_error(fmt::format("`--port {}` is no port", options_.port));
  const TextHost::Place place{"127.0.0.1", static_cast<int>(options_.port), "/metrics"};
  auto started = TextHost::start(place, [this] { return run_metrics(progress_.record()); });
  if (!started) return started.error();
  metrics_ = std::move(*started);
  if (!options_.quiet) fmt::print(stderr, "metrics: {}\n", printable(metrics_->url()));
  return {};
}

int RunOutput::end(int status) {
  metrics_.reset();
  if (options_.reports.empty()) return status;
  const std::string report = fmt::format(
      "{{\"schema_version\": 1, \"tool\": {{\"name\": \"pg2crdb\", \"version\": \"{}\"}},\n  \"run\": {}}}\n",
      PG2CRDB_VERSION, run_json(command_, status, progress_.record()));
  OutputFiles files(options_.arguments);
  const auto reports = reports_of(options_);
  Result<void> written = reports ? Result<void>() : reports.error();
  for (size_t i = 0; written && i < reports->size(); ++i) {
    const RunReport& wanted = (*reports)[i];
    written =
        files.add(wanted.path, wanted.format == "html" ? html_page("pg2crdb " + command_, report) : report);
  }
  if (written) written = files.commit();
  if (written) return status;
  const int failed = fail(written.error());
  return status == exit_clean ? failed : status;
}

}  // namespace pg2crdb
