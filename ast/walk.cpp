#include "ast/walk.h"

#include <type_traits>

#include "ast/fields.h"

namespace pg2crdb::ast {
namespace {

struct Walker {
  const Visitor& visitor;

  template <class T>
  void operator()(T& node) const {
    if constexpr (Fields<T>::known) {
      for_each_field(node, [this](std::string_view, auto& member) { (*this)(member); });
      if constexpr (std::is_same_v<T, Expr>) call(visitor.expr, node);
      if constexpr (std::is_same_v<T, TypeName>) call(visitor.type, node);
      if constexpr (std::is_same_v<T, TableRef>) call(visitor.table_ref, node);
      if constexpr (std::is_same_v<T, Query>) call(visitor.query, node);
      if constexpr (std::is_same_v<T, Constraint>) call(visitor.constraint, node);
      if constexpr (std::is_same_v<T, Role>) call(visitor.role, node);
    }
  }
  template <class T>
  void operator()(std::vector<T>& items) const {
    for (T& item : items) (*this)(item);
  }
  void operator()(std::vector<std::string>&) const {}
  void operator()(std::vector<int64_t>&) const {}
  template <class T>
  void operator()(Box<T>& box) const {
    if (box) (*this)(*box);
  }
  template <class... T>
  void operator()(std::variant<T...>& variant) const {
    std::visit(*this, variant);
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
void walk(plpgsql::Body& body, const Visitor& visitor) {
  Walker{visitor}(body);
}

}  // namespace pg2crdb::ast
