// The walk through a body in PL/pgSQL: its variables are around its queries.
#include <algorithm>
#include <utility>

#include "ast/body_parts.h"
#include "ast/describe.h"
#include "ast/field_values.h"
#include "ast/signature.h"
#include "bind/assigned_variables.h"
#include "bind/expression_types.h"

namespace pg2crdb::bind {

using namespace ast::plpgsql;

class BodyWalk {
 public:
  using Scope = ExpressionTypes::Scope;
  using Item = ExpressionTypes::Item;
  using Columns = ExpressionTypes::Columns;

  BodyWalk(ExpressionTypes& types, Scope& scope, Statements& body)
      : types_(types), scope_(&scope), body_(body) {}

  void operator()(ast::Expr& expr) const { types_.visit(expr, scope_); }
  void operator()(ast::Query& query) const { types_.query(query, scope_); }
  void operator()(StaticSql& sql) const { changed(sql); }
  template <class T>
  void operator()(T& part) const {
    ast::for_each_child(part, *this);
  }

  /// What they make of a record holds to their end; behind it, and where they are run again, it may be any of
  /// its rows.
  void operator()(Statements& statements) const {
    forget_rows(statements);
    ast::for_each_child(statements, *this);
    forget_rows(statements);
  }
  void operator()(While& loop) const {
    forget_rows(loop.statements);
    ast::for_each_child(loop, *this);
  }
  void operator()(Into& into) const {
    for (const Variable& one : into.targets) forget_row(one);
  }

  void operator()(Block& block) const {
    Scope scope;
    scope.outer = scope_;
    scope.declares = true;
    const BodyWalk inside(types_, scope, body_);
    scope.items.push_back({block.label});
    for (Declaration& one : block.declarations) inside.declare(one, scope);
    inside(block.statements);
    inside(block.handlers);
  }

  void operator()(Assignment& one) const {
    types_.assigns_variables_ = !stays(one.target);
    assigned(one.value, type_of(one.target));
    types_.assigns_variables_ = false;
    types_.scope_ = scope_;
    types_.look_for(one.target);
    forget_row(one.target);
    note_quotient(one.target, one.value);
  }
  void operator()(Return& one) const {
    if (!one.value) return;
    const auto* function = std::get_if<ast::CreateFunction>(&types_.script_.statements[types_.at_].node);
    const bool has_type = function != nullptr && function->returns && !function->returns->set_of;
    assigned(*one.value, has_type ? ast::TypeName(*function->returns) : ast::TypeName());
  }
  void operator()(ReturnNext& one) const {
    if (!one.value) return;
    const auto* function = std::get_if<ast::CreateFunction>(&types_.script_.statements[types_.at_].node);
    ast::TypeName type = function != nullptr && function->returns ? *function->returns : ast::TypeName();
    type.set_of = false;
    assigned(*one.value, type);
  }
  void operator()(ForRange& loop) const {
    (*this)(loop.from);
    (*this)(loop.to);
    (*this)(loop.by);
    Scope scope;
    scope.outer = scope_;
    scope.declares = true;
    scope.items.push_back({loop.label, {{{loop.variable, own_type("int4")}}}});
    BodyWalk(types_, scope, body_)(loop.statements);
  }
  void operator()(ForCursor& loop) const {
    (*this)(loop.arguments);
    Scope scope;
    scope.outer = scope_;
    scope.declares = true;
    Item& record = scope.items.emplace_back(row(loop.variable));
    if (const Columns* columns = columns_of_cursor(loop.cursor);
        columns != nullptr && count_assignments(loop.statements, loop.variable) == 0) {
      record.columns = *columns;
      may_be_null(record.columns);
    }
    BodyWalk(types_, scope, body_)(loop.statements);
  }
  void operator()(ForRows& loop) const {
    std::optional<Columns> columns = rows(loop.rows);
    if (columns) note_quotients(loop.targets, *columns);
    Item* record = columns && loop.targets.size() == 1 ? record_of(loop.targets[0]) : nullptr;
    if (record != nullptr && count_assignments(body_, record->alias) > 1) gather(record->alias, *columns);
    if (record == nullptr || count_assignments(loop.statements, record->alias) > 0) {
      (*this)(loop.statements);
    } else {
      if (assigns_fields(loop.statements, record->alias)) may_be_null(*columns);
      std::swap(record->columns, *columns);
      (*this)(loop.statements);
      std::swap(record->columns, *columns);
    }
    for (const Variable& one : loop.targets) forget_row(one);
  }
  void operator()(ReturnQuery& one) const {
    (*this)(one.rows);
    auto* sql = std::get_if<StaticSql>(&one.rows);
    if (sql == nullptr || std::holds_alternative<ast::Opaque>(sql->statement) || !types_.visitor_->returned)
      return;
    types_.scope_ = types_.around_ = scope_;
    types_.visitor_->returned(sql->statement);
    types_.around_ = &types_.statement_;
  }
  void operator()(Raise& raise) const {
    for (Raise::Option& one : raise.options) written(one.value);
    for (Value& one : raise.arguments) written(one);
  }
  void operator()(RunSql& run) const {
    auto* select = std::get_if<ast::SelectStatement>(&run.sql.statement);
    if (select == nullptr) {
      (*this)(run.into);
      if (std::optional<Columns> columns = changed(run.sql)) fill(run.into, std::move(*columns));
      return;
    }
    const std::vector<ast::TypeName> wanted = wanted_by(run.into);
    types_.wanted_ = &wanted;
    types_.assigns_variables_ =
        std::ranges::none_of(run.into.targets, [this](const Variable& one) { return stays(one); });
    Columns columns = types_.query(*select->query, scope_);
    types_.assigns_variables_ = false;
    fill(run.into, std::move(columns));
  }
  void operator()(Fetch& fetch) const {
    (*this)(fetch.count);
    (*this)(fetch.into);
    if (const Columns* columns = columns_of_cursor(fetch.cursor)) {
      Columns filled = *columns;
      may_be_null(filled);
      fill(fetch.into, std::move(filled));
    }
  }

