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

/// What a call makes an array of, or gives beside a value of another length; null where it does neither, or
/// tells apart what it is given.
ast::Expr* passed_on(ast::Expr& value) {
  auto* call = std::get_if<ast::FunctionCall>(&value.node);
  if (call == nullptr || !built_in(call->name) || call->distinct) return nullptr;
  const std::string& name = call->name.name;
  const bool has_other = (name == "lag" || name == "lead") && call->arguments.size() == 3;
  const bool gathers = name == "array_agg" && call->arguments.size() == 1;
  return has_other || gathers ? call->arguments.data() : nullptr;
}

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
  if (ast::Expr* one = passed_on(value)) {
    auto& arguments = std::get<ast::FunctionCall>(value.node).arguments;
    if (arguments.size() == 3) add_parts(arguments[2], parts);  // what lag() gives where there is no row
    return add_parts(*one, parts);
  }
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

bool has_padded(const ast::TypeName& type, const ast::Catalog& catalog) {
  ast::TypeName element = type;
  element.array_bounds.clear();
  if (!type.array_bounds.empty() && !length_of(element).empty()) return true;
  const ast::Statement* made = catalog.composite_type(type.name);
  const auto* row = made == nullptr ? nullptr : std::get_if<ast::CreateCompositeType>(&made->node);
  return !type.empty() && row != nullptr && std::ranges::any_of(row->attributes, [&](const ast::Column& one) {
    return !length_of(one.type).empty() || has_padded(one.type, catalog);
  });
}

/// A parameter, a variable or a result without a length has the blanks of the value that it is given.
bool may_have_blanks(const ast::Expr& value, bind::ExpressionTypes& types) {
  const auto* column = std::get_if<ast::ColumnRef>(&value.node);
  const bool is_given = (column != nullptr && column->object == ast::no_object) ||
                        std::holds_alternative<ast::FunctionCall>(value.node) ||
                        std::holds_alternative<ast::Parameter>(value.node);
  const ast::TypeName type = is_given ? types.of(value) : ast::TypeName();
  return built_in(type.name) && type.name.name == "bpchar" && type.array_bounds.empty() &&
         type.modifiers.empty();
}

}  // namespace

std::vector<ast::Expr*> written_with_blanks(ast::Expr& expr, bind::ExpressionTypes& types) {
  std::vector<ast::Expr*> written;
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    // The text of a value itself has no blanks in PostgreSQL either.
    const bool is_value = !length_of(types.of(*cast->argument)).empty();
    if (type_of(cast->type) == Type::text && !is_value) written.push_back(&*cast->argument);
  } else if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    const bool counts_bytes = built_in(call->name) && call->name.name == "octet_length";
    if (!writes_arguments(*call) && !counts_bytes) return written;
    for (ast::Expr& one : call->arguments) written.push_back(&one);
  }
  return written;
}

bool pad_written(ast::Expr& value, bind::ExpressionTypes& types) {
  return pad_parts(value, types);
}

bool write_padding(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) return in_pattern(*operation, types);
  const bool is_cast = std::holds_alternative<ast::Cast>(expr.node);
  bool changed = false;
  for (ast::Expr* one : written_with_blanks(expr, types)) {
    const bool is_list = std::holds_alternative<ast::ArrayExpr>(one->node) ||
                         std::holds_alternative<ast::RowExpr>(one->node) ||
                         !types.of(*one).array_bounds.empty();
    changed = ((!is_cast || is_list) && pad_parts(*one, types)) || changed;
  }
  return changed;
}

std::string unpadded(ast::Expr& written, bind::ExpressionTypes& types, const ast::Catalog& catalog) {
  std::vector<ast::Expr*> parts;
  add_parts(written, parts);
  for (ast::Expr* one : parts) {
    const auto* column = std::get_if<ast::ColumnRef>(&one->node);
    const auto* call = std::get_if<ast::FunctionCall>(&one->node);
    const std::string name = call != nullptr && may_have_blanks(*one, types) ? call->name.name
                             : column == nullptr || column->names.empty()    ? "a value"
                                                                             : column->names.back();
    if (may_have_blanks(*one, types)) return name;
    if (types.mixes_lengths(*one) || has_padded(types.of(*one), catalog)) return name;
    const auto fields = column != nullptr && column->names.size() == 1 ? types.row(name) : std::nullopt;
    const auto padded = [&](const bind::ExpressionTypes::Result& field) {
      return field.mixes_lengths || !length_of(field.type).empty() || has_padded(field.type, catalog);
    };
    if (!fields) continue;
    if (const auto found = std::ranges::find_if(*fields, padded); found != fields->end())
      return name + "." + found->name;
  }
  return {};
}

}  // namespace pg2crdb::adapt
