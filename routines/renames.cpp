#include "routines/renames.h"

#include <algorithm>

#include "emit/sql.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::routines {

namespace {

bool names_column(const ast::FromItem& item, const std::string& name) {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, name) != names.end();
  };
  if (const auto* table = std::get_if<ast::TableRef>(&item.node)) return has(table->alias.columns);
  if (const auto* query = std::get_if<ast::SubqueryRef>(&item.node)) return has(query->alias.columns);
  if (const auto* join = std::get_if<ast::Join>(&item.node))
    return has(join->alias.columns) || names_column(*join->left, name) || names_column(*join->right, name);
  const auto& function = std::get<ast::FunctionRef>(item.node);
  return has(function.alias.columns) ||
         std::ranges::find(function.columns, name, &ast::ColumnDefinition::name) != function.columns.end();
}

/// Behind which a name is one that is given.
bool gives_name(const transform::Token& before) {
  constexpr std::string_view words[] = {"as", "from", "into", "join", "table", "update", "using"};
  if (std::ranges::any_of(words, [&](std::string_view word) { return before.is(word); })) return true;
  return before.is_name() && !before.reserved && !before.is("by");
}

}  // namespace

bool Renaming::has_column(const ast::Query& query) const {
  const auto is_it = [&](const auto& one) { return one == from_; };
  if (std::ranges::any_of(query.targets, is_it, &ast::SelectItem::alias)) return true;
  for (const ast::CommonTable& table : query.with) {
    if (std::ranges::any_of(table.columns, is_it)) return true;
  }
  for (const ast::FromItem& item : query.from) {
    if (names_column(item, from_)) return true;
  }
  bool found = false;
  if (query.from.empty() || !conversion_.routine.columns.contains(from_)) return found;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
    found = found || (ref != nullptr && ref->names.size() == 1 && ref->names[0] == from_);
  };
  ast::walk(const_cast<ast::Query&>(query), look);
  return found;
}

bool Renaming::is_plain_text(const std::string& sql) const {
  const std::vector<transform::Token> tokens = transform::scan(sql).tokens;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_name() || tokens[i].name() != from_) continue;
    const bool is_part = i > 0 && tokens[i - 1].is(".");
    const bool is_row = i + 1 < tokens.size() && tokens[i + 1].is(".");
    const bool is_call = i + 1 < tokens.size() && tokens[i + 1].is("(");
    if (is_part || is_call) continue;
    if (i > 0 && gives_name(tokens[i - 1])) return false;
    if (!is_row && conversion_.routine.columns.contains(from_)) return false;
  }
  return true;
}

void Renaming::rename(ast::Expr& expr) const {
  auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
  if (ref != nullptr && !ref->names.empty() && ref->names[0] == from_) ref->names[0] = to_;
}

void Renaming::rename(ast::Opaque& sql) const {
  const std::string before = sql.text;
  const std::vector<transform::Token> tokens = transform::scan(before).tokens;
  for (size_t i = tokens.size(); i-- > 0;) {
    const bool is_it = tokens[i].is_name() && tokens[i].name() == from_ &&
                       !(i > 0 && tokens[i - 1].is(".")) && !(i + 1 < tokens.size() && tokens[i + 1].is("("));
    if (is_it)
      sql.text.replace(tokens[i].begin, tokens[i].end - tokens[i].begin,
                       to_sql(ast::Expr{ast::ColumnRef{{to_}}}, Dialect::cockroachdb));
  }
}

}  // namespace pg2crdb::routines
