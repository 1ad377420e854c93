// What relations show: tables, views and what is made by a query.
#include <algorithm>
#include <utility>

#include "ast/named_relation.h"
#include "ast/serial.h"
#include "bind/catalog_columns.h"
#include "bind/expression_types.h"

namespace pg2crdb::bind {
namespace {

ast::ObjectId object_of(const ast::StatementNode& node) {
  const auto* view = std::get_if<ast::CreateView>(&node);
  const auto* table = std::get_if<ast::CreateTableAs>(&node);
  return view != nullptr ? view->name.object : table != nullptr ? table->name.object : ast::no_object;
}

/// Whether no row has NULL there.
bool is_filled(const ast::CreateTable& table, const ast::Column& column) {
  const auto is_key = [&](const ast::Constraint& one) {
    return one.kind == ast::Constraint::Kind::primary_key;
  };
  return column.not_null || column.identity || !ast::integer_of_serial(column.type).empty() ||
         std::any_of(column.constraints.begin(), column.constraints.end(), is_key) ||
         std::any_of(table.constraints.begin(), table.constraints.end(), [&](const ast::Constraint& one) {
           return is_key(one) &&
                  std::find(one.columns.begin(), one.columns.end(), column.name) != one.columns.end();
         });
}

}  // namespace

ExpressionTypes::ExpressionTypes(ast::Script& script, const ast::Catalog& catalog, bool in_order)
    : script_(script), catalog_(catalog), in_order_(in_order), made_(script.objects.size()) {
  for (const ast::Statement& statement : script.statements) {
    if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& column : create->columns) note(column);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* add = std::get_if<ast::AddColumn>(&command)) note(added_.emplace_back(add->column));
        if (const auto* set = std::get_if<ast::SetType>(&command))
          changes_[alter->name.object].push_back({statement.id, set->column, {}, set->type});
        if (const auto* add = std::get_if<ast::AddColumn>(&command))
          remade_.emplace(alter->name.object, add->column.name);
        if (const auto* drop = std::get_if<ast::DropColumn>(&command))
          remade_.emplace(alter->name.object, drop->column);
      }
    } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      triggers_[trigger->function.name].push_back(statement.id);
    } else if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      if (rename->object.member.empty()) continue;
      remade_.emplace(rename->object.name.object, rename->object.member);
      changes_[rename->object.name.object].push_back(
          {statement.id, rename->object.member, rename->new_name, {}});
    }
  }
}

void ExpressionTypes::name_columns(Columns& columns, const std::vector<std::string>& names) {
  if (!names.empty() && !columns.complete) columns = {{}, false};
  for (size_t i = 0; i < std::min(names.size(), columns.list.size()); ++i) columns.list[i].name = names[i];
}

void ExpressionTypes::note(const ast::Column& column) {
  if (column.object != ast::no_object) made_[column.object] = &column;
}

void ExpressionTypes::enter(const ast::Statement& statement) {
  at_ = statement.id;
  around_ = &statement_;
  statement_ = {};
  parameters_.clear();
  in_body_ = false;
  scope_ = &statement_;
  const auto add = [&](const ast::Name& table) { statement_.items.push_back(item_of(table, table.name)); };
  if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
    statement_.items.push_back({table->name.name, {}, statement.id});
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    add(alter->name);
  } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
    add(index->table);
  } else if (const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
    add(policy->table);
  } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
    for (const char* row : {"new", "old"}) statement_.items.push_back(row_of(trigger->table, row));
  } else if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
    statement_.declares = true;
    Item& routine = statement_.items.emplace_back(Item{function->name.name, {}});
    using Mode = ast::FunctionParameter::Mode;
    for (const ast::FunctionParameter& one : function->parameters) {
      ast::TypeName type = one.type;
      type.modifiers.clear();  // PostgreSQL does not look at them
      if (one.mode != Mode::out && one.mode != Mode::table) parameters_.push_back(type);
      routine.columns.list.push_back({one.name, std::move(type)});
    }
  }
}

