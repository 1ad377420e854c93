#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ast/script.h"
#include "rewrite/pass.h"
#include "support/text_map.h"

/// Between the sources of this pass only.
namespace pg2crdb::partitions {

/// Which tables are partitions, and of what. Tables are known by ast::key_of their names.
class Families {
 public:
  explicit Families(PassContext& context);

  /// Whether the script has neither partitions nor partitioned tables.
  bool empty() const { return parents_.empty() && roots_.empty(); }
  bool is_partition(const ast::Name& name) const { return root_of(name) != nullptr; }
  bool is_partition(ast::ObjectId id);
  /// False for most tables: it is no partition and has none.
  bool may_be_of_family(const ast::Name& table) const {
    return partition_names_.contains(table.name) || may_be_parent(table);
  }
  bool may_be_parent(const ast::Name& table) const { return parent_names_.contains(table.name); }
  /// What each partition is of, by the partition.
  const std::unordered_map<std::string, ast::Name>& parents() const { return parents_; }
  /// Whether it has PARTITION BY: its rows are in its partitions.
  bool is_split(const std::string& table) const { return roots_.contains(table); }
  /// How many partitions with rows the topmost table has.
  size_t leaves_of(const std::string& root) const;

  /// The topmost table, itself for one that is no partition.
  std::string root_key(std::string child) const;
  /// The statement that creates the topmost table of a partition; null for what is none, or whose parent is
  /// not there.
  ast::Statement* root_of(const ast::Name& name) const;
  /// The topmost table of a partition as it is called where follow() has come to.
  const ast::Name& root_name(const ast::Name& name) const;
  /// Where the script's order is kept a table is called what the last statement before calls it.
  void follow(const ast::Statement& statement);
  /// Tables are called as they are made again.
  void begin_anew() { called_.clear(); }

  /// The name in the script of a table that the dump calls so.
  const ast::Name& name_now(const ast::Name& in_dump) const;
  /// The columns that COPY without a list means, all but generated ones, or an INSERT, which means all.
  std::vector<std::string> columns_of(const ast::Name& partition, bool insert);

 private:
  ast::Statement* climb(ast::Name top) const;

  PassContext& context_;
  std::unordered_map<std::string, ast::Name> parents_;  ///< of each partition
  TextMap<ast::Statement*> tops_;                       ///< of each partition: what makes the table above all
  std::unordered_set<std::string> partition_names_;     ///< of `parents_`, without their schemas
  std::unordered_set<std::string> parent_names_;        ///< of what those are of, the same
  std::map<std::string, ast::Name> renamed_;            ///< by the name in the dump: the name now
  std::set<std::string> roots_;                         ///< tables with PARTITION BY
  std::map<std::string, size_t> leaves_;  ///< how many partitions with rows, by the topmost table
  std::unordered_map<std::string, const ast::CreateTable*> tables_;  ///< all that there ever were
  std::unordered_map<ast::ObjectId, ast::Name> called_;              ///< renamed tables
  std::vector<std::optional<bool>> partitions_;                      ///< by object, where somebody asked
};

}  // namespace pg2crdb::partitions
