#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "driver/workload.h"
#include "parser/sql_tokens.h"
#include "support/result.h"

namespace pg2crdb {

/// Where something stands in the file of a workload.
struct WorkloadPlace {
  uint64_t begin = 0;   ///< bytes
  uint64_t line = 1;    ///< from 1
  uint64_t column = 1;  ///< from 1, in characters

  /// What stands behind a text that begins here.
  WorkloadPlace behind(std::string_view text) const;
};

/// Gathers the statements of a workload, each distinct one once.
class WorkloadCollector {
 public:
  explicit WorkloadCollector(std::string path) { workload_.path = std::move(path); }

  struct Call {
    uint64_t count = 1;
    double milliseconds = 0;
    bool explained = false;  ///< by auto_explain, which may speak of what is logged as a statement, too
    /// The PREPARE that the log has beside an EXECUTE, and where; empty where it has none.
    std::string_view prepared = {};
    WorkloadPlace prepared_place = {};
  };
  /// Statements with semicolons between them.
  void add(std::string_view text, const WorkloadPlace& place, const Call& call);

  /// Something is not shown, or not whole: `what` is the sentence of its kind.
  void add_unseen(std::string_view what, const WorkloadPlace& place, std::string_view text,
                  uint64_t count = 1, bool as_meant = false);

  /// Fails where there is nothing to look at.
  Result<Workload> finish();

 private:
  struct Counts {
    size_t statement = 0;
    uint64_t logged = 0;
    uint64_t explained = 0;
  };
  struct Executed {
    WorkloadPlace place;
    std::string text;
    uint64_t count = 0;
  };

  void add_one(const std::string& sql, std::span<const transform::Token> tokens, const WorkloadPlace& place,
               const Call& call);
  void count(std::string shape, std::string sql, const WorkloadPlace& place, const Call& call, bool is_whole);

  Workload workload_;
  std::unordered_map<std::string, Counts> counts_;  // by shape
  std::unordered_set<std::string> prepared_;        // names
  std::unordered_map<std::string, Executed> executed_;
};

/// Reads lines of a log of PostgreSQL, with any prefix; those that go on begin with a tab. Fails where they
/// are of syslog.
Result<void> take_log(std::string_view text, WorkloadCollector& into);

/// What stands behind `LOG:`, and behind the `DETAIL:` of it.
void take_log_message(std::string_view message, const WorkloadPlace& place, std::string_view detail,
                      const WorkloadPlace& detail_place, WorkloadCollector& into);

}  // namespace pg2crdb
