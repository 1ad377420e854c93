// Numbers that rows take from sequences: those of rows that are rolled back are gone all the same.
#include "bind/drawn_numbers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ast/sequence_call.h"
#include "bind/domain_default.h"
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

/// The sequences that defaults of a table's columns name before a statement, by column.
std::map<std::string, ObjectId> default_sequences(ObjectId table, const ast::Statement& statement,
                                                  const ast::Script& script, const Binder& binder) {
  std::map<std::string, ast::Column> columns;
  const auto alter = [&](const ast::AlterCommand& command) {
    if (const auto* add = std::get_if<ast::AddColumn>(&command)) columns[add->column.name] = add->column;
    if (const auto* set = std::get_if<ast::SetDefault>(&command))
      columns[set->column].default_value = set->value;
  };
  for (ast::StatementId id = 0; id < statement.id; ++id) {
    const ast::Statement& one = script.statements[id];
    if (!one.live()) continue;
    const auto* create = std::get_if<ast::CreateTable>(&one.node);
    const auto* altered = std::get_if<ast::AlterTable>(&one.node);
    if (create != nullptr && create->name.object == table) {
      for (const ast::Column& column : create->columns) columns[column.name] = column;
    } else if (altered != nullptr && altered->name.object == table) {
      std::for_each(altered->commands.begin(), altered->commands.end(), alter);
    }
  }
  Path path = binder.session().path();
  path.push_back("public");
  std::map<std::string, ObjectId> sequences;
  for (const auto& [name, column] : columns) {
    const ast::Expr* given = column.default_value ? &*column.default_value : domain_default(column, script);
    const std::optional<ast::Name> sequence = given == nullptr ? std::nullopt : ast::nextval_sequence(*given);
    if (!sequence) continue;
    const ObjectId found = binder.names.find(ast::ObjectKind::sequence, *sequence, path);
    if (script.objects[found].made_here()) sequences[name] = found;
  }
  return sequences;
}

}  // namespace

std::vector<DrawnNumbers> drawn_by(const ast::Insert& insert, ObjectId table, const ast::Statement& statement,
                                   const ast::Script& script, const Binder& binder) {
  const std::vector<ObjectId> columns = binder.names.columns(table);
  const std::map<std::string, ObjectId> of_defaults = default_sequences(table, statement, script, binder);
  std::vector<std::string> column_names;
  for (const ObjectId id : columns) column_names.push_back(script.objects[id].name.name);
  const std::optional<std::vector<uint64_t>> taken = defaults_of(insert, column_names);
  std::vector<DrawnNumbers> drawn;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (taken && (*taken)[i] == 0) continue;
    const std::optional<uint64_t> count = taken ? std::optional((*taken)[i]) : std::nullopt;
    if (const auto given = of_defaults.find(column_names[i]); given != of_defaults.end()) {
      drawn.push_back({given->second, count});
      continue;
    }
    const std::vector<ObjectId>& owned = binder.names.members(columns[i]);
    const bool has_own =
        std::ranges::any_of(owned, [&](ObjectId id) { return is_made_by_column(script, id); });
    for (const ObjectId id : owned) {
      if (script.objects[id].kind == ast::ObjectKind::sequence && (!has_own || is_made_by_column(script, id)))
        drawn.push_back({id, count});
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
