#include <algorithm>
#include <array>
#include <variant>

#include "emit/expressions.h"

namespace pg2crdb {
namespace {

using ast::Expr;
using ast::FunctionCall;
using ast::Literal;

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
    case Infix::is_json:
    case Infix::is_document:
      write_operand(out, arguments.at(0), next(Level::is));
      out.keyword("IS");
      out.keyword(kind == Infix::is_json ? "JSON" : "DOCUMENT");
      if (arguments.size() > 1) {
        if (const Literal* form = string_literal(arguments[1])) out.keyword(form->text);
      }
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

/// Those of SQL/JSON and XML: what stands between the parentheses is in one string, as it was written.
bool has_clauses(const FunctionCall& call) {
  const std::string& name = call.name.name;
  return call.name.schema == "pg_catalog" && (name.starts_with("json") || name.starts_with("xml")) &&
         call.arguments.size() == 1 && string_literal(call.arguments[0]) != nullptr;
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
  } else if (has_clauses(call)) {
    out.keyword(call.name.name);
    out.glue("(");
    out.glue(string_literal(arguments[0])->text);
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

}  // namespace

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

}  // namespace pg2crdb
