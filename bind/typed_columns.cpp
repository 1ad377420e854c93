// Columns that are named and that nothing has: CockroachDB looks for them when a routine is made.
#include <algorithm>
#include <set>
#include <string_view>

#include "ast/body_parts.h"
#include "ast/shown_name.h"
#include "ast/walk.h"
#include "bind/expression_types.h"
#include "support/ascii.h"

namespace pg2crdb::bind {
namespace {

constexpr std::string_view system_columns[] = {"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"};

bool is_named_as_system_column(std::string_view name) {
  return std::ranges::find(system_columns, name) != std::end(system_columns);
}

/// Names that need no declaration: PL/pgSQL's own, and columns that PostgreSQL or CockroachDB gives a table
/// without being told.
bool is_always_there(std::string_view name) {
  constexpr std::string_view names[] = {"found", "new", "old", "rowid", "sqlerrm", "sqlstate"};
  return std::ranges::find(names, name) != std::end(names) || is_named_as_system_column(name) ||
         name.starts_with("tg_") || name.starts_with("crdb_");
}

/// Whether a bare name may stand for what the query shows, where rows are sorted or grouped.
bool may_be_shown(const ast::Query& query, const std::string& name) {
  return query.set_operation != ast::Query::SetOperation::none || !query.values.empty() ||
         std::ranges::any_of(query.targets,
                             [&](const ast::SelectItem& item) { return shown_name(item) == name; });
}

}  // namespace

namespace {

/// Whether it shows all columns of something.
bool shows_all(const ast::Query& query) {
  return std::ranges::any_of(query.targets, [](const ast::SelectItem& item) {
    const auto* column = std::get_if<ast::ColumnRef>(&item.expr->node);
    return column != nullptr && column->star;
  });
}

/// Whether the routine or block makes or changes tables itself: what they have there is not followed.
bool makes_tables(const ast::StatementNode& node) {
  const auto* function = std::get_if<ast::CreateFunction>(&node);
  const auto* block = std::get_if<ast::DoBlock>(&node);
  std::string words = block == nullptr ? std::string() : lower(block->body);
  if (function != nullptr) {
    for (const std::string& part : function->body) words += lower(part);
  }
  constexpr std::string_view making[] = {"alter table",     "create table", "create temp",
                                         "create unlogged", "create local", "create global"};
  return std::ranges::any_of(making, [&](std::string_view one) { return words.find(one) != words.npos; });
}

}  // namespace

bool ExpressionTypes::never_has(const ast::Statement& made, const std::string& column) {
  const Columns& columns = columns_of(made);
  if (std::ranges::find(columns.list, column, &Column::name) != columns.list.end()) return false;
  const auto* table = std::get_if<ast::CreateTable>(&made.node);
  if (table == nullptr) {
    const auto* by_query = std::get_if<ast::CreateTableAs>(&made.node);
    if (!columns.complete && columns.is_named) return never_shows(made, columns, column);
    return columns.complete && (by_query == nullptr || stays(by_query->name.object, column));
  }
  const bool are_all_written = table->inherits.empty() && table->likes.empty() && table->of_type.empty() &&
                               table->partition_of.empty();
  if (!are_all_written || !stays(table->name.object, column)) return false;
  // Where the script's order is kept, it may be there at another place.
  const auto is_it = [&](ast::ObjectId id) {
    const ast::Object& one = script_.objects[id];
    return one.name.name == column && (in_order_ || one.stands());
  };
  return std::ranges::none_of(columns_made_of(table->name.object), is_it) && !is_in_unread_texts(column) &&
         !makes_tables_itself();
}

bool ExpressionTypes::is_in_unread_texts(const std::string& column) {
  const auto [known, is_new] = in_texts_.try_emplace(column, false);
  if (is_new)
    known->second = std::ranges::any_of(
        unread_texts(), [&](const std::string& text) { return text.find(column) != std::string::npos; });
  return known->second;
}

bool ExpressionTypes::makes_tables_itself() {
  if (!makes_tables_ || makes_tables_->first != at_)
    makes_tables_.emplace(at_, makes_tables(script_.statements[at_].node));
  return makes_tables_->second;
}

namespace {

/// Of a view, or a table that a query makes; null for other statements.
const ast::Name* name_of_query(const ast::StatementNode& node) {
  if (const auto* one = std::get_if<ast::CreateView>(&node)) return &one->name;
  const auto* one = std::get_if<ast::CreateTableAs>(&node);
  return one == nullptr ? nullptr : &one->name;
}

}  // namespace

/// Of a view whose query has a star, or a table that is made by one. Another statement may make it anew, or
/// rename a column.
bool ExpressionTypes::never_shows(const ast::Statement& view, const Columns& columns,
                                  const std::string& column) {
  const NamedAnew& anew = named_anew();
  const std::string& own = name_of_query(view.node)->name;
  const auto made = anew.queries.find(own);
  return made != anew.queries.end() && made->second == 1 && !anew.altered.contains(own) &&
         !anew.renamed_to.contains(column) &&
         std::ranges::all_of(columns.all_of, [&](ast::StatementId table) {
           return never_has(script_.statements[table], column);
         });
}

const ExpressionTypes::NamedAnew& ExpressionTypes::named_anew() {
  if (named_anew_) return *named_anew_;
  NamedAnew& all = named_anew_.emplace();
  for (const ast::Statement& one : script_.statements) {
    if (const ast::Name* name = name_of_query(one.node)) ++all.queries[name->name];
    if (const auto* rename = std::get_if<ast::Rename>(&one.node)) all.renamed_to.insert(rename->new_name);
    if (const auto* alter = std::get_if<ast::AlterTable>(&one.node)) all.altered.insert(alter->name.name);
  }
  return all;
}

const std::vector<ast::ObjectId>& ExpressionTypes::columns_made_of(ast::ObjectId relation) {
  for (; next_object_ < script_.objects.size(); ++next_object_) {
    const ast::Object& one = script_.objects[next_object_];
    if (one.kind == ast::ObjectKind::column) columns_made_[one.parent].push_back(next_object_);
  }
  return columns_made_[relation];
}

bool ExpressionTypes::has_not(const Item& item, const std::string& column) {
  if (item.made != ast::no_statement) return never_has(script_.statements[item.made], column);
  return item.columns.complete &&
         std::ranges::find(item.columns.list, column, &Column::name) == item.columns.list.end();
}

bool ExpressionTypes::has_system_columns(const Item& item) const {
  if (item.is_row) return false;
  if (item.made == ast::no_statement) return !item.columns.complete;
  return !std::holds_alternative<ast::CreateView>(script_.statements[item.made].node);
}

bool ExpressionTypes::is_system_column(const ast::ColumnRef& reference) {
  const std::vector<std::string>& names = reference.names;
  if (reference.star || names.empty() || reference.object != ast::no_object ||
      !is_named_as_system_column(names.back()))
    return false;
  const bool is_bare = names.size() == 1;
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    bool may_be = false;
    for (const Item& item : scope->items) {
      if (is_bare ? item.is_row : item.alias != names[names.size() - 2]) continue;
      const std::vector<Column>& list = columns_of(item).list;
      if (std::ranges::find(list, names.back(), &Column::name) != list.end()) return false;
      // Of a record that is declared it is a field.
      const bool is_field = scope->declares && item.alias != "new" && item.alias != "old";
      may_be = may_be || (is_bare ? !scope->declares && has_system_columns(item) : !is_field);
      if (!is_bare && is_field) return false;
    }
    if (may_be) return true;
  }
  return !is_declared(is_bare ? names.back() : names[names.size() - 2]);
}

