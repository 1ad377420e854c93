#include "passes/adapt_expressions/absent_forms.h"

#include <algorithm>
#include <string_view>

#include "passes/adapt_expressions/arguments.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// Of a table of PostgreSQL: where a row lies, and which transactions made and removed it. No release has
/// them (42703, transcript 10); tableoid is there.
bool reads_row_place(const ast::Expr& expr, bind::ExpressionTypes& types) {
  const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
  return column != nullptr && types.is_system_column(*column) && column->names.back() != "tableoid";
}

/// What CockroachDB does not read of a text that is to be an array; empty where it reads it, or it is none.
std::string absent_array_text(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return {};
  const std::string_view text = literal->text;
  const auto at = [&](size_t from) {
    const size_t place = text.find_first_not_of(" \t\r\n", from);
    return place == std::string_view::npos ? text.size() : place;
  };
  const size_t first = at(0);
  if (text.substr(first).starts_with('[')) return "reads an array from a text that says where it begins";
  const bool is_nested = text.substr(first).starts_with('{') && text.substr(at(first + 1)).starts_with('{');
  return is_nested ? "reads an array of more than one dimension from a text" : "";
}

bool is_array(const ast::Expr& value, bind::ExpressionTypes& types) {
  return !types.of(value).array_bounds.empty();
}

/// Of `a || '{{1}}'`, `n = ANY ('{{1}}')`.
std::string absent_operand(const ast::Operation& operation, bind::ExpressionTypes& types) {
  using Kind = ast::Operation::Kind;
  if (!operation.left || !operation.right) return {};
  const bool is_list = operation.kind == Kind::any || operation.kind == Kind::all;
  std::string form = absent_array_text(*operation.right);
  if (!form.empty() && (is_list || is_array(*operation.left, types))) return form;
  form = absent_array_text(*operation.left);
  return !form.empty() && !is_list && is_array(*operation.right, types) ? form : std::string();
}

}  // namespace

std::string absent_array(const ast::Expr& value, const ast::TypeName& type, const Target& target) {
  return target.has(Capability::nested_arrays) || type.array_bounds.empty() ? std::string()
                                                                            : absent_array_text(value);
}

std::string absent_array_beside(const ast::Expr& expr, const std::vector<Group>& groups, const Target& target,
                                bind::ExpressionTypes& types) {
  if (target.has(Capability::nested_arrays)) return {};
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    if (std::string form = absent_operand(*operation, types); !form.empty()) return form;
  }
  for (const Group& group : groups) {
    for (const ast::Expr* one : group) {
      std::string form = absent_array_text(*one);
      if (form.empty()) continue;
      const bool are_arrays =
          std::ranges::any_of(group, [&](const ast::Expr* other) { return is_array(*other, types); });
      if (are_arrays) return form;
      break;
    }
  }
  return {};
}

std::string absent_argument(const ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                            const Target& target, bind::ExpressionTypes& types) {
  if (target.has(Capability::nested_arrays)) return {};
  for (const ast::Expr& argument : call.arguments) {
    const auto* named = std::get_if<ast::NamedArgument>(&argument.node);
    const ast::Expr& value = named == nullptr ? argument : *named->argument;
    std::string form = absent_array_text(value);
    if (form.empty()) continue;
    const bool joins_arrays =
        overloads.empty() && call.name.name == "array_cat" &&
        std::ranges::any_of(call.arguments, [&](const ast::Expr& other) { return is_array(other, types); });
    const ast::FunctionParameter* taken = parameter_of(call, value, overloads, types);
    if (joins_arrays || (taken != nullptr && !taken->type.array_bounds.empty())) return form;
  }
  return {};
}

std::string absent_form(const ast::Expr& expr, const Target& target, bind::ExpressionTypes& types) {
  if (reads_row_place(expr, types))
    return "reads the system column `" + std::get<ast::ColumnRef>(expr.node).names.back() + "`";
  const auto* cast = std::get_if<ast::Cast>(&expr.node);
  return cast == nullptr ? std::string() : absent_array(*cast->argument, cast->type, target);
}

bool write_operator_as_call(ast::Expr& expr, const Target& target) {
  auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation == nullptr || operation->kind != ast::Operation::Kind::op || !operation->right ||
      operation->op.empty() || (operation->op.size() > 1 && operation->op.front() != "pg_catalog"))
    return false;
  const std::string& op = operation->op.back();
  const bool is_absolute = op == "@" && !operation->left;
  const bool asks_path = op == "@?" && operation->left && target.has(Capability::jsonpath);
  if (!is_absolute && !asks_path) return false;
  ast::FunctionCall call;
  call.name.name = is_absolute ? "abs" : "jsonb_path_exists";
  if (operation->left) call.arguments.push_back(std::move(*operation->left));
  call.arguments.push_back(std::move(*operation->right));
  expr.node = std::move(call);
  return true;
}

bool makes_nested_array(const ast::Expr& expr) {
  const auto* array = std::get_if<ast::ArrayExpr>(&expr.node);
  return array != nullptr && std::ranges::any_of(array->elements, [](const ast::Expr& element) {
           return std::holds_alternative<ast::ArrayExpr>(element.node);
         });
}

}  // namespace pg2crdb::adapt
