#include "passes/adapt_expressions/given_columns.h"

#include <algorithm>
#include <utility>

#include "ast/equal.h"
#include "ast/shown_name.h"
#include "ast/walk.h"
#include "passes/adapt_expressions/extracts.h"
#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

using Types = std::vector<ast::TypeName>;  ///< by column; empty ones stay as they are

bool is_star(const ast::SelectItem& item) {
  const auto* column = std::get_if<ast::ColumnRef>(&item.expr->node);
  return column != nullptr && column->star;
}

ast::Expr column(const std::string& name) {
  ast::ColumnRef reference;
  reference.names = {name};
  return {std::move(reference), -1};
}

/// Without what PostgreSQL does not look at in what a routine gives.
void cast(ast::Expr& value, ast::TypeName type) {
  type.modifiers.clear();
  type.set_of = false;
  const int32_t offset = value.offset;
  value = {ast::Cast{ast::Box<ast::Expr>(std::move(value)), std::move(type)}, offset};
}

/// What EXTRACT gives keeps its places.
void make(ast::Expr& value, const ast::TypeName& type, bind::ExpressionTypes& types) {
  if (type_of(type) == Type::decimal && is_exact_there(value, types))
    make_exact(value, types);
  else
    cast(value, type);
}

/// The place in what a query shows that it sorts or groups by: of a number, or a bare name.
size_t place_of(const ast::Expr& expr, const std::vector<std::string>& names) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  if (literal != nullptr && literal->kind == ast::Literal::Kind::integer && literal->text.size() < 4)
    return std::min(std::stoul(literal->text) - 1, names.size());
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  if (reference == nullptr || reference->star || reference->names.size() != 1) return names.size();
  return static_cast<size_t>(std::ranges::find(names, reference->names[0]) - names.begin());
}

std::vector<std::string> shown_names(const ast::Query& query) {
  std::vector<std::string> names;
  for (const ast::SelectItem& item : query.targets) names.push_back(ast::shown_name(item));
  return names;
}

/// Whether a column can be cast where it stands. Rows would be told apart by what they are cast to.
bool can_cast_in_place(const ast::Query& query, const Types& to) {
  const bool is_compared = query.distinct && query.distinct_on.empty();
  if (query.set_operation != ast::Query::SetOperation::none || !query.values.empty() || is_compared ||
      query.targets.size() != to.size() || std::ranges::any_of(query.targets, is_star))
    return false;
  const std::vector<std::string> names = shown_names(query);
  const auto is_cast = [&](const ast::Expr& one) {
    const size_t place = place_of(one, names);
    return place < to.size() && !to[place].empty() &&
           (std::holds_alternative<ast::Literal>(one.node) || !query.targets[place].alias.empty());
  };
  return std::ranges::none_of(query.group_by, is_cast) && std::ranges::none_of(query.distinct_on, is_cast);
}

/// What is sorted by a column is sorted by what it was.
void cast_in_place(ast::Query& query, const Types& to, bind::ExpressionTypes& types) {
  const std::vector<std::string> names = shown_names(query);
  for (ast::SortItem& item : query.order_by) {
    const size_t place = place_of(*item.expr, names);
    if (place >= to.size() || to[place].empty()) continue;
    ast::Expr was = *query.targets[place].expr;
    if (std::holds_alternative<ast::Literal>(was.node)) continue;  // a number would be a place
    item.expr = std::move(was);
    query.targets[place].alias = "column" + std::to_string(place + 1);
  }
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i].empty()) continue;
    if (query.group_by.empty())
      make(*query.targets[i].expr, to[i], types);
    else
      cast(*query.targets[i].expr, to[i]);
  }
}

