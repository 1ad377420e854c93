#include "rows/copy_form.h"

#include <algorithm>

namespace pg2crdb {

CopyFormReader::CopyFormReader(const LoadPlan::Data& data) : data_(data), scanner_(data.form) {}

size_t CopyFormReader::find_end(std::string_view text) {
  if (data_.form.csv) return scanner_.find_end(text);
  const size_t end = text.find('\n', searched_);
  searched_ = text.size();
  return end == std::string_view::npos ? end : end + 1;
}

void CopyFormReader::restart() {
  scanner_.restart();
  searched_ = 0;
}

bool CopyFormReader::decode(std::string_view row, std::vector<Field>& fields) {
  const CopyForm& form = data_.form;
  if (row.ends_with('\n')) row.remove_suffix(1);
  if (row.ends_with('\r')) row.remove_suffix(1);
  if (!form.csv) return decode_copy_row(row, fields, scratch_, form.delimiter.front(), form.null);
  if (!decode_csv_record(row, form, fields, scratch_)) return false;
  // Of quoted values first, so that a value to which both apply is changed once.
  for (const uint64_t value : data_.forced_null) {
    if (value >= fields.size() || fields[value].null || fields[value].text != form.null) continue;
    fields[value] = {{}, true};
    forced_.push_back(value);
  }
  for (const uint64_t value : data_.forced_not_null) {
    if (value < fields.size() && fields[value].null && std::ranges::find(forced_, value) == forced_.end())
      fields[value] = {form.null, false};
  }
  forced_.clear();
  return true;
}

}  // namespace pg2crdb
