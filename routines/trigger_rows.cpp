// Rows of a trigger where they are not read column by column. PostgreSQL compares records so that NULLs are
// equal, CockroachDB tuples so that they are unknown. A star that is no column of a SELECT is the row itself;
// CockroachDB makes one value of it in VALUES, too.
#include <algorithm>
#include <optional>
#include <utility>

#include "routines/trigger.h"
#include "routines/trigger_words.h"
#include "target/plpgsql_words.h"

namespace pg2crdb::routines {

namespace {

class RowWriter {
 public:
  RowWriter(const std::string& body, std::string table) : words_(body), table_(std::move(table)) {
    result_.body = body;
  }

  WrittenRows run() {
    for (size_t i = 0; i < words_.size() && result_.refused.empty();) {
      const size_t next = comparison(i);
      i = next > i ? next : i + step(i);
    }
    if (!table_.empty()) records();
    apply();
    return std::move(result_);
  }
  bool holds_row() const { return !declared_rows().empty(); }

 private:
  struct Row {
    std::string_view name = {};  ///< as it is written
    size_t end = 0;              ///< the token behind it
    bool star = false;
    bool in_row = false;  ///< ROW(NEW.*)
  };
  struct Edit {
    size_t begin = 0;
    size_t end = 0;
    std::string text = {};
  };

  /// NEW, NEW.*, (NEW).*, (NEW.*), ROW(NEW.*) as a whole; nothing where a column of it is meant.
  std::optional<Row> row(size_t i, int depth = 0) const {
    constexpr int most = 8;
    if (depth > most) return std::nullopt;
    if (words_.is(i, "row") && words_.is(i + 1, "(")) {
      std::optional<Row> inner = row(i + 2, depth + 1);
      if (!inner || !inner->star || !words_.is(inner->end, ")")) return std::nullopt;
      ++inner->end;
      inner->in_row = true;
      return inner;
    }
    if (words_.is(i, "(") && words_.row(i) == 0 && !is_called(i)) {
      std::optional<Row> inner = row(i + 1, depth + 1);  // (NEW.*)
      if (!inner || !inner->star || inner->in_row || !words_.is(inner->end, ")")) return std::nullopt;
      ++inner->end;
      return inner;
    }
    const size_t length = words_.row(i);
    if (length == 0) return std::nullopt;
    Row found{words_[i + length / 2].text, i + length};
    if (words_.is(found.end, ".")) {
      if (!words_.is(found.end + 1, "*")) return std::nullopt;
      found.end += 2;
      found.star = true;
    }
    return found;
  }

  /// Whether a name stands before the parenthesis, and no word of PL/pgSQL that an expression follows.
  bool is_called(size_t open) const {
    constexpr std::string_view words[] = {"if", "elsif", "elseif", "return", "while"};
    if (open == 0 || !words_[open - 1].is_name() || words_[open - 1].reserved) return false;
    return std::ranges::none_of(words, [&](std::string_view word) { return words_.is(open - 1, word); });
  }

  void edit(size_t first, size_t end, std::string text, const char* form) {
    edits_.push_back({words_[first].begin, words_[end - 1].end, std::move(text)});
    if (std::ranges::find(result_.changes, form) == result_.changes.end()) result_.changes.emplace_back(form);
  }

  /// The token behind a comparison of two rows; `i` where there is none.
  size_t comparison(size_t i) {
    const std::optional<Row> left = row(i);
    if (!left) return i;
    size_t at = left->end;
    const bool is_not = words_.is(at, "is") && words_.is(at + 1, "not");
    const size_t distinct = at + (is_not ? 2 : 1);
    const bool by_words =
        words_.is(at, "is") && words_.is(distinct, "distinct") && words_.is(distinct + 1, "from");
    const bool equal = words_.is(at, "=");
    if (!by_words && !equal && !words_.is(at, "<>") && !words_.is(at, "!=")) return i;
    at = by_words ? distinct + 2 : at + 1;
    const std::optional<Row> right = row(at);
    const bool is_assignment = equal && !left->star && words_.begins_statement(i);
    if (!right || is_assignment || left->in_row != right->in_row) return i;
    const bool negated = by_words ? is_not : equal;
    const std::string sign = negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ";
    // That is unknown where a NULL is, as it is of tuples: NEW = OLD would say so here, but not when it is
    // read again.
    if (left->in_row && !by_words) {
      result_.refused = "ROW(NEW.*) = ROW(OLD.*)";
      return right->end;
    }
    const bool is_written = by_words && !left->star && !right->star;
    if (!is_written)
      edit(i, right->end, std::string(left->name) + sign + std::string(right->name), "comparisons of rows");
    return right->end;
  }

