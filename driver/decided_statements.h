#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/script.h"
#include "diag/diagnostic.h"
#include "driver/config.h"
#include "support/result.h"
#include "support/source_file.h"

namespace pg2crdb {

/// A statement that a decision was about.
struct DecidedStatement {
  size_t decision = 0;  ///< its index in the configuration
  ast::StatementId statement = 0;
  Span in_dump;
};

/// The SQL that decisions put in the place of statements.
using DecidedTexts = std::map<ast::StatementId, std::string>;

/// The SQL that a statement was read from: a decision's, else the dump's.
std::string_view source_text(const ast::Statement& statement, const SourceFile& file,
                             const DecidedTexts& texts);

/// A statement's text as decisions name it: without white space at its ends, the semicolon, and line ends of
/// Windows.
std::string statement_text(std::string_view text);

/// Its last day is not over.
bool holds(const Decision& decision);

/// Where `replace` with `find` changes a statement that reads `text`.
std::vector<TextHit> hits_of(const Decision& decision, const std::string& text);

/// What `replace` makes of a statement that reads `text`.
std::string text_after(const Decision& decision, const std::string& text);

/// The one statement of a decision's SQL, whose text `file` keeps; an error where it is not one. One that is
/// not PostgreSQL's is one, too, and a finding.
Result<ast::Statement> read_decided_sql(const std::string& sql, SourceFile& file, Diagnostics& diagnostics);

/// What is known of a script's statements once the passes have run, for decisions by rule and object.
struct FoundBefore {
  Diagnostics findings;
  std::vector<std::string> objects = {};  ///< that a statement is about, by its id
};

class FindingsByPlace;
struct JudgedFindings;

/// Whether a decision is about a statement about `object`, which reads `text` and stands at `place`.
bool is_about(const Decision& decision, const std::string& object, const std::string& text, const Span& place,
              const JudgedFindings& findings, const FindingsByPlace& by_place);

/// Whether `keep` has something to do about it.
bool is_open_to_keep(const ast::Statement& statement);

/// What the decisions `delete`, `keep`, `replace`, `add-user`, and `add` beside a statement make of a script.
/// Decisions that are out of date make nothing.
class DecidedStatements {
 public:
  explicit DecidedStatements(const Choices& choices) : choices_(choices) {}

  /// Before a script's statements are changed.
  void begin();
  /// Statements of a script that decisions added, by the index of their file.
  void note_added(const ast::Script& script, const std::map<uint32_t, size_t>& added);
  /// Some decision takes statements out or puts others in their place.
  bool change_any() const;
  /// The same, and by rules or objects: what the passes make of the script has to be known before.
  bool need_findings() const;

  /// Of a script as it was read: deletes, replaces and adds; a statement that was replaced keeps its place in
  /// the dump, one that was added gets one beside that which it is added to, and their SQL goes into `texts`.
  /// Takes findings about statements that are gone out of `diagnostics`, and adds those of new ones. Without
  /// `known`, decisions that need it wait; with it, this is to be called for what comes of the script each
  /// time, until false: nothing was left to change. An error names the decision whose `sql` is not one
  /// statement, or cannot be added where it says. Statements are added, and others numbered anew, without
  /// `known` alone.
  Result<bool> change(ast::Script& script, SourceFile& file, const FoundBefore* known, DecidedTexts& texts,
                      Diagnostics& diagnostics);

  /// To be called once the passes have run: what was deleted is left out, and what needs its schema,
  /// role or sequence held back; what `keep` is about goes out word
  /// for word, and roles of `add-user` may log in.
  void finish(ast::Script& script, const SourceFile& file, const DecidedTexts& texts,
              Diagnostics& diagnostics);

  /// Why a decision `keep` cannot be followed, after `finish`: what goes out word for word would lose what
  /// was merged into it, or mean something else.
  const std::optional<Error>& refused() const { return refused_; }
  /// Why a decision that fits statements has nothing to do for them; empty where it fits none.
  std::string why_idle(size_t decision) const;

  /// Of all scripts so far.
  const std::vector<DecidedStatement>& all() const { return all_; }
  /// Statements of the script at hand that were added beside others.
  const std::set<ast::StatementId>& added_beside() const { return added_beside_; }

 private:
  /// `changes`: deletes and replaces, by their indexes. Whether something was changed.
  Result<bool> change_statements(const std::vector<size_t>& changes, ast::Script& script,
                                 const SourceFile& file, const FoundBefore* known, DecidedTexts& texts,
                                 Diagnostics& diagnostics);
  Result<void> add_beside(size_t index, ast::Script& script, SourceFile& file, DecidedTexts& texts,
                          Diagnostics& diagnostics);
  /// Each statement from `first` on gets the next number.
  void make_room(ast::StatementId first, ast::Script& script, DecidedTexts& texts);
  void keep(size_t index, ast::Statement& statement, std::string text, ast::Script& script);
  void note(size_t decision, const ast::Statement& statement);
  void leave_out(ast::Script& script, ast::Statement& statement, const Decision& decision) const;
  Result<void> replace(ast::Statement& statement, const Decision& decision, const std::string& sql,
                       Diagnostics& diagnostics) const;

  const Choices& choices_;
  std::vector<DecidedStatement> all_;
  size_t all_before_ = 0;                    ///< of these: of the scripts before the one at hand
  std::set<ast::StatementId> added_beside_;  ///< of the script at hand, as the next
  std::set<ast::StatementId> deleted_;
  std::set<std::pair<size_t, ast::StatementId>> applied_;  ///< decisions to statements
  std::optional<Error> refused_;
  std::map<size_t, std::string> idle_;  ///< of all scripts, by decision
};

}  // namespace pg2crdb
