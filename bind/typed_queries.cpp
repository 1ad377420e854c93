// What queries show, and the walk through the queries of a statement that knows it.
#include <algorithm>
#include <utility>

#include "ast/field_values.h"
#include "ast/shown_name.h"
#include "bind/expression_types.h"
#include "bind/order_readers.h"

namespace pg2crdb::bind {
namespace {

/// Whether a query shows a bare string or NULL in that place.
bool is_untyped(const ast::Query& query, size_t place) {
  if (query.set_operation != ast::Query::SetOperation::none)
    return query.left && query.right && is_untyped(*query.left, place) && is_untyped(*query.right, place);
  if (place >= query.targets.size()) return false;
  const auto* literal = std::get_if<ast::Literal>(&query.targets[place].expr->node);
  return literal != nullptr &&
         (literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null);
}

/// `(row).*`: as many columns as the row has.
bool is_row_taken_apart(const ast::Expr& expr) {
  const auto* part = std::get_if<ast::Indirection>(&expr.node);
  return part != nullptr && !part->steps.empty() && part->steps.back().kind == ast::Step::Kind::star;
}

/// Whether both are character(n), with blanks behind each.
bool have_other_lengths(const ast::TypeName& left, const ast::TypeName& right) {
  const auto is_filled = [](const ast::TypeName& type) {
    return type.name.name == "bpchar" && type.array_bounds.empty();
  };
  return is_filled(left) && is_filled(right) && left.modifiers != right.modifiers;
}

}  // namespace

/// Walks what is no query, and tells of expressions when their parts have been seen.
class TypedWalk {
 public:
  TypedWalk(ExpressionTypes& types, const ExpressionTypes::Scope* scope, const ast::Window* window = nullptr,
            bool sorts_nulls = true)
      : types_(types), scope_(scope), window_(window), sorts_nulls_(sorts_nulls) {}

  void operator()(ast::Expr& expr) const {
    (*this)(expr.node);
    types_.scope_ = scope_;
    if (types_.visitor_->expr) types_.visitor_->expr(expr);
    types_.look_for(expr);
  }
  /// What is shown without an alias is called by its expression: where that is written in another way, the
  /// name stays.
  void operator()(ast::SelectItem& item) const {
    const bool is_called = item.alias.empty() && !std::holds_alternative<ast::ColumnRef>(item.expr->node);
    const std::string name = is_called ? ast::shown_name(item) : std::string();
    ast::for_each_child(item, *this);
    if (is_called && name != ast::no_shown_name && ast::shown_name(item) != name) item.alias = name;
  }
  void operator()(ast::SortItem& item) const {
    (*this)(item.expr);
    types_.scope_ = scope_;
    if (types_.visitor_->sorted)
      types_.visitor_->sorted({.item = item,
                               .type = types_.of(*item.expr),
                               .may_be_null = sorts_nulls_ && types_.may_be_null(*item.expr),
                               .window = window_});
  }
  void operator()(ast::Window& window) const {
    ast::for_each_child(window, TypedWalk(types_, scope_, &window));
  }
  /// What aggregates WITHIN GROUP leaves NULLs out.
  void operator()(ast::CallModifiers& modifiers) const {
    ast::for_each_child(modifiers, TypedWalk(types_, scope_, nullptr, !modifiers.within_group));
  }
  void operator()(ast::Query& query) const { types_.query(query, scope_); }
  template <class T>
  void operator()(T& node) const {
    if constexpr (ast::changes_rows<T>) {
      types_.row_change(node, scope_);
    } else {
      ast::for_each_child(node, *this);
    }
  }

