// Names inside trees: what FROM holds, the columns that are read from it, types and calls.
#include <algorithm>
#include <utility>

#include "ast/describe.h"
#include "ast/field_values.h"
#include "ast/shown_name.h"
#include "bind/binder.h"
#include "bind/pg_catalog.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

/// Walks any node; what has names of its own is the binder's.
class TreeBinder {
 public:
  TreeBinder(Binder& binder, const Binder::Scope* scope) : binder_(binder), scope_(scope) {}

  void operator()(ast::Expr& expr) const {
    (*this)(expr.node);
    if (auto* reference = std::get_if<ast::ColumnRef>(&expr.node)) binder_.column(*reference, scope_);
    if (std::holds_alternative<ast::Indirection>(expr.node)) binder_.field(expr, scope_);
    if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) binder_.call(*call);
    if (auto* cast = std::get_if<ast::Cast>(&expr.node);
        cast && cast->type.name.name == "regclass" && !binder_.qualifying_) {
      if (auto* literal = std::get_if<ast::Literal>(&cast->argument->node)) binder_.regclass(*literal, false);
    }
  }
  void operator()(ast::Query& query) const { binder_.query(query, scope_); }
  void operator()(ast::TypeName& type) const { binder_.type(type); }
  void operator()(ast::Role& role) const { binder_.role(role); }
  template <class T>
  void operator()(T& node) const {
    ast::for_each_child(node, *this);
  }

 private:
  Binder& binder_;
  const Binder::Scope* scope_;
};

template <class Node>
void Binder::tree(Node& node, const Scope* scope) {
  TreeBinder{*this, scope}(node);
}
template void Binder::tree(ast::CreateDomain&, const Scope*);
template void Binder::tree(ast::PartitionBound&, const Scope*);
template void Binder::tree(ast::PartitionBy&, const Scope*);
template void Binder::tree(std::vector<ast::IndexElement>&, const Scope*);
template void Binder::tree(ast::Box<ast::Expr>&, const Scope*);
template void Binder::tree(ast::Column&, const Scope*);
template void Binder::tree(std::vector<ast::Expr>&, const Scope*);
template void Binder::tree(std::vector<ast::SelectItem>&, const Scope*);
template void Binder::tree(std::vector<ast::Step>&, const Scope*);

void Binder::expression(ast::Expr& expr, const Scope* scope) {
  tree(expr, scope);
}

Binder::Output Binder::output_of(ObjectId relation) const {
  Output output;
  const std::vector<ObjectId> columns = names.columns(relation);
  output.columns.reserve(columns.size());
  for (const ObjectId id : columns) output.columns.push_back({script_.objects[id].name.name, id});
  output.complete = !output.columns.empty() && script_.objects[relation].made_here();
  return output;
}

Binder::Scope Binder::scope_of(ObjectId relation, const ast::Name& name) {
  Scope scope;
  scope.items.push_back({name.name, name, output_of(relation)});
  return scope;
}

void Binder::column(ast::ColumnRef& reference, const Scope* scope) {
  if (qualifying_) return qualify(reference, scope);
  if (reference.object != ast::no_object || reference.names.empty()) return;
  const std::string& column = reference.names.back();
  const Item* lacking = nullptr;  // the first entry of FROM that could have it
  bool any_unknown = false;
  for (; scope != nullptr; scope = scope->outer) {
    bool unsure = false;
    const OutputColumn* found = nullptr;
    for (const Item& item : scope->items) {
      if (reference.names.size() >= 2) {
        const std::string& table = reference.names[reference.names.size() - 2];
        if (table != (item.alias.empty() ? item.table.name : item.alias)) continue;
      }
      const auto at = std::find_if(item.output.columns.begin(), item.output.columns.end(),
                                   [&](const OutputColumn& one) { return one.name == column; });
      if (at != item.output.columns.end()) {
        found = &*at;
        break;
      }
      unsure = unsure || !item.output.complete;
      if (lacking == nullptr) lacking = &item;
      any_unknown = any_unknown || !knows_all_columns(item.table.object);
    }
    if (found != nullptr) {
      reference.object = found->column;
      return use(found->column);
    }
    if (unsure) return;
    if (reference.names.size() > 1) continue;
    for (const Item& item : scope->items) {  // a whole row
      if (column != (item.alias.empty() ? item.table.name : item.alias)) continue;
      reference.object = item.table.object;
      return use(item.table.object);
    }
  }
  // `t.f` is `f(t)`, too; oid() of PostgreSQL's own takes numbers, and no rows.
  const bool called =
      names.has_routine_named(column) || (column != "oid" && !signatures_in_pg_catalog(column).empty());
  if (lacking != nullptr && !any_unknown && !reference.star && !(reference.names.size() > 1 && called))
    look_for(lacking->table.object, column);
}

