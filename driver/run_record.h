#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/runtime.h"

namespace pg2crdb {

/// When a run moved or compared the rows of which table: for metrics and for the report. Not safe from
/// several threads.
class RunRecord {
 public:
  struct Table {
    std::optional<double> began;  ///< seconds since the stage began
    double last = 0;              ///< the same of its last rows
    uint64_t rows = 0;
    uint64_t bytes = 0;  ///< 0 where they are not counted
    std::optional<uint64_t> expected;
  };
  struct Stage {
    std::string name;                              ///< "load", "verify"
    std::chrono::system_clock::time_point moment;  ///< at which it began
    std::chrono::steady_clock::time_point began;
    std::optional<double> ended;  ///< seconds since it began
    std::map<std::string, Table> tables;
    double seconds() const;
  };

  void begin(std::string_view stage, const std::map<std::string, ExpectedRows>& expected);
  void end();
  /// As Observer has it. Nothing is noted where no stage is under way.
  void rows_moved(std::string_view table, uint64_t rows, uint64_t bytes);

  const std::vector<Stage>& stages() const { return stages_; }

 private:
  double now() const;

  std::vector<Stage> stages_;
};

/// In Prometheus' text format.
std::string run_metrics(const RunRecord& record);

/// One object, as docs/report.schema.json has `run`.
std::string run_json(std::string_view command, int exit_status, const RunRecord& record);

}  // namespace pg2crdb
