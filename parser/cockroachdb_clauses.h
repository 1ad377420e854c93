#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "ast/statement.h"
#include "parser/schema_elements.h"
#include "parser/vendor_clauses.h"

namespace pg2crdb {

/// A statement as CockroachDB's SHOW CREATE prints it, or as this compiler does, read.
struct CockroachStatement {
  struct Index {
    SchemaElements::Piece place;
    ast::CreateIndex node;
  };
  ast::StatementNode node;
  std::vector<Index> indexes = {};         ///< of a CREATE TABLE, that stand among its columns
  std::vector<VendorClause> clauses = {};  ///< that are left out; all others are kept, word for word
};

/// For statements that PostgreSQL's grammar refuses, or reads otherwise. Nothing where this is none of
/// CockroachDB's CREATE TABLE, CREATE INDEX and CREATE ROLE IF NOT EXISTS, nor one of PostgreSQL's with
/// `:::`.
std::optional<CockroachStatement> read_cockroachdb(std::string_view sql);

}  // namespace pg2crdb
