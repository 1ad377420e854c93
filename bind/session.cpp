#include "bind/session.h"

#include <algorithm>

namespace pg2crdb::bind {
namespace {

Path schemas_of(const std::vector<std::string>& entries) {
  Path path;
  for (const std::string& entry : entries) {
    if (entry.empty() || entry == "$user" || is_system_schema(entry)) continue;
    if (std::find(path.begin(), path.end(), entry) == path.end()) path.push_back(entry);
  }
  return path;
}

/// `app, "My Schema"` as set_config takes it, or `app, 'My Schema'` as a statement has it.
std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> entries(1);
  char quote = '\0';  // that is open
  for (const char c : list) {
    if (quote != '\0' ? c == quote : c == '"' || c == '\'') {
      quote = quote != '\0' ? '\0' : c;
    } else if (c == ',' && quote == '\0') {
      entries.emplace_back();
    } else if (quote != '\0' || (c != ' ' && c != '\t' && c != '\n')) {
      entries.back() += quote == '\0' && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return entries;
}

std::vector<std::string> entries_of(const std::vector<ast::Expr>& values) {
  std::vector<std::string> entries;
  for (const ast::Expr& value : values) {
    if (const auto* literal = std::get_if<ast::Literal>(&value.node)) entries.push_back(literal->text);
    if (const auto* column = std::get_if<ast::ColumnRef>(&value.node);
        column != nullptr && !column->names.empty())
      entries.push_back(column->names.back());
  }
  return entries;
}

/// set_config('search_path', '...', ...) at top level.
std::optional<Path> path_configured(const ast::SelectStatement& select, bool& local) {
  if (select.query.targets.size() != 1 || !select.query.targets[0].expr) return std::nullopt;
  const auto* call = std::get_if<ast::FunctionCall>(&select.query.targets[0].expr->node);
  if (call == nullptr || call->name.name != "set_config" || call->arguments.size() < 2) return std::nullopt;
  const auto* variable = std::get_if<ast::Literal>(&call->arguments[0].node);
  const auto* value = std::get_if<ast::Literal>(&call->arguments[1].node);
  if (variable == nullptr || value == nullptr || variable->text != "search_path") return std::nullopt;
  const auto* last =
      call->arguments.size() > 2 ? std::get_if<ast::Literal>(&call->arguments[2].node) : nullptr;
  local = last != nullptr && (last->text == "true" || last->text == "t");
  return schemas_of(split_list(value->text));
}

/// The rest of `... SET search_path TO a, b` or `= a, b` in a statement that is kept as text.
std::optional<Path> path_altered(const std::string& text) {
  const size_t at = text.find("search_path");
  if (at == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(text).substr(at + std::string_view("search_path").size());
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '=')) rest.remove_prefix(1);
  if (rest.starts_with("TO ") || rest.starts_with("to ")) rest.remove_prefix(3);
  return schemas_of(split_list(rest));
}

/// With the modes of the transaction behind the words.
bool begins(const ast::Transaction& words) {
  return words.command.starts_with("BEGIN") || words.command.starts_with("START TRANSACTION");
}

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" \t\r\n")));
}

}  // namespace

std::optional<Path> path_of(const std::vector<ast::SetVariable>& settings) {
  for (const ast::SetVariable& setting : settings) {
    if (setting.name != "search_path" || setting.kind != ast::SetVariable::Kind::value) continue;
    return schemas_of(entries_of(setting.values));
  }
  return std::nullopt;
}

/// Outside a transaction a local setting ends with its own statement.
void Session::set_path(Path path, bool local) {
  if (local && !in_transaction_) return;
  if (local && !outside_) outside_ = Outside{path_, role_};
  if (!local && outside_) outside_->path = path;
  path_ = std::move(path);
}

std::string Session::reads_otherwise() const {
  const bool utc = timezone_.empty() || timezone_ == "utc" || timezone_ == "gmt" || timezone_ == "etc/utc" ||
                   timezone_ == "0" || timezone_ == "default";
  if (!utc) return "timezone " + timezone_;
  if (datestyle_.find("dmy") != std::string::npos || datestyle_.find("ymd") != std::string::npos ||
      datestyle_.find("german") != std::string::npos || datestyle_.find("euro") != std::string::npos)
    return "datestyle " + datestyle_;
  return intervalstyle_ == "sql_standard" ? "intervalstyle " + intervalstyle_ : std::string();
}

