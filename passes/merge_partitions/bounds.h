#pragma once
#include <string>
#include <unordered_map>

#include "ast/statement.h"

/// Between the sources of this pass only.
namespace pg2crdb::partitions {

/// Which rows go into which partition, as the script says it.
class Bounds {
 public:
  void note(const ast::StatementNode& node);
  /// Whether each row that the partition takes passes the CHECK: what a table has so that ATTACH need not
  /// look at its rows. Partitions by one column alone; constants as the bound writes them.
  bool imply(const ast::Expr& check, const std::string& partition) const;

 private:
  struct Bound {
    std::string parent;
    ast::PartitionBound values;
  };
  std::unordered_map<std::string, std::string> columns_;  ///< by table that is split by one
  std::unordered_map<std::string, Bound> of_;             ///< by partition
};

}  // namespace pg2crdb::partitions
