#include "runtime/csv_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "rows/csv.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "runtime/shown_list.h"
#include "support/byte_source.h"
#include "support/sha256.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr size_t kPiece = size_t{256} << 10;
constexpr size_t kLongestHeader = size_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Error wrong(const std::string& what, std::string advice) {
  return {Error::Kind::usage, what, {}, std::move(advice)};
}

/// The file's name without what says of which kind it is; empty where that is none of ours.
std::string table_name_of(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  constexpr std::string_view csv = ".csv";
  return name.ends_with(csv) ? name.substr(0, name.size() - csv.size()) : std::string();
}

Result<LoadPlan::Table*> table_of(LoadPlan& plan, const std::filesystem::path& file) {
  const std::string name = table_name_of(file);
  std::vector<LoadPlan::Table*> found;
  for (LoadPlan::Table& table : plan.tables) {
    const bool is_it = name == table.name || name == table.schema + "." + table.name ||
                       name == table.source_name || name == table.source_schema + "." + table.source_name;
    if (is_it && !name.empty()) found.push_back(&table);
  }
  if (found.size() == 1) return found[0];
  return wrong(fmt::format("{} is the file of {}", file.string(),
                           found.empty() ? "no table of the plan" : "several tables of the plan"),
               "call it SCHEMA.TABLE.csv, and take out of the folder what is not to be loaded");
}

CopyForm csv_form() {
  return read_copy_form("csv");
}

/// Reads a file from its beginning to its end.
class CsvFile {
 public:
  CsvFile(LoadPlan::Table& table, std::string path) : table_(table), path_(std::move(path)) {}

  Result<void> read(LoadPlan& plan) {
    Result<std::unique_ptr<ByteSource>> source = open_input(path_);
    if (!source) return source.error();
    std::string buffer(kPiece, '\0');
    while (true) {
      if (stop_requested)
        return Error{Error::Kind::interrupted, fmt::format("stopped while {} was read", path_), {}, {}};
      const Result<size_t> got = (*source)->read(buffer.data(), buffer.size());
      if (!got) return got.error();
      if (*got == 0) break;
      if (Result<void> taken = take({buffer.data(), *got}); !taken) return taken;
    }
    if (!header_.empty() && columns_.empty()) {
      if (Result<void> named = take_header(header_, header_.size()); !named) return named;
    }
    if (columns_.empty())
      return wrong(path_ + " has no header", "write it with COPY ... (FORMAT csv, HEADER)");
    if (open_record_) ++rows_;  // the last one may lack its line end
    const auto input = static_cast<uint32_t>(plan.inputs.size());
    plan.inputs.push_back({path_, bytes_, digest_.hexadecimal()});
    LoadPlan::Data& data = table_.data.emplace_back();
    data.input = input;
    data.begin = begin_;
    data.end = bytes_;
    data.first_line = first_line_;
    data.rows = rows_;
    data.columns = columns_;
    data.form = csv_form();
    return {};
  }

 private:
  Result<void> take(std::string_view piece) {
    digest_.add(piece);
    bytes_ += piece.size();
    if (!columns_.empty()) {
      count(piece);
      return {};
    }
    header_ += piece;
    const size_t end = scanner_.find_end(header_);
    if (end != std::string::npos) return take_header(header_, end);
    if (header_.size() <= kLongestHeader) return {};
    return wrong(path_ + " has no line end in its first megabyte",
                 "write it with COPY ... (FORMAT csv, HEADER)");
  }

  Result<void> take_header(const std::string& text, size_t end) {
    std::string_view record(text.data(), end);
    first_line_ = 1 + static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n'));
    if (record.starts_with(kByteOrderMark)) record.remove_prefix(kByteOrderMark.size());
    if (record.ends_with('\n')) record.remove_suffix(1);
    if (record.ends_with('\r')) record.remove_suffix(1);
    std::vector<Field> names;
    std::string scratch;
    if (!decode_csv_record(record, csv_form(), names, scratch))
      return wrong(path_ + " begins with open quotes", {});
    for (const Field& name : names) {
      const auto column = std::find_if(
          table_.columns.begin(), table_.columns.end(),
          [&](const LoadPlan::Column& one) { return one.source_name == name.text || one.name == name.text; });
      if (column == table_.columns.end() ||
          std::find(columns_.begin(), columns_.end(), column->source_name) != columns_.end()) {
        return wrong(
            fmt::format("{}: the header names {}, which is {} of {}", path_, quote_identifier(name.text),
                        column == table_.columns.end() ? "no column" : "another column again",
                        name_for_reading(table_)),
            "the first record has to name the table's columns (COPY ... (FORMAT csv, HEADER))");
      }
      columns_.push_back(column->source_name);
    }
    begin_ = end;
    scanner_.restart();
    count(std::string_view(text).substr(end));
    return {};
  }

  void count(std::string_view piece) {
    while (!piece.empty()) {
      const size_t end = scanner_.find_end(piece);
      if (end == std::string_view::npos) {
        open_record_ = true;
        scanner_.next_piece();
        return;
      }
      ++rows_;
      open_record_ = false;
      piece.remove_prefix(end);
      scanner_.restart();
    }
  }

  LoadPlan::Table& table_;
  const std::string path_;
  std::string header_;
  std::vector<std::string> columns_;
  CsvScanner scanner_;
  Sha256 digest_;
  uint64_t bytes_ = 0;
  uint64_t begin_ = 0;
  uint64_t first_line_ = 0;
  uint64_t rows_ = 0;
  bool open_record_ = false;  ///< the last piece ended inside one
};

}  // namespace

Result<void> take_rows_of_folder(LoadPlan& plan, const std::string& folder) {
  std::error_code failure;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (!entry.path().filename().string().starts_with('.')) files.push_back(entry.path());
  }
  if (failure) {
    return wrong(fmt::format("the folder {} cannot be read: {}", folder, failure.message()),
                 "name the folder that holds a CSV file for each table");
  }
  std::sort(files.begin(), files.end());
  for (const LoadPlan::Table& table : plan.tables) {
    if (table.data.empty()) continue;
    return wrong(fmt::format("the plan has rows of {} already", name_for_reading(table)),
                 "compile the schema alone (pg_dump --schema-only), or load without --csv");
  }
  for (const std::filesystem::path& file : files) {
    const Result<LoadPlan::Table*> table = table_of(plan, file);
    if (!table) return table.error();
    if (!(*table)->data.empty()) {
      return wrong(fmt::format("{} is the second file of {}", file.string(), name_for_reading(**table)),
                   "put the rows of a table into one file");
    }
    if (Result<void> read = CsvFile(**table, file.string()).read(plan); !read) return read;
  }
  return {};
}

Result<void> check_files_of_tables(const LoadPlan& plan, const std::string& folder) {
  ShownList names(", ");
  for (const LoadPlan::Table& table : plan.tables) {
    const bool can_have_rows =
        std::ranges::any_of(table.columns, [](const LoadPlan::Column& column) { return !column.generated; });
    if (can_have_rows && table.data.empty()) names.add(name_for_reading(table));
  }
  if (names.empty()) return {};
  return wrong(fmt::format("the folder {} has no file of {}", folder, names.text()),
               "write a file with its header alone for a table without rows, or leave the table out: "
               "--exclude TABLE");
}

}  // namespace pg2crdb
