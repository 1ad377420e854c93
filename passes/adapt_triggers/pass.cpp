// CockroachDB has row triggers on tables, BEFORE and AFTER, and no others. The columns of UPDATE OF move into
// WHEN, where a row's columns are written (NEW).c. A CONSTRAINT TRIGGER that does not wait for the commit is
// an AFTER trigger. All that runs for a whole statement, instead of one, or at commit is left for a person,
// and so is a trigger whose function is, or that asks for columns which the row does not have there.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <vector>

#include "ast/equal.h"
#include "ast/walk.h"
#include "routines/trigger.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"trigger-refused", Severity::error, "triggers", "CockroachDB has no trigger of this kind",
     "Rewrite it as a row trigger, or move what it does into the application."},
    {"trigger-function", Severity::error, "triggers", "the trigger's function is not in the output",
     "Mend or write the function first, then create the trigger."},
    {"trigger-columns", Severity::warning, "triggers",
     "CockroachDB has no UPDATE OF: the trigger fires when one of the values changes, or on every UPDATE",
     "Check whether the function has to run where an UPDATE sets the value that is there already: it does no "
     "more. "
     "Where it runs on every UPDATE, check that it does no harm when the column is not in it."},
    {"trigger-condition", Severity::info, "triggers", "CockroachDB reads a trigger's row as (NEW).c",
     "Nothing to do."},
    {"trigger-or-replace", Severity::info, "triggers", "CREATE OR REPLACE TRIGGER is refused before 26.2",
     "Nothing to do: the schema is created anew."},
    {"trigger-constraint", Severity::warning, "triggers",
     "CockroachDB has no CONSTRAINT TRIGGER: an AFTER trigger fires at the end of the statement, too",
     "Check that no transaction sets it DEFERRED by SET CONSTRAINTS."},
    {"trigger-field", Severity::error, "triggers",
     "CockroachDB looks for all columns of NEW and OLD when it creates the trigger",
     "Write a function of its own for each table, without the branches of the others."},
    {"trigger-generated", Severity::error, "triggers",
     "generated columns of OLD are NULL in a BEFORE trigger of CockroachDB",
     "Compute the value from the columns that it is made of, or make it an AFTER trigger."},
    {"trigger-generated-row", Severity::warning, "triggers",
     "generated columns are NULL in OLD of a BEFORE trigger, and in NEW as PostgreSQL has them",
     "Check what the function does with the row as a whole: comparisons with NEW are equal more often."},
    {"trigger-cascade", Severity::warning, "triggers",
     "CockroachDB stops a foreign key's action where a BEFORE trigger changes its rows or leaves them out "
     "(27000)",
     "Set unsafe_allow_triggers_modifying_cascades, or let an AFTER trigger or the application do it."},
    {"trigger-key-update", Severity::info, "triggers",
     "CockroachDB stops an UPDATE of a key that a foreign key follows where a BEFORE trigger changes its "
     "rows (27000)",
     "Nothing to do where keys do not change; else set unsafe_allow_triggers_modifying_cascades."},
    {"trigger-upsert", Severity::warning, "triggers",
     "INSERT ... ON CONFLICT DO UPDATE fails before 25.4 where a table has a generated column and a BEFORE "
     "trigger",
     "Compile for 25.4 or later, or let the application INSERT and UPDATE."},
    {"trigger-table-name", Severity::warning, "triggers",
     "a trigger of a partitioned table is told the name of its partition, which is merged",
     "Check what the function does with TG_TABLE_NAME, TG_RELNAME and TG_RELID."},
    {"trigger-drop-cascade", Severity::error, "triggers",
     "before 26.2 DROP TABLE ... CASCADE may drop the tables of triggers that use it, with their rows",
     "Drop those triggers first, and write DROP TABLE without CASCADE."},
};
enum : size_t {
  trigger_refused,
  trigger_function,
  trigger_columns,
  trigger_condition,
  trigger_or_replace,
  trigger_constraint,
  trigger_field,
  trigger_generated,
  trigger_generated_row,
  trigger_cascade,
  trigger_key_update,
  trigger_upsert,
  trigger_table_name,
  trigger_drop_cascade,
};

bool is_row(const std::string& name) {
  return name == "new" || name == "old";
}

ast::Expr row_field(const std::string& row, const std::string& column) {
  ast::Step step;
  step.field = column;
  return {ast::Indirection{ast::Expr{ast::ColumnRef{{row}, false}, -1}, {std::move(step)}}, -1};
}

