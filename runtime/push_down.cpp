#include "runtime/push_down.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <future>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/add_piece.h"
#include "runtime/compared_streams.h"
#include "runtime/key_ranges.h"
#include "runtime/row_text.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// Numbers of eight digits each that a hash is cut into, so that sums of them are whole numbers everywhere.
constexpr int sums_a_hash = 4;
/// What a range of keys has at most: its rows' texts, or their hashes, are one text in a server's memory.
constexpr uint64_t range_rows = 4096;
constexpr uint64_t range_bytes = uint64_t{4} << 20;
/// One key may have this many times as much: more than that is no range any more.
constexpr uint64_t most_ranges_a_key = 16;
constexpr uint64_t pieces_a_range = 64;  ///< where it differs
constexpr size_t ranges_at_once = 16;    ///< that are cut and opened together
constexpr size_t few_ranges = 64;        ///< so many are cut even where all of them differ
constexpr size_t ranges_a_note = 64;     ///< so many are hashed on both sides before what is equal is noted
constexpr size_t coarse_digits = 2;      ///< of hashes: 256 ranges
constexpr size_t fine_digits = 4;
constexpr uint64_t rows_a_range = 500;
constexpr uint64_t cut_from = 100;  ///< where more than this part of the rows would be opened
/// Beyond this part of the ranges, rows are read from the beginning instead.
constexpr uint64_t opened_of_all = 2;

/// The SQL of one side.
struct Side {
  Connection& connection;
  std::string from;
  std::string text;  ///< an expression: all of a row's hashed columns
  bool is_source;
};

Side side_of(const LoadPlan& plan, const Selection& selection, const PushDown& columns,
             const PushDownSide& given, bool is_source) {
  return {given.connection, given.from,
          row_text(plan, selection, columns.hashed,
                   is_source ? &LoadPlan::Column::source_name : &LoadPlan::Column::name,
                   given.connection.is_cockroachdb()),
          is_source};
}

/// The selection's columns of these numbers, in their order.
Selection some_of(const Selection& selection, const std::vector<size_t>& columns) {
  Selection some;
  for (const size_t column : columns) {
    some.columns.push_back(selection.columns[column]);
    some.compared.columns.push_back(selection.compared.columns[column]);
    const std::vector<size_t>& key = selection.compared.key;
    if (std::find(key.begin(), key.end(), column) != key.end())
      some.compared.key.push_back(some.columns.size() - 1);
  }
  return some;
}

std::string rows_of(const Side& side, const Selection& selection, const std::string& where) {
  return copy_of(side.from, selection,
                 side.is_source ? &LoadPlan::Column::source_name : &LoadPlan::Column::name, where);
}

void add_equal(Comparison& sum, uint64_t rows) {
  sum.source_rows += rows;
  sum.target_rows += rows;
  sum.truth_rows += rows;
  sum.success += rows;
}

/// The comparison of one table.
class PushedTable {
 public:
  PushedTable(Side here, Side there, const Selection& selection, const PushDown& columns, uint64_t rows,
              const CompareOptions& options, EqualKeys& equal, const std::function<void(uint64_t)>& progress)
      : here_(std::move(here)),
        there_(std::move(there)),
        selection_(selection),
        columns_(columns),
        rows_(rows),
        options_(options),
        equal_(equal),
        progress_(progress) {}

  Result<PushedDown> compare() {
    Result<bool> done = compare_by_keys();
    if (done && !*done) done = compare_by_hashes();
    if (!done) return done.error();
    return std::move(out_);
  }

 private:
  /// Compares the rows that a condition chooses on each side.
  Result<Comparison> open(const Selection& selection, const std::string& here, const std::string& there) {
    CompareOptions options = options_;
    options.max_reported -= std::min<uint64_t>(options.max_reported, out_.found.differences.size());
    Converter converter(selection);
    CopyStream source(here_.connection, rows_of(here_, selection, here), "source", false, &converter);
    CopyStream target(there_.connection, rows_of(there_, selection, there), "target", false, nullptr);
    Result<Comparison> found = compare_rows(selection.compared, source, target, options, progress_);
    out_.row_bytes += source.bytes() + target.bytes();
    return found;
  }

  Result<void> open_all() {
    out_.found = {};
    out_.opened = out_.ranges;
    Result<Comparison> found = open(selection_, "", "");
    if (!found) return found.error();
    out_.found = std::move(*found);
    return {};
  }

  /// Whether the columns that no database can hash are equal in all rows.
  Result<bool> equal_streamed() {
    if (columns_.streamed.empty()) return true;
    const Result<Comparison> found = open(some_of(selection_, columns_.streamed), "", "");
    if (!found) return found.error();
    return found->success == found->truth_rows && found->extraneous == 0;
  }

