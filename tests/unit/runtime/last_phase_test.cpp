#include "runtime/last_phase.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

LoadPlan::Statement last(std::string sql) {
  return {"revalidate", std::move(sql), "", "", "dump.sql", 1};
}

TEST_CASE("a validation is a statement that does nothing else") {
  for (const char* sql : {"ALTER TABLE public.t VALIDATE CONSTRAINT c", "ALTER TABLE t VALIDATE CONSTRAINT c",
                          R"(ALTER TABLE "a.b"."c""d" VALIDATE CONSTRAINT " VALIDATE")",
                          "ALTER TABLE s\xc3\xa9.t1 VALIDATE CONSTRAINT _c$2"})
    CHECK(is_validation(last(sql)));
  for (const char* sql :
       {"ALTER TABLE public.t VALIDATE CONSTRAINT c, ADD COLUMN z INT4", "ALTER TABLE public.t",
        "ALTER TABLE public.t ADD COLUMN a INT4, VALIDATE CONSTRAINT c",
        "ALTER TABLE public.t VALIDATE CONSTRAINT c; DROP TABLE t", R"(ALTER TABLE "t VALIDATE CONSTRAINT c)",
        "ALTER TABLE public.t VALIDATE CONSTRAINT ", "ALTER TABLE public.t VALIDATE CONSTRAINT c -- ",
        "INSERT INTO t VALUES ('ALTER TABLE t VALIDATE CONSTRAINT c')", ""})
    CHECK_FALSE(is_validation(last(sql)));
}

TEST_CASE("the last phase is run as it stands where something in it is done by nothing else") {
  LoadPlan plan;
  plan.sequences = {{"public", "s", "public", "s", 42, true, true, "", 0},
                    {"a.b", "it's", "a.b", "it's", -7, false, true, "", 0},
                    {"public", "unset", "public", "unset", 0, true, false, "", 0}};
  plan.statements = {{"post-data", "GRANT SELECT ON TABLE t TO PUBLIC", "GRANT", "t", "dump.sql", 1},
                     last("ALTER TABLE public.t VALIDATE CONSTRAINT c"),
                     last("SELECT pg_catalog.setval('public.s', 42)"),
                     last("SELECT pg_catalog.setval('public.s', 42, true)"),
                     last("SELECT pg_catalog.setval('\"a.b\".\"it''s\"', -7, false)")};
  CHECK(statements_of_last_phase(plan).empty());
  for (const char* sql :
       {"GRANT SELECT ON TABLE t TO PUBLIC", "SELECT pg_catalog.setval('public.s', 43, true)",
        "SELECT pg_catalog.setval('public.s', 42, false)",
        "SELECT pg_catalog.setval('public.unset', 0, true)",
        "SELECT pg_catalog.setval('public.other', 42, true)",
        "SELECT pg_catalog.setval('public.s', 42, true), 1",
        "SELECT pg_catalog.setval('public.s', (SELECT 42), true)", "SELECT 1"}) {
    LoadPlan more = plan;
    more.statements.push_back(last(sql));
    CHECK(statements_of_last_phase(more) == std::vector<size_t>{2, 3, 4, 5});
  }
}

TEST_CASE("what changes rows or values is to run once") {
  LoadPlan plan;
  plan.sequences = {{"public", "s", "public", "s", 42, true, true, "", 0}};
  const auto once = [&](const char* sql, const char* kind) {
    return is_to_run_once(plan, {"revalidate", sql, kind, "", "dump.sql", 1});
  };
  CHECK(once("INSERT INTO t VALUES (1)", "INSERT"));
  CHECK(once("SELECT pg_catalog.setval('public.s', nextval('public.s'))", "SELECT"));
  CHECK(once("UPSERT INTO t VALUES (1)", "unparsed"));
  CHECK_FALSE(once("SELECT pg_catalog.setval('public.s', 42, true)", "SELECT"));
  CHECK_FALSE(once("CREATE TABLE t AS SELECT 1", "CREATE TABLE AS"));
  CHECK_FALSE(once("DROP TABLE t", "DROP TABLE"));
}

}  // namespace
}  // namespace pg2crdb
