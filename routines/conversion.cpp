#include "routines/conversion.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "ast/serial.h"
#include "ast/walk.h"
#include "parser/plpgsql.h"
#include "parser/sql_tokens.h"
#include "routines/function_aliases.h"
#include "routines/query_columns.h"
#include "routines/readers.h"
#include "routines/unknown_rows.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// From 1.
size_t line_of(const std::string& text, int32_t offset) {
  const size_t end = std::min(static_cast<size_t>(std::max(offset, 0)), text.size());
  return static_cast<size_t>(
             std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n')) +
         1;
}

}  // namespace

Conversion::Conversion(Body& its_body, const std::string& its_text, const Routine& its_routine)
    : body(its_body), text(its_text), routine(its_routine) {
  read_declarations();
}

const std::vector<transform::Token>& Conversion::tokens() {
  if (!tokens_) tokens_ = transform::scan(text).tokens;
  return *tokens_;
}

void Conversion::note(std::string_view what, int32_t offset) {
  if (std::ranges::find(changes, what, &Change::what) == changes.end())
    changes.push_back({std::string(what), line_of(text, offset), static_cast<size_t>(std::max(offset, 0))});
}

void Conversion::note_cut(const std::string& target, int32_t offset) {
  const std::string name = "`" + target + "`";
  if (std::ranges::find(cut, name, &Change::what) == cut.end())
    cut.push_back({name, line_of(text, offset), static_cast<size_t>(std::max(offset, 0))});
}

void Conversion::note_first_row(const std::string& variable, int32_t offset) {
  first_rows.push_back(
      {"`" + variable + "`", line_of(text, offset), static_cast<size_t>(std::max(offset, 0))});
}

void Conversion::read_words() {
  for (const transform::Token& token : tokens()) {
    if (token.is_name()) words_.insert(token.name());
  }
  for (const ast::FunctionParameter& parameter : routine.parameters) words_.insert(parameter.name);
}

std::string Conversion::new_name(const std::string& base) {
  if (words_.empty()) read_words();
  std::string name = base;
  for (int number = 1; routine.columns.contains(name) || !words_.insert(name).second; ++number)
    name = base + std::to_string(number);
  return name;
}

void Conversion::declare(const std::string& name, ast::TypeName type, ast::Box<Value> value) {
  VariableDeclaration variable;
  variable.type = named(std::move(type));
  variable.default_value = std::move(value);
  Declaration declaration;
  declaration.name = name;
  declaration.node = std::move(variable);
  body.block.declarations.push_back(std::move(declaration));
}

const Conversion::Declared* Conversion::find(const std::string& name) const {
  const auto found = std::ranges::find(declared_, name, &Declared::name);
  return found == declared_.end() ? nullptr : &*found;
}

void Conversion::add(const std::string& name, const VariableType& type) {
  if (name.empty()) return;
  const auto known = std::ranges::find(declared_, name, &Declared::name);
  if (known == declared_.end()) {
    declared_.push_back({name, type, 1});
  } else {
    ++known->count;
  }
}

void Conversion::read_declarations() {
  declared_.clear();
  for (const ast::FunctionParameter& parameter : routine.parameters)
    add(parameter.name, named(parameter.type));
  each_part(body, [&](Declaration& one) {
    const auto* variable = std::get_if<VariableDeclaration>(&one.node);
    add(one.name, variable == nullptr ? VariableType() : variable->type);
  });
  each_part(body, [&](ForRange& loop) { add(loop.variable, named(built_in_type("int4"))); });
  each_part(body, [&](ForCursor& loop) { add(loop.variable, VariableType()); });
}

const VariableType* Conversion::type_of(const std::string& variable) const {
  const Declared* known = find(variable);
  return known == nullptr || known->count > 1 ? nullptr : &known->type;
}

