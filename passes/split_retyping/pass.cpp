// ALTER COLUMN TYPE must stand alone in CockroachDB (DDL facts 8), and a column is not added in the statement
// that drops another one of its name. PostgreSQL runs the commands of one ALTER TABLE in an order of its own:
// what drops something first, then the types, then what is set and added.
#include "rewrite/pass.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"retyped-together", Severity::error, "tables",
     "CockroachDB changes the type of one column in a statement, and this one computes it from another that "
     "the same "
     "statement changes",
     "Add a column, fill it with an UPDATE, drop the old one and rename the new one."},
};

enum class Turn { drops, retypes, sets };

Turn turn(const ast::AlterCommand& command) {
  if (std::holds_alternative<ast::SetType>(command)) return Turn::retypes;
  const auto* value = std::get_if<ast::SetDefault>(&command);
  const auto* not_null = std::get_if<ast::SetNotNull>(&command);
  const bool drops = std::holds_alternative<ast::DropColumn>(command) ||
                     std::holds_alternative<ast::DropConstraint>(command) ||
                     std::holds_alternative<ast::DropIdentity>(command) ||
                     (value != nullptr && !value->value) || (not_null != nullptr && !not_null->not_null);
  return drops ? Turn::drops : Turn::sets;
}

/// Of a column whose values are computed from those that another one has before; empty where there is none.
std::string computed_from_retyped(const ast::AlterTable& alter) {
  const auto is_retyped = [&](const std::string& name) {
    return std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
      const auto* set = std::get_if<ast::SetType>(&command);
      return set != nullptr && set->column == name;
    });
  };
  for (const ast::AlterCommand& command : alter.commands) {
    const auto* set = std::get_if<ast::SetType>(&command);
    if (set == nullptr || !set->using_) continue;
    bool found = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
      if (column == nullptr || column->names.empty()) return;
      const bool whole_row = column->star || column->names.back() == alter.name.name;
      found = found || whole_row || (column->names.back() != set->column && is_retyped(column->names.back()));
    };
    ast::Expr copy = *set->using_;
    walk(copy, visitor);
    if (found) return set->column;
  }
  return {};
}

bool has_to_be_split(const ast::AlterTable& alter) {
  const auto replaces = [&](const ast::AlterCommand& command) {
    const auto* drop = std::get_if<ast::DropColumn>(&command);
    return drop != nullptr &&
           std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& other) {
             const auto* add = std::get_if<ast::AddColumn>(&other);
             return add != nullptr && add->column.name == drop->column;
           });
  };
  return alter.commands.size() > 1 &&
         std::any_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
           return std::holds_alternative<ast::SetType>(command) || replaces(command);
         });
}

void split(PassContext& context, ast::Statement& statement, const ast::AlterTable& whole) {
  std::vector<ast::AlterCommand> commands = whole.commands;
  std::stable_sort(commands.begin(), commands.end(),
                   [](const auto& left, const auto& right) { return turn(left) < turn(right); });
  std::vector<ast::AlterTable> parts;
  for (ast::AlterCommand& command : commands) {
    const Turn now = turn(command);
    if (parts.empty() || now == Turn::retypes || turn(parts.back().commands.back()) != now) {
      parts.push_back(whole);
      parts.back().commands.clear();
    }
    parts.back().commands.push_back(std::move(command));
  }
  statement.node = std::move(parts.front());
  context.rewritten(statement);
  for (auto part = std::next(parts.begin()); part != parts.end(); ++part)
    context.add(std::move(*part), statement, statement.phase);
}

void run(PassContext& context) {
  const size_t count = context.script.statements.size();  // what is added is split already
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    const auto* alter = statement.live() ? std::get_if<ast::AlterTable>(&statement.node) : nullptr;
    if (alter == nullptr || !has_to_be_split(*alter)) continue;
    if (const std::string column = computed_from_retyped(*alter); !column.empty()) {
      const std::string object = to_string(alter->name) + "." + column;
      context.report(rules[0], statement, object,
                     "`" + object + "` is computed from a column that gets another type");
      context.needs_person(statement, "a column's new values are computed from another one's old values");
      continue;
    }
    split(context, statement, *alter);
  }
}

}  // namespace

extern const Pass split_retyping;
const Pass split_retyping = {
    .name = "split-retyping",
    .category = "tables",
    .fidelity = Fidelity::exact,
    .summary = "gives each ALTER COLUMN TYPE an ALTER TABLE of its own",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
