// INSERTs: rows of the load where they are plain, statements where they are not.
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ast/serial.h"
#include "parser/dump_parser.h"
#include "parser/statement_text.h"
#include "rows/insert.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

// As PostgreSQL prints it, of so few digits that it is an int2 as well.
bool is_small_integer(std::string_view text) {
  constexpr size_t most_digits = 4;
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= most_digits && text.front() != '0' &&
         std::ranges::all_of(text, is_digit);
}

// "2024-02-29"; that there is such a day the server knows.
bool is_iso_date(std::string_view text) {
  constexpr std::string_view form = "0000-00-00";
  return text.size() == form.size() &&
         std::equal(text.begin(), text.end(), form.begin(),
                    [](char c, char as) { return as == '0' ? is_digit(c) : c == as; });
}

bool is_printed_uuid(std::string_view text) {
  constexpr std::string_view form = "00000000-0000-0000-0000-000000000000";
  return text.size() == form.size() &&
         std::equal(text.begin(), text.end(), form.begin(), [](char c, char as) {
           return as == '0' ? is_digit(c) || (c >= 'a' && c <= 'f') : c == as;
         });
}

// Of a value or clause, so much as to know it again.
std::string shown(std::string_view text) {
  constexpr size_t most = 40;
  int depth = 0;
  char quote = '\0';
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == ')' || c == ';' || c == '\n')) {
      break;
    } else if (c == ')') {
      --depth;
    }
  }
  text = text.substr(0, end);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.size() <= most) return "`" + std::string(text) + "`";
  while (text.size() > most || (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U))
    text.remove_suffix(1);
  return "`" + std::string(text) + " ...`";
}

// Whether a value is the same text as a type and as another one that PostgreSQL makes of it for a column.
bool keeps_value(std::string_view cast, std::string_view column, std::string_view value) {
  constexpr std::array numbers = {"int2"sv, "int4"sv, "int8"sv, "numeric"sv, "float8"sv};
  constexpr std::array texts = {"text"sv, "varchar"sv};
  const auto is_one_of = [](std::string_view type, const auto& types) {
    return std::ranges::find(types, type) != types.end();
  };
  const bool to_text = is_one_of(column, texts);
  if (is_one_of(cast, numbers) && cast != "float8" && (to_text || is_one_of(column, numbers)))
    return is_small_integer(value);
  if (cast == "date" && (to_text || column == "timestamp")) return is_iso_date(value);
  if (cast == "uuid") return to_text && is_printed_uuid(value);
  return cast == "bool" && to_text && (value == "true" || value == "false");
}

// Values for which the word DEFAULT stands in all of so many rows.
std::vector<size_t> of_all_rows(const std::map<size_t, uint64_t>& defaulted, uint64_t rows) {
  std::vector<size_t> values;
  for (const auto& [value, count] : defaulted) {
    if (count == rows) values.push_back(value);
  }
  return values;
}

// The column that a row's value goes into; null for values beyond the last one.
const ast::Column* column_of(const ast::CreateTable& table, const InsertReader& insert, size_t value) {
  const std::vector<ast::Column>& columns = table.columns;
  if (insert.columns().empty()) return value < columns.size() ? &columns[value] : nullptr;
  const auto column = std::ranges::find(columns, insert.columns()[value], &ast::Column::name);
  return column == columns.end() ? nullptr : &*column;
}

// Why the load cannot take the rows of an INSERT.
std::string why_no_rows(std::string_view sql) {
  InsertReader insert(sql);
  std::vector<Field> fields;
  bool defaults = false;
  bool casts = false;
  bool negative_zeros = false;
  while (insert.next(fields)) {
    negative_zeros = negative_zeros || !insert.negative_zeros().empty();
    defaults = defaults || !insert.defaults().empty();
    casts = casts || !insert.casts().empty();
  }
  const std::string_view rest = sql.substr(std::min(insert.unread_from(), sql.size()));
  if (!insert.plain_head()) {
    const std::string word = lower(rest.substr(0, rest.find_first_of(" \t\r\n(")));
    if (word.empty() || word == "select" || word == "with" || word == "table")
      return "its rows come from a query, so they could not be verified";
    return "the load does not read " + shown(rest);
  }
  const size_t before = sql.substr(0, insert.unread_from()).find_last_not_of(" \t\r\n");
  const bool behind_rows = before != std::string_view::npos && sql[before] == ')';
  if (insert.failed() && behind_rows) return "the load does not read " + shown(rest);
  if (insert.failed()) return "the load takes rows of literals alone, and does not read " + shown(rest);
  if (defaults) return "DEFAULT stands for a value that the load does not know";
  if (negative_zeros) return "the number -0 is 0, but where it goes into a float";
  if (casts) return "a cast may change the value: it is not known to be to the column's own type";
  return "the load does not read its rows";
}

}  // namespace

// The last table of that name that was created so far. Few dumps ask.
const ast::CreateTable* DumpParser::created_table(const ast::Name& name) {
  for (; looked_at_ < script_.statements.size(); ++looked_at_) {
    const auto* table = std::get_if<ast::CreateTable>(&script_.statements[looked_at_].node);
    if (table != nullptr) tables_[ast::to_string(table->name)] = table;
  }
  const auto it = tables_.find(ast::to_string(name));
  return it == tables_.end() ? nullptr : it->second;
}

