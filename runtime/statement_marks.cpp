#include "runtime/statement_marks.h"

#include <fmt/format.h>

#include <string_view>

#include "runtime/made_tables.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

const Step marks_step{"statements", {}};
constexpr int most_tries = 10;

Error about_marks(Error error) {
  error.message = "pg2crdb.statements: " + error.message;
  return error;
}

/// "invalid transaction state" and "invalid transaction termination": it begins or ends transactions of its
/// own.
bool wants_no_transaction(std::string_view sqlstate) {
  return sqlstate.starts_with("25") || sqlstate.starts_with("2D");
}

}  // namespace

/// False where the user may not make the table.
Result<bool> StatementMarks::open(Connection& target) {
  if (!run_.empty()) return true;
  const Result<void> made = make_tables(
      target, {"CREATE TABLE IF NOT EXISTS pg2crdb.statements (run TEXT, statement INT8, PRIMARY KEY "
               "(run, statement))"});
  if (!made && made.error().sqlstate == "42501") return false;
  if (!made) return about_marks(made.error());
  run_ = journal_.detail(marks_step);
  if (!run_.empty()) return true;
  run_ = new_run();
  const Result<void> noted = journal_.done(marks_step, run_);
  if (!noted) return noted.error();
  return true;
}

Result<StatementMarks::Outcome> StatementMarks::run(Connection& target, size_t statement,
                                                    const std::string& sql, bool may_have_run) {
  const Result<bool> opened = open(target);
  if (!opened) return opened.error();
  if (!*opened) return Outcome::cannot_be_marked;
  if (may_have_run) {
    const Result<Rows> found =
        target.query(fmt::format("SELECT 1 FROM pg2crdb.statements WHERE run = {} AND statement = {}",
                                 quote_literal(run_), statement));
    if (!found) return about_marks(found.error());
    if (found->size() > 0) return Outcome::done_before;
  }
  for (int attempt = 0;; ++attempt) {
    Result<Outcome> done = try_once(target, statement, sql);
    if (done) return done;
    if (!done.error().sqlstate.empty()) {  // else there is no session any more
      if (const Result<void> undone = target.execute("ROLLBACK"); !undone) return undone.error();
    }
    if (wants_no_transaction(done.error().sqlstate)) return Outcome::cannot_be_marked;
    if (done.error().sqlstate != "40001" || attempt == most_tries) return done;
    wait_before_retry(attempt);
  }
}

/// The mark stands behind the statement: where that ends the transaction unasked, as DDL does by itself
/// from 25.1 on
/// (`cockroachdb-load.md`), it is without a mark rather than a mark without it.
Result<StatementMarks::Outcome> StatementMarks::try_once(Connection& target, size_t statement,
                                                         const std::string& sql) const {
  for (const std::string& one : {std::string("BEGIN"), sql}) {
    if (const Result<Rows> done = target.query(one); !done) return done.error();
  }
  const Result<Rows> marked = target.query(fmt::format(
      "INSERT INTO pg2crdb.statements (run, statement) VALUES ({}, {})", quote_literal(run_), statement));
  if (!marked && marked.error().sqlstate == "23505") {  // a session of the dead run was still at it
    if (const Result<void> undone = target.execute("ROLLBACK"); !undone) return undone.error();
    return Outcome::done_before;
  }
  if (!marked) return about_marks(marked.error());
  if (const Result<void> committed = target.commit(); !committed) return committed.error();
  return Outcome::done;
}

bool StatementMarks::left() const {
  return !journal_.detail(marks_step).empty();
}

Result<void> StatementMarks::remove(Connection& target) {
  if (!left()) return {};
  if (Result<void> removed = remove_run(target, "statements", journal_.detail(marks_step)); !removed)
    return about_marks(removed.error());
  run_.clear();
  return journal_.forget(marks_step);
}

}  // namespace pg2crdb
