#include "passes/adapt_expressions/literals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "passes/adapt_expressions/canonical_text.h"
#include "passes/adapt_expressions/types.h"
#include "rows/hstore.h"
#include "support/ascii.h"

namespace pg2crdb::adapt {
namespace {

void add(Group& group, std::vector<ast::Expr>& list) {
  for (ast::Expr& one : list) group.push_back(&one);
}

bool compares_or_adds(const ast::Operation& operation) {
  using Kind = ast::Operation::Kind;
  const bool is_pattern =
      operation.kind == Kind::like || operation.kind == Kind::ilike || operation.kind == Kind::similar;
  return !is_pattern && !operation.op.empty() &&
         operation.op.back().find_first_of("|~@#&?") == std::string::npos;
}

ast::Literal* text_of(ast::Expr& value) {
  auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? literal : nullptr;
}

bool is_network(const ast::TypeName& type) {
  return built_in(type.name) && type.name.name == "cidr" && type.array_bounds.empty();
}

bool is_range(const ast::TypeName& type) {
  return type_of(type) == Type::becomes_text && type.name.name.ends_with("range");
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
bool is_written(const ast::TypeName& type) {
  return type_of(type) == Type::money || is_network(type) || is_range(type) || is_hstore(type);
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

Literals write_literal(ast::Expr& value, const ast::TypeName& type) {
  auto* constant = std::get_if<ast::Literal>(&value.node);
  if (constant != nullptr && constant->kind == ast::Literal::Kind::boolean && is_name(type)) {
    *constant = {ast::Literal::Kind::string, constant->text == "true" ? "t" : "f"};
    return Literals::rewritten;
  }
  ast::Literal* literal = text_of(value);
  if (literal == nullptr) return Literals::as_before;
  if (type_of(type) == Type::money) {
    value = {ast::Cast{ast::Box<ast::Expr>(value), type}, value.offset};
    return Literals::rewritten;
  }
  if (is_network(type)) return rewrite(*literal, canonical_network(literal->text));
  if (!is_range(type) && !is_hstore(type)) return Literals::as_before;
  std::optional<std::string> text =
      is_range(type) ? canonical_range(type.name.name, literal->text) : canonical_hstore(literal->text);
  return text ? rewrite(*literal, std::move(*text)) : Literals::unclear;
}

Literals store_literal(ast::Expr& value, const ast::TypeName& type) {
  ast::Literal* literal = text_of(value);
  if (literal == nullptr || type_of(type) != Type::money) return write_literal(value, type);
  std::string amount;
  for (const char c : literal->text) {
    if (c == '(') amount += '-';
    if (is_digit(c) || c == '.' || c == '-') amount += c;
  }
  return rewrite(*literal, std::move(amount));
}

bool may_write_literal(const ast::TypeName& type) {
  return is_written(type) || is_name(type);
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

Literals write_literals(ast::Expr& expr, const std::vector<Group>& groups, bind::ExpressionTypes& types) {
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    const bool is_read = type_of(cast->type) == Type::money;  // as it is written
    return is_read ? Literals::as_before : write_literal(*cast->argument, cast->type);
  }
  Literals done = Literals::as_before;
  for (const Group& group : groups) {
    if (std::none_of(group.begin(), group.end(), [](ast::Expr* one) { return text_of(*one) != nullptr; }))
      continue;
    ast::TypeName type;
    for (size_t i = 0; i < group.size() && !is_written(type); ++i) type = types.of(*group[i]);
    if (!is_written(type) || (is_hstore(type) && takes_keys(expr))) continue;
    for (ast::Expr* one : group) done = std::max(done, write_literal(*one, type));
  }
  return done;
}

}  // namespace pg2crdb::adapt