/// A SELECT from the query. What orders it says so outside: rows of a subquery are in no order.
bool cast_around(ast::Query& query, const std::vector<std::string>& shown, const Types& to) {
  if (!query.locking.empty()) return false;
  ast::SubqueryRef rows;
  rows.alias.name = "result";
  for (size_t i = 0; i < to.size(); ++i) rows.alias.columns.push_back("column" + std::to_string(i + 1));
  ast::Query all;
  all.recursive = query.recursive;
  all.with = std::move(query.with);  // may change rows, which it may only outside
  query.recursive = false;
  query.with.clear();
  for (const ast::SortItem& item : query.order_by) {
    size_t place = place_of(*item.expr, shown);
    for (size_t i = 0; i < query.targets.size() && place >= to.size(); ++i) {
      const bool is_it = query.targets.size() == to.size() && ast::equal(*query.targets[i].expr, *item.expr);
      if (is_it) place = i;
    }
    if (place >= to.size()) {
      query.recursive = all.recursive;
      query.with = std::move(all.with);
      return false;
    }
    ast::SortItem outside = item;
    ast::ColumnRef inside;  // its bare name is that of what is shown
    inside.names = {rows.alias.name, rows.alias.columns[place]};
    outside.expr = ast::Expr{std::move(inside), -1};
    all.order_by.push_back(std::move(outside));
  }
  for (size_t i = 0; i < to.size(); ++i) {
    ast::SelectItem item;
    item.expr = column(rows.alias.columns[i]);
    if (!to[i].empty()) cast(*item.expr, to[i]);
    all.targets.push_back(std::move(item));
  }
  const bool chooses = query.limit || query.offset || !query.distinct_on.empty();
  if (!chooses) query.order_by.clear();
  rows.query = std::move(query);
  all.from.push_back({std::move(rows), -1});
  query = std::move(all);
  return true;
}

/// Types that CockroachDB takes for one another in a result.
std::string_view family(const ast::TypeName& type) {
  const std::string_view name = type.name.name;
  ast::TypeName element;
  element.name = type.name;
  switch (type_of(element)) {
    case Type::integer:
      return "integer";
    case Type::floating:
      return "floating";
    case Type::text:
      return "text";
    default:
      return name == "json" ? std::string_view("jsonb") : name == "name" ? std::string_view("text") : name;
  }
}

/// Bytes of an integer.
int width(const ast::TypeName& type) {
  const std::string& name = type.name.name;
  if (name == "int2" || name == "smallint" || name.starts_with("smallserial")) return 2;
  return name == "int8" || name == "bigint" || name == "bigserial" || name == "serial8" ? 8 : 4;
}

/// What is a sum of integers there has no fractions, but is a decimal.
template <class Node>
bool sums(Node& node) {
  bool found = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& one) {
    const auto* call = std::get_if<ast::FunctionCall>(&one.node);
    found = found || (call != nullptr && call->name.name == "sum" && built_in(call->name));
  };
  ast::walk(node, look);
  return found;
}

/// Whether it names something that no table has: what a query inside computes.
bool reads_computed(ast::Expr& expr) {
  bool found = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& one) {
    const auto* reference = std::get_if<ast::ColumnRef>(&one.node);
    found = found || (reference != nullptr && reference->object == ast::no_object);
  };
  ast::walk(expr, look);
  return found;
}

/// All expressions that a column is made of; false where one is not seen.
bool leaves(ast::Query& query, size_t place, std::vector<ast::Expr*>& found) {
  if (query.set_operation != ast::Query::SetOperation::none)
    return query.left && query.right && leaves(*query.left, place, found) &&
           leaves(*query.right, place, found);
  for (std::vector<ast::Expr>& row : query.values) {
    if (place >= row.size()) return false;
    found.push_back(&row[place]);
  }
  if (!query.values.empty()) return true;
  if (place >= query.targets.size() || std::ranges::any_of(query.targets, is_star)) return false;
  found.push_back(&*query.targets[place].expr);
  return true;
}

bool is_untyped(const ast::Expr& expr) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr &&
         (literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null);
}

