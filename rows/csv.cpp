#include "rows/csv.h"

namespace pg2crdb {

size_t CsvScanner::find_end(std::string_view text) {
  while (searched_ < text.size()) {
    const size_t at = quoted_ ? text.find('"', searched_) : text.find_first_of("\"\n", searched_);
    if (at == std::string_view::npos) {
      searched_ = text.size();
      break;
    }
    searched_ = at + 1;
    if (text[at] == '\n') return searched_;
    quoted_ = !quoted_;  // a doubled quote closes and opens
  }
  return std::string_view::npos;
}

void CsvScanner::restart() {
  searched_ = 0;
  quoted_ = false;
}

bool decode_csv_record(std::string_view record, std::vector<Field>& fields, std::string& scratch) {
  fields.clear();
  scratch.clear();
  scratch.reserve(record.size());  // it must not move: fields point into it
  size_t begin = 0;
  bool quoted = false;
  bool was_quoted = false;
  const auto end_field = [&] {
    const std::string_view text = std::string_view(scratch).substr(begin);
    fields.push_back({text, text.empty() && !was_quoted});
    begin = scratch.size();
    was_quoted = false;
  };
  for (size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"') {
      scratch += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted) {
      end_field();
    } else {
      scratch += c;
    }
  }
  end_field();
  return !quoted;
}

}  // namespace pg2crdb