/// Whether a body declares it anywhere.
bool ExpressionTypes::is_declared(const std::string& name) {
  if (body_ == nullptr) return false;
  if (!declared_) {
    using namespace ast::plpgsql;
    std::set<std::string>& names = declared_.emplace();
    each_part(*body_, [&](Declaration& one) { names.insert(one.name); });
    each_part(*body_, [&](Block& one) { names.insert(one.label); });
    each_part(*body_, [&](ForRange& one) { names.insert(one.variable); });
    each_part(*body_, [&](ForCursor& one) { names.insert(one.variable); });
  }
  return declared_->contains(name);
}

bool ExpressionTypes::is_parameter(const std::string& name) const {
  return std::ranges::any_of(statement_.items, [&](const Item& item) {
    return item.made == ast::no_statement &&
           std::ranges::find(item.columns.list, name, &Column::name) != item.columns.list.end();
  });
}

/// What may add columns that no CREATE TABLE has: DO blocks, what was not read, and texts in queries.
const std::vector<std::string>& ExpressionTypes::unread_texts() {
  if (!texts_.empty()) return texts_;
  texts_.emplace_back();
  const auto add = [&](const std::string& text) {
    const std::string words = lower(text);
    for (const char* word : {"add", "execute", "rename"}) {
      if (words.find(word) == std::string::npos) continue;
      texts_.push_back(text);
      return;
    }
  };
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) texts_.push_back(literal->text);
  };
  for (ast::Statement& one : script_.statements) {
    if (const auto* block = std::get_if<ast::DoBlock>(&one.node)) add(block->body);
    if (const auto* opaque = std::get_if<ast::Opaque>(&one.node)) add(opaque->text);
    if (std::holds_alternative<ast::SelectStatement>(one.node)) ast::walk(one.node, look);
  }
  return texts_;
}

