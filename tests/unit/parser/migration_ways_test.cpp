#include "parser/migration_ways.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

bool is_pair(std::string_view up, std::string_view down) {
  const auto one = way_comment(up);
  const auto other = way_comment(down);
  return one && other && !one->down && other->down && one->pattern == other->pattern;
}

TEST_CASE("marks of tools that are not known") {
  CHECK(is_pair("-- Up Migration", "-- Down Migration"));
  CHECK(is_pair("-- +micrate Up", "-- +micrate Down"));
  CHECK(is_pair("-- migrate: up", "-- migrate: down"));
  CHECK(is_pair("-- rambler up", "-- rambler down"));
  CHECK(is_pair("-- ==== UP ====", "-- ==== DOWN ===="));
  CHECK(is_pair("-- !Ups", "-- !Downs"));
  CHECK(is_pair("/* +goose Up */", "/* +goose Down */"));
  CHECK_FALSE(is_pair("-- Up Migration", "-- Down"));
  CHECK(way_comment("-- //@UNDO")->sure);
  CHECK(way_comment("---- create above / drop below ----")->sure);
  CHECK_FALSE(way_comment("-- Down")->sure);
}

TEST_CASE("comments that are no marks") {
  for (const char* comment :
       {"--", "-- towns", "-- set up the towns and all that hangs on them", "-- slow down, then roll back up",
        "-- upper towns", "-- up and down", "-- drop below"}) {
    INFO(comment);
    CHECK_FALSE(way_comment(comment));
  }
}

TEST_CASE("names of files that go the way down") {
  const auto among = [](const std::vector<std::string>& paths) {
    const auto found = way_down_among(paths);
    return found ? found->first + " of " + found->second : "";
  };
  CHECK(among({"m/1-down.sql", "m/1-up.sql"}) == "m/1-down.sql of m/1-up.sql");
  CHECK(among({"001.do.a.sql", "001.undo.a.sql"}) == "001.undo.a.sql of 001.do.a.sql");
  CHECK(among({"0001.a.rollback.sql", "0001.a.sql"}) == "0001.a.rollback.sql of 0001.a.sql");
  CHECK(among({"down/1.sql", "up/1.sql"}) == "down/1.sql of up/1.sql");
  CHECK(among({"up/1_a_up.sql", "up/1_a_down.sql"}) == "up/1_a_down.sql of up/1_a_up.sql");
  CHECK(among({"m/1_undo_log.sql", "m/2_log.sql", "m/3_cleanup.sql", "m/4_apply_fees.sql"}).empty());
}

}  // namespace
}  // namespace pg2crdb
