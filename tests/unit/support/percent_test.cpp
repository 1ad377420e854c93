#include "support/percent.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

TEST_CASE("bytes of a URL are written in one way and read in any") {
  CHECK(percent_encoded("a-Z_0.9~") == "a-Z_0.9~");
  CHECK(percent_encoded("a/b +%\xC3\xA9") == "a%2Fb%20%2B%25%C3%A9");
  CHECK(percent_encoded_path("a/b c") == "a/b%20c");
  CHECK(percent_decoded("a%2fb%2Fc%20") == "a/b/c ");
  CHECK(percent_decoded("100% %4 %zz%") == "100% %4 %zz%");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(percent_decoded(percent_encoded(all)) == all);
  CHECK(percent_decoded(percent_encoded_path(all)) == all);
}
