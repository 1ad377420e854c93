#include "rows/csv.h"

#include <utility>

namespace pg2crdb {

CsvScanner::CsvScanner(const CopyForm& form) : quote_(form.quote.front()), escape_(form.escape.front()) {}

// As CopyReadLineText(). Where quotes are doubled one closes and the next opens, so that they need no notice.
size_t CsvScanner::find_end(std::string_view text) {
  const bool has_escape = escape_ != quote_;
  const char ends[] = {quote_, '\n'};
  const char in_quotes[] = {quote_, has_escape ? escape_ : quote_};
  while (searched_ < text.size()) {
    const size_t at = escaped_ ? searched_
                               : text.find_first_of(quoted_ ? std::string_view(in_quotes, has_escape ? 2 : 1)
                                                            : std::string_view(ends, 2),
                                                    searched_);
    if (at == std::string_view::npos) {
      searched_ = text.size();
      break;
    }
    searched_ = at + 1;
    const bool after_escape = std::exchange(escaped_, false);
    if (quoted_ && has_escape && text[at] == escape_) {
      escaped_ = !after_escape;
    } else if (text[at] == quote_ && !after_escape) {
      quoted_ = !quoted_;
    } else if (text[at] == '\n' && !quoted_) {
      return searched_;
    }
  }
  return std::string_view::npos;
}

void CsvScanner::restart() {
  searched_ = 0;
  quoted_ = false;
  escaped_ = false;
}

// As CopyReadAttributesCSV().
bool decode_csv_record(std::string_view record, const CopyForm& form, std::vector<Field>& fields,
                       std::string& scratch) {
  const char delimiter = form.delimiter.front();
  const char quote = form.quote.front();
  const char escape = form.escape.front();
  fields.clear();
  scratch.clear();
  scratch.reserve(record.size());  // it must not move: fields point into it
  size_t begin = 0;
  bool inside = false;
  bool quoted = false;
  for (size_t i = 0; i <= record.size(); ++i) {
    const bool ends = i == record.size();
    if (!inside && (ends || record[i] == delimiter)) {
      const std::string_view text = std::string_view(scratch).substr(begin);
      const bool null = !quoted && text == form.null;
      fields.push_back({null ? std::string_view() : text, null});
      begin = scratch.size();
      quoted = false;
      continue;
    }
    if (ends) return false;
    const char c = record[i];
    const char next = i + 1 < record.size() ? record[i + 1] : '\0';
    if (inside && c == escape && (next == quote || next == escape)) {
      scratch += next;
      ++i;
    } else if (c == quote) {
      inside = !inside;
      quoted = true;
    } else {
      scratch += c;
    }
  }
  return true;
}

}  // namespace pg2crdb