 private:
  ExpressionTypes& types_;
  const ExpressionTypes::Scope* scope_;
  const ast::Window* window_;
  bool sorts_nulls_;
};

template <class Node>
void ExpressionTypes::visit(Node& node, const Scope* scope) {
  if (visitor_ != nullptr) TypedWalk(*this, scope)(node);
}
template void ExpressionTypes::visit(ast::Expr&, const Scope*);
template void ExpressionTypes::visit(ast::StatementNode&, const Scope*);

void ExpressionTypes::walk(ast::StatementNode& node, const Visitor& visitor,
                           const std::vector<ast::TypeName>& gives) {
  visitor_ = &visitor;
  if (!gives.empty() && std::holds_alternative<ast::SelectStatement>(node)) wanted_ = &gives;
  visit(node, &statement_);
  visitor_ = nullptr;
  scope_ = &statement_;
}

void ExpressionTypes::walk(ast::Expr& expr, const Visitor& visitor) {
  visitor_ = &visitor;
  visit(expr, &statement_);
  visitor_ = nullptr;
  scope_ = &statement_;
}

template <class Owner>
void ExpressionTypes::common_table(ast::CommonTable& table, Owner& owner, Scope& scope) {
  const bool recursive = owner.recursive;
  if (!table.query) {
    Columns columns =
        std::visit([&](auto& change) { return row_change(change, &scope); }, table.change->node);
    name_columns(columns, table.columns);
    scope.common_tables.emplace_back(table.name, std::move(columns));
    return;
  }
  ast::Query& query = *table.query;
  const bool steps = recursive && query.with.empty() && query.left && query.right &&
                     query.set_operation == ast::Query::SetOperation::union_;
  if (!steps) {
    if (recursive) scope.common_tables.emplace_back(table.name, Columns{{}, false});
    const bool is_told = visitor_ != nullptr && !query.order_by.empty() && order_may_show(table.name, owner);
    Columns columns = this->query(query, &scope, is_told);
    name_columns(columns, table.columns);
    if (recursive) scope.common_tables.pop_back();
    scope.common_tables.emplace_back(table.name, std::move(columns));
    return;
  }
  // The first of its queries says the types.
  Columns columns = this->query(*query.left, &scope);
  for (Column& column : columns.list) column.may_be_null = true;
  const std::vector<Result> first = results_in(columns);
  name_columns(columns, table.columns);
  scope.common_tables.emplace_back(table.name, std::move(columns));
  if (visitor_ != nullptr) {
    const Columns others = this->query(*query.right, &scope);
    if (visitor_->aligned) visitor_->aligned(query, first, results_in(others));
  }
  naming_ = &query;
  visit(query.order_by, &scope);
  naming_ = nullptr;
  visit(query.limit, &scope);
  visit(query.offset, &scope);
}

void ExpressionTypes::from(ast::FromItem& item, Scope& scope) {
  if (auto* table = std::get_if<ast::TableRef>(&item.node)) {
    const std::string& alias = table->alias.name.empty() ? table->name.name : table->alias.name;
    const Columns* common = nullptr;
    const bool may_be = table->name.schema.empty() && table->name.object == ast::no_object;
    for (const Scope* at = &scope; at != nullptr && common == nullptr && may_be; at = at->outer) {
      const auto found = std::find_if(at->common_tables.rbegin(), at->common_tables.rend(),
                                      [&](const auto& one) { return one.first == table->name.name; });
      if (found != at->common_tables.rend()) common = &found->second;
    }
    Item entry = common != nullptr ? Item{alias, *common} : item_of(table->name, alias);
    if (!table->alias.columns.empty()) {
      entry.columns = columns_of(entry);
      entry.made = ast::no_statement;
      name_columns(entry.columns, table->alias.columns);
    }
    scope.items.push_back(std::move(entry));
  } else if (auto* subquery = std::get_if<ast::SubqueryRef>(&item.node)) {
    Item entry{subquery->alias.name, query(*subquery->query, &scope)};
    name_columns(entry.columns, subquery->alias.columns);
    scope.items.push_back(std::move(entry));
  } else if (auto* function = std::get_if<ast::FunctionRef>(&item.node)) {
    visit(function->functions, &scope);
    scope_ = &scope;
    scope.items.push_back(item_of(*function));
  } else if (auto* join = std::get_if<ast::Join>(&item.node)) {
    using Kind = ast::Join::Kind;
    const auto make_optional = [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) scope.items[i].is_optional = true;
    };
    const size_t first = scope.items.size();
    if (join->left) from(*join->left, scope);
    const size_t second = scope.items.size();
    if (join->right) from(*join->right, scope);
    if (join->kind == Kind::right || join->kind == Kind::full) make_optional(first, second);
    if (join->kind == Kind::left || join->kind == Kind::full) make_optional(second, scope.items.size());
    scope.merged.insert(scope.merged.end(), join->using_columns.begin(), join->using_columns.end());
    scope.is_natural = scope.is_natural || join->natural;
    for (size_t at = first; join->natural && visitor_ != nullptr && visitor_->told_apart && at < second;
         ++at) {
      for (const Column& one : columns_of(scope.items[at]).list) {
        const auto has_it = [&](const Item& other) {
          return std::ranges::find(columns_of(other).list, one.name, &Column::name) !=
                 columns_of(other).list.end();
        };
        if (std::any_of(scope.items.begin() + static_cast<std::ptrdiff_t>(second), scope.items.end(), has_it))
          visitor_->told_apart(type_of(one), -1);
      }
    }
    visit(join->on, &scope);
    if (join->natural || !join->using_alias.empty()) scope.items.push_back({join->using_alias, {{}, false}});
    if (join->alias.name.empty()) return;
    scope.items.resize(first);  // hidden
    scope.items.push_back({join->alias.name, {{}, false}});
  }
}

