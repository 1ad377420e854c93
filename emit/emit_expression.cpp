#include <algorithm>
#include <array>
#include <variant>

#include "emit/emit.h"
#include "support/result.h"

namespace pg2crdb {
namespace {

using ast::Expr;
using ast::FunctionCall;
using ast::Literal;
using ast::Operation;

Level next(Level level) {
  return static_cast<Level>(static_cast<unsigned char>(level) + 1);
}

bool is_system(const ast::Name& name, std::string_view function) {
  return name.schema == "pg_catalog" && name.name == function;
}

/// The calls written with words between their operands rather than around them.
enum class Infix { none, at_time_zone, at_local, overlaps, is_normalized };

Infix infix(const FunctionCall& call) {
  if (!call.sql_syntax || call.name.schema != "pg_catalog") return Infix::none;
  const std::string& name = call.name.name;
  if (name == "timezone") return call.arguments.size() == 1 ? Infix::at_local : Infix::at_time_zone;
  if (name == "overlaps" && call.arguments.size() == 4) return Infix::overlaps;
  if (name == "is_normalized") return Infix::is_normalized;
  return Infix::none;
}

bool is_negative_number(const Literal& literal) {
  return (literal.kind == Literal::Kind::integer || literal.kind == Literal::Kind::decimal) &&
         literal.text.starts_with('-');
}

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

/// As an operand. CockroachDB holds `~` and its kin as loosely as LIKE, so they get parentheses in both
/// dialects.
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

/// `NOT (x IN (SELECT ...))` reads better as `x NOT IN (SELECT ...)`, and is the same tree.
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

/// `~` and its kin rank there as all operators without a rank of their own do.
Level level_in_postgresql(const Expr& expr) {
  const auto* operation = std::get_if<Operation>(&expr.node);
  const bool ranked = operation == nullptr || operation->kind != Operation::Kind::op || !operation->left;
  return ranked ? level_of(expr) : operator_level(operation->op);
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
      const std::string_view text = literal.text;
      out.keyword(text.starts_with('x') ? "X'" : "B'");
      out.glue(text.substr(std::min<size_t>(1, text.size())));
      out.close('\'');
      return;
    }
  }
}

void write(SqlWriter& out, const ast::ColumnRef& column) {
  out.variable(column.names);
  if (!column.star) return;
  if (!column.names.empty()) out.glue(".");
  out.keyword("*");
}

void write(SqlWriter& out, const ast::Parameter& parameter) {
  out.keyword(parameter.number == 0 ? std::string("$") : "$" + std::to_string(parameter.number));
}

/// What EXTRACT takes without quotes.
bool is_extract_field(const Expr& expr) {
  static constexpr std::array<std::string_view, 21> fields = {
      "century", "day",     "decade", "dow",          "doy",           "epoch",           "hour",
      "isodow",  "isoyear", "julian", "microseconds", "millennium",    "milliseconds",    "minute",
      "month",   "quarter", "second", "timezone",     "timezone_hour", "timezone_minute", "week"};
  const auto* literal = std::get_if<Literal>(&expr.node);
  if (!literal || literal->kind != Literal::Kind::string) return false;
  return literal->text == "year" || std::ranges::find(fields, literal->text) != fields.end();
}

const Literal* string_literal(const Expr& expr) {
  const auto* literal = std::get_if<Literal>(&expr.node);
  return literal && literal->kind == Literal::Kind::string ? literal : nullptr;
}

void write_infix(SqlWriter& out, const FunctionCall& call, Infix kind) {
  const std::vector<Expr>& arguments = call.arguments;
  switch (kind) {
    case Infix::none:
      return;
    case Infix::at_time_zone:
      write_operand(out, arguments.at(1), Level::at_time_zone);
      out.keyword("AT TIME ZONE");
      write_operand(out, arguments[0], next(Level::at_time_zone));
      return;
    case Infix::at_local:
      write_operand(out, arguments.at(0), Level::at_time_zone);
      out.keyword("AT LOCAL");
      return;
    case Infix::overlaps:
      out.open();
      write_expr(out, arguments[0]);
      out.comma();
      write_expr(out, arguments[1]);
      out.close();
      out.keyword("OVERLAPS");
      out.open();
      write_expr(out, arguments[2]);
      out.comma();
      write_expr(out, arguments[3]);
      out.close();
      return;
    case Infix::is_normalized:
      write_operand(out, arguments.at(0), next(Level::is));
      out.keyword("IS");
      if (arguments.size() > 1) {
        if (const Literal* form = string_literal(arguments[1])) out.keyword(form->text);
      }
      out.keyword("NORMALIZED");
      return;
  }
}

