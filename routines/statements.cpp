// Statements that CockroachDB's PL/pgSQL does not have, by those that it has.
//
// What PERFORM throws away is looked at, and not put into a variable: where nobody reads the target of an
// INTO, releases before 25.2.11, 25.3.7, 25.4.3 and 26.1 leave the statement out with its effects (release
// notes, #158344).
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "routines/conversion.h"
#include "routines/query_columns.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// `PERFORM f(x)` is `IF f(x) IS NULL THEN NULL; END IF`: it is computed, once, and nothing else happens.
void perform(Conversion& conversion, Statement& statement) {
  Value& performed = std::get<Perform>(statement.node).query;
  std::optional<ast::Expr> looked_at;
  if (auto* expr = std::get_if<ast::Expr>(&performed.node)) {
    if (!conversion.may_give_rows(*expr)) looked_at = std::move(*expr);
  } else if (auto* query = std::get_if<ast::Query>(&performed.node)) {
    looked_at = conversion.look_at_rows(*query);
  }
  if (!looked_at) return;
  ast::NullTest test;
  test.argument = std::move(*looked_at);
  Statement nothing;
  nothing.node = Null{};
  statement.node = if_then({std::move(test)}, std::move(nothing));
  if (statement.comments.behind.empty()) statement.comments.behind = "-- PERFORM";
  conversion.note("PERFORM", statement.offset);
}

/// As PostgreSQL raises it.
Statement raise_error(std::string sqlstate, std::string format, std::vector<Value> arguments = {},
                      std::string hint = {}) {
  Raise raise;
  raise.level = Raise::Level::exception;
  raise.has_format = true;
  raise.format = std::move(format);
  raise.arguments = std::move(arguments);
  raise.options.push_back({"errcode", value_of(text_literal(std::move(sqlstate)))});
  if (!hint.empty()) raise.options.push_back({"hint", value_of(text_literal(std::move(hint)))});
  Statement statement;
  statement.node = std::move(raise);
  return statement;
}

/// WHEN OTHERS lets an error with that SQLSTATE pass, as it does an assertion that fails.
void assert_true(Conversion& conversion, Statement& statement) {
  auto& node = std::get<Assert>(statement.node);
  auto* condition = std::get_if<ast::Expr>(&node.condition.node);
  auto* message = node.message ? std::get_if<ast::Expr>(&node.message->node) : nullptr;
  if (condition == nullptr || (node.message && message == nullptr)) return;
  constexpr const char* code = "P0004";
  constexpr const char* standard = "assertion failed";
  Statement raised;
  if (message != nullptr) {
    ast::Coalesce text;
    text.arguments.push_back(std::move(*message));
    text.arguments.push_back(text_literal(standard));
    std::vector<Value> arguments;
    arguments.push_back(value_of({std::move(text)}));
    raised = raise_error(code, "%", std::move(arguments));
  } else {
    raised = raise_error(code, standard);
  }
  ast::BooleanTest test;
  test.kind = ast::BooleanTest::Kind::is_not_true;
  test.argument = std::move(*condition);
  statement.node = if_then({std::move(test)}, std::move(raised));
  conversion.note("ASSERT", statement.offset);
}