/// What a statement assigns, tests and returns sees the row that it changes, and what stands beside that.
template <class Change>
ExpressionTypes::Columns ExpressionTypes::row_change(Change& change, const Scope* outer) {
  Scope with;
  with.outer = outer;
  for (ast::CommonTable& table : change.with) common_table(table, change, with);
  Scope scope;
  scope.outer = &with;
  ast::FromItem changed{change.table, -1};
  from(changed, scope);
  if constexpr (std::is_same_v<Change, ast::Insert>) {
    visit(change.columns, &scope);
    // Each value of VALUES is one of its column, whatever stands above and below it.
    const bool is_list = change.query && !change.query->values.empty() && change.query->with.empty() &&
                         change.query->order_by.empty() && !change.query->limit && !change.query->offset;
    const std::vector<ast::TypeName> types = written_types(change.columns, scope.items.front());
    if (is_list) {
      visit(change.query->values, &with);
      for (std::vector<ast::Expr>& row : change.query->values) assigned(row, types, &with);
      scope_ = &with;
      if (visitor_ != nullptr && visitor_->inserted) visitor_->inserted(change.query->values, types);
    } else if (change.query) {
      wants(*change.query, types, &with);
    }
    Scope both = scope;
    both.items.push_back(scope.items.front());
    both.items.back().alias = "excluded";
    visit(change.conflict, &both);
    if (change.conflict) {
      for (const ast::IndexElement& one : change.conflict->elements) {
        if (one.column.empty()) continue;
        look_for(one.column, scope.items.front(), -1);
        scope_ = &scope;
        const bool asks = visitor_ != nullptr && visitor_->ambiguous;
        if (const auto relation = asks ? ambiguous_with({{one.column}}) : std::nullopt)
          visitor_->ambiguous(nullptr, one.column, *relation);
      }
      assigned(change.conflict->set, both);
    }
  } else if constexpr (std::is_same_v<Change, ast::Merge>) {
    from(*change.source, scope);
    visit(change.on, &scope);
    visit(change.actions, &scope);
  } else if constexpr (std::is_same_v<Change, ast::Update>) {
    for (ast::FromItem& item : change.from) from(item, scope);
    visit(change.set, &scope);
    assigned(change.set, scope);
    visit(change.where, &scope);
  } else {
    for (ast::FromItem& item : change.using_) from(item, scope);
    visit(change.where, &scope);
  }
  const ast::Returning& returning = change.returning;
  const Scope without_rows = scope;
  for (const auto& [name, word] :
       {std::pair(returning.old_name, "old"), std::pair(returning.new_name, "new")}) {
    Item row = scope.items.front();
    row.alias = name.empty() ? word : *name;
    scope.items.push_back(std::move(row));
  }
  visit(change.returning, &scope);
  const bool any_all = std::any_of(returning.targets.begin(), returning.targets.end(), [](const auto& item) {
    const auto* star = std::get_if<ast::ColumnRef>(&item.expr->node);
    return star != nullptr && star->star && star->names.empty();
  });
  // `*` leaves out what OLD and NEW show beside.
  Columns returned = targets(returning.targets, any_all ? without_rows : scope);
  return returned;
}

void ExpressionTypes::add_named(Columns& columns, const Item& item, const Columns& shown) const {
  const bool is_table = item.made != ast::no_statement &&
                        std::holds_alternative<ast::CreateTable>(script_.statements[item.made].node);
  if (is_table) columns.all_of.push_back(item.made);
  columns.all_of.insert(columns.all_of.end(), shown.all_of.begin(), shown.all_of.end());
  columns.is_named = columns.is_named && (is_table || shown.is_named);
}

