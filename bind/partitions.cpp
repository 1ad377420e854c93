// What belongs to a table: its children, partitions that are made, attached, detached, dropped.
#include <algorithm>

#include "bind/history.h"

namespace pg2crdb::bind {

/// Tables that inherit from the table, and its partitions.
std::vector<ObjectId> History::children(ObjectId table) {
  std::vector<ObjectId> found;
  for (const ast::StatementId user : binder_.users(table)) {
    const auto* create = std::get_if<ast::CreateTable>(&statement(user).node);
    if (create == nullptr || create->name.object == table || !object(create->name.object).stands()) continue;
    if (std::any_of(create->inherits.begin(), create->inherits.end(),
                    [&](const ast::Name& parent) { return parent.object == table; }))
      found.push_back(create->name.object);
  }
  for (const ObjectId partition : partitions_of(table)) {
    if (object(partition).stands() && !detached_.contains(partition)) found.push_back(partition);
  }
  return found;
}

/// Tables that were made or attached as partitions of the table.
std::vector<ObjectId> History::partitions_of(ObjectId table) const {
  std::vector<ObjectId> found;
  const auto consider = [&](ObjectId id) {
    const auto whole = partitions_.find(id);
    if (whole != partitions_.end() && whole->second == table &&
        std::find(found.begin(), found.end(), id) == found.end())
      found.push_back(id);
  };
  for (const ast::StatementId user : binder_.users(table)) {
    const ast::StatementNode& node = context_.script.statements[user].node;
    if (const auto* create = std::get_if<ast::CreateTable>(&node)) {
      consider(create->name.object);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* attach = std::get_if<ast::AttachPartition>(&command))
          consider(attach->partition.object);
      }
    }
  }
  return found;
}

/// A partition stands alone from here on; the rows that it took along are still among those of the whole.
void History::detach(const ast::Statement& statement) {
  const std::vector<ObjectId>& named = statement.text_objects;
  for (const ObjectId id : named) {
    const auto whole = partitions_.find(id);
    if (whole != partitions_.end() && std::find(named.begin(), named.end(), whole->second) != named.end())
      detached_.insert(id);
  }
}

/// Rows that go with a partition, but were inserted into the whole table: which of them is not known.
void History::partition_lost(ObjectId partition, const ast::Statement& by) {
  for (auto whole = partitions_.find(partition); whole != partitions_.end();
       whole = partitions_.find(whole->second)) {
    if (!has_rows(whole->second)) continue;
    const std::string table = to_string(object(whole->second).name);
    const std::string name = to_string(object(partition).name);
    return report(rows_of_partition, by, name,
                  "rows of `" + table + "` that are in its partition `" + name + "` go with it");
  }
}

}  // namespace pg2crdb::bind
