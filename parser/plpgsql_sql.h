#pragma once
#include <cstdint>
#include <string>

#include "ast/plpgsql.h"

/// Pieces of SQL in a body, through PostgreSQL's grammar; between the sources that read bodies only. `place`
/// is where a piece begins in the body: offsets, of errors too, count from the body's beginning.
namespace pg2crdb::transform {

/// Why a body is none. Thrown by the readers of bodies, never leaves this folder.
struct BodyError {
  std::string message;
  int32_t offset = -1;
};

/// An expression, as PL/pgSQL takes it: a SELECT without its word, `a FROM t`, which need not be one.
ast::plpgsql::Value plpgsql_value(const std::string& sql, int32_t place);
/// What PERFORM does: a SELECT without its word, UNION and all.
ast::plpgsql::Value plpgsql_performed(const std::string& sql, int32_t place);
ast::plpgsql::StaticSql plpgsql_statement(const std::string& sql, int32_t place);
ast::TypeName plpgsql_type(const std::string& sql, int32_t place);

}  // namespace pg2crdb::transform
