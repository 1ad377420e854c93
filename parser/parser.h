#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ast/script.h"
#include "diag/diagnostic.h"
#include "parser/databases.h"
#include "parser/dump_reader.h"
#include "support/result.h"
#include "support/source_file.h"

namespace pg2crdb {

/// What the front end may report: unparsable statements, truncated input, invalid UTF-8, unreadable INSERTs
/// ...
extern const std::span<const FindingKind> parser_rules;

/// One statement's text (no leading comment; a final semicolon is allowed) as a tree. `Opaque` of kind
/// "unparsed" where libpg_query refuses it; the message and the byte offset of the error are then in `error`.
struct ParsedStatement {
  ast::StatementNode node;
  std::string error;
  int32_t error_offset = -1;
};
ParsedStatement parse_statement(std::string_view sql);
/// The same with `VALUES (1, 'a')` as a tree, of which `ast::Insert::rows` would be the text.
ParsedStatement parse_whole_statement(std::string_view sql);

/// One expression, one type, as they stand in SQL; nothing where they do not parse.
std::optional<ast::Expr> parse_expression(std::string_view sql);
std::optional<ast::TypeName> parse_type(std::string_view sql);

/// How a script is read.
struct ReadOptions {
  MarkOptions marks = {};
  std::string database = {};  ///< of those that the script connects to; empty: the only one that has content
  bool keep_inserts = false;  ///< each INSERT is a statement, none is a row of a DataBlock
  bool files_in_transactions = false;  ///< as their tool runs them, whatever their marks say
  unsigned jobs = 1;                   ///< threads that parse; what comes out is the same with any number
};

/// What of a script was read, and what was not, by the reason why.
struct ReadScript {
  std::vector<MigrationTool> migrations;         ///< whose marks the script has
  std::vector<ast::MigrationFile> marked_files;  ///< that have marks
  Unread down_parts;                             ///< the ways down of migrations
  Unread branches;                               ///< branches of \if that psql does not take
  Unread behind_quit;                            ///< what follows psql's \q
  Unread for_person;                             ///< rows alone: of statements that need a person
  std::string database;                          ///< whose part was read; empty where the script names none
  std::vector<DatabasePart> other_databases;     ///< whose parts were not
};

struct ParsedDump {
  ast::Script script;
  ReadScript read;
  uint64_t bytes = 0;
  std::string sha256;
};

struct ReadFile {
  uint64_t bytes = 0;
  std::string sha256;
};

class DumpParser;
class ParseAhead;

/// Reads the files of a history, one behind the other, into one script.
class ScriptReader {
 public:
  ScriptReader(Diagnostics& diagnostics, const ReadOptions& options);
  ~ScriptReader();

  /// Statements' texts are kept in `file`, which has to live as long as the reader. `down`: the whole file is
  /// a way down, whose statements are only counted. An error is what makes the file unreadable.
  Result<ReadFile> read(ByteSource& source, SourceFile& file, bool down = false);

  /// What belongs to the database that is read, whichever that is.
  Result<ReadFile> read_of_any_database(ByteSource& source, SourceFile& file);

  /// One statement as a session of its own, in the database that is read; `file` keeps its text.
  void read_session(const Segment& statement, SourceFile& file);

  /// Those that the script connects to and that have content, in its order; an empty name is of what stands
  /// before the first \connect.
  std::vector<std::string> databases() const;

  /// All that was read; `bytes` and `sha256` are not set. Fails where more than one database is meant, or
  /// none.
  Result<ParsedDump> finish();

 private:
  const MarkOptions marks_;
  std::unique_ptr<DumpParser> parser_;
  std::unique_ptr<ParseAhead> ahead_;  // of the parser
};

/// A whole dump, as psql would read it. Texts of statements are kept in `file`, rows are not. One bad
/// statement costs one diagnostic; an error is only what makes the input unreadable, or leaves open which of
/// several databases is meant.
Result<ParsedDump> parse_dump(ByteSource& source, SourceFile& file, Diagnostics& diagnostics,
                              const ReadOptions& options = {});

}  // namespace pg2crdb
