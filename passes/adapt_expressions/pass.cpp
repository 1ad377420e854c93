// Expressions in defaults, CHECKs, generated columns, indexes, views, triggers, policies and bodies in SQL:
// casts to regconfig, integer division, float with decimal. What has no counterpart is taken out of a table,
// because the table matters more than its default or CHECK, and reported as an error; an index, view,
// trigger, policy or routine is left for a person as a whole.
//
// Types are those of the dump's columns, so this pass runs before they are mapped. It knows a type or it does
// not: where it does not, nothing is rewritten.
#include "rewrite/pass.h"

#include <set>

#include "ast/describe.h"
#include "ast/top_call.h"
#include "ast/walk.h"
#include "bind/assigned_values.h"
#include "bind/expression_types.h"
#include "bind/uncreated.h"
#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/changed_views.h"
#include "passes/adapt_expressions/given_columns.h"
#include "passes/adapt_expressions/printed_types.h"
#include "passes/adapt_expressions/rules.h"
#include "passes/adapt_expressions/text_operators.h"
#include "routines/text_statements.h"

namespace pg2crdb {
namespace {

using namespace adapt;

class Adapter {
 public:
  Adapter(PassContext& context, const bind::Uncreated& uncreated, bind::ExpressionTypes& types,
          ast::Statement& statement)
      : context_(context), types_(types), expressions_(context, uncreated, types), statement_(statement) {}

