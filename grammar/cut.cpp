#include "grammar/cut.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace pg2crdb {
namespace {

bool is_word(std::string_view text, std::string_view upper_case) {
  return std::ranges::equal(text, upper_case, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

// CockroachDB's comments end at a line feed, psql's at a carriage return, too: where only a carriage return
// stands, what follows is a comment to the one and SQL to the other. `gap` is what lies between two tokens.
std::optional<size_t> find_disputed_line_end(std::string_view gap) {
  if (gap.find('\r') == std::string_view::npos) return std::nullopt;
  size_t depth = 0;  // of block comments
  for (size_t i = 0; i < gap.size(); ++i) {
    if (gap.substr(i).starts_with("/*")) {
      ++depth;
      ++i;
    } else if (depth > 0 && gap.substr(i).starts_with("*/")) {
      --depth;
      ++i;
    } else if (depth == 0 && gap.substr(i).starts_with("--")) {
      const size_t end = gap.find_first_of("\r\n", i);
      if (end == std::string_view::npos) return std::nullopt;
      if (gap[end] == '\r' && !gap.substr(end).starts_with("\r\n")) return end;
      i = end;
    }
  }
  return std::nullopt;
}

class Cutter {
 public:
  explicit Cutter(std::string_view sql) : sql_(sql) {}

  void take(size_t begin, size_t end_of_token) {
    const std::string_view text = sql_.substr(begin, end_of_token - begin);
    // As CockroachDB does: semicolons within BEGIN ATOMIC ... END end no statement.
    if (after_begin_ && is_word(text, "ATOMIC")) ++atomic_;
    if (atomic_ > 0 && is_word(text, "END")) --atomic_;
    after_begin_ = is_word(text, "BEGIN");
    if (atomic_ == 0 && text == ";") {
      // A semicolon alone is no statement.
      if (open_) open_->semicolon = begin;
      end();
    } else if (open_) {
      open_->end = end_of_token;
    } else {
      open_ = CutText::Statement{begin, end_of_token, CutText::none};
    }
  }

  void end() {
    if (open_) statements.push_back(*open_);
    open_.reset();
    atomic_ = 0;
  }

  std::vector<CutText::Statement> statements;

 private:
  std::string_view sql_;
  std::optional<CutText::Statement> open_;
  size_t atomic_ = 0;
  bool after_begin_ = false;
};

SyntaxProblem disputed_line_end(size_t offset) {
  SyntaxProblem problem;
  problem.offset = offset;
  problem.length = 1;
  problem.message =
      "a carriage return within a comment, where the comment ends for psql and not for CockroachDB";
  return problem;
}

}  // namespace

CutText cut_statements(const Scanner& scanner, std::string_view sql) {
  CutText cut;
  Cutter cutter(sql);
  size_t gap = 0;
  const auto disputed = [&](size_t end) { return find_disputed_line_end(sql.substr(gap, end - gap)); };
  std::optional<size_t> disputed_at;
  cut.problem = scanner.find_tokens(sql, [&](size_t begin, size_t end) {
    if (disputed_at) return;
    if (const auto at = disputed(begin)) {
      disputed_at = gap + *at;
      return;
    }
    cutter.take(begin, end);
    gap = end;
  });
  if (!disputed_at && !cut.problem) {
    if (const auto at = disputed(sql.size())) disputed_at = gap + *at;
  }
  if (disputed_at) cut.problem = disputed_line_end(*disputed_at);
  cutter.end();
  cut.statements = std::move(cutter.statements);
  return cut;
}

}  // namespace pg2crdb
