#pragma once
#include <span>
#include <string>
#include <vector>

#include "driver/workload.h"
#include "parser/sql_tokens.h"

namespace pg2crdb {

/// The same for statements that differ in constants of one kind, in how many of them a list has, in comments
/// and blanks. Where more than a constant's kind counts, as in SET or a regular expression, it stays.
std::string shape_of(std::span<const transform::Token> tokens);

/// The text of some tokens of `sql`, with something else for constants that were counted as one and where no
/// parameter can stand: `INTERVAL $1`, `EXTRACT($1 FROM t)`.
std::string text_of(const std::string& sql, std::span<const transform::Token> tokens);

/// Whether it changes what stands in the schema anyhow. Temporary tables are an application's own.
bool changes_schema(std::span<const transform::Token> tokens);

/// What of a statement is a query or a change of rows: all of it; what PREPARE, DECLARE, EXPLAIN and COPY
/// hold; each common table, and what stands behind them, where one of them changes rows. None of what is
/// about the session alone.
std::vector<WorkloadStatement::Part> parts_of(const std::string& sql);

}  // namespace pg2crdb
