// CockroachDB has row triggers on tables, BEFORE and AFTER, and no others. The columns of UPDATE OF move into
// WHEN, where a row's columns are written (NEW).c. All that runs for a whole statement, instead of one, or at
// commit is left for a person, and so is a trigger whose function is.
#include "rewrite/pass.h"

#include <algorithm>

#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"trigger-refused", Severity::error, "triggers", "CockroachDB has no trigger of this kind",
     "Rewrite it as a row trigger, or move what it does into the application."},
    {"trigger-function", Severity::error, "triggers", "the trigger's function is not in the output",
     "Mend or write the function first, then create the trigger."},
    {"trigger-columns", Severity::warning, "triggers",
     "CockroachDB has no UPDATE OF: the trigger fires when one of the values changes, or on every UPDATE",
     "Check that the function does no harm when the column is not in the UPDATE, or is set to the value that "
     "it has."},
    {"trigger-condition", Severity::info, "triggers", "CockroachDB reads a trigger's row as (NEW).c",
     "Nothing to do."},
    {"trigger-or-replace", Severity::info, "triggers", "CREATE OR REPLACE TRIGGER is refused before 26.2",
     "Nothing to do: the schema is created anew."},
};
enum : size_t { trigger_refused, trigger_function, trigger_columns, trigger_condition, trigger_or_replace };

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
        which_("trigger `" + trigger.name + "` of `" + object_ + "`") {}

  void run() {
    if (!kind_accepted() || !function_exists()) return;
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

  bool refuse(size_t rule, const std::string& what) {
    context_.report(rules[rule], statement_, object_, which_ + " " + what);
    context_.needs_person(statement_, "it " + what);
    return false;
  }

  bool kind_accepted() {
    const Target& target = context_.target;
    if (!target.has(Capability::triggers)) return refuse(trigger_refused, "needs CockroachDB 24.3");
    if (trigger_.constraint && !target.has(Capability::constraint_triggers))
      return refuse(trigger_refused, "is a CONSTRAINT trigger");
    if (trigger_.timing == "INSTEAD OF" && !target.has(Capability::instead_of_triggers))
      return refuse(trigger_refused, "is INSTEAD OF");
    const bool tables = !trigger_.old_table.empty() || !trigger_.new_table.empty();
    if (tables && !target.has(Capability::transition_tables))
      return refuse(trigger_refused, "reads REFERENCING tables");
    if (trigger_.on_truncate && !target.has(Capability::truncate_triggers))
      return refuse(trigger_refused, "fires on TRUNCATE");
    if (!trigger_.for_each_row && !target.has(Capability::statement_triggers))
      return refuse(trigger_refused, "is FOR EACH STATEMENT");
    if (context_.catalog.view(trigger_.table) != nullptr) return refuse(trigger_refused, "is on a view");
    return true;
  }

  bool function_exists() {
    for (const ast::Statement* statement : context_.catalog.functions(trigger_.function)) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
      if (function == nullptr || !function->parameters.empty()) continue;
      return statement->live() || refuse(trigger_function, "executes `" + to_string(trigger_.function) +
                                                               "`, which needs a person");
    }
    return refuse(trigger_function,
                  "executes `" + to_string(trigger_.function) + "`, which the dump does not create");
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
    if (trigger_.on_insert || trigger_.on_delete) {
      found(trigger_columns, " fires on every UPDATE, not on those of " + list + " only");
    } else {
      ast::BoolExpr any{ast::BoolExpr::Kind::disjunction, {}};
      for (const std::string& column : trigger_.update_columns) {
        ast::Operation differs;
        differs.kind = ast::Operation::Kind::distinct;
        differs.op = {"="};
        differs.left = row_field("old", column);
        differs.right = row_field("new", column);
        any.arguments.push_back({std::move(differs), -1});
      }
      ast::Expr when = any.arguments.size() == 1 ? any.arguments[0] : ast::Expr{std::move(any), -1};
      if (trigger_.when)
        when = {ast::BoolExpr{ast::BoolExpr::Kind::conjunction, {std::move(when), *trigger_.when}}, -1};
      trigger_.when = std::move(when);
      found(trigger_columns, " fires when " + list +
                                 (trigger_.update_columns.size() == 1 ? " changes" : " change") +
                                 ", not when an UPDATE names them");
    }
    trigger_.update_columns.clear();
  }

  PassContext& context_;
  ast::Statement& statement_;
  ast::CreateTrigger& trigger_;
  std::string object_;
  std::string which_;
};

void run(PassContext& context) {
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
