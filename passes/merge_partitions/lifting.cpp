#include "passes/merge_partitions/lifting.h"

#include <algorithm>
#include <utility>

#include "ast/describe.h"
#include "ast/equal.h"
#include "passes/merge_partitions/rules.h"

namespace pg2crdb::partitions {
namespace {

const ast::Name& table_of(const ast::StatementNode& node) {
  if (const auto* index = std::get_if<ast::CreateIndex>(&node)) return index->table;
  if (const auto* trigger = std::get_if<ast::CreateTrigger>(&node)) return trigger->table;
  return std::get<ast::AlterTable>(node).name;
}

bool may_be_lifted(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateIndex>(node) || std::holds_alternative<ast::CreateTrigger>(node) ||
         std::holds_alternative<ast::AlterTable>(node);
}

/// Equal for equal nodes, and for few others.
std::string sketch_of(const ast::StatementNode& node) {
  std::string sketch = key_of(table_of(node));
  const auto add = [&](const std::string& text) { sketch.append(1, '\0').append(text); };
  if (const auto* index = std::get_if<ast::CreateIndex>(&node)) {
    for (const ast::IndexElement& element : index->elements) add(element.column);
  } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&node)) {
    add(trigger->name);
  } else {
    const auto& alter = std::get<ast::AlterTable>(node);
    for (const std::string& column : std::get<ast::AddConstraint>(alter.commands[0]).constraint.columns)
      add(column);
  }
  return sketch;
}

}  // namespace

/// What stands on a partition, as it would stand on the root, under the name it would have there; nothing
/// where it cannot.
std::optional<ast::StatementNode> Lifting::on_root(const ast::Statement& statement, std::string& name) const {
  if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
    if (index->unique && !table_rules_.tells_partitions_apart(index->table, columns_of(*index)))
      return std::nullopt;
    ast::CreateIndex copy = *index;
    name = root_name_of(index->name, index->table);
    copy.table = families_.root_name(index->table);
    copy.name.clear();
    copy.only = false;
    return copy;
  }
  if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
    ast::CreateTrigger copy = *trigger;
    name = trigger->name;
    copy.table = families_.root_name(trigger->table);
    return copy;
  }
  const auto& alter = std::get<ast::AlterTable>(statement.node);
  const auto* add =
      alter.commands.size() == 1 ? std::get_if<ast::AddConstraint>(&alter.commands[0]) : nullptr;
  if (add == nullptr) return std::nullopt;
  using Kind = ast::Constraint::Kind;
  if (add->constraint.kind != Kind::foreign_key && add->constraint.kind != Kind::check) return std::nullopt;
  ast::AlterTable copy = alter;
  copy.name = families_.root_name(alter.name);
  name = root_name_of(add->constraint.name, alter.name);
  std::get<ast::AddConstraint>(copy.commands[0]).constraint.name.clear();
  return copy;
}

/// payment_p2022_01_staff_id_fkey of payment_p2022_01 is payment_staff_id_fkey of payment.
std::string Lifting::root_name_of(const std::string& name, const ast::Name& partition) const {
  const size_t at = name.find(partition.name);
  if (at == std::string::npos) return name;
  std::string result = name;
  return result.replace(at, partition.name.size(), families_.root_name(partition).name);
}

void Lifting::collect(ast::Statement& statement) {
  if (!may_be_lifted(statement.node) || !families_.is_partition(table_of(statement.node))) return;
  std::string name;
  std::optional<ast::StatementNode> node = on_root(statement, name);
  if (!node) return;
  const ast::Name& partition = table_of(statement.node);
  std::vector<size_t>& alike = alike_[sketch_of(*node)];
  for (const size_t i : alike) {
    Group& group = groups_[i];
    if (!ast::equal(group.node, *node)) continue;
    // A second index over the same columns is a group of its own: each partition counts once.
    if (!group.partitions.insert(key_of(partition)).second) continue;
    group.members.push_back(&statement);
    return;
  }
  alike.push_back(groups_.size());
  groups_.push_back({std::move(*node),
                     std::move(name),
                     {&statement},
                     {key_of(partition)},
                     families_.root_key(key_of(partition))});
}

void Lifting::run() {
  if (groups_.empty()) return;
  std::set<std::string> taken;
  for (const ast::Statement& statement : context_.script.statements) {
    if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node))
      taken.insert(index->table.schema + '\0' + index->name);
  }
  find_on_roots();
  for (Group& group : groups_) {
    if (group.partitions.size() < families_.leaves_of(group.root)) continue;
    ast::Statement& first = *group.members.front();
    const std::string partition = to_string(table_of(first.node));
    const ast::Name root = table_of(group.node);
    if (exists_on_root(group.node)) {
      for (ast::Statement* member : group.members)
        drop_with_partition(context_, *member, partition_merged, to_string(root) + " has it already");
      continue;
    }
    if (auto* index = std::get_if<ast::CreateIndex>(&group.node)) {
      index->name = group.name;
      for (int i = 1; !taken.insert(index->table.schema + '\0' + index->name).second; ++i)
        index->name = group.name + std::to_string(i);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&group.node)) {
      std::get<ast::AddConstraint>(alter->commands[0]).constraint.name = group.name;
    }
    first.node = group.node;
    on_roots_[key_of(root)].push_back(&first);
    context_.rewritten(first);
    const std::string kind = ast::statement_kind(first.node);
    const std::string object = ast::statement_object(first.node);
    context_.report(rules[partition_lifted], first, object,
                    kind + " `" + object + "`: all partitions of `" + to_string(root) +
                        "` have it, so the table gets it");
    for (size_t i = 1; i < group.members.size(); ++i) {
      context_.report(rules[partition_lifted], *group.members[i], object,
                      kind + ": `" + to_string(root) + "` has it for all partitions");
      context_.merge(*group.members[i], first, "the whole table has it");
    }
  }
}

/// What might already stand where groups want to go.
void Lifting::find_on_roots() {
  for (const Group& group : groups_) on_roots_.try_emplace(key_of(table_of(group.node)));
  for (ast::Statement& statement : context_.script.statements) {
    if (!statement.live() || !may_be_lifted(statement.node)) continue;
    const auto root = on_roots_.find(key_of(table_of(statement.node)));
    if (root != on_roots_.end()) root->second.push_back(&statement);
  }
}

bool Lifting::exists_on_root(const ast::StatementNode& node) const {
  const std::vector<ast::Statement*>& there = on_roots_.at(key_of(table_of(node)));
  return std::any_of(there.begin(), there.end(), [&](const ast::Statement* statement) {
    if (!statement->live() || statement->node.index() != node.index()) return false;
    ast::StatementNode other = statement->node;
    if (auto* index = std::get_if<ast::CreateIndex>(&other)) {
      index->name.clear();
      index->only = false;
    } else if (auto* alter = std::get_if<ast::AlterTable>(&other)) {
      for (ast::AlterCommand& command : alter->commands) {
        if (auto* add = std::get_if<ast::AddConstraint>(&command)) add->constraint.name.clear();
      }
    }
    return ast::equal(other, node);
  });
}

}  // namespace pg2crdb::partitions