/// `KEYWORD(first WORD second WORD third)`.
void write_worded(SqlWriter& out, std::string_view keyword, const std::vector<Expr>& arguments,
                  std::initializer_list<std::string_view> words) {
  out.keyword(keyword);
  out.glue("(");
  auto word = words.begin();
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0 && word != words.end()) out.keyword(*word++);
    write_expr(out, arguments[i]);
  }
  out.close();
}

/// Those written KEYWORD(...). False where it is none of them.
bool write_keyword_call(SqlWriter& out, const FunctionCall& call) {
  const std::vector<Expr>& arguments = call.arguments;
  const size_t count = arguments.size();
  if (is_system(call.name, "extract") && count == 2) {
    out.keyword("EXTRACT");
    out.glue("(");
    if (is_extract_field(arguments[0])) {
      out.keyword(string_literal(arguments[0])->text);
    } else {
      write_expr(out, arguments[0]);
    }
    out.keyword("FROM");
    write_expr(out, arguments[1]);
    out.close();
  } else if (is_system(call.name, "position") && count == 2) {
    out.keyword("POSITION");
    out.glue("(");
    // A b_expr in both, which has `->>` and its kin in PostgreSQL alone.
    write_operand(out, arguments[1], Level::sign, Level::other_operator);
    out.keyword("IN");
    write_operand(out, arguments[0], Level::sign, Level::other_operator);
    out.close();
  } else if (is_system(call.name, "substring") && (count == 2 || count == 3)) {
    write_worded(out, "SUBSTRING", arguments, {"FROM", "FOR"});
  } else if (is_system(call.name, "overlay") && (count == 3 || count == 4)) {
    write_worded(out, "OVERLAY", arguments, {"PLACING", "FROM", "FOR"});
  } else if ((is_system(call.name, "btrim") || is_system(call.name, "ltrim") ||
              is_system(call.name, "rtrim")) &&
             (count == 1 || count == 2)) {
    out.keyword("TRIM");
    out.glue("(");
    out.keyword(call.name.name == "btrim" ? "BOTH" : call.name.name == "ltrim" ? "LEADING" : "TRAILING");
    if (count == 2) write_expr(out, arguments[1]);
    out.keyword("FROM");
    write_expr(out, arguments[0]);
    out.close();
  } else if (is_system(call.name, "normalize") && (count == 1 || count == 2)) {
    out.keyword("NORMALIZE");
    out.glue("(");
    write_expr(out, arguments[0]);
    if (const Literal* form = count == 2 ? string_literal(arguments[1]) : nullptr) {
      out.comma();
      out.keyword(form->text);
    }
    out.close();
  } else if (is_system(call.name, "pg_collation_for") && count == 1) {
    out.keyword("COLLATION FOR");
    out.open();
    write_expr(out, arguments[0]);
    out.close();
  } else if (is_system(call.name, "xmlexists") && count == 2) {
    out.keyword("XMLEXISTS");
    out.glue("(");
    write_operand(out, arguments[0], Level::primary);
    out.keyword("PASSING");
    write_operand(out, arguments[1], Level::primary);
    out.close();
  } else if (is_system(call.name, "system_user") && count == 0) {
    out.keyword("SYSTEM_USER");
  } else {
    return false;
  }
  return true;
}

void write_modifiers(SqlWriter& out, const ast::CallModifiers& modifiers) {
  if (modifiers.within_group) {
    out.keyword("WITHIN GROUP");
    out.open();
    out.keyword("ORDER BY");
    write_sort_items(out, modifiers.order_by);
    out.close();
  }
  if (modifiers.filter) {
    out.keyword("FILTER");
    out.open();
    out.keyword("WHERE");
    write_expr(out, *modifiers.filter);
    out.close();
  }
  if (modifiers.over) {
    out.keyword("OVER");
    if (modifiers.over->name.empty()) {
      write_window(out, *modifiers.over);
    } else {
      out.ident(modifiers.over->name);
    }
  }
}

void write(SqlWriter& out, const FunctionCall& call) {
  if (call.sql_syntax) {
    if (const Infix kind = infix(call); kind != Infix::none) {
      write_infix(out, call, kind);
      return;
    }
    if (write_keyword_call(out, call)) return;
  }
  out.name(call.name);
  out.glue("(");
  if (call.star) out.keyword("*");
  if (call.distinct) out.keyword("DISTINCT");
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) out.comma();
    if (call.variadic && i + 1 == call.arguments.size()) out.keyword("VARIADIC");
    write_expr(out, call.arguments[i]);
  }
  if (call.modifiers && !call.modifiers->within_group && !call.modifiers->order_by.empty()) {
    out.keyword("ORDER BY");
    write_sort_items(out, call.modifiers->order_by);
  }
  out.close();
  if (call.modifiers) write_modifiers(out, *call.modifiers);
}

