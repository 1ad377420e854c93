#pragma once
#include <memory>

#include "ast/one_of.h"

/// How a `OneOf` is copied, moved and destroyed; for the sources that compile this, each for some of the
/// nodes, so that no compiler has to hold the whole tree at once. What only such a source calls itself would
/// be gone from its object with optimization, but for `used`.
namespace pg2crdb::ast {

template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>::OneOf() = default;
template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>::OneOf(const OneOf& other) = default;
template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>::OneOf(OneOf&& other) noexcept = default;
template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>& OneOf<Nodes...>::operator=(const OneOf& other) {
  return *this = OneOf(other);
}
template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>& OneOf<Nodes...>::operator=(OneOf&& other) noexcept {
  if (this == &other) return *this;
  // The other one may be a part of what was here.
  const OneOf before(std::move(*this));
  std::destroy_at(this);
  std::construct_at(this, std::move(other));
  return *this;
}
template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>::~OneOf() = default;

template <class... Nodes>
[[gnu::used]] OneOf<Nodes...>::OneOf(size_t place, void* node) {
  ((place == place_of<Nodes>()
        ? static_cast<void>(Base::template emplace<Nodes>(std::move(*static_cast<Nodes*>(node))))
        : void()),
   ...);
}

/// Uses all of them, so that they are compiled where this is instantiated.
template <class Node>
struct Members;
template <class... Nodes>
struct Members<OneOf<Nodes...>> {
  using Node = OneOf<Nodes...>;
  static Node first() { return {}; }
  static void assign(Node& node, const Node& other) { node = other; }
  static Node copy(const Node& other) { return other; }
  static void move(Node& node, Node& other) { node = Node(std::move(other)); }
  static void each(Node& node) { ((node = Nodes()), ...); }
};
}  // namespace pg2crdb::ast