// Whether the row's casts are to the types of its columns, which read the value then as PostgreSQL does, or
// change nothing.
bool DumpParser::are_own_types(const InsertReader& insert) {
  if (insert.casts().empty()) return true;
  const ast::CreateTable* const table = created_table({insert.schema(), insert.table()});
  if (table == nullptr) return false;
  return std::ranges::all_of(insert.casts(), [&](const InsertReader::TypeCast& cast) {
    const ast::Column* const column = column_of(*table, insert, cast.field);
    if (column == nullptr || column->type.array_bounds.empty() == cast.array) return false;
    const std::string_view integer = ast::integer_of_serial(column->type);
    const std::string_view type = integer.empty() ? std::string_view(column->type.name.name) : integer;
    return type == cast.type || (!cast.array && keeps_value(cast.type, type, fields_[cast.field].text));
  });
}

// Whether each -0 of the row goes into a float.
bool DumpParser::are_float_zeros(const InsertReader& insert) {
  if (insert.negative_zeros().empty()) return true;
  const ast::CreateTable* const table = created_table({insert.schema(), insert.table()});
  return table == nullptr || std::ranges::all_of(insert.negative_zeros(), [&](size_t value) {
           const ast::Column* const column = column_of(*table, insert, value);
           return column != nullptr && column->type.array_bounds.empty() &&
                  (column->type.name.name == "float4" || column->type.name.name == "float8");
         });
}

// All of the block's INSERTs, or none: whoever wants to compare rows has to have all of them.
void DumpParser::keep_rows(ast::DataBlock& block, std::string_view insert) {
  const bool whole = block.inserts.size() + 1 == block.statements;
  if (dump_begin_ || !whole || insert.size() > room_) return block.inserts.clear();
  room_ -= insert.size();
  block.inserts.emplace_back(insert);
}

// Adds the INSERT's rows to the block of its table, without keeping the text. False where it is not plain.
bool DumpParser::fold(const Segment& segment) {
  if (!segment.complete || !simdjson::validate_utf8(segment.text.data(), segment.text.size())) return false;
  if (backslash_escapes_ && find_plain_backslash(segment.text) != std::string_view::npos) return false;
  InsertReader insert(segment.text);
  uint64_t rows = 0;
  uint64_t values = 0;
  std::set<size_t> fractions, nested;
  std::map<size_t, uint64_t> defaulted;
  while (insert.next(fields_)) {
    if (!insert.columns().empty() && insert.columns().size() != fields_.size()) return false;
    if (!are_own_types(insert) || !are_float_zeros(insert)) return false;
    for (const size_t value : insert.defaults()) ++defaulted[value];
    if (rows > 0 && values != fields_.size()) return false;
    values = fields_.size();
    ++rows;
    fractions.insert(insert.fractions().begin(), insert.fractions().end());
    for (size_t value = 0; value < fields_.size(); ++value) {
      if (fields_[value].text.starts_with("{{")) nested.insert(value);
    }
  }
  if (!insert.plain_head() || insert.failed()) return false;
  if (insert.returning() && segment.ended_by_command) return false;  // `\gset` wants what it gives
  const ast::Name table{insert.schema(), insert.table()};
  const bool on_conflict = insert.on_conflict_do_nothing() && !dump_begin_;
  // What a default gives is looked for where the table is known, as it is then.
  if (!defaulted.empty() && created_table(table) == nullptr) return false;
  // psql's `\g` and `\;` send it, too: whoever reads the block again knows only the semicolon, and its end.
  const bool closed = segment.text.ends_with(';');
  if (insert_block_ != none) {
    ast::DataBlock& block = script_.data[insert_block_];
    const bool alike = block.table == table && block.columns == insert.columns() && block.values == values &&
                       block.on_conflict == on_conflict &&
                       of_all_rows(block.defaulted, block.rows) == of_all_rows(defaulted, rows);
    if (alike && !(on_conflict && segment.text.size() <= room_)) {
      block.data.end = segment.end;
      block.rows += rows;
      ++block.statements;
      block.fractions.merge(fractions);
      block.nested.merge(nested);
      for (const auto& [value, count] : defaulted) block.defaulted[value] += count;
      keep_rows(block, segment.text);
      if (!closed) insert_block_ = none;
      return true;
    }
  }
  ast::DataBlock block;
  block.format = ast::DataBlock::Format::insert;
  block.table = table;
  block.columns = insert.columns();
  block.header = span(segment);
  block.data = block.header;
  block.first_line = segment.line;
  block.rows = rows;
  block.values = values;
  block.on_conflict = on_conflict;
  block.fractions = std::move(fractions);
  block.nested = std::move(nested);
  block.defaulted = std::move(defaulted);
  keep_rows(block, segment.text);
  insert_block_ = closed ? script_.data.size() : none;
  script_.data.push_back(std::move(block));
  return true;
}

void DumpParser::take_insert(const Segment& segment, ParsedStatement* parsed) {
  const bool plain = !environment_ || !uses_environment(segment.text);
  if (segment.ended_by_command) insert_block_ = none;  // the command may say that it is not run
  if (!options_.keep_inserts && plain && fold(segment)) return;
  take_sql({segment, segment.text, segment.complete, nullptr, 0, parsed});
  if (!options_.keep_inserts && sent_ != none && script_.statements[sent_].fate == ast::Fate::kept)
    script_.statements[sent_].reason = why_no_rows(segment.text);
}

}  // namespace pg2crdb
