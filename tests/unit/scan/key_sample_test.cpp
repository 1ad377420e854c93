#include "scan/key_sample.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

using namespace pg2crdb;

namespace {

std::vector<KeySample::Key> random_keys(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<KeySample::Key> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back({random(), 1, i});
  return keys;
}

bool same(const std::vector<KeySample::Key>& left, const std::vector<KeySample::Key>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& a, const auto& b) {
    return a.hash == b.hash && a.rows == b.rows && a.first_line == b.first_line;
  });
}

}  // namespace

TEST_CASE("equal keys are counted once, with their rows and the first line") {
  KeySample sample(100);
  sample.add({{7, 1, 30}, {5, 1, 20}, {7, 2, 10}});
  sample.add({{5, 1, 40}});
  CHECK(same(sample.finish(), {{5, 2, 20}, {7, 3, 10}}));
  CHECK(sample.level() == 0);
}

TEST_CASE("too many keys become a sample that does not depend on their order") {
  std::vector<KeySample::Key> keys = random_keys(10000, 1);
  KeySample first(1000);
  first.add(keys);
  std::shuffle(keys.begin(), keys.end(), std::mt19937_64(2));
  KeySample second(1000);
  for (const KeySample::Key& key : keys) second.add({key});
  const std::vector<KeySample::Key>& kept = first.finish();
  CHECK(kept.size() <= 500);
  CHECK(kept.size() >= 150);
  CHECK(same(kept, second.finish()));
  CHECK(first.level() == second.level());
}

TEST_CASE("samples of two tables hold the same keys once they are of one level") {
  const std::vector<KeySample::Key> keys = random_keys(4000, 3);
  KeySample parents(1000), children(1u << 20);
  parents.add(keys);
  children.add({keys.begin(), keys.begin() + 2000});
  parents.finish();
  children.finish();
  REQUIRE(parents.level() > children.level());
  children.thin_to(parents.level());
  for (const KeySample::Key& child : children.finish())
    CHECK(std::any_of(parents.finish().begin(), parents.finish().end(),
                      [&](const KeySample::Key& parent) { return parent.hash == child.hash; }));
}
