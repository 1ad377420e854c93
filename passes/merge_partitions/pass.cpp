// PostgreSQL partitions a table into tables; CockroachDB splits every table into ranges by itself. So the
// partitioned table becomes a plain one, its partitions (and theirs) are merged into it, and their rows are
// loaded into it. What pg_dump prints for each partition either repeats what the parent has (ALTER INDEX ...
// ATTACH PARTITION says which), or stands in every partition alike and then moves up to the parent, or is in
// some of them only: that cannot be kept, and is reported.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ast/describe.h"
#include "ast/equal.h"
#include "ast/walk.h"
#include "bind/tree_edit.h"
#include "support/text_map.h"

namespace pg2crdb {
namespace {

constexpr std::string_view advice_of_foreign_key =
    "Put it on the whole table, if the rows of all partitions have their key there; else check it in a "
    "trigger.";

constexpr FindingKind rules[] = {
    {"partitioned-table", Severity::warning, "tables",
     "CockroachDB splits tables by itself: the partitions become one table",
     "Replace DROP and DETACH PARTITION in maintenance jobs by DELETE or row-level TTL."},
    {"partition-merged", Severity::info, "tables",
     "a partition, or a statement about one, goes into the table it belongs to", "Nothing to do."},
    {"partition-lifted", Severity::info, "constraints", "every partition has it, so the whole table gets it",
     "Nothing to do."},
    {"partition-index", Severity::warning, "indexes", "an index of some partitions only goes with them",
     "Create it on the whole table, with a WHERE clause if need be."},
    {"partition-constraint", Severity::error, "constraints",
     "a constraint, key, trigger or policy of some partitions only cannot be kept",
     "Put it on the whole table: a CHECK or policy with the partition's condition in front, a key or trigger "
     "as it is, where the rows of all partitions agree with it."},
    {"partition-reference", Severity::error, "tables",
     "a statement names a partition, which is no table any more",
     "Name the whole table, with the partition's condition in WHERE."},
    {"partition-foreign-key", Severity::warning, "constraints",
     "a foreign key to a partition now refers to the whole table",
     "Check that the referenced columns are a key of the whole table."},
    {"partition-without-parent", Severity::error, "tables",
     "the dump has a partition, but not the table it belongs to", "Dump the partitioned table as well."},
};
enum : size_t {
  partitioned_table,
  partition_merged,
  partition_lifted,
  partition_index,
  partition_constraint,
  partition_reference,
  partition_foreign_key,
  partition_without_parent,
};

class Merger {
 public:
  explicit Merger(PassContext& context) : context_(context) {}

