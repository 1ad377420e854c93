// Where columns of hstore become jsonb: constants and operators of the type.
#include "passes/adapt_expressions/hstore.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "passes/adapt_expressions/types.h"
#include "rows/hstore.h"

namespace pg2crdb::adapt {
namespace {

bool is_hstore(const ast::TypeName& type) {
  return type.name.name == "hstore" && type.array_bounds.empty() && !type.percent_type;
}

// Of a field of a composite type, too, as `(c).h` is.
ast::TypeName type_with_fields(const ast::Expr& value, bind::ExpressionTypes& types,
                               const ast::Catalog& catalog) {
  const auto* part = std::get_if<ast::Indirection>(&value.node);
  if (part == nullptr || part->steps.empty() || part->steps.back().kind != ast::Step::Kind::field)
    return types.of(value);
  ast::TypeName type = types.of(*part->argument);
  for (const ast::Step& step : part->steps) {
    const ast::Statement* made =
        type.empty() || !type.array_bounds.empty() ? nullptr : catalog.composite_type(type.name);
    const auto* row = made == nullptr ? nullptr : std::get_if<ast::CreateCompositeType>(&made->node);
    if (row == nullptr || step.kind != ast::Step::Kind::field) return {};
    const auto field = std::ranges::find(row->attributes, step.field, &ast::Column::name);
    if (field == row->attributes.end()) return {};
    type = field->type;
  }
  return type;
}

// Or an array of them.
bool holds_hstore(ast::TypeName type) {
  type.array_bounds.clear();
  return is_hstore(type);
}

bool is_text(ast::TypeName type) {
  type.array_bounds.clear();
  const Type of = type_of(type);
  return of == Type::text || of == Type::citext || type.name.name == "name" || type.name.name == "char";
}

bool is_string(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string;
}

}  // namespace

// The cast stays one to hstore until types are mapped, so that what the value is an operand of knows its
// type.
HstoreUse write_hstore_constant(ast::Expr& value, const ast::TypeName& type) {
  auto* cast = std::get_if<ast::Cast>(&value.node);
  if (cast == nullptr && is_hstore(type) && is_string(value)) {
    value = {ast::Cast{ast::Box<ast::Expr>(value), type}, value.offset};
    cast = &std::get<ast::Cast>(value.node);
  }
  if (cast == nullptr || !is_hstore(cast->type)) return HstoreUse::none;
  auto* literal = std::get_if<ast::Literal>(&cast->argument->node);
  if (literal == nullptr) return HstoreUse::missing;
  if (literal->kind == ast::Literal::Kind::null) return HstoreUse::kept;
  std::string json;
  if (!append_hstore_as_json(json, literal->text)) {
    const bool written = literal->text.starts_with("{") && literal->text.ends_with("}");  // before
    return written ? HstoreUse::kept : HstoreUse::missing;
  }
  literal->text = std::move(json);
  return HstoreUse::rewritten;
}

bool writes_hstore_as_text(const ast::Expr& value, bind::ExpressionTypes& types,
                           const ast::Catalog& catalog) {
  const auto is_of_it = [&](const ast::Expr& one) {
    return holds_hstore(type_with_fields(one, types, catalog));
  };
  if (const auto* cast = std::get_if<ast::Cast>(&value.node))
    return is_text(cast->type) && is_of_it(*cast->argument);
  constexpr std::string_view writing[] = {"array_to_string", "concat", "concat_ws", "format"};
  const auto* call = std::get_if<ast::FunctionCall>(&value.node);
  return call != nullptr && built_in(call->name) && contains(writing, call->name.name) &&
         std::ranges::any_of(call->arguments, is_of_it);
}

HstoreUse write_hstore_operator(ast::Operation& operation, bind::ExpressionTypes& types,
                                const ast::Catalog& catalog) {
  if (!operation.left || !operation.right || operation.op.empty()) return HstoreUse::none;
  const ast::TypeName left = type_with_fields(*operation.left, types, catalog);
  const ast::TypeName right = type_with_fields(*operation.right, types, catalog);
  if (!is_hstore(left) && !is_hstore(right)) return HstoreUse::none;
  if (operation.kind != ast::Operation::Kind::op) return HstoreUse::none;
  const std::string op = operation.op.back();
  const bool one_key = is_string(*operation.right) || type_of(right) == Type::text;
  if (op == "->" && is_hstore(left) && one_key) {
    operation.op = {"->>"};
    return HstoreUse::rewritten;
  }
  const bool asks_keys = (op == "?" || op == "?|" || op == "?&") && is_hstore(left);
  bool compares = op == "=" || op == "<>" || op == "!=";
  for (const auto& [value, type] :
       {std::pair(&*operation.left, &left), std::pair(&*operation.right, &right)}) {
    if (!compares || is_hstore(*type)) continue;
    compares = write_hstore_constant(*value, is_hstore(left) ? left : right) == HstoreUse::rewritten;
  }
  if (!asks_keys && !compares) return HstoreUse::missing;
  operation.op = {op};  // without the extension's schema
  return HstoreUse::rewritten;
}

bool write_hstore_choices(const ast::Expr& expr, const std::vector<Group>& groups,
                          bind::ExpressionTypes& types) {
  if (std::holds_alternative<ast::Operation>(expr.node)) return false;
  bool changed = false;
  for (const Group& group : groups) {
    const bool any_constant =
        std::ranges::any_of(group, [](const ast::Expr* one) { return is_string(*one); });
    const auto one_of_it =
        std::ranges::find_if(group, [&](const ast::Expr* one) { return is_hstore(types.of(*one)); });
    if (!any_constant || one_of_it == group.end()) continue;
    const ast::TypeName type = types.of(**one_of_it);
    for (ast::Expr* one : group)
      changed = write_hstore_constant(*one, type) == HstoreUse::rewritten || changed;
  }
  return changed;
}

}  // namespace pg2crdb::adapt
