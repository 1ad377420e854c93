#include "runtime/made_objects.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace pg2crdb {
namespace {

using Kind = MadeObject::Kind;

std::optional<Kind> made_by(std::string_view kind) {
  if (kind == "CREATE VIEW" || kind == "CREATE MATERIALIZED VIEW") return Kind::view;
  if (kind == "CREATE FUNCTION" || kind == "CREATE PROCEDURE") return Kind::routine;
  if (kind == "CREATE TRIGGER") return Kind::trigger;
  return {};
}

bool is_temporary(std::string_view sql) {
  const std::string_view head = sql.substr(0, sql.find(" VIEW"));
  return head.size() < sql.size() && head.find(" TEMP") != std::string_view::npos;
}

/// Whether `objects`, names with commas between, has this one.
bool names(std::string_view objects, std::string_view one) {
  constexpr std::string_view comma = ", ";
  for (size_t at = objects.find(one); at != std::string_view::npos; at = objects.find(one, at + 1)) {
    const std::string_view behind = objects.substr(at + one.size());
    const bool begins = at == 0 || objects.substr(0, at).ends_with(comma);
    if (begins && (behind.empty() || behind.starts_with(comma))) return true;
  }
  return false;
}

bool takes_away(std::string_view kind) {
  return kind.starts_with("DROP ") || kind.ends_with(" RENAME") || kind.ends_with(" SET SCHEMA");
}

}  // namespace

MadeObjects made_objects(const LoadPlan& plan) {
  MadeObjects made;
  for (const LoadPlan::Statement& statement : plan.statements) {
    if (takes_away(statement.kind) && !made.objects.empty()) {
      if (statement.kind.starts_with("DROP ") && statement.sql.ends_with("CASCADE")) return {{}, true};
      std::erase_if(made.objects, [&](const MadeObject& one) { return names(statement.object, one.object); });
      continue;
    }
    const std::optional<Kind> kind = made_by(statement.kind);
    if (!kind || is_temporary(statement.sql)) continue;
    const auto before = std::ranges::find_if(made.objects, [&](const MadeObject& one) {
      return one.kind == *kind && one.object == statement.object;
    });
    if (before == made.objects.end()) {
      made.objects.push_back({*kind, statement.object, statement.phase});
    } else if (kind == Kind::routine && !statement.sql.starts_with("CREATE OR REPLACE")) {
      ++before->count;
    }
  }
  return made;
}

std::vector<std::string> tables_of_known_columns(const LoadPlan& plan) {
  std::vector<std::string> tables;
  for (const LoadPlan::Statement& statement : plan.statements) {
    if (statement.kind == "CREATE TABLE") {
      tables.push_back(statement.object);
    } else if (statement.kind.starts_with("ALTER TABLE") &&
               (takes_away(statement.kind) || statement.sql.find("ADD COLUMN") != std::string::npos)) {
      std::erase(tables, statement.object);
    }
  }
  return tables;
}

}  // namespace pg2crdb
