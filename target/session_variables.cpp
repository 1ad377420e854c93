#include "target/session_variables.h"

#include <algorithm>

namespace pg2crdb {
namespace {

constexpr std::string_view variables[] = {
#define SESSION_VARIABLE(name) name,
#include "target/session_variables.def"
#undef SESSION_VARIABLE
};
static_assert(std::ranges::is_sorted(variables));

}  // namespace

bool has_session_variable(std::string_view name) {
  return name.find('.') != std::string_view::npos || std::ranges::binary_search(variables, name);
}

}  // namespace pg2crdb
