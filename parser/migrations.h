#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// What keeps a database's history in files, each with a way up and mostly one down.
enum class MigrationTool { goose, dbmate, sql_migrate, golang_migrate, flyway, sqitch };
inline constexpr std::array migration_tools = {MigrationTool::goose,       MigrationTool::dbmate,
                                               MigrationTool::sql_migrate, MigrationTool::golang_migrate,
                                               MigrationTool::flyway,      MigrationTool::sqitch};

/// "goose", "sql-migrate": as its users write it, and as --migrations takes it.
std::string_view to_string(MigrationTool tool);
std::optional<MigrationTool> find_migration_tool(std::string_view name);

/// A comment line that a tool reads as an order.
struct MigrationMark {
  enum class Kind {
    up,
    down,
    statement_end,  ///< ends a statement, whether it has a semicolon or not
    environment,    ///< goose writes variables of the environment into the statements that follow
    environment_end,
    other,  ///< changes nothing in what is read: StatementBegin, NO TRANSACTION
  };
  MigrationTool tool = MigrationTool::goose;
  Kind kind = Kind::other;
};

/// The mark that a line is, without its line end; nothing where no tool would take it for one. Tools know
/// marks at the beginning of a line alone: whoever calls this has seen to that.
std::optional<MigrationMark> migration_mark(std::string_view line);

/// What the name of a file says: `000012_add_towns.up.sql`, `V1.2__add_towns.sql`.
struct MigrationName {
  enum class Part { up, down, repeatable };
  MigrationTool tool = MigrationTool::golang_migrate;
  Part part = Part::up;
};

/// golang-migrate's and Flyway's names alone: no other tool's say anything. Looks at the last part of the
/// path.
std::optional<MigrationName> migration_name(std::string_view path);

/// Files by the version in their names, numbers as numbers (2 before 10, 1.9 before 1.10); those without one
/// by name and last, as Flyway's repeatable ones. Looks at the last part of each path.
void sort_migrations(std::vector<std::string>& paths);

/// The changes of a sqitch.plan in its order. Of a change that was reworked, the earlier one has its tag:
/// `towns@v1`, as its file has.
std::vector<std::string> sqitch_changes(std::string_view plan);

}  // namespace pg2crdb
