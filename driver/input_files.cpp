#include "driver/input_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "parser/migration_ways.h"
#include "runtime/secrets.h"
#include "support/archive.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view plan_name = "sqitch.plan";

bool wants_names(const Options& options) {
  return options.migrations != "none";
}

bool is_folder(const std::string& name) {
  std::error_code problem;
  return name != "-" && !is_connection_string(name) && fs::is_directory(name, problem) &&
         !is_archive_folder(name);
}

Error unreadable(const fs::path& path, const std::error_code& problem) {
  return usage_error(fmt::format("{} cannot be read: {}", path.string(), problem.message()));
}

// The *.sql files of a folder, and of the folders below it.
struct SqlFiles {
  std::vector<std::string> here;
  std::vector<std::string> below;
};

Result<SqlFiles> sql_files(const fs::path& folder) {
  std::error_code problem;
  SqlFiles files;
  for (fs::recursive_directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem)) {
    if (it->path().extension() == ".sql" && it->is_regular_file(problem))
      (it.depth() == 0 ? files.here : files.below).push_back(it->path().string());
  }
  if (problem) return unreadable(folder, problem);
  std::sort(files.here.begin(), files.here.end());
  std::sort(files.below.begin(), files.below.end());
  return files;
}

bool is_named_by(MigrationTool tool, const std::string& path) {
  const auto name = migration_name(path);
  return name && name->tool == tool;
}

// sqitch's order is its plan; the way up of a change is its file in deploy/.
Result<InputFiles> sqitch_files(const fs::path& folder) {
  std::ifstream in(folder / plan_name, std::ios::binary);
  const std::string plan{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || !in.is_open())
    return usage_error(fmt::format("{} cannot be read", (folder / plan_name).string()));
  InputFiles files;
  files.tool = MigrationTool::sqitch;
  for (const std::string& change : sqitch_changes(plan)) {
    files.up.push_back((folder / "deploy" / (change + ".sql")).string());
    const fs::path revert = folder / "revert" / (change + ".sql");
    std::error_code problem;
    if (fs::exists(revert, problem)) files.down.push_back(revert.string());
  }
  if (files.up.empty()) return usage_error(fmt::format("{} plans no change", (folder / plan_name).string()));
  return files;
}

std::optional<fs::path> sqitch_folder(const Options& options, const std::string& name) {
  if (options.migrations != "auto" && !options.migrations.empty() && options.migrations != "sqitch")
    return {};
  std::error_code problem;
  const fs::path folder(name);
  if (fs::exists(folder / plan_name, problem)) return folder;
  const fs::path above = fs::absolute(folder, problem).lexically_normal();
  const fs::path parent = (above.has_filename() ? above : above.parent_path()).parent_path();
  const bool is_deploy = (above.has_filename() ? above : above.parent_path()).filename() == "deploy";
  if (is_deploy && fs::exists(parent / plan_name, problem)) return parent;
  return {};
}

// Where a tool's files say by their names which way they go, others among them are not run.
void sort_by_names(InputFiles& files, const std::vector<std::string>& paths, bool is_history) {
  for (const std::string& path : paths) {
    if (const auto name = migration_name(path)) files.tool = name->tool;
  }
  for (const std::string& path : paths) {
    const auto name = migration_name(path);
    if (!files.tool) {
      files.up.push_back(path);
    } else if (!name || name->tool != *files.tool) {
      (is_history ? files.left_out : files.up).push_back(path);
    } else {
      (name->part == MigrationName::Part::down ? files.down : files.up).push_back(path);
    }
  }
}

Result<InputFiles> folder_files(const Options& options, const std::string& name) {
  if (const auto folder = sqitch_folder(options, name)) return sqitch_files(*folder);
  auto found = sql_files(name);
  if (!found) return found.error();
  std::vector<std::string>& here = found->here;
  std::vector<std::string>& below = found->below;
  if (here.empty() && below.empty()) {
    return usage_error(fmt::format("the folder {} holds no *.sql file", name),
                       "name a dump, or the folder in which the migrations lie");
  }
  const auto holds = [&](MigrationTool tool) {
    const auto named = [&](const std::string& path) { return is_named_by(tool, path); };
    return std::any_of(here.begin(), here.end(), named) || std::any_of(below.begin(), below.end(), named);
  };
  // Flyway looks into the folders below; others have a folder for each migration.
  const bool descends = wants_names(options) &&
                        (holds(MigrationTool::flyway) ||
                         (here.empty() && (holds(MigrationTool::prisma) || holds(MigrationTool::diesel))));
  if (descends) {
    here.insert(here.end(), below.begin(), below.end());
    below.clear();
  }
  if (here.empty()) {
    return usage_error(fmt::format("the *.sql files of {} lie in folders below it: {}", name, below[0]),
                       "name the folder in which the migrations lie, or the files in their order");
  }
  InputFiles files;
  files.below = std::move(below);
  if (wants_names(options)) {
    sort_by_names(files, here, true);
  } else {
    files.up = std::move(here);
  }
  sort_migrations(files.up);
  sort_migrations(files.down);
  start_at_baseline(files.up, files.left_out);
  return files;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Result<InputFiles> find_input_files(const Options& options, const std::vector<std::string>& names) {
  InputFiles files;
  std::vector<std::string> single;
  for (const std::string& name : names) {
    if (!is_folder(name)) {
      single.push_back(name);
      continue;
    }
    auto folder = folder_files(options, name);
    if (!folder) return folder;
    if (names.size() == 1) {
      files = std::move(*folder);
    } else {
      append(single, folder->up);
      append(files.down, folder->down);
      append(files.left_out, folder->left_out);
      append(files.below, folder->below);
    }
  }
  if (!single.empty()) {
    if (wants_names(options)) {
      sort_by_names(files, single, false);
    } else {
      files.up = single;
    }
    if (files.tool || find_migration_tool(options.migrations)) sort_migrations(files.up);
  }
  const auto way_down = wants_names(options) && !files.tool ? way_down_among(files.up) : std::nullopt;
  if (way_down) {
    return usage_error(
        fmt::format("{} is called like the way down of {}, of a migration tool that is not known",
                    way_down->first, way_down->second),
        "name the files of the way up, in their order; with --migrations none all are read");
  }
  const auto tool = find_migration_tool(options.migrations);
  if (tool && !has_marks(*tool)) files.tool = tool;
  return files;
}

Result<void> leave_out_below(InputFiles& files, bool of_a_tool) {
  if (files.below.empty()) return {};
  if (!of_a_tool) {
    return usage_error(
        fmt::format("besides the *.sql files that were found, folders below hold more: {}", files.below[0]),
        "name the files and folders that are meant, in their order: `pg2crdb lint db/structure.sql "
        "db/migrations`");
  }
  append(files.left_out, files.below);
  files.below.clear();
  return {};
}

ReadOptions read_options(const Options& options, const InputFiles& files) {
  ReadOptions read;
  read.database = options.database;
  read.keep_inserts = options.in_order;
  read.marks.wanted = options.migrations != "none";
  if (read.marks.wanted) read.marks.tool = find_migration_tool(options.migrations);
  read.jobs = options.jobs != 0 ? static_cast<unsigned>(options.jobs)
                                : std::max(std::thread::hardware_concurrency(), 1U);
  read.files_in_transactions = files.tool && runs_files_in_transactions(*files.tool);
  return read;
}

}  // namespace pg2crdb
