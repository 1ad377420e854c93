#include "ast/equal.h"

#include "ast/fields.h"

namespace pg2crdb::ast {
namespace {

template <class T>
bool same(const T& a, const T& b);
template <class T>
bool same(const Box<T>& a, const Box<T>& b);
template <class T>
bool same(const Sparse<T>& a, const Sparse<T>& b);
template <class... T>
bool same(const OneOf<T...>& a, const OneOf<T...>& b);

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

template <class T>
bool same(const Box<T>& a, const Box<T>& b) {
  return a && b ? same(*a, *b) : !a && !b;
}
template <class T>
bool same(const Sparse<T>& a, const Sparse<T>& b) {
  return same(*a, *b);
}

template <class... T>
bool same(const OneOf<T...>& a, const OneOf<T...>& b) {
  return a.index() == b.index() && std::visit(
                                       [&](const auto& node) {
                                         using Node = std::remove_cvref_t<decltype(node)>;
                                         return same(node, std::get<Node>(b));
                                       },
                                       a);
}

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (Fields<T>::known) {
    return std::apply(
        [&](const auto&... field) { return (same(a.*(field.member), b.*(field.member)) && ...); },
        Fields<T>::list);
  } else {
    return a == b;
  }
}

}  // namespace

bool equal(const StatementNode& a, const StatementNode& b) {
  return same(a, b);
}
bool equal(const Expr& a, const Expr& b) {
  return same(a, b);
}
bool equal(const TypeName& a, const TypeName& b) {
  return same(a, b);
}
bool plpgsql::equal(const Body& a, const Body& b) {
  return same(a, b);
}
bool plpgsql::equal(const Value& a, const Value& b) {
  return same(a, b);
}
bool plpgsql::equal(const VariableType& a, const VariableType& b) {
  return same(a, b);
}
bool plpgsql::equal(const StaticSql& a, const StaticSql& b) {
  return same(a, b);
}

}  // namespace pg2crdb::ast
