#include "parser/vendor_clauses.h"

#include <algorithm>
#include <array>

#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;
using transform::Token;

constexpr std::string_view greenplum = "Greenplum";
constexpr std::string_view redshift = "Redshift";
constexpr std::string_view yugabyte = "YugabyteDB";
constexpr std::string_view edb = "EDB Postgres Advanced Server";

/// A clause by its first words. Behind them it goes on as `tail` says.
struct Form {
  enum class Tail {
    nothing,
    word,                  ///< a name or a number
    parentheses,           ///< ( ... )
    optional_parentheses,  ///< the same, or nothing
    to_the_end,            ///< of the statement
  };
  std::string_view product;
  std::array<std::string_view, 4> words;
  Tail tail = Tail::nothing;
  VendorClause::Meaning meaning = VendorClause::Meaning::storage;
};

constexpr Form forms[] = {
    {greenplum, {"distributed", "by"}, Form::Tail::parentheses},
    {greenplum, {"distributed", "randomly"}},
    {greenplum, {"distributed", "replicated"}},
    {greenplum, {"encoding"}, Form::Tail::parentheses},
    {greenplum, {"resource", "queue"}, Form::Tail::word},
    {greenplum, {"resource", "group"}, Form::Tail::word},
    {greenplum, {"createexttable"}, Form::Tail::optional_parentheses},
    {greenplum, {"nocreateexttable"}, Form::Tail::optional_parentheses},
    {greenplum, {"contains", "sql"}},
    {greenplum, {"no", "sql"}},
    {greenplum, {"reads", "sql", "data"}},
    {greenplum, {"modifies", "sql", "data"}},
    {greenplum, {"execute", "on", "any"}},
    {greenplum, {"execute", "on", "master"}},
    {greenplum, {"execute", "on", "coordinator"}},
    {greenplum, {"execute", "on", "initplan"}},
    {greenplum, {"execute", "on", "all", "segments"}},
    {redshift, {"with", "no", "schema", "binding"}},
    {redshift, {"auto", "refresh", "no"}},
    {redshift, {"auto", "refresh", "yes"}, Form::Tail::nothing, VendorClause::Meaning::lost},
    {redshift, {"nonatomic"}, Form::Tail::nothing, VendorClause::Meaning::lost},
    {redshift, {"diststyle"}, Form::Tail::word},
    {redshift, {"distkey"}, Form::Tail::optional_parentheses},
    {redshift, {"compound", "sortkey"}, Form::Tail::parentheses},
    {redshift, {"interleaved", "sortkey"}, Form::Tail::parentheses},
    {redshift, {"sortkey", "auto"}},
    {redshift, {"sortkey"}, Form::Tail::optional_parentheses},
    {redshift, {"encode"}, Form::Tail::word},
    {redshift, {"backup", "yes"}},
    {redshift, {"backup", "no"}},
    {redshift, {"identity"}, Form::Tail::parentheses, VendorClause::Meaning::identity},
    {yugabyte, {"split", "into"}, Form::Tail::to_the_end},
    {yugabyte, {"split", "at", "values"}, Form::Tail::parentheses},
    {yugabyte, {"nonconcurrently"}},
    {yugabyte, {"tablegroup"}, Form::Tail::word},
};

class Clauses {
 public:
  Clauses(const std::string& sql, std::vector<Token> tokens, bool of_yugabyte)
      : tokens_(std::move(tokens)), of_yugabyte_(of_yugabyte), result_{sql, {}, {}, {}} {}

