// CockroachDB checks what a routine promises: IMMUTABLE that reads a table, or STABLE that may raise an error
// from PL/pgSQL, is refused when it is made. PostgreSQL takes the word for it. What cannot be promised is
// promised less of.
#include "rewrite/pass.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bind/expression_types.h"
#include "passes/function_volatility/sql_bodies.h"
#include "routines/volatility.h"

namespace pg2crdb {
namespace {

using routines::NeededVolatility;

constexpr FindingKind rules[] = {
    {"function-stable", Severity::info, "functions",
     "CockroachDB refuses IMMUTABLE of a function that does more than compute, and LEAKPROOF of one that is "
     "not IMMUTABLE",
     "Nothing to do."},
    {"function-volatile", Severity::warning, "functions",
     "CockroachDB refuses STABLE and IMMUTABLE of a function that runs such statements",
     "Nothing to do where its result is right: a VOLATILE function is called for each row, and sees what the "
     "statement that calls it has changed."},
};
enum : size_t { function_stable, function_volatile };

std::string_view word(Volatility volatility) {
  constexpr std::string_view words[] = {"IMMUTABLE", "STABLE", "VOLATILE"};
  return words[static_cast<size_t>(volatility)];
}

Volatility declared(const ast::CreateFunction& function) {
  if (function.volatility == word(Volatility::immutable)) return Volatility::immutable;
  return function.volatility == word(Volatility::stable) ? Volatility::stable : Volatility::volatile_;
}

/// What each routine may promise. That of one depends on what it calls.
class Promises {
 public:
  explicit Promises(PassContext& context) : context_(context) {}

  void run() {
    for (ast::Statement& statement : context_.script.statements) {
      auto* function = std::get_if<ast::CreateFunction>(&statement.node);
      if (function == nullptr || !statement.live() || function->procedure) continue;
      const NeededVolatility& needed = of(statement);
      const std::string object = to_string(function->name);
      if (function->leakproof && declared(*function) != Volatility::immutable) {
        function->leakproof = false;
        context_.report(rules[function_stable], statement, object,
                        "function `" + object + "` is not IMMUTABLE: LEAKPROOF left out");
        context_.rewritten(statement);
      }
      if (needed.volatility <= declared(*function)) continue;
      const std::string before = function->volatility;
      function->volatility = word(needed.volatility);
      function->leakproof = false;  // which only IMMUTABLE may be
      // Nobody but its trigger calls a trigger's function.
      const bool is_info =
          needed.volatility == Volatility::stable || function->returns->name.name == "trigger";
      context_.report(rules[is_info ? function_stable : function_volatile], statement, object,
                      "function `" + object + "` is written " + function->volatility + ", not " + before +
                          ": " + needed.why);
      context_.rewritten(statement);
    }
  }

 private:
  const NeededVolatility& of(ast::Statement& statement) {
    // One that calls itself promises what the rest of it does.
    const auto [known, is_new] = needed_.try_emplace(statement.id);
    if (!is_new) return known->second;
    auto& function = std::get<ast::CreateFunction>(statement.node);
    NeededVolatility needed;
    if (declared(function) != Volatility::volatile_ && function.body.size() == 1) {
      const routines::CalledVolatility called = [this](const ast::Name& name) { return this->called(name); };
      if (function.language == "plpgsql") {
        needed = routines::needed_volatility(function, called);
      } else if (!function.statements.empty()) {
        bind::ExpressionTypes& types = next_types();
        types.enter(statement);
        needed = needed_volatility(types, function, called);
        --looked_at_;
      }
    }
    return needed_[statement.id] = std::move(needed);
  }

  /// One may be looked at on the way through another, which is in its own types by then.
  bind::ExpressionTypes& next_types() {
    if (looked_at_ == types_.size())
      types_.emplace_back(context_.script, context_.catalog, context_.options.in_order);
    return types_[looked_at_++];
  }

  /// Nothing where the script has no routine of the name.
  std::optional<Volatility> called(const ast::Name& name) {
    std::optional<Volatility> worst;
    for (ast::Statement* statement : context_.catalog.functions(name)) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
      const bool is_meant =
          name.object == ast::no_object || function == nullptr || function->name.object == name.object;
      if (!is_meant) continue;
      Volatility one = Volatility::stable;  // an aggregate of the script's own
      if (function != nullptr) one = std::max(declared(*function), of(*statement).volatility);
      worst = std::max(worst.value_or(Volatility::immutable), one);
    }
    return worst;
  }

  PassContext& context_;
  std::deque<bind::ExpressionTypes> types_;
  size_t looked_at_ = 0;  ///< routines in SQL, one within the other
  std::unordered_map<ast::StatementId, NeededVolatility> needed_;
};

void run(PassContext& context) {
  if (!context.target.has(Capability::immutable_reads)) Promises(context).run();
}

}  // namespace

extern const Pass function_volatility;
const Pass function_volatility = {
    .name = "function-volatility",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "writes STABLE and VOLATILE where CockroachDB does not take a function's word for more",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
