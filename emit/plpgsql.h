#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ast/plpgsql.h"
#include "emit/sql.h"

namespace pg2crdb {

/// A body as text, indented by two and with its comments; it ends with its last line's end. What is read of
/// it is the same tree.
std::string to_plpgsql(const ast::plpgsql::Body& body, Dialect dialect);

/// What parts of a body keep as it was written, where they do.
struct KeptText {
  /// Its lines but the first are indented by `margin`.
  std::function<std::optional<std::string>(const ast::plpgsql::Statement&, int margin)> statement;
  std::function<std::optional<std::string>(const ast::plpgsql::Value&)> value;
};

/// Parts of a body. Lines but the first are indented by `margin`, and no line end stands behind the last.
std::string to_plpgsql(const ast::plpgsql::Statement& statement, Dialect dialect, int margin,
                       const KeptText& kept);
std::string to_plpgsql(const ast::plpgsql::Declaration& declaration, Dialect dialect, int margin,
                       const KeptText& kept);
/// What a handler takes: `no_data_found OR SQLSTATE '22001'`.
std::string to_plpgsql(const std::vector<ast::plpgsql::Condition>& conditions, Dialect dialect);
/// In a place that ended behind `before`, which the value takes the place of: in parentheses where PL/pgSQL
/// would take a word of it for the end.
std::string to_plpgsql(const ast::plpgsql::Value& value, Dialect dialect, int margin,
                       std::string_view before);

/// Whether CockroachDB reads it otherwise than PostgreSQL where it is written as PostgreSQL prints it: ranks
/// of operators, `integer`.
bool differs_in_cockroachdb(const ast::plpgsql::Value& value);
bool differs_in_cockroachdb(const ast::plpgsql::VariableType& type);
bool differs_in_cockroachdb(const ast::plpgsql::StaticSql& sql);

}  // namespace pg2crdb
