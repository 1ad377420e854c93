#pragma once
#include <type_traits>

#include "ast/field_values.h"
#include "ast/plpgsql.h"

namespace pg2crdb::ast::plpgsql {

/// Calls `visit` for each part of a body that it takes, inner ones first. SQL is a leaf: `ast::walk` goes
/// into it.
template <class Visit>
struct EachPart {
  const Visit& visit;

  template <class T>
  void operator()(T& part) const {
    constexpr bool is_leaf = std::is_same_v<T, Expr> || std::is_same_v<T, Query> ||
                             std::is_same_v<T, StatementNode> || std::is_same_v<T, TypeName> ||
                             std::is_same_v<T, Step>;
    if constexpr (!is_leaf) for_each_child(part, *this);
    if constexpr (std::is_invocable_v<const Visit&, T&>) visit(part);
  }
};
template <class Part, class Visit>
void each_part(Part& part, const Visit& visit) {
  EachPart<Visit>{visit}(part);
}

}  // namespace pg2crdb::ast::plpgsql
