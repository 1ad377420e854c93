#include "parser/migrations.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

using Kind = MigrationMark::Kind;

constexpr std::string_view blanks = " \t\r\f\v";

// The next word of a text, which loses it; empty where there is none.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

std::string_view last_part(std::string_view path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool has_word(std::string_view text, std::string_view wanted) {
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    if (word == wanted) return true;
  }
  return false;
}

// Of a path in which each migration has a folder of its own: the folder.
std::string_view migration_folder(std::string_view path) {
  const std::string_view name = last_part(path);
  if (name.size() == path.size()) return {};
  if (name != "migration.sql" && name != "up.sql" && name != "down.sql") return {};
  const std::string_view folder = last_part(path.substr(0, path.size() - name.size() - 1));
  return !folder.empty() && is_digit(folder[0]) ? folder : std::string_view();
}

// `-- +goose Up`: in any case, the comment's dashes may touch the plus.
std::optional<MigrationMark> goose_mark(std::string_view after_tool) {
  std::string words;
  while (!after_tool.empty()) {
    const std::string_view word = take_word(after_tool);
    if (word.empty()) break;
    words += (words.empty() ? "" : " ") + lower(word);
  }
  Kind kind = Kind::other;
  if (words == "up") kind = Kind::up;
  if (words == "down") kind = Kind::down;
  if (words == "statementend") kind = Kind::statement_end;
  if (words == "envsub on") kind = Kind::environment;
  if (words == "envsub off") kind = Kind::environment_end;
  return MigrationMark{MigrationTool::goose, kind, words == "no transaction"};
}

// `-- +migrate Up notransaction`: exactly one blank before the plus, and its commands are told apart by case.
std::optional<MigrationMark> sql_migrate_mark(std::string_view after_tool) {
  const std::string_view command = take_word(after_tool);
  Kind kind = Kind::other;
  if (command == "Up") kind = Kind::up;
  if (command == "Down") kind = Kind::down;
  if (command == "StatementEnd") kind = Kind::statement_end;
  return MigrationMark{MigrationTool::sql_migrate, kind, has_word(after_tool, "notransaction")};
}

// The numbers of a version, without leading zeros: as texts they have no largest. `rest` is what follows.
std::vector<std::string> version_numbers(std::string_view name, std::string_view separators,
                                         std::string_view& rest) {
  std::vector<std::string> numbers;
  size_t i = 0;
  while (i < name.size() && is_digit(name[i])) {
    size_t end = i;
    while (end < name.size() && is_digit(name[end])) ++end;
    const size_t first = std::min(name.find_first_not_of('0', i), end);
    numbers.emplace_back(name.substr(first, end - first));
    i = end;
    const bool goes_on =
        i + 1 < name.size() && separators.find(name[i]) != std::string_view::npos && is_digit(name[i + 1]);
    if (!goes_on) break;
    ++i;
  }
  rest = name.substr(i);
  return numbers;
}

struct Version {
  enum class Place { before, numbered, unnumbered, after };
  Place place = Place::numbered;
  std::vector<std::string> numbers;
  std::string_view name;
};

Version version_of(std::string_view path) {
  Version version;
  const std::string_view folder = migration_folder(path);
  version.name = folder.empty() ? last_part(path) : folder;
  const auto named = migration_name(path);
  const bool flyway = named && named->tool == MigrationTool::flyway;
  std::string_view rest;
  if (flyway) {
    version.numbers = version_numbers(version.name.substr(1), "._", rest);
  } else {
    version.numbers = version_numbers(version.name, "", rest);
  }
  if (version.numbers.empty()) version.place = Version::Place::unnumbered;
  if (flyway && named->part == MigrationName::Part::before) version.place = Version::Place::before;
  if (flyway && named->part == MigrationName::Part::after) version.place = Version::Place::after;
  return version;
}

bool number_less(const std::string& left, const std::string& right) {
  return std::pair(left.size(), std::string_view(left)) < std::pair(right.size(), std::string_view(right));
}

bool numbers_less(const Version& a, const Version& b) {
  return std::lexicographical_compare(a.numbers.begin(), a.numbers.end(), b.numbers.begin(), b.numbers.end(),
                                      number_less);
}

bool version_less(const Version& left, const Version& right) {
  if (left.place != right.place) return left.place < right.place;
  if (numbers_less(left, right)) return true;
  if (numbers_less(right, left)) return false;
  return left.name < right.name;
}

}  // namespace

std::string_view to_string(MigrationTool tool) {
  switch (tool) {
    case MigrationTool::goose:
      return "goose";
    case MigrationTool::dbmate:
      return "dbmate";
    case MigrationTool::sql_migrate:
      return "sql-migrate";
    case MigrationTool::golang_migrate:
      return "golang-migrate";
    case MigrationTool::flyway:
      return "flyway";
    case MigrationTool::prisma:
      return "prisma";
    case MigrationTool::diesel:
      return "diesel";
    case MigrationTool::sqitch:
      return "sqitch";
  }
  return {};
}

bool has_marks(MigrationTool tool) {
  return tool == MigrationTool::goose || tool == MigrationTool::dbmate || tool == MigrationTool::sql_migrate;
}

bool runs_files_in_transactions(MigrationTool tool) {
  return !has_marks(tool) && tool != MigrationTool::sqitch;
}

