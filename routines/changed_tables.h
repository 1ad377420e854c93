#pragma once
#include <string>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb::routines {

/// A table that one statement of SQL changes several times, once otherwise than by a plain INSERT, as it is
/// written there; empty where there is none. Comments and strings do not count.
std::string table_changed_twice(const std::string& sql);
std::string table_changed_twice(const ast::StatementNode& statement);

/// A table or view whose rows are changed, and how.
struct ChangedRelation {
  ast::Name name;
  bool inserts = false, updates = false, deletes = false;  ///< all of them by MERGE
};
/// All of them in a statement, however deep they stand; of one without a tree, what its words tell.
std::vector<ChangedRelation> changed_relations(const ast::StatementNode& statement);

/// Whether SQL, or a body, has a statement that changes rows.
bool changes_any_rows(const std::string& sql);

}  // namespace pg2crdb::routines
