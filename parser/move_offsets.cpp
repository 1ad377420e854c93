#include "parser/move_offsets.h"

#include "ast/field_values.h"

namespace pg2crdb {
namespace {

using Moved = std::function<size_t(size_t)>;

template <class T>
void move(T& value, const Moved& moved) {
  using namespace ast;
  if constexpr (is_vector<T>) {
    if constexpr (!std::is_same_v<T, std::vector<bool>>) {
      for (auto& element : value) move(element, moved);
    }
  } else if constexpr (is_box<T> || is_optional<T>) {
    if (value) move(*value, moved);
  } else if constexpr (is_variant<T>) {
    std::visit([&](auto& alternative) { move(alternative, moved); }, value);
  } else {
    if constexpr (HasOffset<T>) {
      if (value.offset >= 0)
        value.offset = static_cast<decltype(value.offset)>(moved(static_cast<size_t>(value.offset)));
    }
    if constexpr (HasEnd<T>) {
      // The last byte stays the last one: behind it may stand what another one is quoted with.
      if (value.end > 0)
        value.end = static_cast<decltype(value.end)>(moved(static_cast<size_t>(value.end - 1)) + 1);
    }
    if constexpr (is_wrapper<T>) {
      move(value.node, moved);
    } else if constexpr (Fields<T>::known) {
      std::apply([&](const auto&... field) { (move(value.*(field.member), moved), ...); }, Fields<T>::list);
    }
  }
}

}  // namespace

void move_offsets(ast::StatementNode& node, const std::function<size_t(size_t)>& moved) {
  move(node, moved);
}

void move_offsets(ast::plpgsql::Body& body, const std::function<size_t(size_t)>& moved) {
  move(body, moved);
}

}  // namespace pg2crdb
