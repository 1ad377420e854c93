#include "rows/copy_form.h"

namespace pg2crdb {

CopyFormReader::CopyFormReader(const LoadPlan::Data& data)
    : csv_(data.format == LoadPlan::Data::Format::copy_csv),
      delimiter_(data.delimiter.front()),
      null_(data.null) {}

size_t CopyFormReader::row_size(std::string_view text, bool at_end) const {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (csv_ && text[i] == '"') quoted = !quoted;
    if (text[i] == '\n' && !quoted) return i + 1;
  }
  return at_end && !text.empty() ? text.size() : std::string_view::npos;
}

bool CopyFormReader::decode(std::string_view row, std::vector<Field>& fields) {
  if (row.ends_with('\n')) row.remove_suffix(1);
  if (row.ends_with('\r')) row.remove_suffix(1);
  return csv_ ? decode_csv(row, fields) : decode_copy_row(row, fields, scratch_, delimiter_, null_);
}

// As CopyReadAttributesCSV: quotes may begin and end within a value, and what has had one is never NULL.
bool CopyFormReader::decode_csv(std::string_view row, std::vector<Field>& fields) {
  fields.clear();
  scratch_.clear();
  scratch_.reserve(row.size());  // fields point into it
  size_t begin = 0;
  bool inside = false;
  bool quoted = false;
  for (size_t i = 0; i <= row.size(); ++i) {
    const bool ends = i == row.size();
    if (!inside && (ends || row[i] == delimiter_)) {
      const std::string_view value = std::string_view(scratch_).substr(begin);
      const bool null = !quoted && value == null_;
      fields.push_back({null ? std::string_view() : value, null});
      begin = scratch_.size();
      quoted = false;
    } else if (ends) {
      return false;
    } else if (row[i] != '"') {
      scratch_ += row[i];
    } else if (inside && i + 1 < row.size() && row[i + 1] == '"') {
      scratch_ += row[i++];
    } else {
      inside = !inside;
      quoted = true;
    }
  }
  return true;
}

}  // namespace pg2crdb