  // By keys ------------------------------------------------------------------------------------------------

  KeyedSide keyed(const Side& side, uint64_t rows) const {
    const std::vector<size_t>& key = selection_.compared.key;
    const LoadPlan::Column& first = *selection_.columns[key.front()];
    return {
        side.connection, side.from,       quote_identifier(side.is_source ? first.source_name : first.name),
        side.text,       key.size() == 1, rows * most_ranges_a_key};
  }

  /// The numbers of those ranges that differ; the rows of the others are counted.
  Result<std::vector<size_t>> differing(const KeyedSide& here, const KeyedSide& there,
                                        const std::vector<KeyRange>& ranges, uint64_t hashed) {
    uint64_t target_bytes = 0;
    std::atomic<bool> given_up = false;
    std::future<Result<std::vector<HashedRange>>> other = std::async(std::launch::async, [&] {
      return hash_ranges(there, ranges, target_bytes, [&](uint64_t) { return !given_up; });
    });
    const Result<std::vector<HashedRange>> sources =
        hash_ranges(here, ranges, out_.hash_bytes, [&](uint64_t rows) {
          progress_(hashed + rows);
          return true;
        });
    given_up = !sources;
    const Result<std::vector<HashedRange>> targets = other.get();
    if (!sources) return sources.error();
    if (!targets) return targets.error();
    out_.hash_bytes += target_bytes;
    out_.ranges += ranges.size();
    std::vector<size_t> differing;
    for (size_t i = 0; i < ranges.size(); ++i) {
      if ((*sources)[i] != (*targets)[i])
        differing.push_back(i);
      else
        add_equal(out_.found, (*sources)[i].rows);
    }
    return differing;
  }

  /// What the run before found equal, and has as many rows now.
  Result<void> leave_out_equal(const KeyedSide& there) {
    if (equal_.ranges().empty()) return {};
    const Result<Rows> found = there.connection.query(
        fmt::format("SELECT count(*) FROM {} WHERE {}", there.from, in_ranges(there.key, equal_.ranges())));
    if (!found) return found.error();
    if (found->values[0][0] != std::to_string(equal_.rows())) return equal_.forget();
    out_.equal_before = equal_.rows();
    add_equal(out_.found, equal_.rows());
    return {};
  }

  /// As differing(), piece by piece: what is equal is noted while there are more.
  Result<std::vector<size_t>> differing_of_all(const KeyedSide& here, const KeyedSide& there,
                                               const std::vector<KeyRange>& ranges) {
    std::vector<size_t> all;
    for (size_t begin = 0; begin < ranges.size(); begin += ranges_a_note) {
      const size_t end = std::min(ranges.size(), begin + ranges_a_note);
      std::vector<KeyRange> some(ranges.begin() + static_cast<std::ptrdiff_t>(begin),
                                 ranges.begin() + static_cast<std::ptrdiff_t>(end));
      const uint64_t before = out_.found.success;
      const Result<std::vector<size_t>> found = differing(here, there, some, before);
      if (!found) return found.error();
      for (const size_t range : *found) all.push_back(begin + range);
      if (end == ranges.size()) break;
      for (auto range = found->rbegin(); range != found->rend(); ++range)
        some.erase(some.begin() + static_cast<std::ptrdiff_t>(*range));
      if (Result<void> noted = equal_.add(some, out_.found.success - before); !noted) return noted.error();
    }
    return all;
  }

  /// Nothing is done, and false, where the key is no such key.
  Result<bool> compare_by_keys() {
    const std::vector<size_t>& key = selection_.compared.key;
    if (key.empty() || selection_.compared.columns[key.front()].type.form != CanonicalForm::integer)
      return false;
    const Result<uint64_t> bytes = row_bytes(here_.connection, here_.from, here_.text);
    if (!bytes) return bytes.error();
    const uint64_t rows = std::clamp<uint64_t>(range_bytes / (*bytes + 1), 1, range_rows);
    const KeyedSide here = keyed(here_, rows), there = keyed(there_, rows);
    if (Result<void> left_out = leave_out_equal(there); !left_out) return left_out.error();
    const std::vector<KeyRange> wanted = equal_.others();
    const Result<std::optional<std::vector<KeyRange>>> ranges = cut(here, wanted, rows, out_.hash_bytes);
    if (!ranges) return ranges.error();
    if (!*ranges) {
      out_ = {};
      return false;
    }
    const Result<std::vector<size_t>> coarse = differing_of_all(here, there, **ranges);
    if (!coarse) return coarse.error();
    const Result<bool> streamed = equal_streamed();
    if (!streamed) return streamed.error();
    const bool most = (*ranges)->size() >= few_ranges && coarse->size() * opened_of_all > (*ranges)->size();
    if (most || !*streamed) {
      if (Result<void> opened = open_all(); !opened) return opened.error();
      return true;
    }
    for (size_t begin = 0; begin < coarse->size(); begin += ranges_at_once) {
      std::vector<KeyRange> some;
      for (size_t i = begin; i < std::min(coarse->size(), begin + ranges_at_once); ++i)
        some.push_back((**ranges)[(*coarse)[i]]);
      if (Result<void> opened = open_pieces(here, there, some, std::max<uint64_t>(1, rows / pieces_a_range));
          !opened)
        return opened.error();
    }
    return true;
  }

