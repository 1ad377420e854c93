#include "routines/query_from.h"

#include <algorithm>

#include "ast/signature.h"
#include "routines/function_types.h"
#include "routines/query_columns.h"

namespace pg2crdb::routines {
namespace {

bool rename(std::vector<Field>& fields, const std::vector<std::string>& names) {
  if (names.size() > fields.size()) return false;
  for (size_t i = 0; i < names.size(); ++i) fields[i].name = names[i];
  return true;
}

}  // namespace

/// Of one that is one or the other.
ast::TypeName type_of_both(const ast::TypeName& one, const ast::TypeName& other) {
  if (one.empty() || one.name != other.name || one.array_bounds != other.array_bounds) return {};
  ast::TypeName type = one;
  type.modifiers.clear();
  return type;
}

From::From(const Conversion& conversion, const ast::Query& query, CommonTables common_tables)
    : conversion_(conversion), common_tables_(std::move(common_tables)) {
  for (const ast::CommonTable& table : query.with) {
    std::optional<std::vector<Field>> fields;
    if (table.query) fields = of_common_table(*table.query, query.recursive);
    known_ = known_ && fields && rename(*fields, table.columns);
    if (!known_) return;
    common_tables_.insert(common_tables_.begin(), {table.name, std::move(*fields)});
  }
  for (const ast::FromItem& item : query.from) {
    const Columns columns = add(item);
    star_.insert(star_.end(), columns.begin(), columns.end());
  }
}

/// `*`, or `t.*`.
std::vector<Field> From::all(const std::string& table) const {
  std::vector<Field> result;
  if (table.empty()) {
    for (const size_t at : star_) result.push_back(fields_[at]);
    return result;
  }
  for (const Field& field : fields_) {
    if (field.source.size() == 2 && field.source[0] == table) result.push_back(field);
  }
  return result;
}
const Field* From::find(const std::vector<std::string>& names) const {
  const Field* found = nullptr;
  for (size_t i = 0; i < fields_.size(); ++i) {
    const bool is_it = names.size() == 1 ? fields_[i].name == names[0] && !merged_.contains(i)
                                         : fields_[i].source == std::vector(names.end() - 2, names.end());
    if (is_it && found != nullptr) return nullptr;
    if (is_it) found = &fields_[i];
  }
  return found;
}
bool From::has(const std::string& column) const {
  return std::ranges::any_of(fields_, [&](const Field& field) { return field.name == column; });
}

/// One that reads itself has the columns of what it begins with.
std::optional<std::vector<Field>> From::of_common_table(const ast::Query& query, bool recursive) const {
  if (!recursive || !query.left) return columns_below(conversion_, query, common_tables_);
  std::optional<std::vector<Field>> fields = columns_below(conversion_, *query.left, common_tables_);
  if (fields) {
    for (Field& field : *fields) field.type.modifiers.clear();
  }
  return fields;
}

From::Columns From::add_all(std::optional<std::vector<Field>> fields, const ast::Alias& alias,
                            const std::string& name) {
  known_ = fields && rename(*fields, alias.columns);
  Columns result;
  if (!known_) return result;
  for (Field& field : *fields) {
    field.source = {alias.name.empty() ? name : alias.name, field.name};
    result.push_back(fields_.size());
    fields_.push_back(std::move(field));
  }
  return result;
}

From::Columns From::add(const ast::FromItem& item) {
  if (!known_) return {};
  if (const auto* table = std::get_if<ast::TableRef>(&item.node))
    return add_all(of_relation(table->name), table->alias, table->name.name);
  if (const auto* join = std::get_if<ast::Join>(&item.node)) return add(*join);
  if (const auto* query = std::get_if<ast::SubqueryRef>(&item.node))
    return add_all(columns_below(conversion_, *query->query, common_tables_), query->alias, {});
  return add(std::get<ast::FunctionRef>(item.node));
}

/// The columns that USING names come first, and once.
From::Columns From::add(const ast::Join& join) {
  Columns left = add(*join.left);
  Columns right = add(*join.right);
  known_ = known_ && join.alias.name.empty() && join.using_alias.empty();
  if (!known_) return {};
  std::vector<std::string> names = join.using_columns;
  for (const size_t at : left) {
    if (join.natural && place_of(right, fields_[at].name)) names.push_back(fields_[at].name);
  }
  Columns result;
  for (const std::string& name : names) {
    const std::optional<size_t> one = place_of(left, name), other = place_of(right, name);
    known_ = one && other;
    if (!known_) return {};
    Field both = fields_[*one];
    both.type = type_of_both(fields_[*one].type, fields_[*other].type);
    both.source = {name};
    std::erase(left, *one);
    std::erase(right, *other);
    merged_.insert({*one, *other});
    result.push_back(fields_.size());
    fields_.push_back(std::move(both));
  }
  result.insert(result.end(), left.begin(), left.end());
  result.insert(result.end(), right.begin(), right.end());
  return result;
}

/// Nothing where none or several have the name.
std::optional<size_t> From::place_of(const Columns& columns, const std::string& name) const {
  std::optional<size_t> found;
  for (const size_t at : columns) {
    if (fields_[at].name != name) continue;
    if (found) return std::nullopt;
    found = at;
  }
  return found;
}

From::Columns From::add(const ast::FunctionRef& item) {
  const bool is_plain =
      item.functions.size() == 1 && item.columns.empty() && item.functions[0].columns.empty();
  const auto* call = is_plain ? std::get_if<ast::FunctionCall>(&item.functions[0].call->node) : nullptr;
  known_ = call != nullptr;
  if (!known_) return {};
  std::optional<std::vector<Field>> fields =
      of_function(*call, item.alias.name.empty() ? call->name.name : item.alias.name);
  if (!fields && conversion_.routine.catalog.functions(call->name).empty())
    fields = of_built_in(*call, item.alias.name);
  if (fields && item.ordinality) fields->push_back({"ordinality", built_in_type("int8"), {}});
  return add_all(std::move(fields), item.alias, call->name.name);
}

std::optional<std::vector<Field>> From::of_relation(const ast::Name& name) const {
  if (name.schema.empty()) {
    const auto found = std::ranges::find(common_tables_, name.name, &CommonTables::value_type::first);
    if (found != common_tables_.end()) return found->second;
  }
  const ast::Statement* made = conversion_.routine.relation(name);
  const auto* as = made == nullptr ? nullptr : std::get_if<ast::CreateTableAs>(&made->node);
  const bool is_view = made != nullptr && (std::holds_alternative<ast::CreateView>(made->node) ||
                                           (as != nullptr && as->materialized_view));
  if (is_view) return of_view(*made);
  return conversion_.row_fields(name);
}

/// The names in its query are none of the body's.
std::optional<std::vector<Field>> From::of_view(const ast::Statement& statement) const {
  const auto of = [&](const auto& view) -> std::optional<std::vector<Field>> {
    std::optional<std::vector<Field>> fields = columns_below(conversion_, *view.query, {});
    if (!fields || !rename(*fields, view.columns)) return std::nullopt;
    for (Field& field : *fields) field.source.clear();
    return fields;
  };
  if (const auto* view = std::get_if<ast::CreateView>(&statement.node)) return of(*view);
  const auto* view = std::get_if<ast::CreateTableAs>(&statement.node);
  return view == nullptr ? std::nullopt : of(*view);
}

/// Of one of the script's own: of several those that take as many arguments, where all give the same.
std::optional<std::vector<Field>> From::of_function(const ast::FunctionCall& call,
                                                    const std::string& called) const {
  std::optional<std::vector<Field>> found;
  for (const ast::Statement* statement : conversion_.routine.catalog.functions(call.name)) {
    const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
    if (function == nullptr) return std::nullopt;
    if (!ast::may_take(*function, call.arguments.size())) continue;
    std::optional<std::vector<Field>> fields = of_function(*function, called);
    if (!fields || (found && *fields != *found)) return std::nullopt;
    found = std::move(fields);
  }
  return found;
}

/// What gives no row gives one column, which has the function's name or its alias.
std::optional<std::vector<Field>> From::of_function(const ast::CreateFunction& function,
                                                    const std::string& called) const {
  std::vector<Field> fields;
  for (const ast::FunctionParameter& one : function.parameters) {
    using Mode = ast::FunctionParameter::Mode;
    if (one.mode == Mode::in || one.mode == Mode::variadic) continue;
    if (one.name.empty()) return std::nullopt;
    fields.push_back({one.name, conversion_.known_type(one.type).value_or(ast::TypeName()), {}});
  }
  if (!fields.empty()) return fields;
  ast::TypeName returned = *function.returns;
  if (auto row = returned.array_bounds.empty() ? conversion_.row_fields(returned.name) : std::nullopt)
    return row;
  returned.set_of = false;
  const std::optional<ast::TypeName> type = conversion_.known_type(returned);
  return type ? std::optional(std::vector<Field>{{called, *type, {}}}) : std::nullopt;
}

/// Of a function of PostgreSQL's own that gives rows.
std::optional<std::vector<Field>> From::of_built_in(const ast::FunctionCall& call,
                                                    const std::string& alias) const {
  std::vector<std::optional<ast::TypeName>> types;
  for (const ast::Expr& one : call.arguments) types.push_back(computed_type(conversion_, *this, one));
  return rows_of_call(call.name.name, types, alias);
}

}  // namespace pg2crdb::routines
