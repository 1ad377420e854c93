#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/name.h"
#include "emit/sql.h"

namespace pg2crdb {

/// SQL text, token by token: a blank goes before each token unless the one before glued it. Names get out
/// through ident() and name() only, strings through literal() only.
class SqlWriter {
 public:
  explicit SqlWriter(Dialect dialect) : dialect_(dialect) {}
  /// In a body, whose lines are indented by `margin`: the words are quoted, too, that PL/pgSQL reserves.
  SqlWriter(Dialect dialect, int margin) : dialect_(dialect), in_body_(true), margin_(margin) {}

  Dialect dialect() const { return dialect_; }
  std::string take() && { return std::move(text_); }

  /// A word or words of SQL, or any token that needs no quotes (a number, an operator).
  void keyword(std::string_view words) {
    space();
    text_ += words;
  }
  void ident(std::string_view name);
  /// `schema.name`.
  void name(const ast::Name& name);
  /// `a.b.c`.
  void dotted(const std::vector<std::string>& names);
  /// The same of a column or variable. What a trigger's body has of its own is written in capitals there.
  void variable(const std::vector<std::string>& names);
  void literal(std::string_view text);
  /// Text between dollar signs, with a tag that does not occur in it.
  void dollar_quoted(std::string_view text);

  /// Punctuation without a blank before or after it: `::`, `.`, `[`, the parenthesis of a call.
  void glue(std::string_view token) {
    text_ += token;
    glued_ = true;
  }
  /// A blank and a parenthesis.
  void open() {
    space();
    glue("(");
  }
  void close(char token = ')') {
    text_ += token;
    glued_ = false;
  }
  void comma() { text_ += ','; }

  /// `write(item)` for each, with commas between.
  template <class Items, class Write>
  void list(const Items& items, Write write) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) comma();
      first = false;
      write(item);
    }
  }
  /// ` (a, b)`.
  void ident_list(const std::vector<std::string>& names) {
    open();
    list(names, [this](const std::string& column) { ident(column); });
    close();
  }

  /// A line end and `columns` blanks.
  void line(int columns) {
    text_ += '\n';
    text_.append(static_cast<size_t>(margin_ + columns), ' ');
    glued_ = true;
  }

  size_t size() const { return text_.size(); }

  /// The text says something in another way than PostgreSQL needs, because CockroachDB reads that otherwise:
  /// parentheses where operators rank differently, `INT4` for `integer`.
  void note_difference() { differs_ = true; }
  bool differs() const { return differs_; }

 private:
  void space() {
    if (!glued_) text_ += ' ';
    glued_ = false;
  }

  std::string text_;
  Dialect dialect_;
  bool in_body_ = false;
  int margin_ = 0;
  bool glued_ = true;
  bool differs_ = false;
};

}  // namespace pg2crdb
