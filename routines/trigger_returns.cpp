// Which row a trigger's function gives back, by what fired it.
#include <algorithm>
#include <string_view>

#include "parser/plpgsql.h"
#include "routines/constants.h"
#include "routines/trigger.h"
#include "routines/trigger_words.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// What runs where one operation fires the trigger.
class Returns {
 public:
  /// `row`: what stands for it that lets the operation be, `old` or `new`. Of a row that is deleted NEW is
  /// NULL.
  explicit Returns(std::string_view row) : row_(row) {}

  /// Whether any of them may return anything else.
  bool any_other() const { return any_other_ || (takes_new_as_null_ && assigns_new_); }
  bool assigns_new() const { return assigns_new_; }

  /// Whether what stands behind a statement may run.
  template <class Other>
  bool passes(const Other& one) {
    if constexpr (requires { one.statements; }) pass_through(one.statements);
    if constexpr (requires { one.target; }) note_target(one.target);
    if constexpr (requires { one.targets; }) note_targets(one.targets);
    if constexpr (requires { one.into; }) note_targets(one.into.targets);
    return true;
  }
  bool passes(const Return& one) {
    const auto* value = one.value ? std::get_if<ast::Expr>(&one.value->node) : nullptr;
    any_other_ = any_other_ || value == nullptr || !is_row(*value);
    return false;
  }
  bool passes(const Block& block) {
    bool passes = pass_through(block.statements);
    for (const Handler& one : block.handlers) passes = pass_through(one.statements) || passes;
    return passes || !block.label.empty();  // EXIT may leave it
  }
  bool passes(const If& choice) {
    bool passes = false;
    for (const Branch& branch : choice.branches) {
      const auto* condition = std::get_if<ast::Expr>(&branch.condition.node);
      const std::optional<bool> truth = condition == nullptr ? std::nullopt : constant_truth(*condition);
      if (truth && !*truth) continue;
      passes = pass_through(branch.statements) || passes;
      if (truth) return passes;
    }
    return pass_through(choice.otherwise) || passes;
  }
  bool passes(const Case& choice) {
    bool passes = pass_through(choice.otherwise);
    for (const Branch& branch : choice.branches) passes = pass_through(branch.statements) || passes;
    return passes;
  }

 private:
  bool pass_through(const Statements& statements) {
    return std::ranges::all_of(statements.list, [this](const Statement& statement) {
      return std::visit([this](const auto& one) { return passes(one); }, statement.node);
    });
  }

  void note_target(const Variable& target) { assigns_new_ = assigns_new_ || target.names.front() == "new"; }
  void note_targets(const std::vector<Variable>& targets) {
    for (const Variable& one : targets) note_target(one);
  }

  bool is_row(const ast::Expr& value) {
    if (const auto* coalesce = std::get_if<ast::Coalesce>(&value.node)) {
      const auto first = std::ranges::find_if(coalesce->arguments, [this](const ast::Expr& one) {
        return row_ != "old" || !is_variable(one, "new");
      });
      takes_new_as_null_ = takes_new_as_null_ || first != coalesce->arguments.begin();
      return first != coalesce->arguments.end() && is_row(*first);
    }
    return is_variable(value, row_);
  }

  static bool is_variable(const ast::Expr& value, std::string_view name) {
    const auto* reference = std::get_if<ast::ColumnRef>(&value.node);
    return reference != nullptr && !reference->star && reference->names.size() == 1 &&
           reference->names[0] == name;
  }

  std::string_view row_;
  bool any_other_ = false;
  bool takes_new_as_null_ = false;
  bool assigns_new_ = false;
};

/// `operation` as TG_OP has it. A body that is not read may return anything.
Returns returned(const std::string& body, std::string_view row, std::string_view operation) {
  const TriggerWords words(body);
  std::string text = body;
  for (size_t i = words.size(); i-- > 0;) {
    if (words.is_name(i, "tg_op"))
      text.replace(words[i].begin, words[i].end - words[i].begin, "'" + std::string(operation) + "'");
  }
  const ParsedBody parsed = parse_plpgsql(text);
  Returns returns(row);
  if (parsed.body)
    returns.passes(parsed.body->block);
  else
    returns.passes(Return());
  return returns;
}

}  // namespace

bool may_change_deleted(const std::string& body) {
  return returned(body, "old", "DELETE").any_other();
}

bool may_change_updated(const std::string& body) {
  const Returns returns = returned(body, "new", "UPDATE");
  return returns.any_other() || returns.assigns_new();
}

}  // namespace pg2crdb::routines
