#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ast/statement.h"
#include "rewrite/pass.h"

/// Bodies by their words; between the sources of this pass only.
namespace pg2crdb::functions {

struct Token {
  enum class Kind { word, quoted, string, number, symbol };
  Kind kind = Kind::symbol;
  std::string text;  ///< of words: lower case
  size_t begin = 0;
  size_t end = 0;
  size_t line = 1;  ///< from 1, in the body
};

/// A body without its comments, blanks and what is inside its strings.
std::vector<Token> tokens_of(const std::string& body);

/// What CockroachDB refuses in a body.
struct BodyRefusal {
  std::string what;
  size_t offset = 0;  ///< bytes of the body
  size_t line = 1;    ///< from 1, in the body
  std::string hint = {};
};

/// Names in a body that CockroachDB does not know, and those of a trigger's rows.
class BodyScanner {
 public:
  /// The function must outlive the scanner.
  BodyScanner(const PassContext& context, const ast::CreateFunction& function);

  std::vector<BodyRefusal> refusals;
  std::vector<BodyRefusal> missing_calls;
  std::vector<BodyRefusal> refused_anywhere;  ///< in SQL as well
  size_t rows_rewritten = 0;

  void scan();
  /// The body with (NEW).c and (OLD).c where they are read.
  std::string with_rows();

 private:
  bool is(size_t i, std::string_view text) const;
  bool assigned(size_t i) const;
  bool calls_itself() const;
  size_t arguments_from(size_t open) const;
  bool takes(size_t count) const;
  bool is_missing(std::string_view function) const;
  void refuse(Capability capability, const std::string& what, const Token& token);
  void name(const Token& token);

  const Target& target_;
  const ast::Catalog& catalog_;
  const ast::CreateFunction& function_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace pg2crdb::functions
