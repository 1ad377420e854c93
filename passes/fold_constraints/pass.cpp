// pg_dump builds a table in pieces: CREATE TABLE, then ALTER TABLE ... ADD CONSTRAINT, ALTER COLUMN ... SET
// DEFAULT, ADD GENERATED ... AS IDENTITY. In CockroachDB each piece is a schema-change job, and a table that
// is created without its primary key gets a hidden rowid key and is rewritten later. So the pieces go into
// the CREATE TABLE.
//
// Foreign keys stay outside: they wait for the rows (invalidate-foreign-keys). So does a CHECK that is NOT
// VALID: rows from before it may break it, and CockroachDB would check each one as it is loaded. A command on
// a table that this script does not create stays where it is.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "ast/walk.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "order/extent.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"duplicate-primary-key", Severity::error, "keys", "a table is given a second primary key",
     "Remove one of the two definitions from the dump."},
    {"identity-sequence-name", Severity::info, "keys",
     "CockroachDB refuses SEQUENCE NAME in an identity column and names the sequence itself",
     "Nothing to do: the sequence gets its old name back where the two differ."},
};
constexpr const FindingKind& duplicate_primary_key = rules[0];
constexpr const FindingKind& identity_sequence_name = rules[1];

bool has_primary_key(const ast::CreateTable& table) {
  auto primary = [](const ast::Constraint& c) { return c.kind == ast::Constraint::Kind::primary_key; };
  return std::any_of(table.constraints.begin(), table.constraints.end(), primary) ||
         std::any_of(table.columns.begin(), table.columns.end(), [&](const ast::Column& column) {
           return std::any_of(column.constraints.begin(), column.constraints.end(), primary);
         });
}

class Folder {
 public:
  Folder(PassContext& context, ast::Statement& statement, ast::Statement& owner, ast::CreateTable& table)
      : context_(context), statement_(statement), owner_(owner), table_(table) {}

  /// True where the command's content now stands in the table.
  bool fold(const ast::AlterCommand& command) {
    return std::visit([this](const auto& c) { return fold_command(c); }, command);
  }
  /// Whether there was a command that its table does not take.
  bool refused() const { return refused_; }

 private:
  bool has_key_over(const std::vector<std::string>& columns) const {
    const auto is_key = [](const ast::Constraint& c) {
      return c.kind == ast::Constraint::Kind::primary_key || c.kind == ast::Constraint::Kind::unique;
    };
    return std::any_of(table_.constraints.begin(), table_.constraints.end(),
                       [&](const ast::Constraint& c) { return is_key(c) && c.columns == columns; }) ||
           std::any_of(table_.columns.begin(), table_.columns.end(), [&](const ast::Column& one) {
             return columns == std::vector{one.name} &&
                    std::any_of(one.constraints.begin(), one.constraints.end(), is_key);
           });
  }

  /// The UNIQUE constraint that is there already over the primary key's columns stands behind the table then.
  void take_out_unique(const std::vector<std::string>& columns) {
    ast::AlterTable alter;
    alter.name = table_.name;
    const auto is_it = [&](const ast::Constraint& one, const std::vector<std::string>& its) {
      if (one.kind != ast::Constraint::Kind::unique || its != columns) return false;
      ast::Constraint unique = one;
      if (unique.name.empty()) unique.name = context_.script.objects[one.object].name.name;
      if (unique.name.empty()) return false;
      unique.columns = its;
      alter.commands.push_back(ast::AddConstraint{std::move(unique)});
      return true;
    };
    std::erase_if(table_.constraints, [&](const ast::Constraint& one) { return is_it(one, one.columns); });
    for (ast::Column& column : table_.columns)
      std::erase_if(column.constraints,
                    [&](const ast::Constraint& one) { return is_it(one, {column.name}); });
    if (!alter.commands.empty()) context_.add(std::move(alter), owner_, ast::Phase::pre_data);
  }

  ast::Column* column(const std::string& name) {
    ast::Column* found = ast::find_column(table_, name);
    if (found == nullptr && table_.inherits.empty() && table_.of_type.empty() &&
        table_.partition_of.empty() && table_.likes.empty()) {
      context_.report(bind::rules[bind::History::missing_column], statement_, to_string(table_.name),
                      "`" + to_string(table_.name) + "` has no column `" + name + "`");
      refused_ = true;
    }
    return found;
  }

