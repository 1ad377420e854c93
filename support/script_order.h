#pragma once
#include <compare>
#include <cstdint>

#include "support/span.h"

namespace pg2crdb {

/// Where something begins in a script. The files of a script are read one behind the other, in the order of
/// their indexes (`SourceFile`): what is smaller was read first, what a decision adds in front too.
struct ScriptPlace {
  uint32_t file = 0;
  uint64_t begin = 0;

  auto operator<=>(const ScriptPlace&) const = default;
};

inline ScriptPlace script_place(const Span& span) {
  return {span.file, span.begin};
}

inline bool stands_before(const Span& left, const Span& right) {
  return script_place(left) < script_place(right);
}

/// Whether offsets tell how far the two are apart.
inline bool share_file(const Span& left, const Span& right) {
  return left.file == right.file;
}

/// The session that a statement is run in: each file is run in one of its own.
enum class SessionNumber : uint32_t {};

inline SessionNumber session_of(const Span& span) {
  return SessionNumber{span.file};
}

}  // namespace pg2crdb
