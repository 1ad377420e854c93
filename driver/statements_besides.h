#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "ast/script.h"
#include "parser/names.h"
#include "plan/load_plan.h"

namespace pg2crdb {

/// What a script does to the rows of its tables besides those that the load brings: by statements, DO blocks,
/// routines that they call, defaults and CHECKs that call some, and triggers.
class StatementsBesides {
 public:
  StatementsBesides(const ast::Script& script, const LoadPlan& plan);

  /// Whether statements that stay, or are left for a person, change rows of the plan's table, or bring some;
  /// or may, as what is not read.
  bool change(size_t table) const { return everything_ || changed_.contains(table); }
  /// Whether a row that leaves the column out may have got more than NULL, then or now.
  bool have_default(const ast::CreateTable& create, const ast::Column& column) const;

 private:
  void look_at(const ast::Statement& statement);
  void fire(const ast::Script& script);
  bool is_fired(const ast::Statement& made, const ast::CreateTrigger& trigger,
                const ast::Script& script) const;
  void run_calls(const ast::StatementNode& node);
  void run(const ast::Name& routine);
  void run(const TextNames& names, const std::string& text);
  void change(const ast::Name& name);
  bool is_changed(const ast::Name& name) const;

  std::multimap<ObjectName, size_t> tables_;  ///< of the plan, by their names on the target and in the source
  std::set<size_t> changed_;
  bool everything_ = false;                                          ///< something runs that is not read
  std::multimap<std::string, const ast::CreateFunction*> routines_;  ///< by their names without schema
  std::set<const ast::CreateFunction*> ran_;
  std::set<ObjectName> domains_;                             ///< with a default
  std::set<std::pair<ObjectName, std::string>> columns_of_;  ///< tables, that were given a default
};

}  // namespace pg2crdb