  bool fold_command(const ast::AddConstraint& add) {
    using Kind = ast::Constraint::Kind;
    const ast::Constraint& constraint = add.constraint;
    const bool outside = constraint.kind == Kind::foreign_key || constraint.kind == Kind::exclude ||
                         (constraint.kind == Kind::check && constraint.not_valid) ||
                         !constraint.using_index.empty();
    if (outside) return false;
    if (constraint.kind == Kind::not_null) {
      ast::Column* target = constraint.columns.empty() ? nullptr : column(constraint.columns[0]);
      if (target == nullptr) return false;
      target->not_null = true;
      return true;
    }
    if (constraint.kind == Kind::primary_key && has_primary_key(table_)) {
      context_.report(duplicate_primary_key, statement_, to_string(table_.name),
                      "`" + to_string(table_.name) + "` already has a primary key");
      refused_ = true;
      return false;
    }
    // In one CREATE TABLE, PostgreSQL makes one of two keys over the same columns.
    if (constraint.kind == Kind::unique && has_key_over(constraint.columns)) return false;
    if (constraint.kind == Kind::primary_key) take_out_unique(constraint.columns);
    table_.constraints.push_back(constraint);
    table_.constraints.back().if_not_exists = false;
    rebase(table_.constraints.back());
    if (constraint.kind == Kind::primary_key) {
      for (const std::string& name : constraint.columns) {
        if (ast::Column* key = column(name)) key->not_null = true;
      }
    }
    return true;
  }

  bool fold_command(const ast::SetDefault& set) {
    ast::Column* target = column(set.column);
    if (target == nullptr || target->generated) return false;
    if (set.value && target->identity) return refuse_second(set.column, "is an identity column already");
    target->default_value = set.value;
    bind::forget_offsets(target->default_value);
    return true;
  }

  bool fold_command(const ast::SetNotNull& set) {
    ast::Column* target = column(set.column);
    if (target == nullptr) return false;
    target->not_null = set.not_null;
    return true;
  }

  bool fold_command(const ast::AddIdentity& add) {
    ast::Column* target = column(add.column);
    if (target == nullptr) return false;
    if (target->identity) return refuse_second(add.column, "is an identity column already");
    if (target->default_value) return refuse_second(add.column, "has a default already");
    target->identity = ast::Box(add.identity);
    target->not_null = true;
    if (!add.identity.options.sequence_name.empty()) {
      const std::string object = to_string(table_.name) + "." + add.column;
      context_.report(identity_sequence_name, statement_, object,
                      "identity column `" + object + "` names its sequence");
    }
    return true;
  }

  bool refuse_second(const std::string& column, const std::string& why) {
    const std::string object = to_string(table_.name) + "." + column;
    context_.report(bind::rules[bind::History::duplicate_default], statement_, object,
                    "`" + object + "` " + why);
    refused_ = true;
    return false;
  }

  template <class Command>
  bool fold_command(const Command&) {
    return false;
  }

  /// A finding about the constraint still points at the line where it was written.
  void rebase(ast::Constraint& constraint) {
    const auto distance =
        static_cast<int64_t>(statement_.span.begin) - static_cast<int64_t>(owner_.span.begin);
    // A place in another file of the history cannot be counted from the table's.
    constraint.offset =
        share_file(statement_.span, owner_.span) ? distance + std::max<int64_t>(constraint.offset, 0) : -1;
    bind::forget_offsets(constraint.check);
  }

  PassContext& context_;
  ast::Statement& statement_;
  ast::Statement& owner_;
  ast::CreateTable& table_;
  bool refused_ = false;
};

/// What a child takes over of a column that it does not declare itself.
ast::Column inherited(ast::Column column) {
  std::erase_if(column.constraints,
                [](const ast::Constraint& c) { return c.kind != ast::Constraint::Kind::check; });
  column.identity.reset();  // PostgreSQL does not pass it on either
  if (column.not_null_no_inherit) column.not_null = column.not_null_no_inherit = false;
  return column;
}

/// What tables got behind their CREATE TABLE, by a statement of their own or of a parent: by name, in the
/// order that PostgreSQL appended it.
using LaterColumns = std::map<ast::ObjectId, std::map<std::string, ast::ObjectId>>;

