#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "ast/script.h"
#include "plan/load_plan.h"

namespace pg2crdb {

/// What a script does to the rows of its tables besides those that the load brings.
class StatementsBesides {
 public:
  StatementsBesides(const ast::Script& script, const LoadPlan& plan);

  /// Whether statements that stay, or are left for a person, change rows of the plan's table, or bring some.
  bool change(size_t table) const { return changed_.contains(table); }
  /// Whether a row that leaves the column out may have got more than NULL, then or now.
  bool have_default(const ast::CreateTable& create, const ast::Column& column) const;

 private:
  void look_at(const ast::Statement& statement);
  void change(const ast::Name& name);

  std::multimap<ObjectName, size_t> tables_;  ///< of the plan, by their names on the target and in the source
  std::set<size_t> changed_;
  std::set<ObjectName> domains_;                             ///< with a default
  std::set<std::pair<ObjectName, std::string>> columns_of_;  ///< tables, that were given a default
};

}  // namespace pg2crdb
