#include "passes/merge_partitions/table_rules.h"

#include <algorithm>
#include <map>

#include "passes/merge_partitions/rules.h"

namespace pg2crdb::partitions {

bool is_key(const ast::Constraint& constraint) {
  return constraint.kind == ast::Constraint::Kind::primary_key ||
         constraint.kind == ast::Constraint::Kind::unique;
}

std::vector<std::string> columns_of(const ast::CreateIndex& index) {
  std::vector<std::string> columns;
  for (const ast::IndexElement& element : index.elements) columns.push_back(element.column);
  return columns;
}

TableRules::TableRules(PassContext& context, const Families& families)
    : context_(context), families_(families) {
  for (const ast::Statement& statement : context.script.statements) {
    if (statement.live()) note(statement);
  }
}

void TableRules::note(const ast::Statement& statement) {
  if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    if (!families_.may_be_of_family(create->name)) return;
    Rules& own = of_[key_of(create->name)];
    for (const ast::Column& column : create->columns) {
      if (column.not_null) own.not_null.insert(column.name);
      for (const ast::Constraint& constraint : column.constraints) note(own, constraint, {column.name});
    }
    for (const ast::Constraint& constraint : create->constraints) note(own, constraint, constraint.columns);
    if (!create->partition_by) return;
    std::set<std::string>& splits = split_by_[families_.root_key(key_of(create->name))];
    for (const ast::IndexElement& element : create->partition_by->key) splits.insert(element.column);
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    if (!families_.may_be_of_family(alter->name)) return;
    Rules& own = of_[key_of(alter->name)];
    for (const ast::AlterCommand& command : alter->commands) {
      if (const auto* add = std::get_if<ast::AddConstraint>(&command))
        note(own, add->constraint, add->constraint.columns);
      if (const auto* set = std::get_if<ast::SetNotNull>(&command)) {
        if (set->not_null) {
          own.not_null.insert(set->column);
        } else {
          own.not_null.erase(set->column);
        }
      }
    }
  } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
    if (index->unique && !index->where && families_.may_be_of_family(index->table))
      of_[key_of(index->table)].keys.push_back(columns_of(*index));
  }
}

void TableRules::note(Rules& own, const ast::Constraint& constraint,
                      const std::vector<std::string>& columns) {
  if (is_key(constraint) && !columns.empty()) own.keys.push_back(columns);
  if (constraint.kind == ast::Constraint::Kind::primary_key ||
      constraint.kind == ast::Constraint::Kind::not_null)
    own.not_null.insert(columns.begin(), columns.end());
}

bool TableRules::has_key(const ast::Name& root, const std::vector<std::string>& columns) {
  const std::vector<std::vector<std::string>>& keys = of_[key_of(root)].keys;
  return std::any_of(keys.begin(), keys.end(), [&](const std::vector<std::string>& key) {
    return std::all_of(key.begin(), key.end(), [&](const std::string& column) {
      return !column.empty() && std::find(columns.begin(), columns.end(), column) != columns.end();
    });
  });
}

bool TableRules::tells_partitions_apart(const ast::Name& partition,
                                        const std::vector<std::string>& columns) const {
  const auto splits = split_by_.find(families_.root_key(key_of(partition)));
  return splits != split_by_.end() &&
         std::all_of(splits->second.begin(), splits->second.end(), [&](const std::string& column) {
           return !column.empty() && std::find(columns.begin(), columns.end(), column) != columns.end();
         });
}

void TableRules::lift_not_null() {
  std::map<std::string, std::map<std::string, std::set<std::string>>> own;  // by whole and column
  for (const auto& [partition, parent] : families_.parents()) {
    if (families_.is_split(partition)) continue;
    const std::string root = families_.root_key(partition);
    for (const std::string& column : of_[partition].not_null) {
      if (!of_[root].not_null.contains(column)) own[root][column].insert(partition);
    }
  }
  for (ast::Statement& statement : context_.script.statements) {
    auto* table = statement.live() ? std::get_if<ast::CreateTable>(&statement.node) : nullptr;
    if (table == nullptr || !families_.may_be_parent(table->name)) continue;
    const auto columns = own.find(key_of(table->name));
    if (columns == own.end()) continue;
    const std::string name = to_string(table->name);
    for (ast::Column& column : table->columns) {
      const auto all = columns->second.find(column.name);
      if (all == columns->second.end() || all->second.size() < families_.leaves_of(columns->first)) continue;
      column.not_null = true;
      of_[columns->first].not_null.insert(column.name);
      context_.rewritten(statement);
      context_.report(
          rules[partition_lifted], statement, name,
          "`" + column.name + "` is NOT NULL in all partitions of `" + name + "`, so the table gets it",
          column.offset);
    }
  }
}

}  // namespace pg2crdb::partitions
