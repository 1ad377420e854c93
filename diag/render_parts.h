#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/render.h"

namespace pg2crdb {

/// Where a finding is, for a person: lines and columns from 1, the end exclusive.
struct Place {
  const SourceFile* file = nullptr;
  Location begin;
  Location end;
};

/// Nothing for a finding about the run.
std::optional<Place> place_of(const Findings& findings, const Diagnostic& diagnostic);

/// The first source line of a finding, cut to what fits around its place, passwords hidden. All three are
/// printable UTF-8.
struct Excerpt {
  uint64_t line = 0;
  std::string before;
  std::string marked;  ///< empty where the place is a point
  std::string after;
  size_t before_width = 0;  ///< in columns of a terminal
  size_t marked_width = 0;
};

/// Nothing where the text was not kept. `width` is in columns of a terminal.
std::optional<Excerpt> excerpt_of(const Place& place, const Span& span, size_t width);

/// The rule; throws InternalError where the diagnostic has none.
const FindingKind& rule_of(const Diagnostic& diagnostic);
/// The diagnostic's own advice, or its rule's; may be empty.
std::string_view advice_of(const Diagnostic& diagnostic);

/// One line of UTF-8 without control characters and without those that turn the writing direction.
std::string printable(std::string_view text);
/// The same for HTML and XML, as text or in quotation marks.
std::string escape_markup(std::string_view text);

/// A mark for each finding that stays when lines above it come or go: 16 hexadecimal digits, unique in the
/// run.
std::vector<std::string> fingerprints(const Findings& findings);

}  // namespace pg2crdb
