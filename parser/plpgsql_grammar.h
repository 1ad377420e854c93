#pragma once
#include <PlPgSqlParser.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/sql_tokens.h"
#include "support/antlr_tokens.h"

/// PlPgSql.g4 over the tokens of PostgreSQL's scanner; between the sources that read bodies only.
namespace pg2crdb::transform {

using PlPgSql = antlr::PlPgSqlParser;

/// A body's tokens, and what the grammar makes of them. Contexts live as long as this.
class PlPgSqlTree {
 public:
  /// Throws BodyError. `body` outlives it.
  explicit PlPgSqlTree(const std::string& body);
  ~PlPgSqlTree();

  PlPgSql::BodyContext& root() const { return *root_; }
  const std::vector<Token>& tokens() const { return scanned_.tokens; }
  const std::vector<Token>& comments() const { return scanned_.comments; }
  /// The grammar's type of a token.
  size_t type(size_t token) const { return stream_->get(token)->getType(); }
  /// Whether a token is a word that PL/pgSQL takes for nothing but its own.
  bool is_reserved(size_t token) const;

 private:
  class Parser;
  ScannedSql scanned_;
  std::unique_ptr<AntlrTokens> stream_;
  std::unique_ptr<Parser> parser_;
  PlPgSql::BodyContext* root_ = nullptr;
};

}  // namespace pg2crdb::transform
