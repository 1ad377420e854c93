#pragma once
#include <optional>
#include <set>
#include <string>

#include "routines/conversion.h"

namespace pg2crdb::routines {

/// Statements that say themselves whether they found a row: what FOUND is behind them.
class ToldRows {
 public:
  /// INSERT, UPDATE or DELETE as it is written.
  struct Dml {
    std::string kind;
    std::string with;  ///< what stands before it: WITH and what that defines
    std::string text;
    bool returns = false;
    /// What another common table stands behind.
    std::string with_list() const;
  };

  explicit ToldRows(Conversion& conversion) : conversion_(conversion) {}

  /// What is true where the statement found a row: the statement is changed for it. It is a BooleanTest where
  /// it holds as long as nothing else is asked, a NullTest of a row that must not be changed before, or
  /// EXISTS with the query that was run. Nothing where the statement cannot say it.
  std::optional<ast::Expr> tell_found(ast::plpgsql::Statement& statement);
  /// Behind a FETCH.
  std::optional<ast::Expr> fetched(const ast::plpgsql::Fetch& fetch);
  /// Nothing where it is no statement that changes rows.
  static std::optional<Dml> read(const ast::plpgsql::RunSql& run);
  /// Makes it a SELECT of how many rows it changed, with what stands behind that. False where the target
  /// cannot.
  bool count(ast::plpgsql::RunSql& run, const Dml& dml, std::string_view compared);
  /// Whether a query shows what need not be computed: constants and columns.
  bool computes_nothing(ast::Query& query) const;

 private:
  std::optional<ast::Expr> chosen(ast::plpgsql::If& choice);
  std::optional<ast::Expr> performed(ast::plpgsql::Statement& statement, ast::plpgsql::Perform& perform);
  std::optional<ast::Expr> returned(const ast::plpgsql::ReturnQuery& statement) const;
  std::optional<ast::Expr> exists(ast::plpgsql::Statement& statement, ast::Query query);
  ast::Expr told_by(ast::plpgsql::Statement& statement, ast::Expr test);
  std::optional<ast::Expr> selected(ast::Query& query, ast::plpgsql::Into& into);
  std::optional<ast::Expr> selected_from_changes(ast::plpgsql::RunSql& run);
  std::optional<ast::Expr> row_found(const ast::Query& query, const std::string& row, const ast::Name& type);
  std::optional<ast::Expr> row_is_there(const std::string& row, const ast::Name& type);
  std::optional<ast::Expr> written(ast::plpgsql::RunSql& run);
  std::optional<ast::Expr> row_written(const ast::plpgsql::RunSql& run, const Dml& dml);
  void add_target(ast::plpgsql::Into& into);
  const std::string& variable();

  Conversion& conversion_;
  std::set<std::string> marked_;  ///< cursors
  std::string variable_;
  std::string changed_;
};

ast::Expr boolean_test(ast::Expr argument);

}  // namespace pg2crdb::routines
