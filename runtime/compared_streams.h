#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rows/copy_text.h"
#include "runtime/compare.h"
#include "runtime/compared_columns.h"
#include "runtime/connection.h"
#include "runtime/row_source.h"
#include "support/result.h"

namespace pg2crdb {

/// What verify ends with where a stop was requested.
Error verify_stopped();

/// Does to source values what the load did.
class Converter {
 public:
  explicit Converter(const Selection& selection);
  /// A value that the conversion does not take was not loaded: it is compared, and found missing, as it is.
  void convert_row(std::vector<Field>& fields);

 private:
  std::vector<std::pair<size_t, const LoadPlan::Column*>> columns_;
  std::vector<std::string> scratch_;
};

/// A table that is not there.
class NoRows : public RowStream {
 public:
  Result<void> read(const std::function<bool(const std::vector<Field>&)>& /*row*/) override { return {}; }
};

/// What a COPY statement sends. `counts`: each row as one of one empty value.
class CopyStream : public RowStream {
 public:
  CopyStream(Connection& connection, std::string statement, std::string place, bool counts,
             Converter* converter);
  Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) override;
  /// The rows as they are sent, with their line ends.
  Result<void> read_lines(const std::function<bool(std::string_view)>& line);
  uint64_t bytes() const { return bytes_; }  ///< that the server sent, of all readings

 private:
  Connection& connection_;
  const bool counts_;
  std::string statement_;
  std::string place_;
  Converter* converter_;
  uint64_t bytes_ = 0;
  std::vector<Field> fields_;
  std::string scratch_;
};

/// A table's rows out of the plan's inputs.
class DumpStream : public RowStream, private BatchSink {
 public:
  DumpStream(const LoadPlan& plan, size_t table, const Selection& selection, const RowSourceOptions& options,
             ReusedInputs& inputs, Converter& converter);
  Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) override;

 private:
  bool table_begins(size_t table) override;
  bool table_ends(size_t table) override;
  bool take(Batch batch) override;

  const LoadPlan& plan_;
  const Selection& selection_;
  ReusedInputs& inputs_;
  Converter& converter_;
  RowSourceOptions options_;
  const std::function<bool(const std::vector<Field>&)>* row_ = nullptr;
  std::optional<Error> problem_;
  std::vector<Field> fields_;
  std::string scratch_;
};

}  // namespace pg2crdb
