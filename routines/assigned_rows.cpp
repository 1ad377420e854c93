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

/// Whether there is a row behind it: behind a choice, where each way gives one.
bool gives_row(const std::string& record, const Statement& statement) {
  if (const auto* run = std::get_if<RunSql>(&statement.node)) return is_target(record, run->into.targets);
  if (const auto* loop = std::get_if<ForRows>(&statement.node)) return is_target(record, loop->targets);
  if (const auto* fetch = std::get_if<Fetch>(&statement.node)) return is_target(record, fetch->into.targets);
  const auto* choice = std::get_if<If>(&statement.node);
  if (choice == nullptr || !choice->has_else) return false;
  const auto some_gives = [&](const Statements& way) {
    return std::ranges::any_of(way.list, [&](const Statement& one) { return gives_row(record, one); });
  };
  return some_gives(choice->otherwise) && std::ranges::all_of(choice->branches, [&](const Branch& branch) {
           return some_gives(branch.statements);
         });
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
