#include "target/target.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace pg2crdb;

TEST_CASE("versions are read as people write them") {
  CHECK(parse_version("25.2") == Version{25, 2});
  CHECK(parse_version("v25.2") == Version{25, 2});
  CHECK(parse_version("25.2.3") == Version{25, 2, 3});
  CHECK(parse_version("v26.1.0") == Version{26, 1});
  CHECK(to_string(Version{25, 2, 9}) == "25.2.9");
  CHECK(to_string(Version{24, 3}) == "24.3");
}

TEST_CASE("what is no release that we know is no version") {
  for (const char* text : {"", "v", "25", "25.", "25.2.", "25.2.x", "25.2 ", " 25.2", "25.9", "22.2", "99.1",
                           "-25.2", "25.-2", "vv25.2", "latest", "99999999999999999999.1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_version(text));
  }
}

TEST_CASE("the known releases are in order, and each can be asked for") {
  const auto releases = known_releases();
  REQUIRE(releases.size() > 2);
  CHECK(std::ranges::is_sorted(releases, {}, &Release::version));
  CHECK(releases.front().version == Version{23, 1});
  for (const Release& release : releases) CHECK(parse_version(to_string(release.version)) == release.version);
}

TEST_CASE("by default it is compiled for a release that is generally available, and no innovation") {
  const auto found = std::ranges::find(known_releases(), default_version(), &Release::version);
  REQUIRE(found != known_releases().end());
  CHECK(found->kind == Release::Kind::regular);
  CHECK_FALSE(found->is_provisional());
  for (const Release& release : known_releases()) {
    if (release.version > default_version())
      CHECK((release.kind == Release::Kind::innovation || release.is_provisional()));
  }
}

TEST_CASE("a capability that patches brought to older releases holds from those on") {
  const Since since(Version{25, 4}, Version{24, 3, 25}, Version{25, 2, 11});
  CHECK_FALSE(since.holds({24, 1, 99}));
  CHECK_FALSE(since.holds({24, 3}));
  CHECK_FALSE(since.holds({24, 3, 24}));
  CHECK(since.holds({24, 3, 25}));
  CHECK(since.holds({24, 3, 26}));
  CHECK_FALSE(since.holds({25, 1, 30}));
  CHECK_FALSE(since.holds({25, 2, 10}));
  CHECK(since.holds({25, 2, 11}));
  CHECK_FALSE(since.holds({25, 3}));
  CHECK(since.holds({25, 4}));
  CHECK(since.holds({26, 1}));
  CHECK(to_string(since) == "25.4; 24.3.25, 25.2.11");
  CHECK(to_string(Since(Version{25, 4})) == "25.4");
}

TEST_CASE("a capability holds from its release on") {
  CHECK_FALSE(Target(Version{24, 2}).has(Capability::triggers));
  CHECK(Target(Version{24, 3}).has(Capability::triggers));
  CHECK(Target(Version{25, 1}).has(Capability::triggers));
  CHECK_FALSE(Target(Version{25, 2}).has(Capability::citext));
  CHECK(Target(Version{25, 3}).has(Capability::citext));
  CHECK_FALSE(Target(Version{25, 2, 10}).has(Capability::plpgsql_unread_into));
  CHECK(Target(Version{25, 2, 11}).has(Capability::plpgsql_unread_into));
  CHECK_FALSE(Target(Version{25, 3, 6}).has(Capability::plpgsql_unread_into));
  CHECK_FALSE(Target().has(Capability::create_domain));
  CHECK_FALSE(Target().has(Capability::create_extension_with_schema));
  CHECK(Target().has(Capability::composite_array_attributes));
  CHECK_FALSE(Target(Version{25, 4}).has(Capability::composite_array_attributes));
}

TEST_CASE("every row is complete, and named once") {
  std::set<std::string_view> names;
  size_t position = 0;
  for (const CapabilityInfo& row : capabilities()) {
    CAPTURE(row.name);
    CHECK(static_cast<size_t>(row.capability) == position++);
    CHECK(&info(row.capability) == &row);
    CHECK(names.insert(row.name).second);
    CHECK(row.name.find('_') == std::string_view::npos);
    CHECK_FALSE(row.topic.empty());
    CHECK_FALSE(row.evidence.empty());
    CHECK_FALSE(row.sentence.empty());
    CHECK_FALSE(row.sentence.ends_with('.'));
    // What the oldest release can do already needs no row.
    if (row.since) CHECK(row.since->release > known_releases().front().version);
  }
}

TEST_CASE("docs/capabilities.md is the table") {
  const std::string path = std::string(PG2CRDB_SOURCE_DIR) + "/docs/capabilities.md";
  if (std::getenv("PG2CRDB_UPDATE") != nullptr)
    std::ofstream(path, std::ios::binary) << capabilities_markdown();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  INFO("run this test with PG2CRDB_UPDATE=1 to write " << path);
  CHECK(text.str() == capabilities_markdown());
}
