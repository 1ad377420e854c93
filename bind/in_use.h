#pragma once
#include <map>
#include <string>
#include <vector>

#include "bind/binder.h"

namespace pg2crdb::bind {

/// What CockroachDB does not let go on at a place of the script because of what stands there: it refuses to
/// rename, move or retype what a view or a routine uses, and to drop what a body names, where PostgreSQL
/// follows or does not look.
class InUse {
 public:
  InUse(const ast::Script& script, const Binder& binder) : script_(script), binder_(binder) {}

  /// To be called with each statement once it is bound.
  void note(const ast::Statement& statement, const Binder::Result& result);

  /// Why the statement is refused, and by what: "view `v` uses `t`"; empty where it is not.
  std::string refuses(const ast::Statement& statement) const;

  /// The triggers that execute a function, as they are now.
  std::vector<ast::CreateTrigger> triggers_of(ObjectId function) const;
  /// The views that go with it where CASCADE drops it, each once; none of what is no object.
  std::vector<ObjectId> views_over(ObjectId object) const;

 private:
  std::string used(ObjectId object) const;
  /// `leaving`: the schema that goes, with the routines in it; empty where none does.
  std::string named_in_body(ObjectId object, const std::string& leaving = {}) const;
  std::string refuses(ObjectId table, const ast::AlterTable& alter) const;
  std::string index_over(ObjectId table, ObjectId column) const;

  const ast::Script& script_;
  const Binder& binder_;
  std::map<ObjectId, ast::StatementId> readers_;  ///< views and routines, each with what makes it as it is
  std::map<ObjectId, ast::StatementId> triggers_;
  std::map<ObjectId, ast::StatementId> indexes_;
};

}  // namespace pg2crdb::bind