/// Whether nothing that it may mean is there: no column, no variable, no row.
bool ExpressionTypes::is_nowhere(const ast::ColumnRef& reference) {
  if (reference.star || reference.names.empty() || reference.object != ast::no_object) return false;
  const std::string& name = reference.names.back();
  const bool is_bare = reference.names.size() == 1;
  const std::string& of = is_bare ? name : reference.names[reference.names.size() - 2];
  std::vector<const Item*> looked_at;
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    for (const Item& item : scope->items) {
      if (is_bare && item.alias == name) return false;
      if (is_bare ? item.is_row : item.alias != of) continue;
      const std::vector<Column>& list = columns_of(item).list;
      if (std::ranges::find(list, name, &Column::name) != list.end()) return false;
      looked_at.push_back(&item);
    }
  }
  if (looked_at.empty() || is_always_there(name)) return false;
  if (is_bare && naming_ != nullptr && may_be_shown(*naming_, name)) return false;
  const bool is_row = std::ranges::any_of(looked_at, &Item::is_row);
  if (is_row && (of == "new" || of == "old")) return false;  // told of each trigger
  if (!is_row && (is_declared(of) || (!is_bare && is_parameter(of)))) return false;
  return std::ranges::all_of(looked_at, [&](const Item* item) { return has_not(*item, name); });
}

/// What a query shows is meant where it is sorted, whatever else is called so.
std::optional<std::string> ExpressionTypes::ambiguous_with(const ast::ColumnRef& reference) {
  if (body_ == nullptr || reference.star || reference.names.empty() || reference.names.size() > 2)
    return std::nullopt;
  const std::string& name = reference.names.back();
  const auto lists = [&](const Item& item) {
    const std::vector<Column>& list = columns_of(item).list;
    return std::ranges::find(list, name, &Column::name) != list.end() ||
           (is_named_as_system_column(name) && item.made != ast::no_statement && has_system_columns(item));
  };
  if (reference.names.size() == 2) {
    // `t.c` of a relation, and of a row or a block that is called so. Those of triggers are never a
    // relation's.
    const std::string& of = reference.names[0];
    bool is_column = false, is_field = false;
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
      for (const Item& item : scope->items) {
        if (item.alias != of || of == "new" || of == "old") continue;
        if (scope->declares)
          is_field = is_field || item.is_record || lists(item);
        else
          is_column = is_column || lists(item);
      }
    }
    return is_column && is_field ? std::optional(std::string()) : std::nullopt;
  }
  if (naming_ != nullptr && (may_be_shown(*naming_, name) || shows_all(*naming_))) return std::nullopt;
  std::optional<std::string> relation;
  std::set<std::string> nearer;  // relations that hide others of their name
  bool is_variable = false;
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    size_t meant = 0;
    std::string first;
    for (const Item& item : scope->items) {
      const bool is_column = !item.is_row && lists(item);
      const bool is_item = item.alias == name && (item.is_row || !scope->declares);
      if (is_column && meant == 0) first = item.alias;
      meant += is_column || is_item ? 1 : 0;
    }
    const bool is_own = meant == 1 && !nearer.contains(first) && !is_declared(first) && !is_parameter(first);
    for (const Item& item : scope->items) nearer.insert(item.alias);
    if (meant == 0) continue;
    if (scope->declares)
      is_variable = true;
    else if (!relation)
      relation = is_own ? first : std::string();
  }
  return is_variable ? relation : std::nullopt;
}

void ExpressionTypes::look_for(ast::Expr& expr) {
  if (in_definition_) return;
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  if (visitor_->ambiguous && reference != nullptr) {
    std::string name;
    for (const std::string& one : reference->names) name += (name.empty() ? "" : ".") + one;
    if (const std::optional<std::string> relation = ambiguous_with(*reference))
      return visitor_->ambiguous(&expr, name, *relation);
  }
  if (!visitor_->unknown_column) return;
  if (reference != nullptr && is_nowhere(*reference))
    visitor_->unknown_column(reference->names.back(), false, expr.offset);
  const auto* part = std::get_if<ast::Indirection>(&expr.node);
  const bool is_field =
      part != nullptr && !part->steps.empty() && part->steps.front().kind == ast::Step::Kind::field;
  if (!is_field) return;
  const ast::TypeName row = of(*part->argument);
  const std::string& field = part->steps.front().field;
  if (!row.empty() && row.array_bounds.empty() && catalog_.is_user_type(row.name) &&
      has_not(row_of(row.name, {}), field))
    visitor_->unknown_column(field, false, expr.offset);
}

/// `r.f := 1`.
void ExpressionTypes::look_for(const ast::plpgsql::Variable& assigned) {
  if (!visitor_->unknown_column || assigned.names.size() != 2) return;
  ast::ColumnRef field;
  field.names = assigned.names;
  if (is_nowhere(field)) visitor_->unknown_column(field.names.back(), true, assigned.offset);
}

void ExpressionTypes::look_for(const std::string& written, const Item& table, int32_t offset) {
  if (visitor_ != nullptr && visitor_->unknown_column && table.made != ast::no_statement &&
      has_not(table, written))
    visitor_->unknown_column(written, true, offset);
}

}  // namespace pg2crdb::bind
