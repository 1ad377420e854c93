#include "driver/row_sentences.h"

#include <fmt/format.h>

#include "driver/findings.h"

namespace pg2crdb {

std::string counted_rows(uint64_t rows) {
  return fmt::format("{} row{}", with_commas(rows), rows == 1 ? "" : "s");
}

std::string sentence(const Answer& answer, std::string_view what) {
  if (answer.found == 0) return fmt::format("none of {} holds {}", counted_rows(answer.rows), what);
  return fmt::format("{} of {} {} {}", with_commas(answer.found), counted_rows(answer.rows),
                     answer.found == 1 ? "holds" : "hold", what);
}

std::string not_understood(uint64_t rows) {
  return fmt::format("{} {} that {} not understood", counted_rows(rows),
                     rows == 1 ? "holds a value" : "hold values", rows == 1 ? "was" : "were");
}

}  // namespace pg2crdb
