#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ast/script.h"
#include "order/effects.h"

namespace pg2crdb::order {

/// Which statements come before which. Nodes are statements that go out or are held back, in the script's
/// order.
class Graph {
 public:
  Graph(ast::Script& script, EffectReader& reader);

  size_t size() const { return statements_.size(); }
  ast::Statement& statement(size_t node) const { return *statements_[node]; }
  using Node = uint32_t;
  std::span<const Node> before(size_t node) const { return before_.of(node); }
  std::span<const Node> after(size_t node) const { return after_.of(node); }
  void remove(size_t from, size_t to);
  /// Circles: sets of nodes that are all before each other, larger than one.
  std::vector<std::vector<size_t>> circles() const;

 private:
  struct Edge {
    Node from;
    Node to;
  };
  /// What stands beside each node, one list behind the other.
  struct Neighbours {
    std::vector<size_t> begins, ends;  ///< by node: of its list in `all`
    std::vector<Node> all;

    std::span<const Node> of(size_t node) const {
      return std::span(all).subspan(begins[node], ends[node] - begins[node]);
    }
    void remove(size_t node, size_t other);
  };
  Neighbours neighbours(const std::vector<Edge>& edges, Node Edge::*node, Node Edge::*other) const;

  std::vector<ast::Statement*> statements_;
  Neighbours before_, after_;
};

}  // namespace pg2crdb::order
