#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ast/script.h"
#include "driver/config.h"
#include "driver/findings.h"
#include "driver/input_files.h"
#include "driver/options.h"
#include "driver/workload.h"
#include "emit/output.h"
#include "plan/load_plan.h"
#include "scan/scan.h"
#include "support/byte_source.h"
#include "support/result.h"
#include "support/source_file.h"

namespace pg2crdb {

/// What the rows of an input were asked.
struct RowScan {
  struct Answered {
    std::string_view rule;  ///< of the finding that asked, or that there would be
    std::string object;     ///< table or column
    std::string what;       ///< that a row holds: "an array of ..."
    Answer answer;
  };
  uint64_t rows = 0;  ///< that were looked at
  std::vector<Answered> answers;
};

/// One script, compiled: a file, or the files of a history.
struct CompiledInput {
  std::unique_ptr<SourceFile> file;
  ast::Script script;
  DecidedTexts decided_texts;
  size_t statements_read = 0;  ///< those with a higher id were added by passes, whatever became of them
  Output output;               ///< of the script, after the passes; points into it
  /// One a file of the script, in the order of the files in `file`; behind those stand, in a file each, what
  /// decisions add, and the statements of a workload.
  std::vector<LoadPlan::Input> inputs;
  std::map<uint32_t, size_t> added = {};  ///< by such a file's index, the decision that adds its statement
  std::set<ast::StatementId> added_beside = {};  ///< those that decisions add above or below others
  ReadScript read;
  InputFiles files;
  RowScan rows;
  std::vector<ast::StatementId> unacknowledged;  ///< those that need a person, and nobody acknowledged
  std::optional<Workload> workload;              ///< whose statements stand behind the script, in a file each
  size_t workload_begin = 0;                     ///< the index of the first of these files
  std::unique_ptr<std::deque<std::string>> pass_names;  ///< of what --ast read, which the script points to

  bool is_added(const SourceFile& one) const { return added.contains(one.index()); }
  bool is_added(const ast::Statement& one) const {
    return added.contains(one.span.file) || added_beside.contains(one.id);
  }
};

/// The SQL that a statement of the input was read from: a decision's, else the dump's.
inline std::string_view source_text(const CompiledInput& input, const ast::Statement& statement) {
  return source_text(statement, *input.file, input.decided_texts);
}

/// What became of the statements read; INSERTs whose rows the load plan carries count as moved.
struct Ledger {
  uint64_t read = 0, kept = 0, rewritten = 0, merged = 0, moved = 0, dropped = 0, needs_person = 0;
  uint64_t copy_blocks = 0, copy_rows = 0, insert_statements = 0, insert_rows = 0;
  uint64_t rows_left_out = 0;  ///< of copy_rows and insert_rows: those that the script removes again
};

/// The counts over all inputs. Throws InternalError where they do not add up.
Ledger make_ledger(const std::vector<CompiledInput>& inputs);

/// The shared front half of every command that reads a dump.
struct Compiled {
  Choices choices;
  std::vector<CompiledInput> inputs;
  JudgedFindings findings;
  std::vector<DecidedStatement> decided;
  Ledger ledger;

  /// The files that were read, by the names that they were given by.
  std::vector<std::string> input_paths() const;

  /// Findings at or above --fail-on, or a statement that needs a person and that nobody acknowledged, nor
  /// what it waits for: whatever was not selected, a statement is never lost in silence.
  bool failed() const;
};

/// Reads each of `names` (a file, "-", a folder of migrations, or a connection string, whose schema the real
/// pg_dump then prints), or the one tree of --ast, runs the passes, makes and checks the output, judges the
/// findings. So every command says the same about the same input, whether it writes the output or not.
Result<Compiled> compile_inputs(const Options& options, const std::vector<std::string>& names);

/// Asked between the steps of a compile: true where nobody waits for it any more.
using GiveUp = std::function<bool()>;
/// What such a compile fails with: `interrupted`.
Error given_up();

/// The same for one script: `names` are the files of one history. Where `give_up` says so, what was done is
/// thrown away, and the error is `given_up`.
Result<Compiled> compile_history(const Options& options, const std::vector<std::string>& names,
                                 const GiveUp& give_up = {});

/// One script as it stands, before any pass; its first file gets the index `index`. What `decisions` add is
/// read with it: an error where that is not one statement. `give_up` as above.
Result<CompiledInput> read_script(const Options& options, const std::vector<std::string>& names,
                                  uint32_t index, Diagnostics& diagnostics,
                                  std::vector<InlineIgnore>& ignores,
                                  std::span<const Decision> decisions = {}, const GiveUp& give_up = {});

/// The databases with content that a script connects to, as pg_dumpall's does, in its order; an empty name is
/// of what stands before that.
Result<std::vector<std::string>> databases_in(const Options& options, const std::string& name);

/// What an input's bytes are read from, and what it is called in messages.
Result<std::unique_ptr<ByteSource>> open_named(const std::string& name);
/// The one name of all that a file may have.
std::string canonical_path(const std::string& path);
std::string shown_name(const Options& options, const std::string& name);

LoadPlan plan_of(const Compiled& compiled);

/// What of all scripts together was not read.
struct NotRead {
  std::vector<MigrationTool> migrations;  ///< known by marks, names or a plan
  uint64_t files_up = 0;                  ///< of migrations
  uint64_t files_left_out = 0;            ///< of a migrations' folder, which the tool does not run
  Unread down_parts, branches, behind_quit;
  uint64_t rows_for_person = 0;               ///< behind statements that need a person
  std::vector<DatabasePart> other_databases;  ///< those of a script that were not chosen
};
NotRead not_read(const std::vector<CompiledInput>& inputs);

/// `read 412 statements: 300 kept, ...; 3 COPY blocks with 36,810 rows; 2 errors`.
std::string summary_line(const Compiled& compiled);

}  // namespace pg2crdb
