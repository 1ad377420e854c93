#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/cockroachdb.h"
#include "grammar/scanner.h"

/// Reads with CockroachDB.g4; between the sources of this folder only.
namespace pg2crdb {

/// What one thread reads with.
class SqlReader {
 public:
  enum class Start : char16_t { statement, expression, type };

  explicit SqlReader(const Target& target);
  ~SqlReader();

  std::optional<SyntaxProblem> check(std::string_view statement);
  /// A piece of a body: tokens of `text`; a problem's place is one of it.
  std::optional<SyntaxProblem> check(Start start, std::string_view text,
                                     std::span<const ScannedToken> tokens);

  const Scanner& scanner() const;
  /// Of the token types; empty where a type has none.
  const std::vector<std::string>& literals() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pg2crdb
