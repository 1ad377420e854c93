// Where columns of hstore become jsonb: constants and operators of the type.
#include "passes/adapt_expressions/hstore.h"

#include <string>

#include "passes/adapt_expressions/types.h"
#include "rows/hstore.h"

namespace pg2crdb::adapt {
namespace {

bool is_hstore(const ast::TypeName& type) {
  return type.name.name == "hstore" && type.array_bounds.empty() && !type.percent_type;
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

HstoreUse write_hstore_operator(ast::Operation& operation, bind::ExpressionTypes& types) {
  if (!operation.left || !operation.right || operation.op.empty()) return HstoreUse::none;
  const ast::TypeName left = types.of(*operation.left);
  const ast::TypeName right = types.of(*operation.right);
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

}  // namespace pg2crdb::adapt
