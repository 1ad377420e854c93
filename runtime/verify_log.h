#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "plan/load_plan.h"
#include "runtime/compare.h"
#include "runtime/runtime.h"

namespace pg2crdb {

/// What verify says about one table, as text or as JSON objects, in words that other tools' readers know.
class VerifyLog {
 public:
  VerifyLog(const LoadPlan::Table& table, bool json, Observer& observer);

  void say(std::string_view message) const;
  void starting() const;
  /// So many of the source's rows were read.
  void progress(uint64_t rows) const;
  void finished(const Comparison& found) const;
  void difference(const ComparedTable& compared, const Difference& difference) const;

 private:
  void line(std::string_view level, const std::string& details, std::string_view message) const;

  const LoadPlan::Table& table_;
  std::string name_;
  bool json_;
  Observer& observer_;
};

}  // namespace pg2crdb