/// What may be written several times: the same each time, and cheap.
bool is_simple(const ast::Expr& expr) {
  if (const auto* steps = std::get_if<ast::Indirection>(&expr.node)) {
    const bool fields = std::ranges::all_of(
        steps->steps, [](const ast::Step& step) { return step.kind == ast::Step::Kind::field; });
    return fields && is_simple(*steps->argument);
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return is_simple(*cast->argument);
  return std::holds_alternative<ast::ColumnRef>(expr.node) ||
         std::holds_alternative<ast::Literal>(expr.node) || std::holds_alternative<ast::Parameter>(expr.node);
}

/// `WHEN 1, 2`
std::vector<ast::Expr> values_of(const Value& value) {
  std::vector<ast::Expr> result;
  if (const auto* expr = std::get_if<ast::Expr>(&value.node)) result.push_back(*expr);
  if (const auto* query = std::get_if<ast::Query>(&value.node); query != nullptr && query->from.empty()) {
    for (const ast::SelectItem& one : query->targets) result.push_back(*one.expr);
  }
  return result;
}

/// What is compared is computed once, into a variable of its type.
std::optional<Statement> compute_once(Conversion& conversion, Value& argument) {
  auto* expr = std::get_if<ast::Expr>(&argument.node);
  std::optional<ast::TypeName> type =
      expr == nullptr || is_simple(*expr) ? std::nullopt : type_of_value(conversion, *expr);
  // What EXTRACT gives is a float in CockroachDB.
  const auto* call = expr == nullptr ? nullptr : std::get_if<ast::FunctionCall>(&expr->node);
  if (call != nullptr && call->sql_syntax && call->name.name == "extract") type = built_in_type("float8");
  if (!type) return std::nullopt;
  const std::string variable = conversion.new_name("case_value");
  conversion.declare(variable, *type);
  Assignment computed;
  computed.target.names = {variable};
  computed.value = std::exchange(argument, value_of(column({variable})));
  Statement statement;
  statement.node = std::move(computed);
  return statement;
}

void case_to_if(Conversion& conversion, Statement& statement, std::vector<Statement>& before) {
  auto& node = std::get<Case>(statement.node);
  for (const Branch& branch : node.branches) {
    if (node.argument && values_of(branch.condition).empty()) return;
  }
  if (node.argument) {
    if (std::optional<Statement> computed = compute_once(conversion, *node.argument))
      before.push_back(std::move(*computed));
  }
  const auto* argument = node.argument ? std::get_if<ast::Expr>(&node.argument->node) : nullptr;
  if (node.argument && (argument == nullptr || !is_simple(*argument))) return;
  If result;
  for (Branch& branch : node.branches) {
    if (argument != nullptr) {
      std::vector<ast::Expr> values = values_of(branch.condition);
      std::vector<ast::Expr> tests;
      for (ast::Expr& value : values) {
        ast::Operation equals;
        equals.op = {"="};
        equals.left = *argument;
        equals.right = std::move(value);
        tests.push_back({std::move(equals)});
      }
      branch.condition.node =
          tests.size() == 1 ? std::move(tests[0])
                            : ast::Expr{ast::BoolExpr{ast::BoolExpr::Kind::disjunction, std::move(tests)}};
    }
    result.branches.push_back(std::move(branch));
  }
  result.has_else = true;
  if (node.has_else) {
    result.otherwise = std::move(node.otherwise);
  } else {
    result.otherwise.list.push_back(
        raise_error("20000", "case not found", {}, "CASE statement is missing ELSE part."));
  }
  statement.node = std::move(result);
  conversion.note("a CASE statement", statement.offset);
}

/// What an error that passes takes back, and what cannot fail itself: settings.
bool is_undone_by_error(const Statement& statement) {
  const auto* perform = std::get_if<Perform>(&statement.node);
  const auto* expr = perform == nullptr ? nullptr : std::get_if<ast::Expr>(&perform->query.node);
  const auto* call = expr == nullptr ? nullptr : std::get_if<ast::FunctionCall>(&expr->node);
  const bool sets = call != nullptr && call->name.name == "set_config" && call->arguments.size() == 3 &&
                    (call->name.schema.empty() || call->name.schema == "pg_catalog");
  if (!sets) return std::holds_alternative<Null>(statement.node);
  const auto* name = std::get_if<ast::Literal>(&call->arguments[0].node);
  // One of an application's own takes any text.
  return name != nullptr && name->text.find('.') != std::string::npos &&
         std::ranges::all_of(call->arguments, [](const ast::Expr& one) {
           return std::holds_alternative<ast::Literal>(one.node);
         });
}

/// A handler that only raises the error again lets it pass, where no other one behind it would take it.
void raised_again(Conversion& conversion, Block& block) {
  while (!block.handlers.empty()) {
    const std::vector<Statement>& list = block.handlers.back().statements.list;
    const auto* raise = list.empty() ? nullptr : std::get_if<Raise>(&list.back().node);
    if (raise != nullptr && !std::all_of(list.begin(), list.end() - 1, is_undone_by_error)) return;
    const bool is_bare = raise != nullptr && raise->level == Raise::Level::unspecified &&
                         !raise->has_format && raise->options.empty() && raise->condition.name.empty() &&
                         raise->condition.sqlstate.empty();
    if (!is_bare) return;
    conversion.note("a handler that only raises again", block.handlers.back().offset);
    block.handlers.pop_back();
  }
}

}  // namespace

void convert_statements(Conversion& conversion) {
  const Target& target = conversion.routine.target;
  if (!target.has(Capability::plpgsql_bare_raise))
    each_part(conversion.body, [&](Block& block) { raised_again(conversion, block); });
  const auto convert = [&](Statement& statement, std::vector<Statement>& before) {
    if (std::holds_alternative<Perform>(statement.node) && !target.has(Capability::plpgsql_perform))
      perform(conversion, statement);
    else if (std::holds_alternative<Assert>(statement.node) && !target.has(Capability::plpgsql_assert))
      assert_true(conversion, statement);
    else if (std::holds_alternative<Case>(statement.node) && !target.has(Capability::plpgsql_case_statement))
      case_to_if(conversion, statement, before);
  };
  each_part(conversion.body, [&](Statements& statements) {
    std::vector<Statement> now;
    now.reserve(statements.list.size());
    for (Statement& one : statements.list) {
      std::vector<Statement> before;
      convert(one, before);
      std::ranges::move(before, std::back_inserter(now));
      now.push_back(std::move(one));
    }
    statements.list = std::move(now);
  });
}

}  // namespace pg2crdb::routines