void write(SqlWriter& out, const ast::Cast& cast) {
  write_operand(out, *cast.argument, Level::cast);
  out.glue("::");
  write_type(out, cast.type);
}

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

void write_subquery_operator(SqlWriter& out, const std::vector<std::string>& op) {
  if (const std::string_view words = like_words(op); !words.empty()) {
    out.keyword(words);
  } else {
    write_operator(out, op);
  }
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

/// PostgreSQL's FRAMEOPTION_* bits, nodes/parsenodes.h.
enum Frame : int64_t {
  non_default = 0x1,
  range = 0x2,
  rows = 0x4,
  groups = 0x8,
  between = 0x10,
  start_unbounded_preceding = 0x20,
  end_unbounded_preceding = 0x40,
  start_unbounded_following = 0x80,
  end_unbounded_following = 0x100,
  start_current_row = 0x200,
  end_current_row = 0x400,
  start_offset_preceding = 0x800,
  end_offset_preceding = 0x1000,
  start_offset_following = 0x2000,
  end_offset_following = 0x4000,
  exclude_current_row = 0x8000,
  exclude_group = 0x10000,
  exclude_ties = 0x20000,
};

void write_frame(SqlWriter& out, const ast::Window& window) {
  const int64_t options = window.frame_options;
  if (!(options & non_default)) return;
  out.keyword(options & rows ? "ROWS" : options & groups ? "GROUPS" : "RANGE");
  if (options & between) out.keyword("BETWEEN");
  if (options & start_unbounded_preceding) out.keyword("UNBOUNDED PRECEDING");
  if (options & start_unbounded_following) out.keyword("UNBOUNDED FOLLOWING");
  if (options & start_current_row) out.keyword("CURRENT ROW");
  if (options & (start_offset_preceding | start_offset_following)) {
    write_operand(out, *window.start_offset, Level::sign);
    out.keyword(options & start_offset_preceding ? "PRECEDING" : "FOLLOWING");
  }
  if (options & between) {
    out.keyword("AND");
    if (options & end_unbounded_preceding) out.keyword("UNBOUNDED PRECEDING");
    if (options & end_unbounded_following) out.keyword("UNBOUNDED FOLLOWING");
    if (options & end_current_row) out.keyword("CURRENT ROW");
    if (options & (end_offset_preceding | end_offset_following)) {
      write_operand(out, *window.end_offset, Level::sign);
      out.keyword(options & end_offset_preceding ? "PRECEDING" : "FOLLOWING");
    }
  }
  if (options & exclude_current_row) out.keyword("EXCLUDE CURRENT ROW");
  if (options & exclude_group) out.keyword("EXCLUDE GROUP");
  if (options & exclude_ties) out.keyword("EXCLUDE TIES");
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
  if (const auto* operation = std::get_if<Operation>(&expr.node))
    return operation->kind == Operation::Kind::nullif;
  return std::holds_alternative<ast::Coalesce>(expr.node) || std::holds_alternative<ast::MinMax>(expr.node) ||
         std::holds_alternative<ast::ValueFunction>(expr.node);
}

void write_order(SqlWriter& out, ast::SortOrder order, ast::NullsOrder nulls) {
  if (order == ast::SortOrder::ascending) out.keyword("ASC");
  if (order == ast::SortOrder::descending) out.keyword("DESC");
  if (nulls == ast::NullsOrder::first) out.keyword("NULLS FIRST");
  if (nulls == ast::NullsOrder::last) out.keyword("NULLS LAST");
}

void write_sort_items(SqlWriter& out, const std::vector<ast::SortItem>& items) {
  out.list(items, [&out](const ast::SortItem& item) {
    write_expr(out, *item.expr);
    if (!item.using_operator.empty()) {
      out.keyword("USING");
      write_operator(out, item.using_operator);
    }
    write_order(out, item.order, item.nulls);
  });
}

void write_window(SqlWriter& out, const ast::Window& window) {
  out.open();
  if (!window.references.empty()) out.ident(window.references);
  if (!window.partition_by.empty()) {
    out.keyword("PARTITION BY");
    write_exprs(out, window.partition_by);
  }
  if (!window.order_by.empty()) {
    out.keyword("ORDER BY");
    write_sort_items(out, window.order_by);
  }
  write_frame(out, window);
  out.close();
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