  void run() {
    find_partitions();
    if (parents_.empty() && roots_.empty()) return;
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live()) attached_index(statement);
    }
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live()) note_rules(statement);
    }
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      follow(statement);
      collect(statement);
    }
    lift();
    lift_not_null();
    called_.clear();
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      follow(statement);
      merge(statement);
    }
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live()) refer(statement);
    }
    for (ast::DataBlock& block : context_.script.data) rows(block);
  }

 private:
  void find_partitions() {
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
        if (!table->partition_of.empty()) parents_[key_of(table->name)] = table->partition_of;
        if (table->partition_by) roots_.insert(key_of(table->name));
        if (!table->source_name.empty()) renamed_[key_of(table->source_name)] = table->name;
      } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node);
                 alter != nullptr && alter->kind != ast::ObjectKind::index) {
        for (const ast::AlterCommand& command : alter->commands) {
          const auto* attach = std::get_if<ast::AttachPartition>(&command);
          if (attach != nullptr) parents_[key_of(attach->partition)] = alter->name;
        }
      }
    }
    for (const auto& [child, parent] : parents_) {
      partition_names_.insert(child.substr(child.find('\0') + 1));
      parent_names_.insert(parent.name);
      tops_[child] = climb(parent);
      if (!roots_.contains(child)) ++leaves_[root_key(child)];
    }
  }

  bool is_partition(const ast::Name& name) const { return root_of(name) != nullptr; }
  bool is_partition(ast::ObjectId id) {
    partitions_.resize(context_.script.objects.size());
    if (!partitions_[id]) partitions_[id] = is_partition(context_.script.objects[id].name);
    return *partitions_[id];
  }

  static bool is_key(const ast::Constraint& constraint) {
    return constraint.kind == ast::Constraint::Kind::primary_key ||
           constraint.kind == ast::Constraint::Kind::unique;
  }

  /// False for most tables: it is no partition and has none.
  bool may_be_of_family(const ast::Name& table) const {
    return partition_names_.contains(table.name) || parent_names_.contains(table.name);
  }

  /// Keys and NOT NULL of partitions and what they are of, as they stand in the end.
  void note_rules(const ast::Statement& statement) {
    if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      if (!may_be_of_family(create->name)) return;
      Rules& own = rules_of_[key_of(create->name)];
      for (const ast::Column& column : create->columns) {
        if (column.not_null) own.not_null.insert(column.name);
        for (const ast::Constraint& constraint : column.constraints) note(own, constraint, {column.name});
      }
      for (const ast::Constraint& constraint : create->constraints) note(own, constraint, constraint.columns);
      if (!create->partition_by) return;
      std::set<std::string>& splits = split_by_[root_key(key_of(create->name))];
      for (const ast::IndexElement& element : create->partition_by->key) splits.insert(element.column);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      if (!may_be_of_family(alter->name)) return;
      Rules& own = rules_of_[key_of(alter->name)];
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
      if (index->unique && !index->where && may_be_of_family(index->table))
        rules_of_[key_of(index->table)].keys.push_back(columns_of(*index));
    }
  }

  struct Rules {
    std::vector<std::vector<std::string>> keys = {};
    std::set<std::string> not_null = {};
  };
  static void note(Rules& own, const ast::Constraint& constraint, const std::vector<std::string>& columns) {
    if (is_key(constraint) && !columns.empty()) own.keys.push_back(columns);
    if (constraint.kind == ast::Constraint::Kind::primary_key ||
        constraint.kind == ast::Constraint::Kind::not_null)
      own.not_null.insert(columns.begin(), columns.end());
  }

  static std::vector<std::string> columns_of(const ast::CreateIndex& index) {
    std::vector<std::string> columns;
    for (const ast::IndexElement& element : index.elements) columns.push_back(element.column);
    return columns;
  }

  /// Whether a key of the whole table says that these columns are unique.
  bool has_key(const ast::Name& root, const std::vector<std::string>& columns) {
    const std::vector<std::vector<std::string>>& keys = rules_of_[key_of(root)].keys;
    return std::any_of(keys.begin(), keys.end(), [&](const std::vector<std::string>& key) {
      return std::all_of(key.begin(), key.end(), [&](const std::string& column) {
        return !column.empty() && std::find(columns.begin(), columns.end(), column) != columns.end();
      });
    });
  }

  /// What is unique in each partition is so in the whole only with the columns that tell them apart.
  bool tells_partitions_apart(const ast::Name& partition, const std::vector<std::string>& columns) const {
    const auto splits = split_by_.find(root_key(key_of(partition)));
    return splits != split_by_.end() &&
           std::all_of(splits->second.begin(), splits->second.end(), [&](const std::string& column) {
             return !column.empty() && std::find(columns.begin(), columns.end(), column) != columns.end();
           });
  }

  /// NOT NULL of all partitions goes to the whole table.
  void lift_not_null() {
    std::map<std::string, std::map<std::string, std::set<std::string>>> own;  // by whole and column
    for (const auto& [partition, parent] : parents_) {
      if (roots_.contains(partition)) continue;
      const std::string root = root_key(partition);
      for (const std::string& column : rules_of_[partition].not_null) {
        if (!rules_of_[root].not_null.contains(column)) own[root][column].insert(partition);
      }
    }
    for (ast::Statement& statement : context_.script.statements) {
      auto* table = statement.live() ? std::get_if<ast::CreateTable>(&statement.node) : nullptr;
      if (table == nullptr || !parent_names_.contains(table->name.name)) continue;
      const auto columns = own.find(key_of(table->name));
      if (columns == own.end()) continue;
      const std::string name = to_string(table->name);
      for (ast::Column& column : table->columns) {
        const auto all = columns->second.find(column.name);
        if (all == columns->second.end() || all->second.size() < leaves_[columns->first]) continue;
        column.not_null = true;
        rules_of_[columns->first].not_null.insert(column.name);
        context_.rewritten(statement);
        context_.report(
            rules[partition_lifted], statement, name,
            "`" + column.name + "` is NOT NULL in all partitions of `" + name + "`, so the table gets it",
            column.offset);
      }
    }
  }

  std::string root_key(std::string child) const {
    for (size_t i = 0; i <= parents_.size(); ++i) {
      const auto it = parents_.find(child);
      if (it == parents_.end()) break;
      child = key_of(it->second);
    }
    return child;
  }

  /// The statement that creates the topmost table of a partition; null for what is none, or whose parent is
  /// not there.
  ast::Statement* root_of(const ast::Name& name) const {
    if (!partition_names_.contains(name.name)) return nullptr;
    ast::Statement* const* root = tops_.find(key_of(name));
    return root == nullptr ? nullptr : *root;
  }

  ast::Statement* climb(ast::Name top) const {
    for (size_t i = 0; i < parents_.size(); ++i) {
      const auto above = parents_.find(key_of(top));
      if (above == parents_.end()) break;
      top = above->second;
    }
    return context_.catalog.table(top);
  }

  const ast::Name& root_name(const ast::Name& name) const {
    const ast::Name& made = std::get<ast::CreateTable>(root_of(name)->node).name;
    const auto called = called_.find(made.object);
    return called == called_.end() ? made : called->second;
  }

  /// Where the script's order is kept a table is called what the last statement before calls it.
  void follow(const ast::Statement& statement) {
    if (!context_.options.in_order) return;
    if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      const ast::Name& table = rename->object.name;
      if (rename->object.kind == ast::ObjectKind::table)
        called_[table.object] = {table.schema, rename->new_name, table.object};
    } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
      const ast::Name& table = move->object.name;
      if (move->object.kind == ast::ObjectKind::table)
        called_[table.object] = {move->schema, table.name, table.object};
    }
  }

  /// ALTER INDEX parent ATTACH PARTITION child: the parent has that index, so the child's is nothing of its
  /// own.
  void attached_index(ast::Statement& statement) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || alter->kind != ast::ObjectKind::index || alter->commands.empty()) return;
    const auto* attach = std::get_if<ast::AttachPartition>(&alter->commands[0]);
    if (attach == nullptr) return;
    const std::string index = to_string(attach->partition);
    attached_.insert(key_of(attach->partition));
    context_.report(rules[partition_merged], statement, index,
                    "index `" + index + "` of a partition goes into the whole table's index");
    context_.drop(statement, "partitions are merged");
  }

  /// What stands on a partition, as it would stand on the root, under the name it would have there; nothing
  /// where it cannot.
  std::optional<ast::StatementNode> on_root(const ast::Statement& statement, std::string& name) const {
    if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      if (index->unique && !tells_partitions_apart(index->table, columns_of(*index))) return std::nullopt;
      ast::CreateIndex copy = *index;
      name = root_name_of(index->name, index->table);
      copy.table = root_name(index->table);
      copy.name.clear();
      copy.only = false;
      return copy;
    }
    if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      ast::CreateTrigger copy = *trigger;
      name = trigger->name;
      copy.table = root_name(trigger->table);
      return copy;
    }
    const auto& alter = std::get<ast::AlterTable>(statement.node);
    const auto* add =
        alter.commands.size() == 1 ? std::get_if<ast::AddConstraint>(&alter.commands[0]) : nullptr;
    if (add == nullptr) return std::nullopt;
    using Kind = ast::Constraint::Kind;
    if (add->constraint.kind != Kind::foreign_key && add->constraint.kind != Kind::check) return std::nullopt;
    ast::AlterTable copy = alter;
    copy.name = root_name(alter.name);
    name = root_name_of(add->constraint.name, alter.name);
    std::get<ast::AddConstraint>(copy.commands[0]).constraint.name.clear();
    return copy;
  }

  /// payment_p2022_01_staff_id_fkey of payment_p2022_01 is payment_staff_id_fkey of payment.
  std::string root_name_of(const std::string& name, const ast::Name& partition) const {
    const size_t at = name.find(partition.name);
    if (at == std::string::npos) return name;
    std::string result = name;
    return result.replace(at, partition.name.size(), root_name(partition).name);
  }

  struct Group {
    ast::StatementNode node;
    std::string name;
    std::vector<ast::Statement*> members;
    std::set<std::string> partitions;
    std::string root;
  };

  void collect(ast::Statement& statement) {
    if (!may_be_lifted(statement.node) || !is_partition(table_of(statement.node)) || is_attached(statement))
      return;
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
    groups_.push_back(
        {std::move(*node), std::move(name), {&statement}, {key_of(partition)}, root_key(key_of(partition))});
  }

  /// Equal for equal nodes, and for few others.
  static std::string sketch_of(const ast::StatementNode& node) {
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

  static const ast::Name& table_of(const ast::StatementNode& node) {
    if (const auto* index = std::get_if<ast::CreateIndex>(&node)) return index->table;
    if (const auto* trigger = std::get_if<ast::CreateTrigger>(&node)) return trigger->table;
    return std::get<ast::AlterTable>(node).name;
  }

  void lift() {
    if (groups_.empty()) return;
    std::set<std::string> taken;
    for (const ast::Statement& statement : context_.script.statements) {
      if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node))
        taken.insert(index->table.schema + '\0' + index->name);
    }
    find_on_roots();
    for (Group& group : groups_) {
      if (group.partitions.size() < leaves_[group.root]) continue;
      ast::Statement& first = *group.members.front();
      const std::string partition = to_string(table_of(first.node));
      const ast::Name root = table_of(group.node);
      if (exists_on_root(group.node)) {
        for (ast::Statement* member : group.members)
          dropped(*member, partition_merged, to_string(root) + " has it already");
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
  void find_on_roots() {
    for (const Group& group : groups_) on_roots_.try_emplace(key_of(table_of(group.node)));
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live() || !may_be_lifted(statement.node)) continue;
      const auto root = on_roots_.find(key_of(table_of(statement.node)));
      if (root != on_roots_.end()) root->second.push_back(&statement);
    }
  }

  static bool may_be_lifted(const ast::StatementNode& node) {
    return std::holds_alternative<ast::CreateIndex>(node) ||
           std::holds_alternative<ast::CreateTrigger>(node) || std::holds_alternative<ast::AlterTable>(node);
  }

  bool exists_on_root(const ast::StatementNode& node) const {
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

  bool is_attached(const ast::Statement& statement) const {
    if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      return attached_.contains(ast::key_of({index->table.schema, index->name}));
    }
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || alter->commands.size() != 1) return false;
    const auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
    return add != nullptr && attached_.contains(ast::key_of({alter->name.schema, add->constraint.name}));
  }

  void merge(ast::Statement& statement) {
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      create_table(statement, *table);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      alter_table(statement, *alter);
    } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      if (is_partition(index->table))
        dropped(statement, rule_of(statement, *index), "its partition is merged");
    } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      if (is_partition(trigger->table)) dropped(statement, partition_constraint, "its partition is merged");
    } else if (const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
      if (is_partition(policy->table)) dropped(statement, partition_constraint, "its partition is merged");
    } else if (const auto* comment = std::get_if<ast::Comment>(&statement.node)) {
      if (is_partition(comment->object.name) || attached_.contains(key_of(comment->object.name)))
        dropped(statement, partition_merged, "its partition is merged");
    } else if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      objects(statement, grant->objects);
    } else if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      objects(statement, drop->objects);
    } else if (auto* sequence = std::get_if<ast::AlterSequence>(&statement.node)) {
      owned_by(statement, sequence->options);
    } else if (auto* created = std::get_if<ast::CreateSequence>(&statement.node)) {
      owned_by(statement, created->options);
    } else if (auto* copy = std::get_if<ast::CopyFrom>(&statement.node)) {
      if (!is_partition(copy->table)) return;
      if (copy->columns.empty()) copy->columns = columns_of(copy->table, false);
      copy->table = root_name(copy->table);
      context_.rewritten(statement);
    }
  }

  size_t rule_of(const ast::Statement& statement, const ast::CreateIndex& index) {
    if (is_attached(statement)) return partition_merged;
    const bool key = index.unique && !has_key(root_name(index.table), columns_of(index));
    return key ? partition_constraint : partition_index;
  }

  void create_table(ast::Statement& statement, ast::CreateTable& table) {
    const std::string object = to_string(table.name);
    if (ast::Statement* root = root_of(table.name)) {
      own_constraints(statement, table, *root);
      context_.report(rules[partition_merged], statement, object,
                      "partition `" + object + "` is merged into `" + to_string(root_name(table.name)) + "`");
      context_.merge(statement, *root, "a partition of " + to_string(root_name(table.name)));
      return;
    }
    if (!table.partition_of.empty()) {
      context_.report(rules[partition_without_parent], statement, object,
                      "`" + object + "` is a partition of `" + to_string(table.partition_of) +
                          "`, which the dump does not create");
      context_.needs_person(statement, "its partitioned table is not in the dump");
      return;
    }
    if (!table.partition_by) return;
    const size_t leaves = leaves_.contains(key_of(table.name)) ? leaves_.at(key_of(table.name)) : 0;
    context_.report(rules[partitioned_table], statement, object,
                    "`" + object + "` is partitioned by " + table.partition_by->strategy + " into " +
                        std::to_string(leaves) + (leaves == 1 ? " partition" : " partitions") +
                        "; it becomes one table");
    table.partition_by.reset();
    context_.rewritten(statement);
  }

  /// What the child has of its own.
  void own_constraints(ast::Statement& statement, ast::CreateTable& table, ast::Statement& root) {
    const auto& parent = std::get<ast::CreateTable>(root.node);
    const std::string whole = to_string(parent.name);
    const auto tell = [&](const std::string& what, int64_t offset, std::string advice = {}) {
      context_.report(
          rules[partition_constraint], statement, to_string(table.name),
          what + " of partition `" + to_string(table.name) + "` is left out, `" + whole + "` has none such",
          offset, std::move(advice));
    };
    const std::set<std::string>& inherited = rules_of_[key_of(parent.name)].not_null;
    const auto look = [&](const ast::Constraint& constraint, const std::vector<std::string>& columns) {
      if (constraint.kind == ast::Constraint::Kind::not_null) return;
      if (is_key(constraint) ? has_key(parent.name, columns) : has_same(parent, constraint, columns)) return;
      const std::string& chosen = context_.script.objects[constraint.object].name.name;
      const bool is_foreign = constraint.kind == ast::Constraint::Kind::foreign_key;
      tell("constraint `" + (constraint.name.empty() ? chosen : constraint.name) + "`", constraint.offset,
           is_foreign ? std::string(advice_of_foreign_key) : std::string());
    };
    for (const ast::Column& column : table.columns) {
      for (const ast::Constraint& constraint : column.constraints) look(constraint, {column.name});
    }
    for (const ast::Constraint& constraint : table.constraints) look(constraint, constraint.columns);
    for (const std::string& column : rules_of_[key_of(table.name)].not_null) {
      if (!inherited.contains(column)) tell("NOT NULL of `" + column + "`", -1);
    }
  }

  static bool has_same(const ast::CreateTable& parent, const ast::Constraint& constraint,
                       const std::vector<std::string>& columns) {
    const auto same = [&](const ast::Constraint& other, const std::vector<std::string>& of) {
      return other.kind == constraint.kind &&
             ((!other.name.empty() && other.name == constraint.name) ||
              (other.check && constraint.check && ast::equal(*other.check, *constraint.check)) ||
              (!other.check && !of.empty() && of == columns));
    };
    return std::any_of(parent.constraints.begin(), parent.constraints.end(),
                       [&](const ast::Constraint& other) { return same(other, other.columns); }) ||
           std::any_of(parent.columns.begin(), parent.columns.end(), [&](const ast::Column& column) {
             return std::any_of(column.constraints.begin(), column.constraints.end(),
                                [&](const ast::Constraint& other) { return same(other, {column.name}); });
           });
  }

  void alter_table(ast::Statement& statement, ast::AlterTable& alter) {
    if (is_partition(alter.name)) {
      // A sub-partitioned table may be the one altered: its own ATTACH belongs to the root.
      const ast::Name& root = root_name(alter.name);
      const bool constraint =
          std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
            const auto* add = std::get_if<ast::AddConstraint>(&command);
            return add != nullptr && !(is_key(add->constraint) && has_key(root, add->constraint.columns));
          });
      dropped(statement, constraint && !is_attached(statement) ? partition_constraint : partition_merged,
              "its partition is merged");
      return;
    }
    const size_t before = alter.commands.size();
    std::erase_if(alter.commands, [&](const ast::AlterCommand& command) {
      const auto* attach = std::get_if<ast::AttachPartition>(&command);
      if (attach == nullptr) return false;
      const bool known = is_partition(attach->partition);
      context_.report(rules[known ? partition_merged : partition_without_parent], statement,
                      to_string(attach->partition),
                      known ? "partition `" + to_string(attach->partition) + "` is merged into `" +
                                  to_string(alter.name) + "`"
                            : "`" + to_string(attach->partition) + "` is attached to `" +
                                  to_string(alter.name) + "`, which the dump does not create");
      return true;
    });
    if (before == alter.commands.size()) return;
    ast::Statement* root = context_.catalog.table(alter.name);
    if (!alter.commands.empty()) {
      context_.rewritten(statement);
    } else if (root != nullptr) {
      context_.merge(statement, *root, "partitions are merged");
    } else {
      context_.drop(statement, "the partitioned table is not in the dump");
    }
  }

  void dropped(ast::Statement& statement, size_t rule, const std::string& reason) {
    const std::string object = ast::statement_object(statement.node);
    std::string which = ast::statement_kind(statement.node);
    if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
        alter != nullptr && alter->commands.size() == 1) {
      const auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
      if (add != nullptr) which += " `" + add->constraint.name + "` of";
    }
    const bool is_lost = rules[rule].severity == Severity::error;
    context_.report(rules[rule], statement, object,
                    which + " `" + object + "` " +
                        (is_lost ? "is lost: the partitions are one table now, and not all of them have it"
                                 : "goes with its partition"));
    context_.drop(statement, reason);
  }

  void objects(ast::Statement& statement, std::vector<ast::ObjectRef>& all) {
    const auto count = std::erase_if(all, [this](const ast::ObjectRef& object) {
      return object.kind == ast::ObjectKind::table && is_partition(object.name);
    });
    if (count == 0) return;
    if (all.empty()) {
      context_.report(rules[partition_merged], statement, {},
                      ast::statement_kind(statement.node) + " on a partition goes with it");
      context_.drop(statement, "its partition is merged");
    } else {
      context_.report(rules[partition_merged], statement, {},
                      ast::statement_kind(statement.node) + " is left without the partitions in its list");
      context_.rewritten(statement);
    }
  }

  void owned_by(ast::Statement& statement, ast::SequenceOptions& options) {
    std::vector<std::string>& owner = options.owned_by;
    if (owner.size() != 3 || !is_partition({owner[0], owner[1]})) return;
    const ast::Name root = root_name({owner[0], owner[1]});
    owner = {root.schema, root.name, owner[2]};
    context_.report(rules[partition_merged], statement, ast::statement_object(statement.node),
                    "the sequence belongs to `" + to_string(root) + "." + owner[2] + "` now");
    context_.rewritten(statement);
  }

  /// What names a partition from outside.
  void refer(ast::Statement& statement) {
    if (std::holds_alternative<ast::CreateTable>(statement.node) ||
        std::holds_alternative<ast::AlterTable>(statement.node))
      refer_by_keys(statement);
    ast::ObjectId found = ast::no_object;
    const auto see = [&](ast::ObjectId id) {
      if (found == ast::no_object && id != ast::no_object && is_partition(id)) found = id;
    };
    // A GRANT ON ALL TABLES is about those that there are.
    if (!std::holds_alternative<ast::Grant>(statement.node)) {
      for (const ast::ObjectId id : statement.text_objects) see(id);
    }
    bind::TreeEdit look;
    look.name = [&](const ast::Name& name) { see(name.object); };
    bind::edit(statement.node, look);
    if (found == ast::no_object) return;
    const std::string partition = to_string(context_.script.objects[found].name);
    const std::string object = ast::statement_object(statement.node);
    context_.report(rules[partition_reference], statement, object,
                    ast::statement_kind(statement.node) + (object.empty() ? "" : " `" + object + "`") +
                        " names the partition `" + partition + "`");
    context_.needs_person(statement, "it names the partition " + partition);
  }

  void refer_by_keys(ast::Statement& statement) {
    ast::Visitor keys;
    keys.constraint = [&](ast::Constraint& constraint) {
      if (constraint.kind != ast::Constraint::Kind::foreign_key || !is_partition(constraint.referenced))
        return;
      const ast::Name root = root_name(constraint.referenced);
      context_.report(rules[partition_foreign_key], statement, ast::statement_object(statement.node),
                      "foreign key `" + constraint.name + "` refers to `" + to_string(root) +
                          "` instead of its partition `" + to_string(constraint.referenced) + "`",
                      constraint.offset);
      constraint.referenced = root;
      context_.rewritten(statement);
    };
    walk(statement.node, keys);
  }

  /// Rows have the names of the dump, whatever tables and columns are called now.
  void rows(ast::DataBlock& block) {
    const auto renamed = renamed_.find(key_of(block.table));
    const ast::Name partition = renamed == renamed_.end() ? block.table : renamed->second;
    if (!is_partition(partition)) return;
    if (block.columns.empty())
      block.columns = columns_of(partition, block.format == ast::DataBlock::Format::insert);
    block.table = name_in_source(std::get<ast::CreateTable>(root_of(partition)->node));
  }

  /// The columns that COPY without a list means, all but generated ones, or an INSERT, which means all.
  std::vector<std::string> columns_of(const ast::Name& partition, bool insert) {
    if (tables_.empty()) {
      for (const ast::Statement& statement : context_.script.statements) {
        if (const auto* table = std::get_if<ast::CreateTable>(&statement.node))
          tables_[key_of(table->name)] = table;
      }
    }
    const auto found = tables_.find(key_of(partition));
    const ast::CreateTable* table = found == tables_.end() ? nullptr : found->second;
    if (table == nullptr || table->columns.empty() || !table->partition_of.empty())
      table = &std::get<ast::CreateTable>(root_of(partition)->node);
    std::vector<std::string> names;
    for (const ast::Column& column : table->columns) {
      if (insert || !column.generated) names.push_back(name_in_source(column));
    }
    return names;
  }

  PassContext& context_;
  std::unordered_map<std::string, ast::Name> parents_;  ///< of each partition
  TextMap<ast::Statement*> tops_;                       ///< of each partition: what makes the table above all
  std::unordered_set<std::string> partition_names_;     ///< of `parents_`, without their schemas
  std::unordered_set<std::string> parent_names_;        ///< of what those are of, the same
  std::map<std::string, ast::Name> renamed_;            ///< by the name in the dump: the name now
  std::set<std::string> roots_;                         ///< tables with PARTITION BY
  std::unordered_map<std::string, Rules> rules_of_;     ///< by table
  std::unordered_map<std::string, std::set<std::string>> split_by_;  ///< columns, by the topmost table
  std::map<std::string, size_t> leaves_;  ///< how many partitions with rows, by the topmost table
  std::set<std::string> attached_;        ///< indexes that the parent has as well
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::vector<size_t>> alike_;  ///< places in `groups_`, by sketch
  std::unordered_map<std::string, std::vector<ast::Statement*>> on_roots_;  ///< by table
  std::unordered_map<std::string, const ast::CreateTable*> tables_;         ///< all that there ever were
  std::unordered_map<ast::ObjectId, ast::Name> called_;                     ///< renamed tables
  std::vector<std::optional<bool>> partitions_;  ///< by object, where somebody asked
};

void run(PassContext& context) {
  Merger(context).run();
}

}  // namespace

extern const Pass merge_partitions;
const Pass merge_partitions = {
    .name = "merge-partitions",
    .category = "tables",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "makes one table of a partitioned one and sends its partitions' rows there",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
