#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "rewrite/fragment.h"

/// How variables stand in trees, for matching and for filling in.
namespace pg2crdb::rewrite {

/// Nodes that may be nothing but a variable.
enum class Form {
  other,
  text,
  name,
  expression,
  type_name,
  column,
  index_element,
  role,
  option,
  privilege,
  object,
  parameter
};

/// What matching wants to know of a type at every node: worked out once.
struct Traits {
  struct Field {
    bool always_said = false;
    bool true_by_default = false;
    bool is_array_bounds = false;  ///< of a type
    bool is_policy_command = false;
    bool is_policy_roles = false;
  };
  Form form = Form::other;
  bool exact = false;      ///< everything inside expressions, queries and types
  bool unordered = false;  ///< as an element of a list
  std::vector<Field> fields;
};

const Traits& traits_of(const ast::TypeInfo& type);

/// The text that stands for the whole node where the node is nothing but a variable; empty otherwise.
std::string_view only_text(const ast::TypeInfo& type, const void* node);

/// `...` and `$$many`, of any type of element.
std::optional<Variable> many_in(const ast::TypeInfo& type, const void* node);

/// A `$one` that stands for the whole node. Nodes that merely have a name keep their other parts as pattern:
/// `$c` in an index element is the column's name, and the element may still have any order.
std::optional<Variable> one_in(const ast::TypeInfo& type, const void* node);

/// The node as a T; null where it is of another type.
template <class T>
const T* node_as(const ast::TypeInfo& type, const void* node) {
  return &type == &ast::type_info<T>() ? static_cast<const T*>(node) : nullptr;
}
template <class T>
T* node_as(const ast::TypeInfo& type, void* node) {
  return &type == &ast::type_info<T>() ? static_cast<T*>(node) : nullptr;
}

}  // namespace pg2crdb::rewrite
