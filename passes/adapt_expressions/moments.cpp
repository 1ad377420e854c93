// Words for a moment: PostgreSQL reads `now` in a literal once, when its statement runs.
#include <algorithm>
#include <utility>
#include <vector>

#include "ast/describe.h"
#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/rules.h"
#include "support/ascii.h"

namespace pg2crdb::adapt {
namespace {

/// Whether a word for a moment begins the text, or an element of what is written of an array.
bool has_moment(std::string_view text, bool is_array) {
  constexpr std::string_view moments[] = {"now", "today", "tomorrow", "yesterday"};
  const std::string_view between = is_array ? std::string_view("{},\" ") : std::string_view(" ");
  for (size_t at = text.find_first_not_of(between); at < text.size();
       at = text.find_first_not_of(between, at)) {
    const size_t end = std::min(text.find_first_of(between, at), text.size());
    if (contains(moments, lower(text.substr(at, end - at)))) return true;
    if (!is_array) return false;
    at = end;
  }
  return false;
}

bool is_text(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string;
}

/// What an operation compares: its sides, and of a list or an array what is in it.
std::vector<const ast::Expr*> compared(const ast::Operation& operation) {
  std::vector<const ast::Expr*> sides{&*operation.left};
  const ast::Expr* right = &*operation.right;
  if (const auto* cast = std::get_if<ast::Cast>(&right->node);
      cast != nullptr && std::holds_alternative<ast::ArrayExpr>(cast->argument->node))
    right = &*cast->argument;
  const auto* list = std::get_if<ast::ExprList>(&right->node);
  const auto* array = std::get_if<ast::ArrayExpr>(&right->node);
  if (list != nullptr) {
    for (const ast::Expr& one : list->items) sides.push_back(&one);
  } else if (array != nullptr) {
    for (const ast::Expr& one : array->elements) sides.push_back(&one);
  } else {
    sides.push_back(right);
  }
  return sides;
}

/// Functions that take a text without a type as a date or time.
bool takes_moments(const ast::FunctionCall& call) {
  constexpr std::string_view functions[] = {"age",     "date",      "date_part",   "date_trunc", "extract",
                                            "time",    "timestamp", "timestamptz", "timetz",     "timezone",
                                            "to_char", "isfinite",  "overlaps"};
  return built_in(call.name) && contains(functions, call.name.name);
}

/// Those of which the statement makes one value for good: not what reads or changes rows where it runs.
bool keeps_values(const ast::StatementNode& node) {
  return ast::changed_table(node) == nullptr && !std::holds_alternative<ast::SelectStatement>(node) &&
         !std::holds_alternative<ast::CreateTableAs>(node);
}

}  // namespace

void ExpressionAdapter::note_moment(const ast::Expr& value, const ast::TypeName& type) {
  if (!is_text(value)) return;
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  ast::TypeName element = type;
  element.array_bounds.clear();
  if (!is_time(type_of(element)) || type_of(element) == Type::interval ||
      !has_moment(literal->text, literal->text.starts_with('{')) ||
      !keeps_values(context_.script.statements[types_.at()].node))
    return;
  noted(literal_of_moment, "`" + literal->text + "` is read once in PostgreSQL, when the statement runs",
        value.offset);
}

/// Of literals that stand beside a date or time, or are given for one.
void ExpressionAdapter::note_moments(ast::Expr& expr) {
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    if (operation->left && operation->right) note_moments_beside(compared(*operation));
  } else if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    if (!takes_moments(*call)) return;
    for (const ast::Expr& argument : call->arguments) note_moment(argument, bind::own_type("timestamptz"));
  } else if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    auto* array = std::get_if<ast::ArrayExpr>(&cast->argument->node);
    if (array == nullptr) return;
    for (const ast::Expr& one : array->elements) note_moment(one, cast->type);
  } else {
    if (auto* choice = std::get_if<ast::Case>(&expr.node); choice != nullptr && choice->argument) {
      std::vector<const ast::Expr*> sides{&*choice->argument};
      for (const ast::CaseWhen& when : choice->whens) sides.push_back(&*when.condition);
      note_moments_beside(sides);
    }
    const std::vector<ast::Expr*> values = choices(expr);
    if (values.empty()) return;
    const ast::TypeName type = types_.of(expr);
    for (const ast::Expr* one : values) note_moment(*one, type);
  }
}

/// Of values that are compared, rows by their columns. An array stands for its elements.
void ExpressionAdapter::note_moments_beside(const std::vector<const ast::Expr*>& sides) {
  const auto* first = std::get_if<ast::RowExpr>(&sides[0]->node);
  for (size_t column = 0; first != nullptr && column < first->elements.size(); ++column) {
    std::vector<const ast::Expr*> of_column;
    for (const ast::Expr* side : sides) {
      const auto* row = std::get_if<ast::RowExpr>(&side->node);
      if (row != nullptr && row->elements.size() == first->elements.size())
        of_column.push_back(&row->elements[column]);
    }
    note_moments_beside(of_column);
  }
  // Lists are long, and of few types. A text has none of its own.
  std::vector<ast::TypeName> types;
  for (const ast::Expr* side : sides) {
    if (is_text(*side)) continue;
    ast::TypeName type = types_.of(*side);
    type.array_bounds.clear();
    if (std::ranges::none_of(types, [&](const auto& known) { return same_type(known, type); }))
      types.push_back(std::move(type));
  }
  for (const ast::Expr* side : sides) {
    for (const ast::TypeName& type : types) note_moment(*side, type);
  }
}

/// PostgreSQL calls a type's name as a cast to it, where CockroachDB reads TIMESTAMPTZ (3) '..'.
bool write_call_of_type(ast::Expr& expr) {
  constexpr std::string_view types[] = {"time", "timestamp", "timestamptz", "timetz"};
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || !built_in(call->name) || !contains(types, call->name.name) ||
      call->arguments.size() != 1)
    return false;
  const std::string type = call->name.name;
  ast::Expr argument = std::move(call->arguments[0]);
  argument.offset = std::max(argument.offset, expr.offset);
  expr = std::move(argument);
  cast_to(expr, type);
  return true;
}

}  // namespace pg2crdb::adapt
