#include "runtime/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "runtime/dump_input.h"
#include "runtime/live_source.h"
#include "runtime/loaded_columns.h"
#include "runtime/runtime.h"

namespace pg2crdb {
namespace {

struct Block {
  size_t table;
  size_t block;
  const LoadPlan::Data* data;
};

/// Whether a row ends at each line end.
bool may_be_cut(const LoadPlan::Data& data) {
  return data.format == LoadPlan::Data::Format::copy && is_plain_copy(data.form);
}

Part whole_table(const LoadPlan::Table& table) {
  Part part{{}, 0, 0, table.data[0].begin, table.data.back().end, table.data[0].first_line, 0};
  for (const LoadPlan::Data& data : table.data) *part.rows += data.rows;
  return part;
}

/// Reads a block, and gives its parts.
class BlockCutter {
 public:
  BlockCutter(ByteSource& source, const LoadPlan::Data& data, uint64_t part_bytes)
      : source_(source), data_(data), part_bytes_(part_bytes), position_(data.begin) {}

  Result<std::vector<Part>> run(const std::string& path) {
    Part part = begin();
    std::string buffer(kLargestRead, '\0');
    while (position_ < data_.end) {
      if (stop_requested) return Error{Error::Kind::interrupted, "stopped", {}, "run the same command again"};
      const size_t size = static_cast<size_t>(std::min<uint64_t>(buffer.size(), data_.end - position_));
      const Result<size_t> count = source_.read(buffer.data(), size);
      if (!count) return count.error();
      if (*count == 0) return not_the_plans(path, fmt::format("it ends at byte {}", position_));
      size_t next = 0;
      for (size_t end = 0;
           (end = std::string_view(buffer.data(), *count).find('\n', next)) != std::string::npos;
           next = end + 1) {
        ++*part.rows;
        ++line_;
        const uint64_t behind = position_ + end + 1;
        if (behind - part.begin < part_bytes_ || behind == data_.end) continue;
        part.end = behind;
        parts_.push_back(std::exchange(part, begin()));
        part.begin = behind;
      }
      position_ += *count;
      cut_off_ = next < *count;
    }
    if (cut_off_) ++*part.rows;  // the last row may lack its line end
    part.end = data_.end;
    parts_.push_back(part);
    return std::move(parts_);
  }

 private:
  Part begin() const {
    Part part;
    part.begin = position_;
    part.first_line = data_.first_line + line_;
    part.rows = 0;
    return part;
  }

  ByteSource& source_;
  const LoadPlan::Data& data_;
  const uint64_t part_bytes_;
  uint64_t position_;
  uint64_t line_ = 0;
  bool cut_off_ = false;
  std::vector<Part> parts_;
};

}  // namespace

Result<std::vector<Part>> cut_dump(const LoadPlan& plan, uint64_t part_bytes) {
  std::vector<Block> blocks;
  for (size_t table = 0; table < plan.tables.size(); ++table) {
    const std::vector<LoadPlan::Data>& data = plan.tables[table].data;
    // In their order, so that they get the numbers that they would have had.
    const bool in_turn = draws_numbers(plan.tables[table]);
    if (in_turn) blocks.push_back({table, data.size(), &data[0]});
    for (size_t block = 0; !in_turn && block < data.size(); ++block)
      blocks.push_back({table, block, &data[block]});
  }
  std::sort(blocks.begin(), blocks.end(), [](const Block& left, const Block& right) {
    return std::pair(left.data->input, left.data->begin) < std::pair(right.data->input, right.data->begin);
  });
  std::vector<Part> parts;
  std::vector<uint64_t> numbers(plan.tables.size());
  const auto add = [&](const Block& block, Part part) {
    part.table = plan.tables[block.table].target();
    part.number = numbers[block.table]++;
    part.block = block.block;
    parts.push_back(std::move(part));
  };
  ReusedInputs inputs(1);
  for (const Block& block : blocks) {
    const LoadPlan::Data& data = *block.data;
    if (block.block == plan.tables[block.table].data.size()) {
      add(block, whole_table(plan.tables[block.table]));
      continue;
    }
    if (!may_be_cut(data) || data.end - data.begin <= part_bytes) {
      add(block, {{}, 0, 0, data.begin, data.end, data.first_line, data.rows});
      continue;
    }
    const std::string& path = plan.inputs[data.input].path;
    Result<std::unique_ptr<ByteSource>> source = inputs.open(path);
    if (!source) return source.error();
    if (Result<void> skipped = (*source)->skip(data.begin); !skipped) return skipped.error();
    Result<std::vector<Part>> cut = BlockCutter(**source, data, part_bytes).run(path);
    if (!cut) return cut.error();
    uint64_t rows = 0;
    for (Part& part : *cut) {
      rows += *part.rows;
      add(block, std::move(part));
    }
    if (rows != data.rows)
      return not_the_plans(
          path, fmt::format("there are {} rows from line {} on, not {}", rows, data.first_line, data.rows));
  }
  parts.emplace_back();
  return parts;
}

Result<std::vector<Part>> cut_source(const LoadPlan& plan, Connection& source) {
  const Result<std::vector<std::vector<PageRange>>> ranges = page_ranges(source, plan);
  if (!ranges) return ranges.error();
  std::vector<Part> parts;
  for (size_t table = 0; table < plan.tables.size(); ++table) {
    uint64_t number = 0;
    for (const PageRange& range : (*ranges)[table])
      parts.push_back({plan.tables[table].target(), number++, 0, range.begin, range.end, 0, {}});
  }
  parts.emplace_back();
  return parts;
}

LoadPlan plan_of_part(const LoadPlan& plan, size_t table, const Part& part) {
  LoadPlan one;
  one.inputs = plan.inputs;
  one.tables.push_back(plan.tables[table]);
  if (part.block == plan.tables[table].data.size()) return one;
  LoadPlan::Data data = plan.tables[table].data[part.block];
  data.begin = part.begin;
  data.end = part.end;
  data.first_line = part.first_line;
  data.rows = part.rows.value_or(data.rows);
  one.tables[0].data = {std::move(data)};
  return one;
}

}  // namespace pg2crdb
