#pragma once
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "plan/object_name.h"
#include "support/result.h"

namespace pg2crdb {

/// The rows that the target did not take: table (as SQL writes its name), file, line, reason, and the row in
/// COPY's text format, tab-separated. The file is made with the first row.
class RejectFile {
 public:
  explicit RejectFile(std::string path) : path_(std::move(path)) {}
  ~RejectFile();
  RejectFile(const RejectFile&) = delete;
  RejectFile& operator=(const RejectFile&) = delete;

  /// Whether a run before left rows of the table.
  bool holds(const ObjectName& table) const;
  /// Takes the rows of these tables out: they are about to be loaded again. Not to be called while rows are
  /// added.
  Result<void> forget(const std::set<ObjectName>& tables);
  /// Adds a row with its line end; 0 for the line where there is none. Safe from several threads.
  Result<void> add(const ObjectName& table, const std::string& file, uint64_t line, const std::string& reason,
                   std::string_view row);

 private:
  Error failed(std::string_view what) const;

  std::string path_;
  std::mutex mutex_;
  std::FILE* file_ = nullptr;
};

}  // namespace pg2crdb
