#include "driver/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "driver/input_text.h"
#include "driver/options.h"
#include "driver/workload_collector.h"
#include "parser/statement_text.h"
#include "rows/csv.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// The records of a text; `take` gets each one's values and the place where each of them begins.
template <class Take>
bool each_record(std::string_view text, Take take) {
  const CopyForm form = read_copy_form("CSV");
  WorkloadPlace place;
  std::vector<Field> fields;
  std::string scratch;
  while (!text.empty()) {
    CsvScanner scanner;
    const size_t size = std::min(scanner.find_end(text), text.size());
    const std::string_view whole = text.substr(0, size);
    std::string_view record = whole;
    while (record.ends_with('\n') || record.ends_with('\r')) record.remove_suffix(1);
    if (!decode_csv_record(record, form, fields, scratch)) return false;
    if (!take(record, place, fields)) return true;
    place = place.behind(whole);
    text.remove_prefix(size);
  }
  return true;
}

/// Where the value of a record's field begins, behind its quote.
WorkloadPlace place_of(std::string_view record, const WorkloadPlace& place, size_t field) {
  bool quoted = false;
  size_t at = 0;
  for (; at < record.size() && field > 0; ++at) {
    if (record[at] == '"') quoted = !quoted;
    if (record[at] == ',' && !quoted) --field;
  }
  if (at < record.size() && record[at] == '"') ++at;
  return place.behind(record.substr(0, at));
}

/// Of pg_stat_statements.
struct Columns {
  static constexpr size_t none = static_cast<size_t>(-1);
  size_t query = none;
  size_t calls = none;
  size_t time = none;

  bool good() const { return query != none && calls != none; }
  size_t last() const { return std::max(query, calls); }
};

Columns columns_of(const std::vector<Field>& header) {
  Columns columns;
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string name = lower(header[i].text);
    if (name == "query") columns.query = i;
    if (name == "calls") columns.calls = i;
    if (name == "total_exec_time" || name == "total_time") columns.time = i;
  }
  return columns;
}

constexpr std::string_view unread =
    "are rows of the CSV that have no `query`, or no whole number as `calls`: they were not read";

/// False where quotes stay open.
bool take_statistics(std::string_view text, const Columns& columns, WorkloadCollector& into) {
  bool is_header = true;
  return each_record(
      text, [&](std::string_view record, const WorkloadPlace& place, const std::vector<Field>& fields) {
        if (std::exchange(is_header, false) || record.empty()) return true;
        WorkloadCollector::Call call;
        const std::string_view calls = fields.size() > columns.last() ? fields[columns.calls].text : "";
        const std::string_view query = fields.size() > columns.last() ? fields[columns.query].text : "";
        const auto [end, problem] = std::from_chars(calls.data(), calls.data() + calls.size(), call.count);
        const bool is_blank = query.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (is_blank || problem != std::errc() || end != calls.data() + calls.size()) {
          into.add_unseen(unread, place, {});
          return true;
        }
        if (columns.time < fields.size()) {
          const std::string_view time = fields[columns.time].text;
          std::from_chars(time.data(), time.data() + time.size(), call.milliseconds);
        }
        into.add(query, place_of(record, place, columns.query), call);
        return true;
      });
}

constexpr size_t severity_of_csvlog = 11;
constexpr size_t message_of_csvlog = 13;
constexpr size_t detail_of_csvlog = 14;
constexpr size_t least_columns_of_csvlog = 23;

/// Lines of another log may hold as many commas.
bool is_severity(std::string_view word) {
  constexpr std::array<std::string_view, 12> severities = {"DEBUG1",  "DEBUG2", "DEBUG3", "DEBUG4",
                                                           "DEBUG5",  "LOG",    "INFO",   "NOTICE",
                                                           "WARNING", "ERROR",  "FATAL",  "PANIC"};
  return std::ranges::find(severities, word) != severities.end();
}

/// False where quotes stay open.
bool take_csvlog(std::string_view text, WorkloadCollector& into) {
  return each_record(
      text, [&](std::string_view record, const WorkloadPlace& place, const std::vector<Field>& fields) {
        if (fields.size() >= least_columns_of_csvlog)
          take_log_message(fields[message_of_csvlog].text, place_of(record, place, message_of_csvlog),
                           fields[detail_of_csvlog].text, place_of(record, place, detail_of_csvlog), into);
        return true;
      });
}

}  // namespace

Result<Workload> read_workload(const std::string& path) {
  const Result<std::string> read = read_input_text(path);
  if (!read) return read.error();
  std::string_view text = *read;
  if (constexpr std::string_view mark = "\xEF\xBB\xBF"; text.starts_with(mark))
    text.remove_prefix(mark.size());
  Columns columns;
  bool is_csvlog = false;
  each_record(text, [&](std::string_view, const WorkloadPlace&, const std::vector<Field>& fields) {
    columns = columns_of(fields);
    is_csvlog = fields.size() >= least_columns_of_csvlog && is_severity(fields[severity_of_csvlog].text);
    return false;
  });
  if (columns.good() && text.find_first_not_of("\r\n", std::min(text.find('\n'), text.size())) == text.npos)
    return usage_error(fmt::format("{} has the header of pg_stat_statements and no row", path),
                       "the view shows nothing where the extension is not in shared_preload_libraries");
  WorkloadCollector collector(path);
  bool whole = true;
  if (columns.good()) {
    whole = take_statistics(text, columns, collector);
  } else if (is_csvlog) {
    whole = take_csvlog(text, collector);
  } else {
    if (auto taken = take_log(text, collector); !taken) return taken.error();
  }
  if (!whole) return usage_error(fmt::format("{} is cut off: a quote in it stays open", path));
  return collector.finish();
}

}  // namespace pg2crdb
