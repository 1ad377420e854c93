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

bool is_json(const ast::TypeName& type) {
  return built_in(type.name) && type.name.name == "jsonb" && type.array_bounds.empty();
}

bool is_string(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string;
}

}  // namespace

HstoreUse write_hstore_constant(ast::Expr& value, const ast::TypeName& type) {
  if (auto* cast = std::get_if<ast::Cast>(&value.node); cast != nullptr && is_hstore(cast->type)) {
    const auto* literal = std::get_if<ast::Literal>(&cast->argument->node);
    if (literal != nullptr && literal->kind == ast::Literal::Kind::null) return HstoreUse::kept;
    ast::Expr argument = *cast->argument;
    const HstoreUse use = write_hstore_constant(argument, cast->type);
    if (use == HstoreUse::rewritten) value = std::move(argument);
    return use == HstoreUse::none ? HstoreUse::missing : use;
  }
  if (!is_hstore(type) || !is_string(value)) return HstoreUse::none;
  auto& literal = std::get<ast::Literal>(value.node);
  std::string json;
  if (!append_hstore_as_json(json, literal.text)) return HstoreUse::missing;
  literal.text = std::move(json);
  cast_to(value, "jsonb");
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
    if (!compares || is_hstore(*type) || is_json(*type)) continue;
    compares = write_hstore_constant(*value, is_hstore(left) ? left : right) == HstoreUse::rewritten;
  }
  if (!asks_keys && !compares) return HstoreUse::missing;
  operation.op = {op};  // without the extension's schema
  return HstoreUse::rewritten;
}

}  // namespace pg2crdb::adapt
