#pragma once
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "passes/merge_partitions/families.h"
#include "passes/merge_partitions/table_rules.h"

/// Between the sources of this pass only.
namespace pg2crdb::partitions {

/// What stands on all partitions alike and moves up to the whole table: indexes, triggers, constraints.
class Lifting {
 public:
  Lifting(PassContext& context, const Families& families, const TableRules& table_rules)
      : context_(context), families_(families), table_rules_(table_rules) {}

  /// Notes what may be lifted. Statements come in the script's order.
  void collect(ast::Statement& statement);
  /// Lifts what all partitions have.
  void run();

 private:
  struct Group {
    ast::StatementNode node;
    std::string name;
    std::vector<ast::Statement*> members;
    std::set<std::string> partitions;
    std::string root;
  };
  std::optional<ast::StatementNode> on_root(const ast::Statement& statement, std::string& name) const;
  std::string root_name_of(const std::string& name, const ast::Name& partition) const;
  void find_on_roots();
  bool exists_on_root(const ast::StatementNode& node) const;

  PassContext& context_;
  const Families& families_;
  const TableRules& table_rules_;
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::vector<size_t>> alike_;  ///< places in `groups_`, by sketch
  std::unordered_map<std::string, std::vector<ast::Statement*>> on_roots_;  ///< by table
};

}  // namespace pg2crdb::partitions
