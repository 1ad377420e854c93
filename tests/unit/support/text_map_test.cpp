#include "support/text_map.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace pg2crdb {
namespace {

TEST_CASE("a text keeps the value that it has first", "[text_map]") {
  TextMap<int> map;
  CHECK(map.find("a") == nullptr);
  const auto [value, is_new] = map.emplace("a", 1);
  CHECK(is_new);
  CHECK(value == 1);
  CHECK_FALSE(map.emplace("a", 2).second);
  CHECK(*map.find("a") == 1);
  map["a"] = 3;
  CHECK(*map.find("a") == 3);
  CHECK(map.size() == 1);
}

TEST_CASE("texts are compared byte by byte", "[text_map]") {
  TextMap<int> map;
  map[""] = 1;
  map[std::string("a\0b", 3)] = 2;
  map["a"] = 3;
  map["A"] = 4;
  CHECK(*map.find("") == 1);
  CHECK(*map.find(std::string("a\0b", 3)) == 2);
  CHECK(*map.find("a") == 3);
  CHECK(*map.find("A") == 4);
  CHECK_FALSE(map.contains("b"));
}

TEST_CASE("many texts are all there", "[text_map]") {
  TextMap<size_t> map;
  constexpr size_t count = 10'000;
  for (size_t i = 0; i < count; ++i) map["public.table_" + std::to_string(i)] = i;
  CHECK(map.size() == count);
  bool all = true;
  for (size_t i = 0; i < count; ++i) {
    const size_t* found = map.find("public.table_" + std::to_string(i));
    all = all && found != nullptr && *found == i;
  }
  CHECK(all);
  CHECK_FALSE(map.contains("public.table_10000"));
}

}  // namespace
}  // namespace pg2crdb
