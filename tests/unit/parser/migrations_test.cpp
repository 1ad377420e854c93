#include "parser/migrations.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

using Kind = MigrationMark::Kind;
using Part = MigrationName::Part;

bool is(std::string_view line, MigrationTool tool, Kind kind) {
  const auto mark = migration_mark(line);
  return mark && mark->tool == tool && mark->kind == kind;
}

TEST_CASE("marks as their tools read them") {
  CHECK(is("-- +goose Up", MigrationTool::goose, Kind::up));
  CHECK(is("-- +goose up", MigrationTool::goose, Kind::up));
  CHECK(is("-- +goose DOWN  ", MigrationTool::goose, Kind::down));
  CHECK(is("-- +goose StatementBegin", MigrationTool::goose, Kind::other));
  CHECK(is("-- +goose StatementEnd", MigrationTool::goose, Kind::statement_end));
  CHECK(is("-- +goose NO TRANSACTION", MigrationTool::goose, Kind::other));
  CHECK(is("-- +goose ENVSUB ON", MigrationTool::goose, Kind::environment));
  CHECK(is("-- +goose ENVSUB OFF", MigrationTool::goose, Kind::environment_end));
  CHECK(is("-- migrate:up", MigrationTool::dbmate, Kind::up));
  CHECK(is("--migrate:up transaction:false", MigrationTool::dbmate, Kind::up));
  CHECK(is("-- migrate:down", MigrationTool::dbmate, Kind::down));
  CHECK(is("-- +migrate Up notransaction", MigrationTool::sql_migrate, Kind::up));
  CHECK(is("-- +migrate Down", MigrationTool::sql_migrate, Kind::down));
  CHECK(is("-- +migrate StatementEnd", MigrationTool::sql_migrate, Kind::statement_end));
  for (const char* line :
       {"-- +goose NO TRANSACTION", "--migrate:up transaction:false", "-- +migrate Up notransaction"})
    CHECK(migration_mark(line)->no_transaction);
  CHECK_FALSE(migration_mark("-- +goose Up")->no_transaction);
}

TEST_CASE("what only looks like a mark") {
  for (const char* line :
       {"-- migrate:upwards", "-- Migrate:up", "-- migrate: up", "-- we migrate:up here", "-- goose Up",
        "# +goose Up", "-- +goosefoot Up", "--+migrate Up", "-- + goose Up", "--"}) {
    INFO(line);
    CHECK_FALSE(migration_mark(line));
  }
  // sql-migrate tells its commands apart by case.
  CHECK(is("-- +migrate up", MigrationTool::sql_migrate, Kind::other));
}

TEST_CASE("names of files") {
  const auto part = [](std::string_view path, MigrationTool tool) -> std::optional<Part> {
    const auto name = migration_name(path);
    if (!name || name->tool != tool) return std::nullopt;
    return name->part;
  };
  CHECK(part("db/000001_init.up.sql", MigrationTool::golang_migrate) == Part::up);
  CHECK(part("db/000001_init.down.sql", MigrationTool::golang_migrate) == Part::down);
  CHECK(part("V1__init.sql", MigrationTool::flyway) == Part::up);
  CHECK(part("a/V2019.01.12.06.48__base_schema.sql", MigrationTool::flyway) == Part::up);
  CHECK(part("V1_2__x.sql", MigrationTool::flyway) == Part::up);
  CHECK(part("U1.1__x.sql", MigrationTool::flyway) == Part::down);
  CHECK(part("R__views.sql", MigrationTool::flyway) == Part::repeatable);
  CHECK(part("B7__base.sql", MigrationTool::flyway) == Part::baseline);
  CHECK(part("beforeMigrate.sql", MigrationTool::flyway) == Part::before);
  CHECK(part("afterMigrate__grants.sql", MigrationTool::flyway) == Part::after);
  CHECK(part("m/20240131120000_init/migration.sql", MigrationTool::prisma) == Part::up);
  CHECK(part("m/2024-01-31-120000_init/up.sql", MigrationTool::diesel) == Part::up);
  CHECK(part("m/2024-01-31-120000_init/down.sql", MigrationTool::diesel) == Part::down);
  for (const char* path : {"up.sql", "db/up.sql", "db/migration.sql", "init.up.sql", "1init.up.sql",
                           "V1_x.sql", "Views__x.sql", "U__x.sql", "B__x.sql", "afterMigrateAll.sql",
                           "20240101_init.sql", "dump.sql", "V1__x.java", "1_init.up.sql.bak"}) {
    INFO(path);
    CHECK_FALSE(migration_name(path));
  }
}

TEST_CASE("versions are ordered as numbers") {
  std::vector<std::string> numbered = {"m/10_c.up.sql", "m/9_b.up.sql", "m/0009_a.up.sql", "m/readme.sql",
                                       "m/99999999999999999999999_d.up.sql"};
  sort_migrations(numbered);
  CHECK(numbered == std::vector<std::string>{"m/0009_a.up.sql", "m/9_b.up.sql", "m/10_c.up.sql",
                                             "m/99999999999999999999999_d.up.sql", "m/readme.sql"});
  std::vector<std::string> flyway = {"R__b.sql",    "V2__x.sql", "V1.10__x.sql",
                                     "V1_9__x.sql", "R__a.sql",  "V1__x.sql"};
  sort_migrations(flyway);
  CHECK(flyway == std::vector<std::string>{"V1__x.sql", "V1_9__x.sql", "V1.10__x.sql", "V2__x.sql",
                                           "R__a.sql", "R__b.sql"});
}

TEST_CASE("Flyway on an empty database") {
  std::vector<std::string> files = {"afterMigrate.sql", "R__a.sql",         "V1__x.sql", "B2__old.sql",
                                    "V3__x.sql",        "B3__newest.sql",   "V4__x.sql", "V3.1__x.sql",
                                    "V2__x.sql",        "beforeMigrate.sql"};
  sort_migrations(files);
  std::vector<std::string> left_out;
  start_at_baseline(files, left_out);
  CHECK(files == std::vector<std::string>{"beforeMigrate.sql", "B3__newest.sql", "V3.1__x.sql", "V4__x.sql",
                                          "R__a.sql", "afterMigrate.sql"});
  CHECK(left_out == std::vector<std::string>{"V1__x.sql", "B2__old.sql", "V2__x.sql", "V3__x.sql"});
}

TEST_CASE("a sqitch plan") {
  CHECK(sqitch_changes("%syntax-version=1.0.0\n%project=towns\n\n"
                       "appschema 2013-12-30T23:19:46Z A <a@x> # Adds the schema.\n"
                       "users [appschema] 2013-12-31T00:17:00Z A <a@x>\n"
                       "@v1.0 2013-12-31T18:31:00Z A <a@x>\n"
                       "+flips [users] 2013-12-31T18:32:00Z A <a@x>\n"
                       "@v1.1 2013-12-31T18:33:00Z A <a@x>\n"
                       "users [users@v1.0] 2013-12-31T19:00:00Z A <a@x> # Again.\n") ==
        std::vector<std::string>{"appschema", "users@v1.0", "flips", "users"});
  CHECK(sqitch_changes("# nothing\n").empty());
}

}  // namespace
}  // namespace pg2crdb