class Adapter {
 public:
  Adapter(PassContext& context, ast::Statement& statement, ast::CreateTrigger& trigger)
      : context_(context),
        statement_(statement),
        trigger_(trigger),
        object_(to_string(trigger.table)),
        which_("trigger `" + trigger.name + "` of `" + object_ + "`") {
    const ast::Statement* made = context.catalog.table(trigger.table);
    table_ = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
  }

  void run() {
    if (!kind_accepted() || !function_exists() || !fields_exist() || !generated_unread()) return;
    constraint();
    cascades();
    other_releases();
    if (trigger_.or_replace && !context_.target.has(Capability::or_replace_trigger)) {
      found(trigger_or_replace, context_.options.in_order ? ": DROP TRIGGER IF EXISTS instead of OR REPLACE"
                                                          : ": OR REPLACE left out");
      trigger_.or_replace = false;
      if (context_.options.in_order) drop_before();
    }
    if (trigger_.when) condition();
    if (!trigger_.update_columns.empty() && !context_.target.has(Capability::update_of_triggers)) columns();
  }

 private:
  /// The one that it replaces, of this script or of what was there before it.
  void drop_before() {
    ast::ObjectRef older;
    older.kind = ast::ObjectKind::trigger;
    older.name = trigger_.table;
    older.member = trigger_.name;
    ast::Drop drop;
    drop.kind = ast::ObjectKind::trigger;
    drop.objects.push_back(std::move(older));
    drop.if_exists = true;
    context_.add(std::move(drop), statement_, ast::Phase::post_data, Beside::before);
  }

  void found(size_t rule, const std::string& what) {
    context_.report(rules[rule], statement_, object_, which_ + what);
    context_.rewritten(statement_);
  }

  bool refuse(size_t rule, const std::string& what, std::string advice = {}) {
    context_.report(rules[rule], statement_, object_, which_ + " " + what, -1, std::move(advice));
    context_.needs_person(statement_, "it " + what);
    return false;
  }

  bool kind_accepted() {
    const Target& target = context_.target;
    if (!target.has(Capability::triggers)) return refuse(trigger_refused, "needs CockroachDB 24.3");
    if (trigger_.constraint && trigger_.initially_deferred && !target.has(Capability::constraint_triggers))
      return refuse(
          trigger_refused, "is a CONSTRAINT trigger that waits for the commit",
          "Without INITIALLY DEFERRED it fires at the end of each statement: drop the words where that is "
          "early enough.");
    if (trigger_.timing == "INSTEAD OF" && !target.has(Capability::instead_of_triggers))
      return refuse(trigger_refused, "is INSTEAD OF",
                    "Write into the tables behind the view, in a procedure or in the application.");
    const bool tables = !trigger_.old_table.empty() || !trigger_.new_table.empty();
    if (tables && !target.has(Capability::transition_tables))
      return refuse(trigger_refused, "reads REFERENCING tables",
                    "Let a row trigger do for its row what the function does for all rows of the table.");
    if (trigger_.on_truncate && !target.has(Capability::truncate_triggers))
      return refuse(trigger_refused, "fires on TRUNCATE",
                    "Nothing fires on TRUNCATE: do what the function does where tables are emptied.");
    if (!trigger_.for_each_row && !target.has(Capability::statement_triggers))
      return refuse(
          trigger_refused, "is FOR EACH STATEMENT",
          "A row trigger fires once a row, and never where a statement changes none: make it one where the "
          "function may run so, or move what it does into the application.");
    if (context_.catalog.view(trigger_.table) != nullptr) return refuse(trigger_refused, "is on a view");
    return true;
  }

