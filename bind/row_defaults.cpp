// The word DEFAULT among the values of INSERTs: what it stands for when the rows come.
#include <optional>
#include <string>
#include <vector>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "bind/history.h"

namespace pg2crdb::bind {
namespace {

/// The text of a constant as the load writes it.
std::optional<std::string> constant_text(const ast::Expr& value, const ast::TypeName& type) {
  if (const auto* cast = std::get_if<ast::Cast>(&value.node)) {
    const bool same = cast->type.name.name == type.name.name && cast->type.modifiers == type.modifiers &&
                      cast->type.array_bounds.size() == type.array_bounds.size();
    // pg_dump writes the type of a text without its length.
    const bool text =
        cast->type.name.name == "varchar" && cast->type.modifiers.empty() && cast->type.array_bounds.empty();
    return same || text ? constant_text(*cast->argument, type) : std::nullopt;
  }
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  if (literal == nullptr) return std::nullopt;
  switch (literal->kind) {
    case ast::Literal::Kind::string:
    case ast::Literal::Kind::boolean:
    case ast::Literal::Kind::integer:
      return literal->text;
    default:
      return std::nullopt;
  }
}

}  // namespace

/// What each row gets that has DEFAULT in the column; an empty optional within: NULL; nothing: that differs,
/// or is not known.
std::optional<std::optional<std::string>> History::constant_default(const ast::Column& column) {
  const bool own_type = base_type(column.type).name.name != column.type.name.name;
  if (column.identity || own_type || !sequences_of(column).empty()) return std::nullopt;
  const ast::Expr* given = default_of(column);
  if (const auto late = late_defaults_.find(column.object); late != late_defaults_.end()) {
    const ast::SetDefault* set = set_default(late->second, column.name);
    if (set == nullptr) return std::nullopt;
    given = set->value ? &*set->value : nullptr;
  }
  if (given == nullptr) return std::optional<std::string>();
  if (const auto* literal = std::get_if<ast::Literal>(&given->node);
      literal != nullptr && literal->kind == ast::Literal::Kind::null)
    return std::optional<std::string>();
  std::optional<std::string> text = constant_text(*given, column.type);
  if (!text) return std::nullopt;
  return text;
}

/// It stands for one value, or all rows have it for the column, as if they left the column out.
void History::give_defaults(ast::DataBlock& block) {
  if (block.defaulted.empty()) return;
  std::vector<std::string> columns = given_columns(block);
  if (block.values > 0 && block.values < columns.size()) columns.resize(block.values);
  for (const auto& [value, rows] : block.defaulted) {
    const ast::Column* column = column_of(block, value);
    if (column != nullptr && column->generated) continue;
    std::optional<std::optional<std::string>> constant;
    // A partition may have a default of its own, which its rows get.
    const bool whole = whole_of(block.table.object) == block.table.object;
    if (column != nullptr && whole) constant = constant_default(*column);
    if (constant) {
      block.defaults.emplace(value, std::move(*constant));
      continue;
    }
    if (rows == block.rows && value < columns.size()) {
      columns[value].clear();
      continue;
    }
    const std::string name = to_string(object(block.table.object).name);
    block.left_out = "the value that DEFAULT stands for in some of them is not known";
    report(rows_of_default, statement(object(block.table.object).created), name,
           "some rows of `" + name + "` from line " + std::to_string(block.first_line) + " on have DEFAULT" +
               (column == nullptr ? std::string() : " for `" + column->name + "`") + ", which is computed");
    return;
  }
  block.columns = std::move(columns);
}

}  // namespace pg2crdb::bind