std::optional<ast::TypeName> Conversion::single_type(const Variable& variable) const {
  const VariableType* type =
      variable.names.size() == 1 && variable.steps.empty() ? type_of(variable.names[0]) : nullptr;
  if (type == nullptr || type->kind != VariableType::Kind::named || type->type.empty()) return std::nullopt;
  const ast::Name& name = type->type.name;
  const bool is_row = routine.catalog.is_user_type(name) && routine.catalog.enum_type(name) == nullptr;
  return is_row || name.name == "record" ? std::nullopt : std::optional(type->type);
}

std::optional<ast::TypeName> Conversion::type_of_target(const Variable& target) const {
  if (target.names.size() == 1) {
    Variable whole;
    whole.names = target.names;
    const std::optional<ast::TypeName> type = single_type(whole);
    return type ? known_type(*type) : std::nullopt;
  }
  if (target.names.size() != 2) return std::nullopt;
  const bool is_fired = target.names[0] == "new" && !is_declared("new");
  const VariableType* row = type_of(target.names[0]);
  std::vector<const std::vector<ast::Column>*> all;
  if (is_fired) {
    for (const ast::CreateTable* one : routine.fired_by) {
      if (!routine.knows_columns_of(*one)) return std::nullopt;
      all.push_back(&one->columns);
    }
  } else if (row != nullptr && row->kind == VariableType::Kind::named && row->type.array_bounds.empty()) {
    const ast::Statement* statement = routine.catalog.composite_type(row->type.name);
    const auto* type =
        statement == nullptr ? nullptr : std::get_if<ast::CreateCompositeType>(&statement->node);
    if (const ast::CreateTable* its_table = table(row->type.name))
      all = {&its_table->columns};
    else if (type != nullptr)
      all = {&type->attributes};
  }
  std::optional<ast::TypeName> result;
  for (const std::vector<ast::Column>* columns : all) {
    const auto found = std::ranges::find(*columns, target.names[1], &ast::Column::name);
    if (found == columns->end()) continue;
    const std::optional<ast::TypeName> type = column_type(*found);
    const bool differs = result && type &&
                         (result->name != type->name || result->modifiers != type->modifiers ||
                          result->array_bounds != type->array_bounds);
    if (!type || differs) return std::nullopt;
    result = type;
  }
  return result;
}

bool Conversion::is_declared(const std::string& name) const {
  return find(name) != nullptr;
}

const ast::CreateTable* Conversion::table(const ast::Name& name) const {
  const ast::Statement* statement = routine.relation(name);
  const auto* table = statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
  const bool is_whole = table != nullptr && table->likes.empty() && table->inherits.empty() &&
                        table->of_type.empty() && table->partition_of.empty() &&
                        routine.knows_columns_of(*table);
  return is_whole ? table : nullptr;
}

std::optional<std::vector<Field>> Conversion::row_fields(const ast::Name& name) const {
  const ast::CreateTable* its_table = table(name);
  const ast::Statement* statement = routine.catalog.composite_type(name);
  const auto* type = statement == nullptr ? nullptr : std::get_if<ast::CreateCompositeType>(&statement->node);
  if (its_table == nullptr && type == nullptr) return std::nullopt;
  std::vector<Field> fields;
  for (const ast::Column& column : its_table != nullptr ? its_table->columns : type->attributes)
    fields.push_back({column.name, column_type(column).value_or(ast::TypeName()), {}});
  return fields;
}

std::optional<ast::TypeName> Conversion::column_type(const ast::Column& column) const {
  const std::string_view integer = ast::integer_of_serial(column.type);
  return known_type(integer.empty() ? column.type : built_in_type(std::string(integer)));
}

std::optional<ast::TypeName> Conversion::known_type(const ast::TypeName& written) const {
  constexpr std::array<std::string_view, 23> same = {
      "bit",  "bool", "bpchar",    "bytea",       "char",     "date",   "float4", "float8",
      "inet", "int2", "int4",      "int8",        "interval", "jsonb",  "name",   "numeric",
      "text", "time", "timestamp", "timestamptz", "uuid",     "varbit", "varchar"};
  ast::TypeName type = written;
  const bool is_enum = routine.catalog.enum_type(type.name) != nullptr;
  if ((!is_enum &&
       (routine.catalog.is_user_type(type.name) || std::ranges::find(same, type.name.name) == same.end())) ||
      type.array_bounds.size() > 1)
    return std::nullopt;
  type.offset = -1;
  return type;
}