  /// What stands at `i`; how many tokens to go on.
  size_t step(size_t i) {
    if (words_.is(i, "select") && words_.begins_statement(i)) return into_field(i);
    if (words_.is_name(i, "new") && words_.begins_statement(i)) quote_field(i);
    const std::optional<Row> found = row(i);
    if (!found || !found->star) return 1;
    if (found->in_row) {
      edit(i, found->end, std::string(found->name), "NEW.* and OLD.* as values");
    } else {
      star(i, *found);
    }
    return found->end - i;
  }

  /// NEW.type := 1;
  void quote_field(size_t i) {
    const bool is_set = words_.is(i + 1, ".") && (words_.is(i + 3, ":=") || words_.is(i + 3, "="));
    if (is_set && words_[i + 2].kind == transform::Token::Kind::word && is_plpgsql_word(words_[i + 2].name()))
      edit(i + 2, i + 3, '"' + words_[i + 2].name() + '"', "a column that is called like a word of PL/pgSQL");
  }

  struct Place {
    bool of_select = false;  ///< a column of SELECT or RETURNING
    size_t open = 0;         ///< the parenthesis around it, 0 where there is none
  };
  Place place_of(size_t i) const {
    size_t depth = 0;
    for (size_t at = i; at-- > 0 && !words_.is(at, ";");) {
      if (words_.is(at, ")")) ++depth;
      if (depth == 0 && (words_.is(at, "select") || words_.is(at, "returning"))) return {true, 0};
      if (words_.is(at, "(") && depth-- == 0) return {false, at};
    }
    return {};
  }

  void star(size_t i, const Row& found) {
    const Place place = place_of(i);
    if (words_.is(found.end, "::") || place.open == 0) {
      if (!place.of_select || words_.is(found.end, "::"))
        edit(i, found.end, std::string(found.name), "NEW.* and OLD.* as values");
    } else if (words_.is(place.open - 1, "values")) {
      values(place.open);
    } else if (words_.is(place.open - 1, "row") || words_.is(place.open - 1, ",")) {
      result_.refused = std::string(found.name) + ".* in a list of values";
    } else {
      edit(i, found.end, std::string(found.name), "NEW.* and OLD.* as values");
    }
  }

  /// VALUES (a, NEW.*) of one row is SELECT a, NEW.*.
  void values(size_t open) {
    const size_t close = words_.closing(open);
    bool plain = close < words_.size() && !words_.is(close + 1, ",");
    for (size_t i = open; plain && i < close; ++i) plain = !words_.is(i, "default");
    const size_t begin = words_[open - 1].begin;
    const bool is_known = std::ranges::find(edits_, begin, &Edit::begin) != edits_.end();
    if (is_known) return;
    if (!plain) {
      result_.refused = "NEW.* or OLD.* in VALUES";
      return;
    }
    edit(open - 1, open + 1, "SELECT ", "NEW.* and OLD.* in VALUES");
    edits_.push_back({words_[close].begin, words_[close].end, ""});
  }

