#include "target/functions.h"

#include <algorithm>
#include <iterator>

#include "target/since_words.h"

namespace pg2crdb {
namespace {

constexpr std::string_view functions[] = {
#define FUNCTION(name) name,
#include "target/functions.def"
#undef FUNCTION
};

constexpr std::string_view operators[] = {
#define OPERATOR(name) name,
#include "target/operators.def"
#undef OPERATOR
};

constexpr std::string_view extension_types[] = {
    "citext",       "ltree",  "lquery",  "ltxtquery", "hstore", "geometry", "geography", "box2d",
    "box3d",        "vector", "halfvec", "sparsevec", "raster", "cube",     "seg",       "isbn",
    "topogeometry", "isbn13", "ismn",    "ismn13",    "issn",   "issn13",   "ean13",     "upc"};

struct LaterFunction {
  std::string_view name;
  Since since;
};
constexpr LaterFunction later_functions[] = {
#define LATER(name, since) {name, since},
#include "target/later_functions.def"
#undef LATER
};

const LaterFunction* later(std::string_view name) {
  const auto* found = std::ranges::lower_bound(later_functions, name, {}, &LaterFunction::name);
  return found != std::end(later_functions) && found->name == name ? found : nullptr;
}

}  // namespace

bool has_function(const Target& target, std::string_view name) {
  const LaterFunction* found = later(name);
  return found != nullptr ? found->since.holds(target.version()) : is_built_in_function(name);
}

bool is_later_function(std::string_view name) {
  return later(name) != nullptr;
}

bool is_built_in_function(std::string_view name) {
  return std::binary_search(std::begin(functions), std::end(functions), name);
}

bool is_extension_type(std::string_view name) {
  return std::ranges::find(extension_types, name) != std::end(extension_types);
}

bool has_extension_type(const Target& target, std::string_view name) {
  if (name == "citext") return target.has(Capability::citext);
  if (name == "ltree") return target.has(Capability::ltree);
  if (name == "vector") return target.has(Capability::vector);
  return name == "geometry" || name == "geography" || name == "box2d";
}

bool is_built_in_operator(std::string_view name) {
  return std::find(std::begin(operators), std::end(operators), name) != std::end(operators);
}

}  // namespace pg2crdb
