// VALUES, UNION and the like where rows are looked at one by one: a SELECT from them, which may have one more
// column.
#include <algorithm>
#include <utility>

#include "routines/query_columns.h"

namespace pg2crdb::routines {

bool make_select(Conversion& conversion, ast::Query& query) {
  if (!query.left && query.values.empty()) return true;
  const std::optional<std::vector<Field>> fields = columns_of(conversion, query);
  if (!fields) return false;
  ast::SubqueryRef rows;
  rows.alias.name = conversion.new_name("all_rows");
  for (size_t i = 0; i < fields->size(); ++i) {
    const std::string& name = (*fields)[i].name;
    rows.alias.columns.push_back(name.empty() ? conversion.new_name("column" + std::to_string(i + 1)) : name);
  }
  const auto output = [&](const std::string& name) { return column({rows.alias.name, name}); };
  ast::Query all;
  // What is ordered inside of FROM is in no order outside.
  for (const ast::SortItem& item : query.order_by) {
    ast::SortItem now = item;
    const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node);
    const auto* literal = std::get_if<ast::Literal>(&item.expr->node);
    size_t place = fields->size();
    if (ref != nullptr && ref->names.size() == 1)
      place = static_cast<size_t>(std::ranges::find(*fields, ref->names[0], &Field::name) - fields->begin());
    if (literal != nullptr && literal->kind == ast::Literal::Kind::integer && literal->text.size() == 1)
      place = static_cast<size_t>(literal->text[0] - '1');
    if (place >= fields->size()) return false;
    now.expr = output(rows.alias.columns[place]);
    all.order_by.push_back(std::move(now));
  }
  for (const std::string& name : rows.alias.columns) {
    ast::SelectItem item;
    item.expr = output(name);
    all.targets.push_back(std::move(item));
  }
  if (!query.limit && !query.offset) query.order_by.clear();
  rows.query = std::move(query);
  all.from.push_back({std::move(rows)});
  query = std::move(all);
  return true;
}

}  // namespace pg2crdb::routines
