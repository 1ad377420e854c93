#pragma once
#include <memory>
#include <string>

#include "driver/options.h"
#include "driver/progress.h"
#include "runtime/text_host.h"
#include "support/result.h"

namespace pg2crdb {

/// What a run that moves or compares rows shows of itself besides its progress: metrics at --port while it
/// works,
/// --report behind its end, whatever that was.
class RunOutput {
 public:
  RunOutput(const Options& options, std::string command, Progress& progress)
      : options_(options), command_(std::move(command)), progress_(progress) {}

  /// Serves metrics, where that is wanted. An error is Kind::usage.
  Result<void> begin();
  /// Writes the reports. The exit status: `status`, and where a report cannot be written of a run that ended
  /// well, that of the error, which has been printed.
  int end(int status);

 private:
  const Options& options_;
  const std::string command_;
  Progress& progress_;
  std::unique_ptr<TextHost> metrics_;
};

}  // namespace pg2crdb
