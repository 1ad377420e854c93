#include "driver/kept_layout.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "emit/sql.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using transform::ScannedSql;
using transform::Token;

// A table of this many places is filled in no time.
constexpr size_t most_comparisons = size_t{4} << 20;

/// Words that both databases read alike, wherever PostgreSQL's grammar takes them for the same. The integers
/// are not among them: `int` has eight bytes in CockroachDB (cockroachdb-types.md).
bool is_alike_word(const Token& token) {
  static const std::unordered_set<std::string> words = {
      "bigint",  "smallint", "int2",      "int8",       "numeric",  "decimal",     "real",   "float4",
      "float8",  "double",   "precision", "boolean",    "bool",     "character",   "char",   "varying",
      "varchar", "text",     "bytea",     "timestamp",  "time",     "timestamptz", "timetz", "zone",
      "with",    "without",  "by",        "no",         "minvalue", "maxvalue",    "start",  "increment",
      "cache",   "default",  "not",       "null",       "column",   "set",         "data",   "type",
      "as",      "inner",    "outer",     "constraint", "primary",  "key",         "unique", "on",
      "delete",  "update",   "cascade",   "restrict",   "asc"};
  return token.kind == Token::Kind::word && words.contains(lower(token.text));
}

bool is_parenthesis(const Token& token) {
  return token.text == "(" || token.text == ")";
}

/// Quotes that are not needed may stay.
bool is_same(const Token& before, const Token& after) {
  using Kind = Token::Kind;
  if (before.kind == Kind::quoted_word && after.kind == Kind::word) return before.name() == after.text;
  if (before.kind != after.kind) return false;
  if (before.kind == Kind::word) return lower(before.text) == lower(after.text);
  return before.text == after.text || (before.text == "!=" && after.text == "<>");
}

/// Tokens of the one that become tokens of the other: [begin, end) of each.
struct Change {
  size_t before_begin = 0, before_end = 0;
  size_t after_begin = 0, after_end = 0;
  bool is_made = true;
};

/// What differs, where as many tokens as can be stay.
std::vector<Change> changes_between(std::span<const Token> before, std::span<const Token> after) {
  const size_t width = after.size() + 1;
  std::vector<uint32_t> longest((before.size() + 1) * width);  // from there to the ends
  for (size_t i = before.size(); i-- > 0;) {
    for (size_t j = after.size(); j-- > 0;)
      longest[i * width + j] = is_same(before[i], after[j])
                                   ? longest[(i + 1) * width + j + 1] + 1
                                   : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
  }
  std::vector<Change> changes;
  size_t i = 0, j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && is_same(before[i], after[j])) {
      ++i, ++j;
      continue;
    }
    if (changes.empty() || changes.back().before_end != i || changes.back().after_end != j)
      changes.push_back({i, i, j, j});
    const bool goes = j == after.size() ||
                      (i < before.size() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]);
    (goes ? i : j) += 1;
    changes.back().before_end = i;
    changes.back().after_end = j;
  }
  return changes;
}

bool would_glue(char before, char behind) {
  static constexpr std::string_view operators = "+-*/<>=~!@#%^&|`?:.'\"";
  const auto is_of_operator = [](char c) { return operators.find(c) != std::string_view::npos; };
  return (in_name(before) && in_name(behind)) || (is_of_operator(before) && is_of_operator(behind));
}

/// Tokens as they stand, in one line.
std::string in_one_line(const std::string& sql, std::span<const Token> tokens) {
  std::string out;
  for (const Token& token : tokens) {
    if (!out.empty() && token.begin > 0 && is_blank(sql[token.begin - 1])) out += ' ';
    out += token.text;
  }
  return out;
}

class Merge {
 public:
  Merge(const std::string& before, const std::string& after)
      : before_(before), after_(after), old_(transform::scan(before)), new_(transform::scan(after)) {}

  std::optional<std::string> run() {
    if (!old_.error.empty() || !new_.error.empty() || old_.tokens.empty() ||
        (old_.tokens.size() + 1) * (new_.tokens.size() + 1) > most_comparisons)
      return std::nullopt;
    changes_ = changes_between(old_.tokens, new_.tokens);
    size_t gone_tokens = 0;
    for (const Change& change : changes_) gone_tokens += gone(change).size();
    if (2 * gone_tokens > old_.tokens.size()) return std::nullopt;
    take_back();
    std::optional<std::string> text = written();
    return text && reads_as_meant(*text) ? text : std::nullopt;
  }

 private:
  std::span<const Token> gone(const Change& change) const {
    return std::span(old_.tokens).subspan(change.before_begin, change.before_end - change.before_begin);
  }
  std::span<const Token> come(const Change& change) const {
    return std::span(new_.tokens).subspan(change.after_begin, change.after_end - change.after_begin);
  }

  /// Words of either that nobody misses.
  bool may_stay(const Change& change) const {
    return std::ranges::all_of(gone(change),
                               [](const Token& one) { return is_alike_word(one) || is_parenthesis(one); }) &&
           std::ranges::all_of(come(change), is_alike_word);
  }