/// A bare name that other columns have too by now (or, where it is `taken`, what the query shows) is written
/// behind its table's.
void Binder::qualify(ast::ColumnRef& reference, const Scope* scope, bool taken) {
  if (reference.star || reference.names.size() != 1) return;
  const std::string column = reference.names[0];
  std::vector<std::string> hidden;  // tables of the inner queries
  for (; scope != nullptr; scope = scope->outer) {
    if (std::find(scope->merged.begin(), scope->merged.end(), column) != scope->merged.end()) return;
    const bool unsure = std::any_of(scope->items.begin(), scope->items.end(),
                                    [](const Item& item) { return !item.output.complete; });
    if (unsure && reference.object == ast::no_object) return;
    const Item* holder = nullptr;  // of what a subquery shows no column is known, but that it is its own
    size_t having = 0;
    for (const Item& item : scope->items) {
      const auto at = std::find_if(item.output.columns.begin(), item.output.columns.end(),
                                   [&](const OutputColumn& one) { return one.name == column; });
      if (at == item.output.columns.end()) continue;
      ++having;
      if (at->column == reference.object) holder = &item;
    }
    taken = taken || having > (holder == nullptr ? 0 : 1);
    if (holder != nullptr) {
      const std::string& name = holder->alias.empty() ? holder->table.name : holder->alias;
      if (!taken || std::find(hidden.begin(), hidden.end(), name) != hidden.end()) return;
      reference.names = {name, column};
      changed_ = true;
      return;
    }
    for (const Item& item : scope->items) hidden.push_back(item.alias.empty() ? item.table.name : item.alias);
  }
}

/// Columns that come later, or are renamed, may have the name of one that a query reads.
void Binder::qualify_columns() {
  qualifying_ = true;
  for (ast::Statement& statement : script_.statements) {
    const bool queries = std::holds_alternative<ast::CreateView>(statement.node) ||
                         std::holds_alternative<ast::CreateTableAs>(statement.node) ||
                         std::holds_alternative<ast::CreatePolicy>(statement.node);
    if (!queries || !statement.live()) continue;
    current_ = &statement;
    changed_ = false;
    later(statement);
    if (changed_ && statement.fate == ast::Fate::kept) statement.fate = ast::Fate::rewritten;
  }
  qualifying_ = false;
}

/// `(t).a` is `t.a`: written so, it follows the column.
void Binder::field(ast::Expr& expr, const Scope* scope) {
  const auto& whole = std::get<ast::Indirection>(expr.node);
  const auto* row = std::get_if<ast::ColumnRef>(&whole.argument->node);
  if (!expand_stars || qualifying_ || row == nullptr || row->object == ast::no_object || row->star ||
      whole.steps.size() != 1)
    return;
  const ast::Step& step = whole.steps.front();
  if (is_member(script_.objects[row->object].kind) || step.kind != ast::Step::Kind::field) return;
  ast::ColumnRef reference;
  reference.names = {row->names.back(), step.field};
  column(reference, scope);
  if (reference.object == ast::no_object) return;
  expr.node = std::move(reference);
  changed_ = true;
}

