#pragma once
#include <string>
#include <vector>

#include "emit/emit.h"

/// What expressions are written with; between the sources of this folder only.
namespace pg2crdb {

// --- what holds how tightly (precedence.cpp)

inline Level next(Level level) {
  return static_cast<Level>(static_cast<unsigned char>(level) + 1);
}

/// The calls written with words between their operands rather than around them.
enum class Infix { none, at_time_zone, at_local, overlaps, is_normalized, is_json, is_document };
Infix infix(const ast::FunctionCall& call);

Level operator_level(const std::vector<std::string>& op);
/// As an operand. CockroachDB holds `~` and its kin as loosely as LIKE, so they get parentheses in both
/// dialects.
Level operation_level(const ast::Operation& operation);
Level level_of(const ast::Expr& expr);
/// `~` and its kin rank there as all operators without a rank of their own do.
Level level_in_postgresql(const ast::Expr& expr);

/// `NOT (x IN (SELECT ...))` reads better as `x NOT IN (SELECT ...)`, and is the same tree; null for others.
const ast::Subquery* not_in_subquery(const ast::BoolExpr& expr);
inline bool is_system(const ast::Name& name, std::string_view function) {
  return name.schema == "pg_catalog" && name.name == function;
}

// --- what has a source of its own

void write(SqlWriter& out, const ast::FunctionCall& call);
void write(SqlWriter& out, const ast::Operation& operation);
/// Before ANY and ALL.
void write_subquery_operator(SqlWriter& out, const std::vector<std::string>& op);

}  // namespace pg2crdb
