// Texts that are put together from what is one of a few constants: the names of tables that a loop goes
// through, an order's direction.
#include "routines/text_choices.h"

#include <algorithm>
#include <utility>

#include "ast/equal.h"
#include "ast/walk.h"
#include "routines/constants.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// More of them are not worth a statement each.
constexpr size_t most_choices = 12;

using Texts = std::vector<ast::Expr>;

bool is_string(const ast::Expr& expr) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string;
}

/// The elements of ARRAY['a', 'b'], cast or not.
Texts elements_of(const ast::Expr& expr) {
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return elements_of(*cast->argument);
  const auto* array = std::get_if<ast::ArrayExpr>(&expr.node);
  const bool are_strings = array != nullptr && std::ranges::all_of(array->elements, is_string);
  return are_strings ? array->elements : Texts();
}

/// What `unnest(ARRAY['a', 'b'])` or `VALUES ('a'), ('b')` gives, or some of it.
Texts rows_of(const Rows& rows) {
  const auto* sql = std::get_if<StaticSql>(&rows);
  const auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
  if (select == nullptr || select->query->left) return {};
  const ast::Query& query = *select->query;
  Texts result;
  for (const std::vector<ast::Expr>& row : query.values) {
    if (row.size() != 1 || !is_string(row[0])) return {};
    result.push_back(row[0]);
  }
  if (!query.values.empty() || query.targets.size() != 1 || !query.from.empty()) return result;
  const auto* call = std::get_if<ast::FunctionCall>(&query.targets[0].expr->node);
  const bool is_unnest = call != nullptr && call->name.name == "unnest" && call->arguments.size() == 1 &&
                         (call->name.schema.empty() || call->name.schema == "pg_catalog");
  return is_unnest ? elements_of(call->arguments[0]) : Texts();
}

bool has_statement(Statements& statements, const Statement& statement) {
  bool found = false;
  each_part(statements, [&](Statement& one) { found = found || &one == &statement; });
  return found;
}

/// The constants that a variable may hold.
struct Held {
  Texts texts;
  bool may_be_null = false;
};

class Choices {
 public:
  Choices(Conversion& conversion, const Statement& statement, const Value& text)
      : conversion_(conversion), statement_(statement), text_(text) {}

  std::optional<std::vector<TextChoice>> find() {
    Value copy = text_;
    auto* expr = std::get_if<ast::Expr>(&copy.node);
    if (expr == nullptr) return std::nullopt;
    ast::Visitor look;
    look.expr = [&](ast::Expr& one) {
      const auto* chosen = std::get_if<ast::Case>(&one.node);
      if (chosen != nullptr && !case_) case_ = *chosen;
      const auto* ref = std::get_if<ast::ColumnRef>(&one.node);
      if (ref == nullptr || ref->star || ref->names.size() != 1 || held_ || case_) return;
      held_ = held_by(ref->names[0]);
      if (held_) variable_ = ref->names[0];
    };
    ast::walk(*expr, look);
    if (case_) return of_case();
    return held_ ? of_variable() : std::nullopt;
  }

 private:
  Texts set_by_loop(const std::string& name) const {
    Texts result;
    const auto is_it = [&](const std::vector<Variable>& targets) {
      return targets.size() == 1 && targets[0].names == std::vector<std::string>{name};
    };
    each_part(conversion_.body, [&](Foreach& loop) {
      const auto* array = std::get_if<ast::Expr>(&loop.array.node);
      if (array != nullptr && loop.slice == 0 && is_it(loop.targets) &&
          has_statement(loop.statements, statement_))
        result = elements_of(*array);
    });
    each_part(conversion_.body, [&](ForRows& loop) {
      if (is_it(loop.targets) && has_statement(loop.statements, statement_)) result = rows_of(loop.rows);
    });
    return result;
  }

  bool is_local_text(const std::string& name) const {
    const VariableType* type = conversion_.type_of(name);
    const bool is_text = type != nullptr && type->kind == VariableType::Kind::named &&
                         type->type.array_bounds.empty() && type->type.modifiers.empty() &&
                         (type->type.name.name == "text" || type->type.name.name == "varchar");
    return is_text && std::ranges::none_of(conversion_.routine.parameters,
                                           [&](const auto& one) { return one.name == name; });
  }

  std::optional<Held> held_by(const std::string& name) const {
    if (!is_local_text(name)) return std::nullopt;
    bool may_be_called = false;
    each_part(conversion_.body, [&](StaticSql& one) {
      const auto* text = std::get_if<ast::Opaque>(&one.statement);
      may_be_called = may_be_called || (text != nullptr && text->kind == "CALL");
    });
    size_t set = 0;
    each_part(conversion_.body, [&](Variable& one) { set += one.names[0] == name ? 1 : 0; });
    Held held;
    if (set == 1) held.texts = set_by_loop(name);
    if (held.texts.empty()) held = assigned_to(name, set);
    const bool is_good = !may_be_called && !held.texts.empty() && held.texts.size() <= most_choices;
    return is_good ? std::optional(std::move(held)) : std::nullopt;
  }

