#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ast/migration_file.h"
#include "ast/script.h"
#include "diag/diagnostic.h"
#include "passes/pipeline.h"
#include "support/source_file.h"
#include "target/target.h"

namespace pg2crdb::test {

/// A dump after parser and passes.
struct Compiled {
  SourceFile file{0, "dump.sql"};
  ast::Script script;
  std::vector<ast::MigrationFile> marked_files;
  Diagnostics diagnostics;
  bool in_order = false;
  std::string error;  ///< why the input could not be read; empty otherwise
};

/// Throws InternalError where anything of the output would have to be held back as a mistake of ours.
Compiled compile(std::string_view sql, const Target& target = Target(), const PipelineOptions& options = {});

/// The statements of all phases as they are emitted, a blank line between them.
std::string emitted(const Compiled& compiled);
/// `severity rule-id line:column message`, one a line, in the order of the input.
std::string findings(Compiled& compiled);

/// A whole file; empty where it cannot be read.
std::string read_file(const std::string& path);
/// Where the corpus of real dumps lies; empty where it is not to be found.
std::string corpus_folder();

}  // namespace pg2crdb::test