void Binder::from(ast::FromItem& item, Scope& scope) {
  if (auto* table = std::get_if<ast::TableRef>(&item.node)) {
    Item entry{table->alias.name, table->name, {}};
    bool common = false;
    const bool may_be = table->name.schema.empty() && table->name.object == ast::no_object;
    for (const Scope* at = &scope; at != nullptr && !common && may_be; at = at->outer) {
      for (const auto& [name, output] : at->common_tables) {
        if (name != table->name.name) continue;
        common = true;
        entry.output = output;
      }
    }
    if (!common) {
      if (ast::changed_table(current_->node) != nullptr) {
        standing(table->name);
      } else {
        relation(table->name);
      }
      entry.table = table->name;
      if (table->name.object != ast::no_object) {
        entry.output = output_of(table->name.object);
      } else {
        entry.output.complete = false;
      }
    }
    for (size_t i = 0; i < std::min(table->alias.columns.size(), entry.output.columns.size()); ++i)
      entry.output.columns[i] = {table->alias.columns[i], ast::no_object};
    scope.items.push_back(std::move(entry));
  } else if (auto* subquery = std::get_if<ast::SubqueryRef>(&item.node)) {
    Item entry{subquery->alias.name, {}, query(*subquery->query, &scope)};
    for (size_t i = 0; i < std::min(subquery->alias.columns.size(), entry.output.columns.size()); ++i)
      entry.output.columns[i] = {subquery->alias.columns[i], ast::no_object};
    // What a subquery shows is its own: a renamed column keeps its name outside.
    for (OutputColumn& column : entry.output.columns) column.column = ast::no_object;
    scope.items.push_back(std::move(entry));
  } else if (auto* function = std::get_if<ast::FunctionRef>(&item.node)) {
    for (ast::FunctionRef::Function& one : function->functions) {
      tree(one.call, &scope);
      for (ast::ColumnDefinition& column : one.columns) type(column.type);
    }
    for (ast::ColumnDefinition& column : function->columns) type(column.type);
    Item entry{function->alias.name, {}, {}};
    for (const std::string& column : function->alias.columns) entry.output.columns.push_back({column, 0});
    for (const ast::ColumnDefinition& column : function->columns)
      entry.output.columns.push_back({column.name, 0});
    entry.output.complete = false;
    scope.items.push_back(std::move(entry));
  } else if (auto* join = std::get_if<ast::Join>(&item.node)) {
    size_t first = scope.items.size();
    if (join->left) from(*join->left, scope);
    if (join->right) from(*join->right, scope);
    if (join->natural && expand_stars && !qualifying_) name_columns(*join, scope, first);
    scope.merged.insert(scope.merged.end(), join->using_columns.begin(), join->using_columns.end());
    if (join->on) tree(join->on, &scope);
    if (!join->alias.name.empty()) {
      Item entry{join->alias.name, {}, {}};
      entry.output.complete = false;
      scope.items.push_back(std::move(entry));
    }
  }
}

namespace {

bool is_star(const ast::SelectItem& item) {
  const auto* reference = std::get_if<ast::ColumnRef>(&item.expr->node);
  return reference != nullptr && reference->star;
}

/// A bare name that is no column of a table.
bool may_be_shown(const ast::Expr& expr) {
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  return reference != nullptr && reference->names.size() == 1 && reference->object == ast::no_object;
}

/// Whether the query shows the column under its own name.
bool shows(const std::vector<ast::SelectItem>& targets, const ast::ColumnRef& column) {
  return std::any_of(targets.begin(), targets.end(), [&](const ast::SelectItem& target) {
    const auto* shown = std::get_if<ast::ColumnRef>(&target.expr->node);
    return shown != nullptr && shown->object == column.object && shown_name(target) == column.names.back();
  });
}

}  // namespace

/// What a bare star shows of an entry of FROM: a join by names shows the columns of these names once, first.
/// `next` is the entry's first item in the scope. False where it cannot be known.
bool Binder::shown_of(const ast::FromItem& from, const Scope& scope, size_t& next,
                      std::vector<Shown>& shown) {
  const auto* join = std::get_if<ast::Join>(&from.node);
  if (join == nullptr) {
    const Item& item = scope.items[next++];
    for (const OutputColumn& column : item.output.columns)
      shown.push_back({{item.alias.empty() ? item.table.name : item.alias, column.name}, column});
    return item.output.complete;
  }
  if (!join->alias.name.empty()) return false;
  std::vector<Shown> left, right;
  if (!shown_of(*join->left, scope, next, left) || !shown_of(*join->right, scope, next, right)) return false;
  const auto find = [](std::vector<Shown>& columns, const std::string& name) {
    return std::find_if(columns.begin(), columns.end(),
                        [&](const Shown& one) { return one.column.name == name; });
  };
  std::vector<std::string> merged = join->using_columns;
  for (const Shown& one : left) {
    if (join->natural && find(right, one.column.name) != right.end()) merged.push_back(one.column.name);
  }
  for (const std::string& name : merged) {
    const auto one = find(left, name);
    const auto other = find(right, name);
    if (one == left.end() || other == right.end()) return false;
    use(one->column.column);
    use(other->column.column);
    shown.push_back({{name}, {name, ast::no_object}});
    left.erase(one);
    right.erase(other);
  }
  shown.insert(shown.end(), left.begin(), left.end());
  shown.insert(shown.end(), right.begin(), right.end());
  return true;
}