void Session::take(const ast::StatementNode& node) {
  if (const auto* words = std::get_if<ast::Transaction>(&node)) {
    in_transaction_ = begins(*words);
    if (!in_transaction_ && outside_) {
      path_ = std::move(outside_->path);
      role_ = std::move(outside_->role);
      outside_.reset();
    }
  } else if (const auto* set = std::get_if<ast::SetVariable>(&node)) {
    if (set->local && set->name == "role") {
      if (!in_transaction_) return;
      if (!outside_) outside_ = Outside{path_, role_};
    }
    if (set->name == "search_path" && set->kind == ast::SetVariable::Kind::value) {
      set_path(schemas_of(entries_of(set->values)), set->local);
    } else if (set->name == "search_path" || set->kind == ast::SetVariable::Kind::reset_all) {
      path_ = initial_path_;
    }
    if (set->name == "timezone" || set->name == "datestyle" || set->name == "intervalstyle") {
      std::string value;
      if (set->kind == ast::SetVariable::Kind::value) {
        for (const std::string& entry : entries_of(set->values)) value += (value.empty() ? "" : ", ") + entry;
      }
      for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      (set->name == "timezone" ? timezone_ : set->name == "datestyle" ? datestyle_ : intervalstyle_) = value;
    }
    if (set->name == "role" || set->name == "session_authorization") {
      const std::vector<std::string> names = entries_of(set->values);
      const bool named =
          set->kind == ast::SetVariable::Kind::value && names.size() == 1 && names[0] != "none";
      (set->name == "role" ? role_ : user_) = named ? names[0] : std::string();
      if (set->name == "session_authorization") role_.clear();
    }
  } else if (const auto* select = std::get_if<ast::SelectStatement>(&node)) {
    bool local = false;
    if (std::optional<Path> path = path_configured(*select, local)) set_path(std::move(*path), local);
  } else if (const auto* meta = std::get_if<ast::MetaCommand>(&node)) {
    const std::string command = first_word(meta->text);
    if (command == "\\connect" || command == "\\c") {
      path_ = initial_path_;
      user_.clear();
      role_.clear();
    }
  } else if (const auto* opaque = std::get_if<ast::Opaque>(&node)) {
    if (opaque->kind != "ALTER DATABASE SET" && opaque->kind != "ALTER ROLE SET") {
      if (opaque->kind == "DISCARD") path_ = initial_path_;
      return;
    }
    if (std::optional<Path> path = path_altered(opaque->text)) initial_path_ = std::move(*path);
  }
}

std::vector<RolledBack> rolled_back(const ast::Script& script) {
  std::vector<RolledBack> ranges;
  std::optional<ast::StatementId> begun;
  std::vector<std::pair<std::string, ast::StatementId>> savepoints;
  // The name is the last word: SAVEPOINT a, ROLLBACK TO SAVEPOINT a.
  const auto last_word = [](const std::string& text) {
    const size_t blank = text.find_last_of(" \t\r\n");
    return text.substr(blank == std::string::npos ? 0 : blank + 1);
  };
  for (const ast::Statement& statement : script.statements) {
    if (const auto* words = std::get_if<ast::Transaction>(&statement.node)) {
      if (begins(*words)) {
        if (!begun) begun = statement.id;
      } else {
        if (words->command == "ROLLBACK" && begun) {
          std::erase_if(ranges, [&](const RolledBack& inner) { return inner.first >= *begun; });
          ranges.push_back({*begun, statement.id});
        }
        begun.reset();
        savepoints.clear();
      }
    } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node)) {
      if (opaque->kind == "SAVEPOINT") {
        savepoints.emplace_back(last_word(opaque->text), statement.id);
      } else if (opaque->kind == "ROLLBACK TO SAVEPOINT" || opaque->kind == "RELEASE SAVEPOINT") {
        const std::string name = last_word(opaque->text);
        const auto found = std::find_if(savepoints.rbegin(), savepoints.rend(),
                                        [&](const auto& savepoint) { return savepoint.first == name; });
        if (found == savepoints.rend()) continue;
        if (opaque->kind == "RELEASE SAVEPOINT") {
          savepoints.erase(std::prev(found.base()), savepoints.end());
          continue;
        }
        std::erase_if(ranges, [&](const RolledBack& inner) { return inner.first > found->second; });
        ranges.push_back({found->second, statement.id});
        // The savepoint itself stands on.
        savepoints.erase(found.base(), savepoints.end());
      }
    }
  }
  return ranges;
}

}  // namespace pg2crdb::bind
