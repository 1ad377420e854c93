#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ast/migration_file.h"
#include "emit/emitted.h"
#include "support/source_file.h"

namespace pg2crdb {

struct EmitOptions {
  bool annotate = false;  ///< each statement is preceded by `-- from dump.sql:120 [pass, pass]`
};

/// A file of DDL as it is written out, and where each statement stands in it; all places are bytes.
struct OutputFile {
  struct Place {
    const ast::Statement* statement = nullptr;
    bool live = false;                    ///< SQL; else it is held back and a comment
    size_t begin = 0, end = 0;            ///< with annotation, semicolon and line end
    size_t sql_begin = 0, semicolon = 0;  ///< of what is live: the SQL, and the semicolon behind it
  };
  std::string name;
  std::string text;
  std::vector<Place> places;  ///< in the order of the text
};

/// The four phases, "10-roles.sql" to "40-revalidate.sql", in the order in which they are run: a header
/// comment, then the statements, a blank line between them. What is held back is a comment that says why.
std::vector<OutputFile> phase_files(const EmittedScript& emitted, const SourceFile& file,
                                    const EmitOptions& options);

/// A script whose order is kept: for each file that it was read from one of the same name, with the
/// statements, a blank line between them, and the marks of its migration tool. What is held back is a comment
/// that says why; a way down is said to be missing.
std::vector<OutputFile> in_order_files(const EmittedScript& emitted, const SourceFile& file,
                                       std::span<const ast::MigrationFile> migrations,
                                       const EmitOptions& options);

/// Whether files are run one after the other in one session, or each is one of its own.
enum class Sessions { one, each };

/// All of the files as one. Each ends with a line end outside of any statement, so that what one of them
/// means does not change. Behind one that is a session of its own and sets something stands RESET ALL. Who
/// moves the files in needs no room for two of them: each goes when it stands in the whole.
OutputFile one_file(std::vector<OutputFile> files, std::string name, Sessions sessions = Sessions::one);

/// Appends `text` as comment lines, whatever its bytes are: each line break, also a lone carriage return,
/// which ends psql's comments but not CockroachDB's, begins a comment anew; control characters and what is
/// not UTF-8 are written as `\x1B`. Ends with a line end.
void append_comment(std::string& out, std::string_view text);

}  // namespace pg2crdb