  /// Constants in all places that set it; none where there is another.
  Held assigned_to(const std::string& name, size_t set) const {
    Held held;
    held.may_be_null = true;
    bool good = true;
    const auto add = [&](const Value& value) {
      const auto* expr = std::get_if<ast::Expr>(&value.node);
      std::optional<std::string> text = expr == nullptr ? std::nullopt : constant_text(*expr, {});
      good = good && text;
      if (!text) return;
      ast::Expr one = text_literal(std::move(*text));
      const auto is_same = [&](const ast::Expr& other) { return ast::equal(other, one); };
      if (std::ranges::none_of(held.texts, is_same)) held.texts.push_back(std::move(one));
    };
    each_part(conversion_.body, [&](Declaration& one) {
      const auto* variable = std::get_if<VariableDeclaration>(&one.node);
      if (one.name != name || variable == nullptr || !variable->default_value) return;
      held.may_be_null = false;
      add(*variable->default_value);
    });
    size_t assigned = 0;
    each_part(conversion_.body, [&](Assignment& one) {
      if (one.target.names != std::vector<std::string>{name} || !one.target.steps.empty()) return;
      ++assigned;
      add(one.value);
    });
    if (!good || assigned != set) held.texts.clear();
    return held;
  }

  /// Whether it is NULL where any part of it is.
  static bool is_null_with_parts(const ast::Expr& expr) {
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return is_null_with_parts(*cast->argument);
    if (const auto* operation = std::get_if<ast::Operation>(&expr.node))
      return operation->op == std::vector<std::string>{"||"} && operation->left &&
             is_null_with_parts(*operation->left) && is_null_with_parts(*operation->right);
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node))
      return (call->name.name == "quote_ident" || call->name.name == "quote_literal") &&
             std::ranges::all_of(call->arguments, is_null_with_parts);
    return !std::holds_alternative<ast::Subquery>(expr.node);
  }

  /// The text with another expression in each place where `is_it` says so.
  template <class IsIt>
  Value with(const ast::Expr& now, IsIt is_it) const {
    Value result = text_;
    ast::Visitor look;
    look.expr = [&](ast::Expr& one) {
      if (!is_it(one)) return;
      const int32_t offset = one.offset;
      one = now;
      one.offset = offset;
    };
    ast::walk(std::get<ast::Expr>(result.node), look);
    return result;
  }

  static ast::Expr is_equal(ast::Expr left, ast::Expr right) {
    ast::Operation operation;
    operation.op = {"="};
    operation.left = std::move(left);
    operation.right = std::move(right);
    return {std::move(operation)};
  }

  std::optional<std::vector<TextChoice>> of_null(std::vector<TextChoice> choices) const {
    if (!is_null_with_parts(std::get<ast::Expr>(text_.node))) return std::nullopt;
    choices.emplace_back();
    return choices;
  }

  std::optional<std::vector<TextChoice>> of_variable() const {
    const auto is_it = [&](const ast::Expr& one) {
      const auto* ref = std::get_if<ast::ColumnRef>(&one.node);
      return ref != nullptr && !ref->star && ref->names == std::vector<std::string>{variable_};
    };
    std::vector<TextChoice> choices;
    for (const ast::Expr& one : held_->texts) {
      TextChoice& choice = choices.emplace_back();
      const bool is_last = &one == &held_->texts.back() && !held_->may_be_null;
      if (!is_last) choice.condition = is_equal(column({variable_}), one);
      choice.text = with(one, is_it);
    }
    return held_->may_be_null ? of_null(std::move(choices)) : std::optional(std::move(choices));
  }

  std::optional<std::vector<TextChoice>> of_case() const {
    if (case_->whens.size() >= most_choices) return std::nullopt;
    const auto* argument = case_->argument ? std::get_if<ast::ColumnRef>(&case_->argument->node) : nullptr;
    if (case_->argument && argument == nullptr) return std::nullopt;
    const auto is_it = [&](const ast::Expr& one) {
      const auto* chosen = std::get_if<ast::Case>(&one.node);
      return chosen != nullptr && ast::equal(one, ast::Expr{*case_});
    };
    std::vector<TextChoice> choices;
    for (const ast::CaseWhen& one : case_->whens) {
      if (!constant_text(*one.result, {})) return std::nullopt;
      TextChoice& choice = choices.emplace_back();
      choice.condition = argument == nullptr ? *one.condition : is_equal(*case_->argument, *one.condition);
      choice.text = with(*one.result, is_it);
    }
    if (!case_->otherwise) return of_null(std::move(choices));
    if (!constant_text(*case_->otherwise, {})) return std::nullopt;
    choices.emplace_back().text = with(*case_->otherwise, is_it);
    return choices;
  }

  Conversion& conversion_;
  const Statement& statement_;
  const Value& text_;
  std::string variable_;
  std::optional<Held> held_;
  std::optional<ast::Case> case_;
};

}  // namespace

std::optional<std::vector<TextChoice>> text_choices(Conversion& conversion, const Statement& statement,
                                                    const Value& text) {
  return Choices(conversion, statement, text).find();
}

}  // namespace pg2crdb::routines