 private:
  /// What becomes a text of a message.
  void written(Value& value) const {
    (*this)(value);
    auto* expr = std::get_if<ast::Expr>(&value.node);
    types_.scope_ = scope_;
    if (expr != nullptr && types_.visitor_->written) types_.visitor_->written(*expr);
  }

  /// A record that several statements fill may hold the row of any of them.
  void forget_row(const Variable& target) const {
    Item* record = record_of(target);
    if (record != nullptr && count_assignments(body_, record->alias) > 1)
      record->columns = gathered(record->alias).value_or(Columns{{}, false});
  }
  void forget_rows(Statements& statements) const {
    if (types_.gathered_.empty() && !types_.gathers_) return;
    each_part(statements, [&](Assignment& one) { forget_row(one.target); });
    const auto forget_all = [&](auto& one) {
      for (const Variable& target : one.targets) forget_row(target);
    };
    each_part(statements, [&](Into& one) { forget_all(one); });
    each_part(statements, [&](ForRows& one) { forget_all(one); });
    each_part(statements, [&](Foreach& one) { forget_all(one); });
  }

  /// Names in CREATE INDEX and the like are none of the body's.
  void visit(ast::StatementNode& node) const {
    types_.in_definition_ =
        !std::holds_alternative<ast::SelectStatement>(node) && ast::changed_table(node) == nullptr;
    types_.visit(node, scope_);
    types_.in_definition_ = false;
  }

  /// Walks through it. What it gives back, of one that changes rows; nothing where that is not known.
  std::optional<Columns> changed(StaticSql& sql) const {
    std::optional<Columns> columns;
    auto* opaque = std::get_if<ast::Opaque>(&sql.statement);
    if (opaque == nullptr) {
      visit(sql.statement);
      return columns;
    }
    const auto walk = [&](ast::StatementNode& node) {
      visit(node);
      types_.scope_ = types_.around_ = scope_;
      const auto results = types_.results(node);
      types_.around_ = &types_.statement_;
      if (!results) return;
      columns.emplace();
      for (const ExpressionTypes::Result& one : *results)
        columns->list.push_back({one.name, one.type, true, one.is_quotient, one.mixes_lengths});
    };
    if (types_.visitor_->kept_word_for_word) types_.visitor_->kept_word_for_word(*opaque, sql.offset, walk);
    return columns;
  }