namespace {

struct FromNames {
  std::set<std::string>& names;

  void operator()(const ast::FromItem& item) const {
    if (const auto* join = std::get_if<ast::Join>(&item.node)) {
      (*this)(*join->left);
      (*this)(*join->right);
      names.insert(join->alias.name);
    } else if (const auto* table = std::get_if<ast::TableRef>(&item.node)) {
      names.insert(table->alias.name.empty() ? table->name.name : table->alias.name);
    } else if (const auto* query = std::get_if<ast::SubqueryRef>(&item.node)) {
      names.insert(query->alias.name);
    } else if (const auto* function = std::get_if<ast::FunctionRef>(&item.node)) {
      names.insert(function->alias.name);
    }
  }
};

}  // namespace

std::set<std::string> Conversion::names_in_from() {
  std::set<std::string> names;
  ast::Visitor look;
  look.query = [&](ast::Query& query) {
    for (const ast::FromItem& item : query.from) FromNames{names}(item);
  };
  ast::walk(body, look);
  return names;
}

bool Conversion::may_give_rows(ast::Expr& expr) const {
  constexpr std::string_view sets[] = {"aclexplode",
                                       "generate_series",
                                       "generate_subscripts",
                                       "json_array_elements",
                                       "json_array_elements_text",
                                       "json_each",
                                       "json_each_text",
                                       "json_object_keys",
                                       "json_populate_recordset",
                                       "json_to_recordset",
                                       "jsonb_array_elements",
                                       "jsonb_array_elements_text",
                                       "jsonb_each",
                                       "jsonb_each_text",
                                       "jsonb_object_keys",
                                       "jsonb_path_query",
                                       "jsonb_path_query_tz",
                                       "jsonb_populate_recordset",
                                       "jsonb_to_recordset",
                                       "pg_get_keywords",
                                       "pg_options_to_table",
                                       "regexp_matches",
                                       "regexp_split_to_table",
                                       "string_to_table",
                                       "ts_debug",
                                       "ts_parse",
                                       "ts_stat",
                                       "ts_token_type",
                                       "unnest"};
  bool many = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& one) {
    const auto* call = std::get_if<ast::FunctionCall>(&one.node);
    if (call == nullptr) return;
    many = many || std::ranges::find(sets, call->name.name) != std::end(sets);
    for (const ast::Statement* statement : routine.catalog.functions(call->name)) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
      many = many || function == nullptr || function->returns->set_of ||
             std::ranges::any_of(function->parameters, [](const ast::FunctionParameter& parameter) {
               return parameter.mode == ast::FunctionParameter::Mode::table;
             });
    }
  };
  ast::walk(expr, look);
  return many;
}

bool Conversion::has_effects(ast::Query& query) const {
  bool effects = !query.locking.empty();
  // What a function in FROM gives is there as a whole before its first row is taken.
  std::set<const ast::FunctionCall*> whole;
  for (ast::FromItem& item : query.from) {
    auto* from = std::get_if<ast::FunctionRef>(&item.node);
    if (from == nullptr || from->lateral) continue;
    for (ast::FunctionRef::Function& one : from->functions)
      whole.insert(std::get_if<ast::FunctionCall>(&one.call->node));
  }
  ast::Visitor look;
  look.expr = [&](ast::Expr& one) {
    const auto* call = std::get_if<ast::FunctionCall>(&one.node);
    if (call == nullptr) return;
    effects = effects || call->name.name == "nextval" || call->name.name == "setval";
    for (const ast::Statement* statement : routine.catalog.functions(call->name)) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
      const bool may_change =
          function == nullptr || function->volatility.empty() || function->volatility == "VOLATILE";
      effects = effects || (may_change && !(function != nullptr && whole.contains(call) &&
                                            is_reader(*function, routine.catalog)));
    }
  };
  look.query = [&](ast::Query& one) { effects = effects || !one.locking.empty(); };
  ast::walk(query, look);
  return effects;
}

