#include "passes/adapt_expressions/padding.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// Empty where nothing is filled up.
std::string length_of(const ast::TypeName& type) {
  const bool is_filled = built_in(type.name) && type.name.name == "bpchar" && type.array_bounds.empty() &&
                         type.modifiers.size() == 1 && type.modifiers[0] != "1";
  return is_filled ? type.modifiers[0] : std::string();
}

bool pad(ast::Expr& value, bind::ExpressionTypes& types) {
  const std::string length = length_of(types.of(value));
  if (length.empty()) return false;
  ast::FunctionCall padded;
  padded.name.name = "rpad";
  padded.arguments = {value, {ast::Literal{ast::Literal::Kind::integer, length}, -1}};
  value.node = std::move(padded);
  return true;
}

/// Functions that look at a value as its output function writes it.
constexpr std::string_view of_output[] = {"concat",       "concat_ws",         "format",
                                          "json_agg",     "json_build_array",  "json_build_object",
                                          "jsonb_agg",    "jsonb_build_array", "jsonb_build_object",
                                          "octet_length", "row_to_json",       "to_json",
                                          "to_jsonb"};

/// The values that stand in a value which is written as a text: itself, those of an ARRAY or a ROW, or those
/// that a COALESCE, a CASE or a GREATEST chooses from, of which PostgreSQL fills up those alone that have a
/// length.
void add_parts(ast::Expr& value, std::vector<ast::Expr*>& parts) {
  const auto add_all = [&](std::vector<ast::Expr>& all) {
    for (ast::Expr& one : all) add_parts(one, parts);
  };
  if (auto* array = std::get_if<ast::ArrayExpr>(&value.node)) return add_all(array->elements);
  if (auto* row = std::get_if<ast::RowExpr>(&value.node)) return add_all(row->elements);
  if (auto* coalesce = std::get_if<ast::Coalesce>(&value.node)) return add_all(coalesce->arguments);
  if (auto* most = std::get_if<ast::MinMax>(&value.node)) return add_all(most->arguments);
  auto* choice = std::get_if<ast::Case>(&value.node);
  if (choice == nullptr) return parts.push_back(&value);
  for (ast::CaseWhen& when : choice->whens) add_parts(*when.result, parts);
  if (choice->otherwise) add_parts(*choice->otherwise, parts);
}

bool pad_parts(ast::Expr& value, bind::ExpressionTypes& types) {
  std::vector<ast::Expr*> parts;
  add_parts(value, parts);
  bool changed = false;
  for (ast::Expr* one : parts) changed = pad(*one, types) || changed;
  return changed;
}

/// Whether blanks behind a value change nothing for the pattern: LIKE 'a%', ~ '^abc'.
bool ends_open(const ast::Expr& pattern, bool is_like) {
  const ast::Literal* literal = string_literal(pattern);
  if (literal == nullptr || literal->text.empty()) return false;
  const bool is_plain = std::ranges::all_of(literal->text, [&](char c) {
    const bool is_word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    return is_word || c == (is_like ? '%' : '^');
  });
  return is_plain && (!is_like || literal->text.back() == '%');
}

bool in_pattern(ast::Operation& operation, bind::ExpressionTypes& types) {
  using Kind = ast::Operation::Kind;
  constexpr std::string_view of_like[] = {"~~", "!~~", "~~*", "!~~*"};
  constexpr std::string_view of_regex[] = {"~", "!~", "~*", "!~*"};
  if (!operation.left || !operation.right || operation.op.empty()) return false;
  const bool is_like = operation.kind == Kind::like || operation.kind == Kind::ilike ||
                       (operation.kind == Kind::op && contains(of_like, operation.op.back()));
  const bool matches = is_like || operation.kind == Kind::similar ||
                       (operation.kind == Kind::op && contains(of_regex, operation.op.back()));
  return matches && !(operation.kind != Kind::similar && ends_open(*operation.right, is_like)) &&
         pad_parts(*operation.left, types);
}

}  // namespace

bool write_padding(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) return in_pattern(*operation, types);
  // The text of a value itself has no blanks in PostgreSQL either.
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    const bool is_list = std::holds_alternative<ast::ArrayExpr>(cast->argument->node) ||
                         std::holds_alternative<ast::RowExpr>(cast->argument->node);
    return is_list && type_of(cast->type) == Type::text && pad_parts(*cast->argument, types);
  }
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || !built_in(call->name) || !contains(of_output, call->name.name)) return false;
  bool changed = false;
  for (ast::Expr& one : call->arguments) changed = pad_parts(one, types) || changed;
  return changed;
}

std::string padded_in_row(const ast::Expr& expr, bind::ExpressionTypes& types) {
  std::vector<const ast::Expr*> written;
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    if (type_of(cast->type) == Type::text) written.push_back(&*cast->argument);
  } else if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    for (const ast::Expr& one : call->arguments) {
      if (built_in(call->name) && contains(of_output, call->name.name)) written.push_back(&one);
    }
  }
  for (const ast::Expr* one : written) {
    const auto* row = std::get_if<ast::ColumnRef>(&one->node);
    if (row == nullptr || row->names.size() != 1) continue;
    const ast::Statement* made = types.relation_without(row->names[0], row->names[0]);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    if (table == nullptr) continue;
    const auto padded = std::ranges::find_if(
        table->columns, [](const ast::Column& column) { return !length_of(column.type).empty(); });
    if (padded != table->columns.end()) return to_string(table->name) + "." + padded->name;
  }
  return {};
}

}  // namespace pg2crdb::adapt
