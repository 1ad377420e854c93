// Says for every statement in which phase it runs: roles; pre-data (what rows need: schemas, types,
// sequences, tables, and functions that tables call); post-data (what may wait for the rows: indexes, views,
// other functions, triggers, policies, comments, owners, privileges); revalidate (VALIDATE CONSTRAINT,
// sequence values). Within a phase the emitter orders by kind, then as in the dump.
#include "rewrite/pass.h"

#include <unordered_set>

#include "ast/sequence_call.h"
#include "ast/walk.h"
#include "support/words.h"

namespace pg2crdb {
namespace {

using ast::Phase;

std::unordered_set<std::string> functions_of_tables(PassContext& context) {
  std::unordered_set<std::string> names, functions;
  for (ast::Statement& statement : context.script.statements) {
    if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node))
      functions.insert(function->name.name);
    if (!statement.live() || !std::holds_alternative<ast::CreateTable>(statement.node)) continue;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) names.insert(call->name.name);
    };
    walk(statement.node, visitor);
  }
  // And what those functions call.
  for (bool grown = true; grown;) {
    grown = false;
    for (const ast::Statement& statement : context.script.statements) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
      if (function == nullptr || !statement.live() || !names.contains(function->name.name)) continue;
      for (const std::string& body : function->body) {
        for_each_word(body, [&](std::string_view word) {
          if (functions.contains(std::string(word))) grown |= names.insert(std::string(word)).second;
        });
      }
    }
  }
  return names;
}

struct PhaseOf {
  const std::unordered_set<std::string>& table_functions;

  Phase operator()(const ast::CreateRole&) const { return Phase::roles; }
  Phase operator()(const ast::AlterRole&) const { return Phase::roles; }
  Phase operator()(const ast::GrantRole&) const { return Phase::roles; }
  Phase operator()(const ast::CreateDatabase&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateSchema&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateExtension&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateEnum&) const { return Phase::pre_data; }
  Phase operator()(const ast::AlterEnum&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateCompositeType&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateDomain&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateSequence&) const { return Phase::pre_data; }
  Phase operator()(const ast::AlterSequence&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateTable&) const { return Phase::pre_data; }
  Phase operator()(const ast::CopyFrom&) const { return Phase::pre_data; }
  Phase operator()(const ast::Drop&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateFunction& function) const {
    return table_functions.contains(function.name.name) ? Phase::pre_data : Phase::post_data;
  }
  Phase operator()(const ast::AlterTable& alter) const {
    for (const ast::AlterCommand& command : alter.commands) {
      if (std::holds_alternative<ast::ValidateConstraint>(command)) return Phase::revalidate;
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      const bool late = std::holds_alternative<ast::OwnerTo>(command) ||
                        std::holds_alternative<ast::RowSecurity>(command) ||
                        std::holds_alternative<ast::SetIdentity>(command) ||
                        std::holds_alternative<ast::DropIdentity>(command) ||
                        std::holds_alternative<ast::DropExpression>(command) ||
                        (add != nullptr && add->constraint.not_valid);
      if (late) return Phase::post_data;
    }
    return Phase::pre_data;
  }
  /// What follows uses the new name.
  Phase operator()(const ast::Rename& rename) const {
    using Kind = ast::ObjectKind;
    const Kind altered = rename.object.kind == Kind::column ? rename.relation : rename.object.kind;
    const bool early = altered == Kind::table || altered == Kind::constraint || altered == Kind::sequence ||
                       altered == Kind::type;
    return early ? Phase::pre_data : Phase::post_data;
  }
  template <class Node>
  Phase operator()(const Node&) const {
    return Phase::post_data;
  }
};

void run(PassContext& context) {
  const std::unordered_set<std::string> table_functions = functions_of_tables(context);
  for (ast::Statement& statement : context.script.statements) {
    if (std::holds_alternative<ast::CopyFrom>(statement.node) && statement.live()) {
      context.move(statement, Phase::pre_data, "its rows are in the load plan");
    } else if (ast::setval_call(statement.node) && statement.live()) {
      context.move(statement, Phase::revalidate, "the sequence is set after the load");
    } else if (statement.fate != ast::Fate::moved && statement.fate != ast::Fate::added) {
      statement.phase = std::visit(PhaseOf{table_functions}, statement.node);
    }
  }
}

}  // namespace

extern const Pass order_phases;
const Pass order_phases = {
    .name = "order-phases",
    .category = "order",
    .fidelity = Fidelity::exact,
    .summary = "decides for each statement whether it runs before the rows, after them, or at the very end",
    .rules = {},
    .run = run,
};

}  // namespace pg2crdb
