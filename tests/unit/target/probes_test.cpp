#include "target/probes.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {

TEST_CASE("each capability has a question, or a reason why it is not asked, in its place") {
  REQUIRE(probes().size() == capabilities().size());
  for (size_t i = 0; i < probes().size(); ++i) {
    const Probe& row = probes()[i];
    INFO(capabilities()[i].name);
    CHECK(row.capability == capabilities()[i].capability);
    CHECK(row.is_asked() == row.why_not.empty());
    CHECK_FALSE(row.statement.ends_with(';'));
    CHECK_FALSE(row.before.ends_with('\n'));
    CHECK(row.before.find("\n\n") == std::string_view::npos);
  }
}

TEST_CASE("what a cluster answered wins over the table") {
  const Version version = parse_version("25.2").value();
  const Target cluster(version, {{Capability::citext, true}, {Capability::vector, false}});
  CHECK(cluster.has(Capability::citext));
  CHECK_FALSE(cluster.has(Capability::vector));
  CHECK(cluster.has(Capability::plpgsql));
  const Target release(version);
  CHECK_FALSE(release.has(Capability::citext));
  CHECK(release.has(Capability::vector));
}

TEST_CASE("capabilities are found by their names") {
  CHECK(capability_named("citext") == Capability::citext);
  CHECK(capability_named("row-level-security") == Capability::row_level_security);
  CHECK_FALSE(capability_named("row_level_security"));
}

}  // namespace pg2crdb
