#pragma once
#include <string>
#include <vector>

#include "bind/binder.h"

namespace pg2crdb::bind {

/// What statements would have changed that are left for a person, where the script's order is kept: from
/// there on a name may mean something else in the script than in the output, or nothing at all. What names
/// such an object, or takes its name, would change the wrong one.
class LeftUndone {
 public:
  LeftUndone(const ast::Script& script, const Binder& binder) : script_(script), binder_(binder) {}

  /// The statement left for a person that a statement, just bound, cannot do without; none where there is
  /// none.
  ast::StatementId waits_for(const ast::Statement& statement, const Binder::Result& result) const;

  /// What a statement changes that waits for `root`, or is that one. To be called before its effect on names
  /// is taken.
  void note(const ast::Statement& held, const Binder::Result& result, ast::StatementId root);
  /// What it makes, behind that: objects from `first` on.
  void note_made(const ast::Statement& held, ObjectId first, ast::StatementId root);

 private:
  struct Undone {
    ObjectId object = ast::no_object;
    ast::Name before = {};  ///< its name in the output; empty: it is not there
    ast::StatementId root = ast::no_statement;
    bool dropped = false;  ///< of a column: it should be gone
  };

  void add(ObjectId object, ast::StatementId root, bool is_there, bool dropped = false);
  bool is_used(ObjectId object, const ast::Statement& by) const;
  bool names_column(const Undone& column, const ast::Statement& statement) const;
  bool takes_name(const Undone& undone, const ast::Statement& statement, const Binder::Result& result) const;

  const ast::Script& script_;
  const Binder& binder_;
  std::vector<Undone> undone_;
};

}  // namespace pg2crdb::bind
