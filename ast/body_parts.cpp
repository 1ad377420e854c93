#include "ast/body_parts.h"

#include <type_traits>

#include "ast/field_values.h"

namespace pg2crdb::ast::plpgsql {

namespace {

template <class T>
constexpr bool is_sql =
    std::is_same_v<T, Expr> || std::is_same_v<T, Query> || std::is_same_v<T, StatementNode> ||
    std::is_same_v<T, TypeName> || std::is_same_v<T, Step>;

/// Parts that hold neither statements nor what those are made of.
template <class T>
constexpr bool is_small =
    std::is_same_v<T, Value> || std::is_same_v<T, Variable> || std::is_same_v<T, VariableType> ||
    std::is_same_v<T, StaticSql> || std::is_same_v<T, DynamicSql> || std::is_same_v<T, Into>;

template <class... Types>
bool is_any_of(const void* type) {
  return ((type == &part_type<Types>) || ...);
}

/// Whether nothing small holds a part of that type.
bool is_large(const void* type) {
  return is_any_of<Assignment, Block, CursorDeclaration, Declaration, EndTransaction, Execute, Exit, Fetch,
                   ForCursor, ForRange, ForRows, Foreach, GetDiagnostics, Handler, If, Loop, Open, Perform,
                   RunSql, Statement, Statements, While>(type);
}

struct Walk {
  const PartVisit& visit;
  bool large = is_large(visit.type);

  template <class T>
  void operator()(T& part) const {
    constexpr bool is_leaf = is_sql<T> || std::is_same_v<T, Comments>;
    if constexpr (!is_leaf) {
      if (!is_small<T> || !large) for_each_child(part, *this);
    }
    if (visit.type == &part_type<T>) visit.call(visit.visit, &part);
  }
};

}  // namespace

template <class Part>
void walk_parts(Part& part, const PartVisit& visit) {
  Walk{visit}(part);
}

template void walk_parts(Body& part, const PartVisit& visit);
template void walk_parts(Block& part, const PartVisit& visit);
template void walk_parts(Statements& part, const PartVisit& visit);
template void walk_parts(Statement& part, const PartVisit& visit);
template void walk_parts(std::vector<Declaration>& part, const PartVisit& visit);
template void walk_parts(std::vector<Handler>& part, const PartVisit& visit);

}  // namespace pg2crdb::ast::plpgsql
