#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "driver/options.h"
#include "driver/run_record.h"
#include "runtime/runtime.h"

namespace pg2crdb {

/// What a person sees of the runtime's work. Log lines go to `log_stream` (nowhere where it is null),
/// progress to stderr: one line redrawn (bar), a line every few seconds (plain), the same as objects (json),
/// or nothing. It has rows and megabytes a second, and of the table whose rows moved last how far it is and
/// when it will be done.
class Progress : public Observer {
 public:
  Progress(const Options& options, std::FILE* log_stream);
  ~Progress() override;

  /// A new stage in which these rows are to move, by their tables' names; none where that is not known.
  void begin_rows(std::string_view stage, std::map<std::string, ExpectedRows> expected);
  /// The stage is over: the line goes away.
  void end_rows();

  /// Where log lines go from now on.
  void log_to(std::FILE* log_stream);
  /// As JSON objects where --log-format says so; a line that is an object already stays as it is.
  void log(std::string_view line) override;
  /// To stderr where log lines go nowhere, unless --quiet.
  void problem(std::string_view line) override;
  void rows_moved(std::string_view table, uint64_t rows, uint64_t bytes) override;

  /// What was done so far.
  RunRecord record();

 private:
  enum class Mode { bar, plain, json, none };
  struct Moved {
    uint64_t rows = 0;
    std::chrono::steady_clock::time_point began;
  };
  /// Seconds until the table's last row, at the speed that it has had so far; nothing where nobody knows.
  std::optional<double> seconds_left(const std::string& table) const;
  void clear();
  void write(std::string_view line, std::FILE* stream);
  void show(std::string_view table);

  Mode mode_ = Mode::none;
  bool json_log_ = false;
  bool quiet_ = false;
  std::FILE* log_stream_;
  std::mutex mutex_;
  std::string stage_;
  uint64_t rows_ = 0;
  uint64_t expected_ = 0;  ///< of all tables
  bool drawn_ = false;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point shown_;
  uint64_t rows_shown_ = 0;
  uint64_t bytes_ = 0;
  uint64_t bytes_shown_ = 0;
  std::map<std::string, ExpectedRows> tables_expected_;
  std::map<std::string, Moved> tables_;
  RunRecord record_;
};

}  // namespace pg2crdb
