#include <catch2/catch_test_macros.hpp>

#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

TEST_CASE("a cluster that is older than the plan's target is named before anything is written") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Silent observer;
  LoadPlan plan;
  plan.target = "26.2";
  Journal journal = memory_journal();
  REQUIRE(check_target(plan, cockroach().url, journal, observer));
  REQUIRE(observer.lines.size() == 1);
  CHECK(observer.lines[0].starts_with("the cluster is CockroachDB 26.1"));
  plan.target = "25.4";
  Journal other = memory_journal();
  REQUIRE(check_target(plan, cockroach().url, other, observer));
  CHECK(observer.lines.size() == 1);
}
