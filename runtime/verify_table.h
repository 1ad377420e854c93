#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "plan/load_plan.h"
#include "runtime/ask_again.h"
#include "runtime/compare.h"
#include "runtime/compared_columns.h"
#include "runtime/compared_moment.h"
#include "runtime/compared_streams.h"
#include "runtime/connection.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "runtime/verify_log.h"
#include "support/result.h"

namespace pg2crdb {

/// What the tables of one verify have in common.
struct VerifyContext {
  const LoadPlan& plan;
  const VerifyOptions& options;
  Observer& observer;
  const TypesByName composites;
  const std::set<size_t> lasts;  ///< tables that hold the last rows of an input
  ReusedInputs inputs;
  std::atomic<uint64_t> changing = 0;  ///< differing rows that were others at each look
};

/// Compares the rows of tables, one at a time, as both sides have them at one moment. Each thread has its
/// own.
class TableVerifier {
 public:
  TableVerifier(VerifyContext& context, const ComparedMoment& moment)
      : context_(context), plan_(context.plan), options_(context.options), moment_(moment), sides_(moment) {}

  /// Logs what differs. Of a table that the target lacks all rows are missing.
  Result<VerifiedTable> verify(size_t index);
  /// Behind an error: sessions are opened anew.
  void forget_sessions() { sides_.forget(); }

 private:
  /// Of the rows that differ.
  enum class Shown { rows, numbers };

  Result<std::optional<VerifiedTable>> verify_what_is_there(size_t index, VerifyLog& log);
  Result<VerifiedTable> verify_columns(size_t index, const Selection& selection, VerifyLog& log);
  Result<VerifiedTable> verify_all(size_t index, const Selection& selection, VerifyLog& log);
  Result<VerifiedTable> compare_streams(size_t index, const Selection& selection, RowStream& target,
                                        VerifyLog& log, Shown shown);
  bool may_compare_texts(const Selection& selection) const;
  Result<std::optional<VerifiedTable>> compare_texts(const LoadPlan::Table& table, const Selection& selection,
                                                     VerifyLog& log);
  Result<std::optional<VerifiedTable>> push_down(const LoadPlan::Table& table, const Selection& selection,
                                                 VerifyLog& log);
  Result<VerifiedTable> verify_sample(size_t index, const Selection& selection, uint64_t rows);

  std::unique_ptr<RowStream> dump_stream(size_t index, const Selection& selection, Converter& converter);
  Result<uint64_t> source_rows(const LoadPlan::Table& table);
  /// Differences that are kept: of rows that may be asked again all, within reason.
  uint64_t kept_differences(const Selection& selection) const;
  bool may_ask_again(const Selection& selection) const;
  /// Asks again for the rows that differ, where that can be.
  Result<AskedAgain> settle(const LoadPlan::Table& table, const Selection& selection, const Comparison& found,
                            const VerifyLog& log);
  Result<Comparison> look_at(BothSides& sides, const LoadPlan::Table& table, const Selection& selection,
                             const std::vector<Difference::Row>& rows) const;
  void report(const VerifyLog& log, const LoadPlan::Table& table, const Selection& selection,
              const AskedAgain& asked, Shown shown = Shown::rows) const;

  VerifyContext& context_;
  const LoadPlan& plan_;
  const VerifyOptions& options_;
  const ComparedMoment& moment_;
  BothSides sides_;
};

}  // namespace pg2crdb
