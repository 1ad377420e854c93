#pragma once
#include <cstddef>
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
  const std::vector<size_t>& before(size_t node) const { return before_[node]; }
  const std::vector<size_t>& after(size_t node) const { return after_[node]; }
  void remove(size_t from, size_t to);
  /// Circles: sets of nodes that are all before each other, larger than one.
  std::vector<std::vector<size_t>> circles() const;

 private:
  void edge(size_t from, size_t to);

  std::vector<ast::Statement*> statements_;
  std::vector<std::vector<size_t>> before_, after_;
};

}  // namespace pg2crdb::order
