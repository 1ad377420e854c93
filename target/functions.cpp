#include "target/functions.h"

#include <algorithm>
#include <iterator>

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

}  // namespace

bool is_built_in_function(std::string_view name) {
  return std::binary_search(std::begin(functions), std::end(functions), name);
}

bool is_built_in_operator(std::string_view name) {
  return std::find(std::begin(operators), std::end(operators), name) != std::end(operators);
}

}  // namespace pg2crdb
