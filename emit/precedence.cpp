#include <algorithm>
#include <variant>

#include "emit/expressions.h"

namespace pg2crdb {

using ast::Expr;
using ast::FunctionCall;
using ast::Literal;
using ast::Operation;

Infix infix(const FunctionCall& call) {
  if (!call.sql_syntax || call.name.schema != "pg_catalog") return Infix::none;
  const std::string& name = call.name.name;
  if (name == "timezone") return call.arguments.size() == 1 ? Infix::at_local : Infix::at_time_zone;
  if (name == "overlaps" && call.arguments.size() == 4) return Infix::overlaps;
  if (name == "is_normalized") return Infix::is_normalized;
  if (name == "is_json") return Infix::is_json;
  if (name == "is_document") return Infix::is_document;
  return Infix::none;
}

namespace {

bool is_negative_number(const Literal& literal) {
  return (literal.kind == Literal::Kind::integer || literal.kind == Literal::Kind::decimal) &&
         literal.text.starts_with('-');
}

}  // namespace

Level operator_level(const std::vector<std::string>& op) {
  if (op.size() != 1) return Level::other_operator;
  const std::string& text = op[0];
  if (text == "+" || text == "-") return Level::additive;
  if (text == "*" || text == "/" || text == "%") return Level::multiplicative;
  if (text == "^") return Level::power;
  if (text == "=" || text == "<" || text == ">" || text == "<=" || text == ">=" || text == "<>" ||
      text == "!=") {
    return Level::comparison;
  }
  return Level::other_operator;
}

Level operation_level(const Operation& operation) {
  switch (operation.kind) {
    case Operation::Kind::op: {
      if (!operation.left) {
        const bool sign = operation.op.size() == 1 && (operation.op[0] == "-" || operation.op[0] == "+");
        return sign ? Level::sign : Level::other_operator;
      }
      const Level level = operator_level(operation.op);
      if (level != Level::other_operator || operation.op.size() != 1) return level;
      return operation.op[0].find('~') != std::string::npos ? Level::like : level;
    }
    case Operation::Kind::any:
    case Operation::Kind::all:
      return std::min(operator_level(operation.op), Level::like);
    case Operation::Kind::distinct:
    case Operation::Kind::not_distinct:
      return Level::is;
    case Operation::Kind::nullif:
      return Level::primary;
    case Operation::Kind::in:
    case Operation::Kind::like:
    case Operation::Kind::ilike:
    case Operation::Kind::similar:
    case Operation::Kind::between:
    case Operation::Kind::not_between:
    case Operation::Kind::between_symmetric:
    case Operation::Kind::not_between_symmetric:
      return Level::like;
  }
  return Level::disjunction;
}

const ast::Subquery* not_in_subquery(const ast::BoolExpr& expr) {
  if (expr.kind != ast::BoolExpr::Kind::negation || expr.arguments.empty()) return nullptr;
  const auto* subquery = std::get_if<ast::Subquery>(&expr.arguments[0].node);
  const bool is_in = subquery && subquery->kind == ast::Subquery::Kind::any && subquery->op.empty();
  return is_in ? subquery : nullptr;
}

Level level_of(const Expr& expr) {
  if (const auto* literal = std::get_if<Literal>(&expr.node)) {
    return is_negative_number(*literal) ? Level::sign : Level::primary;
  }
  if (const auto* operation = std::get_if<Operation>(&expr.node)) return operation_level(*operation);
  if (const auto* call = std::get_if<FunctionCall>(&expr.node)) {
    switch (infix(*call)) {
      case Infix::none:
        return Level::primary;
      case Infix::at_time_zone:
      case Infix::at_local:
        return Level::at_time_zone;
      case Infix::overlaps:
      case Infix::is_normalized:
      case Infix::is_json:
      case Infix::is_document:
        return Level::is;
    }
  }
  if (const auto* logic = std::get_if<ast::BoolExpr>(&expr.node)) {
    switch (logic->kind) {
      case ast::BoolExpr::Kind::conjunction:
        return Level::conjunction;
      case ast::BoolExpr::Kind::disjunction:
        return Level::disjunction;
      case ast::BoolExpr::Kind::negation:
        return not_in_subquery(*logic) ? Level::like : Level::negation;
    }
  }
  if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    if (subquery->kind != ast::Subquery::Kind::any && subquery->kind != ast::Subquery::Kind::all)
      return Level::primary;
    return subquery->op.empty() ? Level::like : std::min(operator_level(subquery->op), Level::like);
  }
  if (std::holds_alternative<ast::NullTest>(expr.node) ||
      std::holds_alternative<ast::BooleanTest>(expr.node)) {
    return Level::is;
  }
  if (std::holds_alternative<ast::Cast>(expr.node)) return Level::cast;
  if (std::holds_alternative<ast::Collate>(expr.node)) return Level::collate;
  if (std::holds_alternative<ast::Case>(expr.node)) return Level::subscript;
  return Level::primary;
}

Level level_in_postgresql(const Expr& expr) {
  const auto* operation = std::get_if<Operation>(&expr.node);
  const bool ranked = operation == nullptr || operation->kind != Operation::Kind::op || !operation->left;
  return ranked ? level_of(expr) : operator_level(operation->op);
}

}  // namespace pg2crdb