LaterColumns later_columns(const ast::Script& script) {
  LaterColumns later;
  for (ast::ObjectId id = 1; id < script.objects.size(); ++id) {
    const ast::Object& column = script.objects[id];
    if (column.kind == ast::ObjectKind::column && column.made_here() && column.stands() &&
        column.created != script.objects[column.parent].created)
      later[column.parent][column.name.name] = id;
  }
  return later;
}

/// A child's table as PostgreSQL has it: its parents' columns first, in their order, then its own, then those
/// that came later, whosever they are; one that it declares too is its own. Pieces that follow with ALTER
/// TABLE ONLY are the child's, so the columns have to stand there before. The clause and its finding are
/// table-inheritance'.
void inherit_columns(PassContext& context, ast::Statement& statement, ast::CreateTable& table,
                     const LaterColumns& later) {
  std::vector<ast::Column> columns;
  const auto find = [](std::vector<ast::Column>& among, const std::string& name) {
    return std::ranges::find(among, name, &ast::Column::name);
  };
  for (const ast::Name& name : table.inherits) {
    const ast::Statement* parent = context.catalog.table(name);
    if (parent == nullptr) continue;
    const auto* create = std::get_if<ast::CreateTable>(&parent->node);
    if (create == nullptr) continue;
    for (const ast::Column& column : create->columns) {
      auto place = find(columns, column.name);
      const bool known = place != columns.end();
      const auto own = known ? table.columns.end() : find(table.columns, column.name);
      if (!known && own == table.columns.end()) {
        columns.push_back(inherited(column));
        continue;
      }
      if (!known) {
        place = columns.insert(columns.end(), std::move(*own));
        table.columns.erase(own);
      }
      if (!place->default_value && !place->generated && !place->identity)
        place->default_value = column.default_value;
    }
  }
  if (columns.empty()) return;
  std::ranges::move(table.columns, std::back_inserter(columns));
  if (const auto own = later.find(table.name.object); own != later.end()) {
    std::ranges::stable_sort(columns, {}, [&](const ast::Column& column) {
      const auto added = own->second.find(column.name);
      return added == own->second.end() ? ast::no_object : added->second;
    });
  }
  table.columns = std::move(columns);
  context.rewritten(statement);
}

/// A table-level NOT NULL (PostgreSQL 18) is the column's, and so is its NO INHERIT.
void fold_not_nulls(PassContext& context, ast::Statement& statement, ast::CreateTable& table) {
  const auto erased = std::erase_if(table.constraints, [&](const ast::Constraint& constraint) {
    if (constraint.kind != ast::Constraint::Kind::not_null || constraint.columns.size() != 1) return false;
    ast::Column* column = ast::find_column(table, constraint.columns[0]);
    if (column == nullptr) return false;
    if (!column->not_null) column->not_null_no_inherit = constraint.no_inherit;
    column->not_null = true;
    return true;
  });
  if (erased > 0) context.rewritten(statement);
}

/// A NOT NULL that rows may break (PostgreSQL 18): CockroachDB's is never NOT VALID, a CHECK may be.
void check_of_not_null(PassContext& context, ast::Statement& statement, ast::AlterTable& alter) {
  for (ast::AlterCommand& command : alter.commands) {
    auto* add = std::get_if<ast::AddConstraint>(&command);
    if (add == nullptr || !add->constraint.not_valid || add->constraint.columns.size() != 1 ||
        add->constraint.kind != ast::Constraint::Kind::not_null) {
      continue;
    }
    ast::Constraint& constraint = add->constraint;
    constraint.kind = ast::Constraint::Kind::check;
    constraint.check = ast::Expr{ast::NullTest{ast::Expr{ast::ColumnRef{{constraint.columns[0]}}}, true}};
    constraint.columns.clear();
    context.rewritten(statement);
  }
}

/// Pieces that stay statements of their own: where the script's order is kept, and of a table that no CREATE
/// TABLE of the script makes. Two of them say less to CockroachDB: NOT NULL is no constraint that can be
/// added, and a primary key does not make its columns NOT NULL.
class PieceAdapter {
 public:
  explicit PieceAdapter(PassContext& context) : context_(context) {}

  void see(const ast::CreateTable& table) {
    for (const ast::Column& column : table.columns) note(table.name, column);
  }

