#include "support/plurals.h"

namespace pg2crdb {

std::string counted(uint64_t count, std::string_view one, std::string_view many) {
  return with_commas(count).append(" ").append(count == 1 ? one : many);
}

std::string counted_were(uint64_t count, std::string_view what) {
  return counted(count, what) + (count == 1 ? " was" : " were");
}

}  // namespace pg2crdb
