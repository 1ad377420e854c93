#include "routines/returned_rows.h"

#include <algorithm>
#include <span>
#include <utility>

#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb::routines {

namespace {

using transform::Token;
using Tokens = std::span<const Token>;

class Statement {
 public:
  Statement(const Conversion& conversion, const std::string& sql)
      : conversion_(conversion), tokens_(transform::scan(sql).tokens) {
    size_t depth = 0;
    for (const Token& token : tokens_) {
      if (token.is(")") || token.is("]")) --depth;
      depths_.push_back(depth);
      if (token.is("(") || token.is("[")) ++depth;
    }
  }

  std::optional<ReturnedRows> read() {
    const size_t returning = find("returning", 0);
    if (returning == tokens_.size() || !read_table(returning)) return std::nullopt;
    result_.returning = tokens_[returning].begin;
    size_t begin = returning + 1;
    for (size_t i = begin; i <= tokens_.size(); ++i) {
      if (i < tokens_.size() && !(depths_[i] == 0 && tokens_[i].is(","))) continue;
      if (!add(Tokens(tokens_).subspan(begin, i - begin))) return std::nullopt;
      begin = i + 1;
    }
    return std::move(result_);
  }

 private:
  /// Outside of parentheses; the end where there is none.
  size_t find(std::string_view word, size_t from) const {
    size_t i = from;
    while (i < tokens_.size() && !(depths_[i] == 0 && tokens_[i].is(word))) ++i;
    return i;
  }
  bool is(size_t i, std::string_view word) const { return i < tokens_.size() && tokens_[i].is(word); }

  bool read_table(size_t returning) {
    const bool inserts = is(0, "insert") && is(1, "into");
    const bool deletes = is(0, "delete") && is(1, "from");
    size_t at = inserts || deletes ? 2 : 1;
    if (!inserts && !deletes && !is(0, "update")) return false;
    if (is(at, "only")) ++at;
    const bool joins = !inserts && (find("from", at) < returning || find("using", at) < returning);
    if (joins || at >= returning || !tokens_[at].is_name()) return false;
    std::vector<std::string> names = {tokens_[at].name()};
    if (is(at + 1, ".") && at + 2 < returning) {
      names.push_back(tokens_[at + 2].name());
      at += 2;
    }
    result_.table = names.size() == 1 ? ast::Name{"", names[0]} : ast::Name{names[0], names[1]};
    table_ = conversion_.table(result_.table);
    alias_ = names.back();
    if (is(++at, "as"))
      alias_ = tokens_[++at].name();
    else if (at < returning && !inserts && tokens_[at].is_name() && !tokens_[at].reserved && !is(at, "set"))
      alias_ = tokens_[at].name();
    const size_t values = find("values", at);
    result_.is_one_row = inserts && values < returning && is_one_list(values + 1);
    return table_ != nullptr;
  }

  /// `(1, 2)` and no other one behind it.
  bool is_one_list(size_t open) const {
    if (!is(open, "(")) return false;
    size_t close = open + 1;
    while (close < tokens_.size() && depths_[close] > 0) ++close;
    return !is(close + 1, ",");
  }

  /// `*`, `c`, `t.c`, with AS or without.
  bool add(Tokens item) {
    std::string name;
    if (item.size() > 2 && item[item.size() - 2].is("as") && item.back().is_name()) {
      name = item.back().name();
      item = item.first(item.size() - 2);
    }
    const bool qualified =
        item.size() == 3 && item[0].is_name() && item[0].name() == alias_ && item[1].is(".");
    if (item.size() != 1 && !qualified) return false;
    if (item.back().is("*")) {
      for (const ast::Column& column : table_->columns) add(column, column.name);
      return name.empty();
    }
    if (!item.back().is_name()) return false;
    const auto column = std::ranges::find(table_->columns, item.back().name(), &ast::Column::name);
    if (column == table_->columns.end()) return false;
    add(*column, name.empty() ? column->name : name);
    return true;
  }
  void add(const ast::Column& of, const std::string& name) {
    result_.fields.push_back(
        {name, conversion_.column_type(of).value_or(ast::TypeName()), {alias_, of.name}});
    result_.written.push_back(to_sql(column({alias_, of.name}), Dialect::cockroachdb));
  }

  const Conversion& conversion_;
  const std::vector<Token> tokens_;
  std::vector<size_t> depths_;
  const ast::CreateTable* table_ = nullptr;
  std::string alias_;
  ReturnedRows result_;
};

}  // namespace

std::optional<ReturnedRows> returned_rows(const Conversion& conversion, const std::string& sql) {
  return Statement(conversion, sql).read();
}

bool returns_old_or_new(const std::string& body) {
  if (lower(body).find("returning") == std::string::npos) return false;
  const std::vector<Token> tokens = transform::scan(body).tokens;
  bool returning = false;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is(";") || tokens[i].is("into")) returning = false;
    if (tokens[i].is("returning")) returning = true;
    if (returning && (tokens[i].is("old") || tokens[i].is("new")) && tokens[i + 1].is(".")) return true;
  }
  return false;
}

}  // namespace pg2crdb::routines
