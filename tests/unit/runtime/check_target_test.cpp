#include <catch2/catch_test_macros.hpp>

#include "runtime/cluster_version.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

TEST_CASE("a cluster that is older than the plan's target is named before anything is written") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Silent observer;
  LoadPlan plan;
  plan.target = "26.2";
  Journal journal = memory_journal();
  REQUIRE(check_target(plan, {}, cockroach().url, journal, observer));
  REQUIRE(observer.lines.size() == 1);
  CHECK(observer.lines[0].starts_with("the cluster is CockroachDB 26.1"));
  plan.target = "25.4";
  Journal other = memory_journal();
  REQUIRE(check_target(plan, {}, cockroach().url, other, observer));
  CHECK(observer.lines.size() == 1);
}

TEST_CASE("a version is read with its patch, out of what servers say") {
  CHECK(version_in("CockroachDB CCL v26.1.3 (x86_64-pc-linux-gnu, built 2026/04/01)") == "26.1.3");
  CHECK(version_in("CockroachDB CCL v26.2.0-beta.1 (x86_64)") == "26.2.0");
  CHECK(version_in("26.1-upgrading-to-26.2-step-006") == "26.1");
  CHECK(version_in("25.2") == "25.2");
  CHECK(version_in("25.2.") == "25.2");
  CHECK(version_in("x86_64") == "");
  CHECK(version_in("") == "");
}

TEST_CASE("what is not finalized may not be used") {
  CHECK(ClusterVersion{{26, 2, 1}, {26, 1}}.usable() == Version{26, 1});
  CHECK(ClusterVersion{{26, 2, 1}, {26, 2}}.usable() == Version{26, 2, 1});
}

TEST_CASE("what was loaded has to be there in the end, and nothing else") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "DROP TABLE IF EXISTS public.counted");
  run(target, "CREATE TABLE public.counted (id INT8 PRIMARY KEY)");
  run(target, "INSERT INTO public.counted VALUES (1), (2)");
  const ObjectName counted{"public", "counted"};
  const ObjectName made_later{"nowhere", "yet"};
  CHECK(count_loaded({{counted, 2, 0}, {made_later, 0, 0}}, cockroach().url));
  CHECK_FALSE(count_loaded({{made_later, 1, 0}}, cockroach().url));
  for (const uint64_t rows : {1, 3}) {
    const Result<void> differs = count_loaded({{counted, rows, 0}}, cockroach().url);
    REQUIRE_FALSE(differs);
    CHECK(differs.error().kind == Error::Kind::differs);
    CHECK(differs.error().message.ends_with(" loaded into public.counted, and it holds 2"));
  }
}
