#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.h"
#include "target/target.h"

namespace pg2crdb {

/// A statement that CockroachDB would not parse, in SQL that was written for it.
extern const FindingKind cockroachdb_syntax;

/// Why CockroachDB's parser would refuse a statement.
struct SyntaxProblem {
  size_t offset = 0;    ///< bytes from the statement's beginning to the word that does not fit
  size_t length = 0;    ///< of that word; 0 at the statement's end
  std::string message;  ///< lower case, no full stop: what stands there, and what could
  std::vector<std::string>
      expected;           ///< in words, `a name`, `VARCHAR`, `,`; empty where many could stand there
  bool too_deep = false;  ///< nested deeper than `max_depth`: nothing is known about it
  /// A sentence, where a form of PostgreSQL's was meant or the release is too old; else empty.
  std::string hint;
};

/// Why CockroachDB would refuse a body.
struct BodyProblem : SyntaxProblem {
  std::string form;  ///< in words, what the target does not have: `PERFORM`; empty where `message` says all
  std::optional<Capability> missing = {};  ///< the same
  /// Its parser takes it, and refuses the routine when that is made.
  bool parses = false;
};

/// A text of many statements, cut as CockroachDB cuts it before it parses: at the semicolons that stand in no
/// string, name, comment or BEGIN ATOMIC body. All places are bytes.
struct CutText {
  static constexpr size_t none = static_cast<size_t>(-1);
  struct Statement {
    size_t begin = 0, end = 0;  ///< from the first token to the end of the last before the semicolon
    size_t semicolon = none;    ///< none where the text ends without one
  };
  std::vector<Statement> statements;
  /// What no statement is cut behind: bytes that are no text, something unterminated, a comment that psql and
  /// CockroachDB end at different places.
  std::optional<SyntaxProblem> problem;
};

/// The grammar of CockroachDB's SQL (CockroachDB.g4), for one release. It says what parses, not what runs:
/// names are not resolved. Not to be used by two threads at once; it spreads the work itself.
class CockroachGrammar {
 public:
  explicit CockroachGrammar(const Target& target);
  ~CockroachGrammar();
  CockroachGrammar(const CockroachGrammar&) = delete;
  CockroachGrammar& operator=(const CockroachGrammar&) = delete;

  /// `statement` is one statement, with or without its semicolon; any bytes at all are an answer, not a
  /// crash. Nothing is the answer for what parses.
  std::optional<SyntaxProblem> check(std::string_view statement);
  /// The same for many, on all cores; the answers stand in the order of the statements.
  std::vector<std::optional<SyntaxProblem>> check_all(std::span<const std::string_view> statements);
  /// The body of a function, a procedure or a DO block (CockroachPlPgSql.g4), and all SQL in it: what is
  /// refused, in the order of the places, which are bytes of the body. Where PL/pgSQL's own forms are
  /// refused, the SQL is not read: that takes most of the time. Nothing is known of languages but sql and
  /// plpgsql.
  std::vector<BodyProblem> check_body(std::string_view language, std::string_view body);
  /// Any bytes at all are an answer. Scans, and parses nothing.
  CutText cut(std::string_view sql);

  /// Statements that are nested deeper are refused: rules within one another. A pair of parentheses in an
  /// expression counts five, a query in one nine.
  static constexpr size_t max_depth = 40'000;

 private:
  class Reader;
  Reader& reader(size_t number);
  Target target_;
  std::vector<std::unique_ptr<Reader>> readers_;  // one a thread, made when it is needed
};

}  // namespace pg2crdb
