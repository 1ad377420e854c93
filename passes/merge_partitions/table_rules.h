#pragma once
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "passes/merge_partitions/families.h"

/// Between the sources of this pass only.
namespace pg2crdb::partitions {

bool is_key(const ast::Constraint& constraint);
/// Empty for an element that is an expression.
std::vector<std::string> columns_of(const ast::CreateIndex& index);

/// Keys and NOT NULL of partitions and what they are of, as they stand in the end.
class TableRules {
 public:
  TableRules(PassContext& context, const Families& families);

  const std::set<std::string>& not_null(const ast::Name& table) { return of_[key_of(table)].not_null; }
  /// Whether a key of the whole table says that these columns are unique.
  bool has_key(const ast::Name& root, const std::vector<std::string>& columns);
  /// What is unique in each partition is so in the whole only with the columns that tell them apart.
  bool tells_partitions_apart(const ast::Name& partition, const std::vector<std::string>& columns) const;
  /// NOT NULL of all partitions goes to the whole table.
  void lift_not_null();

 private:
  struct Rules {
    std::vector<std::vector<std::string>> keys = {};
    std::set<std::string> not_null = {};
  };
  void note(const ast::Statement& statement);
  static void note(Rules& own, const ast::Constraint& constraint, const std::vector<std::string>& columns);

  PassContext& context_;
  const Families& families_;
  std::unordered_map<std::string, Rules> of_;                        ///< by table
  std::unordered_map<std::string, std::set<std::string>> split_by_;  ///< columns, by the topmost table
};

}  // namespace pg2crdb::partitions
