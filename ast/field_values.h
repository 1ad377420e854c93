#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "ast/fields.h"
#include "ast/one_of.h"

/// What walks, dump, reflection, the JSON reader and its schema ask about the type of a field.
namespace pg2crdb::ast {

template <class T>
inline constexpr bool is_box = false;
template <class T>
inline constexpr bool is_box<Box<T>> = true;
template <class T>
inline constexpr bool is_box<Sparse<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<OneOf<T...>> = true;

/// Nodes that know where in their statement they stood. The place is no field: it does not count in `equal`.
template <class T>
concept HasOffset = std::integral<decltype(T::offset)>;
/// Those that know where they end, too.
template <class T>
concept HasEnd = HasOffset<T> && std::integral<decltype(T::end)>;

/// Calls `visit(child)` for what stands directly in a node, a list, a box or a variant; for nothing in a
/// value.
template <class T, class Visit>
void for_each_child(T& node, const Visit& visit) {
  if constexpr (Fields<T>::known) {
    for_each_field(node, [&](std::string_view, auto& member) { visit(member); });
  } else if constexpr (is_vector<T>) {
    if constexpr (std::is_class_v<typename T::value_type> &&
                  !std::is_same_v<typename T::value_type, std::string>)
      for (auto& item : node) visit(item);
  } else if constexpr (is_box<T> || is_optional<T>) {
    if (node) visit(*node);
  } else if constexpr (is_variant<T>) {
    std::visit(visit, node);
  }
}

}  // namespace pg2crdb::ast
