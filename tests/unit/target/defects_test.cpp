#include "target/defects.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

namespace {

bool loses_rows_of_bulk_writes(const char* version) {
  const std::vector<Defect> found = defects_of(*parse_version(version));
  return std::any_of(found.begin(), found.end(), [](const Defect& defect) {
    return defect.evidence.find("TA 144650") != std::string_view::npos;
  });
}

}  // namespace

TEST_CASE("a defect is mended by a patch of its release, or by a later release") {
  for (const char* version : {"23.1.5", "23.2.23", "24.1.16", "24.2.10", "24.3.0", "24.3.10", "25.1.4"}) {
    CAPTURE(version);
    CHECK(loses_rows_of_bulk_writes(version));
  }
  for (const char* version : {"23.2.24", "24.1.17", "24.3.11", "25.1.5", "25.2.0", "26.2.1"}) {
    CAPTURE(version);
    CHECK_FALSE(loses_rows_of_bulk_writes(version));
  }
  CHECK(defects_of(*parse_version("26.2.1")).empty());
}
