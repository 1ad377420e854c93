#include "routines/unread.h"

#include <algorithm>
#include <utility>

#include "ast/body_parts.h"
#include "parser/parser.h"
#include "parser/plpgsql.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

Change change_at(const std::string& body, std::string what, int32_t offset) {
  const auto place = std::min(static_cast<size_t>(std::max(offset, 0)), body.size());
  const auto line = std::count(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(place), '\n');
  return {std::move(what), static_cast<size_t>(line) + 1, place};
}

}  // namespace

std::optional<Change> unread_part(const std::string& body, std::string_view routine) {
  ParsedBody parsed = parse_plpgsql(body, routine);
  if (!parsed.body) return change_at(body, parsed.error, parsed.error_offset);
  std::optional<Change> first;
  const auto look = [&](const std::string& sql, int32_t offset) {
    const ParsedStatement statement = parse_statement(sql);
    if (!first && !statement.error.empty()) first = change_at(body, statement.error, offset);
  };
  each_part(*parsed.body, [&](StaticSql& one) {
    if (const auto* text = std::get_if<ast::Opaque>(&one.statement)) look(text->text, one.offset);
  });
  each_part(*parsed.body, [&](Value& one) {
    if (const auto* text = std::get_if<ast::Opaque>(&one.node)) look("SELECT " + text->text, one.offset);
  });
  return first;
}

}  // namespace pg2crdb::routines
