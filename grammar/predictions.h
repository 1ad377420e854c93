#pragma once
#include <cstddef>
#include <cstdint>

namespace pg2crdb {

/// What ANTLR's simulation of the grammar comes to, worked out by the build (grammar/predictions_writer): for
/// each decision of the parser a machine that reads tokens until one alternative is left. A process that has
/// to find that out anew is busy with it for longer than with reading a file. Where this does not know, the
/// simulation is asked; and what does not parse by it is read again without it, so that it decides about time
/// only.
struct Predictions {
  const uint16_t* starts = nullptr;  ///< by decision, its first row
  size_t decision_count = 0;         ///< 0: the build could not work it out
  const uint16_t* classes =
      nullptr;  ///< by token type, the end of the input at 0: types that are never told apart
  size_t class_count = 0;
  const uint16_t* rows = nullptr;  ///< a row a state, an entry a class

  static constexpr uint16_t unknown = 0;
  static constexpr uint16_t decided =
      0x8000;  ///< with the alternative; else an entry is the next state's row

  /// The alternative, 0 where it is not known. `type_at(k)` is the type of the token k places ahead, from 1
  /// on, and 0 behind the end.
  template <class TypeAt>
  size_t alternative(size_t decision, TypeAt type_at) const {
    size_t row = decision < decision_count ? starts[decision] : 0;
    for (size_t k = 1; row != 0; ++k) {
      const uint16_t entry = rows[row * class_count + classes[type_at(k)]];
      if ((entry & decided) != 0) return entry & ~size_t{decided};
      row = entry;
    }
    return 0;
  }
};

extern const Predictions predictions;       ///< of CockroachDB.g4
extern const Predictions body_predictions;  ///< of CockroachPlPgSql.g4

}  // namespace pg2crdb