  /// SELECT a INTO NEW.c FROM t; where nobody asks whether there was a row.
  size_t into_field(size_t i) {
    size_t end = i, into = 0, depth = 0, limits = 0;
    bool plain = true, from = false;
    for (; end < words_.size() && !words_.is(end, ";"); ++end) {
      if (words_.is(end, "(")) ++depth;
      if (words_.is(end, ")")) --depth;
      if (depth > 0) continue;
      if (words_.is(end, "into")) into = end;
      from = from || words_.is(end, "from");
      limits += words_.is(end, "limit") ? 1 : 0;
      constexpr std::string_view others[] = {"union", "intersect", "except", "offset",
                                             "fetch", "for",       "window", "distinct"};
      const auto is_word = [&](std::string_view word) { return words_.is(end, word); };
      plain = plain && std::ranges::none_of(others, is_word) && !(words_.is(end, ",") && into == 0);
    }
    // One row is what there is without FROM.
    const bool strict = words_.is(into + 1, "strict");
    const size_t field = into + (strict ? 2 : 1);
    if (into == 0 || (strict && (from || field + 3 < end)) || !plain || words_.row(field) != 1 ||
        !words_.is(field + 1, ".") || words_.is(field + 3, ",") || words_.is(field + 3, "[") ||
        words_.is(field + 3, ".") || asks_for_found())
      return 1;
    const bool is_limited = words_.is(end - 2, "limit") && words_.is(end - 1, "1");
    if (limits != (is_limited ? 1U : 0U)) return 1;
    edits_.push_back({words_[i].begin, words_[i].begin, text(field, field + 3) + " := ("});
    edit(into, field + 3, "", "INTO NEW.c");
    edits_.back().begin = words_[into - 1].end;
    edits_.push_back({words_[end - 1].end, words_[end - 1].end, is_limited || strict ? ")" : " LIMIT 1)"});
    return 1;
  }

  /// r record; that only ever is NEW or OLD is a row of the table.
  void records() {
    for (const size_t i : declared_rows()) edit(i + 1, i + 2, table_, "a record that is NEW or OLD");
  }

  std::vector<size_t> declared_rows() const {
    std::vector<size_t> found;
    for (size_t i = 1; i + 1 < words_.size(); ++i) {
      const bool is_first = words_.is(i - 1, ";") || words_.is(i - 1, "declare");
      const bool is_set = words_.is(i + 2, ":=") || words_.is(i + 2, "=") || words_.is(i + 2, "default");
      if (is_first && words_[i].is_name() && words_.is(i + 1, "record") &&
          (words_.is(i + 2, ";") || (is_set && is_row_value(i + 3))) &&
          is_always_row(words_[i].name(), i, is_set))
        found.push_back(i);
    }
    return found;
  }

  bool is_always_row(const std::string& name, size_t declared, bool assigned) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (i == declared || !words_.is_name(i, name)) continue;
      const bool is_field = words_.is(i + 1, ".") && !words_.is(i + 2, "*") && !words_.begins_statement(i);
      const bool is_returned = words_.is(i - 1, "return") && words_.is(i + 1, ";");
      if (is_field || is_returned) continue;
      const bool is_assignment = words_.is(i + 1, ":=") || words_.is(i + 1, "=");
      if (!words_.begins_statement(i) || !is_assignment || !is_row_value(i + 2)) return false;
      assigned = true;
    }
    return assigned;
  }

  /// NEW, OLD, or one of them by the operation.
  bool is_row_value(size_t i) const {
    constexpr std::string_view others[] = {"(",   ")",     "case", "when",     "then", "else",
                                           "end", "tg_op", "=",    "coalesce", ",",    "<>"};
    for (; i < words_.size() && !words_.is(i, ";"); ++i) {
      const auto is_word = [&](std::string_view word) { return words_.is(i, word); };
      const bool is_row = words_.is_name(i, "new") || words_.is_name(i, "old");
      const bool is_string = words_[i].kind == transform::Token::Kind::string;
      if (!is_row && !is_string && std::ranges::none_of(others, is_word)) return false;
    }
    return true;
  }

  bool asks_for_found() const {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (words_.is(i, "found") || words_.is(i, "diagnostics")) return true;
    }
    return false;
  }

  std::string text(size_t first, size_t end) const {
    return result_.body.substr(words_[first].begin, words_[end - 1].end - words_[first].begin);
  }

  void apply() {
    std::ranges::stable_sort(edits_, {}, &Edit::begin);
    for (size_t i = edits_.size(); i-- > 0;)
      result_.body.replace(edits_[i].begin, edits_[i].end - edits_[i].begin, edits_[i].text);
  }

  const TriggerWords words_;
  const std::string table_;
  std::vector<Edit> edits_;
  WrittenRows result_;
};

}  // namespace

WrittenRows write_rows(const std::string& body, const std::string& table) {
  return RowWriter(body, table).run();
}

bool holds_row(const std::string& body) {
  return RowWriter(body, {}).holds_row();
}

}  // namespace pg2crdb::routines