  void run() {
    object_ = ast::statement_object(statement_.node);
    kind_ = ast::statement_kind(statement_.node);
    types_.enter(statement_);
    if (auto* table = std::get_if<ast::CreateTable>(&statement_.node)) {
      this->table(*table);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement_.node)) {
      alter_table(*alter);
    } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement_.node)) {
      if (index->unique) unique_index(*index);
      whole(Place::immutable);
    } else if (std::holds_alternative<ast::CreateTrigger>(statement_.node) ||
               std::holds_alternative<ast::CreatePolicy>(statement_.node)) {
      whole(Place::value);
    } else if (std::holds_alternative<ast::CreateView>(statement_.node) ||
               std::holds_alternative<ast::CreateTableAs>(statement_.node) ||
               std::holds_alternative<ast::SelectStatement>(statement_.node)) {
      whole(Place::query);
    } else if (ast::changed_table(statement_.node) != nullptr) {
      std::vector<Remark> refusals;
      bind::each_assigned(
          statement_, context_.script,
          [&](ast::ObjectId id) {
            const ast::TypeName type = column_type(id);
            return may_write_literal(type, context_.catalog) ||
                   context_.catalog.composite_type(type.name) != nullptr;
          },
          [&](ast::Expr& value, ast::ObjectId id) {
            expressions_.write_row_value(value, column_type(id), refusals);
          });
      whole(Place::value, std::move(refusals));
    } else if (auto* function = std::get_if<ast::CreateFunction>(&statement_.node)) {
      routine(*function);
    } else if (auto* kept = std::get_if<ast::Opaque>(&statement_.node);
               kept != nullptr && kept->kind == "CALL") {
      std::vector<Remark> refusals;
      arguments(*kept, Place::query, refusals);
      tell(refusals);
    }
  }

 private:
  void unique_index(const ast::CreateIndex& index) {
    for (const ast::IndexElement& one : index.elements) {
      if (!one.column.empty())
        told_apart("the unique index", one.column, types_.of_column(index.table, one.column));
    }
  }

  void table(ast::CreateTable& table) {
    for (ast::Column& column : table.columns) this->column(table.name, column);
    for (const ast::Constraint& one : table.constraints) keys(table.name, one, {});
    constraints(table.constraints);
  }

  void column(const ast::Name& table, ast::Column& column) {
    if (column.default_value || (column.generated && column.generated->expr)) {
      const std::string object = to_string(table) + "." + column.name;
      if (column.default_value) expressions_.note_moment(*column.default_value, column.type);
      if (column.default_value &&
          !fits(*column.default_value, Place::value, object, "the DEFAULT of `" + object + "`",
                "; it is left out", &column.type)) {
        column.default_value.reset();
      }
      if (column.generated && column.generated->expr)
        expressions_.note_stored(*column.generated->expr, column.type);
      if (column.generated && column.generated->expr && calls_what_stays_a_call(*column.generated->expr)) {
        context_.report(
            rules[expression_refused], statement_, object,
            "generated column `" + object +
                "` calls a function that is not inlined; it becomes an ordinary column that nothing fills",
            column.generated->expr->offset);
        column.generated.reset();
        column.not_null = false;
        context_.rewritten(statement_);
      }
      if (column.generated && column.generated->expr &&
          !fits(*column.generated->expr, Place::immutable, object, "generated column `" + object + "`",
                "; it becomes an ordinary column that nothing fills", &column.type)) {
        column.generated.reset();
        column.not_null = false;
      }
    }
    for (const ast::Constraint& one : column.constraints) keys(table, one, column.name);
    constraints(column.constraints);
  }

  /// A function of the script's own that is not in SQL.
  bool calls_what_stays_a_call(ast::Expr& expr) {
    if (!context_.target.has(Capability::computed_columns_inline_only)) return false;
    bool found = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& one) {
      const auto* call = std::get_if<ast::FunctionCall>(&one.node);
      if (call == nullptr || !context_.catalog.has_function(call->name)) return;
      for (const ast::Statement* made : context_.catalog.functions(call->name)) {
        const auto* function = std::get_if<ast::CreateFunction>(&made->node);
        found = found || (function != nullptr && function->language != "sql");
      }
    };
    walk(expr, visitor);
    return found;
  }

  void constraints(std::vector<ast::Constraint>& all) {
    std::erase_if(all, [this](ast::Constraint& constraint) { return !this->constraint(constraint); });
  }

  /// Those of columns that are keys of it, or refer to one, and whose values are told apart by their texts.
  void keys(const ast::Name& table, const ast::Constraint& constraint, const std::string& column) {
    using Kind = ast::Constraint::Kind;
    const bool refers = constraint.kind == Kind::foreign_key;
    if (!refers && constraint.kind != Kind::unique && constraint.kind != Kind::primary_key) return;
    std::vector<std::string> columns = constraint.columns;
    if (columns.empty() && !column.empty()) columns.push_back(column);
    for (const std::string& one : columns)
      told_apart(refers                            ? "FOREIGN KEY"
                 : constraint.kind == Kind::unique ? "UNIQUE"
                                                   : "PRIMARY KEY",
                 one, types_.of_column(table, one));
  }

  void told_apart(std::string_view what, const std::string& column, const ast::TypeName& type) {
    if (!equals_otherwise_than_texts(type, context_.catalog)) return;
    context_.report(
        rules[missing_operator], statement_, object_,
        std::string(what) + " of `" + object_ + "` tells values of `" + column +
            "` apart by their texts, where PostgreSQL finds some equal that are written otherwise");
  }

  bool constraint(ast::Constraint& constraint) {
    if (constraint.kind != ast::Constraint::Kind::check || !constraint.check) return true;
    return fits(*constraint.check, Place::check, object_,
                "CHECK `" + constraint.name + "` of `" + object_ + "`", "; it is left out");
  }

  void alter_table(ast::AlterTable& alter) {
    const size_t before = alter.commands.size();
    std::vector<Remark> refusals;
    std::erase_if(alter.commands, [&](ast::AlterCommand& command) {
      if (auto* set = std::get_if<ast::SetType>(&command)) retype(alter.name, *set, refusals);
      if (auto* add = std::get_if<ast::AddConstraint>(&command)) {
        keys(alter.name, add->constraint, {});
        return !constraint(add->constraint);
      }
      if (auto* add = std::get_if<ast::AddColumn>(&command)) column(alter.name, add->column);
      auto* set = std::get_if<ast::SetDefault>(&command);
      if (set == nullptr || !set->value) return false;
      const std::string object = object_ + "." + set->column;
      const ast::TypeName type = types_.of_column(alter.name, set->column);
      return !fits(*set->value, Place::value, object, "the DEFAULT of `" + object + "`", "; it is left out",
                   type.empty() ? nullptr : &type);
    });
    if (alter.commands.empty() && before > 0) context_.drop(statement_, "its expression is refused");
    tell(refusals);
  }

  /// What is there becomes of another type.
  void retype(const ast::Name& table, ast::SetType& set, std::vector<Remark>& refusals) {
    ast::TypeName from = types_.of_column(table, set.column);
    if (set.using_) {
      expressions_.store(*set.using_, set.type, refusals);
      types_.walk(*set.using_, expressions_.visitor(Place::value, refusals));
      if (std::holds_alternative<ast::Literal>(set.using_->node)) return;
      from = types_.of(*set.using_);
    }
    if (refusals.empty() && set.type.name.name != "xml" && !same_type(from, set.type) &&
        !printed_as(set.type, context_.catalog).empty())
      ExpressionAdapter::refuse_conversion(set.using_ ? *set.using_ : ast::Expr{}, set.type, refusals);
  }

  void routine(ast::CreateFunction& function) {
    std::vector<Remark> refusals;
    for (ast::FunctionParameter& one : function.parameters) {
      if (!one.default_value) continue;
      expressions_.note_moment(*one.default_value, one.type);
      expressions_.store(*one.default_value, one.type, refusals);
      types_.walk(*one.default_value, expressions_.visitor(Place::value, refusals));
    }
    const std::vector<ast::Column> columns =
        declared_columns(function, context_.catalog, context_.options.in_order);
    if (columns.size() > 1 && !function.statements.empty())
      expressions_.give(function.statements.back().node, columns, Coercion::casts, refusals);
    if (function.language == "sql" && function.statements.empty() && function.body.size() == 1)
      refuse_views(ast::Opaque{"", function.body.front()}, refusals);
    for (ast::BodyStatement& one : function.statements) {
      refuse_views(one.node, refusals);
      if (auto* opaque = std::get_if<ast::Opaque>(&one.node);
          opaque != nullptr && (opaque->kind != "CALL" || !arguments(*opaque, Place::sql_body, refusals)))
        expressions_.note_unread(opaque->text, -1);
      expressions_.note_changes(one.node, -1);
      const bool is_given = &one == &function.statements.back() && columns.size() < 2 && !function.procedure;
      const ast::TypeName& type = columns.empty() ? *function.returns : columns.front().type;
      types_.walk(one.node, expressions_.visitor(Place::sql_body, refusals),
                  is_given ? std::vector{type} : std::vector<ast::TypeName>());
    }
    tell(refusals);
  }

  /// Those of a CALL, which the tree keeps word for word. False where they are not read. That nothing here
  /// makes the procedure is `consequences` to say.
  bool arguments(ast::Opaque& call, Place place, std::vector<Remark>& refusals) {
    return routines::adapt_text(call, -1, [&](ast::StatementNode& node) {
      const auto visitor = expressions_.visitor(place, refusals);
      const ast::FunctionCall* made = ast::top_call(node);
      if (made == nullptr || context_.catalog.has_function(made->name)) return types_.walk(node, visitor);
      for (ast::Expr& argument : const_cast<ast::FunctionCall*>(made)->arguments)
        types_.walk(argument, visitor);
    });
  }

  /// A statement that stands or falls as one.
  void whole(Place place, std::vector<Remark> refusals = {}) {
    const bool is_select = std::holds_alternative<ast::SelectStatement>(statement_.node);
    if (is_select || ast::changed_table(statement_.node) != nullptr) {
      expressions_.note_changes(statement_.node, -1);
      refuse_views(statement_.node, refusals);
    }
    types_.walk(statement_.node, expressions_.visitor(place, refusals));
    tell(refusals);
  }

  void refuse_views(const ast::StatementNode& node, std::vector<Remark>& refusals) const {
    for (std::string& what : changed_views(context_, statement_, node))
      refusals.push_back({expression_refused, std::move(what), -1});
  }

  void tell(const std::vector<Remark>& refusals) {
    const std::string which = kind_ + (object_.empty() ? "" : " `" + object_ + "`");
    bool person = false;
    std::string reason;
    for (const Remark& refusal : unique(refusals)) {
      context_.report(rules[refusal.rule], statement_, object_, which + " " + refusal.what, refusal.offset);
      if (refusal.rule == regex_dialect) continue;
      person = true;
      if (reason.empty()) reason = "it " + refusal.what;
    }
    finish();
    if (person) context_.needs_person(statement_, reason);
  }

  /// False where it is refused, which is then reported. `into`: the type that its value is stored as.
  bool fits(ast::Expr& root, Place place, const std::string& object, const std::string& which,
            const std::string& consequence, const ast::TypeName* into = nullptr) {
    std::vector<Remark> refusals;
    if (into != nullptr) {
      expressions_.store(root, *into, refusals);
      if (expressions_.is_converted(root, *into, &bind::Uncreated::Cast::assigns))
        refusals.push_back({expression_refused, ExpressionAdapter::converts(*into), root.offset});
    }
    types_.walk(root, expressions_.visitor(place, refusals));
    bool fine = true;
    for (const Remark& refusal : unique(refusals)) {
      const bool harmless = refusal.rule == regex_dialect && place == Place::value;
      context_.report(rules[refusal.rule], statement_, object,
                      which + " " + refusal.what + (harmless ? "" : consequence), refusal.offset);
      fine = fine && harmless;
    }
    finish();
    if (!fine) context_.rewritten(statement_);
    return fine;
  }

  /// Says what was rewritten or may be meant otherwise, once a statement and rule.
  void finish() {
    if (expressions_.changed_any()) context_.rewritten(statement_);
    for (const auto& [rule, what] : expressions_.remarks()) {
      if (!said_.insert(rule).second) continue;
      context_.report(rules[rule], statement_, object_,
                      kind_ + (object_.empty() ? "" : " `" + object_ + "`") + ": " + what.what, what.offset);
    }
    expressions_.forget();
  }

  ast::TypeName column_type(ast::ObjectId id) const {
    ast::ColumnRef column;
    column.names = {context_.script.objects[id].name.name};
    column.object = id;
    return types_.of({std::move(column), -1});
  }

  PassContext& context_;
  bind::ExpressionTypes& types_;
  ExpressionAdapter expressions_;
  ast::Statement& statement_;
  std::string object_, kind_;
  std::set<size_t> said_;
};

void run(PassContext& context) {
  bind::ExpressionTypes types(context.script, context.catalog, context.options.in_order);
  const bind::Uncreated uncreated(context.script);
  for (ast::Statement& statement : context.script.statements) {
    if (statement.live()) Adapter(context, uncreated, types, statement).run();
  }
}

}  // namespace

extern const Pass adapt_expressions;
const Pass adapt_expressions = {
    .name = "adapt-expressions",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "rewrites expressions that mean something else in CockroachDB and finds those that it refuses",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
