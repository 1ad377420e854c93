#include "driver/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "driver/findings.h"
#include "support/json.h"
#include "support/printable.h"

namespace pg2crdb {
namespace {

using std::chrono::steady_clock;

constexpr auto bar_interval = std::chrono::milliseconds(200);
constexpr auto line_interval = std::chrono::seconds(5);
constexpr size_t bar_width = 24;

double seconds(steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string bar(double part) {
  const auto full = static_cast<size_t>(part * static_cast<double>(bar_width));
  return "[" + std::string(full, '#') + std::string(bar_width - full, '.') + "]";
}

}  // namespace

Progress::Progress(const Options& options, std::FILE* log_stream)
    : json_log_(options.log_format == "json"), quiet_(options.quiet), log_stream_(log_stream) {
  const std::string& choice = options.progress;
  if (options.quiet || choice == "none") return;
  if (choice == "bar")
    mode_ = Mode::bar;
  else if (choice == "plain")
    mode_ = Mode::plain;
  else if (choice == "json")
    mode_ = Mode::json;
  else if (isatty(STDERR_FILENO))
    mode_ = Mode::bar;
}

Progress::~Progress() {
  clear();
}

void Progress::begin_rows(std::string_view stage, std::map<std::string, ExpectedRows> expected) {
  const std::lock_guard lock(mutex_);
  stage_ = stage;
  record_.begin(stage, expected);
  tables_expected_ = std::move(expected);
  tables_.clear();
  expected_ = 0;
  for (const auto& [table, rows] : tables_expected_) expected_ += rows.rows;
  rows_ = rows_shown_ = bytes_ = bytes_shown_ = 0;
  began_ = shown_ = steady_clock::now();
}

void Progress::end_rows() {
  const std::lock_guard lock(mutex_);
  clear();
  stage_.clear();
  record_.end();
}

void Progress::log_to(std::FILE* log_stream) {
  const std::lock_guard lock(mutex_);
  log_stream_ = log_stream;
}

void Progress::log(std::string_view line) {
  const std::lock_guard lock(mutex_);
  write(line, log_stream_);
}

void Progress::problem(std::string_view line) {
  const std::lock_guard lock(mutex_);
  write(line, log_stream_ || quiet_ ? log_stream_ : stderr);
}

void Progress::write(std::string_view line, std::FILE* stream) {
  clear();
  if (!stream) return;
  std::string text = json_log_ ? std::string(line) : printable(line);
  if (json_log_ && !line.starts_with('{')) {
    text = R"({"level":"info","message":)";
    append_json_string(text, line);
    text += '}';
  }
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

void Progress::rows_moved(std::string_view table, uint64_t rows, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto now = steady_clock::now();
  rows_ += rows;
  bytes_ += bytes;
  record_.rows_moved(table, rows, bytes);
  const auto [its, first] = tables_.try_emplace(std::string(table), Moved{0, began_});
  // Its first rows were on their way before they arrived.
  if (first && tables_.size() > 1) its->second.began = shown_;
  its->second.rows += rows;
  const auto interval =
      mode_ == Mode::bar ? steady_clock::duration(bar_interval) : steady_clock::duration(line_interval);
  if (mode_ != Mode::none && now - shown_ >= interval) show(table);
}

RunRecord Progress::record() {
  const std::lock_guard lock(mutex_);
  return record_;
}

std::optional<double> Progress::seconds_left(const std::string& table) const {
  const auto expected = tables_expected_.find(table);
  const auto moved = tables_.find(table);
  if (expected == tables_expected_.end() || moved == tables_.end()) return std::nullopt;
  if (moved->second.rows == 0 || moved->second.rows > expected->second.rows) return std::nullopt;
  const double taken = seconds(steady_clock::now() - moved->second.began);
  return taken * static_cast<double>(expected->second.rows - moved->second.rows) /
         static_cast<double>(moved->second.rows);
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

void Progress::show(std::string_view table) {
  const auto now = steady_clock::now();
  const double interval = seconds(now - shown_);
  const auto rate = static_cast<uint64_t>(static_cast<double>(rows_ - rows_shown_) / interval);
  const double byte_rate = static_cast<double>(bytes_ - bytes_shown_) / interval;
  shown_ = now;
  rows_shown_ = rows_;
  bytes_shown_ = bytes_;
  const std::optional<double> left = seconds_left(std::string(table));
  if (mode_ == Mode::json) {
    std::string out = fmt::format(
        R"({{"progress":"{}","rows":{},"expected":{},"rows_per_second":{},"bytes_per_second":{:.0f},"table":)",
        stage_, rows_, expected_, rate, byte_rate);
    append_json_string(out, table);
    if (left) out += fmt::format(R"(,"table_seconds_left":{:.0f})", *left);
    fmt::print(stderr, "{}}}\n", out);
    return;
  }
  const double part =
      expected_ == 0 ? 0 : std::min(1.0, static_cast<double>(rows_) / static_cast<double>(expected_));
  const std::string counts = expected_ == 0 ? fmt::format("{} rows", with_commas(rows_))
                                            : fmt::format("{} of {} rows, {:.0f}%", with_commas(rows_),
                                                          with_commas(expected_), 100 * part);
  std::string speed = fmt::format("{} rows/s", with_commas(rate));
  if (bytes_ > 0) speed += fmt::format(", {:.1f} MB/s", byte_rate / 1e6);
  std::string of_table = printable(mode_ == Mode::bar ? table.substr(0, 40) : table);
  if (left) of_table += fmt::format(", {:.0f} s left", *left);
  if (mode_ == Mode::plain) {
    fmt::print(stderr, "{}: {}, {}, {:.0f} s, {}\n", stage_, counts, speed, seconds(now - began_), of_table);
    return;
  }
  fmt::print(stderr, "\r\033[K{} {} {}, {} {}", stage_, expected_ == 0 ? "" : bar(part), counts, speed,
             of_table);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace pg2crdb
