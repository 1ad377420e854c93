#include <algorithm>
#include <iterator>
#include <string_view>
#include <variant>

#include "emit/expressions.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

using ast::Expr;
using ast::FunctionCall;
using ast::Literal;

/// Of `b0101` and `x1f`. X'1F' is no string of bits in CockroachDB but one of bytes.
std::string binary_digits(std::string_view text) {
  std::string digits(text.substr(std::min<size_t>(1, text.size())));
  if (!text.starts_with('x')) return digits;
  std::string result;
  for (const char digit : digits) {
    const int value = hex_digit(digit);
    for (int bit = 8; bit > 0; bit /= 2) result += (value & bit) != 0 ? '1' : '0';
  }
  return result;
}

void write(SqlWriter& out, const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::null:
      out.keyword("NULL");
      return;
    case Literal::Kind::boolean:
    case Literal::Kind::integer:
    case Literal::Kind::decimal:
      out.keyword(literal.text);
      return;
    case Literal::Kind::string:
      out.literal(literal.text);
      return;
    case Literal::Kind::bit_string: {
      const bool is_hexadecimal = literal.text.starts_with('x');
      if (is_hexadecimal) out.note_difference();
      const bool stays = is_hexadecimal && out.dialect() == Dialect::postgresql;
      out.keyword(stays ? "X'" : "B'");
      out.glue(stays ? literal.text.substr(1) : binary_digits(literal.text));
      out.close('\'');
      return;
    }
  }
}

/// Keywords that PostgreSQL takes for a column or a variable, and CockroachDB for a function or a type alone
/// (keywords of both servers).
constexpr std::string_view words_of_functions[] = {"family", "none"};

void write(SqlWriter& out, const ast::ColumnRef& column) {
  const bool is_bare = !column.star && column.names.size() == 1;
  if (is_bare && std::ranges::find(words_of_functions, column.names[0]) != std::end(words_of_functions))
    out.note_difference();
  out.variable(column.names);
  if (!column.star) return;
  if (!column.names.empty()) out.glue(".");
  out.keyword("*");
}

void write(SqlWriter& out, const ast::Parameter& parameter) {
  out.keyword(parameter.number == 0 ? std::string("$") : "$" + std::to_string(parameter.number));
}

void write(SqlWriter& out, const ast::Cast& cast) {
  write_operand(out, *cast.argument, Level::cast);
  out.glue("::");
  write_type(out, cast.type);
}

void write(SqlWriter& out, const ast::ExprList& list) {
  out.open();
  write_exprs(out, list.items);
  out.close();
}

void write_in_subquery(SqlWriter& out, const ast::Subquery& subquery, std::string_view words) {
  write_operand(out, *subquery.test, next(Level::like));
  out.keyword(words);
  out.open();
  write_query(out, *subquery.query, Layout::one_line);
  out.close();
}

void write(SqlWriter& out, const ast::BoolExpr& expr) {
  if (expr.kind == ast::BoolExpr::Kind::negation) {
    if (const ast::Subquery* subquery = not_in_subquery(expr)) {
      write_in_subquery(out, *subquery, "NOT IN");
      return;
    }
    out.keyword("NOT");
    write_operand(out, expr.arguments.at(0), Level::negation);
    return;
  }
  const bool conjunction = expr.kind == ast::BoolExpr::Kind::conjunction;
  bool first = true;
  for (const Expr& argument : expr.arguments) {
    if (!first) out.keyword(conjunction ? "AND" : "OR");
    first = false;
    write_operand(out, argument, next(conjunction ? Level::conjunction : Level::disjunction));
  }
}

/// What is asked about, where it is a comparison or computed: in parentheses, though nothing needs them.
void write_tested(SqlWriter& out, const Expr& expr) {
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation == nullptr || !operation->left) return write_operand(out, expr, next(Level::is));
  out.open();
  write_expr(out, expr);
  out.close();
}

void write(SqlWriter& out, const ast::NullTest& test) {
  write_tested(out, *test.argument);
  out.keyword(test.negated ? "IS NOT NULL" : "IS NULL");
}

void write(SqlWriter& out, const ast::BooleanTest& test) {
  using Kind = ast::BooleanTest::Kind;
  write_tested(out, *test.argument);
  switch (test.kind) {
    case Kind::is_true:
      out.keyword("IS TRUE");
      return;
    case Kind::is_not_true:
      out.keyword("IS NOT TRUE");
      return;
    case Kind::is_false:
      out.keyword("IS FALSE");
      return;
    case Kind::is_not_false:
      out.keyword("IS NOT FALSE");
      return;
    case Kind::is_unknown:
      out.keyword("IS UNKNOWN");
      return;
    case Kind::is_not_unknown:
      out.keyword("IS NOT UNKNOWN");
      return;
  }
}

void write(SqlWriter& out, const ast::Case& node) {
  out.keyword("CASE");
  if (node.argument) write_expr(out, *node.argument);
  for (const ast::CaseWhen& when : node.whens) {
    out.keyword("WHEN");
    write_expr(out, *when.condition);
    out.keyword("THEN");
    write_expr(out, *when.result);
  }
  if (node.otherwise) {
    out.keyword("ELSE");
    write_expr(out, *node.otherwise);
  }
  out.keyword("END");
}

void write_call(SqlWriter& out, std::string_view keyword, const std::vector<Expr>& arguments) {
  out.keyword(keyword);
  out.glue("(");
  write_exprs(out, arguments);
  out.close();
}

void write(SqlWriter& out, const ast::Coalesce& node) {
  write_call(out, "COALESCE", node.arguments);
}

void write(SqlWriter& out, const ast::MinMax& node) {
  write_call(out, node.greatest ? "GREATEST" : "LEAST", node.arguments);
}

