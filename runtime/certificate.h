#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/compare.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// What a comparison of all rows found, in a form that is kept: docs/certificate.schema.json. It is no
/// signature: its last field, the SHA-256 of all lines before it, shows that it was changed, and not who
/// wrote it.
struct Certificate {
  static constexpr int current_version = 1;

  /// A table's rows, as both sides had them.
  struct Table {
    ObjectName table;                   ///< on the target
    std::vector<std::string> columns;   ///< in the order in which they are hashed; none: rows were counted
    std::vector<std::string> left_out;  ///< columns that were not compared
    HashedRows source, target;
  };

  std::string tool;    ///< pg2crdb's version
  std::string moment;  ///< when both sides were read, UTC: "2026-11-30T01:02:03Z"
  int row_hash = row_hash_version;
  std::string plan;  ///< what its statements are, hashed
  std::vector<LoadPlan::Input> inputs;
  std::string source;    ///< URL without secrets; empty: the rows lay in the inputs
  std::string target;    ///< the same
  std::string database;  ///< the target's mark, as database_mark has it
  std::vector<Table> tables;
  std::vector<ObjectName> tables_left_out;  ///< of the plan, as --include and --exclude say: not compared
  std::vector<LoadPlan::LeftOut> rows_left_out;  ///< of the inputs: neither loaded nor compared
  uint64_t schema_differences = 0;
  bool equal = false;  ///< rows and schema
};

/// As JSON text, a table a line; the same for the same certificate.
std::string to_json(const Certificate& certificate);
/// By its beginning; it may have been changed since.
bool is_certificate(std::string_view text);
/// Fails with a sentence (Kind::usage) on text of which any byte was changed, added or left out since
/// to_json, and on versions that this program does not know.
Result<Certificate> parse_certificate(std::string_view text);

/// Reads the certificate's tables on `options.target`, as they are at one moment, and compares them with what
/// was certified of that side. No more of the options counts than the jobs and the form of the log. The error
/// is Kind::differs where rows were changed, added or lost since, which it names, or where the certificate
/// says itself that the sides differed; Kind::usage where the plan has not what was certified;
/// Kind::interrupted where it could not be checked.
Result<void> check_certificate(const LoadPlan& plan, const Certificate& certificate,
                               const VerifyOptions& options, Observer& observer);

}  // namespace pg2crdb