ExpressionTypes::Columns ExpressionTypes::targets(const std::vector<ast::SelectItem>& items,
                                                  const Scope& scope) {
  Columns columns;
  columns.is_named = in_order_;
  scope_ = &scope;
  for (const ast::SelectItem& target : items) {
    const auto* star = std::get_if<ast::ColumnRef>(&target.expr->node);
    if (is_row_taken_apart(*target.expr)) columns.complete = columns.is_named = false;
    if (star == nullptr || !star->star) {
      columns.list.push_back({shown_name(target), of(*target.expr), may_be_null(*target.expr),
                              tells_quotients_ && is_quotient(*target.expr), mixes_lengths(*target.expr)});
      continue;
    }
    columns.complete = columns.complete && (!star->names.empty() || scope.merged.empty());
    for (const Item& item : scope.items) {
      if (!star->names.empty() && item.alias != star->names.back()) continue;
      const Columns& shown = columns_of(item);
      columns.complete = columns.complete && shown.complete;
      if (in_order_ && !shown.complete) add_named(columns, item, shown);
      for (const Column& column : shown.list) {
        columns.list.push_back(column);
        columns.list.back().may_be_null = column.may_be_null || item.is_optional;
      }
    }
  }
  return columns;
}

/// A bare name means what the query shows before what it reads, a number is a place in that.
void ExpressionTypes::sorted(ast::SortItem& item, ast::Query& query, const Columns& shown,
                             bool is_common_table) {
  if (!visitor_->sorted) return;
  Sorted result{.item = item, .query = &query};
  result.of_common_table = is_common_table && !query.limit && !query.offset && query.distinct_on.empty();
  const auto shows = [&](size_t place) {
    result.type = shown.list[place].type;
    result.may_be_null = shown.list[place].may_be_null;
    if (query.targets.size() == shown.list.size()) result.shown = &*query.targets[place].expr;
  };
  const auto* reference = std::get_if<ast::ColumnRef>(&item.expr->node);
  const auto* literal = std::get_if<ast::Literal>(&item.expr->node);
  if (literal != nullptr && literal->kind == ast::Literal::Kind::integer) {
    const size_t place = literal->text.size() > 4 ? 0 : std::stoul(literal->text);
    const bool known = place > 0 && place <= shown.list.size() &&
                       (shown.complete || query.targets.size() == shown.list.size());
    if (known) shows(place - 1);
  } else if (const auto found = std::find_if(shown.list.begin(), shown.list.end(),
                                             [&](const Column& column) {
                                               return reference != nullptr && reference->names.size() == 1 &&
                                                      column.name == reference->names[0];
                                             });
             found != shown.list.end()) {
    shows(static_cast<size_t>(found - shown.list.begin()));
  } else {
    result.type = of(*item.expr);
    result.may_be_null = may_be_null(*item.expr);
  }
  visitor_->sorted(result);
}

std::vector<ExpressionTypes::Result> ExpressionTypes::results_in(const Columns& columns) {
  std::vector<Result> results;
  for (const Column& one : columns.list) {
    if (columns.complete) results.push_back({one.name, one.type, one.is_quotient, one.mixes_lengths});
  }
  return results;
}

std::optional<std::vector<ExpressionTypes::Result>> ExpressionTypes::results(const ast::StatementNode& node) {
  const Visitor* visitor = std::exchange(visitor_, nullptr);
  Columns columns{{}, false};
  std::visit(
      [&](const auto& one) {
        using Node = std::remove_cvref_t<decltype(one)>;
        // Without a visitor nothing is changed.
        auto& same = const_cast<Node&>(one);
        if constexpr (std::is_same_v<Node, ast::SelectStatement>) columns = query(*same.query, around_);
        if constexpr (ast::changes_rows<Node>) columns = row_change(same, around_);
      },
      node);
  visitor_ = visitor;
  scope_ = around_;
  if (!columns.complete) return std::nullopt;
  return results_in(columns);
}

/// What a query in an expression shows; nothing in it is visited.
ExpressionTypes::Columns ExpressionTypes::columns_of(const ast::Subquery& subquery) {
  const Scope* scope = scope_;
  const Visitor* visitor = std::exchange(visitor_, nullptr);
  Columns columns = query(const_cast<ast::Query&>(*subquery.query), scope);
  visitor_ = visitor;
  scope_ = scope;
  return columns;
}

bool ExpressionTypes::mixes_lengths(const ast::Expr& expr) {
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  if (reference == nullptr || reference->star || reference->names.empty()) return false;
  const std::optional<Column> column = find_column(*reference);
  return column && column->mixes_lengths;
}