  /// Cuts ranges that differ, and compares the rows of the pieces that do. Rows of one key are in one piece.
  Result<void> open_pieces(const KeyedSide& here, const KeyedSide& there, const std::vector<KeyRange>& ranges,
                           uint64_t rows) {
    const Result<std::optional<std::vector<KeyRange>>> cut_ones = cut(here, ranges, rows, out_.hash_bytes);
    if (!cut_ones) return cut_ones.error();
    const std::vector<KeyRange>& pieces = *cut_ones ? **cut_ones : ranges;
    const Result<std::vector<size_t>> fine = differing(here, there, pieces, out_.found.source_rows);
    if (!fine) return fine.error();
    out_.opened += fine->size();
    if (fine->empty()) return {};
    std::vector<KeyRange> wanted;
    for (const size_t piece : *fine) wanted.push_back(pieces[piece]);
    Result<Comparison> found =
        open(selection_, " WHERE " + in_ranges(here.key, wanted), " WHERE " + in_ranges(there.key, wanted));
    if (!found) return found.error();
    add_piece(out_.found, std::move(*found), options_.max_reported);
    return {};
  }

  // By hashes ----------------------------------------------------------------------------------------------

  struct Range {
    uint64_t rows = 0;
    std::array<std::string, sums_a_hash> sums;
    bool operator==(const Range&) const = default;
  };
  using Ranges = std::map<std::string, Range>;  ///< by the first digits of their rows' hashes

  static std::string with_hashes(const Side& side, size_t digits, const std::vector<std::string>& wanted) {
    if (wanted.empty()) return "";
    std::string list;
    for (const std::string& range : wanted) list += (list.empty() ? "" : ", ") + quote_literal(range);
    return fmt::format(" WHERE substr(md5({}), 1, {}) IN ({})", side.text, digits, list);
  }

  /// Of the rows whose hashes begin with these digits, all where there are none. The digits of a hash as
  /// decimal ones lose less than a bit each, and are a number for both servers.
  static Result<Ranges> hash_rows_of(const Side& side, size_t digits, const std::vector<std::string>& within,
                                     uint64_t& bytes) {
    std::string sums;
    for (int piece = 0; piece < sums_a_hash; ++piece)
      sums +=
          fmt::format(", sum(substr(translate(h, 'abcdef', '012345'), {}, 8)::INT8)::INT8", 8 * piece + 1);
    // PostgreSQL would compute the hash for each of the sums.
    const Result<Rows> rows = side.connection.query(
        fmt::format("SELECT substr(h, 1, {}) AS k, count(*){} FROM (SELECT md5({}) AS h FROM {}{}{}) AS "
                    "hashed GROUP BY k",
                    digits, sums, side.text, side.from,
                    within.empty() ? "" : with_hashes(side, within.front().size(), within),
                    side.connection.is_cockroachdb() ? "" : " OFFSET 0"));
    if (!rows) return rows.error();
    Ranges ranges;
    for (const std::vector<std::string>& row : rows->values) {
      Range& range = ranges[row[0]];
      range.rows = std::strtoull(row[1].c_str(), nullptr, 10);
      std::copy(row.begin() + 2, row.end(), range.sums.begin());
      for (const std::string& value : row) bytes += value.size() + 4;  // and its length
    }
    return ranges;
  }

  struct Differing {
    std::vector<std::string> names;
    uint64_t ranges = 0, rows = 0;  ///< of both sides, and in those that differ
  };

