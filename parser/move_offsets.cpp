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
    ast::for_each_child(node, *this);
  }
};

}  // namespace

void move_offsets(ast::StatementNode& node, const std::function<size_t(size_t)>& moved) {
  Mover{moved}(node);
}

}  // namespace pg2crdb
