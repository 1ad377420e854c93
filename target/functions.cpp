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

}  // namespace

bool is_built_in_function(std::string_view name) {
  return std::binary_search(std::begin(functions), std::end(functions), name);
}

}  // namespace pg2crdb
