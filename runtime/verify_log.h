#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "plan/load_plan.h"
#include "runtime/compare.h"
#include "runtime/compare_schema.h"
#include "runtime/push_down.h"
#include "runtime/runtime.h"

namespace pg2crdb {

/// What verify says about one table, or a shard of it, as text or as JSON objects, in words that other tools'
/// readers know.
class VerifyLog {
 public:
  /// The shard is named as one of so many.
  VerifyLog(const LoadPlan::Table& table, bool json, Observer& observer, uint64_t shard = 1,
            uint64_t shards = 1);

  void say(std::string_view message) const;
  void starting() const;
  /// So many of the source's rows were read. Not said again where they are read a second time.
  void progress(uint64_t rows);
  /// `equal_now`: rows that differed at first, and not when they were asked for again.
  void finished(const Comparison& found, uint64_t equal_now) const;
  /// Of a comparison in the databases: what was opened, and how many bytes came over the wire.
  void pushed_down(const PushedDown& pushed) const;
  void difference(const ComparedTable& compared, const Difference& difference) const;

 private:
  void line(std::string_view level, const std::string& details, std::string_view message) const;

  const LoadPlan::Table& table_;
  std::string name_;
  std::string shard_;  ///< "shard 1/1"
  bool json_;
  Observer& observer_;
  uint64_t told_ = 0;  ///< rows
};

/// The same of the schema.
class SchemaLog {
 public:
  SchemaLog(bool json, Observer& observer) : json_(json), observer_(observer) {}

  void difference(const std::string& what) const { line("error", what); }
  void note(const std::string& what) const { line("info", what); }
  void finished(const LoadPlan& plan, size_t differences) const;

 private:
  void line(std::string_view level, const std::string& message) const;

  bool json_;
  Observer& observer_;
};

/// Rows of the inputs that were neither loaded nor compared.
void tell_left_out(const LoadPlan::LeftOut& rows, bool json, Observer& observer);

}  // namespace pg2crdb
