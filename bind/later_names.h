#pragma once
#include <vector>

#include "bind/binder.h"
#include "parser/names.h"
#include "rewrite/pass.h"

namespace pg2crdb::bind {

/// Names in bodies of routines and DO blocks that mean nothing where these stand, in a script whose order is
/// kept: CockroachDB looks for them there.
class LaterNames {
 public:
  explicit LaterNames(PassContext& context) : context_(context) {}

  /// When the binder has come to the statement.
  void note(const ast::Statement& statement, const Binder& binder);
  /// When it has come to the end: what is made later is told, and what is not there any more.
  void tell(const Binder& binder);

 private:
  struct Later {
    ast::StatementId statement;
    NameUse use;
    Path path;
  };
  ObjectId meant(const Later& name, const Binder& binder) const;
  ObjectId meant_between(const Later& name, const Binder& binder) const;

  PassContext& context_;
  std::vector<Later> later_;
};

}  // namespace pg2crdb::bind
