#pragma once
#include <string>

#include "ast/walk.h"
#include "routines/conversion.h"

/// Another name for a variable in a part of a body; between the sources of this folder only.
namespace pg2crdb::routines {

/// The SQL of a part of a body.
template <class Part>
void walk_part(Part& part, const ast::Visitor& look) {
  each_part(part, [&](ast::plpgsql::Value& value) {
    if (auto* expr = std::get_if<ast::Expr>(&value.node)) ast::walk(*expr, look);
    if (auto* query = std::get_if<ast::Query>(&value.node)) ast::walk(*query, look);
  });
  each_part(part, [&](ast::plpgsql::StaticSql& one) { ast::walk(one.statement, look); });
}

/// SQL that is kept word for word, in a part of a body.
template <class Part, class Visit>
void each_text(Part& part, const Visit& visit) {
  each_part(part, [&](ast::plpgsql::StaticSql& one) {
    if (auto* text = std::get_if<ast::Opaque>(&one.statement)) visit(*text);
  });
  each_part(part, [&](ast::plpgsql::Value& one) {
    if (auto* text = std::get_if<ast::Opaque>(&one.node)) visit(*text);
  });
}

class Renaming {
 public:
  Renaming(Conversion& conversion, std::string from, std::string to)
      : conversion_(conversion), from_(std::move(from)), to_(std::move(to)) {}

  const std::string& name() const { return to_; }

  /// Whether all that has the name in a part is the variable, and none of it may be a column or a table.
  template <class Part>
  bool is_plain(Part& part) const {
    bool plain = !conversion_.names_in_from().contains(from_);
    each_part(part, [&](ast::plpgsql::Declaration& one) { plain = plain && one.name != from_; });
    each_part(part, [&](ast::plpgsql::ForRange& one) { plain = plain && one.variable != from_; });
    each_part(part, [&](ast::plpgsql::ForCursor& one) { plain = plain && one.variable != from_; });
    ast::Visitor look;
    look.query = [&](ast::Query& query) { plain = plain && !has_column(query); };
    walk_part(part, look);
    each_text(part, [&](ast::Opaque& text) { plain = plain && is_plain_text(text.text); });
    return plain;
  }

  template <class Part>
  void run(Part& part) const {
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) { rename(expr); };
    walk_part(part, look);
    each_text(part, [&](ast::Opaque& text) { rename(text); });
    each_part(part, [&](ast::plpgsql::Variable& one) {
      if (one.names[0] == from_) one.names[0] = to_;
    });
    each_part(part, [&](ast::plpgsql::VariableType& one) {
      if (!one.names.empty() && one.names.size() == 1 && one.names[0] == from_) one.names[0] = to_;
    });
    conversion_.made_of[to_] = from_;
  }
  void rename(ast::Opaque& sql) const;

 private:
  bool has_column(const ast::Query& query) const;
  bool is_plain_text(const std::string& sql) const;
  void rename(ast::Expr& expr) const;

  Conversion& conversion_;
  const std::string from_;
  const std::string to_;
};

}  // namespace pg2crdb::routines
