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

/// What an INSERT takes, for values that it does not say, from the sequences of its table's columns: those of
/// their defaults, as the live statements before it leave them, or those that belong to them.
std::vector<DrawnNumbers> drawn_by(const ast::Insert& insert, ObjectId table, const ast::Statement& statement,
                                   const ast::Script& script, const Binder& binder);

/// `SELECT nextval('q') FROM generate_series(1, 3)`
ast::SelectStatement take_numbers(const ast::Name& sequence, uint64_t count);

}  // namespace pg2crdb::bind