/// NATURAL JOIN goes by the names that are there now: they are written down, since others may come.
void Binder::name_columns(ast::Join& join, const Scope& scope, size_t first) {
  std::vector<Shown> left, right;
  if (!shown_of(*join.left, scope, first, left) || !shown_of(*join.right, scope, first, right)) return;
  for (const Shown& one : left) {
    const bool common = std::any_of(right.begin(), right.end(),
                                    [&](const Shown& other) { return other.column.name == one.column.name; });
    if (common) join.using_columns.push_back(one.column.name);
  }
  if (join.using_columns.empty()) return;
  join.natural = false;
  changed_ = true;
}

/// The same of all entries.
bool Binder::shown_of(const std::vector<ast::FromItem>& from, const Scope& scope, std::vector<Shown>& shown) {
  size_t next = 0;
  for (const ast::FromItem& item : from) {
    if (!shown_of(item, scope, next, shown)) return false;
  }
  // A column that is shown once for two has no table to tell it from others.
  return std::none_of(shown.begin(), shown.end(), [&](const Shown& merged) {
    return merged.names.size() == 1 && std::count_if(shown.begin(), shown.end(), [&](const Shown& other) {
                                         return other.column.name == merged.column.name;
                                       }) > 1;
  });
}

/// The columns that a query's stars stand for, and those of all other targets. False where they cannot be
/// known.
bool Binder::expand(ast::Query& query, const Scope& scope, Output& output) {
  std::vector<ast::SelectItem> targets;
  for (ast::SelectItem& target : query.targets) {
    if (!is_star(target)) {
      const auto* reference = std::get_if<ast::ColumnRef>(&target.expr->node);
      output.columns.push_back(
          {shown_name(target), reference == nullptr ? ast::no_object : reference->object});
      targets.push_back(target);
      continue;
    }
    const auto& star = std::get<ast::ColumnRef>(target.expr->node);
    std::vector<Shown> shown;
    if (star.names.empty()) {
      if (!shown_of(query.from, scope, shown)) return false;
    } else {
      for (const Item& item : scope.items) {
        const std::string& name = item.alias.empty() ? item.table.name : item.alias;
        if (name != star.names.back()) continue;
        if (!item.output.complete) return false;
        for (const OutputColumn& column : item.output.columns) shown.push_back({{name, column.name}, column});
      }
    }
    if (shown.empty()) return false;
    for (Shown& one : shown) {
      output.columns.push_back(one.column);
      use(one.column.column);
      ast::ColumnRef reference;
      reference.names = std::move(one.names);
      reference.object = one.column.column;
      targets.push_back({ast::Expr{std::move(reference), target.expr->offset}, {}});
    }
  }
  if (expand_stars && !qualifying_ && std::any_of(query.targets.begin(), query.targets.end(), is_star)) {
    query.targets = std::move(targets);
    changed_ = true;
  }
  return true;
}

/// GROUP BY means a column that is read before one that is shown: where such a one has come, what is shown is
/// written out.
void Binder::write_shown(ast::Expr& expr, const ast::Query& query, const Scope& scope) {
  if (!may_be_shown(expr)) return;
  auto& reference = std::get<ast::ColumnRef>(expr.node);
  const std::string& name = reference.names[0];
  bool of_subquery = false;
  const auto has = [&](const Item& item) {
    return std::any_of(
        item.output.columns.begin(), item.output.columns.end(), [&](const OutputColumn& column) {
          of_subquery = of_subquery || (column.name == name && column.column == ast::no_object);
          return column.name == name;
        });
  };
  const auto shown = std::find_if(query.targets.begin(), query.targets.end(),
                                  [&](const ast::SelectItem& target) { return shown_name(target) == name; });
  if (std::count_if(scope.items.begin(), scope.items.end(), has) == 0) return;
  if (of_subquery) return qualify(reference, &scope);
  if (shown == query.targets.end()) return;
  expr = ast::Expr(*shown->expr);
  changed_ = true;
}

