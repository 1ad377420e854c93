#include <algorithm>
#include <iterator>
#include <variant>

#include "emit/expressions.h"
#include "support/result.h"

namespace pg2crdb {
namespace {

using ast::Expr;
using ast::FunctionCall;
using ast::Operation;

/// The pattern, and its ESCAPE, which the parser hides in a call.
void write_pattern(SqlWriter& out, const Expr& right, std::string_view escape_function) {
  const auto* call = std::get_if<FunctionCall>(&right.node);
  const bool hidden = call && is_system(call->name, escape_function) && !call->arguments.empty() &&
                      call->arguments.size() <= 2 && !call->distinct && !call->variadic && !call->modifiers;
  if (!hidden) {
    write_operand(out, right, next(Level::like));
    return;
  }
  const bool escapes = call->arguments.size() == 2;
  // What reads CockroachDB's SQL takes an operator for the pattern's end.
  write_operand(out, call->arguments[0], escapes ? Level::additive : next(Level::like), next(Level::like));
  if (escapes) {
    out.keyword("ESCAPE");
    write_operand(out, call->arguments[1], next(Level::like));
  }
}

void write_between(SqlWriter& out, const Operation& operation, std::string_view words) {
  const auto* bounds = std::get_if<ast::ExprList>(&operation.right->node);
  if (!bounds || bounds->items.size() != 2) throw InternalError("BETWEEN without two bounds");
  write_operand(out, *operation.left, next(Level::like));
  out.keyword(words);
  // The grammar's b_expr: no AND, IN, AT TIME ZONE ... anywhere inside.
  write_operand(out, bounds->items[0], Level::sign);
  out.keyword("AND");
  write_operand(out, bounds->items[1], next(Level::like));
}

/// The words of `~~` and its kin where a subquery or an array follows; empty for others.
std::string_view like_words(const std::vector<std::string>& op) {
  if (op.size() != 1) return {};
  if (op[0] == "~~") return "LIKE";
  if (op[0] == "!~~") return "NOT LIKE";
  if (op[0] == "~~*") return "ILIKE";
  if (op[0] == "!~~*") return "NOT ILIKE";
  return {};
}

void write_binary(SqlWriter& out, const Operation& operation) {
  const Level level = operator_level(operation.op);
  if (!operation.left) {
    write_operator(out, operation.op);
    const bool sign = operation_level(operation) == Level::sign;
    if (sign) out.glue("");
    // Others hold their operand more tightly in CockroachDB than in PostgreSQL.
    if (sign) {
      write_operand(out, *operation.right, next(Level::sign));
    } else {
      write_operand(out, *operation.right, Level::sign, Level::other_operator);
    }
    return;
  }
  Level left = level;
  Level right = next(level);
  if (level == Level::comparison) {
    left = next(level);
  } else if (level == Level::other_operator) {
    const bool divides = operation.op.size() == 1 && operation.op[0] == "//";  // as tightly as `/` there
    if (divides) right = Level::power;
    // Systems disagree on how these mix: only a chain of one and the same goes without parentheses, and of
    // those that CockroachDB compares by (%nonassoc in its grammar) none does.
    constexpr std::string_view compares[] = {"@>", "<@", "?", "?|", "?&", "&&", "@@", "~", "~*", "!~", "!~*"};
    const auto* inner = std::get_if<Operation>(&operation.left->node);
    const bool chain = inner && inner->kind == Operation::Kind::op && inner->left &&
                       inner->op == operation.op &&
                       std::ranges::find(compares, operation.op.back()) == std::end(compares);
    left = chain ? Level::like : divides ? Level::multiplicative : next(level);
  }
  write_operand(out, *operation.left, left, level == Level::other_operator ? level : left);
  write_operator(out, operation.op);
  write_operand(out, *operation.right, right);
}

}  // namespace

void write_subquery_operator(SqlWriter& out, const std::vector<std::string>& op) {
  if (const std::string_view words = like_words(op); !words.empty()) {
    out.keyword(words);
  } else {
    write_operator(out, op);
  }
}

void write(SqlWriter& out, const Operation& operation) {
  using Kind = Operation::Kind;
  switch (operation.kind) {
    case Kind::op:
      write_binary(out, operation);
      return;
    case Kind::any:
    case Kind::all:
      write_operand(out, *operation.left, next(Level::other_operator));
      write_subquery_operator(out, operation.op);
      out.keyword(operation.kind == Kind::any ? "ANY" : "ALL");
      out.open();
      write_expr(out, *operation.right);
      out.close();
      return;
    case Kind::distinct:
    case Kind::not_distinct:
      write_operand(out, *operation.left, next(Level::is));
      out.keyword(operation.kind == Kind::distinct ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM");
      write_operand(out, *operation.right, next(Level::is));
      return;
    case Kind::nullif:
      out.keyword("NULLIF");
      out.glue("(");
      write_expr(out, *operation.left);
      out.comma();
      write_expr(out, *operation.right);
      out.close();
      return;
    case Kind::in: {
      write_operand(out, *operation.left, next(Level::like));
      out.keyword(operation.op.back() == "<>" ? "NOT IN" : "IN");
      out.open();
      const auto* list = std::get_if<ast::ExprList>(&operation.right->node);
      if (!list) throw InternalError("IN without a list");
      write_exprs(out, list->items);
      out.close();
      return;
    }
    case Kind::like:
    case Kind::ilike: {
      const bool negated = operation.op.back().starts_with('!');
      write_operand(out, *operation.left, next(Level::like));
      if (negated) out.keyword("NOT");
      out.keyword(operation.kind == Kind::like ? "LIKE" : "ILIKE");
      write_pattern(out, *operation.right, "like_escape");
      return;
    }
    case Kind::similar:
      write_operand(out, *operation.left, next(Level::like));
      out.keyword(operation.op.back().starts_with('!') ? "NOT SIMILAR TO" : "SIMILAR TO");
      write_pattern(out, *operation.right, "similar_to_escape");
      return;
    case Kind::between:
      write_between(out, operation, "BETWEEN");
      return;
    case Kind::not_between:
      write_between(out, operation, "NOT BETWEEN");
      return;
    case Kind::between_symmetric:
      write_between(out, operation, "BETWEEN SYMMETRIC");
      return;
    case Kind::not_between_symmetric:
      write_between(out, operation, "NOT BETWEEN SYMMETRIC");
      return;
  }
}

void write_operator(SqlWriter& out, const std::vector<std::string>& op) {
  if (op.empty()) throw InternalError("an operation without operator");
  if (op.size() == 1) {
    out.keyword(op[0]);
    return;
  }
  out.keyword("OPERATOR");
  out.glue("(");
  for (size_t i = 0; i + 1 < op.size(); ++i) {
    out.ident(op[i]);
    out.glue(".");
  }
  out.keyword(op.back());
  out.close();
}

}  // namespace pg2crdb