namespace {

ast::Expr is_null(ast::Expr expr) {
  ast::NullTest test;
  test.argument = std::move(expr);
  return {std::move(test)};
}

/// One boolean of several values, all of which are computed for it. Left alone where an order may be that of
/// one of them, or one of them is all of a table.
bool look_at_all(ast::Query& query) {
  const bool is_ordered = std::ranges::any_of(query.order_by, [](const ast::SortItem& one) {
    return std::holds_alternative<ast::Literal>(one.expr->node);
  });
  const bool has_names =
      std::ranges::any_of(query.targets, [](const ast::SelectItem& one) { return !one.alias.empty(); });
  if (is_ordered || (has_names && !query.order_by.empty()) || !gives_columns(query, query.targets.size()))
    return false;
  ast::Expr all = is_null(std::move(*query.targets[0].expr));
  for (size_t i = 1; i < query.targets.size(); ++i) {
    ast::Operation differs;
    differs.kind = ast::Operation::Kind::distinct;
    differs.op = {"="};
    differs.left = std::move(all);
    differs.right = is_null(std::move(*query.targets[i].expr));
    all = {std::move(differs)};
  }
  query.targets.resize(1);
  query.targets[0] = {};
  query.targets[0].expr = std::move(all);
  return true;
}

}  // namespace

/// `(SELECT bool_or(looked_at) FROM (SELECT f(x) IS NULL AS looked_at FROM ...) AS performed)`: a value that
/// nobody looks at need not be computed. What DISTINCT compares is looked at as it is.
std::optional<ast::Expr> Conversion::look_at_rows(ast::Query& query) {
  const bool is_compared = query.distinct && query.distinct_on.empty();
  if (!make_select(*this, query)) return std::nullopt;
  const bool is_looked_at = query.targets.size() > 1 && !is_compared && look_at_all(query);
  if ((query.distinct && !is_compared) || query.targets.size() != 1 ||
      (!query.order_by.empty() && (is_compared || !query.targets[0].alias.empty())) ||
      may_give_rows(*query.targets[0].expr))
    return std::nullopt;
  const auto* ref = std::get_if<ast::ColumnRef>(&query.targets[0].expr->node);
  const bool is_star = ref != nullptr && ref->star;
  if (is_compared && is_star) return std::nullopt;
  if (looked_at_.empty()) looked_at_ = new_name("looked_at");
  if (performed_.empty()) performed_ = new_name("performed");
  if (is_star) query.targets[0].expr = ast::Expr{ast::Literal{ast::Literal::Kind::boolean, "true"}};
  if (!is_compared && !is_looked_at) query.targets[0].expr = is_null(std::move(*query.targets[0].expr));
  query.targets[0].alias = looked_at_;
  ast::SubqueryRef rows;
  rows.query = std::move(query);
  rows.alias.name = performed_;
  ast::Expr looked_at = column({performed_, looked_at_});
  ast::FunctionCall any;
  any.name.name = "bool_or";
  any.arguments.push_back(is_compared ? is_null(std::move(looked_at)) : std::move(looked_at));
  ast::SelectItem target;
  target.expr = ast::Expr{std::move(any)};
  ast::Query all;
  all.targets.push_back(std::move(target));
  all.from.push_back({std::move(rows)});
  ast::Subquery subquery;
  subquery.query = std::move(all);
  return ast::Expr{std::move(subquery)};
}

ast::Expr column(std::vector<std::string> names) {
  return {ast::ColumnRef{std::move(names)}};
}