  bool function_exists() {
    for (const ast::Statement* statement : context_.catalog.functions(trigger_.function)) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
      if (function == nullptr || !function->parameters.empty()) continue;
      if (function->body.size() == 1) body_ = function->body.front();
      const std::string executes = "executes `" + to_string(trigger_.function) + "`, which ";
      if (!statement->live()) return refuse(trigger_function, executes + "needs a person");
      return !routines::ends_transaction(body_) || refuse(trigger_function, executes + "ends the transaction",
                                                          "No function may, in PostgreSQL neither.");
    }
    return refuse(trigger_function,
                  "executes `" + to_string(trigger_.function) + "`, which the dump does not create");
  }

  /// Whether all columns of the table are known that it has while the trigger is created.
  bool columns_known() const {
    if (table_ == nullptr || !table_->likes.empty() || !table_->inherits.empty() ||
        !table_->of_type.empty() || !table_->partition_of.empty())
      return false;
    return !context_.options.in_order ||
           std::ranges::none_of(context_.script.statements, [&](const ast::Statement& one) {
             const auto* rename = std::get_if<ast::Rename>(&one.node);
             return rename != nullptr && !rename->object.member.empty();
           });
  }

  bool has_column(const std::string& name) const {
    if (std::ranges::find(table_->columns, name, &ast::Column::name) != table_->columns.end()) return true;
    return std::ranges::any_of(context_.script.objects, [&](const ast::Object& object) {
      return object.kind == ast::ObjectKind::column && object.parent == trigger_.table.object &&
             object.parent != ast::no_object && object.name.name == name;
    });
  }

  bool fields_exist() {
    if (!columns_known()) return true;
    for (const routines::RowField& field : routines::row_fields(body_)) {
      if (!has_column(field.column))
        return refuse(trigger_field, "executes `" + to_string(trigger_.function) +
                                         "`, which names the column `" + field.column +
                                         "` that the table does not have");
    }
    return true;
  }

  bool is_generated(const std::string& name) const {
    if (table_ == nullptr) return false;
    const auto column = std::ranges::find(table_->columns, name, &ast::Column::name);
    return column != table_->columns.end() && column->generated;
  }

  bool has_generated() const {
    return table_ != nullptr && std::ranges::any_of(table_->columns, [](const ast::Column& column) {
             return bool(column.generated);
           });
  }

  /// The columns of OLD that WHEN reads.
  std::vector<std::string> old_in_condition() {
    std::vector<std::string> columns;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
      if (column != nullptr && column->names.size() == 2 && column->names[0] == "old")
        columns.push_back(column->names[1]);
    };
    if (trigger_.when) walk(*trigger_.when, visitor);
    return columns;
  }

  bool generated_unread() {
    if (trigger_.timing != "BEFORE" || !has_generated() ||
        context_.target.has(Capability::before_trigger_generated_columns))
      return true;
    std::vector<std::string> read = old_in_condition();
    read.insert(read.end(), trigger_.update_columns.begin(), trigger_.update_columns.end());
    for (const routines::RowField& field : routines::row_fields(body_)) {
      if (field.of_old) read.push_back(field.column);
    }
    for (const std::string& column : read) {
      if (is_generated(column))
        return refuse(trigger_generated, "reads `" + column + "` of OLD, which is generated");
    }
    if (routines::reads_whole_old(body_))
      context_.report(rules[trigger_generated_row], statement_, object_,
                      which_ + " reads OLD as a whole, of which columns are generated");
    return true;
  }

  void constraint() {
    if (!trigger_.constraint || context_.target.has(Capability::constraint_triggers)) return;
    found(trigger_constraint, trigger_.deferrable ? " is DEFERRABLE; it becomes an AFTER trigger"
                                                  : " is a CONSTRAINT trigger; it becomes an AFTER trigger");
    trigger_.constraint = trigger_.deferrable = false;
    trigger_.constraint_from = ast::Name();
  }

  /// Actions of foreign keys that change or delete rows of the table.
  void cascades() {
    if (trigger_.timing != "BEFORE") return;
    using Action = ast::ForeignKeyAction;
    const bool on_update = trigger_.on_update && routines::may_change_updated(body_);
    const bool on_delete = trigger_.on_delete && routines::may_change_deleted(body_);
    if ((!on_update && !on_delete) || context_.target.has(Capability::trigger_changes_in_cascade)) return;
    std::string followed;
    for (const ast::Catalog::ForeignKey& key : context_.catalog.foreign_keys()) {
      if (key.table.name != trigger_.table.name || key_of(key.table) != key_of(trigger_.table)) continue;
      const ast::Constraint& constraint = *key.constraint;
      const Action action = constraint.on_delete;
      const std::string referenced = to_string(constraint.referenced);
      if ((on_delete && action == Action::cascade) ||
          (on_update && (action == Action::set_null || action == Action::set_default))) {
        context_.report(
            rules[trigger_cascade], statement_, object_,
            which_ + " may change rows that an action of the foreign key to `" + referenced + "` changes");
        return;
      }
      if (on_update && constraint.on_update != Action::no_action && constraint.on_update != Action::restrict_)
        followed = referenced;
    }
    if (!followed.empty())
      context_.report(rules[trigger_key_update], statement_, object_,
                      which_ + " may change rows that follow a key of `" + followed + "`");
  }

  /// What the trigger is told or does otherwise, here or in older releases.
  void other_releases() {
    if (trigger_.timing == "BEFORE" && (trigger_.on_insert || trigger_.on_update) && has_generated() &&
        !context_.target.has(Capability::upsert_with_before_trigger))
      context_.report(rules[trigger_upsert], statement_, object_,
                      which_ + " is a BEFORE trigger of a table with generated columns");
    const ast::Statement* table = context_.catalog.table(trigger_.table);
    const auto is_partition = [&](const ast::Statement& one) {
      return std::holds_alternative<ast::CreateTable>(one.node) && one.fate == ast::Fate::merged &&
             table != nullptr && one.merged_into == table->id;
    };
    if (routines::reads_table_name(body_) && std::ranges::any_of(context_.script.statements, is_partition))
      context_.report(
          rules[trigger_table_name], statement_, object_,
          which_ + " executes `" + to_string(trigger_.function) + "`, which asks for the table's name");
  }

  /// Records compare so that NULLs are equal, tuples so that they are unknown.
  static bool compares_rows(const ast::Operation& operation) {
    const auto whole = [](const ast::Box<ast::Expr>& side) {
      const auto* ref = side ? std::get_if<ast::ColumnRef>(&side->node) : nullptr;
      return ref != nullptr && ref->names.size() == 1 && is_row(ref->names[0]);
    };
    const bool equality = operation.op.size() == 1 && (operation.op[0] == "=" || operation.op[0] == "<>");
    return operation.kind == ast::Operation::Kind::op && equality && whole(operation.left) &&
           whole(operation.right);
  }

  /// new.c as (new).c; new.* as new, new = old as new IS NOT DISTINCT FROM old.
  void condition() {
    if (context_.target.has(Capability::trigger_row_without_parentheses)) return;
    bool changed = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      if (auto* operation = std::get_if<ast::Operation>(&expr.node);
          operation != nullptr && compares_rows(*operation)) {
        operation->kind =
            operation->op[0] == "=" ? ast::Operation::Kind::not_distinct : ast::Operation::Kind::distinct;
        operation->op = {"="};
        changed = true;
        return;
      }
      auto* column = std::get_if<ast::ColumnRef>(&expr.node);
      if (column == nullptr || column->names.empty() || !is_row(column->names[0])) return;
      if (column->star && column->names.size() == 1) {
        column->star = false;
        changed = true;
      } else if (column->names.size() == 2) {
        expr.node = row_field(column->names[0], column->names[1]).node;
        changed = true;
      }
    };
    walk(*trigger_.when, visitor);
    if (changed) found(trigger_condition, ": columns of NEW and OLD get parentheses in WHEN");
  }

  void columns() {
    std::string list;
    for (const std::string& column : trigger_.update_columns)
      list += (list.empty() ? "`" : ", `") + column + "`";
    const bool is_one = trigger_.update_columns.size() == 1;
    if (!trigger_.on_insert && !trigger_.on_delete) {
      found(trigger_columns, " fires when " + list + (is_one ? " changes" : " change") +
                                 ", not when an UPDATE names " + (is_one ? "it" : "them"));
      compare_columns(trigger_);
      return;
    }
    const std::string name = trigger_.name + "_update";
    if (!may_have_two_names(name)) {
      found(trigger_columns, " fires on every UPDATE, not on those of " + list + " only");
      trigger_.update_columns.clear();
      return;
    }
    found(trigger_columns, " fires for an UPDATE as `" + name + "`, when " + list +
                               (is_one ? " changes" : " change") + ", not when it names " +
                               (is_one ? "it" : "them"));
    ast::CreateTrigger update = trigger_;
    update.name = name;
    update.on_insert = update.on_delete = false;
    compare_columns(update);
    trigger_.on_update = false;
    trigger_.update_columns.clear();
    context_.add(std::move(update), statement_, ast::Phase::post_data);
  }

  /// Whether a condition has another one among what all has to hold.
  static bool asks(const ast::Expr& condition, const ast::Expr& other) {
    const auto* all = std::get_if<ast::BoolExpr>(&condition.node);
    if (all == nullptr || all->kind != ast::BoolExpr::Kind::conjunction) return ast::equal(condition, other);
    return std::ranges::any_of(all->arguments, [&](const ast::Expr& one) { return asks(one, other); });
  }

  /// The columns of UPDATE OF in WHEN.
  static void compare_columns(ast::CreateTrigger& trigger) {
    ast::BoolExpr any{ast::BoolExpr::Kind::disjunction, {}};
    for (const std::string& column : trigger.update_columns) {
      ast::Operation differs;
      differs.kind = ast::Operation::Kind::distinct;
      differs.op = {"="};
      differs.left = row_field("old", column);
      differs.right = row_field("new", column);
      any.arguments.push_back({std::move(differs), -1});
    }
    ast::Expr when = any.arguments.size() == 1 ? any.arguments[0] : ast::Expr{std::move(any), -1};
    trigger.update_columns.clear();
    if (trigger.when && asks(*trigger.when, when)) return;
    if (trigger.when)
      when = {ast::BoolExpr{ast::BoolExpr::Kind::conjunction, {std::move(when), *trigger.when}}, -1};
    trigger.when = std::move(when);
  }

  /// Whether nobody sees that another trigger fires for an UPDATE: no statement speaks of this one, its
  /// function does not ask for its name, and none fires between the two, which is by their names.
  bool may_have_two_names(const std::string& name) const {
    if (context_.options.in_order || routines::reads_trigger_name(body_)) return false;
    return std::ranges::none_of(context_.script.statements, [&](const ast::Statement& one) {
      const auto* other = std::get_if<ast::CreateTrigger>(&one.node);
      if (other != nullptr)
        return one.live() && other->table == trigger_.table && other->name > trigger_.name &&
               other->name <= name;
      const auto* opaque = std::get_if<ast::Opaque>(&one.node);
      return opaque != nullptr && one.live() && opaque->kind.ends_with(" TRIGGER") &&
             std::ranges::find(one.text_objects, trigger_.table.object) != one.text_objects.end();
    });
  }

  PassContext& context_;
  ast::Statement& statement_;
  ast::CreateTrigger& trigger_;
  const ast::CreateTable* table_ = nullptr;  ///< null where the script does not say what it has
  std::string body_;                         ///< of the function
  std::string object_;
  std::string which_;
};

