#include "runtime/batch_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/runtime.h"
#include "support/plurals.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr int most_retries = 10;

}  // namespace

void BatchWriter::turn_to(const LoadPlan::Table& table, const Batch& batch) {
  if (turned_to_ == &table && turned_to_columns_ == batch.columns) return;
  std::vector<const LoadPlan::Column*> columns;
  std::string list;
  columns_.clear();
  for (const std::string& name : *batch.columns) {
    const auto found =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const LoadPlan::Column& column) { return column.source_name == name; });
    const bool loaded = found != table.columns.end() && !found->generated;
    columns.push_back(loaded ? &*found : nullptr);
    if (!loaded) continue;
    columns_.push_back(found->name);
    if (!list.empty()) list += ", ";
    list += quote_identifier(found->name);
  }
  turned_to_ = &table;
  turned_to_columns_ = batch.columns;
  transcoder_.emplace(std::move(columns));
  const std::string_view null_word = transcoder_->null_word();
  copy_statement_ =
      fmt::format("COPY {} ({}) FROM STDIN WITH (FORMAT csv{})", quote_name(table.schema, table.name), list,
                  null_word.empty() ? std::string() : fmt::format(", NULL '{}'", null_word));
}

Result<uint64_t> BatchWriter::send(uint64_t rows, const std::string& mark,
                                   const BeforeCommit& before_commit) {
  for (int attempt = 0;; ++attempt) {
    Result<uint64_t> sent = send_once(rows, mark, before_commit);
    if (sent) return sent;
    Error error = sent.error();
    if (stop_requested) return load_stopped();
    // With a mark, what was committed without an answer is found there.
    const bool again = error.sqlstate == "40001" || (error.sqlstate == "40003" && !mark.empty());
    if (again && attempt < most_retries) {
      wait_before_retry(attempt);
      continue;
    }
    if (error.sqlstate.empty() || error.sqlstate == "40003" || error.sqlstate.starts_with("08") ||
        error.sqlstate.starts_with("57P")) {
      error.advice = fmt::format(
          "whether the last rows arrived is unknown: run the same command with --resume, which {}",
          mark.empty() ? "empties this table and loads it again" : "looks, and goes on behind them");
    }
    return error;
  }
}

Result<uint64_t> BatchWriter::send_once(uint64_t rows, const std::string& mark,
                                        const BeforeCommit& before_commit) {
  if (mark.empty()) return send_rows(rows);
  const auto rolled_back = [&](const Error& error) {
    if (!error.sqlstate.empty()) static_cast<void>(target_.query("ROLLBACK"));
    return error;
  };
  const Result<Rows> marked = target_.query("BEGIN; " + mark);
  if (!marked && marked.error().sqlstate == "23505") {
    rolled_back(marked.error());
    return rows;
  }
  if (!marked) return rolled_back(marked.error());
  Result<uint64_t> sent = send_rows(rows);
  if (!sent) return rolled_back(sent.error());
  if (before_commit) {
    if (Result<void> allowed = before_commit(target_); !allowed) return rolled_back(allowed.error());
  }
  Result<void> committed = target_.commit();
  if (!committed) return rolled_back(committed.error());
  return rows;
}

Result<uint64_t> BatchWriter::send_rows(uint64_t rows) {
  Result<uint64_t> sent = columns_.empty() ? insert_defaults(rows) : copy();
  if (!sent || *sent == rows) return sent;
  return Error{Error::Kind::differs,
               fmt::format("{} sent, the target took {}", counted_were(rows, "row"), with_commas(*sent)),
               {},
               "load the table again, and report this"};
}

Result<uint64_t> BatchWriter::copy() {
  Result<void> begun = target_.copy_in_begin(copy_statement_);
  if (!begun) return begun.error();
  Result<void> written = target_.copy_in_data(csv_.view());
  if (!written) return written.error();
  return target_.copy_in_end();
}

/// Rows of a table without columns.
Result<uint64_t> BatchWriter::insert_defaults(uint64_t rows) {
  const std::string insert =
      fmt::format("INSERT INTO {} DEFAULT VALUES", quote_name(turned_to_->schema, turned_to_->name));
  for (uint64_t row = 0; row < rows; ++row) {
    const Result<Rows> inserted = target_.query(insert);
    if (!inserted) return inserted.error();
  }
  return rows;
}

bool is_about_data(const std::string& sqlstate) {
  return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate == "XXUUU" ||
         sqlstate == "54000";
}

Error load_stopped() {
  return {Error::Kind::interrupted, "stopped by a signal", {}, "run the same command with --resume"};
}

}  // namespace pg2crdb
