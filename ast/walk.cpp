#include "ast/walk.h"

#include <type_traits>

#include "ast/field_values.h"

namespace pg2crdb::ast {
namespace {

struct Walker {
  const Visitor& visitor;

  template <class T>
  void operator()(T& node) const {
    for_each_child(node, *this);
    if constexpr (std::is_same_v<T, Expr>) call(visitor.expr, node);
    if constexpr (std::is_same_v<T, TypeName>) call(visitor.type, node);
    if constexpr (std::is_same_v<T, TableRef>) call(visitor.table_ref, node);
    if constexpr (std::is_same_v<T, Query>) call(visitor.query, node);
    if constexpr (std::is_same_v<T, Constraint>) call(visitor.constraint, node);
    if constexpr (std::is_same_v<T, Role>) call(visitor.role, node);
  }

 private:
  template <class T>
  static void call(const std::function<void(T&)>& callback, T& node) {
    if (callback) callback(node);
  }
};

}  // namespace

void walk(StatementNode& node, const Visitor& visitor) {
  Walker{visitor}(node);
}
void walk(Expr& expr, const Visitor& visitor) {
  Walker{visitor}(expr);
}
void walk(Query& query, const Visitor& visitor) {
  Walker{visitor}(query);
}

}  // namespace pg2crdb::ast
