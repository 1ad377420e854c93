// PostgreSQL partitions a table into tables; CockroachDB splits every table into ranges by itself. So the
// partitioned table becomes a plain one, its partitions (and theirs) are merged into it, and their rows are
// loaded into it. What pg_dump prints for each partition either repeats what the parent has (ALTER INDEX ...
// ATTACH PARTITION says which), or stands in every partition alike and then moves up to the parent, or is in
// some of them only: that cannot be kept, and is reported.
#include "rewrite/pass.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "ast/describe.h"
#include "ast/equal.h"
#include "ast/walk.h"
#include "bind/tree_edit.h"
#include "passes/merge_partitions/bounds.h"
#include "passes/merge_partitions/families.h"
#include "passes/merge_partitions/lifting.h"
#include "passes/merge_partitions/rules.h"
#include "passes/merge_partitions/table_rules.h"

namespace pg2crdb {
namespace partitions {

void drop_with_partition(PassContext& context, ast::Statement& statement, size_t rule,
                         const std::string& reason) {
  const std::string object = ast::statement_object(statement.node);
  std::string which = ast::statement_kind(statement.node);
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
      alter != nullptr && alter->commands.size() == 1) {
    const auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
    if (add != nullptr) which += " `" + add->constraint.name + "` of";
  }
  const bool is_lost = rules[rule].severity == Severity::error;
  context.report(rules[rule], statement, object,
                 which + " `" + object + "` " +
                     (is_lost ? "is lost: the partitions are one table now, and not all of them have it"
                              : "goes with its partition"));
  context.drop(statement, reason);
}

}  // namespace partitions

namespace {

using namespace partitions;

class Merger {
 public:
  explicit Merger(PassContext& context) : context_(context), families_(context) {}

  void run() {
    if (families_.empty()) return;
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live()) attached_index(statement);
    }
    TableRules table_rules(context_, families_);
    table_rules_ = &table_rules;
    Lifting lifting(context_, families_, table_rules);
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      bounds_.note(statement.node);
      families_.follow(statement);
      if (!is_attached(statement)) lifting.collect(statement);
    }
    lifting.run();
    table_rules.lift_not_null();
    families_.begin_anew();
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      families_.follow(statement);
      merge(statement);
    }
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live()) refer(statement);
    }
    for (ast::DataBlock& block : context_.script.data) rows(block);
  }

 private:
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
      if (families_.is_partition(index->table))
        dropped(statement, rule_of(statement, *index), "its partition is merged");
    } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      if (families_.is_partition(trigger->table))
        dropped(statement, partition_constraint, "its partition is merged");
    } else if (const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
      if (families_.is_partition(policy->table))
        dropped(statement, partition_constraint, "its partition is merged");
    } else if (const auto* comment = std::get_if<ast::Comment>(&statement.node)) {
      if (families_.is_partition(comment->object.name) || attached_.contains(key_of(comment->object.name)))
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
      if (!families_.is_partition(copy->table)) return;
      if (copy->columns.empty()) copy->columns = families_.columns_of(copy->table, false);
      copy->table = families_.root_name(copy->table);
      context_.rewritten(statement);
    }
  }

  size_t rule_of(const ast::Statement& statement, const ast::CreateIndex& index) {
    if (is_attached(statement)) return partition_merged;
    const bool key =
        index.unique && !table_rules_->has_key(families_.root_name(index.table), columns_of(index));
    return key ? partition_constraint : partition_index;
  }

  void create_table(ast::Statement& statement, ast::CreateTable& table) {
    const std::string object = to_string(table.name);
    if (ast::Statement* root = families_.root_of(table.name)) {
      own_constraints(statement, table, *root);
      context_.report(
          rules[partition_merged], statement, object,
          "partition `" + object + "` is merged into `" + to_string(families_.root_name(table.name)) + "`");
      context_.merge(statement, *root, "a partition of " + to_string(families_.root_name(table.name)));
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
    const size_t leaves = families_.leaves_of(key_of(table.name));
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
    const std::set<std::string>& inherited = table_rules_->not_null(parent.name);
    const auto look = [&](const ast::Constraint& constraint, const std::vector<std::string>& columns) {
      if (constraint.kind == ast::Constraint::Kind::not_null) return;
      if (constraint.check && bounds_.imply(*constraint.check, key_of(table.name))) return;
      if (is_key(constraint) ? table_rules_->has_key(parent.name, columns)
                             : has_same(parent, constraint, columns))
        return;
      const std::string& chosen = context_.script.objects[constraint.object].name.name;
      const bool is_foreign = constraint.kind == ast::Constraint::Kind::foreign_key;
      tell("constraint `" + (constraint.name.empty() ? chosen : constraint.name) + "`", constraint.offset,
           is_foreign ? std::string(advice_of_foreign_key) : std::string());
    };
    for (const ast::Column& column : table.columns) {
      for (const ast::Constraint& constraint : column.constraints) look(constraint, {column.name});
    }
    for (const ast::Constraint& constraint : table.constraints) look(constraint, constraint.columns);
    for (const std::string& column : table_rules_->not_null(table.name)) {
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
    if (families_.is_partition(alter.name)) {
      // A sub-partitioned table may be the one altered: its own ATTACH belongs to the root.
      const ast::Name& root = families_.root_name(alter.name);
      const bool constraint =
          std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
            const auto* add = std::get_if<ast::AddConstraint>(&command);
            if (add == nullptr) return false;
            const ast::Constraint& added = add->constraint;
            return !(is_key(added) && table_rules_->has_key(root, added.columns)) &&
                   !(added.check && bounds_.imply(*added.check, key_of(alter.name)));
          });
      dropped(statement, constraint && !is_attached(statement) ? partition_constraint : partition_merged,
              "its partition is merged");
      return;
    }
    const size_t before = alter.commands.size();
    std::erase_if(alter.commands, [&](const ast::AlterCommand& command) {
      const auto* attach = std::get_if<ast::AttachPartition>(&command);
      if (attach == nullptr) return false;
      const bool known = families_.is_partition(attach->partition);
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
    drop_with_partition(context_, statement, rule, reason);
  }

  void objects(ast::Statement& statement, std::vector<ast::ObjectRef>& all) {
    const auto count = std::erase_if(all, [this](const ast::ObjectRef& object) {
      return object.kind == ast::ObjectKind::table && families_.is_partition(object.name);
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
    if (owner.size() != 3 || !families_.is_partition({owner[0], owner[1]})) return;
    const ast::Name root = families_.root_name({owner[0], owner[1]});
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
      if (found == ast::no_object && id != ast::no_object && families_.is_partition(id)) found = id;
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
      if (constraint.kind != ast::Constraint::Kind::foreign_key ||
          !families_.is_partition(constraint.referenced))
        return;
      const ast::Name root = families_.root_name(constraint.referenced);
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
    const ast::Name& partition = families_.name_now(block.table);
    if (!families_.is_partition(partition)) return;
    if (block.columns.empty())
      block.columns = families_.columns_of(partition, block.format == ast::DataBlock::Format::insert);
    block.table = name_in_source(std::get<ast::CreateTable>(families_.root_of(partition)->node));
  }

  PassContext& context_;
  Families families_;
  TableRules* table_rules_ = nullptr;  ///< while it runs
  Bounds bounds_;
  std::set<std::string> attached_;  ///< indexes that the parent has as well
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
