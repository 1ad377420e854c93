#include "passes/adapt_expressions/text_operators.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "passes/adapt_expressions/printed_types.h"
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
                              const ast::TypeName& right, const Target& target, const ast::Catalog& catalog) {
  constexpr std::string_view of_arrays[] = {"&&", "<@", "@>"};
  const bool are_arrays = !left.array_bounds.empty() || !right.array_bounds.empty();
  if (are_arrays && contains(of_arrays, std::string_view(operation.op.back())))
    return equals_otherwise_than_texts(left, catalog) || equals_otherwise_than_texts(right, catalog);
  const bool is_left = becomes_text(left, target), is_right = becomes_text(right, target);
  if (!is_left && !is_right) return false;
  constexpr std::string_view equality[] = {"=", "<>", "!="}, order[] = {"<", "<=", ">", ">="};
  constexpr std::string_view matches[] = {"~~", "!~~", "~", "~*"};
  const std::string& op = operation.op.back();
  const bool compares = contains(equality, op) || contains(order, op);
  // PostgreSQL makes one of the other, as of macaddr and macaddr8.
  if (compares && is_left && is_right && !same_type(left, right)) return true;
  if (contains(equality, op))
    return equals_otherwise_than_texts(left, catalog) || equals_otherwise_than_texts(right, catalog);
  if (contains(order, op))
    return sorts_otherwise_than_texts(left, target, catalog) ||
           sorts_otherwise_than_texts(right, target, catalog);
  if (contains(matches, op)) return is_shape(left) || is_ltree(left) || is_ltree(right);
  if (op != "||") return true;
  const bool appends =
      (is_left && is_text(*operation.right, right)) || (is_right && is_text(*operation.left, left));
  return (joins_its_own(left) || joins_its_own(right)) && !appends;
}

bool converts_texts_otherwise(const ast::TypeName& from, const ast::TypeName& to, const Target& target,
                              const ast::Catalog& catalog) {
  if (!from.array_bounds.empty() && !to.array_bounds.empty())
    return converts_texts_otherwise(element_type(from), element_type(to), target, catalog);
  if (becomes_text(from, target)) return type_of(to) != Type::text && !same_type(from, to);
  if (becomes_another(from, to, target)) return true;
  if (type_of(from) == Type::text && fields_of(element_type(to), catalog) != nullptr)
    return !printed_as(to, catalog).empty();
  return type_of(from) == Type::text && becomes_text(element_type(to), target) && to.name.name != "xml";
}

bool becomes_another(const ast::TypeName& from, const ast::TypeName& to, const Target& target) {
  const ast::TypeName of = element_type(from), other = element_type(to);
  if (of.name.name == "inet" && other.name.name == "cidr") return true;
  return becomes_text(of, target) && becomes_text(other, target) && !same_type(of, other);
}

bool may_convert_text(const ast::Expr& value, const ast::TypeName& to, const Target& target) {
  return becomes_text(element_type(to), target) && to.name.name != "xml" &&
         !std::holds_alternative<ast::Literal>(value.node) &&
         !std::holds_alternative<ast::ArrayExpr>(value.node);
}

namespace {

/// Of a row, whether one of its fields is so.
template <class Is>
bool any_field(const ast::TypeName& type, const ast::Catalog& catalog, const Is& is, int depth = 0) {
  constexpr int deepest = 8;
  const ast::TypeName element = element_type(type);
  if (is(element)) return true;
  const std::vector<ast::Column>* fields = depth < deepest ? fields_of(element, catalog) : nullptr;
  return fields != nullptr && std::ranges::any_of(*fields, [&](const ast::Column& one) {
           return any_field(one.type, catalog, is, depth + 1);
         });
}

bool equals_otherwise(const ast::TypeName& element) {
  if (type_of(element) != Type::becomes_text) return false;
  // [1,2) is [1.0,2.0), and the cube (1),(0) is (0),(1).
  constexpr std::string_view others[] = {"cube", "nummultirange", "numrange"};
  return is_shape(element) || contains(others, element.name.name);
}

bool sorts_otherwise(const ast::TypeName& element, const Target& target) {
  // The digits of an address come one behind another as its bytes do.
  constexpr std::string_view as_texts[] = {"macaddr", "macaddr8"};
  constexpr std::string_view others[] = {"int2vector", "oidvector", "tid", "xid8"};
  if (built_in(element.name) && contains(others, element.name.name)) return true;
  return becomes_text(element, target) && !contains(as_texts, element.name.name);
}

}  // namespace

bool equals_otherwise_than_texts(const ast::TypeName& type, const ast::Catalog& catalog) {
  return any_field(type, catalog, equals_otherwise);
}

bool sorts_otherwise_than_texts(const ast::TypeName& type, const Target& target,
                                const ast::Catalog& catalog) {
  return any_field(type, catalog, [&](const ast::TypeName& one) { return sorts_otherwise(one, target); });
}

}  // namespace pg2crdb::adapt
