#include "ast/walk.h"

#include <type_traits>

#include "ast/field_values.h"

namespace pg2crdb::ast {
namespace {

/// What a visitor may ask for, as bits.
enum Part : unsigned { expr = 1, type = 2, table_ref = 4, query = 8, constraint = 16, role = 32 };

/// The parts that are or may be inside of a type. Expressions and queries hold each other.
template <class T>
struct Inside {
  static constexpr unsigned fields() {
    if constexpr (Fields<T>::known) {
      return Fields<T>::with_all([](const auto&... field) {
        return (0U | ... | Inside<std::remove_cvref_t<decltype(std::declval<T&>().*(field.member))>>::parts);
      });
    } else {
      return 0;
    }
  }
  static constexpr unsigned parts =
      fields() | (std::is_same_v<T, TypeName> ? type : 0U) | (std::is_same_v<T, TableRef> ? table_ref : 0U) |
      (std::is_same_v<T, Constraint> ? constraint : 0U) | (std::is_same_v<T, Role> ? role : 0U);
};
struct InsideQueries {
  static constexpr unsigned parts = expr | type | table_ref | query;
};
template <>
struct Inside<Expr> : InsideQueries {};
template <>
struct Inside<Query> : InsideQueries {};
template <>
struct Inside<FromItem> : InsideQueries {};
/// Statements hold bodies, which hold statements.
struct InsideStatements {
  static constexpr unsigned parts = expr | type | table_ref | query | constraint | role;
};
template <>
struct Inside<StatementNode> : InsideStatements {};
template <>
struct Inside<BodyStatement> : InsideStatements {};
template <>
struct Inside<plpgsql::Body> : InsideStatements {};
template <>
struct Inside<plpgsql::Statement> : InsideStatements {};
template <>
struct Inside<plpgsql::StaticSql> : InsideStatements {};
template <>
struct Inside<RowStatement> : InsideQueries {};
template <class T>
struct Inside<std::vector<T>> : Inside<T> {};
template <class T>
struct Inside<Box<T>> : Inside<T> {};
template <class T>
struct Inside<Sparse<T>> : Inside<T> {};
template <class... T>
struct Inside<OneOf<T...>> {
  static constexpr unsigned parts = (Inside<T>::parts | ...);
};

struct Walker {
  const Visitor& visitor;
  unsigned wanted;

  explicit Walker(const Visitor& its_visitor)
      : visitor(its_visitor),
        wanted((visitor.expr ? expr : 0U) | (visitor.type ? type : 0U) |
               (visitor.table_ref ? table_ref : 0U) | (visitor.query ? query : 0U) |
               (visitor.constraint ? constraint : 0U) | (visitor.role ? role : 0U)) {}

  template <class T>
  void operator()(T& node) const {
    if constexpr (Inside<T>::parts != 0) {
      if ((Inside<T>::parts & wanted) != 0) parts_of(node);
    }
  }

 private:
  template <class T>
  void parts_of(T& node) const {
    for_each_child(node, *this);
    if constexpr (std::is_same_v<T, Expr>) call(visitor.expr, node);
    if constexpr (std::is_same_v<T, TypeName>) call(visitor.type, node);
    if constexpr (std::is_same_v<T, TableRef>) call(visitor.table_ref, node);
    if constexpr (std::is_same_v<T, Query>) call(visitor.query, node);
    if constexpr (std::is_same_v<T, Constraint>) call(visitor.constraint, node);
    if constexpr (std::is_same_v<T, Role>) call(visitor.role, node);
  }

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
