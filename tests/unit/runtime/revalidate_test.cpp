#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

TEST_CASE("the rows that break a constraint are named, and the other constraints validated") {
  if (cockroach().url.empty()) SKIP("the stand-in cannot run here");
  Connection target = connect(cockroach().url);
  run(target, "CREATE TABLE public.parents (a INT8, b STRING, PRIMARY KEY (a, b))");
  run(target, "CREATE TABLE public.children (id INT8 PRIMARY KEY, \"A\" INT8, b STRING)");
  run(target, "INSERT INTO public.parents VALUES (1, 'x')");
  run(target,
      "INSERT INTO public.children VALUES (1, 1, 'x'), (2, 2, 'x'), (3, NULL, 'y'), (4, 1, 'z'), (5, 9, "
      "'x')");
  run(target,
      "ALTER TABLE public.children ADD CONSTRAINT pair FOREIGN KEY (\"A\", b) REFERENCES public.parents (a, "
      "b) NOT "
      "VALID");
  run(target, "ALTER TABLE public.children ADD CONSTRAINT few CHECK (\"A\" < 5) NOT VALID");
  run(target, "ALTER TABLE public.children ADD CONSTRAINT good CHECK (id > 0) NOT VALID");
  Silent observer;
  const auto validated = revalidate(cockroach().url, observer, 2);
  run(target, "DROP TABLE public.children");
  run(target, "DROP TABLE public.parents");
  REQUIRE_FALSE(validated);
  CHECK(validated.error().message.starts_with("2 of 3 constraints cannot be validated"));
  const auto logged = [&](const std::string& line) {
    return std::find(observer.lines.begin(), observer.lines.end(), line) != observer.lines.end();
  };
  CAPTURE(observer.lines);
  CHECK(logged("row (id)=(2): (A, b)=(2, x) of public.children breaks pair"));
  CHECK(logged("row (id)=(4): (A, b)=(1, z) of public.children breaks pair"));
  CHECK(logged("more rows of public.children break pair"));
  CHECK(logged("row (id)=(5) of public.children breaks few"));
  CHECK(logged("validated constraint good (CHECK) on public.children"));
}
