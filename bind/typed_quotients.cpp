// Which exact numbers have other places in CockroachDB than PostgreSQL gives them.
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "ast/walk.h"
#include "bind/expression_types.h"

namespace pg2crdb::bind {
namespace {

template <class Names>
bool is_any(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_own(const ast::Name& name) {
  return !name.schema.empty() && name.schema != "pg_catalog";
}

/// Numbers as exact as they are, in whatever array.
bool is_exact(const ast::TypeName& type) {
  return !is_own(type.name) && ExpressionTypes::keeps_places(type);
}

constexpr std::string_view dividing[] = {"avg",     "exp",      "ln",      "log",        "pow",
                                         "power",   "sqrt",     "stddev",  "stddev_pop", "stddev_samp",
                                         "var_pop", "var_samp", "variance"};
/// Functions that give what they are given, or a sum of it.
constexpr std::string_view passing_on[] = {
    "abs",           "array_agg",   "array_append", "array_cat",  "array_prepend", "array_remove",
    "array_replace", "first_value", "lag",          "last_value", "lead",          "max",
    "min",           "mod",         "nth_value",    "sum",        "unnest"};

/// A quotient has 16 places in PostgreSQL, or less where it is above 9999.
constexpr long places_of_quotients = 12;

}  // namespace

bool ExpressionTypes::keeps_places(const ast::TypeName& type) {
  if (type.name.name != "numeric") return false;
  return type.modifiers.empty() ||
         (type.modifiers.size() == 2 &&
          std::strtol(type.modifiers[1].c_str(), nullptr, 10) > places_of_quotients);
}

bool ExpressionTypes::is_quotient(const ast::Expr& expr) {
  const auto any = [this](const std::vector<ast::Expr>& list) {
    return std::any_of(list.begin(), list.end(), [this](const ast::Expr& one) { return is_quotient(one); });
  };
  if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) return any(coalesce->arguments);
  if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) return any(most->arguments);
  if (const auto* array = std::get_if<ast::ArrayExpr>(&expr.node)) return any(array->elements);
  if (const auto* row = std::get_if<ast::RowExpr>(&expr.node)) return any(row->elements);
  if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
    const auto gives = [this](const ast::CaseWhen& when) { return is_quotient(*when.result); };
    return std::any_of(choice->whens.begin(), choice->whens.end(), gives) ||
           (choice->otherwise && is_quotient(*choice->otherwise));
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
    return is_exact(cast->type) && is_quotient(*cast->argument);
  if (const auto* column = std::get_if<ast::ColumnRef>(&expr.node)) return is_quotient_column(*column);
  if (const auto* part = std::get_if<ast::Indirection>(&expr.node)) {
    const auto* row = std::get_if<ast::ColumnRef>(&part->argument->node);
    const bool is_field = row != nullptr && row->names.size() == 1 && part->steps.size() == 1 &&
                          part->steps[0].kind == ast::Step::Kind::field;
    if (!is_field) return is_exact(of(expr)) && is_quotient(*part->argument);
    ast::ColumnRef field;
    field.names = {row->names[0], part->steps[0].field};
    return is_quotient_column(field);
  }
  if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    const bool has_value =
        subquery->kind == ast::Subquery::Kind::scalar || subquery->kind == ast::Subquery::Kind::array;
    if (!has_value) return false;
    const Columns columns = columns_of(*subquery);
    return columns.list.size() == 1 && columns.list[0].is_quotient;
  }
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    if (gives_quotient(*call)) return true;
    if (is_own(call->name)) return false;
    if (is_any(dividing, call->name.name)) return is_exact(of(expr));
    return is_any(passing_on, call->name.name) && any(call->arguments);
  }
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation == nullptr) return false;
  if (operation->kind == ast::Operation::Kind::nullif) return is_quotient(*operation->left);
  constexpr std::string_view with_its_places[] = {"+", "-", "*", "%"};
  if (operation->kind != ast::Operation::Kind::op || operation->op.size() != 1) return false;
  if (operation->op[0] == "/" || operation->op[0] == "^") return is_exact(of(expr));
  const ast::TypeName type = of(expr);
  return is_any(with_its_places, operation->op[0]) && (type.empty() || is_exact(type)) &&
         ((operation->left && is_quotient(*operation->left)) || is_quotient(*operation->right));
}

bool ExpressionTypes::is_quotient_column(const ast::ColumnRef& reference) {
  if (reference.star || reference.names.empty()) return false;
  if (reference.names.size() == 2 && quotients_.contains(reference.names[0] + "." + reference.names[1]))
    return true;
  if (const std::optional<Column> column = find_column(reference); column && column->is_quotient) return true;
  const auto fields = reference.names.size() == 1 ? row(reference.names[0]) : std::nullopt;
  return fields && std::any_of(fields->begin(), fields->end(), [&](const Result& one) {
           return one.is_quotient || quotients_.contains(reference.names[0] + "." + one.name);
         });
}

bool ExpressionTypes::gives_quotient(const ast::FunctionCall& call) {
  const ast::ObjectId object = call.name.object;
  if (object != ast::no_object && script_.objects[object].made_here())
    return gives_quotient(script_.statements[script_.objects[object].created]);
  if (!in_body_ || object != ast::no_object || in_order_) return false;
  const std::vector<ast::Statement*> overloads = catalog_.functions(call.name);
  return std::any_of(overloads.begin(), overloads.end(),
                     [this](const ast::Statement* one) { return gives_quotient(*one); });
}

/// The one value of a routine in SQL, by its last query.
bool ExpressionTypes::gives_quotient(const ast::Statement& routine) {
  const auto* function = std::get_if<ast::CreateFunction>(&routine.node);
  const auto* last = function == nullptr || function->statements.empty()
                         ? nullptr
                         : std::get_if<ast::SelectStatement>(&function->statements.back().node);
  if (last == nullptr || !function->returns || function->returns->name.name != "numeric") return false;
  const auto [known, added] = shown_.emplace(routine.id, Columns{{}, false});  // where it calls itself
  const auto is_one = [](const Columns& columns) {
    return columns.list.size() == 1 && columns.list[0].is_quotient;
  };
  if (!added) return is_one(known->second);
  Scope parameters;
  Item& own = parameters.items.emplace_back(Item{function->name.name, {}});
  for (const ast::FunctionParameter& one : function->parameters)
    own.columns.list.push_back({one.name, one.type});
  const ast::StatementId at = std::exchange(at_, routine.id);
  const Scope* scope = std::exchange(scope_, nullptr);
  const Visitor* visitor = std::exchange(visitor_, nullptr);
  const bool in_body = std::exchange(in_body_, false), tells = std::exchange(tells_quotients_, true);
  known->second = query(const_cast<ast::Query&>(*last->query), &parameters);
  at_ = at;
  scope_ = scope;
  visitor_ = visitor;
  in_body_ = in_body;
  tells_quotients_ = tells;
  return is_one(known->second);
}

bool may_divide(ast::plpgsql::Body& body, const ast::Catalog& catalog) {
  bool divides = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    const auto* operation = std::get_if<ast::Operation>(&expr.node);
    divides = divides ||
              (call != nullptr && (is_any(dividing, call->name.name) || catalog.has_function(call->name))) ||
              (operation != nullptr && !operation->op.empty() &&
               (operation->op.back() == "/" || operation->op.back() == "^"));
  };
  ast::walk(body, look);
  return divides;
}

}  // namespace pg2crdb::bind
