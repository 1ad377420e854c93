#include "passes/adapt_expressions/literals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "passes/adapt_expressions/printed_types.h"
#include "passes/adapt_expressions/types.h"
#include "rows/printed_value.h"
#include "support/ascii.h"

namespace pg2crdb::adapt {
namespace {

void add(Group& group, std::vector<ast::Expr>& list) {
  for (ast::Expr& one : list) group.push_back(&one);
}

ast::Literal* text_of(ast::Expr& value) {
  auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? literal : nullptr;
}

/// Of rows beside one another, what stands in one place of all is a group.
std::vector<Group> by_place(const Group& rows) {
  std::vector<Group> groups;
  for (ast::Expr* one : rows) {
    auto* row = std::get_if<ast::RowExpr>(&one->node);
    if (row == nullptr) return {};
    groups.resize(std::max(groups.size(), row->elements.size()));
    for (size_t i = 0; i < row->elements.size(); ++i) groups[i].push_back(&row->elements[i]);
  }
  return groups;
}

/// Of `'x' = ANY (a)`, `a @> '{x}'`, `array_append(a, 'x')`, `lag(m, 1, 'x')`: what a text there is one of,
/// by what stands beside it.
Literals write_beside_arrays(ast::Expr& expr, bind::ExpressionTypes& types, const ast::Catalog& catalog) {
  using Kind = ast::Operation::Kind;
  Literals done = Literals::as_before;
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    if (!operation->left || !operation->right) return done;
    ast::Expr &left = *operation->left, &right = *operation->right;
    if (operation->kind == Kind::any || operation->kind == Kind::all) {
      ast::TypeName array = types.of(left);
      if (!array.empty() && array.array_bounds.empty() && text_of(right) != nullptr) {
        array.array_bounds = {-1};
        done = write_literal(right, array, catalog);
      } else if (const ast::TypeName element = element_type(types.of(right)); text_of(left) != nullptr) {
        done = write_literal(left, element, catalog);
      }
      return done;
    }
    if (operation->kind != Kind::op) return done;
    for (const auto& [value, beside] : {std::pair(&left, &right), std::pair(&right, &left)}) {
      const ast::TypeName type = text_of(*value) == nullptr ? ast::TypeName() : types.of(*beside);
      if (!type.array_bounds.empty()) done = std::max(done, write_literal(*value, type, catalog));
    }
    return done;
  }
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || !built_in(call->name) || call->arguments.size() < 2) return done;
  constexpr std::string_view of_elements[] = {"array_append",  "array_position", "array_positions",
                                              "array_prepend", "array_remove",   "array_replace"};
  const bool looks_around = call->name.name == "lag" || call->name.name == "lead";
  if (call->name.name != "array_cat" && !looks_around && !contains(of_elements, call->name.name)) return done;
  ast::TypeName type;
  for (const ast::Expr& one : call->arguments) {
    if (type.empty() || (!looks_around && type.array_bounds.empty())) type = types.of(one);
  }
  if (!looks_around && call->name.name != "array_cat") type = element_type(type);
  for (ast::Expr& one : call->arguments) {
    if (text_of(one) != nullptr) done = std::max(done, write_literal(one, type, catalog));
  }
  return done;
}

bool compares_or_adds(const ast::Operation& operation) {
  using Kind = ast::Operation::Kind;
  const bool is_pattern =
      operation.kind == Kind::like || operation.kind == Kind::ilike || operation.kind == Kind::similar;
  return !is_pattern && !operation.op.empty() &&
         operation.op.back().find_first_of("|~@#&?") == std::string::npos;
}

bool is_hstore(const ast::TypeName& type) {
  return type_of(type) == Type::becomes_text && type.name.name == "hstore";
}

/// `h -> 'key'`, `h - 'key'`: what stands beside an hstore is none.
bool takes_keys(const ast::Expr& expr) {
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  return operation != nullptr && operation->op.back().starts_with('-');
}

/// Whether such a value is written in a way of its own.
bool is_written(const ast::TypeName& type, const ast::Catalog& catalog) {
  return type_of(type) == Type::money || !printed_as(type, catalog).empty();
}

/// PostgreSQL makes `t` of true for it, and CockroachDB `true`.
bool is_name(const ast::TypeName& type) {
  return built_in(type.name) && type.name.name == "name" && type.array_bounds.empty();
}

Literals rewrite(ast::Literal& literal, std::string text) {
  if (literal.text == text) return Literals::as_before;
  literal.text = std::move(text);
  return Literals::rewritten;
}

}  // namespace

