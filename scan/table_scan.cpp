#include "scan/table_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "rows/hash128.h"
#include "support/printable.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

constexpr size_t nowhere = std::string::npos;

/// Where the batch's rows have the column's value.
size_t position_of(const Batch& batch, const LoadPlan::Column& column) {
  const auto found = std::find(batch.columns->begin(), batch.columns->end(), column.source_name);
  return found == batch.columns->end() ? nowhere : static_cast<size_t>(found - batch.columns->begin());
}

std::string shown(std::string_view value) {
  constexpr size_t most = 40;
  if (value.size() <= most) return printable(value);
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return printable(value.substr(0, end)) + "...";
}

}  // namespace

void keep_first(std::vector<SeenRow>& rows, std::vector<SeenRow>&& more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::stable_sort(rows.begin(), rows.end(), [](const SeenRow& left, const SeenRow& right) {
    return std::tie(left.file, left.line) < std::tie(right.file, right.line);
  });
  if (rows.size() > Answer::most_shown) rows.resize(Answer::most_shown);
}

TableScan::TableScan(const LoadPlan& plan, size_t table, const std::vector<Question>& questions,
                     const std::vector<size_t>& asked_of_table,
                     std::vector<std::unique_ptr<OpenQuestion>>& open)
    : plan_(plan), table_(plan.tables[table]) {
  const auto add = [&](size_t question, bool as_referenced, const std::vector<size_t>& columns) {
    Asked& asked = asked_.emplace_back();
    asked.question = &questions[question];
    asked.open = open[question].get();
    asked.as_referenced = as_referenced;
    asked.columns = columns;
    for (const size_t column : columns)
      asked.types.push_back(KeyType::of(table_.columns[column].source_type).value_or(KeyType::of_labels()));
    if (asked.question->kind == Question::Kind::value)
      asked.test = asked.question->make(table_.columns[columns[0]]);
  };
  for (const size_t i : asked_of_table) {
    if (questions[i].table == table) add(i, false, questions[i].columns);
    if (questions[i].kind == Question::Kind::reference && questions[i].referenced == table)
      add(i, true, questions[i].referenced_columns);
  }
}

RowCutter TableScan::cutter_for(const Batch& batch) {
  std::set<size_t> wanted;
  for (const Asked& asked : asked_) {
    for (const size_t column : asked.columns) wanted.insert(position_of(batch, table_.columns[column]));
  }
  wanted.erase(nowhere);
  for (Asked& asked : asked_) {
    asked.values.clear();
    for (const size_t column : asked.columns) {
      const auto place = wanted.find(position_of(batch, table_.columns[column]));
      asked.values.push_back(
          place == wanted.end() ? nowhere : static_cast<size_t>(std::distance(wanted.begin(), place)));
    }
  }
  return RowCutter({wanted.begin(), wanted.end()});
}

void TableScan::look_at(const Batch& batch) {
  RowCutter cutter = cutter_for(batch);
  const auto input = std::ranges::find(plan_.inputs, batch.file, &LoadPlan::Input::path);
  file_ = static_cast<uint64_t>(input - plan_.inputs.begin());
  std::string_view rest = batch.rows;
  for (uint64_t number = 0; number < batch.count; ++number) {
    const size_t size = cutter.cut(rest, values_);
    const Row row{batch, rest.substr(0, size), number};
    for (Asked& asked : asked_) look_at_row(asked, row);
    rest.remove_prefix(size);
  }
  for (Asked& asked : asked_) {
    if (!asked.as_referenced) asked.answer.rows = batch.count - asked.answer.unread;
    hand_in(asked);
  }
}

void TableScan::look_at_row(Asked& asked, const Row& row) {
  const auto first_value = [&]() -> const Field* {
    return asked.values[0] == nowhere || values_[asked.values[0]].null ? nullptr : &values_[asked.values[0]];
  };
  switch (asked.question->kind) {
    case Question::Kind::value:
      look_at_value(asked, row);
      return;
    case Question::Kind::row_size:
      if (row.text.size() > asked.question->limit)
        found(asked, row, fmt::format("{} bytes", row.text.size()));
      return;
    case Question::Kind::growth:
      if (const Field* value = first_value()) look_at_growth(asked, *value);
      return;
    case Question::Kind::condition:
      look_at_condition(asked, row);
      return;
    case Question::Kind::keys:
      if (is_wanted(asked, row)) found(asked, row, values_of(asked));
      return;
    case Question::Kind::reference:
      break;
  }
  look_at_key(asked, row);
}

void TableScan::look_at_value(Asked& asked, const Row& row) {
  if (asked.values[0] == nowhere || values_[asked.values[0]].null) return;
  const std::string_view value = values_[asked.values[0]].text;
  const std::optional<bool> is_one = asked.test(value);
  if (!is_one)
    ++asked.answer.unread;
  else if (*is_one)
    found(asked, row, shown(value));
}

