#include "runtime/content_digest.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

namespace pg2crdb {
namespace {

std::string bytes_of(size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 2654435761U >> 24);
  return bytes;
}

Hash128 digest_of(std::string_view bytes, size_t piece) {
  ContentDigest digest;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    digest.add(bytes.substr(0, piece));
  return digest.end();
}

TEST_CASE("a content digest is the same however the bytes are cut, and another where one differs") {
  for (const size_t size : {0, 1, 65535, 65536, 65537, 300000}) {
    const std::string bytes = bytes_of(size);
    const Hash128 whole = digest_of(bytes, size + 1);
    for (const size_t piece : {1000, 65536, 100000}) CHECK(digest_of(bytes, piece) == whole);
    CHECK(digest_of(bytes + '\0', size + 1) != whole);
    for (const size_t at : {0, 65535, 65536, 299999}) {
      if (at >= size) continue;
      std::string other = bytes;
      other[at] ^= 1;
      CHECK(digest_of(other, size + 1) != whole);
    }
    if (size < 100000) continue;
    std::string swapped = bytes;
    std::swap_ranges(swapped.begin(), swapped.begin() + 1000, swapped.begin() + 65536 - 500);
    CHECK(digest_of(swapped, size + 1) != whole);
  }
}

TEST_CASE("an input is looked at by its SHA-256, and by the content digest where that is known") {
  const std::string bytes = bytes_of(200000);
  Sha256 sum;
  sum.add(bytes);
  const LoadPlan::Input input{"t.sql", bytes.size(), sum.hexadecimal()};
  std::string other = bytes;
  other[150000] ^= 1;
  for (const char* said : {"its SHA-256 is ", "it was changed since this run looked at all of it"}) {
    InputDigest same(input), changed(input);
    same.add(bytes);
    changed.add(other);
    CHECK(same.compare());
    const Result<void> differs = changed.compare();
    REQUIRE_FALSE(differs);
    CHECK(differs.error().kind == Error::Kind::usage);
    CHECK(differs.error().message.find(said) != std::string::npos);
    note_content(input.sha256, digest_of(bytes, bytes.size()));
  }
}

}  // namespace
}  // namespace pg2crdb
