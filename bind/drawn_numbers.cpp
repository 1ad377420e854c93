// Numbers that rows take from sequences: those of rows that are rolled back are gone all the same.
#include "bind/drawn_numbers.h"

#include <algorithm>
#include <utility>

#include "bind/history.h"
#include "bind/row_values.h"

namespace pg2crdb::bind {
namespace {

/// How many rows leave each of the columns to its default; nothing where that is not known.
std::optional<std::vector<uint64_t>> defaults_of(const ast::Insert& insert,
                                                 const std::vector<std::string>& columns) {
  if (has_default_values(insert)) return std::vector<uint64_t>(columns.size(), 1);
  std::vector<uint64_t> taken(columns.size());
  const std::vector<std::string> named = given_columns(insert);
  const std::vector<std::string>& given = named.empty() ? columns : named;
  const bool read = each_row(insert, [&](const std::vector<Said>& row) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto at = static_cast<size_t>(std::find(given.begin(), given.end(), columns[i]) - given.begin());
      if (at >= row.size() || row[at] == Said::default_) ++taken[i];
    }
  });
  return read ? std::optional(std::move(taken)) : std::nullopt;
}

}  // namespace

std::vector<DrawnNumbers> drawn_by(const ast::Insert& insert, ObjectId table, const ast::Script& script,
                                   const Namespace& names) {
  const std::vector<ObjectId> columns = names.columns(table);
  std::vector<std::string> column_names;
  for (const ObjectId id : columns) column_names.push_back(script.objects[id].name.name);
  const std::optional<std::vector<uint64_t>> taken = defaults_of(insert, column_names);
  std::vector<DrawnNumbers> drawn;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (taken && (*taken)[i] == 0) continue;
    const std::vector<ObjectId>& owned = names.members(columns[i]);
    const bool has_own =
        std::ranges::any_of(owned, [&](ObjectId id) { return is_made_by_column(script, id); });
    for (const ObjectId id : owned) {
      if (script.objects[id].kind == ast::ObjectKind::sequence && (!has_own || is_made_by_column(script, id)))
        drawn.push_back({id, taken ? std::optional((*taken)[i]) : std::nullopt});
    }
  }
  return drawn;
}

ast::SelectStatement take_numbers(const ast::Name& sequence, uint64_t count) {
  ast::SelectStatement select;
  select.query->targets.push_back({nextval(sequence), {}});
  if (count == 1) return select;
  const auto integer = [](uint64_t value) {
    return ast::Expr{ast::Literal{ast::Literal::Kind::integer, std::to_string(value)}, -1};
  };
  ast::FunctionCall series;
  series.name.name = "generate_series";
  series.arguments = {integer(1), integer(count)};
  ast::FunctionRef rows;
  rows.functions.push_back({ast::Expr{std::move(series), -1}, {}});
  select.query->from.push_back({std::move(rows)});
  return select;
}

}  // namespace pg2crdb::bind