bool gives_columns(const ast::Query& query, size_t count) {
  const auto is_star = [](const ast::SelectItem& item) {
    if (const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node)) return ref->star;
    const auto* steps = std::get_if<ast::Indirection>(&item.expr->node);
    return steps != nullptr && !steps->steps.empty() && steps->steps.back().kind == ast::Step::Kind::star;
  };
  return query.targets.size() == count && std::ranges::none_of(query.targets, is_star);
}

ast::Expr text_literal(std::string text) {
  return {ast::Literal{ast::Literal::Kind::string, std::move(text)}};
}

ast::TypeName built_in_type(std::string name) {
  ast::TypeName type;
  type.name = {"pg_catalog", std::move(name)};
  return type;
}

VariableType named(ast::TypeName type) {
  VariableType result;
  result.type = std::move(type);
  return result;
}

If if_then(ast::Expr condition, Statement then) {
  Branch branch;
  branch.condition = value_of(std::move(condition));
  branch.statements.list.push_back(std::move(then));
  If result;
  result.branches.push_back(std::move(branch));
  return result;
}

namespace {

/// Of EXECUTE in a body that was converted, with the words of the one that was read.
std::vector<Change> texts_left(Body& converted, const Body& read, const std::string& text,
                               const Routine& routine) {
  std::set<size_t> left;
  each_part(converted,
            [&](DynamicSql& one) { left.insert(static_cast<size_t>(std::max(one.text.offset, 0))); });
  if (left.empty()) return {};
  Body before = read;
  Conversion as_read(before, text, routine);
  std::vector<Change> result = built_texts(as_read);
  std::erase_if(result, [&](const Change& one) { return !left.contains(one.offset); });
  return result;
}

}  // namespace

ConvertedBody convert_body(const std::string& text, const Routine& routine) {
  ConvertedBody result;
  ParsedBody parsed = parse_plpgsql(text, routine.name);
  if (!parsed.body) return result;
  const Body read = *parsed.body;
  Conversion conversion(*parsed.body, text, routine);
  convert_constant_branches(conversion);
  result.adapted = routine.adapt && routine.adapt(*parsed.body);
  convert_spelling(conversion);
  convert_parameters(conversion);
  convert_hidden_names(conversion);
  convert_absent_statements(conversion);
  const size_t before = conversion.changes.size();
  convert_dynamic_sql(conversion);
  const bool is_more = conversion.changes.size() > before;
  if (is_more && routine.adapt) result.adapted = routine.adapt(*parsed.body) || result.adapted;
  convert_extensions(conversion);
  convert_types(conversion);
  convert_labels(conversion);
  convert_current_rows(conversion);
  convert_cursors(conversion);
  convert_records(conversion);
  convert_rows(conversion);
  convert_row_counts(conversion);
  convert_unread_targets(conversion);
  convert_changed_into(conversion);
  convert_elements(conversion);
  convert_not_null(conversion);
  convert_error_codes(conversion);
  convert_conditions(conversion);
  convert_statements(conversion);
  convert_calls(conversion);
  convert_arguments(conversion);
  convert_loops(conversion);
  convert_lengths(conversion);
  if (!routine.target.has(Capability::function_name_as_alias) &&
      write_function_aliases(*parsed.body, routine.catalog))
    conversion.note("a function's name in the place of an alias", 0);
  result.changes = std::move(conversion.changes);
  result.cut = std::move(conversion.cut);
  result.first_rows = std::move(conversion.first_rows);
  result.parameter_names = std::move(conversion.parameter_names);
  result.named_by_text = std::move(conversion.named_by_text);
  result.built_texts = texts_left(*parsed.body, read, text, routine);
  for (Change& one : unknown_rows(conversion)) result.built_texts.push_back(std::move(one));
  if (!result.changes.empty() || result.adapted) {
    result.text = edited(text, read, *parsed.body, conversion.words);
  }
  Conversion rest(*parsed.body, text, routine);
  find_refused(rest);
  result.refused = std::move(rest.changes);
  return result;
}

}  // namespace pg2crdb::routines
