#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bind/binder.h"

namespace pg2crdb::bind {

/// What a statement takes from a sequence.
struct DrawnNumbers {
  ObjectId sequence = ast::no_object;
  std::optional<uint64_t> count = {};  ///< nothing: not known
};

/// What an INSERT takes from the sequences that belong to columns of its table, for values that it does not
/// say.
std::vector<DrawnNumbers> drawn_by(const ast::Insert& insert, ObjectId table, const ast::Script& script,
                                   const Namespace& names);

/// `SELECT nextval('q') FROM generate_series(1, 3)`
ast::SelectStatement take_numbers(const ast::Name& sequence, uint64_t count);

}  // namespace pg2crdb::bind