void write(SqlWriter& out, const ast::ValueFunction& function) {
  out.keyword(function.keyword);
  if (function.precision < 0) return;
  out.glue("(");
  out.keyword(std::to_string(function.precision));
  out.close();
}

void write(SqlWriter& out, const ast::Subquery& subquery) {
  using Kind = ast::Subquery::Kind;
  switch (subquery.kind) {
    case Kind::exists:
      out.keyword("EXISTS");
      break;
    case Kind::array:
      out.keyword("ARRAY");
      out.glue("");
      break;
    case Kind::scalar:
      break;
    case Kind::any:
    case Kind::all:
      if (subquery.op.empty()) {
        write_in_subquery(out, subquery, "IN");
        return;
      }
      write_operand(out, *subquery.test, next(Level::other_operator));
      write_subquery_operator(out, subquery.op);
      out.keyword(subquery.kind == Kind::any ? "ANY" : "ALL");
      break;
  }
  out.open();
  write_query(out, *subquery.query, Layout::one_line);
  out.close();
}

void write_elements(SqlWriter& out, const ast::ArrayExpr& array) {
  out.glue("[");
  out.list(array.elements, [&out](const Expr& element) {
    // `ARRAY[[1, 2], [3, 4]]`: the inner ones go without the word.
    if (const auto* inner = std::get_if<ast::ArrayExpr>(&element.node)) {
      out.keyword("");
      write_elements(out, *inner);
    } else {
      write_expr(out, element);
    }
  });
  out.close(']');
}

void write(SqlWriter& out, const ast::ArrayExpr& array) {
  out.keyword("ARRAY");
  write_elements(out, array);
}

void write(SqlWriter& out, const ast::RowExpr& row) {
  if (row.explicit_row || row.elements.size() < 2) {
    write_call(out, "ROW", row.elements);
    return;
  }
  out.open();
  write_exprs(out, row.elements);
  out.close();
}

}  // namespace

void write_step(SqlWriter& out, const ast::Step& step) {
  using Kind = ast::Step::Kind;
  switch (step.kind) {
    case Kind::field:
      out.glue(".");
      out.ident(step.field);
      return;
    case Kind::star:
      out.glue(".");
      out.keyword("*");
      return;
    case Kind::index:
      out.glue("[");
      write_expr(out, *step.lower);
      out.close(']');
      return;
    case Kind::slice:
      out.glue("[");
      if (step.lower) write_expr(out, *step.lower);
      out.glue(":");
      if (step.upper) write_expr(out, *step.upper);
      out.close(']');
      return;
  }
}

namespace {

void write(SqlWriter& out, const ast::Indirection& indirection) {
  const Expr& argument = *indirection.argument;
  const bool subscript = !indirection.steps.empty() && (indirection.steps[0].kind == ast::Step::Kind::index ||
                                                        indirection.steps[0].kind == ast::Step::Kind::slice);
  const bool bare = subscript && (std::holds_alternative<ast::ColumnRef>(argument.node) ||
                                  std::holds_alternative<ast::Parameter>(argument.node));
  if (bare) {
    write_expr(out, argument);
  } else {
    out.open();
    write_expr(out, argument);
    out.close();
  }
  for (const ast::Step& step : indirection.steps) write_step(out, step);
}

void write(SqlWriter& out, const ast::Collate& collate) {
  write_operand(out, *collate.argument, Level::collate);
  out.keyword("COLLATE");
  out.name(collate.collation);
}

void write(SqlWriter& out, const ast::NamedArgument& argument) {
  out.ident(argument.name);
  out.keyword("=>");
  write_expr(out, *argument.argument);
}

void write(SqlWriter& out, const ast::DefaultValue&) {
  out.keyword("DEFAULT");
}

void write(SqlWriter& out, const ast::GroupingSet& set) {
  using Kind = ast::GroupingSet::Kind;
  switch (set.kind) {
    case Kind::empty:
      out.keyword("()");
      return;
    case Kind::simple:
      write_exprs(out, set.content);
      return;
    case Kind::rollup:
      write_call(out, "ROLLUP", set.content);
      return;
    case Kind::cube:
      write_call(out, "CUBE", set.content);
      return;
    case Kind::sets:
      out.keyword("GROUPING SETS");
      out.open();
      write_exprs(out, set.content);
      out.close();
      return;
  }
}

}  // namespace

void write_expr(SqlWriter& out, const ast::Expr& expr) {
  std::visit([&out](const auto& node) { write(out, node); }, expr.node);
}

void write_operand(SqlWriter& out, const ast::Expr& expr, Level minimum) {
  write_operand(out, expr, minimum, minimum);
}

void write_operand(SqlWriter& out, const ast::Expr& expr, Level minimum, Level minimum_in_postgresql) {
  if (level_of(expr) >= minimum) {
    write_expr(out, expr);
    return;
  }
  if (level_in_postgresql(expr) >= minimum_in_postgresql) out.note_difference();
  out.open();
  write_expr(out, expr);
  out.close();
}

void write_exprs(SqlWriter& out, const std::vector<ast::Expr>& exprs) {
  out.list(exprs, [&out](const Expr& expr) { write_expr(out, expr); });
}

bool looks_like_function(const ast::Expr& expr) {
  if (const auto* call = std::get_if<FunctionCall>(&expr.node)) {
    return infix(*call) == Infix::none && !(call->modifiers && call->modifiers->over);
  }
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node))
    return operation->kind == ast::Operation::Kind::nullif;
  return std::holds_alternative<ast::Coalesce>(expr.node) || std::holds_alternative<ast::MinMax>(expr.node) ||
         std::holds_alternative<ast::ValueFunction>(expr.node);
}

}  // namespace pg2crdb