void ExpressionTypes::wants(ast::Query& query, const std::vector<ast::TypeName>& types, const Scope* outer) {
  if (visitor_ == nullptr) return;
  wanted_ = &types;
  this->query(query, outer);
}

void ExpressionTypes::assigned(ast::Expr& value, const ast::TypeName& to, const Scope* scope) {
  if (visitor_ == nullptr || to.empty()) return;
  scope_ = scope;
  if (visitor_->assigned) visitor_->assigned(value, to);
  stored(to, visitor_->quotient_stored && is_quotient(value), value.offset);
}

/// A type with few places of its own rounds it.
void ExpressionTypes::stored(const ast::TypeName& to, bool is_one, int32_t offset) {
  if (is_one && keeps_places(to) && !assigns_variables_ && visitor_->quotient_stored)
    visitor_->quotient_stored(offset);
}

void ExpressionTypes::assigned(std::vector<ast::Expr>& row, const std::vector<ast::TypeName>& to,
                               const Scope* scope) {
  for (size_t i = 0; i < std::min(row.size(), to.size()); ++i) assigned(row[i], to[i], scope);
}

/// Of the first relation there.
void ExpressionTypes::assigned(std::vector<ast::Assignment>& set, const Scope& scope) {
  for (ast::Assignment& one : set) {
    const std::vector<ast::TypeName> types = written_types(one.columns, scope.items.front());
    if (!one.row && one.value && types.size() == 1) assigned(*one.value, types[0], &scope);
    auto* row = one.row && one.value ? std::get_if<ast::RowExpr>(&one.value->node) : nullptr;
    if (row != nullptr) assigned(row->elements, types, &scope);
  }
}

void ExpressionTypes::assigned_targets(ast::Query& query, const std::vector<ast::TypeName>& to,
                                       const Scope& scope) {
  for (size_t i = 0; i < std::min(query.targets.size(), to.size()); ++i) {
    const auto* reference = std::get_if<ast::ColumnRef>(&query.targets[i].expr->node);
    if (reference != nullptr && reference->star) return;
    assigned(*query.targets[i].expr, to[i], &scope);
  }
}

std::vector<ast::TypeName> ExpressionTypes::written_types(const std::vector<ast::AssignedColumn>& columns,
                                                          const Item& table) {
  std::vector<ast::TypeName> types;
  const Columns& known = columns_of(table);
  for (const ast::AssignedColumn& one : columns) {
    const auto column = std::find_if(known.list.begin(), known.list.end(), [&](const Column& its) {
      return one.steps.empty() && !one.column.names.empty() && its.name == one.column.names.back();
    });
    types.push_back(column == known.list.end() ? ast::TypeName() : type_of(*column));
    if (!one.column.names.empty()) look_for(one.column.names.back(), table, one.offset);
  }
  if (!columns.empty() || !known.complete) return types;
  for (const Column& column : known.list) types.push_back(type_of(column));
  return types;
}

void ExpressionTypes::told_apart(const ast::Query& query, const Columns& shown, const Scope& scope) {
  const bool joins_sets = query.set_operation != ast::Query::SetOperation::none && !query.set_all;
  if (joins_sets || (query.distinct && query.distinct_on.empty())) {
    for (const Column& one : shown.list) visitor_->told_apart(one.type, -1);
  }
  for (const std::vector<ast::Expr>* list : {&query.group_by, &query.distinct_on}) {
    for (const ast::Expr& one : *list) {
      scope_ = &scope;
      ast::TypeName type = of(one);
      const auto* number = std::get_if<ast::Literal>(&one.node);
      const auto* name = std::get_if<ast::ColumnRef>(&one.node);
      for (size_t i = 0; i < shown.list.size(); ++i) {
        const bool is_it = number != nullptr
                               ? number->text == std::to_string(i + 1)
                               : name != nullptr && type.empty() &&
                                     name->names == std::vector<std::string>{shown.list[i].name};
        if (is_it) type = shown.list[i].type;
      }
      visitor_->told_apart(type, one.offset);
    }
  }
  for (const std::string& name : scope.merged) {
    scope_ = &scope;
    ast::ColumnRef column;
    column.names = {name};
    visitor_->told_apart(of({std::move(column), -1}), -1);
  }
}

