#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "ast/plpgsql.h"
#include "ast/reflect.h"
#include "ast/script.h"

namespace pg2crdb::rewrite {

/// The body in PL/pgSQL of a routine or a DO block, with the trees of its SQL.
class RoutineBody {
 public:
  /// Nothing where the statement has none, or none that PostgreSQL would compile.
  static std::optional<RoutineBody> of(const ast::Statement& statement);

  /// Calls `visit` for each tree of SQL: expressions, queries, statements, types of variables, and what
  /// EXECUTE runs where that is a constant. It says whether it changed the tree.
  void each(const std::function<bool(const ast::TypeInfo&, void*)>& visit);

  /// Where it stands in its statement: offsets in the trees count bytes of the body.
  int32_t offset() const { return offset_; }

  /// Writes it into the statement that it was read from: what is the same tree stays word for word. What it
  /// names by now is noted in the statement.
  void write(ast::Script& script, ast::Statement& statement) const;

 private:
  RoutineBody(std::string text, ast::plpgsql::Body read, int32_t offset);

  std::string text_;
  ast::plpgsql::Body read_;
  ast::plpgsql::Body body_;
  int32_t offset_ = -1;
};

}  // namespace pg2crdb::rewrite
