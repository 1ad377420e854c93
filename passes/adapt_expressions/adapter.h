#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bind/expression_types.h"
#include "bind/uncreated.h"
#include "passes/adapt_expressions/arithmetic.h"
#include "passes/adapt_expressions/citext.h"
#include "passes/adapt_expressions/given_columns.h"
#include "passes/adapt_expressions/literals.h"
#include "passes/adapt_expressions/types.h"
#include "rewrite/pass.h"

namespace pg2crdb::adapt {

/// Where an expression stands decides what is allowed in it: queries in those of a query and of bodies.
enum class Place { value, query, check, immutable, sql_body, plpgsql_body };

/// What is said of an expression, by its place in `rules`.
struct Remark {
  size_t rule = 0;
  std::string what;  ///< "calls `date_bin`, which CockroachDB does not have"
  int32_t offset = -1;

  /// There, too: the first of its places is shown.
  void stands_at(int32_t other) {
    if (other >= 0 && (offset < 0 || other < offset)) offset = other;
  }
};

/// What is said of a column that a body names and that nothing there has.
std::string unknown_column(const std::string& column, bool is_written);

/// Each once, where it stands first.
std::vector<Remark> unique(const std::vector<Remark>& remarks);

/// Writes the call of a type's name, `timestamptz(x)`, as the cast that it is; false where it is none.
bool write_call_of_type(ast::Expr& expr);

/// Writes expressions as what they mean in PostgreSQL, and finds those that CockroachDB refuses.
class ExpressionAdapter {
 public:
  ExpressionAdapter(PassContext& context, const bind::Uncreated& uncreated, bind::ExpressionTypes& types)
      : context_(context), uncreated_(uncreated), types_(types) {}

  /// For `ExpressionTypes::walk`; what is refused is added to `refusals`. Both have to outlive it.
  bind::ExpressionTypes::Visitor visitor(Place place, std::vector<Remark>& refusals);
  /// A value that is stored as that type, or given for a parameter of it.
  void store(ast::Expr& value, const ast::TypeName& type, std::vector<Remark>& refusals);
  /// The same of one that a row is written with.
  void write_row_value(ast::Expr& value, const ast::TypeName& type, std::vector<Remark>& refusals);

  /// Says that what becomes one of such a type of another may be written otherwise.
  static void refuse_conversion(const ast::Expr& value, const ast::TypeName& to,
                                std::vector<Remark>& refusals);

  /// Whether a cast of the script's own makes the value one of that type. `anywhere`: how the cast is said to
  /// be, for a place where nobody writes it; null: it is written, so that a value of unknown type counts.
  bool is_converted(const ast::Expr& value, const ast::TypeName& to,
                    bool bind::Uncreated::Cast::*anywhere = nullptr) const;
  static std::string converts(const ast::TypeName& to);

  /// What was rewritten or may be meant otherwise, one of each rule.
  const std::map<size_t, Remark>& remarks() const { return remarks_; }
  bool changed_any() const { return changed_any_; }
  /// Something else was changed in the same trees.
  void note_change() { changed_any_ = true; }
  /// What a generated column of that type is computed of: a quotient is said.
  void note_stored(const ast::Expr& value, const ast::TypeName& type);
  /// What becomes a value of that type where it stands: the word for a moment, `now`, is said.
  void note_moment(const ast::Expr& value, const ast::TypeName& type);
  /// SQL that has no tree: what its words may mean otherwise is said.
  void note_unread(const std::string& sql, int32_t offset);
  /// One statement of SQL: that of a table which it changes twice is said.
  void note_changes(const ast::StatementNode& statement, int32_t offset);
  /// The last statement of a routine that gives these columns: PostgreSQL makes them of the types that the
  /// routine says, CockroachDB only looks whether they are.
  void give(ast::StatementNode& last, const std::vector<ast::Column>& columns, Coercion coercion,
            std::vector<Remark>& refusals);
  /// From here on, it is another place.
  void forget();

 private:
  void visit(ast::Expr& expr, Place place, std::vector<Remark>& refusals);
  bool hstore(ast::Expr& value, const ast::TypeName& type, std::vector<Remark>& refusals);
  template <class Refuse>
  void function(ast::FunctionCall& call, Place place, Refuse refuse, std::vector<Remark>& refusals);
  bool takes_rows_apart(const ast::FunctionCall& call) const;
  bool takes_what_becomes_text(const ast::FunctionCall& call) const;
  template <class Refuse>
  void cast(ast::Expr& expr, ast::Cast& cast, Place place, Refuse refuse, std::vector<Remark>& refusals);
  void spell_like(ast::Operation& operation);
  void count(ast::Expr& expr);
  void texts(ast::Expr& expr);
  void note_quotient(const ast::Expr& written);
  void note_moments(ast::Expr& expr);
  void note_moments_beside(const std::vector<const ast::Expr*>& sides);
  bool is_row(const ast::Expr& expr) const;
  bool write_without_star(ast::Expr& expr) const;
  void compared_rows(ast::Expr& expr);
  void compared_texts(ast::Expr& expr, std::vector<Remark>& refusals) const;
  void assigned_text(ast::Expr& value, const ast::TypeName& to, std::vector<Remark>& refusals);
  void mixed_types(const std::vector<Group>& groups, std::vector<Remark>& refusals);
  void tested_literal(ast::Subquery& subquery, int32_t offset, std::vector<Remark>& refusals);
  void literals_of_sides(ast::Query& query, const Results& left, const Results& right,
                         std::vector<Remark>& refusals);
  void note_stored_quotient(int32_t offset);
  void note_unpadded(const std::string& column, int32_t offset);
  template <class Refuse>
  void citext(Citext done, Refuse refuse);
  template <class Refuse>
  void operation(const ast::Operation& operation, Refuse refuse);
  void pattern(const ast::Expr& expr, std::vector<Remark>& refusals);
  void tell(Computed computed, int32_t offset);
  void sorted(const bind::ExpressionTypes::Sorted& sorted, std::vector<Remark>& refusals);
  void aligned(ast::Query& query, const Results& left, const Results& right, std::vector<Remark>& refusals);
  void literals(Literals done, int32_t offset, std::vector<Remark>& refusals);
  void changed(size_t rule, const std::string& what, int32_t offset);
  void noted(size_t rule, const std::string& what, int32_t offset);
  Type type_of_value(const ast::Expr& expr) const { return type_of(types_.of(expr)); }

  PassContext& context_;
  const bind::Uncreated& uncreated_;
  bind::ExpressionTypes& types_;
  std::map<size_t, Remark> remarks_;
  bool changed_any_ = false;
};

}  // namespace pg2crdb::adapt
