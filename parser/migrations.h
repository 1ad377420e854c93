#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/migration_file.h"

namespace pg2crdb {

/// What keeps a database's history in files, each with a way up and mostly one down.
enum class MigrationTool { goose, dbmate, sql_migrate, golang_migrate, flyway, prisma, diesel, sqitch };
inline constexpr std::array migration_tools = {
    MigrationTool::goose,  MigrationTool::dbmate, MigrationTool::sql_migrate, MigrationTool::golang_migrate,
    MigrationTool::flyway, MigrationTool::prisma, MigrationTool::diesel,      MigrationTool::sqitch};

/// "goose", "sql-migrate": as its users write it, and as --migrations takes it.
std::string_view to_string(MigrationTool tool);
std::optional<MigrationTool> find_migration_tool(std::string_view name);

/// Whether comments in the files say which way they go; else it is the files' names, or a plan.
bool has_marks(MigrationTool tool);

/// Of tools without marks: whether each file is run in a transaction, of PostgreSQL's own making where the
/// tool sends it in one piece.
bool runs_files_in_transactions(MigrationTool tool);

/// What a file with a tool's marks says besides its statements; `has_down`: that it has a way down.
ast::MigrationFile marked_file(MigrationTool tool, uint32_t file, bool in_transaction, bool has_down);

/// A comment line that a tool reads as an order.
struct MigrationMark {
  enum class Kind {
    up,
    down,
    statement_end,  ///< ends a statement, whether it has a semicolon or not
    environment,    ///< goose writes variables of the environment into the statements that follow
    environment_end,
    other,  ///< changes nothing in what is read: StatementBegin
  };
  MigrationTool tool = MigrationTool::goose;
  Kind kind = Kind::other;
  bool no_transaction = false;  ///< the file is run without the transaction that these tools put around it
};

/// The mark that a line is, without its line end; nothing where no tool would take it for one. Tools know
/// marks at the beginning of a line alone: whoever calls this has seen to that.
std::optional<MigrationMark> migration_mark(std::string_view line);

/// What the name of a file says: `000012_add_towns.up.sql`, `V1.2__add_towns.sql`,
/// `20240131_add_towns/migration.sql` (prisma), `2024-01-31_add_towns/down.sql` (diesel).
struct MigrationName {
  enum class Part {
    up,
    down,
    repeatable,
    baseline,  ///< Flyway's B...: what all versions up to its own have made
    before,
    after  ///< Flyway's beforeMigrate and afterMigrate
  };
  MigrationTool tool = MigrationTool::golang_migrate;
  Part part = Part::up;
};

/// Names of tools without marks: no other tool's say anything. Looks at the last part of the path, or at the
/// last two where each migration has a folder.
std::optional<MigrationName> migration_name(std::string_view path);

/// Files by the version in their names, numbers as numbers (2 before 10, 1.9 before 1.10); those without one
/// by name and last, as Flyway's repeatable ones; its beforeMigrate and afterMigrate around all.
void sort_migrations(std::vector<std::string>& paths);

/// Takes out of sorted files what Flyway does not run on an empty database where there is a baseline: older
/// baselines, and versions that the newest one stands for. They are appended to `left_out`.
void start_at_baseline(std::vector<std::string>& paths, std::vector<std::string>& left_out);

/// The changes of a sqitch.plan in its order. Of a change that was reworked, the earlier one has its tag:
/// `towns@v1`, as its file has.
std::vector<std::string> sqitch_changes(std::string_view plan);

}  // namespace pg2crdb
