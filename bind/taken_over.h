#pragma once
#include <unordered_set>

#include "ast/script.h"
#include "bind/binder.h"
#include "rewrite/pass.h"

namespace pg2crdb::bind {

/// Unique indexes of the script that a constraint takes over by USING INDEX, where the script's order is
/// kept: in CockroachDB such an index is the constraint, and gets its name.
class TakenOver {
 public:
  TakenOver(PassContext& context, Binder& binder) : context_(context), binder_(binder) {}

  /// False where a statement adds no such constraint. Else it is left out, or renames the index.
  bool take(ast::Statement& statement);

  /// Whether a reference to a constraint is one to such an index.
  bool has(const ast::ObjectRef& reference) const;

  /// Commands that drop such a constraint drop the index, by a statement before theirs.
  void drop(ast::Statement& statement, ast::AlterTable& alter);

 private:
  PassContext& context_;
  Binder& binder_;
  std::unordered_set<ast::ObjectId> constraints_;
};

}  // namespace pg2crdb::bind
