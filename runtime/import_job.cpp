#include "runtime/import_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "runtime/connection_error.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr auto comes_back_within = seconds(60);
constexpr auto longest_pause = milliseconds(1000);

constexpr std::string_view files_advice =
    "See that the cluster's nodes reach the import files, and that what serves them answers (--host-files); "
    "--method copy needs neither";
constexpr std::string_view unknown_id = "?";

Step job_step(const ObjectName& table) {
  return {"import job", table};
}

struct JobState {
  std::string status;
  std::string fraction;
  std::string error;

  bool ended() const {
    return status == "succeeded" || status == "failed" || status == "canceled" || status == "paused" ||
           status == "revert-failed" || status == "unknown";
  }
};

Result<JobState> ask(const ImportJob& job, Connection& target) {
  const Result<Rows> rows =
      target.query("SELECT status, fraction_completed, error FROM [SHOW JOB " + job.id + "]");
  if (!rows && is_passing(rows.error())) return rows.error();
  if (!rows || rows->size() == 0) return JobState{"unknown", {}, rows ? std::string() : rows.error().message};
  return JobState{rows->values[0][0], rows->values[0][1], without_secrets(rows->values[0][2])};
}

/// Opens the connection anew.
Result<void> come_back(Connection& target, const std::string& url) {
  const auto begun = steady_clock::now();
  while (true) {
    Result<Connection> opened = Connection::open(url);
    if (opened) {
      target = std::move(*opened);
      return {};
    }
    if (stop_requested || steady_clock::now() - begun >= comes_back_within) return opened.error();
    std::this_thread::sleep_for(longest_pause);
  }
}

}  // namespace

Result<void> note_job(Journal& journal, const ObjectName& table, const ImportJob& job) {
  return journal.done(job_step(table), fmt::format("job={} rows={} rejected={} last={} file={}",
                                                   job.id.empty() ? unknown_id : job.id, job.rows,
                                                   job.rejected, job.last ? 1 : 0, job.file));
}

std::optional<ImportJob> noted_job(const Journal& journal, const ObjectName& table) {
  const std::string detail = journal.detail(job_step(table));
  char id[64] = {};
  unsigned long long rows = 0;
  unsigned long long rejected = 0;
  int last = 0;
  int file = 0;
  if (std::sscanf(detail.c_str(), "job=%63s rows=%llu rejected=%llu last=%d file=%n", id, &rows, &rejected,
                  &last, &file) != 4 ||
      file == 0)
    return std::nullopt;
  return ImportJob{id == unknown_id ? std::string() : id, rows, rejected, last == 1,
                   detail.substr(static_cast<size_t>(file))};
}

Result<std::string> find_job(const ImportJob& job, Connection& target) {
  const Result<Rows> jobs = target.query("SELECT job_id FROM [SHOW JOBS] WHERE job_type = 'IMPORT'");
  if (!jobs) return jobs.error();
  for (const std::vector<std::string>& row : jobs->values) {
    // SHOW JOBS cuts the description in its middle (transcripts/03_import), where the file is.
    const Result<Rows> described = target.query("SELECT description FROM [SHOW JOB " + row[0] + "]");
    if (!described && is_passing(described.error())) return described.error();
    if (described && described->size() == 1 && described->values[0][0].find(job.file) != std::string::npos)
      return row[0];
  }
  return std::string();
}

Result<JobEnd> watch_job(const ImportJob& job, Connection& target, const std::string& url, Observer& observer,
                         const JobPatience& patience) {
  milliseconds pause(10);
  auto moved = steady_clock::now();
  auto said = moved;
  std::string fraction;
  while (true) {
    if (stop_requested) {
      const bool cancelled = static_cast<bool>(cancel_job(job, target));
      return Error{Error::Kind::interrupted,
                   fmt::format("stopped; the import, job {}, {}", job.id,
                               cancelled ? "was cancelled" : "goes on: the cluster was not reached"),
                   {},
                   "run the same command with --resume"};
    }
    Result<JobState> state = ask(job, target);
    if (!state) {
      if (Result<void> back = come_back(target, url); !back) {
        Error error = back.error();
        error.advice =
            "the import goes on without us: run the same command with --resume, which asks for job " + job.id;
        return error;
      }
      std::this_thread::sleep_for(pause);
      continue;
    }
    if (state->ended()) return JobEnd{state->status, state->error};
    const auto now = steady_clock::now();
    if (state->fraction != fraction) moved = said = now;
    fraction = state->fraction;
    if (now - moved >= patience.until_cancelled && std::strtod(fraction.c_str(), nullptr) == 0) {
      const bool cancelled = static_cast<bool>(cancel_job(job, target, comes_back_within));
      return Error{Error::Kind::interrupted,
                   fmt::format("the import, job {}, read nothing for {} seconds, and {}", job.id,
                               std::chrono::duration_cast<seconds>(now - moved).count(),
                               cancelled ? "was cancelled" : "could not be cancelled"),
                   {},
                   std::string(files_advice)};
    }
    if (now - said >= patience.until_said) {
      observer.problem(
          fmt::format("import job {} is {} and has not moved for {} seconds; Ctrl-C cancels it. {}", job.id,
                      state->status, std::chrono::duration_cast<seconds>(now - moved).count(), files_advice));
      said = now;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min<milliseconds>(2 * pause, longest_pause);
  }
}

Result<JobEnd> cancel_job(const ImportJob& job, Connection& target, milliseconds longest) {
  const auto begun = steady_clock::now();
  bool asked = false;
  while (true) {
    Result<JobState> state = ask(job, target);
    if (!state) return state.error();
    if (state->ended() && state->status != "paused") return JobEnd{state->status, state->error};
    if (!asked) {
      // One that has just ended refuses.
      if (Result<Rows> done = target.query("CANCEL JOB " + job.id); !done && is_passing(done.error()))
        return done.error();
      asked = true;
    }
    if (stop_requested) return JobEnd{state->status, state->error};
    if (steady_clock::now() - begun >= longest) {
      return Error{Error::Kind::interrupted,
                   fmt::format("the import, job {}, was cancelled and is {} still", job.id, state->status),
                   {},
                   "wait for its end (SHOW JOB on the target), then run the same command with --resume"};
    }
    std::this_thread::sleep_for(milliseconds(100));
  }
}

}  // namespace pg2crdb