  std::optional<WithoutClauses> find() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (const std::optional<size_t> end = clause(i)) i = *end - 1;
    }
    if (result_.clauses.empty()) return std::nullopt;
    return std::move(result_);
  }

 private:
  bool is(size_t i, std::string_view word) const { return i < tokens_.size() && tokens_[i].is(word); }

  /// Where the clause ends that begins with token `i`; nothing where none does.
  std::optional<size_t> clause(size_t i) {
    if (i == 0) return std::nullopt;
    if (is(i, "hash")) return hashed(i);
    if (of_yugabyte_ && (is(i, "asc") || is(i, "desc")) && is_in_key(i)) {
      blank(yugabyte, i, i + 1);
      return i + 1;
    }
    if (is(i, ",")) {  // COLUMN c ENCODING (..), DEFAULT COLUMN ENCODING (..)
      size_t end = i + 1;
      if (is(end, "default")) ++end;
      if (!is(end, "column")) return std::nullopt;
      while (end < tokens_.size() && tokens_[end].is_name() && !is(end, "encoding")) ++end;
      if (!is(end, "encoding") || !is(end + 1, "(")) return std::nullopt;
      end = behind_parentheses(end + 1);
      if (end == 0) return std::nullopt;
      blank(greenplum, i, end);
      return end;
    }
    if (is(i, "max") && is(i - 1, "(") && is(i + 1, ")")) {  // varchar(max)
      blank(redshift, i - 1, i + 2);
      return i + 2;
    }
    if (is(i, "partition") && is(i + 1, "by")) {
      // The classic syntax lists its partitions, which PostgreSQL's does not.
      const size_t end = partitions_end(i + 2);
      if (end == 0) return std::nullopt;
      const bool less_than = std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(i),
                                         tokens_.begin() + static_cast<std::ptrdiff_t>(end),
                                         [](const Token& token) { return token.is("less"); });
      blank(less_than ? edb : greenplum, i, end);
      return end;
    }
    for (const Form& form : forms) {
      if (const size_t end = end_of(form, i); end != 0) {
        if (form.meaning == VendorClause::Meaning::identity && !identity(i, end)) return std::nullopt;
        blank(form.product, i, end, form.meaning);
        return end;
      }
    }
    return std::nullopt;
  }

  /// 0 where it is not there.
  size_t end_of(const Form& form, size_t i) const {
    for (const std::string_view word : form.words) {
      if (word.empty()) break;
      if (!is(i, word)) return 0;
      ++i;
    }
    switch (form.tail) {
      case Form::Tail::nothing:
        return i;
      case Form::Tail::word:
        return i < tokens_.size() ? i + 1 : 0;
      case Form::Tail::parentheses:
        return is(i, "(") ? behind_parentheses(i) : 0;
      case Form::Tail::optional_parentheses:
        return is(i, "(") ? behind_parentheses(i) : i;
      case Form::Tail::to_the_end:
        return is(tokens_.size() - 1, ";") ? tokens_.size() - 1 : tokens_.size();
    }
    return 0;
  }

  size_t behind_parentheses(size_t i) const {
    int depth = 0;
    for (; i < tokens_.size(); ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ")") && --depth == 0) return i + 1;
    }
    return 0;
  }

  /// Behind PARTITION BY, of RANGE (..) [SUBPARTITION BY ..] (PARTITION ..); 0 where no list follows.
  size_t partitions_end(size_t i) const {
    bool listed = false;
    while (i < tokens_.size() && !is(i, ";")) {
      if (is(i, "(")) {
        listed = listed || is(i + 1, "partition") || is(i + 1, "default") || is(i + 1, "start") ||
                 is(i + 1, "subpartition") || is(i + 1, "values");
        i = behind_parentheses(i);
        if (i == 0) return 0;
      } else {
        ++i;
      }
    }
    return listed ? i : 0;
  }

  /// Where the parenthesis opens that closes with token `i`.
  size_t open_of(size_t i) const {
    for (int depth = 0;; --i) {
      if (is(i, ")")) ++depth;
      if ((is(i, "(") && --depth == 0) || i == 0) return i;
    }
  }

  /// Whether names alone stand in these parentheses, and no function's name before them.
  bool are_columns(size_t open, size_t close) const {
    if (open == 0 || !(is(open - 1, "(") || is(open - 1, ","))) return false;
    for (size_t k = open + 1; k < close; ++k) {
      if (!tokens_[k].is_name() && !is(k, ",")) return false;
    }
    return true;
  }

  /// HASH behind a column of a key or index, behind several in parentheses of their own, or behind an
  /// expression, which keeps its own.
  std::optional<size_t> hashed(size_t i) {
    if (!(is(i + 1, ",") || is(i + 1, ")"))) return std::nullopt;
    if (is(i - 1, ")")) {
      const size_t open = open_of(i - 1);
      if (are_columns(open, i - 1)) {
        for (size_t k = open + 1; k + 1 < i; ++k) {
          if (tokens_[k].is_name()) result_.hashed.push_back(tokens_[k].name());
        }
        erase(open, open + 1);
        erase(i - 1, i);
      }
    } else if (tokens_[i - 1].is_name()) {
      result_.hashed.push_back(tokens_[i - 1].name());
    } else {
      return std::nullopt;
    }
    blank(yugabyte, i, i + 1);
    // In a key of a table, the other columns have an order, too.
    for (size_t k = i + 1; k < tokens_.size() && !is(k, ")"); ++k) {
      if (is(k, "asc") || is(k, "desc")) erase(k, k + 1);
    }
    return i + 1;
  }

  /// Whether the innermost open parenthesis in front of token `i` is that of a key of a table.
  bool is_in_key(size_t i) const {
    int depth = 0;
    while (i > 0) {
      --i;
      if (is(i, ")")) ++depth;
      if (is(i, "(") && depth-- == 0) return i > 0 && (is(i - 1, "key") || is(i - 1, "unique"));
    }
    return false;
  }

  void erase(size_t first, size_t end) {
    const size_t begin = tokens_[first].begin;
    std::fill(result_.sql.begin() + static_cast<std::ptrdiff_t>(begin),
              result_.sql.begin() + static_cast<std::ptrdiff_t>(tokens_[end - 1].end), ' ');
  }

  void blank(std::string_view product, size_t first, size_t end,
             VendorClause::Meaning meaning = VendorClause::Meaning::storage) {
    erase(first, end);
    result_.clauses.push_back({product, tokens_[first].begin, tokens_[end - 1].end, meaning});
  }

  /// IDENTITY(1, 1) of a column, and Redshift's GENERATED BY DEFAULT AS IDENTITY(1, 1).
  bool identity(size_t i, size_t end) {
    std::vector<std::string> numbers;
    for (size_t k = i + 2; k + 1 < end; ++k) {
      if (is(k, ",")) continue;
      const bool minus = is(k, "-") && k + 2 < end;
      numbers.push_back((minus ? "-" : "") + std::string(tokens_[minus ? ++k : k].text));
    }
    size_t column = i;
    for (int depth = 0; column > 0; --column) {
      if (is(column - 1, ")")) ++depth;
      if (depth == 0 && (is(column - 1, "(") || is(column - 1, ","))) break;
      if (is(column - 1, "(")) --depth;
    }
    if (numbers.size() != 2 || column == 0 || !tokens_[column].is_name()) return false;
    if (i > 4 && is(i - 1, "as") && is(i - 4, "generated")) erase(i - 4, i);
    result_.identities.push_back({tokens_[column].name(), numbers[0], numbers[1]});
    return true;
  }

  std::vector<Token> tokens_;
  bool of_yugabyte_;
  WithoutClauses result_;
};

}  // namespace

std::optional<WithoutClauses> without_vendor_clauses(std::string_view sql, bool of_yugabyte) {
  const std::string text(sql);
  std::string error;
  std::optional<std::vector<Token>> tokens = transform::scan_sql(text, error);
  if (!tokens || tokens->empty()) return std::nullopt;
  return Clauses(text, std::move(*tokens), of_yugabyte).find();
}

std::string_view product_of_dump(std::string_view comment) {
  constexpr std::array<std::array<std::string_view, 2>, 3> names = {
      {{"-- YSQL database "sv, yugabyte},
       {"-- Greenplum Database database "sv, greenplum},
       {"-- EnterpriseDB database "sv, edb}}};
  for (const auto& [beginning, product] : names) {
    if (comment.starts_with(beginning)) return product;
  }
  return {};
}

}  // namespace pg2crdb
