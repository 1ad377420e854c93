// 7 / 2 is 3.5 in CockroachDB, in bodies too, where an assignment to an integer then rounds it to 4. A body
// is text: where its words tell that both operands are integers, `/` becomes `//`; where they tell nothing,
// that is said.
#include "rewrite/pass.h"

#include <map>
#include <string>
#include <vector>

#include "ast/describe.h"
#include "bind/body_divisions.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"integer-division", Severity::info, "functions", "7 / 2 is 3.5 in CockroachDB, and 7 // 2 is 3",
     "Nothing to do."},
    {"division", Severity::warning, "functions",
     "7 / 2 is 3.5 in CockroachDB, and one of the operands may not be an integer",
     "Write // where both operands are integers."},
};
enum : size_t { integer_division, division };

using Kinds = std::map<std::string, Operand>;

/// What is called so in several places is known where it is the same in all of them.
void add(Kinds& kinds, const std::string& name, const ast::TypeName& type) {
  const Operand kind = type.array_bounds.empty() ? operand_of_type(type.name.name) : Operand::unknown;
  const auto [known, is_new] = kinds.emplace(name, kind);
  if (!is_new && known->second != kind) known->second = Operand::unknown;
}

/// The columns of all tables of the script, by their names alone.
Kinds columns_of(const ast::Script& script) {
  Kinds kinds;
  for (const ast::Statement& statement : script.statements) {
    if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& column : create->columns) add(kinds, column.name, column.type);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* one = std::get_if<ast::AddColumn>(&command))
          add(kinds, one->column.name, one->column.type);
        if (const auto* one = std::get_if<ast::SetType>(&command)) add(kinds, one->column, one->type);
      }
    }
  }
  return kinds;
}

Kinds parameters_of(const ast::CreateFunction& function) {
  Kinds kinds;
  size_t number = 0;
  for (const ast::FunctionParameter& one : function.parameters) {
    add(kinds, one.name, one.type);
    using Mode = ast::FunctionParameter::Mode;
    if (one.mode != Mode::out && one.mode != Mode::table)
      add(kinds, "$" + std::to_string(++number), one.type);
  }
  return kinds;
}

/// In a query a column goes before a parameter of its name. A column that is no number anywhere is none here;
/// one that is an integer may still be another query's, but for the row of a trigger.
Operand kind_of(const std::vector<std::string>& parts, const Kinds& parameters, const Kinds& columns) {
  const auto column = columns.find(parts.back());
  const Operand of_columns = column == columns.end() ? Operand::unknown : column->second;
  if (parts.size() == 1) {
    const auto parameter = parameters.find(parts.front());
    if (parameter != parameters.end())
      return column == columns.end() || of_columns == parameter->second ? parameter->second
                                                                        : Operand::unknown;
  }
  const bool row = parts.size() == 2 && (parts.front() == "new" || parts.front() == "old");
  return row || of_columns == Operand::other ? of_columns : Operand::unknown;
}

/// In SQL a column goes before a parameter of its name, and what FROM and WITH bring may be called anything.
bool may_hide_parameters(const std::string& language, const std::string& body) {
  const std::string words = lower(body);
  return language == "sql" && (words.find("from") != words.npos || words.find("with") != words.npos);
}

void look(PassContext& context, ast::Statement& statement, std::string& body, const Kinds& parameters,
          const Kinds& columns) {
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  const bool hides = function != nullptr && may_hide_parameters(function->language, body);
  const std::vector<Division> divisions = divisions_of_body(body, [&](const std::vector<std::string>& parts) {
    const Operand kind = kind_of(parts, parameters, columns);
    const bool named = parts.size() == 1 && !parts.front().starts_with('$');
    return hides && named && kind == Operand::integer ? Operand::unknown : kind;
  });
  const std::string object = ast::statement_object(statement.node);
  const std::string what =
      std::holds_alternative<ast::DoBlock>(statement.node) ? "a DO block" : "the body of `" + object + "`";
  size_t written = 0;
  std::string unsure;
  for (auto one = divisions.rbegin(); one != divisions.rend(); ++one) {
    if (one->kind == Operand::integer) {
      body.insert(one->begin, "/");
      ++written;
    } else if (one->kind == Operand::unknown) {
      unsure = std::to_string(one->line) + (unsure.empty() ? "" : ", ") + unsure;
    }
  }
  if (written > 0) {
    context.report(rules[integer_division], statement, object,
                   what + ": integer division is written // in " + std::to_string(written) +
                       (written == 1 ? " place" : " places"));
    context.rewritten(statement);
  }
  if (!unsure.empty())
    context.report(rules[division], statement, object,
                   what + " divides by /, maybe integers (body line " + unsure + ")");
}

void run(PassContext& context) {
  Kinds columns;
  bool known = false;
  for (ast::Statement& statement : context.script.statements) {
    auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    auto* block = std::get_if<ast::DoBlock>(&statement.node);
    if (!statement.live() || (function == nullptr && block == nullptr)) continue;
    // What is a tree is adapted as expressions outside are.
    if (function != nullptr && (function->body.size() != 1 || !function->statements.empty())) continue;
    std::string& body = function == nullptr ? block->body : function->body.front();
    if (body.find('/') == std::string::npos) continue;
    if (!known) columns = columns_of(context.script);
    known = true;
    look(context, statement, body, function == nullptr ? Kinds() : parameters_of(*function), columns);
  }
}

}  // namespace

extern const Pass divide_in_bodies;
const Pass divide_in_bodies = {
    .name = "divide-in-bodies",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "writes // for divisions of integers in the bodies of routines and DO blocks",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
