#include "runtime/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "runtime/add_piece.h"

namespace pg2crdb {
namespace {

constexpr size_t rows_a_look = 500;
constexpr size_t bytes_a_look = size_t{1} << 20;
constexpr size_t buckets_a_look = 512;

/// Spreads the bits of a number over all of another: the last step of splitmix64.
uint64_t mixed(uint64_t number) {
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31U);
}

/// Rows in memory.
class KeptRows : public RowStream {
 public:
  explicit KeptRows(const std::vector<Difference::Row>& rows) : rows_(rows) {}

  Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) override {
    std::vector<Field> fields;
    for (const Difference::Row& kept : rows_) {
      fields.clear();
      for (const std::optional<std::string>& value : kept)
        fields.push_back(value ? Field{*value, false} : Field{{}, true});
      if (!row(fields)) break;
    }
    return {};
  }

 private:
  const std::vector<Difference::Row>& rows_;
};

}  // namespace

uint64_t Sample::of(uint64_t all) const {
  if (rows > 0) return std::min(rows, all);
  return std::min(all, static_cast<uint64_t>(std::ceil(static_cast<double>(all) * percent / 100)));
}

Result<Sample> parse_sample(std::string_view text) {
  const std::string_view given = text;
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  Sample sample;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = percent ? std::from_chars(text.data(), end, sample.percent)
                                     : std::from_chars(text.data(), end, sample.rows);
  if (error == std::errc() && stop == end && sample.wanted() && sample.percent <= 100) return sample;
  return Error{Error::Kind::usage,
               fmt::format("`--sample {}` is neither a number of rows nor a part of them", given),
               {},
               "write --sample 1000 for so many rows of each table, or --sample 2.5%"};
}

ChosenRows::ChosenRows(uint64_t all, uint64_t wanted) : all_(all), wanted_(wanted) {
  choose();
}

void ChosenRows::choose() {
  if (piece_ == wanted_) return;
  const uint64_t size = all_ / wanted_;
  const uint64_t longer = all_ % wanted_;  // so many pieces, the first ones, have one row more
  const uint64_t begin = piece_ * size + std::min(piece_, longer);
  chosen_ = begin + mixed(sample_seed + piece_) % (size + (piece_ < longer ? 1 : 0));
}

bool ChosenRows::next() {
  if (piece_ == wanted_ || row_++ != chosen_) return false;
  ++piece_;
  choose();
  return true;
}

Result<Comparison> compare_sample(const ComparedTable& table, RowStream& source,
                                  const std::function<bool()>& chosen, const LookUp& look_up,
                                  const CompareOptions& options) {
  Comparison all;
  CompareOptions of_piece = options;
  of_piece.buckets = buckets_a_look;
  std::vector<Difference::Row> rows;
  size_t bytes = 0;
  const auto compare_kept = [&]() -> Result<void> {
    if (rows.empty()) return {};
    KeptRows kept(rows);
    const std::unique_ptr<RowStream> found = look_up(rows);
    Result<Comparison> compared = compare_rows(table, kept, *found, of_piece, [](uint64_t) {});
    if (!compared) return compared.error();
    add_piece(all, std::move(*compared), options.max_reported);
    rows.clear();
    bytes = 0;
    return {};
  };
  std::optional<Error> problem;
  const Result<void> read = source.read([&](const std::vector<Field>& fields) {
    if (!chosen()) return true;
    Difference::Row& row = rows.emplace_back();
    for (const Field& field : fields) {
      row.push_back(field.null ? std::nullopt : std::optional<std::string>(field.text));
      bytes += field.text.size();
    }
    if (rows.size() < rows_a_look && bytes < bytes_a_look) return true;
    if (Result<void> compared = compare_kept(); !compared) problem = compared.error();
    return !problem;
  });
  if (problem) return *problem;
  if (!read) return read.error();
  if (Result<void> compared = compare_kept(); !compared) return compared.error();
  return all;
}

}  // namespace pg2crdb
