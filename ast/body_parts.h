#pragma once
#include "ast/plpgsql.h"

namespace pg2crdb::ast::plpgsql {

/// What is called for the parts of one type; without the visitor's own type, so that the way through a body
/// is compiled once.
struct PartVisit {
  const void* type;  ///< the address of `part_type` of the parts
  const void* visit;
  void (*call)(const void* visit, void* part);
};
template <class Part>
inline constexpr char part_type = 0;

/// For parts of the types that `body_parts.cpp` lists.
template <class Part>
void walk_parts(Part& part, const PartVisit& visit);

template <class Call>
struct TakenBy;
template <class Visit, class Result, class Part>
struct TakenBy<Result (Visit::*)(Part&) const> {
  using type = Part;
};

/// Calls `visit`, which takes one type of parts, for each of them in a body, inner ones first. SQL is a leaf:
/// `ast::walk` goes into it.
template <class Part, class Visit>
void each_part(Part& part, const Visit& visit) {
  using Taken = typename TakenBy<decltype(&Visit::operator())>::type;
  walk_parts(part, {&part_type<Taken>, &visit, [](const void* its_visit, void* its_part) {
                      (*static_cast<const Visit*>(its_visit))(*static_cast<Taken*>(its_part));
                    }});
}

}  // namespace pg2crdb::ast::plpgsql