bool needs_cast(const ast::TypeName& type, const ast::TypeName& declared,
                const std::vector<ast::Expr*>& made_of, bool any_sum) {
  if (declared.percent_type || type_of(declared) == Type::unknown || declared.name.name == "record")
    return false;
  const bool untyped =
      !made_of.empty() && std::ranges::all_of(made_of, [](const ast::Expr* one) { return is_untyped(*one); });
  if (untyped) {  // a text for PostgreSQL
    const bool any_null = std::ranges::any_of(made_of, [](const ast::Expr* one) {
      return std::get<ast::Literal>(one->node).kind == ast::Literal::Kind::null;
    });
    return any_null && family(declared) == "text" && declared.array_bounds.empty();
  }
  if (type.empty() || type.percent_type) return false;
  if (type.array_bounds.empty() != declared.array_bounds.empty()) return false;
  if (family(type) != family(declared)) return true;
  if (family(type) == "floating") return type.name.name == "float8" && declared.name.name == "float4";
  if (family(type) != "integer") return false;
  if (width(type) > width(declared) || (any_sum && made_of.empty())) return true;
  return any_sum && std::ranges::any_of(made_of, [](ast::Expr* one) {
           return !std::holds_alternative<ast::Cast>(one->node) && (sums(*one) || reads_computed(*one));
         });
}

/// Whether PostgreSQL has the declared type already: of a sum of integers, or of what EXTRACT gives.
bool is_declared_there(const ast::TypeName& type, const ast::TypeName& declared,
                       const std::vector<ast::Expr*>& made_of, bind::ExpressionTypes& types) {
  if (family(type) == "integer") return family(declared) == "integer" && width(type) == width(declared);
  return family(declared) == "numeric" && !made_of.empty() &&
         std::ranges::all_of(made_of, [&](ast::Expr* one) { return is_exact_there(*one, types); });
}

/// What a statement gives, item by item; null where it is a query.
std::vector<ast::SelectItem>* returning(ast::StatementNode& statement) {
  return std::visit(
      [](auto& one) -> std::vector<ast::SelectItem>* {
        if constexpr (ast::changes_rows<std::remove_cvref_t<decltype(one)>>) return &one.returning.targets;
        return nullptr;
      },
      statement);
}

/// Whether other tables stand beside the one that is changed.
bool reads_others(const ast::StatementNode& statement) {
  const auto* update = std::get_if<ast::Update>(&statement);
  const auto* erase = std::get_if<ast::Delete>(&statement);
  return (update != nullptr && !update->from.empty()) || (erase != nullptr && !erase->using_.empty()) ||
         std::holds_alternative<ast::Merge>(statement);
}

/// False where a column stays as it is. `named`: the query's columns are called as those of this side.
bool cast_side(ast::Query& side, const Types& to, const std::vector<std::string>& names, bool named) {
  if (std::ranges::all_of(to, &ast::TypeName::empty)) return true;
  if (side.set_operation != ast::Query::SetOperation::none && side.left && side.right) {
    const bool left = cast_side(*side.left, to, names, named);
    return cast_side(*side.right, to, names, false) && left;
  }
  for (std::vector<ast::Expr>& row : side.values) {
    for (size_t i = 0; i < std::min(row.size(), to.size()); ++i) {
      if (!to[i].empty()) cast(row[i], to[i]);
    }
  }
  if (!side.values.empty()) return true;
  if (side.targets.size() != to.size() || std::ranges::any_of(side.targets, is_star)) {
    if (!side.order_by.empty() || !cast_around(side, {}, to)) return false;
    for (size_t i = 0; i < to.size() && named; ++i) side.targets[i].alias = names[i];
    return true;
  }
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i].empty()) continue;
    ast::SelectItem& item = side.targets[i];
    cast(*item.expr, to[i]);
    if (named && item.alias.empty() && ast::shown_name(item) != names[i]) item.alias = names[i];
  }
  return true;
}

}  // namespace

bool cast_columns(ast::Query& query, const std::vector<ast::TypeName>& to, bind::ExpressionTypes& types) {
  if (!can_cast_in_place(query, to)) return cast_around(query, {}, to);
  cast_in_place(query, to, types);
  return true;
}

