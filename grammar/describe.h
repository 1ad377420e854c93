#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/cockroachdb.h"
#include "grammar/scanner.h"

/// A refusal in words; between the sources of this folder only.
namespace pg2crdb {

/// Among the token types that would fit: the end.
inline constexpr size_t end_of_text = UINT16_MAX;

struct Refusal {
  std::string_view statement;
  std::span<const ScannedToken> tokens;
  const std::vector<std::string>& literals;  ///< of the token types
  size_t at;                         ///< index of the token that does not fit; tokens.size() for the end
  const std::set<size_t>& expected;  ///< token types, or `end_of_text`
};

SyntaxProblem describe(const Refusal& refusal);
/// The same for CockroachPlPgSql.g4.
SyntaxProblem describe_in_body(const Refusal& refusal);
/// What stands there, the target has not yet.
SyntaxProblem describe_release(const Refusal& refusal, Capability missing);
/// What stands at `at` is refused for what `sentence` says of it: `needs a row before it`.
SyntaxProblem describe_misfit(const Refusal& refusal, std::string_view sentence);
SyntaxProblem describe_depth(const Refusal& refusal);

}  // namespace pg2crdb
