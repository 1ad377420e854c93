// Branches that are never taken, as of a trigger's function that is written for one of its tables: they name
// what is not there.
#include <iterator>
#include <optional>
#include <utility>

#include "routines/constants.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

std::optional<bool> truth_of(const Value& condition) {
  const auto* expr = std::get_if<ast::Expr>(&condition.node);
  return expr == nullptr ? std::nullopt : constant_truth(*expr);
}

/// What does not matter of a condition whose truth is not known: `true AND x` is x.
void leave_out_known(Value& condition) {
  auto* expr = std::get_if<ast::Expr>(&condition.node);
  auto* all = expr == nullptr ? nullptr : std::get_if<ast::BoolExpr>(&expr->node);
  if (all == nullptr || all->kind == ast::BoolExpr::Kind::negation) return;
  const bool neutral = all->kind == ast::BoolExpr::Kind::conjunction;
  std::erase_if(all->arguments, [&](const ast::Expr& one) { return constant_truth(one) == neutral; });
  if (all->arguments.size() == 1) {
    ast::Expr only = std::move(all->arguments[0]);
    *expr = std::move(only);
  }
}

/// Takes branches that never hold out of a statement. Where one always holds, or none is left, gives what is
/// done instead of the statement.
std::optional<Statements> decided(If& choice) {
  std::vector<Branch> left;
  for (Branch& branch : choice.branches) {
    const std::optional<bool> truth = truth_of(branch.condition);
    if (truth && !*truth) continue;
    if (truth && left.empty()) return std::move(branch.statements);
    if (truth) {
      choice.has_else = true;
      choice.otherwise = std::move(branch.statements);
      break;
    }
    leave_out_known(branch.condition);
    left.push_back(std::move(branch));
  }
  choice.branches = std::move(left);
  if (!choice.branches.empty()) return std::nullopt;
  return choice.has_else ? std::move(choice.otherwise) : Statements();
}

/// `WHEN 'a', 'b'`: whether one of them is the text, as far as all are texts.
std::optional<bool> is_one_of(const std::string& text, const Value& values) {
  std::vector<const ast::Expr*> exprs;
  if (const auto* expr = std::get_if<ast::Expr>(&values.node)) exprs.push_back(expr);
  const auto* query = std::get_if<ast::Query>(&values.node);
  for (size_t i = 0; query != nullptr && query->from.empty() && i < query->targets.size(); ++i)
    exprs.push_back(&*query->targets[i].expr);
  bool any = false;
  for (const ast::Expr* one : exprs) {
    const auto* literal = std::get_if<ast::Literal>(&one->node);
    if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return std::nullopt;
    any = any || literal->text == text;
  }
  return exprs.empty() ? std::nullopt : std::optional(any);
}

std::optional<Statements> decided(Case& choice) {
  const auto* argument = choice.argument ? std::get_if<ast::Expr>(&choice.argument->node) : nullptr;
  const auto* literal = argument == nullptr ? nullptr : std::get_if<ast::Literal>(&argument->node);
  const auto* cast = argument == nullptr ? nullptr : std::get_if<ast::Cast>(&argument->node);
  if (cast != nullptr) literal = std::get_if<ast::Literal>(&cast->argument->node);
  if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return std::nullopt;
  for (Branch& branch : choice.branches) {
    const std::optional<bool> is_it = is_one_of(literal->text, branch.condition);
    if (!is_it) return std::nullopt;
    if (*is_it) return std::move(branch.statements);
  }
  return choice.has_else ? std::optional(std::move(choice.otherwise)) : std::nullopt;
}

/// The statements of a list, without the choices that are none.
void decide(Conversion& conversion, std::vector<Statement>& list) {
  constexpr std::string_view what = "a branch that is never taken";
  std::vector<Statement> now;
  for (Statement& one : list) {
    std::optional<Statements> instead;
    if (auto* choice = std::get_if<If>(&one.node)) {
      const size_t branches = choice->branches.size();
      instead = decided(*choice);
      if (choice->branches.size() < branches) conversion.note(what, one.offset);
    }
    if (auto* choice = std::get_if<Case>(&one.node)) instead = decided(*choice);
    if (!instead) {
      now.push_back(std::move(one));
      continue;
    }
    conversion.note(what, one.offset);
    decide(conversion, instead->list);
    std::move(instead->list.begin(), instead->list.end(), std::back_inserter(now));
  }
  if (now.empty() && !list.empty()) now.emplace_back().node = Null{};
  list = std::move(now);
}

}  // namespace

void convert_constant_branches(Conversion& conversion) {
  each_part(conversion.body, [&](Statements& statements) { decide(conversion, statements.list); });
}

}  // namespace pg2crdb::routines