/// A query that groups by a table's primary key, and shows other columns of it, hangs on the key.
void Binder::use_keys(ast::Query& query, const Scope& scope) {
  if (query.group_by.empty()) return;
  std::vector<ObjectId> grouped, read;
  TreeEdit look;
  look.column = [&](ast::ColumnRef& column) { grouped.push_back(column.object); };
  for (ast::Expr& expr : query.group_by) edit(expr, look);
  // Aggregates may read what they like.
  look.call = [](ast::FunctionCall& call) {
    if (is_aggregate_of_pg_catalog(call.name.name)) call = {};
  };
  look.column = [&](ast::ColumnRef& column) { read.push_back(column.object); };
  const auto look_into = [&](ast::Expr expr) { edit(expr, look); };
  for (const ast::SelectItem& target : query.targets) look_into(*target.expr);
  for (const ast::SortItem& item : query.order_by) look_into(*item.expr);
  if (query.having) look_into(*query.having);
  const auto is_grouped = [&](ObjectId column) {
    return std::find(grouped.begin(), grouped.end(), column) != grouped.end();
  };
  for (const Item& item : scope.items) {
    const ObjectId table = item.table.object;
    const Key key = table == ast::no_object ? Key() : primary_key(table);
    const bool by_key = !key.columns.empty() &&
                        std::all_of(key.columns.begin(), key.columns.end(), [&](const std::string& column) {
                          return is_grouped(names.find_in(table, ObjectKind::column, column));
                        });
    const bool needed = by_key && std::any_of(read.begin(), read.end(), [&](ObjectId column) {
                          return script_.objects[column].parent == table && !is_grouped(column);
                        });
    if (needed) use(key.constraint);
  }
}

/// What a WITH names, which hides relations of these names.
void Binder::common_tables(std::vector<ast::CommonTable>& tables, bool recursive, Scope& scope) {
  for (ast::CommonTable& table : tables) {
    Output output;
    if (recursive) {
      output.complete = false;
      for (const std::string& column : table.columns) output.columns.push_back({column, 0});
      scope.common_tables.emplace_back(table.name, output);
    }
    if (table.query) output = query(*table.query, &scope);
    if (table.change) output = row_change(*table.change, &scope);
    for (OutputColumn& column : output.columns) column.column = ast::no_object;
    for (size_t i = 0; i < std::min(table.columns.size(), output.columns.size()); ++i)
      output.columns[i].name = table.columns[i];
    if (recursive) {
      scope.common_tables.back().second = std::move(output);
    } else {
      scope.common_tables.emplace_back(table.name, std::move(output));
    }
  }
}

Binder::Output Binder::query(ast::Query& query, const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  common_tables(query.with, query.recursive, scope);
  Output output;
  if (query.set_operation != ast::Query::SetOperation::none) {
    if (query.left) output = this->query(*query.left, &scope);
    if (query.right) this->query(*query.right, &scope);
    for (OutputColumn& column : output.columns) column.column = ast::no_object;
  } else if (!query.values.empty()) {
    for (std::vector<ast::Expr>& row : query.values) {
      for (ast::Expr& value : row) expression(value, &scope);
    }
    for (size_t i = 0; i < query.values.front().size(); ++i)
      output.columns.push_back({"column" + std::to_string(i + 1), ast::no_object});
  }
  for (ast::FromItem& item : query.from) from(item, scope);
  TreeBinder in_scope{*this, &scope};
  in_scope(query.targets);
  in_scope(query.where);
  const bool looking = std::exchange(looking_, false);  // these may mean what the query shows
  for (ast::Expr& expr : query.group_by) {
    if (!qualifying_ || !may_be_shown(expr)) in_scope(expr);
  }
  looking_ = looking;
  in_scope(query.having);
  in_scope(query.windows);
  in_scope(query.limit);
  in_scope(query.offset);
  if (!query.targets.empty()) {
    output = {};
    output.complete = expand(query, scope, output);
  }
  // A bare name means what the query shows before it means what it reads.
  const auto is_shown = [&](const ast::Expr& expr) {
    const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
    return reference != nullptr && reference->names.size() == 1 &&
           std::any_of(output.columns.begin(), output.columns.end(),
                       [&](const OutputColumn& column) { return column.name == reference->names[0]; });
  };
  const auto sort_by = [&](ast::Expr& expr) {
    if (!is_shown(expr)) {
      in_scope(expr);
    } else if (auto& reference = std::get<ast::ColumnRef>(expr.node);
               qualifying_ && !shows(query.targets, reference)) {
      qualify(reference, &scope, true);
    }
  };
  looking_ = false;
  for (ast::Expr& expr : query.distinct_on) sort_by(expr);
  for (ast::SortItem& item : query.order_by) sort_by(*item.expr);
  looking_ = looking;
  if (qualifying_) {
    for (ast::Expr& expr : query.group_by) write_shown(expr, query, scope);
  } else {
    use_keys(query, scope);
  }
  return output;
}

}  // namespace pg2crdb::bind