  void see(const ast::Rename& rename) {
    if (rename.object.kind != ast::ObjectKind::column) return;
    const bool not_null = not_null_.erase(key_of(rename.object.name, rename.object.member)) > 0;
    note(rename.object.name, rename.new_name, not_null);
  }

  /// What has to come before the statement: its primary key's columns where it adds them, and their NOT NULL.
  ast::AlterTable adapt(ast::Statement& statement, ast::AlterTable& alter) {
    ast::AlterTable first;
    first.name = alter.name;
    first.if_exists = alter.if_exists;
    for (ast::AlterCommand& command : alter.commands) {
      if (const auto* added = std::get_if<ast::AddColumn>(&command)) note(alter.name, added->column);
      if (const auto* set = std::get_if<ast::SetNotNull>(&command))
        note(alter.name, set->column, set->not_null);
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add == nullptr) continue;
      const ast::Constraint& constraint = add->constraint;
      if (constraint.kind == ast::Constraint::Kind::not_null && constraint.columns.size() == 1) {
        const std::string column = constraint.columns[0];
        command = ast::SetNotNull{column, true};
        context_.rewritten(statement);
        note(alter.name, column, true);
      } else if (constraint.kind == ast::Constraint::Kind::primary_key) {
        for (const std::string& column : constraint.columns) {
          if (!note(alter.name, column, true)) continue;
          if (!adds_before(statement, alter, column, first))
            first.commands.push_back(ast::SetNotNull{column, true});
        }
      }
    }
    for (const ast::AlterCommand& moved : first.commands) {
      if (const auto* added = std::get_if<ast::AddColumn>(&moved))
        std::erase_if(alter.commands,
                      [&](const ast::AlterCommand& one) { return adds(one, added->column.name); });
    }
    return first;
  }

 private:
  static bool adds(const ast::AlterCommand& command, const std::string& column) {
    const auto* added = std::get_if<ast::AddColumn>(&command);
    return added != nullptr && added->column.name == column;
  }

  /// Whether the statement adds the key's column itself: CockroachDB makes no key of one that is being added
  /// (#122940), so it goes before, but where the statement drops one of that name first.
  bool adds_before(ast::Statement& statement, ast::AlterTable& alter, const std::string& column,
                   ast::AlterTable& first) {
    const auto added = std::ranges::find_if(
        alter.commands, [&](const ast::AlterCommand& command) { return adds(command, column); });
    if (added == alter.commands.end()) return false;
    const auto is_dropped = [&](const ast::AlterCommand& command) {
      const auto* drop = std::get_if<ast::DropColumn>(&command);
      return drop != nullptr && drop->column == column;
    };
    std::get<ast::AddColumn>(*added).column.not_null = true;
    if (std::ranges::none_of(alter.commands, is_dropped)) first.commands.push_back(*added);
    context_.rewritten(statement);
    return true;
  }

  void note(const ast::Name& table, const ast::Column& column) {
    const bool primary =
        std::any_of(column.constraints.begin(), column.constraints.end(),
                    [](const auto& one) { return one.kind == ast::Constraint::Kind::primary_key; });
    note(table, column.name, column.not_null || column.identity || primary);
  }
  /// True where that is news.
  bool note(const ast::Name& table, const std::string& column, bool not_null) {
    Key key = key_of(table, column);
    return not_null ? not_null_.insert(std::move(key)).second : not_null_.erase(key) > 0;
  }

  /// The table, its name where the script does not make it, and the column.
  using Key = std::tuple<ast::ObjectId, std::string, std::string>;

  static Key key_of(const ast::Name& table, const std::string& column) {
    return {table.object, table.object == ast::no_object ? to_string(table) : "", column};
  }

  PassContext& context_;
  std::set<Key> not_null_;
};