ast::MigrationFile marked_file(MigrationTool tool, uint32_t file, bool in_transaction, bool has_down) {
  ast::MigrationFile marked;
  marked.file = file;
  switch (tool) {
    case MigrationTool::goose:
      marked.way_up = in_transaction ? "-- +goose Up\n" : "-- +goose NO TRANSACTION\n-- +goose Up\n";
      marked.way_down = "-- +goose Down\n";
      marked.statement_begin = "-- +goose StatementBegin\n";
      marked.statement_end = "-- +goose StatementEnd\n";
      break;
    case MigrationTool::sql_migrate:
      marked.way_up = in_transaction ? "-- +migrate Up\n" : "-- +migrate Up notransaction\n";
      marked.way_down = "-- +migrate Down\n";
      marked.statement_begin = "-- +migrate StatementBegin\n";
      marked.statement_end = "-- +migrate StatementEnd\n";
      break;
    case MigrationTool::dbmate:
      marked.way_up = in_transaction ? "-- migrate:up\n" : "-- migrate:up transaction:false\n";
      marked.way_down = "-- migrate:down\n";
      break;
    case MigrationTool::golang_migrate:
    case MigrationTool::flyway:
    case MigrationTool::prisma:
    case MigrationTool::diesel:
    case MigrationTool::sqitch:
      break;
  }
  if (!has_down) marked.way_down.clear();
  return marked;
}

std::optional<MigrationTool> find_migration_tool(std::string_view name) {
  for (const MigrationTool tool : migration_tools) {
    if (to_string(tool) == name) return tool;
  }
  return std::nullopt;
}

std::optional<MigrationMark> migration_mark(std::string_view line) {
  if (!line.starts_with("--")) return std::nullopt;
  std::string_view rest = line.substr(2);
  const std::string_view word = take_word(rest);
  if (lower(word) == "+goose") return goose_mark(rest);
  if (line.starts_with("-- +migrate ")) return sql_migrate_mark(rest);
  if (word == "migrate:up")
    return MigrationMark{MigrationTool::dbmate, Kind::up, has_word(rest, "transaction:false")};
  if (word == "migrate:down") return MigrationMark{MigrationTool::dbmate, Kind::down, false};
  return std::nullopt;
}

std::optional<MigrationName> migration_name(std::string_view path) {
  using Part = MigrationName::Part;
  const std::string_view name = last_part(path);
  if (!name.ends_with(".sql")) return std::nullopt;
  if (!migration_folder(path).empty()) {
    if (name == "migration.sql") return MigrationName{MigrationTool::prisma, Part::up};
    return MigrationName{MigrationTool::diesel, name == "up.sql" ? Part::up : Part::down};
  }
  std::string_view rest;
  if (!version_numbers(name, "", rest).empty()) {
    if (rest.starts_with('_') && name.ends_with(".up.sql"))
      return MigrationName{MigrationTool::golang_migrate, Part::up};
    if (rest.starts_with('_') && name.ends_with(".down.sql"))
      return MigrationName{MigrationTool::golang_migrate, Part::down};
    return std::nullopt;
  }
  const auto is_callback = [&](std::string_view event) {
    return name.starts_with(event) &&
           (name.substr(event.size()) == ".sql" || name.substr(event.size()).starts_with("__"));
  };
  if (is_callback("beforeMigrate")) return MigrationName{MigrationTool::flyway, Part::before};
  if (is_callback("afterMigrate")) return MigrationName{MigrationTool::flyway, Part::after};
  if (name.starts_with("R__")) return MigrationName{MigrationTool::flyway, Part::repeatable};
  if (name.find_first_of("VUB") != 0) return std::nullopt;
  if (version_numbers(name.substr(1), "._", rest).empty() || !rest.starts_with("__")) return std::nullopt;
  return MigrationName{MigrationTool::flyway, name.starts_with('V')   ? Part::up
                                              : name.starts_with('U') ? Part::down
                                                                      : Part::baseline};
}

void sort_migrations(std::vector<std::string>& paths) {
  std::stable_sort(paths.begin(), paths.end(), [](const std::string& left, const std::string& right) {
    return version_less(version_of(left), version_of(right));
  });
}

void start_at_baseline(std::vector<std::string>& paths, std::vector<std::string>& left_out) {
  const auto is_baseline = [](const std::string& path) {
    const auto name = migration_name(path);
    return name && name->part == MigrationName::Part::baseline;
  };
  const auto newest = std::find_if(paths.rbegin(), paths.rend(), is_baseline);
  if (newest == paths.rend()) return;
  const std::string start = *newest;
  const auto stands = std::stable_partition(paths.begin(), paths.end(), [&](const std::string& path) {
    const Version version = version_of(path), baseline = version_of(start);
    return path == start || version.place != Version::Place::numbered || numbers_less(baseline, version);
  });
  left_out.insert(left_out.end(), stands, paths.end());
  paths.erase(stands, paths.end());
}

std::vector<std::string> sqitch_changes(std::string_view plan) {
  std::vector<std::string> changes;
  std::map<std::string, size_t, std::less<>> places;  // of the changes since the last one of the same name
  std::vector<std::pair<size_t, std::string>> tags;   // behind so many changes
  while (!plan.empty()) {
    std::string_view line = plan.substr(0, plan.find('\n'));
    plan.remove_prefix(std::min(line.size() + 1, plan.size()));
    const std::string_view word = take_word(line);
    if (word.empty() || word.starts_with('#') || word.starts_with('%')) continue;
    if (word.starts_with('@')) {
      tags.emplace_back(changes.size(), word);
      continue;
    }
    const std::string name(word.starts_with('+') ? word.substr(1) : word);
    // The files of the earlier one are called by the first tag behind it.
    if (const auto earlier = places.find(name); earlier != places.end()) {
      const auto tag =
          std::find_if(tags.begin(), tags.end(), [&](const auto& t) { return t.first > earlier->second; });
      if (tag != tags.end()) changes[earlier->second] += tag->second;
    }
    places.insert_or_assign(name, changes.size());
    changes.push_back(name);
  }
  return changes;
}

}  // namespace pg2crdb
