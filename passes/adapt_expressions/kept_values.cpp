#include "passes/adapt_expressions/kept_values.h"

#include <string_view>
#include <utility>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_citext_array(const ast::TypeName& type) {
  return type.array_bounds.size() == 1 && type.name.name == "citext";
}

/// Casts a value of that type; what is written, or NULL, is of any.
void to_text(ast::Expr& value, const ast::TypeName& type, bind::ExpressionTypes& types) {
  const ast::TypeName of = types.of(value);
  if (of.empty() || !same_type(of, type)) return;
  cast_to(value, "text");
  std::get<ast::Cast>(value.node).type.array_bounds = of.array_bounds;
}

void back(ast::Expr& expr, ast::TypeName type) {
  ast::Expr value{std::move(expr.node), expr.offset};
  expr.node = ast::Cast{ast::Box<ast::Expr>(std::move(value)), std::move(type)};
}

/// Values of citext and arrays of it, and what is both together.
bool lengthened(std::vector<ast::Expr*> values, ast::Expr& expr, bind::ExpressionTypes& types) {
  ast::TypeName array;
  for (const ast::Expr* one : values) {
    if (ast::TypeName type = types.of(*one); is_citext_array(type)) array = std::move(type);
  }
  if (array.empty()) return false;
  ast::TypeName element = array;
  element.array_bounds.clear();
  for (ast::Expr* one : values) {
    to_text(*one, array, types);
    to_text(*one, element, types);
  }
  back(expr, std::move(array));
  return true;
}

Kept of_call(ast::Expr& expr, bind::ExpressionTypes& types, const ast::Catalog& catalog, bool has_citext) {
  constexpr std::string_view of_windows[] = {"first_value", "lag", "last_value", "lead", "nth_value"};
  constexpr std::string_view lengthening[] = {"array_append", "array_cat", "array_prepend"};
  constexpr std::string_view looking[] = {"array_position", "array_positions", "array_remove",
                                          "array_replace"};
  auto& call = std::get<ast::FunctionCall>(expr.node);
  std::vector<ast::Expr>& arguments = call.arguments;
  if (!built_in(call.name) || arguments.empty()) return Kept::as_before;
  const std::string_view name = call.name.name;
  ast::TypeName type = types.of(arguments[0]);
  if (!has_citext && type.name.name == "citext") return Kept::as_before;
  if (has_citext && contains(lengthening, name) && arguments.size() == 2)
    return lengthened({&arguments[0], &arguments[1]}, expr, types) ? Kept::rewritten : Kept::as_before;
  if (contains(looking, name)) return is_citext_array(type) ? Kept::missing : Kept::as_before;
  if (name == "max" || name == "min") return type.array_bounds.empty() ? Kept::as_before : Kept::missing;
  const bool is_of_window = contains(of_windows, name);
  if (type.empty() || !(is_of_window || name == "array_agg")) return Kept::as_before;
  if (!type.array_bounds.empty())
    return is_of_window || is_citext_array(type) ? Kept::missing : Kept::as_before;
  const bool is_search = built_in(type.name) && (type.name.name == "tsvector" || type.name.name == "tsquery");
  if (is_search || (is_of_window && catalog.composite_type(type.name) != nullptr)) return Kept::missing;
  const bool is_citext = type_of(type) == Type::citext;
  if (!is_citext && !(is_of_window && catalog.enum_type(type.name) != nullptr)) return Kept::as_before;
  if (is_citext && call.distinct) return Kept::missing;
  // Beside a text it is a text.
  if (is_citext && arguments.size() == 3 && type_of(types.of(arguments[2])) == Type::text)
    return Kept::as_before;
  to_text(arguments[0], type, types);
  if (arguments.size() == 3) to_text(arguments[2], type, types);
  if (!is_of_window) type.array_bounds = {-1};
  back(expr, std::move(type));
  return Kept::rewritten;
}

}  // namespace

Kept write_kept_values(ast::Expr& expr, bind::ExpressionTypes& types, const ast::Catalog& catalog,
                       const Target& target) {
  const bool has_citext = target.has(Capability::citext);  // it becomes text otherwise
  if (std::holds_alternative<ast::FunctionCall>(expr.node)) return of_call(expr, types, catalog, has_citext);
  auto* operation = std::get_if<ast::Operation>(&expr.node);
  const bool joins = operation != nullptr && operation->kind == ast::Operation::Kind::op &&
                     !operation->op.empty() && operation->op.back() == "||" && operation->left &&
                     operation->right;
  if (!joins || !has_citext) return Kept::as_before;
  return lengthened({&*operation->left, &*operation->right}, expr, types) ? Kept::rewritten : Kept::as_before;
}

bool write_object_key(ast::FunctionCall& call, bind::ExpressionTypes& types, const ast::Catalog& catalog) {
  const bool gathers = call.name.name == "jsonb_object_agg" || call.name.name == "json_object_agg";
  if (!gathers || !built_in(call.name) || call.arguments.size() != 2) return false;
  ast::Expr& key = call.arguments[0];
  const ast::TypeName type = types.of(key);
  const Type of = type_of(type);
  const bool is_written_alike = of == Type::integer || of == Type::decimal || of == Type::citext ||
                                type.name.name == "uuid" || type.name.name == "bool" ||
                                (!type.empty() && catalog.enum_type(type.name) != nullptr);
  if (!type.array_bounds.empty() || !is_written_alike) return false;
  cast_to(key, "text");
  return true;
}

}  // namespace pg2crdb::adapt