  /// What is written otherwise and means the same stays as it was: all of it where that can be, since words
  /// that move are two changes; else what can by itself.
  void take_back() {
    std::vector<Change*> possible;
    for (Change& change : changes_) {
      if (may_stay(change)) possible.push_back(&change);
    }
    const std::optional<std::string> meant = meaning(after_);
    if (possible.empty() || !meant) return;
    const auto means_the_same = [&] {
      const std::optional<std::string> text = written();
      return text && meaning(*text) == meant;
    };
    for (Change* change : possible) change->is_made = false;
    if (means_the_same()) return;
    for (Change* change : possible) change->is_made = true;
    for (Change* change : possible) {
      change->is_made = false;
      if (means_the_same()) continue;
      Change* closing = closing_of(*change, possible);
      if (closing != nullptr) closing->is_made = false;
      if (closing != nullptr && means_the_same()) continue;
      change->is_made = true;
      if (closing != nullptr) closing->is_made = true;
    }
  }

  /// What takes the parenthesis out that belongs to the one which a change takes out alone; null where none.
  Change* closing_of(const Change& opening, const std::vector<Change*>& possible) const {
    if (gone(opening).size() != 1 || gone(opening).front().text != "(") return nullptr;
    int depth = 0;
    for (size_t i = opening.before_begin; i < old_.tokens.size(); ++i) {
      depth += old_.tokens[i].text == "(" ? 1 : old_.tokens[i].text == ")" ? -1 : 0;
      if (depth > 0) continue;
      const auto found = std::ranges::find(possible, i, [](const Change* one) { return one->before_begin; });
      return found == possible.end() || gone(**found).size() != 1 ? nullptr : *found;
    }
    return nullptr;
  }

  /// Whether a text has the words that stay and those that come, none of them glued to another: `a-(-b)` is
  /// no `a--b`.
  bool reads_as_meant(const std::string& text) const {
    std::vector<std::string_view> meant;
    size_t at = 0;
    const auto keep_to = [&](size_t end) {
      for (; at < end; ++at) meant.push_back(old_.tokens[at].text);
    };
    for (const Change& change : changes_) {
      if (!change.is_made) continue;
      keep_to(change.before_begin);
      for (const Token& token : come(change)) meant.push_back(token.text);
      at = change.before_end;
    }
    keep_to(old_.tokens.size());
    const ScannedSql read = transform::scan(text);
    return read.error.empty() && std::ranges::equal(read.tokens, meant, {}, &Token::text) &&
           read.comments.size() == old_.comments.size();
  }

  /// The statement in one form for all that PostgreSQL reads alike.
  static std::optional<std::string> meaning(const std::string& sql) {
    const ParsedStatement parsed = parse_statement(sql);
    if (!parsed.error.empty()) return std::nullopt;
    return to_sql(parsed.node, Dialect::cockroachdb);
  }

  bool has_comment_in(size_t begin, size_t end) const {
    return std::ranges::any_of(
        old_.comments, [&](const Token& comment) { return comment.begin >= begin && comment.end <= end; });
  }

  bool is_apart_before(const Change& change) const {
    return change.after_begin > 0 && is_blank(after_[new_.tokens[change.after_begin].begin - 1]);
  }

  /// Where words come that nothing goes for: at the word that they touch, behind the one before if at none.
  size_t place_of(const Change& change, size_t previous) const {
    if (change.before_begin == old_.tokens.size()) return previous;
    const size_t next = old_.tokens[change.before_begin].begin;
    const bool touches_next = !is_blank(after_[new_.tokens[change.after_end - 1].end]);
    return is_apart_before(change) && touches_next && !has_comment_in(previous, next) ? next : previous;
  }

  /// Whether nothing touches what ends there.
  bool is_at_end(size_t end) const {
    return end == before_.size() || is_blank(before_[end]) ||
           std::string_view(",);").find(before_[end]) != std::string_view::npos;
  }

  std::optional<std::string> written() const {
    std::string out;
    size_t copied = 0;
    const auto add = [&out](std::string_view text) {
      if (!out.empty() && !text.empty() && would_glue(out.back(), text.front())) out += ' ';
      out += text;
    };
    for (const Change& change : changes_) {
      if (!change.is_made) continue;
      const std::span<const Token> from = gone(change);
      const std::string to = in_one_line(after_, come(change));
      const size_t previous = change.before_begin == 0 ? 0 : old_.tokens[change.before_begin - 1].end;
      if (from.empty()) {
        const size_t at = place_of(change, previous);
        add(std::string_view(before_).substr(copied, at - copied));
        if (is_apart_before(change) && !out.empty() && !is_blank(out.back())) out += ' ';
        add(to);
        copied = at;
        continue;
      }
      if (has_comment_in(from.front().begin, from.back().end)) return std::nullopt;
      size_t end = from.front().begin;
      if (to.empty() && is_at_end(from.back().end) && !has_comment_in(previous, end))
        end = previous;  // the blanks before it go, too
      add(std::string_view(before_).substr(copied, end - copied));
      add(to);
      copied = from.back().end;
    }
    add(std::string_view(before_).substr(copied));
    return out;
  }

  const std::string& before_;
  const std::string& after_;
  const ScannedSql old_;
  const ScannedSql new_;
  std::vector<Change> changes_;
};

}  // namespace

std::optional<std::string> with_kept_layout(const std::string& before, const std::string& after) {
  return Merge(before, after).run();
}

}  // namespace pg2crdb