/// ADD CONSTRAINT ... USING INDEX says its columns where it makes its index itself, as in CockroachDB: those
/// of an index of the script are known.
void take_over_index(PassContext& context, ast::Statement& statement, const ast::AlterTable& alter,
                     ast::Constraint& constraint) {
  ast::Statement* made = context.catalog.index({alter.name.schema, constraint.using_index});
  if (made == nullptr || !made->live()) return;
  const auto& index = std::get<ast::CreateIndex>(made->node);
  const auto is_column = [](const ast::IndexElement& element) { return !element.column.empty(); };
  if (!index.unique || index.where || !std::all_of(index.elements.begin(), index.elements.end(), is_column))
    return;
  if (constraint.name.empty()) constraint.name = constraint.using_index;
  constraint.using_index.clear();
  for (const ast::IndexElement& element : index.elements) constraint.columns.push_back(element.column);
  constraint.including = index.including;
  constraint.nulls_not_distinct = index.nulls_not_distinct;
  context.merge(*made, statement, "the constraint makes it");
}

/// Added statements stand behind their origin, so the origin takes what comes first and the key goes behind.
void put_first(PassContext& context, ast::Statement& statement, ast::AlterTable& alter,
               ast::AlterTable first) {
  const auto is_key = [](const ast::AlterCommand& command) {
    const auto* add = std::get_if<ast::AddConstraint>(&command);
    return add != nullptr && add->constraint.kind == ast::Constraint::Kind::primary_key;
  };
  ast::AlterTable behind = alter;
  std::erase_if(behind.commands, [&](const ast::AlterCommand& command) { return !is_key(command); });
  std::erase_if(alter.commands, is_key);
  alter.commands.insert(alter.commands.end(), first.commands.begin(), first.commands.end());
  context.rewritten(statement);
  context.add(std::move(behind), statement, ast::Phase::pre_data);
}

void run_in_order(PassContext& context) {
  PieceAdapter pieces(context);
  const LaterColumns later;  // they come by statements of their own
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (!statement.live()) continue;
    if (auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      inherit_columns(context, statement, *create, later);
      fold_not_nulls(context, statement, *create);
      pieces.see(*create);
    } else if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      pieces.see(*rename);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      if (alter->kind != ast::ObjectKind::table) continue;
      check_of_not_null(context, statement, *alter);
      ast::AlterTable first = pieces.adapt(statement, *alter);
      if (!first.commands.empty())
        context.add(std::move(first), statement, ast::Phase::pre_data, Beside::before);
    }
  }
}

void run(PassContext& context) {
  if (context.options.in_order) return run_in_order(context);
  PieceAdapter pieces(context);
  const LaterColumns later = later_columns(context.script);
  const bool dump = order::is_dump(context.script);
  const size_t count = context.script.statements.size();  // what is added on the way is folded already
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (!statement.live()) continue;
    if (auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      inherit_columns(context, statement, *create, later);
      fold_not_nulls(context, statement, *create);
    }
    auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || alter->kind != ast::ObjectKind::table) continue;
    check_of_not_null(context, statement, *alter);
    for (ast::AlterCommand& command : alter->commands) {
      auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add != nullptr && !add->constraint.using_index.empty())
        take_over_index(context, statement, *alter, add->constraint);
    }
    ast::Statement* owner = context.catalog.table(alter->name);
    auto* table = owner == nullptr ? nullptr : std::get_if<ast::CreateTable>(&owner->node);
    // What is not in the output waits with all that is said of it: what a dump does not make, what is text.
    const ast::ObjectId object = alter->name.object;
    const bool made = object != ast::no_object && context.script.objects[object].made_here();
    if (owner == nullptr ? !dump && !made : table == nullptr) {
      ast::AlterTable first = pieces.adapt(statement, *alter);
      if (!first.commands.empty()) put_first(context, statement, *alter, std::move(first));
    }
    if (table == nullptr || statement.after_rows || owner->id > statement.id) continue;
    Folder folder(context, statement, *owner, *table);
    const size_t before = alter->commands.size();
    std::erase_if(alter->commands, [&](const ast::AlterCommand& command) { return folder.fold(command); });
    if (alter->commands.empty() && before > 0) {
      context.merge(statement, *owner, "folded into CREATE TABLE " + to_string(table->name));
    } else if (alter->commands.size() < before) {
      context.rewritten(statement);
      context.rewritten(*owner);
    }
    if (folder.refused() && statement.live()) context.needs_person(statement, "its table does not take it");
  }
}

}  // namespace

extern const Pass fold_constraints;
const Pass fold_constraints = {
    .name = "fold-constraints",
    .category = "constraints",
    .fidelity = Fidelity::exact,
    .summary = "folds keys, CHECKs, defaults, NOT NULL and identity into CREATE TABLE",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
