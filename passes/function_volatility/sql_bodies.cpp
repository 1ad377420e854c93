#include "passes/function_volatility/sql_bodies.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>

#include "ast/describe.h"
#include "ast/walk.h"
#include "passes/adapt_expressions/types.h"
#include "target/function_volatility.h"

namespace pg2crdb {
namespace {

using adapt::is_time;
using adapt::Type;

class Looker {
 public:
  Looker(bind::ExpressionTypes& types, const routines::CalledVolatility& called)
      : types_(types), called_(called) {}

  routines::NeededVolatility run(ast::CreateFunction& function) {
    for (ast::BodyStatement& one : function.statements) look(one.node);
    return std::move(needed_);
  }

 private:
  void look(ast::StatementNode& node) {
    ast::Visitor visitor;
    std::set<std::string> common_tables;
    visitor.query = [&](ast::Query& query) {
      for (const ast::CommonTable& table : query.with) {
        common_tables.insert(table.name);
        if (table.change) found(Volatility::volatile_, "it changes rows");
      }
      if (!query.locking.empty()) found(Volatility::volatile_, "it locks rows");
    };
    ast::walk(node, visitor);
    if (ast::changed_table(node) != nullptr) found(Volatility::volatile_, "it changes rows");
    ast::Visitor tables;
    tables.table_ref = [&](ast::TableRef& table) {
      if (!table.name.schema.empty() || !common_tables.contains(table.name.name))
        found(Volatility::stable, "it reads `" + to_string(table.name) + "`");
    };
    ast::walk(node, tables);
    bind::ExpressionTypes::Visitor expressions;
    expressions.expr = [this](ast::Expr& expr) { look(expr); };
    types_.walk(node, expressions);
  }

  void look(ast::Expr& expr) {
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      found(of_call(*call), "it calls `" + to_string(call->name) + "`");
    } else if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) {
      if (hangs_on_session(*cast)) found(Volatility::stable, "it casts to `" + cast->type.name.name + "`");
    } else if (const auto* value = std::get_if<ast::ValueFunction>(&expr.node)) {
      found(Volatility::stable, "it reads " + value->keyword);
    } else if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
      look_at_choice(coalesce->arguments);
    } else if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) {
      look_at_choice(most->arguments);
    } else if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
      std::vector<ast::Expr> values;
      for (const ast::CaseWhen& when : choice->whens) values.push_back(*when.result);
      if (choice->otherwise) values.push_back(*choice->otherwise);
      look_at_choice(values);
    } else if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      if (joins_time(*operation)) found(Volatility::stable, "it makes a text of a time");
      if (computes_in_zone(*operation)) found(Volatility::stable, "it computes with time zones");
    }
  }

  /// A day is as long as the session's time zone says, and so is a date compared with a timestamptz.
  bool computes_in_zone(const ast::Operation& operation) const {
    if (!operation.left || !operation.right || operation.op.empty()) return false;
    const Type left = adapt::type_of(types_.of(*operation.left));
    const Type right = adapt::type_of(types_.of(*operation.right));
    if (left != Type::timestamptz && right != Type::timestamptz) return false;
    const bool adds = operation.op.back() == "+" || operation.op.back() == "-";
    return adds || (left != right && is_time(left) && is_time(right));
  }

  bool joins_time(const ast::Operation& operation) const {
    const bool joins = operation.left && operation.op.size() == 1 && operation.op[0] == "||";
    return joins && (is_time(adapt::type_of(types_.of(*operation.left))) ||
                     is_time(adapt::type_of(types_.of(*operation.right))));
  }

  /// A date or a timestamp beside a timestamptz becomes one.
  void look_at_choice(const std::vector<ast::Expr>& values) {
    const auto any = [&](std::initializer_list<Type> types) {
      return std::ranges::any_of(values, [&](const ast::Expr& one) {
        return std::ranges::find(types, adapt::type_of(types_.of(one))) != types.end();
      });
    };
    if (any({Type::timestamptz}) && any({Type::date, Type::timestamp}))
      found(Volatility::stable, "it computes with time zones");
  }

  Volatility of_call(const ast::FunctionCall& call) {
    if (const std::optional<Volatility> own = called_(call.name)) return *own;
    if (!adapt::built_in(call.name)) return Volatility::immutable;
    const Volatility most = built_in_volatility(call.name.name);
    if (most != Volatility::immutable) return most;
    return has_changing_overload(call.name.name) && changes(call) ? Volatility::stable : most;
  }

  /// Of functions that are immutable for some types. What is not known may be one of the others.
  bool changes(const ast::FunctionCall& call) const {
    const std::string& name = call.name.name;
    const size_t count = call.arguments.size();
    const auto type = [&](size_t i) {
      return i < count ? adapt::type_of(types_.of(call.arguments[i])) : Type::unknown;
    };
    if (name == "to_char") return count == 2;
    if (name == "date_trunc")
      return type(1) != Type::timestamp && type(1) != Type::time && type(1) != Type::timetz;
    if (name == "date_part" || name == "extract")
      return type(1) == Type::timestamptz || type(1) == Type::unknown;
    if (name == "timezone") return type(1) != Type::timestamp && type(1) != Type::timestamptz;
    if (name == "quote_literal" || name == "quote_nullable") return type(0) != Type::text;
    return count == 1;  // age, to_tsvector, to_tsquery ...: of now, by the session's configuration
  }

  bool hangs_on_session(const ast::Cast& cast) const {
    const Type from = adapt::type_of(types_.of(*cast.argument));
    const Type to = adapt::type_of(cast.type);
    const bool zone = from == Type::timestamptz && is_time(to) && to != Type::timestamptz;
    return zone || (from == Type::text && is_time(to)) || (is_time(from) && to == Type::text) ||
           (from != Type::timestamptz && from != Type::text && is_time(from) && to == Type::timestamptz);
  }

  void found(Volatility volatility, std::string why) {
    if (volatility > needed_.volatility) needed_ = {volatility, std::move(why)};
  }

  bind::ExpressionTypes& types_;
  const routines::CalledVolatility& called_;
  routines::NeededVolatility needed_;
};

}  // namespace

routines::NeededVolatility needed_volatility(bind::ExpressionTypes& types, ast::CreateFunction& function,
                                             const routines::CalledVolatility& called) {
  return Looker(types, called).run(function);
}

}  // namespace pg2crdb