Literals write_literal(ast::Expr& value, const ast::TypeName& type, const ast::Catalog& catalog) {
  auto* constant = std::get_if<ast::Literal>(&value.node);
  if (constant != nullptr && constant->kind == ast::Literal::Kind::boolean && is_name(type)) {
    *constant = {ast::Literal::Kind::string, constant->text == "true" ? "t" : "f"};
    return Literals::rewritten;
  }
  if (auto* row = std::get_if<ast::RowExpr>(&value.node)) {
    const std::vector<ast::Column>* fields = type.array_bounds.empty() ? fields_of(type, catalog) : nullptr;
    Literals done = Literals::as_before;
    for (size_t i = 0; fields != nullptr && i < std::min(fields->size(), row->elements.size()); ++i)
      done = std::max(done, write_literal(row->elements[i], (*fields)[i].type, catalog));
    return done;
  }
  auto* array = std::get_if<ast::ArrayExpr>(&value.node);
  if (array == nullptr && text_of(value) == nullptr) return Literals::as_before;
  const std::string printed = printed_as(type, catalog);
  if (array != nullptr && printed.ends_with(']')) {
    Literals done = Literals::as_before;
    for (ast::Expr& one : array->elements) {
      const bool is_nested = std::holds_alternative<ast::ArrayExpr>(one.node);
      done = std::max(done, write_literal(one, is_nested ? type : element_type(type), catalog));
    }
    return done;
  }
  ast::Literal* literal = text_of(value);
  if (literal == nullptr) return Literals::as_before;
  if (type_of(type) == Type::money) {
    value = {ast::Cast{ast::Box<ast::Expr>(value), type}, value.offset};
    return Literals::rewritten;
  }
  if (printed.empty()) return Literals::as_before;
  std::optional<std::string> text = printed_value(printed, literal->text);
  return text ? rewrite(*literal, std::move(*text)) : Literals::unclear;
}

Literals store_literal(ast::Expr& value, const ast::TypeName& type, const ast::Catalog& catalog) {
  ast::Literal* literal = text_of(value);
  if (literal == nullptr || type_of(type) != Type::money) return write_literal(value, type, catalog);
  std::string amount;
  for (const char c : literal->text) {
    if (c == '(') amount += '-';
    if (is_digit(c) || c == '.' || c == '-') amount += c;
  }
  return rewrite(*literal, std::move(amount));
}

bool may_write_literal(const ast::TypeName& type, const ast::Catalog& catalog) {
  return is_written(type, catalog) || is_name(type);
}

std::vector<Group> groups_of(ast::Expr& expr) {
  std::vector<Group> groups(1);
  Group& group = groups.front();
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    if (!operation->left || !operation->right || !compares_or_adds(*operation)) return {};
    group.push_back(&*operation->left);
    auto* array = std::get_if<ast::ArrayExpr>(&operation->right->node);
    if (auto* list = std::get_if<ast::ExprList>(&operation->right->node)) {
      add(group, list->items);
    } else if (array != nullptr) {
      add(group, array->elements);
    } else {
      group.push_back(&*operation->right);
    }
    if (std::vector<Group> places = by_place(group); !places.empty()) return places;
  } else if (auto* array = std::get_if<ast::ArrayExpr>(&expr.node)) {
    add(group, array->elements);
  } else if (auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
    add(group, coalesce->arguments);
  } else if (auto* most = std::get_if<ast::MinMax>(&expr.node)) {
    add(group, most->arguments);
  } else if (auto* choice = std::get_if<ast::Case>(&expr.node)) {
    for (ast::CaseWhen& when : choice->whens) group.push_back(&*when.result);
    if (choice->otherwise) group.push_back(&*choice->otherwise);
    if (choice->argument) {
      Group compared{&*choice->argument};
      for (ast::CaseWhen& when : choice->whens) compared.push_back(&*when.condition);
      groups.push_back(std::move(compared));
    }
  } else {
    return {};
  }
  return groups;
}

Literals write_literals(ast::Expr& expr, const std::vector<Group>& groups, bind::ExpressionTypes& types,
                        const ast::Catalog& catalog) {
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    const bool is_read = type_of(cast->type) == Type::money;  // as it is written
    return is_read ? Literals::as_before : write_literal(*cast->argument, cast->type, catalog);
  }
  Literals done = write_beside_arrays(expr, types, catalog);
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  const bool is_of_list =
      operation != nullptr &&
      (operation->kind == ast::Operation::Kind::any || operation->kind == ast::Operation::Kind::all) &&
      !std::holds_alternative<ast::ArrayExpr>(operation->right->node);
  for (const Group& group : groups) {
    if (!is_of_list) done = std::max(done, write_group(group, types, catalog, takes_keys(expr)));
  }
  return done;
}

Literals write_group(const Group& group, bind::ExpressionTypes& types, const ast::Catalog& catalog,
                     bool are_keys) {
  if (std::none_of(group.begin(), group.end(), [](ast::Expr* one) { return text_of(*one) != nullptr; }))
    return Literals::as_before;
  ast::TypeName type;
  for (size_t i = 0; i < group.size() && !is_written(type, catalog); ++i) type = types.of(*group[i]);
  if (!is_written(type, catalog) || (is_hstore(type) && are_keys)) return Literals::as_before;
  Literals done = Literals::as_before;
  for (ast::Expr* one : group) done = std::max(done, write_literal(*one, type, catalog));
  return done;
}

}  // namespace pg2crdb::adapt
