#include "rows/insert.h"

#include <algorithm>

#include "support/ascii.h"
#include "support/name_size.h"

namespace pg2crdb {

InsertReader::InsertReader(std::string_view sql) : sql_(sql) {
  read_head();
  done_ = !plain_;
}

char InsertReader::peek(size_t ahead) const {
  return position_ + ahead < sql_.size() ? sql_[position_ + ahead] : '\0';
}

void InsertReader::skip_blanks() {
  while (position_ < sql_.size()) {
    if (is_blank(sql_[position_])) {
      ++position_;
    } else if (peek() == '-' && peek(1) == '-') {
      position_ = std::min(sql_.find('\n', position_), sql_.size());
    } else if (peek() == '/' && peek(1) == '*') {
      skip_comment();
    } else {
      return;
    }
  }
}

void InsertReader::skip_comment() {
  int depth = 0;
  for (; position_ < sql_.size(); ++position_) {
    const std::string_view two = sql_.substr(position_, 2);
    if (two != "/*" && two != "*/") continue;
    depth += two == "/*" ? 1 : -1;
    ++position_;
    if (depth == 0) break;
  }
  position_ = std::min(position_ + 1, sql_.size());
}

bool InsertReader::accept(char c) {
  skip_blanks();
  if (peek() != c || position_ == sql_.size()) return false;
  ++position_;
  return true;
}

bool InsertReader::accept_word(std::string_view word) {
  skip_blanks();
  if (sql_.size() - position_ < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (lower(sql_[position_ + i]) != word[i]) return false;
  }
  if (in_name(peek(word.size()))) return false;
  position_ += word.size();
  return true;
}

bool InsertReader::read_name(std::string& name) {
  skip_blanks();
  name.clear();
  if (peek() == '"') {
    for (++position_; position_ < sql_.size(); ++position_) {
      if (peek() == '"') {
        if (peek(1) != '"') {
          ++position_;
          name.resize(clipped_name(name).size());
          return !name.empty();
        }
        ++position_;
      }
      name += sql_[position_];
    }
    return false;
  }
  if (!begins_name(peek())) return false;
  for (; in_name(peek()); ++position_) name += lower(peek());
  name.resize(clipped_name(name).size());
  return peek() != '\'' && peek() != '&';
}

void InsertReader::read_head() {
  if (!accept_word("insert") || !accept_word("into") || !read_name(table_)) return;
  if (accept('.')) {
    schema_ = std::move(table_);
    if (!read_name(table_)) return;
  }
  if (std::string alias; accept_word("as") && !read_name(alias)) return;
  if (accept('(') && !read_columns(columns_)) return;
  skip_blanks();
  piece_ = position_;
  if (accept_word("overriding") && (!accept_word("system") || !accept_word("value"))) return;
  plain_ = accept_word("values");
}

// Behind the parenthesis.
bool InsertReader::read_columns(std::vector<std::string>& columns) {
  do {
    if (!read_name(columns.emplace_back())) return false;
  } while (accept(','));
  return accept(')');
}

// Behind ON.
bool InsertReader::read_conflict() {
  if (!accept_word("conflict")) return false;
  if (accept('(')) {
    if (!read_columns(conflict_columns_)) return false;
  } else if (accept_word("on")) {
    if (!accept_word("constraint") || !read_name(conflict_constraint_)) return false;
  }
  return accept_word("do") && accept_word("nothing");
}

void InsertReader::read_tail() {
  done_ = true;
  skip_blanks();
  piece_ = position_;
  if (accept_word("on")) {
    on_conflict_do_nothing_ = read_conflict();
    failed_ = !on_conflict_do_nothing_;
    if (failed_) return;
  }
  returning_ = accept_word("returning");
  if (returning_ && !read_returning()) {
    failed_ = true;
    return;
  }
  accept(';');
  skip_blanks();
  failed_ = position_ != sql_.size();
}

bool InsertReader::next(std::vector<Field>& fields) {
  fields.clear();
  scratch_.clear();
  decoded_.clear();
  defaults_.clear();
  fractions_.clear();
  negative_zeros_.clear();
  casts_.clear();
  depth_ = 0;
  if (done_) return false;
  if (!read_row(fields)) {
    done_ = failed_ = true;
    return false;
  }
  for (const Decoded& decoded : decoded_) {
    fields[decoded.field].text =
        std::string_view(scratch_).substr(decoded.begin, decoded.end - decoded.begin);
  }
  if (!accept(',')) read_tail();
  return true;
}

bool InsertReader::read_row(std::vector<Field>& fields) {
  if (!accept('(')) return false;
  Kind kind = Kind::other;
  do {
    if (!read_value(fields, kind)) return false;
  } while (accept(','));
  return accept(')');
}

// Behind RETURNING: names alone, which nobody reads.
bool InsertReader::read_returning() {
  std::string name;
  do {
    if (!accept('*') && !read_name(name)) return false;
    while (accept('.')) {
      if (!accept('*') && !read_name(name)) return false;
    }
    if (accept_word("as") && !read_name(name)) return false;
  } while (accept(','));
  return true;
}

}  // namespace pg2crdb
