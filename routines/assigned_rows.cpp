#include "routines/assigned_rows.h"

#include <algorithm>

#include "ast/walk.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

bool is_target(const std::string& record, const std::vector<Variable>& targets) {
  return std::ranges::any_of(targets, [&](const Variable& one) { return one.names[0] == record; });
}

/// Whether nothing that stands behind it runs.
bool leaves(const Statement& statement) {
  if (const auto* exit = std::get_if<Exit>(&statement.node)) return !exit->condition;
  const auto* raise = std::get_if<Raise>(&statement.node);
  return std::holds_alternative<Return>(statement.node) ||
         (raise != nullptr &&
          (raise->level == Raise::Level::exception || raise->level == Raise::Level::unspecified));
}

bool gives_row(const std::string& record, const Statement& statement);

/// Whether there is a row behind the statements, or nothing runs there.
bool gives_row(const std::string& record, const Statements& statements) {
  return std::ranges::any_of(statements.list,
                             [&](const Statement& one) { return leaves(one) || gives_row(record, one); });
}

/// Whether there is a row behind it: behind a choice, where each way gives one or leaves. A CASE without ELSE
/// raises an error where nothing fits.
bool gives_row(const std::string& record, const Statement& statement) {
  if (const auto* run = std::get_if<RunSql>(&statement.node)) return is_target(record, run->into.targets);
  if (const auto* loop = std::get_if<ForRows>(&statement.node)) return is_target(record, loop->targets);
  if (const auto* fetch = std::get_if<Fetch>(&statement.node)) return is_target(record, fetch->into.targets);
  if (const auto* block = std::get_if<Block>(&statement.node))
    return block->handlers.empty() && block->label.empty() && gives_row(record, block->statements);
  const auto all_give = [&](const std::vector<Branch>& branches) {
    return std::ranges::all_of(branches,
                               [&](const Branch& branch) { return gives_row(record, branch.statements); });
  };
  if (const auto* choice = std::get_if<If>(&statement.node))
    return choice->has_else && gives_row(record, choice->otherwise) && all_give(choice->branches);
  const auto* choice = std::get_if<Case>(&statement.node);
  return choice != nullptr && all_give(choice->branches) &&
         (!choice->has_else || gives_row(record, choice->otherwise));
}

}  // namespace

bool is_assigned_where_read(Conversion& conversion, const std::string& record) {
  struct Range {
    int32_t begin = 0;
    int32_t end = 0;
  };
  std::vector<Range> ranges;
  each_part(conversion.body, [&](Statements& statements) {
    for (const Statement& one : statements.list) {
      const auto* loop = std::get_if<ForRows>(&one.node);
      const bool gives = gives_row(record, one);
      if (gives) ranges.push_back({one.end, statements.list.back().end});
      if (gives && loop != nullptr && !loop->statements.list.empty())
        ranges.push_back({loop->statements.list.front().offset, one.end});
    }
  });
  bool good = true;
  const auto read_at = [&](int32_t offset) {
    good = good && std::ranges::any_of(ranges, [&](const Range& range) {
             return range.begin <= offset && offset < range.end;
           });
  };
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
    if (ref != nullptr && !ref->names.empty() && ref->names[0] == record) read_at(expr.offset);
  };
  ast::walk(conversion.body, look);
  each_part(conversion.body, [&](Assignment& one) {
    if (one.target.names[0] == record) read_at(one.target.offset);
  });
  each_part(conversion.body, [&](StaticSql& one) {
    const auto* text = std::get_if<ast::Opaque>(&one.statement);
    if (text == nullptr) return;
    for (const transform::Token& token : transform::scan(text->text).tokens) {
      if (token.is_name() && token.name() == record) read_at(one.offset);
    }
  });
  return good;
}

}  // namespace pg2crdb::routines