void TableScan::look_at_condition(Asked& asked, const Row& row) {
  given_.clear();
  for (const size_t value : asked.values)
    given_.push_back(value == nowhere ? Field{{}, true} : values_[value]);
  if (asked.question->condition(given_) == false) found(asked, row, values_of(asked));
}

void TableScan::look_at_growth(Asked& asked, const Field& value) {
  int64_t number = 0;
  const char* const end = value.text.data() + value.text.size();
  if (std::from_chars(value.text.data(), end, number).ptr != end) return;
  if (number > asked.last) ++asked.answer.found;
  asked.last = number;
  asked.answer.lowest = std::min(asked.answer.lowest, number);
  asked.answer.highest = std::max(asked.answer.highest, number);
}

TableScan::KeyState TableScan::read_key(const Asked& asked) {
  key_.clear();
  size_t nulls = 0;
  bool understood = true;
  for (size_t i = 0; i < asked.values.size(); ++i) {
    const Field* value = asked.values[i] == nowhere ? nullptr : &values_[asked.values[i]];
    if (value == nullptr || value->null) {
      ++nulls;
    } else {
      understood = asked.types[i].append(key_, value->text) && understood;
      key_ += '\0';
    }
  }
  if (nulls > 0) return nulls < asked.values.size() ? KeyState::some_null : KeyState::all_null;
  return understood ? KeyState::whole : KeyState::unread;
}

KeySample::Key TableScan::key_at(const Row& row) const {
  return {hash128(key_, 0).low, 1, row.batch.line_of(row.number), file_};
}

/// A row with a NULL among the columns refers to nothing.
void TableScan::look_at_key(Asked& asked, const Row& row) {
  const KeyState state = read_key(asked);
  if (state == KeyState::whole) {
    asked.keys.push_back(key_at(row));
  } else if (state == KeyState::unread) {
    ++asked.answer.unread;
  } else if (state == KeyState::some_null && asked.question->all_or_none_null && !asked.as_referenced) {
    found(asked, row, values_of(asked));
  }
}

/// Several rows may stand in a line, and lines of several files have the same number.
bool TableScan::is_wanted(const Asked& asked, const Row& row) {
  const uint64_t line = row.batch.line_of(row.number);
  return std::ranges::any_of(asked.question->keys, [&](const KeySample::Key& key) {
    return key.file == file_ && key.first_line == line && read_key(asked) == KeyState::whole &&
           key_at(row).hash == key.hash;
  });
}

/// "a = 1, b = NULL"; of one column its value.
std::string TableScan::values_of(const Asked& asked) const {
  std::string text;
  for (size_t i = 0; i < asked.columns.size(); ++i) {
    const bool null = asked.values[i] == nowhere || values_[asked.values[i]].null;
    const std::string value = null ? "NULL" : shown(values_[asked.values[i]].text);
    if (asked.columns.size() == 1) return value;
    const std::string& name = table_.columns[asked.columns[i]].source_name;
    text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", printable(name), value);
  }
  return text;
}

void TableScan::found(Asked& asked, const Row& row, std::string_view value) {
  ++asked.answer.found;
  if (asked.answer.first.size() == Answer::most_shown) return;
  asked.answer.first.push_back(
      {row.batch.file, row.batch.line_of(row.number), key_of(row), std::string(value)});
}

/// "id = 5"; empty where the table has no key, or the row not all of it.
std::string TableScan::key_of(const Row& row) const {
  std::vector<size_t> positions;
  for (const std::string& name : table_.key) {
    const auto column = std::find_if(table_.columns.begin(), table_.columns.end(),
                                     [&](const LoadPlan::Column& one) { return one.name == name; });
    const size_t position = column == table_.columns.end() ? nowhere : position_of(row.batch, *column);
    if (position == nowhere) return {};
    positions.push_back(position);
  }
  std::string text;
  for (size_t i = 0; i < positions.size(); ++i) {
    RowCutter cutter({positions[i]});
    std::vector<Field> value;
    cutter.cut(row.text, value);
    text += fmt::format("{}{} = {}", i == 0 ? "" : ", ", printable(table_.key[i]), shown(value[0].text));
  }
  return text;
}

void TableScan::hand_in(Asked& asked) {
  merge_equal(asked.keys);
  OpenQuestion& open = *asked.open;
  const std::lock_guard lock(open.mutex);
  (asked.as_referenced ? open.parents : open.children).add(asked.keys);
  (asked.as_referenced ? open.unread_parents : open.answer.unread) += asked.answer.unread;
  open.answer.rows += asked.answer.rows;
  open.answer.found += asked.answer.found;
  open.answer.lowest = std::min(open.answer.lowest, asked.answer.lowest);
  open.answer.highest = std::max(open.answer.highest, asked.answer.highest);
  keep_first(open.answer.first, std::move(asked.answer.first));
  asked.answer = {};
  asked.keys.clear();
  asked.last = std::numeric_limits<int64_t>::max();
}

}  // namespace pg2crdb
