#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "runtime/connection.h"
#include "runtime/connection_error.h"
#include "runtime/last_phase.h"
#include "runtime/runtime.h"
#include "runtime/statement_marks.h"
#include "support/counted.h"

namespace pg2crdb {

namespace {

/// The object is not there: what a DROP says that was committed before its answer was lost.
bool says_already_gone(const LoadPlan::Statement& statement, const Error& error) {
  static constexpr std::array<std::string_view, 5> states = {"42P01", "42704", "42703", "42883", "3F000"};
  return (statement.kind.starts_with("DROP ") || statement.kind.find(" DROP ") != std::string::npos) &&
         std::ranges::find(states, error.sqlstate) != states.end();
}

/// The object is there already: what other statements say then.
bool says_already_done(const Error& error) {
  static constexpr std::array<std::string_view, 6> states = {"42P07", "42710", "42P06",
                                                             "42723", "42701", "42P04"};
  return std::find(states.begin(), states.end(), error.sqlstate) != states.end() ||
         (error.sqlstate == "42P16" && error.message.find("multiple primary keys") != std::string::npos);
}

std::string advice_for(const Error& error) {
  const std::string& state = error.sqlstate;
  if (state.empty()) return "see that the cluster is well, then run the same command with --resume";
  if (stop_requested) return "run the same command with --resume";
  if (says_already_done(error)) {
    return "the target is not empty: drop the object or use an empty database, then run with --resume";
  }
  if (state == "42501") return "grant the user of --target the privilege named, then run with --resume";
  if (state == "40001")
    return "another transaction is in the way: run with --resume when the cluster is quiet";
  if (state.starts_with("23")) {
    return "rows that were loaded break it: correct them on the target (or in the source, and load again), "
           "then "
           "run with --resume";
  }
  if (state.starts_with("53") || state.starts_with("57")) {
    return "see that the cluster is well, then run with --resume";
  }
  return "run the statement by hand in a form that the cluster takes and continue with a plan without it, or "
         "correct the dump (or pg2crdb.toml: a [[decision]]), compile again and start anew";
}

std::string place_of(const LoadPlan::Statement& statement) {
  return fmt::format("{}:{}: {}{}{}", statement.file, statement.line, statement.kind,
                     statement.object.empty() ? "" : " ", statement.object);
}

Result<void> run_once(Connection& target, size_t number, const LoadPlan::Statement& statement,
                      bool may_have_run, StatementMarks& marks, Observer& observer) {
  using Outcome = StatementMarks::Outcome;
  const Result<Outcome> outcome = marks.run(target, number, statement.sql, may_have_run);
  if (!outcome) return outcome.error();
  if (*outcome == Outcome::done_before) {
    observer.log(place_of(statement) + ": done by the run before");
    return {};
  }
  if (may_have_run && *outcome == Outcome::done) {
    observer.log(place_of(statement) +
                 ": the run before began on it and committed nothing of it, but may have drawn numbers from "
                 "sequences");
  }
  if (*outcome == Outcome::done) return {};
  if (may_have_run) {
    observer.problem(place_of(statement) +
                     ": the run before began on it, and nobody knows whether it was done: it is run again");
  }
  return target.execute(statement.sql);
}

/// Whether a run that died began on a statement, of whatever phase, that nobody has gone on with: its mark
/// says whether it was done.
bool any_begun(const LoadPlan& plan, const Journal& journal) {
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    if (journal.state(apply_step(plan.statements[i].phase, i)) == "begun") return true;
  }
  return false;
}

}  // namespace

Step apply_step(std::string_view phase, size_t statement) {
  return {fmt::format("apply {}", phase), {{}, std::to_string(statement)}};
}

Result<void> apply_phase(const LoadPlan& plan, std::string_view phase, const std::string& target,
                         Journal& journal, Observer& observer) {
  std::vector<size_t> statements;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    if (plan.statements[i].phase == phase) statements.push_back(i);
  }
  return apply_statements(plan, statements, target, journal, observer);
}

Result<void> apply_statements(const LoadPlan& plan, std::span<const size_t> statements,
                              const std::string& target, Journal& journal, Observer& observer) {
  std::optional<Connection> connection;
  size_t applied = 0;
  size_t before = 0;
  StatementMarks marks(journal);
  for (const size_t i : statements) {
    const LoadPlan::Statement& statement = plan.statements[i];
    const Step step = apply_step(statement.phase, i);
    const std::string state = journal.state(step);
    if (state == "done") {
      ++before;
      continue;
    }
    if (stop_requested) {
      return Error{Error::Kind::interrupted,
                   fmt::format("stopped before {}:{}", statement.file, statement.line),
                   {},
                   "run the same command with --resume"};
    }
    if (!connection) {
      Result<Connection> opened = Connection::open(target);
      if (!opened) return opened.error();
      connection.emplace(std::move(*opened));
    }
    if (state.empty()) {
      Result<void> begun = journal.begin(step);
      if (!begun) return begun;
    }
    const bool may_have_run = state == "begun";
    Result<void> done;
    if (is_to_run_once(plan, statement)) {
      done = run_once(*connection, i, statement, may_have_run, marks, observer);
    } else {
      done = connection->execute(statement.sql);
    }
    const bool done_before = !done && may_have_run &&
                             (says_already_done(done.error()) || says_already_gone(statement, done.error()));
    if (!done && !done_before) {
      Error error = done.error();
      // A refused statement left nothing behind; where the server itself was in trouble, nobody knows.
      if (state.empty() && (!is_passing(error) || error.sqlstate == "40001")) {
        Result<void> forgotten = journal.forget(step);
        if (!forgotten) return forgotten;
      }
      error.advice = advice_for(error);
      error.message = fmt::format("{}: {}{}{}", place_of(statement), error.sqlstate.empty() ? "" : "ERROR ",
                                  error.sqlstate, (error.sqlstate.empty() ? "" : ": ") + error.message);
      return error;
    }
    Result<void> noted = journal.done(step);
    if (!noted) return noted;
    ++applied;
  }
  if (marks.left() && !any_begun(plan, journal)) {
    if (!connection) {
      Result<Connection> opened = Connection::open(target);
      if (!opened) return opened.error();
      connection.emplace(std::move(*opened));
    }
    if (Result<void> removed = marks.remove(*connection); !removed) return removed;
  }
  if (applied + before > 0) {
    const std::string& phase = plan.statements[statements[0]].phase;
    observer.log(before == 0 ? fmt::format("{}: {} applied", phase, counted(applied, "statement"))
                             : fmt::format("{}: {} applied, {} done before", phase,
                                           counted(applied, "statement"), before));
  }
  return {};
}

}  // namespace pg2crdb
