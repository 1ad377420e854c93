#include "passes/adapt_expressions/text_operators.h"

#include <string>
#include <string_view>

#include "passes/adapt_expressions/types.h"
#include "target/functions.h"

namespace pg2crdb::adapt {
namespace {

bool is_ltree(const ast::TypeName& type) {
  return type.name.name == "ltree";
}

bool becomes_text(const ast::TypeName& type, const Target& target) {
  return type_of(type) == Type::becomes_text ||
         (is_ltree(type) && type.array_bounds.empty() && !has_extension_type(target, type.name.name));
}

/// Their `=` compares areas, numbers of points, or places that are close to one another.
bool is_shape(const ast::TypeName& type) {
  constexpr std::string_view shapes[] = {"box", "circle", "line", "lseg", "path", "point", "polygon"};
  return contains(shapes, type.name.name);
}

/// Their `||` is their own: it merges keys, it puts a dot between labels.
bool joins_its_own(const ast::TypeName& type) {
  return type.name.name == "hstore" || is_ltree(type);
}

/// Whether `value || other` is one of a text, to which PostgreSQL appends the text of the value.
bool is_text(const ast::Expr& other, const ast::TypeName& type) {
  const auto* literal = std::get_if<ast::Literal>(&other.node);
  return literal == nullptr && type_of(type) == Type::text;
}

}  // namespace

bool means_otherwise_of_texts(const ast::Operation& operation, const ast::TypeName& left,
                              const ast::TypeName& right, const Target& target) {
  const bool is_left = becomes_text(left, target), is_right = becomes_text(right, target);
  if (!is_left && !is_right) return false;
  constexpr std::string_view equality[] = {"=", "<>", "!="}, order[] = {"<", "<=", ">", ">="};
  constexpr std::string_view matches[] = {"~~", "!~~", "~", "~*"};
  const std::string& op = operation.op.back();
  const bool compares = contains(equality, op) || contains(order, op);
  // PostgreSQL makes one of the other, as of macaddr and macaddr8.
  if (compares && is_left && is_right && !same_type(left, right)) return true;
  if (contains(equality, op)) return equals_otherwise_than_texts(left) || equals_otherwise_than_texts(right);
  if (contains(order, op))
    return sorts_otherwise_than_texts(left, target) || sorts_otherwise_than_texts(right, target);
  if (contains(matches, op)) return is_shape(left) || is_ltree(left) || is_ltree(right);
  if (op != "||") return true;
  const bool appends =
      (is_left && is_text(*operation.right, right)) || (is_right && is_text(*operation.left, left));
  return (joins_its_own(left) || joins_its_own(right)) && !appends;
}

bool converts_texts_otherwise(const ast::TypeName& from, const ast::TypeName& to, const Target& target) {
  if (!from.array_bounds.empty() && !to.array_bounds.empty())
    return converts_texts_otherwise(element_type(from), element_type(to), target);
  if (becomes_text(from, target)) return type_of(to) != Type::text && !same_type(from, to);
  return type_of(from) == Type::text && becomes_text(element_type(to), target) && to.name.name != "xml";
}

bool may_convert_text(const ast::Expr& value, const ast::TypeName& to, const Target& target) {
  return becomes_text(element_type(to), target) && to.name.name != "xml" &&
         !std::holds_alternative<ast::Literal>(value.node) &&
         !std::holds_alternative<ast::ArrayExpr>(value.node);
}

bool equals_otherwise_than_texts(const ast::TypeName& type) {
  const ast::TypeName element = element_type(type);
  if (type_of(element) != Type::becomes_text) return false;
  // [1,2) is [1.0,2.0).
  constexpr std::string_view of_numerics[] = {"nummultirange", "numrange"};
  return is_shape(element) || contains(of_numerics, element.name.name);
}

bool sorts_otherwise_than_texts(const ast::TypeName& type, const Target& target) {
  const ast::TypeName element = element_type(type);
  // The digits of an address come one behind another as its bytes do.
  constexpr std::string_view as_texts[] = {"macaddr", "macaddr8"};
  constexpr std::string_view others[] = {"int2vector", "oidvector", "tid", "xid8"};
  if (built_in(element.name) && contains(others, element.name.name)) return true;
  return becomes_text(element, target) && !contains(as_texts, element.name.name);
}

}  // namespace pg2crdb::adapt