std::vector<ast::Column> declared_columns(const ast::CreateFunction& function, const ast::Catalog& catalog,
                                          bool in_order) {
  using Mode = ast::FunctionParameter::Mode;
  std::vector<ast::Column> columns;
  for (const ast::FunctionParameter& one : function.parameters) {
    if (one.mode != Mode::out && one.mode != Mode::inout && one.mode != Mode::table) continue;
    ast::Column& column = columns.emplace_back();
    column.name = one.name;
    column.type = one.type;
  }
  if (!columns.empty() || in_order || !function.returns->array_bounds.empty()) return columns;
  const ast::Statement* made = catalog.composite_type(function.returns->name);
  if (made == nullptr) made = catalog.table(function.returns->name);
  if (made == nullptr) return columns;
  if (const auto* type = std::get_if<ast::CreateCompositeType>(&made->node)) return type->attributes;
  const auto* table = std::get_if<ast::CreateTable>(&made->node);
  if (table != nullptr && table->inherits.empty() && table->likes.empty()) return table->columns;
  return columns;
}

GivenColumns write_given_columns(ast::StatementNode& statement, const std::vector<ast::Column>& columns,
                                 bind::ExpressionTypes& types, Coercion coercion) {
  const auto given = types.results(statement);
  std::vector<ast::SelectItem>* items = returning(statement);
  auto* select = std::get_if<ast::SelectStatement>(&statement);
  // RETURNING * is not counted, nor is what else is not known.
  const bool counted = given ? given->size() == columns.size()
                       : items != nullptr
                           ? items->size() == columns.size() && std::ranges::none_of(*items, is_star)
                           : false;
  if (!counted || (items == nullptr && select == nullptr)) return {};
  const bool any_sum = sums(statement);
  Types to(columns.size());
  std::vector<std::string> names;
  size_t first = columns.size();
  for (size_t i = 0; i < columns.size(); ++i) {
    std::vector<ast::Expr*> made_of;
    if (select != nullptr && !leaves(*select->query, i, made_of)) made_of.clear();
    if (items != nullptr && !std::ranges::any_of(*items, is_star)) made_of = {&*(*items)[i].expr};
    if (given) names.push_back((*given)[i].name);
    const ast::TypeName type = given ? (*given)[i].type : ast::TypeName();
    if (!needs_cast(type, columns[i].type, made_of, any_sum)) continue;
    if (coercion == Coercion::refuses && !is_declared_there(type, columns[i].type, made_of, types)) continue;
    to[i] = columns[i].type;
    first = std::min(first, i);
  }
  if (first == columns.size()) return {};
  if (items != nullptr) {
    if (std::ranges::any_of(*items, is_star)) {
      if (!given || items->size() != 1 || reads_others(statement)) return {false, columns[first].name};
      items->clear();
      for (const std::string& name : names) {
        items->emplace_back();
        items->back().expr = column(name);
      }
    }
    for (size_t i = 0; i < to.size(); ++i) {
      if (!to[i].empty()) make(*(*items)[i].expr, to[i], types);
    }
    return {true};
  }
  ast::Query& query = *select->query;
  if (can_cast_in_place(query, to)) {
    cast_in_place(query, to, types);
    return {true};
  }
  // From outside, nobody sees which of the integers is a sum.
  for (size_t i = 0; i < to.size() && any_sum; ++i) {
    if (needs_cast((*given)[i].type, columns[i].type, {}, any_sum)) to[i] = columns[i].type;
  }
  if (!cast_around(query, names, to)) {
    return {false, columns[first].name};
  }
  return {true};
}