  /// Whether it is a field of NEW, or a parameter that the routine gives back.
  bool stays(const Variable& target) const {
    if (target.names.size() > 1) return target.names[0] == "new";
    using Mode = ast::FunctionParameter::Mode;
    const auto* function = std::get_if<ast::CreateFunction>(&types_.script_.statements[types_.at_].node);
    return function != nullptr && std::ranges::any_of(function->parameters, [&](const auto& one) {
             return one.mode != Mode::in && one.mode != Mode::variadic && names(target, one.name);
           });
  }

  /// Behind the walk through it.
  void assigned(Value& value, const ast::TypeName& to) const {
    const std::vector<ast::TypeName> wanted = {to};
    if (std::holds_alternative<ast::Query>(value.node)) types_.wanted_ = &wanted;
    (*this)(value);
    if (auto* expr = std::get_if<ast::Expr>(&value.node)) types_.assigned(*expr, to, scope_);
  }

  /// A row goes into variables, or makes a record what it is.
  void fill(const Into& into, Columns columns) const {
    note_quotients(into.targets, columns);
    Item* record = into.targets.size() == 1 ? record_of(into.targets[0]) : nullptr;
    if (record == nullptr) return;
    if (count_assignments(body_, record->alias) != 1) {
      gather(record->alias, columns);
      if (!types_.gathered_.contains(record->alias)) return;
    }
    if (assigns_fields(body_, record->alias)) may_be_null(columns);
    record->columns = std::move(columns);
  }

  /// One of several rows that a record gets.
  void gather(const std::string& record, const Columns& columns) const {
    if (types_.gathers_) types_.gathered_[record].push_back(columns);
  }

  /// What all rows have that a record gets; nothing where not all of them are known.
  std::optional<Columns> gathered(const std::string& record) const {
    const auto found = types_.gathered_.find(record);
    if (found == types_.gathered_.end() || found->second.size() != count_assignments(body_, record))
      return std::nullopt;
    Columns common = found->second.front();
    common.complete = false;
    for (const Columns& other : found->second) {
      std::erase_if(common.list, [&](ExpressionTypes::Column& one) {
        const auto same = std::ranges::find(other.list, one.name, &ExpressionTypes::Column::name);
        if (same == other.list.end() || same->type.name.name != one.type.name.name ||
            same->type.array_bounds != one.type.array_bounds)
          return true;
        one.is_quotient = one.is_quotient || same->is_quotient;
        one.mixes_lengths =
            one.mixes_lengths || same->mixes_lengths || one.type.modifiers != same->type.modifiers;
        return false;
      });
    }
    may_be_null(common);
    return common;
  }

  void note_quotient(const Variable& target, Value& value) const {
    if (const auto* query = std::get_if<ast::Query>(&value.node)) {
      ast::Subquery subquery;
      subquery.query = *query;
      types_.scope_ = scope_;
      return note_quotients({target}, types_.columns_of(subquery));
    }
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    types_.scope_ = scope_;
    if (expr != nullptr && types_.is_quotient(*expr)) note_quotient(target);
  }
  void note_quotients(const std::vector<Variable>& targets, const Columns& columns) const {
    const std::vector<ExpressionTypes::Column>& list = columns.list;
    for (size_t i = 0; i < std::min(targets.size(), list.size()); ++i) {
      if (list[i].is_quotient && (targets.size() > 1 || list.size() == 1)) note_quotient(targets[i]);
    }
    const bool is_row = targets.size() == 1 && targets[0].names.size() == 1;
    for (const ExpressionTypes::Column& one : list) {
      if (is_row && one.is_quotient) types_.quotients_.insert(targets[0].names[0] + "." + one.name);
    }
  }
  /// A type with places of its own rounds it.
  void note_quotient(const Variable& target) const {
    const ast::TypeName type = type_of(target);
    if (!type.empty() && !ExpressionTypes::keeps_places(type)) return;
    types_.quotients_.insert(target.names.size() == 1 ? target.names[0]
                                                      : target.names[0] + "." + target.names[1]);
  }

  /// Of a cursor that is declared with a query; null where that is not known.
  const Columns* columns_of_cursor(const Variable& cursor) const {
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
      const auto found =
          std::ranges::find_if(scope->cursors, [&](const auto& one) { return names(cursor, one.first); });
      if (found != scope->cursors.end()) return &found->second;
    }
    return nullptr;
  }

