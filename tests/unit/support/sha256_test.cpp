#include "support/sha256.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace pg2crdb;

TEST_CASE("the digests of the standard's examples, in any pieces") {
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  for (const size_t piece : {1U, 5U, 56U}) {
    Sha256 digest;
    for (size_t begin = 0; begin < text.size(); begin += piece) digest.add(text.substr(begin, piece));
    CHECK(digest.hexadecimal() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  }
  CHECK(Sha256().hexadecimal() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
