#include "parser/move_offsets.h"

#include "ast/field_values.h"

namespace pg2crdb {
namespace {

using Moved = std::function<size_t(size_t)>;

struct Mover {
  const Moved& moved;

  template <class T>
  void operator()(T& node) const {
    if constexpr (ast::HasOffset<T>) {
      if (node.offset >= 0)
        node.offset = static_cast<decltype(node.offset)>(moved(static_cast<size_t>(node.offset)));
    }
    if constexpr (ast::HasEnd<T>) {
      // The last byte stays the last one: behind it may stand what another one is quoted with.
      if (node.end > 0)
        node.end = static_cast<decltype(node.end)>(moved(static_cast<size_t>(node.end - 1)) + 1);
    }
    ast::for_each_child(node, *this);
  }
};

}  // namespace

void move_offsets(ast::StatementNode& node, const std::function<size_t(size_t)>& moved) {
  Mover{moved}(node);
}

void move_offsets(ast::plpgsql::Body& body, const std::function<size_t(size_t)>& moved) {
  Mover{moved}(body);
}

}  // namespace pg2crdb