/// What makes the relation and is not left out; null where that is not known.
const ast::Statement* ExpressionTypes::made_by(const ast::Name& name) const {
  if (in_order_ && in_body_ && name.object == ast::no_object)
    return ast::named_relation(script_, catalog_, name, script_.statements[at_]);
  if (!in_order_) {
    const ast::Statement* table = catalog_.table(name);
    return table != nullptr ? table : catalog_.view(name);
  }
  if (name.object == ast::no_object || !script_.objects[name.object].made_here()) return nullptr;
  const ast::Statement& made = script_.statements[script_.objects[name.object].created];
  const auto* table = std::get_if<ast::CreateTable>(&made.node);
  const ast::ObjectId own = table != nullptr ? table->name.object : object_of(made.node);
  return own == name.object ? &made : nullptr;
}

ExpressionTypes::Item ExpressionTypes::item_of(const ast::Name& relation, std::string alias) const {
  const ast::Statement* made = made_by(relation);
  if (made == nullptr) {
    Item item{std::move(alias), {{}, false}};
    for (std::string& name : columns_of_catalog(relation)) item.columns.list.push_back({std::move(name), {}});
    return item;
  }
  return {std::move(alias), {}, made->id};
}

/// Of a table, a view or a type of CREATE TYPE.
ExpressionTypes::Item ExpressionTypes::row_of(const ast::Name& type, std::string variable) {
  Item item = item_of(type, std::move(variable));
  item.is_row = true;
  if (item.made == ast::no_statement) item.columns = columns_of_type(type);
  return item;
}

/// Whether it is the same column wherever the script has come to.
bool ExpressionTypes::stays(ast::ObjectId table, const std::string& column) const {
  return !is_retyped(table, column) && !remade_.contains({table, column});
}

bool ExpressionTypes::is_retyped(ast::ObjectId table, const std::string& column) const {
  const auto changes = changes_.find(table);
  return changes != changes_.end() && std::ranges::any_of(changes->second, [&](const ColumnChange& one) {
           return one.new_name.empty() && one.column == column;
         });
}

const ExpressionTypes::Columns& ExpressionTypes::columns_of(const Item& item) {
  return item.made == ast::no_statement ? item.columns : columns_of(script_.statements[item.made]);
}

const ExpressionTypes::Columns& ExpressionTypes::columns_of(const ast::Statement& made) {
  const auto [it, added] = shown_.emplace(made.id, Columns{{}, false});  // what a view shows of itself
  Columns& columns = it->second;
  if (!added) return columns;
  if (const auto* view = std::get_if<ast::CreateView>(&made.node)) {
    columns = shown_by(made, *view->query, view->columns);
  } else if (const auto* by_query = std::get_if<ast::CreateTableAs>(&made.node)) {
    columns = shown_by(made, *by_query->query, by_query->columns);
  } else if (const auto* table = std::get_if<ast::CreateTable>(&made.node)) {
    columns.complete = !in_order_ && table->inherits.empty() && table->likes.empty() &&
                       table->of_type.empty() && table->partition_of.empty();
    for (const ast::Column& column : table->columns) {
      if (in_order_ && remade_.contains({table->name.object, column.name})) continue;
      const bool is_computed = column.generated && keeps_places(column.type);
      columns.list.push_back({column.name, column.type, in_order_ || !is_filled(*table, column),
                              is_computed && is_quotient(*column.generated->expr)});
      if (in_order_ && is_retyped(table->name.object, column.name)) {
        columns.list.back().type = {};
        columns.list.back().retyped = column.object;
      }
    }
  }
  return columns;
}

