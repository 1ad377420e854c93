#include "bind/pg_catalog.h"

#include <algorithm>
#include <iterator>

namespace pg2crdb::bind {
namespace {

struct Function {
  std::string_view name;
  std::string_view signatures;
};

constexpr Function functions[] = {
#define FUNCTION(name, signatures) {name, signatures},
#include "bind/pg_catalog.def"
};

constexpr std::string_view aggregates[] = {
#define AGGREGATE(name) name,
#include "bind/pg_catalog.def"
};

constexpr std::string_view types[] = {
#define TYPE(name) name,
#include "bind/pg_catalog.def"
};

constexpr std::string_view relations[] = {
#define RELATION(name) name,
#include "bind/pg_catalog.def"
};

}  // namespace

std::string_view signatures_in_pg_catalog(std::string_view function) {
  const auto* found =
      std::lower_bound(std::begin(functions), std::end(functions), function,
                       [](const Function& one, std::string_view name) { return one.name < name; });
  return found != std::end(functions) && found->name == function ? found->signatures : std::string_view();
}

bool is_aggregate_of_pg_catalog(std::string_view function) {
  return std::binary_search(std::begin(aggregates), std::end(aggregates), function);
}

bool is_type_of_pg_catalog(std::string_view name) {
  return std::binary_search(std::begin(types), std::end(types), name);
}

bool is_relation_of_pg_catalog(std::string_view name) {
  return std::binary_search(std::begin(relations), std::end(relations), name);
}

}  // namespace pg2crdb::bind