ExpressionTypes::Columns ExpressionTypes::query(ast::Query& query, const Scope* outer, bool is_common_table) {
  const std::vector<ast::TypeName>* wanted = std::exchange(wanted_, nullptr);
  const ast::Query* naming = std::exchange(naming_, nullptr);
  Scope scope;
  scope.outer = outer;
  for (ast::CommonTable& table : query.with) common_table(table, query, scope);
  Columns shown;
  if (query.set_operation != ast::Query::SetOperation::none) {
    wanted_ = wanted;
    if (query.left) shown = this->query(*query.left, &scope);
    Columns others;
    wanted_ = wanted;
    if (query.right) others = this->query(*query.right, &scope);
    wanted_ = nullptr;
    const bool alike = shown.complete && others.complete && shown.list.size() == others.list.size();
    if (visitor_ != nullptr && visitor_->aligned)
      visitor_->aligned(query, results_in(shown), results_in(others));
    for (size_t i = 0; i < shown.list.size(); ++i) {
      Column& column = shown.list[i];
      column.is_quotient = column.is_quotient || (alike && others.list[i].is_quotient);
      column.mixes_lengths = alike && (column.mixes_lengths || others.list[i].mixes_lengths ||
                                       have_other_lengths(column.type, others.list[i].type));
      // A bare string or NULL is of the type that the other side has.
      if (alike && is_untyped(*query.left, i))
        column.type = others.list[i].type;
      else if (!alike || !is_untyped(*query.right, i))
        column.type = alike ? common_of(column.type, others.list[i].type) : ast::TypeName();
      column.may_be_null = !alike || column.may_be_null || others.list[i].may_be_null;
    }
  } else if (!query.values.empty()) {
    visit(query.values, &scope);
    for (std::vector<ast::Expr>& row : query.values) {
      if (wanted != nullptr) assigned(row, *wanted, &scope);
    }
    scope_ = &scope;
    if (visitor_ != nullptr && visitor_->aligned) visitor_->aligned(query, {}, {});
    for (size_t i = 0; i < query.values.front().size(); ++i) {
      std::vector<const ast::Expr*> all;
      for (const std::vector<ast::Expr>& row : query.values) {
        if (i < row.size()) all.push_back(&row[i]);
      }
      const bool any_quotient =
          tells_quotients_ &&
          std::any_of(all.begin(), all.end(), [this](const auto* one) { return is_quotient(*one); });
      const bool any_other = std::any_of(all.begin(), all.end(), [&](const auto* one) {
        return have_other_lengths(of(*one), of(*all.front()));
      });
      shown.list.push_back(
          {"column" + std::to_string(i + 1), common(all), may_be_null(all), any_quotient, any_other});
    }
  }
  for (ast::FromItem& item : query.from) from(item, scope);
  visit(query.targets, &scope);
  // Rows are told apart by what they were.
  if (wanted != nullptr && query.group_by.empty() && !query.distinct) assigned_targets(query, *wanted, scope);
  visit(query.where, &scope);
  naming_ = &query;
  visit(query.group_by, &scope);
  naming_ = nullptr;
  visit(query.having, &scope);
  visit(query.windows, &scope);
  visit(query.limit, &scope);
  visit(query.offset, &scope);
  for (ast::Box<ast::Expr>* one : {&query.limit, &query.offset}) {
    scope_ = &scope;
    if (*one && visitor_ != nullptr && visitor_->counted) visitor_->counted(**one);
  }
  naming_ = &query;
  visit(query.distinct_on, &scope);
  naming_ = nullptr;
  if (!query.targets.empty()) shown = targets(query.targets, scope);
  if (wanted != nullptr && visitor_ != nullptr && (!query.group_by.empty() || query.distinct)) {
    const bool counted = query.targets.size() == shown.list.size();
    for (size_t i = 0; i < std::min(shown.list.size(), wanted->size()); ++i)
      stored((*wanted)[i], shown.list[i].is_quotient, counted ? query.targets[i].expr->offset : -1);
  }
  if (visitor_ != nullptr && visitor_->told_apart) told_apart(query, shown, scope);
  if (visitor_ != nullptr) {
    for (ast::SortItem& item : query.order_by) {
      naming_ = &query;
      visit(item.expr, &scope);
      naming_ = nullptr;
      scope_ = &scope;
      sorted(item, query, shown, is_common_table);
    }
  }
  scope_ = outer;
  naming_ = naming;
  return shown;
}

}  // namespace pg2crdb::bind