  static void may_be_null(Columns& columns) {
    for (ExpressionTypes::Column& one : columns.list) one.may_be_null = true;
  }

  /// A variable of type record, of which nothing is known.
  static Item row(std::string name) {
    Item item{std::move(name), {{}, false}};
    item.is_row = item.is_record = true;
    return item;
  }

  /// What a query gives; nothing where it is no query.
  std::optional<Columns> rows(Rows& rows) const {
    auto* sql = std::get_if<StaticSql>(&rows);
    auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
    if (select != nullptr) return types_.query(*select->query, scope_);
    if (sql != nullptr) return changed(*sql);
    (*this)(rows);
    return std::nullopt;
  }

  Item* record_of(const Variable& variable) const {
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
      for (const Item& item : scope->items) {
        if (item.is_record && names(variable, item.alias)) return const_cast<Item*>(&item);
      }
    }
    return nullptr;
  }

  /// The types that a row goes into; of a variable that is a row, those of its columns.
  std::vector<ast::TypeName> wanted_by(const Into& into) const {
    std::vector<ast::TypeName> wanted;
    const Item* row = into.targets.size() == 1 ? row_of(into.targets[0]) : nullptr;
    if (row != nullptr) {
      for (const ExpressionTypes::Column& one : types_.columns_of(*row).list)
        wanted.push_back(types_.type_of(one));
      return wanted;
    }
    for (const Variable& one : into.targets) wanted.push_back(type_of(one));
    return wanted;
  }
  const Item* row_of(const Variable& variable) const {
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
      const auto found = std::ranges::find_if(
          scope->items, [&](const Item& item) { return item.is_row && names(variable, item.alias); });
      if (found != scope->items.end()) return found->is_record ? nullptr : &*found;
    }
    return nullptr;
  }

  void declare(Declaration& one, Scope& scope) const {
    if (auto* cursor = std::get_if<CursorDeclaration>(&one.node)) {
      Scope parameters;
      parameters.outer = scope_;
      parameters.declares = true;
      Item& item = parameters.items.emplace_back();
      for (const CursorParameter& parameter : cursor->parameters)
        item.columns.list.push_back({parameter.name, type_of(parameter.type)});
      BodyWalk inside(types_, parameters, body_);
      Rows query = cursor->query;
      if (std::optional<Columns> columns = inside.rows(query)) scope.cursors.emplace_back(one.name, *columns);
      cursor->query = std::move(std::get<StaticSql>(query));
      return;
    }
    ast::TypeName type;
    if (auto* variable = std::get_if<VariableDeclaration>(&one.node)) {
      type = type_of(variable->type);
      if (variable->default_value) {
        types_.assigns_variables_ = true;
        assigned(*variable->default_value, type);
        types_.assigns_variables_ = false;
        Variable target;
        target.names = {one.name};
        note_quotient(target, *variable->default_value);
      }
      if (std::optional<Item> fields = row_of(variable->type, one.name)) {
        if (std::optional<Columns> columns = fields->is_record ? gathered(one.name) : std::nullopt)
          fields->columns = std::move(*columns);
        scope.items.push_back(std::move(*fields));
      }
    } else if (const auto* alias = std::get_if<AliasDeclaration>(&one.node)) {
      type = type_of(alias->of);
    }
    scope.items.front().columns.list.push_back(
        {one.name, std::move(type), true, types_.quotients_.contains(one.name)});
  }

  /// The columns of a variable that holds a row.
  std::optional<Item> row_of(const VariableType& type, const std::string& variable) const {
    const bool is_record = type.kind == VariableType::Kind::named && type.type.name.name == "record";
    if (is_record || type.kind == VariableType::Kind::of_variable) return row(variable);
    const bool is_value =
        type.kind == VariableType::Kind::named && (!types_.catalog_.is_user_type(type.type.name) ||
                                                   types_.catalog_.enum_type(type.type.name) != nullptr);
    if (is_value) return std::nullopt;
    ast::Name name = type.type.name;
    if (type.kind == VariableType::Kind::of_row) {
      name.name = type.names.back();
      if (type.names.size() > 1) name.schema = type.names[type.names.size() - 2];
    }
    Item item = types_.row_of(name, variable);
    item.is_record = item.made == ast::no_statement && item.columns.list.empty();  // all that is not known
    return item;
  }

  ast::TypeName type_of(const VariableType& type) const {
    if (!type.array_bounds.empty()) return {};
    if (type.kind == VariableType::Kind::named) return type.type;
    if (type.kind == VariableType::Kind::of_row) return {};
    if (type.names.size() == 1) return type_of_name(type.names);
    ast::Name table;
    table.name = type.names[type.names.size() - 2];
    if (type.names.size() > 2) table.schema = type.names[type.names.size() - 3];
    Scope scope;
    scope.items.push_back(types_.item_of(table, table.name));
    return BodyWalk(types_, scope, body_).type_of_name({table.name, type.names.back()});
  }
  ast::TypeName type_of(const Variable& variable) const {
    return variable.steps.empty() ? type_of_name(variable.names) : ast::TypeName();
  }
  ast::TypeName type_of_name(std::vector<std::string> names) const {
    types_.scope_ = scope_;
    if (const size_t number = ast::parameter_number(names.front()); number > 0 && names.size() == 1)
      return types_.of({ast::Parameter{static_cast<int64_t>(number)}, -1});
    ast::ColumnRef reference;
    reference.names = std::move(names);
    return types_.of({std::move(reference), -1});
  }

  ExpressionTypes& types_;
  Scope* scope_;
  Statements& body_;  ///< of the outermost block
};

