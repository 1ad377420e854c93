#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// A finding that nobody acknowledged, as an editor is told it.
struct ShownFinding {
  size_t begin = 0;  ///< of its place in the document, in bytes
  size_t end = 0;
  std::string rule;
  std::string object;
  std::string members;  ///< of the diagnostic as JSON, all but its range
};

/// What a unit of the language server's documents was when all of it was compiled last, from which an edit is
/// answered before all of it is compiled again.
class LspCompiled {
 public:
  /// `texts` are the documents' by canonical path, as they were compiled.
  LspCompiled(Compiled compiled, std::map<std::string, std::string> texts);

  const Compiled& compiled() const { return compiled_; }
  /// The file of it that has a canonical path; null where none has, as a way down.
  const SourceFile* source_of(const std::string& path) const;
  /// The findings of that file, in the order of their places.
  const std::vector<ShownFinding>& findings_of(const std::string& path) const;

  /// The findings of a file whose text is `text` by now: those outside of the statements that were edited
  /// stand as they were, where their places are now; of the statements that were edited, and the one behind
  /// them, it is said what a compile of these alone finds, behind the statements that make what they name.
  /// What such a compile found of the text as it was, and the compile of all did not, is left out, and what
  /// it cannot find stays, where its place was not edited. Nothing where the edit is too large for that, or
  /// no compile comes of it.
  std::optional<std::vector<ShownFinding>> findings_at_once(const Options& options, const std::string& path,
                                                            const std::string& text) const;

 private:
  struct Edited;
  std::optional<Edited> edited(const SourceFile& source, std::string_view before, std::string_view now) const;
  std::string makers_of(const SourceFile& source, const Edited& edited, std::string_view text) const;

  Compiled compiled_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, const SourceFile*> sources_;                   ///< by canonical path
  mutable std::map<std::string, std::vector<ShownFinding>> findings_;  ///< the same, of those asked for
  /// Statements by the last part of the name of the object that they are about, in the script's order.
  std::unordered_map<std::string, std::vector<const ast::Statement*>> about_;
};

}  // namespace pg2crdb