/// Of one that is left for a person, too, who may run it by hand.
void look_at_drops(PassContext& context) {
  if (context.target.has(Capability::drop_cascade_keeps_tables)) return;
  std::multimap<ast::ObjectId, const ast::CreateTrigger*> users;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* drop = std::get_if<ast::Drop>(&statement.node);
    if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node); trigger != nullptr) {
      for (const ast::Statement* function : context.catalog.functions(trigger->function)) {
        for (const ast::ObjectId used : function->text_objects) {
          if (used != trigger->table.object) users.emplace(used, trigger);
        }
      }
    } else if (drop != nullptr && statement.fate != ast::Fate::dropped &&
               drop->kind == ast::ObjectKind::table && drop->cascade) {
      for (const ast::ObjectRef& table : drop->objects) {
        const auto user = users.find(table.name.object);
        if (table.name.object == ast::no_object || user == users.end()) continue;
        const std::string object = to_string(table.name);
        context.report(rules[trigger_drop_cascade], statement, object,
                       "`" + object + "` is dropped with CASCADE, and trigger `" + user->second->name +
                           "` of `" + to_string(user->second->table) + "` uses it");
      }
    }
    if (drop != nullptr && statement.live() &&
        drop->kind == ast::ObjectKind::table) {  // their triggers go along
      std::erase_if(users, [&](const auto& user) {
        return std::ranges::any_of(drop->objects, [&](const ast::ObjectRef& table) {
          return table.name.object == user.second->table.object;
        });
      });
    }
  }
}

void run(PassContext& context) {
  look_at_drops(context);
  const size_t count = context.script.statements.size();  // what is added needs no look
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (!statement.live()) continue;
    if (auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      Adapter(context, statement, *trigger).run();
    } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
               opaque != nullptr && opaque->kind == "CREATE TRIGGER") {
      context.report(rules[trigger_refused], statement, {},
                     "`" + opaque->text.substr(0, opaque->text.find(" ON ")) + "` is not modelled");
      context.needs_person(statement, "not modelled");
    }
  }
}

}  // namespace

extern const Pass adapt_triggers;
const Pass adapt_triggers = {
    .name = "adapt-triggers",
    .category = "triggers",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "writes row triggers as CockroachDB takes them and holds back all others",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