void ExpressionTypes::walk(ast::plpgsql::Body& body, const Visitor& visitor) {
  visitor_ = &visitor;
  in_body_ = true;
  body_ = &body;
  declared_.reset();
  Scope variables;
  variables.outer = &statement_;
  variables.declares = true;
  Item& own = variables.items.emplace_back();
  for (const char* name : {"tg_op", "tg_name", "tg_when", "tg_level", "tg_table_name", "tg_table_schema"})
    own.columns.list.push_back({name, own_type("text")});
  own.columns.list.push_back({"tg_nargs", own_type("int4")});
  own.columns.list.push_back({"found", own_type("bool")});
  for (Item& row : trigger_rows()) variables.items.push_back(std::move(row));
  for (Item& row : parameter_rows()) variables.items.push_back(std::move(row));
  quotients_.clear();
  gathered_.clear();
  gather_rows(body, variables);
  if (may_divide(body, catalog_)) find_quotients(body, variables);
  BodyWalk(*this, variables, body.block.statements)(body.block);
  visitor_ = nullptr;
  in_body_ = false;
  body_ = nullptr;
  scope_ = &statement_;
}

/// A record that several statements fill is read between them.
void ExpressionTypes::gather_rows(ast::plpgsql::Body& body, const Scope& variables) {
  bool any_record = false;
  each_part(body, [&](Declaration& one) {
    const auto* variable = std::get_if<VariableDeclaration>(&one.node);
    any_record = any_record || (variable != nullptr && variable->type.type.name.name == "record" &&
                                count_assignments(body.block.statements, one.name) > 1);
  });
  if (!any_record) return;
  Visitor reader;
  reader.kept_word_for_word = visitor_->kept_word_for_word;
  const Visitor* visitor = std::exchange(visitor_, &reader);
  gathers_ = true;
  Scope scope = variables;
  BodyWalk(*this, scope, body.block.statements)(body.block);
  gathers_ = false;
  visitor_ = visitor;
}

/// A loop comes back to what a later statement gives a variable.
void ExpressionTypes::find_quotients(ast::plpgsql::Body& body, const Scope& variables) {
  Visitor reader;
  reader.kept_word_for_word = visitor_->kept_word_for_word;
  const Visitor* visitor = std::exchange(visitor_, &reader);
  size_t known = 0;
  do {
    known = quotients_.size();
    Scope scope = variables;
    BodyWalk(*this, scope, body.block.statements)(body.block);
    for (Item& routine : statement_.items) {
      for (Column& parameter : routine.columns.list)
        parameter.is_quotient = quotients_.contains(parameter.name);
    }
  } while (quotients_.size() > known);
  visitor_ = visitor;
}

}  // namespace pg2crdb::bind
