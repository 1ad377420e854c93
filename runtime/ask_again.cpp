#include "runtime/ask_again.h"

#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <utility>

#include "runtime/add_piece.h"
#include "runtime/compared_streams.h"
#include "runtime/runtime.h"

namespace pg2crdb {
namespace {

using std::chrono::milliseconds;

constexpr size_t rows_a_piece = 500;  ///< that are asked for in one statement
constexpr size_t bytes_a_piece = size_t{1} << 20;

using BothRows = std::pair<Difference::Row, Difference::Row>;

std::multiset<BothRows> rows_of(const Comparison& found) {
  std::multiset<BothRows> rows;
  for (const Difference& difference : found.differences) rows.emplace(difference.source, difference.target);
  return rows;
}

/// Compares the rows that differed in `found`.
Result<Comparison> compare_again(const Look& look, const Comparison& found) {
  Comparison all;
  std::vector<Difference::Row> rows;
  size_t bytes = 0;
  for (size_t i = 0; i < found.differences.size(); ++i) {
    const Difference& difference = found.differences[i];
    rows.push_back(difference.source.empty() ? difference.target : difference.source);
    for (const std::optional<std::string>& value : rows.back()) bytes += value ? value->size() : 0;
    const bool is_last = i + 1 == found.differences.size();
    if (rows.size() < rows_a_piece && bytes < bytes_a_piece && !is_last) continue;
    Result<Comparison> piece = look.compare(rows);
    if (!piece) return piece.error();
    add_piece(all, std::move(*piece), most_asked_again);
    rows.clear();
    bytes = 0;
  }
  return all;
}

/// False where a stop was requested meanwhile.
bool wait(milliseconds duration) {
  constexpr milliseconds step(50);
  for (milliseconds left = duration; left > milliseconds(0) && !stop_requested; left -= step)
    std::this_thread::sleep_for(std::min(left, step));
  return !stop_requested;
}

}  // namespace

std::span<const milliseconds> waits_before_looks() {
  static constexpr std::array waits = {milliseconds(0),    milliseconds(250),  milliseconds(500),
                                       milliseconds(1000), milliseconds(2000), milliseconds(4000)};
  return waits;
}

Result<std::optional<AskedAgain>> ask_again(const Comparison& found, const Looks& looks,
                                            std::span<const milliseconds> waits) {
  const Result<Comparison> then = compare_again(looks.then, found);
  if (!then) return then.error();
  std::multiset<BothRows> before = rows_of(*then);
  // A key of several rows may lead to some that were equal.
  if (then->success > 0 || before != rows_of(found)) return std::optional<AskedAgain>();

  AskedAgain again{.found = found};
  Comparison& all = again.found;
  Comparison last = *then;
  all.truth_rows -= last.missing + last.mismatch;
  for (const milliseconds duration : waits) {
    if (!wait(duration)) return verify_stopped();
    const Result<Look> look = looks.now();
    if (!look) return look.error();
    Result<Comparison> now = compare_again(*look, last);
    if (!now) return now.error();
    last = std::move(*now);
    all.success += last.success;
    all.truth_rows += last.success;
    std::multiset<BothRows> rows = rows_of(last);
    again.changing = static_cast<uint64_t>(
        std::ranges::count_if(rows, [&](const BothRows& both) { return !before.contains(both); }));
    const bool is_quiet = rows == before && !look->written;
    before = std::move(rows);
    if (is_quiet || before.empty()) break;
  }
  all.truth_rows += last.missing + last.mismatch;
  again.equal_now = found.differences.size() - std::min(found.differences.size(), last.differences.size());
  all.missing = last.missing;
  all.mismatch = last.mismatch;
  all.extraneous = last.extraneous;
  all.differences = std::move(last.differences);
  return std::optional(std::move(again));
}

Result<RowCounts> count_again(RowCounts found, const std::function<Result<CountedLook>()>& now,
                              std::span<const milliseconds> waits) {
  for (const milliseconds duration : waits) {
    if (!wait(duration)) return verify_stopped();
    const Result<CountedLook> look = now();
    if (!look) return look.error();
    const bool is_quiet = look->counts == found && !look->written;
    found = look->counts;
    if (is_quiet || found.source == found.target) break;
  }
  return found;
}

}  // namespace pg2crdb
