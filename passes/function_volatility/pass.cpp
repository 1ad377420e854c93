// CockroachDB refuses a routine that is said to be IMMUTABLE, or STABLE, and whose body is less than that
// (22023): PostgreSQL believes what is said. Bodies in SQL are looked through, with what CockroachDB says of
// its own functions, and routines of the script that they call; the routine is made as what its body is.
#include "rewrite/pass.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "ast/describe.h"
#include "ast/walk.h"
#include "bind/expression_types.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb {
namespace {

using adapt::Type;

constexpr FindingKind rules[] = {
    {"function-volatility", Severity::info, "functions",
     "CockroachDB refuses a function that is declared IMMUTABLE or STABLE and whose body is not",
     "Nothing to do, unless an index or a generated column calls it: those take immutable functions only."},
};

enum class Volatility { immutable, stable, volatile_ };

struct ChangingFunction {
  std::string_view name;
  Volatility volatility;
};

constexpr ChangingFunction changing_functions[] = {
#define FUNCTION(name, volatility) {name, Volatility::volatility},
#include "passes/function_volatility/changing_functions.def"
#undef FUNCTION
};

Volatility volatility_of(const ast::CreateFunction& function) {
  return function.volatility == "IMMUTABLE" ? Volatility::immutable
         : function.volatility == "STABLE"  ? Volatility::stable
                                            : Volatility::volatile_;
}

bool is_time(Type type) {
  return type == Type::date || type == Type::time || type == Type::timestamp || type == Type::timestamptz ||
         type == Type::interval;
}

class Looker {
 public:
  Looker(PassContext& context, bind::ExpressionTypes& types, ast::Statement& statement,
         ast::CreateFunction& function)
      : context_(context), types_(types), statement_(statement), function_(function) {}

  void run() {
    const Volatility said = volatility_of(function_);
    types_.enter(statement_);
    for (ast::BodyStatement& one : function_.statements) look(one.node);
    if (found_ <= said) return;
    function_.volatility = found_ == Volatility::stable ? "STABLE" : "VOLATILE";
    function_.leakproof = false;  // which immutable ones alone may be
    const std::string object = to_string(function_.name);
    context_.report(rules[0], statement_, object,
                    "function `" + object + "` is " + function_.volatility + ": its body " + what_);
    context_.rewritten(statement_);
  }

 private:
  void look(ast::StatementNode& node) {
    ast::Visitor visitor;
    std::set<std::string> common_tables;
    visitor.query = [&](ast::Query& query) {
      for (const ast::CommonTable& table : query.with) common_tables.insert(table.name);
      if (!query.locking.empty()) found(Volatility::volatile_, "locks rows");
    };
    ast::walk(node, visitor);
    if (ast::changed_table(node) != nullptr) found(Volatility::volatile_, "changes rows");
    ast::Visitor tables;
    tables.table_ref = [&](ast::TableRef& table) {
      if (!table.name.schema.empty() || !common_tables.contains(table.name.name))
        found(Volatility::stable, "reads `" + to_string(table.name) + "`");
    };
    ast::walk(node, tables);
    bind::ExpressionTypes::Visitor expressions;
    expressions.expr = [this](ast::Expr& expr) { look(expr); };
    types_.walk(node, expressions);
  }

  void look(ast::Expr& expr) {
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      found(of_call(*call), "calls `" + to_string(call->name) + "`");
    } else if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) {
      if (hangs_on_session(*cast)) found(Volatility::stable, "casts to `" + cast->type.name.name + "`");
    } else if (const auto* value = std::get_if<ast::ValueFunction>(&expr.node)) {
      found(Volatility::stable, "reads " + value->keyword);
    }
  }

  Volatility of_call(const ast::FunctionCall& call) const {
    const std::vector<ast::Statement*> routines = context_.catalog.functions(call.name);
    Volatility most = Volatility::immutable;
    for (const ast::Statement* routine : routines) {
      const auto* create = std::get_if<ast::CreateFunction>(&routine->node);
      const bool meant =
          call.name.object == ast::no_object || create == nullptr || create->name.object == call.name.object;
      if (meant) most = std::max(most, create == nullptr ? Volatility::volatile_ : volatility_of(*create));
    }
    if (!routines.empty() || !adapt::built_in(call.name)) return most;
    const std::string& name = call.name.name;
    const auto known = std::ranges::lower_bound(changing_functions, name, {}, &ChangingFunction::name);
    if (known != std::end(changing_functions) && known->name == name) return known->volatility;
    return some_overload_changes(call) ? Volatility::stable : Volatility::immutable;
  }

  /// Of functions that are immutable for some types. What is not known may be one of the others.
  bool some_overload_changes(const ast::FunctionCall& call) const {
    const std::string& name = call.name.name;
    const size_t count = call.arguments.size();
    const auto type = [&](size_t i) {
      return i < count ? adapt::type_of(types_.of(call.arguments[i])) : Type::unknown;
    };
    if (name == "to_tsvector" || name == "to_tsquery" || name == "plainto_tsquery" ||
        name == "phraseto_tsquery" || name == "age")
      return count == 1;
    if (name == "to_char") return count == 2;
    if (name == "date_trunc") return type(1) != Type::timestamp && type(1) != Type::time;
    if (name == "date_part" || name == "extract")
      return type(1) == Type::timestamptz || type(1) == Type::unknown;
    if (name == "timezone") return type(1) != Type::timestamp && type(1) != Type::timestamptz;
    if (name == "quote_literal" || name == "quote_nullable") return type(0) != Type::text;
    return false;
  }

  bool hangs_on_session(const ast::Cast& cast) const {
    const Type from = adapt::type_of(types_.of(*cast.argument));
    const Type to = adapt::type_of(cast.type);
    const bool zone = from == Type::timestamptz && is_time(to) && to != Type::timestamptz;
    return zone || (from == Type::text && is_time(to)) || (is_time(from) && to == Type::text) ||
           (from != Type::timestamptz && from != Type::text && is_time(from) && to == Type::timestamptz);
  }

  void found(Volatility volatility, const std::string& what) {
    if (volatility <= found_) return;
    found_ = volatility;
    what_ = what;
  }

  PassContext& context_;
  bind::ExpressionTypes& types_;
  ast::Statement& statement_;
  ast::CreateFunction& function_;
  Volatility found_ = Volatility::immutable;
  std::string what_;
};

void run(PassContext& context) {
  if (context.target.has(Capability::immutable_reads)) return;
  bind::ExpressionTypes types(context.script, context.catalog, context.options.in_order);
  for (ast::Statement& statement : context.script.statements) {
    auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    if (function != nullptr && statement.live() && volatility_of(*function) != Volatility::volatile_)
      Looker(context, types, statement, *function).run();
  }
}

}  // namespace

extern const Pass function_volatility;
const Pass function_volatility = {
    .name = "function-volatility",
    .category = "functions",
    .fidelity = Fidelity::exact,
    .summary = "makes functions in SQL STABLE or VOLATILE where their bodies are",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
