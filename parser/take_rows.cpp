// The rows behind a COPY.
#include <algorithm>
#include <string>
#include <vector>

#include "parser/dump_parser.h"
#include "parser/object_ids.h"
#include "plan/copy_form.h"

namespace pg2crdb {
namespace {

std::string rows_text(uint64_t rows) {
  return std::to_string(rows) + (rows == 1 ? " row" : " rows");
}

}  // namespace

void DumpParser::take_rows(const Segment& segment) {
  if (rows_go_ == RowsGo::other_database) databases_.count_rows(segment.rows);
  if (rows_go_ == RowsGo::nowhere) {
    Unread& unread = down_ ? read_.down_parts : has_quit_ ? read_.behind_quit : read_.branches;
    unread.rows += segment.rows;
  }
  if (sent_ == none && rows_go_ == RowsGo::into_script) rows_go_ = RowsGo::to_person;
  if (rows_go_ == RowsGo::to_person) read_.for_person.rows += segment.rows;
  if (rows_go_ != RowsGo::into_script) return;
  ast::Statement& statement = script_.statements[sent_];
  const auto* copy = std::get_if<ast::CopyFrom>(&statement.node);
  const std::string_view written = file_->text(statement.span);
  const std::optional<std::string> without_oids = without_object_ids(written);
  const CopyForm form = form_of_copy(without_oids ? *without_oids : written);
  if (copy == nullptr || !form.unread.empty()) {
    report(copy_options, statement.span,
           "the " + rows_text(segment.rows) + " after this COPY cannot be read" +
               (form.unread.empty() ? "" : ": the load knows no `" + form.unread + "`"));
    need_person(statement, "the load does not read rows that are written so");
    return;
  }
  ast::DataBlock block;
  block.format = ast::DataBlock::Format::copy_text;
  block.table = copy->table;
  block.columns = copy->columns;
  block.header = statement.span;
  block.data = span(segment);
  block.first_line = segment.line;
  block.rows = segment.rows;
  block.statement = statement.id;
  if (form.header != CopyForm::Header::none && block.rows > 0) --block.rows;
  if (!take_forced(*copy, form.force_null, block.forced_null) ||
      !take_forced(*copy, form.force_not_null, block.forced_not_null)) {
    report(copy_options, statement.span,
           "the columns that an option of this COPY names are not known, so that its " +
               rows_text(segment.rows) + " cannot be read");
    need_person(statement, "the load does not read rows that are written so");
    return;
  }
  if (without_oids && !take_oids(*copy, block)) {
    report(copy_options, statement.span,
           "the columns that this COPY gives beside OIDs are not known, so that its " +
               rows_text(segment.rows) + " cannot be read");
    need_person(statement, "the load does not read rows that are written so");
    return;
  }
  if (statement.fate == ast::Fate::dropped) block.left_out = *statement.reason;
  tell_packed_rows(block);
  if (!segment.complete) {
    const std::string table = ast::to_string(copy->table);
    report(truncated_dump, statement.span,
           segment.ended_by_statement ? "no line `\\.` ends the rows of `" + table +
                                            "`: a statement follows after " + rows_text(block.rows)
                                      : "the input ends inside the rows of `" + table + "`, after " +
                                            rows_text(block.rows) + ", without the line `\\.`",
           table);
  }
  script_.data.push_back(std::move(block));
}

/// The columns whose values a row has; empty where they are not known.
std::vector<std::string> DumpParser::columns_of(const ast::CopyFrom& copy) {
  std::vector<std::string> columns = copy.columns;
  if (const ast::CreateTable* table = columns.empty() ? created_table(copy.table) : nullptr) {
    for (const ast::Column& column : table->columns) {
      if (!column.generated) columns.push_back(column.name);
    }
  }
  return columns;
}

/// The OID that stands before the values of each row is of no column. False where the columns are not known.
bool DumpParser::take_oids(const ast::CopyFrom& copy, ast::DataBlock& block) {
  block.columns = columns_of(copy);
  if (block.columns.empty()) return false;
  block.columns.insert(block.columns.begin(), std::string());
  const auto behind_it = [](std::set<size_t>& values) {
    std::set<size_t> moved;
    for (const size_t value : values) moved.insert(value + 1);
    values = std::move(moved);
  };
  behind_it(block.forced_null);
  behind_it(block.forced_not_null);
  const std::string table = ast::to_string(copy.table);
  report(rows_with_oids, block.header,
         "the OIDs of the " + rows_text(block.rows) + " after this COPY are left out", table);
  return true;
}

/// Where the columns stand that an option names. False where that is not known.
bool DumpParser::take_forced(const ast::CopyFrom& copy, const CopyForm::Columns& forced,
                             std::set<size_t>& values) {
  if (!forced.any()) return true;
  const std::vector<std::string> columns = columns_of(copy);
  for (size_t i = 0; i < columns.size() && forced.all; ++i) values.insert(i);
  for (const std::string& name : forced.names) {
    const auto found = std::ranges::find(columns, name);
    if (found == columns.end()) return false;
    values.insert(static_cast<size_t>(found - columns.begin()));
  }
  return !columns.empty();
}

}  // namespace pg2crdb