  Result<Differing> differing_hashes(size_t digits, const std::vector<std::string>& within) {
    uint64_t target_bytes = 0;
    std::future<Result<Ranges>> other =
        std::async(std::launch::async, [&] { return hash_rows_of(there_, digits, within, target_bytes); });
    const Result<Ranges> sources = hash_rows_of(here_, digits, within, out_.hash_bytes);
    const Result<Ranges> targets = other.get();
    if (!sources) return sources.error();
    if (!targets) return targets.error();
    out_.hash_bytes += target_bytes;
    Differing differing;
    for (const auto& [name, range] : *sources) {
      const auto same = targets->find(name);
      if (same != targets->end() && same->second == range) {
        add_equal(out_.found, range.rows);
        continue;
      }
      differing.names.push_back(name);
      differing.rows += range.rows;
    }
    differing.ranges = sources->size();
    for (const auto& [name, range] : *targets) {
      if (sources->contains(name)) continue;
      differing.names.push_back(name);
      ++differing.ranges;
    }
    out_.ranges += differing.ranges;
    return differing;
  }

  /// A row that differs is in one range on one side and in another on the other: both differ.
  Result<bool> compare_by_hashes() {
    size_t digits = rows_ / 16 > rows_a_range ? coarse_digits : 1;
    Result<Differing> found = differing_hashes(digits, {});
    if (!found) return found.error();
    const Result<bool> streamed = equal_streamed();
    if (!streamed) return streamed.error();
    const auto most = [&] { return found->names.size() * opened_of_all > found->ranges; };
    if (!*streamed || (most() && digits == coarse_digits)) {
      if (Result<void> opened = open_all(); !opened) return opened.error();
      return true;
    }
    if (found->rows * cut_from > rows_) {
      digits = fine_digits;
      found = differing_hashes(digits, found->names);
      if (!found) return found.error();
    }
    if (found->names.empty()) return true;
    out_.opened = found->names.size();
    Result<Comparison> rows =
        open(selection_, with_hashes(here_, digits, found->names), with_hashes(there_, digits, found->names));
    if (!rows) return rows.error();
    add_piece(out_.found, std::move(*rows), options_.max_reported);
    return true;
  }

  const Side here_, there_;
  const Selection& selection_;
  const PushDown& columns_;
  const uint64_t rows_;
  const CompareOptions& options_;
  EqualKeys& equal_;
  const std::function<void(uint64_t)>& progress_;
  PushedDown out_;
};

}  // namespace

PushDown plan_push_down(const LoadPlan& plan, const Selection& selection, Connection& source) {
  PushDown columns;
  const auto nothing = [&](std::string why) {
    columns = {};
    columns.why_not = std::move(why);
    return columns;
  };
  if (selection.columns.empty()) return nothing("it has no column that both sides hold");
  if (!source.is_cockroachdb()) {
    const Result<Rows> encoding = source.query("SELECT pg_catalog.getdatabaseencoding()");
    if (!encoding) return nothing(encoding.error().message);
    if (encoding->values[0][0] != "UTF8")
      return nothing("the source's texts are in " + encoding->values[0][0]);
  }
  const size_t key = selection.compared.key.size();
  const std::vector<size_t> order = hashed_order(selection.compared);
  for (size_t i = 0; i < order.size(); ++i) {
    const LoadPlan::Column& column = *selection.columns[order[i]];
    if (value_text(plan, column, selection.compared.columns[order[i]].type, {})) {
      columns.hashed.push_back(order[i]);
      continue;
    }
    if (key == 0 || i < key)
      return nothing(fmt::format("no expression gives the same text on both servers for {} ({})",
                                 quote_identifier(column.name), column.source_type));
    columns.streamed.push_back(order[i]);
  }
  if (!columns.streamed.empty())
    columns.streamed.insert(columns.streamed.begin(), order.begin(),
                            order.begin() + static_cast<std::ptrdiff_t>(key));
  return columns;
}

std::vector<std::string> PushDown::sentences(const std::string& table, const Selection& selection) const {
  if (!why_not.empty()) return {fmt::format("the rows of {} are streamed: {}", table, why_not)};
  std::vector<std::string> all;
  for (size_t i = selection.compared.key.size(); i < streamed.size(); ++i)
    all.push_back(
        fmt::format("the column {} of {} is streamed: no expression gives the same text on both servers",
                    quote_identifier(selection.columns[streamed[i]]->name), table));
  return all;
}

Result<PushedDown> compare_pushed_down(const PushDownSide& source, const PushDownSide& target,
                                       const LoadPlan& plan, const Selection& selection,
                                       const PushDown& columns, uint64_t rows, const CompareOptions& options,
                                       EqualKeys& equal, const std::function<void(uint64_t)>& progress) {
  return PushedTable(side_of(plan, selection, columns, source, true),
                     side_of(plan, selection, columns, target, false), selection, columns, rows, options,
                     equal, progress)
      .compare();
}

}  // namespace pg2crdb
