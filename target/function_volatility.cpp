#include "target/function_volatility.h"

#include <algorithm>
#include <iterator>

namespace pg2crdb {
namespace {

struct ChangingFunction {
  std::string_view name;
  Volatility volatility;
};

constexpr ChangingFunction changing_functions[] = {
#define FUNCTION(name, volatility) {name, Volatility::volatility},
#include "target/changing_functions.def"
#undef FUNCTION
};

constexpr std::string_view changing_overloads[] = {
    "age",           "date_part",      "date_trunc", "extract", "phraseto_tsquery", "plainto_tsquery",
    "quote_literal", "quote_nullable", "timezone",   "to_char", "to_tsquery",       "to_tsvector",
};

}  // namespace

Volatility built_in_volatility(std::string_view name) {
  const auto known = std::ranges::lower_bound(changing_functions, name, {}, &ChangingFunction::name);
  return known != std::end(changing_functions) && known->name == name ? known->volatility
                                                                      : Volatility::immutable;
}

bool has_changing_overload(std::string_view name) {
  return std::ranges::binary_search(changing_overloads, name);
}

}  // namespace pg2crdb
