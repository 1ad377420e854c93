#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ast/script.h"
#include "diag/diagnostic.h"
#include "parser/dump_reader.h"
#include "support/result.h"
#include "support/source_file.h"

namespace pg2crdb {

/// What the front end may report: unparsable statements, truncated input, invalid UTF-8, unreadable INSERTs
/// ...
extern const std::span<const Rule> parser_rules;

/// One statement's text (no leading comment; a final semicolon is allowed) as a tree. `Opaque` of kind
/// "unparsed" where libpg_query refuses it; the message and the byte offset of the error are then in `error`.
struct ParsedStatement {
  ast::StatementNode node;
  std::string error;
  int32_t error_offset = -1;
};
ParsedStatement parse_statement(std::string_view sql);

/// One expression, one type, as they stand in SQL; nothing where they do not parse.
std::optional<ast::Expr> parse_expression(std::string_view sql);
std::optional<ast::TypeName> parse_type(std::string_view sql);

struct ParsedDump {
  ast::Script script;
  uint64_t bytes = 0;
  std::string sha256;
};

/// How a script is read.
struct ReadOptions {
  bool keep_inserts = false;  ///< each INSERT is a statement with its text, none is a row of a DataBlock
};

/// A whole dump. Texts of statements are kept in `file`, rows are not. One bad statement costs one
/// diagnostic; an error is only what makes the input unreadable.
Result<ParsedDump> parse_dump(ByteSource& source, SourceFile& file, Diagnostics& diagnostics,
                              const ReadOptions& options = {});

}  // namespace pg2crdb
