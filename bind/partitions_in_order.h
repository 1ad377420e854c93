#pragma once
#include <string>
#include <unordered_set>

#include "ast/script.h"

namespace pg2crdb::bind {

/// Partitions as a script makes them statement by statement: each is merged into its table, among whose rows
/// its own then stand.
class PartitionsInOrder {
 public:
  explicit PartitionsInOrder(const ast::Script& script) : script_(script) {}

  /// The partition that a statement renames or moves; none where it does neither.
  ast::ObjectId renamed_by(const ast::Statement& statement) const;

  /// The name of the partition that a statement takes away from its table, or empties; empty where it does
  /// neither. Those that it makes or attaches are noted.
  std::string emptied_by(const ast::Statement& statement);

 private:
  const ast::Script& script_;
  std::unordered_set<ast::ObjectId> partitions_;
};

}  // namespace pg2crdb::bind
