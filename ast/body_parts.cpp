#include "ast/body_parts.h"

#include <type_traits>

#include "ast/field_values.h"

namespace pg2crdb::ast::plpgsql {

namespace {

template <class T>
constexpr bool is_sql =
    std::is_same_v<T, Expr> || std::is_same_v<T, Query> || std::is_same_v<T, StatementNode> ||
    std::is_same_v<T, TypeName> || std::is_same_v<T, Step>;

struct Walk {
  const PartVisit& visit;

  template <class T>
  void operator()(T& part) const {
    if constexpr (!is_sql<T>) for_each_child(part, *this);
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