ExpressionTypes::Columns ExpressionTypes::shown_by(const ast::Statement& view, const ast::Query& query,
                                                   const std::vector<std::string>& names) {
  const ast::StatementId at = std::exchange(at_, view.id);
  const Scope* scope = std::exchange(scope_, nullptr);
  const Visitor* visitor = std::exchange(visitor_, nullptr);
  const bool tells = std::exchange(tells_quotients_, true);
  Columns columns = this->query(const_cast<ast::Query&>(query), nullptr);
  tells_quotients_ = tells;
  at_ = at;
  scope_ = scope;
  visitor_ = visitor;
  name_columns(columns, names);
  return columns;
}

/// What a column of a table is called where the walk is, and its type there.
ExpressionTypes::Result ExpressionTypes::made_column(ast::ObjectId column) const {
  Result result{made_[column]->name, made_[column]->type};
  const auto changes = changes_.find(script_.objects[column].parent);
  if (changes == changes_.end()) return result;
  for (const ColumnChange& one : changes->second) {
    if (one.by >= at_ || one.column != result.name) continue;
    if (one.new_name.empty())
      result.type = one.new_type;
    else
      result.name = one.new_name;
  }
  return result;
}

/// Of a column of a table, or of what a query makes: the one that it has where the walk is.
ast::TypeName ExpressionTypes::of_object(ast::ObjectId column) {
  const ast::ObjectId relation = script_.objects[column].parent;
  if (column < made_.size() && made_[column] != nullptr) return made_column(column).type;
  if (relation == ast::no_object || !script_.objects[relation].made_here()) return {};
  const ast::Statement& made = script_.statements[script_.objects[relation].created];
  if (object_of(made.node) != relation) return {};
  const Columns& columns = columns_of(made);
  if (!columns.complete) return {};
  // Names may have changed since, places have not.
  const std::vector<ast::ObjectId>& made_of = columns_made_of(relation);
  const auto place = static_cast<size_t>(std::ranges::find(made_of, column) - made_of.begin());
  return place < columns.list.size() ? columns.list[place].type : ast::TypeName();
}

ast::TypeName ExpressionTypes::type_of(const Column& column) {
  return column.retyped == ast::no_object ? column.type : of_object(column.retyped);
}

ast::TypeName ExpressionTypes::of_column(const ast::Name& table, const std::string& column) {
  if (table.object == ast::no_object) return {};
  for (const ast::ObjectId id : columns_made_of(table.object)) {
    const ast::StatementId dropped = script_.objects[id].dropped;
    if (id >= made_.size() || made_[id] == nullptr || (dropped != ast::no_statement && dropped < at_))
      continue;
    Result one = made_column(id);
    if (one.name == column) return one.type;
  }
  return {};
}

const ast::Statement* ExpressionTypes::relation_without(const std::string& alias, const std::string& column) {
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    const auto item = std::find_if(scope->items.begin(), scope->items.end(),
                                   [&](const Item& one) { return one.alias == alias; });
    if (item == scope->items.end()) continue;
    if (item->is_row || item->made == ast::no_statement) return nullptr;
    const ast::Statement& made = script_.statements[item->made];
    return never_has(made, column) ? &made : nullptr;
  }
  return nullptr;
}

std::optional<std::vector<ExpressionTypes::Result>> ExpressionTypes::row(const std::string& alias) {
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    const auto found = std::ranges::find(scope->items, alias, &Item::alias);
    const bool is_named = found != scope->items.end();
    const bool is_column =
        (!is_named || !found->is_row) && std::ranges::any_of(scope->items, [&](const Item& item) {
          const std::vector<Column>& list = columns_of(item).list;
          return !item.is_row && std::ranges::find(list, alias, &Column::name) != list.end();
        });
    if (is_column) return std::nullopt;
    if (!is_named) continue;
    std::vector<Result> fields;
    const auto add = [&](const std::vector<Column>& columns) {
      for (const Column& one : columns)
        fields.push_back({one.name, one.type, one.is_quotient, one.mixes_lengths});
    };
    add(columns_of(*found).list);
    add(found->of_some);
    return fields;
  }
  return std::nullopt;
}

}  // namespace pg2crdb::bind
