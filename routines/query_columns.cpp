#include "routines/query_columns.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ast/signature.h"
#include "routines/function_types.h"

namespace pg2crdb::routines {
namespace {

/// The columns of common tables, by their names.
using CommonTables = std::vector<std::pair<std::string, std::vector<Field>>>;

std::optional<std::vector<Field>> columns(const Conversion& conversion, const ast::Query& query,
                                          CommonTables common_tables);

/// Of one that is one or the other.
ast::TypeName type_of_both(const ast::TypeName& one, const ast::TypeName& other) {
  if (one.empty() || one.name != other.name || one.array_bounds != other.array_bounds) return {};
  ast::TypeName type = one;
  type.modifiers.clear();
  return type;
}

/// What the tables, queries and functions in FROM bring.
class From {
 public:
  From(const Conversion& conversion, const ast::Query& query, CommonTables common_tables)
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
  bool known() const { return known_; }

  /// `*`, or `t.*`.
  std::vector<Field> all(const std::string& table) const {
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
  const Field* find(const std::vector<std::string>& names) const {
    const Field* found = nullptr;
    for (size_t i = 0; i < fields_.size(); ++i) {
      const bool is_it = names.size() == 1 ? fields_[i].name == names[0] && !merged_.contains(i)
                                           : fields_[i].source == std::vector(names.end() - 2, names.end());
      if (is_it && found != nullptr) return nullptr;
      if (is_it) found = &fields_[i];
    }
    return found;
  }
  bool has(const std::string& column) const {
    return std::ranges::any_of(fields_, [&](const Field& field) { return field.name == column; });
  }

 private:
  using Columns = std::vector<size_t>;  ///< places in `fields_`

  static bool rename(std::vector<Field>& fields, const std::vector<std::string>& names) {
    if (names.size() > fields.size()) return false;
    for (size_t i = 0; i < names.size(); ++i) fields[i].name = names[i];
    return true;
  }

  /// One that reads itself has the columns of what it begins with.
  std::optional<std::vector<Field>> of_common_table(const ast::Query& query, bool recursive) const {
    if (!recursive || !query.left) return columns(conversion_, query, common_tables_);
    std::optional<std::vector<Field>> fields = columns(conversion_, *query.left, common_tables_);
    if (fields) {
      for (Field& field : *fields) field.type.modifiers.clear();
    }
    return fields;
  }

  Columns add_all(std::optional<std::vector<Field>> fields, const ast::Alias& alias,
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

  Columns add(const ast::FromItem& item) {
    if (!known_) return {};
    if (const auto* table = std::get_if<ast::TableRef>(&item.node))
      return add_all(of_relation(table->name), table->alias, table->name.name);
    if (const auto* join = std::get_if<ast::Join>(&item.node)) return add(*join);
    if (const auto* query = std::get_if<ast::SubqueryRef>(&item.node))
      return add_all(columns(conversion_, *query->query, common_tables_), query->alias, {});
    return add(std::get<ast::FunctionRef>(item.node));
  }

  /// The columns that USING names come first, and once.
  Columns add(const ast::Join& join) {
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
  std::optional<size_t> place_of(const Columns& columns, const std::string& name) const {
    std::optional<size_t> found;
    for (const size_t at : columns) {
      if (fields_[at].name != name) continue;
      if (found) return std::nullopt;
      found = at;
    }
    return found;
  }

  Columns add(const ast::FunctionRef& item) {
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

  /// Of a function of PostgreSQL's own that gives rows.
  std::optional<std::vector<Field>> of_built_in(const ast::FunctionCall& call,
                                                const std::string& alias) const;

  std::optional<std::vector<Field>> of_relation(const ast::Name& name) const {
    if (name.schema.empty()) {
      const auto found = std::ranges::find(common_tables_, name.name, &CommonTables::value_type::first);
      if (found != common_tables_.end()) return found->second;
    }
    if (const ast::Statement* view = conversion_.routine.catalog.view(name)) {
      const auto* create = std::get_if<ast::CreateView>(&view->node);
      const std::set<ast::ObjectId>* altered = conversion_.routine.altered;
      const bool is_other = create != nullptr && altered != nullptr && altered->contains(create->name.object);
      return is_other ? std::nullopt : of_view(*view);
    }
    return conversion_.row_fields(name);
  }

  /// The names in its query are none of the body's.
  std::optional<std::vector<Field>> of_view(const ast::Statement& statement) const {
    const auto of = [&](const auto& view) -> std::optional<std::vector<Field>> {
      std::optional<std::vector<Field>> fields = columns(conversion_, *view.query, {});
      if (!fields || !rename(*fields, view.columns)) return std::nullopt;
      for (Field& field : *fields) field.source.clear();
      return fields;
    };
    if (const auto* view = std::get_if<ast::CreateView>(&statement.node)) return of(*view);
    const auto* view = std::get_if<ast::CreateTableAs>(&statement.node);
    return view == nullptr ? std::nullopt : of(*view);
  }

  /// Of one of the script's own: of several those that take as many arguments, where all give the same.
  std::optional<std::vector<Field>> of_function(const ast::FunctionCall& call,
                                                const std::string& called) const {
    std::optional<std::vector<Field>> found;
    for (const ast::Statement* statement : conversion_.routine.catalog.functions(call.name)) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
      if (function == nullptr) return std::nullopt;
      if (!may_take(*function, call.arguments.size())) continue;
      std::optional<std::vector<Field>> fields = of_function(*function, called);
      if (!fields || (found && *fields != *found)) return std::nullopt;
      found = std::move(fields);
    }
    return found;
  }

  static bool may_take(const ast::CreateFunction& function, size_t count) {
    size_t least = 0, most = 0;
    for (const ast::FunctionParameter& one : function.parameters) {
      if (one.mode == ast::FunctionParameter::Mode::variadic) return true;
      if (!ast::is_argument(one)) continue;
      ++most;
      least += one.default_value ? 0 : 1;
    }
    return least <= count && count <= most;
  }

  /// What gives no row gives one column, which has the function's name or its alias.
  std::optional<std::vector<Field>> of_function(const ast::CreateFunction& function,
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

  const Conversion& conversion_;
  CommonTables common_tables_;
  std::vector<Field> fields_;
  Columns star_;
  std::set<size_t> merged_;  ///< those of which a join shows another one
  bool known_ = true;
};

/// The type of what a query computes.
class Computed {
 public:
  Computed(const Conversion& conversion, const From& from) : conversion_(conversion), from_(from) {}

  std::optional<ast::TypeName> operator()(const ast::Expr& expr) const {
    return std::visit([this](const auto& node) { return type(node); }, expr.node);
  }

 private:
  using Type = std::optional<ast::TypeName>;

  template <class Node>
  Type type(const Node&) const {
    return std::nullopt;
  }
  Type type(const ast::Cast& cast) const { return conversion_.known_type(cast.type); }
  Type type(const ast::BoolExpr&) const { return built_in_type("bool"); }
  Type type(const ast::NullTest&) const { return built_in_type("bool"); }
  Type type(const ast::BooleanTest&) const { return built_in_type("bool"); }
  Type type(const ast::Literal& literal) const {
    using Kind = ast::Literal::Kind;
    constexpr size_t digits_of_int4 = 9;
    if (literal.kind == Kind::boolean) return built_in_type("bool");
    if (literal.kind == Kind::string) return built_in_type("text");
    if (literal.kind == Kind::integer && literal.text.size() <= digits_of_int4) return built_in_type("int4");
    if (literal.kind == Kind::decimal) return built_in_type("numeric");
    return std::nullopt;
  }
  Type type(const ast::ColumnRef& ref) const {
    if (ref.star) return std::nullopt;
    if (const Field* field = from_.find(ref.names)) return known(field->type);
    if (ref.names.size() == 2 && from_.all(ref.names[0]).empty()) return field(ref.names[0], ref.names[1]);
    if (ref.names.size() != 1 || from_.has(ref.names[0])) return std::nullopt;
    ast::plpgsql::Variable variable;
    variable.names = ref.names;
    const Type known = conversion_.single_type(variable);
    return known ? conversion_.known_type(*known) : std::nullopt;
  }
  Type type(const ast::Subquery& query) const {
    using Kind = ast::Subquery::Kind;
    if (query.kind != Kind::scalar && query.kind != Kind::array) return built_in_type("bool");
    const std::optional<std::vector<Field>> fields = columns(conversion_, *query.query, {});
    if (!fields || fields->size() != 1) return std::nullopt;
    Type type = known(fields->front().type);
    if (query.kind == Kind::array && type && !type->array_bounds.empty()) return std::nullopt;
    if (query.kind == Kind::array && type) type->array_bounds = {-1};
    return type;
  }
  Type type(const ast::ValueFunction& value) const {
    if (value.keyword == "CURRENT_DATE") return built_in_type("date");
    return value.keyword == "CURRENT_TIMESTAMP" ? Type(built_in_type("timestamptz")) : std::nullopt;
  }
  Type type(const ast::Case& choice) const {
    std::vector<const ast::Expr*> results;
    for (const ast::CaseWhen& when : choice.whens) results.push_back(&*when.result);
    if (choice.otherwise) results.push_back(&*choice.otherwise);
    return common(results);
  }
  Type type(const ast::MinMax& all) const { return common(pointers(all.arguments)); }
  Type type(const ast::Operation& operation) const {
    using Kind = ast::Operation::Kind;
    if (operation.kind == Kind::nullif) return plain((*this)(*operation.left));
    if (operation.kind != Kind::op) return built_in_type("bool");
    if (operation.op.size() != 1 || !operation.right) return std::nullopt;
    const std::string& op = operation.op[0];
    if (!operation.left) return type_of_sign(op, (*this)(*operation.right));
    return type_of_operation(op, (*this)(*operation.left), (*this)(*operation.right));
  }
  Type type(const ast::Coalesce& coalesce) const { return common(pointers(coalesce.arguments)); }

  static std::vector<const ast::Expr*> pointers(const std::vector<ast::Expr>& exprs) {
    std::vector<const ast::Expr*> result;
    for (const ast::Expr& expr : exprs) result.push_back(&expr);
    return result;
  }
  static Type known(const ast::TypeName& type) { return type.empty() ? std::nullopt : Type(type); }
  static Type plain(Type type) { return without_modifiers(std::move(type)); }

  /// The type that all of them have; a string or NULL takes that of the others.
  Type common(const std::vector<const ast::Expr*>& all) const {
    Type result;
    bool any_string = false;
    for (const ast::Expr* one : all) {
      const auto* literal = std::get_if<ast::Literal>(&one->node);
      any_string = any_string || (literal != nullptr && literal->kind == ast::Literal::Kind::string);
      const bool takes_any = literal != nullptr && (literal->kind == ast::Literal::Kind::string ||
                                                    literal->kind == ast::Literal::Kind::null);
      if (takes_any) continue;
      const Type own = (*this)(*one);
      if (!own || (result && own->array_bounds != result->array_bounds)) return std::nullopt;
      const bool same = !result || own->name == result->name;
      if (!same && !own->array_bounds.empty()) return std::nullopt;
      result = same ? plain(own) : type_of_either(result, own);
      if (!result) return std::nullopt;
    }
    return result || !any_string ? result : Type(built_in_type("text"));
  }

  Type type(const ast::FunctionCall& call) const {
    const std::vector<ast::Statement*> found = conversion_.routine.catalog.functions(call.name);
    if (found.empty()) return type_of_call(call.name.name, types(call.arguments));
    const auto* function = found.size() == 1 ? std::get_if<ast::CreateFunction>(&found[0]->node) : nullptr;
    if (function == nullptr || function->returns->set_of || function->returns->empty()) return std::nullopt;
    return conversion_.known_type(*function->returns);
  }
  /// An element of an array, a field of a row.
  Type type(const ast::Indirection& read) const {
    const bool is_step = read.steps.size() == 1;
    if (is_step && read.steps[0].kind == ast::Step::Kind::index) {
      Type array = (*this)(*read.argument);
      if (array && array->name.name == "jsonb" && array->array_bounds.empty()) return array;
      if (!array || array->array_bounds.size() != 1) return std::nullopt;
      array->array_bounds.clear();
      return array;
    }
    const auto* row = std::get_if<ast::ColumnRef>(&read.argument->node);
    if (!is_step || read.steps[0].kind != ast::Step::Kind::field || row == nullptr || row->names.size() != 1)
      return std::nullopt;
    return field(row->names[0], read.steps[0].field);
  }
  Type type(const ast::ArrayExpr& array) const {
    Type element = common(pointers(array.elements));
    if (!element || !element->array_bounds.empty()) return std::nullopt;
    element->array_bounds = {-1};
    return element;
  }
  /// Of a variable or parameter that holds a table's row.
  Type field(const std::string& variable, const std::string& name) const {
    const ast::plpgsql::VariableType* known = conversion_.type_of(variable);
    const bool is_named = known != nullptr && known->kind == ast::plpgsql::VariableType::Kind::named;
    const std::optional<std::vector<Field>> fields = is_named && known->type.array_bounds.empty()
                                                         ? conversion_.row_fields(known->type.name)
                                                         : std::nullopt;
    if (!fields) return std::nullopt;
    const auto found = std::ranges::find(*fields, name, &Field::name);
    return found == fields->end() || found->type.empty() ? std::nullopt : Type(found->type);
  }

 public:
  std::vector<Type> types(const std::vector<ast::Expr>& exprs) const {
    std::vector<Type> result;
    for (const ast::Expr& expr : exprs) result.push_back((*this)(expr));
    return result;
  }
  /// The type that all of them have; a string or NULL takes that of the others.
  Type common_type(const std::vector<const ast::Expr*>& all) const { return common(all); }

 private:
  const Conversion& conversion_;
  const From& from_;
};

std::string own_name(const ast::Expr& expr) {
  if (const auto* ref = std::get_if<ast::ColumnRef>(&expr.node)) return ref->names.back();
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return call->name.name;
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return own_name(*cast->argument);
  if (const auto* read = std::get_if<ast::Indirection>(&expr.node)) {
    const ast::Step& last = read->steps.back();
    return last.kind == ast::Step::Kind::field ? last.field : own_name(*read->argument);
  }
  return std::holds_alternative<ast::Coalesce>(expr.node) ? "coalesce" : std::string();
}

/// As PostgreSQL calls a column; empty where it has no name of its own.
std::string name_of(const ast::SelectItem& item) {
  const std::string name = item.alias.empty() ? own_name(*item.expr) : item.alias;
  const auto* cast = std::get_if<ast::Cast>(&item.expr->node);
  return name.empty() && cast != nullptr ? cast->type.name.name : name;
}

std::optional<std::vector<Field>> From::of_built_in(const ast::FunctionCall& call,
                                                    const std::string& alias) const {
  return rows_of_call(call.name.name, Computed(conversion_, *this).types(call.arguments), alias);
}

/// Of UNION and the like: the names of the left side, where both sides have the same types.
std::optional<std::vector<Field>> columns_of_both(const Conversion& conversion, const ast::Query& query,
                                                  const CommonTables& common_tables) {
  if (!query.with.empty()) return std::nullopt;
  std::optional<std::vector<Field>> left = columns(conversion, *query.left, common_tables);
  const std::optional<std::vector<Field>> right = columns(conversion, *query.right, common_tables);
  if (!left || !right || left->size() != right->size()) return std::nullopt;
  for (size_t i = 0; i < left->size(); ++i) {
    (*left)[i].type = type_of_both((*left)[i].type, (*right)[i].type);
    (*left)[i].source.clear();
  }
  return left;
}

/// column1, column2 ...
std::optional<std::vector<Field>> columns_of_values(const Conversion& conversion, const ast::Query& query,
                                                    const CommonTables& common_tables) {
  const From nothing(conversion, {}, common_tables);
  const Computed computed(conversion, nothing);
  std::vector<Field> result;
  for (size_t i = 0; i < query.values[0].size(); ++i) {
    std::vector<const ast::Expr*> all;
    for (const std::vector<ast::Expr>& row : query.values) {
      if (row.size() != query.values[0].size()) return std::nullopt;
      all.push_back(&row[i]);
    }
    const std::optional<ast::TypeName> type = computed.common_type(all);
    result.push_back({"column" + std::to_string(i + 1), type.value_or(ast::TypeName()), {}});
  }
  return result;
}

std::optional<std::vector<Field>> columns(const Conversion& conversion, const ast::Query& query,
                                          CommonTables common_tables) {
  if (query.left) return columns_of_both(conversion, query, common_tables);
  if (!query.values.empty()) return columns_of_values(conversion, query, common_tables);
  const From from(conversion, query, std::move(common_tables));
  if (!from.known()) return std::nullopt;
  const Computed computed(conversion, from);
  std::vector<Field> result;
  for (const ast::SelectItem& target : query.targets) {
    const auto* ref = std::get_if<ast::ColumnRef>(&target.expr->node);
    if (ref != nullptr && ref->star) {
      if (ref->names.size() > 1) return std::nullopt;
      const std::vector<Field> all = from.all(ref->names.empty() ? "" : ref->names[0]);
      if (all.empty()) return std::nullopt;
      result.insert(result.end(), all.begin(), all.end());
      continue;
    }
    Field field;
    if (const Field* known = ref == nullptr ? nullptr : from.find(ref->names)) field = *known;
    field.name = name_of(target);
    field.type = computed(*target.expr).value_or(ast::TypeName());
    result.push_back(std::move(field));
  }
  for (size_t i = 0; i < result.size(); ++i) {
    for (size_t other = 0; other < i; ++other) {
      if (!result[i].name.empty() && result[other].name == result[i].name) return std::nullopt;
    }
  }
  return result;
}

}  // namespace

std::optional<std::vector<Field>> columns_of(const Conversion& conversion, const ast::Query& query) {
  return columns(conversion, query, {});
}

std::optional<ast::TypeName> type_of_value(const Conversion& conversion, const ast::Expr& expr) {
  return Computed(conversion, From(conversion, {}, {}))(expr);
}

void write_out_stars(const Conversion& conversion, ast::Query& query) {
  if (!columns_of(conversion, query)) return;
  std::vector<ast::SelectItem> targets;
  for (ast::SelectItem& item : query.targets) {
    const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node);
    if (ref == nullptr || !ref->star) {
      targets.push_back(std::move(item));
      continue;
    }
    for (const Field& field : fields_of_star(conversion, query, *ref)) {
      ast::SelectItem one;
      one.expr = column(field.source);
      targets.push_back(std::move(one));
    }
  }
  query.targets = std::move(targets);
}

std::vector<Field> fields_of_star(const Conversion& conversion, const ast::Query& query,
                                  const ast::ColumnRef& star) {
  return From(conversion, query, {}).all(star.names.empty() ? "" : star.names[0]);
}

}  // namespace pg2crdb::routines
