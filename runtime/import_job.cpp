#include "runtime/import_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr auto patience = seconds(60);
constexpr auto longest_pause = milliseconds(1000);

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
  if (!rows && rows.error().sqlstate.empty()) return rows.error();
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
    if (stop_requested || steady_clock::now() - begun >= patience) return opened.error();
    std::this_thread::sleep_for(longest_pause);
  }
}

}  // namespace

Result<void> note_job(Journal& journal, const ObjectName& table, const ImportJob& job) {
  return journal.done(job_step(table), fmt::format("job={} rows={} rejected={} last={}", job.id, job.rows,
                                                   job.rejected, job.last ? 1 : 0));
}

std::optional<ImportJob> noted_job(const Journal& journal, const ObjectName& table) {
  char id[64] = {};
  unsigned long long rows = 0;
  unsigned long long rejected = 0;
  int last = 0;
  if (std::sscanf(journal.detail(job_step(table)).c_str(), "job=%63s rows=%llu rejected=%llu last=%d", id,
                  &rows, &rejected, &last) != 4)
    return std::nullopt;
  return ImportJob{id, rows, rejected, last == 1};
}

Result<JobEnd> watch_job(const ImportJob& job, Connection& target, const std::string& url,
                         Observer& observer) {
  milliseconds pause(10);
  auto moved = steady_clock::now();
  std::string fraction;
  while (true) {
    if (stop_requested) {
      static_cast<void>(cancel_job(job, target));
      return Error{Error::Kind::interrupted,
                   fmt::format("stopped; the import, job {}, was cancelled", job.id),
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
      continue;
    }
    if (state->ended()) return JobEnd{state->status, state->error};
    if (state->fraction != fraction) moved = steady_clock::now();
    fraction = state->fraction;
    if (steady_clock::now() - moved >= patience) {
      observer.problem(
          fmt::format("import job {} is {} and has not moved for a minute: see that the cluster's nodes "
                      "reach the import files (--host-files); Ctrl-C cancels it",
                      job.id, state->status));
      moved = steady_clock::now();
    }
    std::this_thread::sleep_for(pause);
    pause = std::min<milliseconds>(2 * pause, longest_pause);
  }
}

Result<JobEnd> cancel_job(const ImportJob& job, Connection& target) {
  bool asked = false;
  while (true) {
    Result<JobState> state = ask(job, target);
    if (!state) return state.error();
    if (state->ended() && state->status != "paused") return JobEnd{state->status, state->error};
    if (!asked) {
      // One that has just ended refuses.
      if (Result<Rows> done = target.query("CANCEL JOB " + job.id); !done && done.error().sqlstate.empty())
        return done.error();
      asked = true;
    }
    if (stop_requested) return JobEnd{state->status, state->error};
    std::this_thread::sleep_for(milliseconds(100));
  }
}

}  // namespace pg2crdb
