#pragma once
#include <cstddef>
#include <string>

#include "runtime/connection.h"
#include "runtime/journal.h"
#include "support/result.h"

namespace pg2crdb {

/// What the target holds of the statements that are to be run once: `pg2crdb.statements`, a row a statement,
/// written in the statement's own transaction. So a run that goes on knows whether the one before it, which
/// died between that transaction's end and its note in the journal, had its work done.
class StatementMarks {
 public:
  enum class Outcome { done, done_before, cannot_be_marked };

  /// `journal` knows the run's name there, and what the table is to be removed for.
  explicit StatementMarks(Journal& journal) : journal_(journal) {}

  /// Runs a statement, by its number in the plan, in a transaction with its mark, unless a mark says that it
  /// was run. `may_have_run`: a run before began on it. It cannot be marked where the user may not make the
  /// table, or the statement may not be in a transaction: then nothing was done.
  Result<Outcome> run(Connection& target, size_t statement, const std::string& sql, bool may_have_run);

  /// What the journal says is done needs no marks any more.
  Result<void> remove(Connection& target);
  /// Whether there is something to remove.
  bool left() const;

 private:
  Result<bool> open(Connection& target);
  Result<Outcome> try_once(Connection& target, size_t statement, const std::string& sql) const;

  Journal& journal_;
  std::string run_;
};

}  // namespace pg2crdb