namespace {

/// One side of a set operation in one column.
struct Side {
  ast::Query& query;
  const ast::TypeName& type;
  ast::TypeName& to;  ///< what it is cast to; empty: it stays
};

/// How long a text of the type may be; 0: as long as it wants.
size_t limit_of(const ast::TypeName& type) {
  const bool has_limit = type_of(type) == Type::text && type.modifiers.size() == 1;
  return has_limit && type.modifiers[0].size() < 9 ? std::stoul(type.modifiers[0]) : 0;
}

bool same_limits(const ast::TypeName& left, const ast::TypeName& right) {
  return left.name.name == right.name.name && left.modifiers == right.modifiers;
}

bool has_longer(const Side& side, size_t place, size_t limit) {
  if (!side.type.empty()) return false;
  std::vector<ast::Expr*> made_of;
  if (!leaves(side.query, place, made_of)) return false;
  return std::ranges::any_of(made_of, [&](const ast::Expr* one) {
    const auto* literal = std::get_if<ast::Literal>(&one->node);
    return literal != nullptr && literal->kind == ast::Literal::Kind::string && literal->text.size() > limit;
  });
}

/// What a text of one kind beside another kind is, which PostgreSQL says by the first; texts with blanks
/// behind them are no kind of their own here.
std::string_view kind_of_text(const ast::TypeName& first, const ast::TypeName& second) {
  const std::string& name = (first.empty() ? second : first).name.name;
  const bool is_alike = first.empty() || second.empty() || first.name.name == second.name.name;
  return is_alike || name == "varchar" ? std::string_view(name) : "text";
}

/// CockroachDB gives both sides one of the two types with its limits, and cuts or rounds values to them.
void lift_limits(const Side& side, const Side& other, size_t place, std::string_view text) {
  if (!side.to.empty() || side.type.modifiers.empty() || !side.type.array_bounds.empty()) return;
  const Type type = type_of(side.type);
  // The longer limit of two would be that of a third side, which PostgreSQL has no limit for.
  const bool is_other_text = type_of(other.type) == Type::text && !same_limits(side.type, other.type);
  const bool is_cut = type == Type::text && limit_of(side.type) > 0 &&
                      (is_other_text || has_longer(other, place, limit_of(side.type)));
  const bool is_rounded = (type == Type::decimal || is_time(type)) &&
                          (type_of(other.type) == type || !other.to.empty()) &&
                          side.type.modifiers != (other.to.empty() ? other.type : other.to).modifiers;
  if (is_cut || is_rounded) side.to = bind::own_type(is_cut ? text : side.type.name.name);
}

/// What both sides become; whether one is a float for an exact number.
bool align(const Side& left, const Side& right) {
  const Type one = type_of(left.type), other = type_of(right.type);
  const auto is_exact = [](Type type) { return type == Type::integer || type == Type::decimal; };
  if (is_exact(one) && is_exact(other) && one != other)
    (one == Type::integer ? left : right).to = bind::own_type("numeric");
  const bool any_float =
      (one == Type::floating && is_exact(other)) || (is_exact(one) && other == Type::floating);
  if (any_float) (one == Type::floating ? right : left).to = bind::own_type("float8");
  if (const std::string_view type = one_type(one, other); !type.empty())
    (becomes(one, other) ? left : right).to = bind::own_type(type);
  return any_float;
}

}  // namespace

AlignedColumns write_sides(ast::Query& query, const Results& left, const Results& right) {
  AlignedColumns result;
  if (left.size() != right.size() || !query.left || !query.right) return result;
  Types left_to(left.size()), right_to(left.size());
  std::vector<std::string> names;
  for (size_t i = 0; i < left.size(); ++i) {
    const Side one{*query.left, left[i].type, left_to[i]}, other{*query.right, right[i].type, right_to[i]};
    names.push_back(left[i].name);
    result.any_float = align(one, other) || result.any_float;
    const std::string_view text = kind_of_text(left[i].type, right[i].type);
    lift_limits(one, other, i, text);
    lift_limits(other, one, i, text);
    result.changed = result.changed || !one.to.empty() || !other.to.empty();
  }
  if (!result.changed) return result;
  const bool done = cast_side(*query.left, left_to, names, true);
  result.refused = !cast_side(*query.right, right_to, names, false) || !done;
  return result;
}

}  // namespace pg2crdb::adapt
