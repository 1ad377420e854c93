#pragma once
#include <concepts>
#include <cstddef>
#include <utility>
#include <variant>

namespace pg2crdb::ast {

/// A node that is one of several: a std::variant that is copied, moved and destroyed in the sources of
/// `one_of_members.h` only. Compiling that, with all that hangs below the nodes, is what most sources would
/// spend their time on. The others see declarations, so none of them may be inlined away there.
template <class... Nodes>
class OneOf : public std::variant<Nodes...> {
  using Base = std::variant<Nodes...>;
  template <class Node>
  static constexpr bool is_one = (std::same_as<Node, Nodes> || ...);

 public:
  static constexpr size_t count = sizeof...(Nodes);

  [[gnu::noinline]] OneOf();
  [[gnu::noinline]] OneOf(const OneOf& other);
  [[gnu::noinline]] OneOf(OneOf&& other) noexcept;
  template <class Node>
  requires is_one<Node> OneOf(Node node) : OneOf(place_of<Node>(), static_cast<void*>(&node)) {}
  [[gnu::noinline]] OneOf& operator=(const OneOf& other);
  [[gnu::noinline]] OneOf& operator=(OneOf&& other) noexcept;
  [[gnu::noinline]] ~OneOf();

  template <class Node>
  requires is_one<Node> Node& emplace() {
    *this = OneOf(Node());
    return *std::get_if<Node>(this);
  }

 private:
  template <class Node>
  static constexpr size_t place_of() {
    size_t place = 0;
    static_cast<void>(((std::same_as<Node, Nodes> || (++place, false)) || ...));
    return place;
  }
  /// Moves from a node of the type at that place.
  [[gnu::noinline]] OneOf(size_t place, void* node);
};

}  // namespace pg2crdb::ast
