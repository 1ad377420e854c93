#include "support/sha256.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

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

TEST_CASE("the standard's example of a gigabyte, which is hashed beside the caller") {
  std::string piece;
  while (piece.size() < size_t{3} << 20)
    piece += "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno";
  Sha256 digest;
  size_t left = size_t{1} << 30;
  while (left > 0) {
    digest.add(std::string_view(piece).substr(0, left));
    left -= std::min(left, piece.size());
  }
  CHECK(digest.hexadecimal() == "50e72a0e26442fe2552dc3938ac58658228c0cbfb1d2ca872ae435266fcd055e");
}

TEST_CASE("a digest that nobody asks for ends") {
  Sha256 digest;
  for (size_t i = 0; i < 16; ++i) digest.add(std::string(size_t{1} << 20, 'x'));
}
