#include "bind/session.h"

#include <algorithm>
#include <array>

#include "parser/parser.h"
#include "parser/psql.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb::bind {
namespace {

Path schemas_of(const std::vector<std::string>& entries) {
  Path path;
  for (const std::string& entry : entries) {
    if (entry == "pg_catalog" && path.before_system == 0) path.before_system = path.size();
    if (entry.empty() || is_system_schema(entry)) continue;
    if (std::find(path.begin(), path.end(), entry) == path.end()) path.push_back(entry);
  }
  return path;
}

/// The path of a session whose role is `user`; empty: not known.
Path of_user(const Path& path, const std::string& user) {
  Path schemas;
  schemas.is_known = path.is_known;
  for (size_t i = 0; i < path.size(); ++i) {
    if (i == path.before_system) schemas.before_system = schemas.size();
    const std::string& schema = path[i] == "$user" ? user : path[i];
    if (!schema.empty() && std::find(schemas.begin(), schemas.end(), schema) == schemas.end())
      schemas.push_back(schema);
  }
  if (path.before_system >= path.size()) schemas.before_system = schemas.size();
  return schemas;
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
      entries.back() += quote == '\0' ? lower(c) : c;
    }
  }
  return entries;
}

std::vector<std::string> entries_of(const std::vector<ast::Expr>& values) {
  std::vector<std::string> entries;
  for (const ast::Expr& written : values) {
    const auto* cast = std::get_if<ast::Cast>(&written.node);  // TIME ZONE INTERVAL '-08:00'
    const ast::Expr& value = cast == nullptr ? written : *cast->argument;
    if (const auto* literal = std::get_if<ast::Literal>(&value.node)) entries.push_back(literal->text);
    if (const auto* column = std::get_if<ast::ColumnRef>(&value.node);
        column != nullptr && !column->names.empty())
      entries.push_back(column->names.back());
  }
  return entries;
}

/// With the modes of the transaction behind the words.
bool begins(const ast::Transaction& words) {
  return words.command.starts_with("BEGIN") || words.command.starts_with("START TRANSACTION");
}

}  // namespace

bool runs_once(const ast::Query& query) {
  return query.from.empty() && !query.where && !query.limit && !query.offset;
}

const ast::FunctionCall* set_config_of(const ast::Expr& expr) {
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  const bool sets = call != nullptr && call->name.name == "set_config" && call->arguments.size() >= 2;
  return sets ? call : nullptr;
}

const ast::Literal* constant_of(const ast::Expr& expr) {
  const ast::Expr* inner = &expr;
  while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
  return std::get_if<ast::Literal>(&inner->node);
}

bool sets_locally(const ast::FunctionCall& set_config) {
  const ast::Literal* last = set_config.arguments.size() > 2 ? constant_of(set_config.arguments[2]) : nullptr;
  return last != nullptr && (last->text == "true" || last->text == "t");
}

std::optional<ConfiguredSetting> configured_setting(const ast::SelectItem& target) {
  const ast::FunctionCall* call = target.expr ? set_config_of(*target.expr) : nullptr;
  if (call == nullptr) return std::nullopt;
  const ast::Literal* variable = constant_of(call->arguments[0]);
  const ast::Literal* value = constant_of(call->arguments[1]);
  if (variable == nullptr || value == nullptr) return std::nullopt;
  return ConfiguredSetting{lower(variable->text), value->text, sets_locally(*call)};
}

bool discards_all(const ast::Opaque& opaque) {
  return opaque.kind == "DISCARD" && lower(opaque.text).find(" all") != std::string::npos;
}

bool discards_temporary(const ast::Opaque& opaque) {
  return opaque.kind == "DISCARD" && lower(opaque.text).find(" temp") != std::string::npos;
}

Session Session::next() const {
  Session session;
  session.path_ = session.initial_path_ = session.later_path_ = later_path_;
  session.database_ = database_;
  return session;
}

std::optional<Path> path_of(const std::vector<ast::SetVariable>& settings) {
  for (const ast::SetVariable& setting : settings) {
    if (setting.name != "search_path" || setting.kind != ast::SetVariable::Kind::value) continue;
    return of_user(schemas_of(entries_of(setting.values)), {});
  }
  return std::nullopt;
}

Path Session::path() const {
  return of_user(path_, role());
}

Path Session::later_path() const {
  return of_user(later_path_, {});
}

/// Outside a transaction a local setting ends with its own statement.
void Session::set_path(Path path, bool local) {
  if (local && !in_transaction_) return;
  if (local && !outside_) outside_ = Outside{path_, role_, values_};
  if (!local && outside_) outside_->path = path;
  path_ = std::move(path);
}

/// ALTER DATABASE and ALTER ROLE ... SET: counts where the sessions that follow are known to be of that
/// database or role. Whoever runs a script is none of the roles that it names.
void Session::alter(const std::string& text) {
  std::string error;
  const std::optional<std::vector<transform::Token>> tokens = transform::scan_sql(text, error);
  if (!tokens || tokens->size() < 5) return;
  const auto word = [&](size_t i) { return i < tokens->size() ? (*tokens)[i] : transform::Token(); };
  size_t at = 3;
  bool ours = false;
  if (word(1).is("database")) {
    ours = database_.empty() || word(2).name() == database_;
  } else {
    const bool all = word(2).is("all");
    ours = all || word(2).is("current_user") || word(2).is("current_role") || word(2).is("session_user") ||
           (!login_.empty() && word(2).name() == login_);
    if (word(3).is("in") && word(4).is("database")) {
      ours = ours && (database_.empty() || word(5).name() == database_);
      at = 6;
    }
  }
  if (!ours || at >= tokens->size()) return;
  const ParsedStatement parsed = parse_statement(std::string_view(text).substr(word(at).begin));
  const auto* set = std::get_if<ast::SetVariable>(&parsed.node);
  if (set == nullptr) return;
  using Kind = ast::SetVariable::Kind;
  if (set->kind == Kind::value && set->name == "search_path") {
    later_path_ = schemas_of(entries_of(set->values));
  } else if (set->kind == Kind::reset_all || set->name == "search_path") {
    later_path_ = Session().path_;
  }
}

/// What it does not name stays.
void Session::connect(std::string_view arguments) {
  const Connected to = connected_to(arguments);
  if (!to.database.empty()) database_ = to.database;
  if (!to.user.empty()) login_ = to.user;
  path_ = initial_path_ = later_path_;
  values_ = {};
  user_.clear();
  role_.clear();
}

bool Session::has_other_zone() const {
  constexpr std::array<std::string_view, 6> utc = {"", "utc", "gmt", "etc/utc", "0", "default"};
  return std::find(utc.begin(), utc.end(), values_.timezone) == utc.end();
}

/// Of day and month.
bool Session::has_other_order() const {
  constexpr std::array<std::string_view, 5> other = {"dmy", "ymd", "german", "euro", Values::computed};
  return std::any_of(other.begin(), other.end(), [&](std::string_view word) {
    return values_.datestyle.find(word) != std::string::npos;
  });
}

/// Of intervals: the one in front is that of all that follows.
bool Session::has_other_sign() const {
  return values_.intervalstyle == "sql_standard" || values_.intervalstyle == Values::computed;
}

std::string Session::reads_otherwise() const {
  if (has_other_zone()) return "timezone " + values_.timezone;
  if (has_other_order()) return "datestyle " + values_.datestyle;
  return has_other_sign() ? "intervalstyle " + values_.intervalstyle : std::string();
}

namespace {

/// Whether a date or time says its zone: `10:00+02`, `2020-01-01 UTC`, `2020-01-01T10:00Z`.
bool names_zone(std::string_view text) {
  constexpr std::array<std::string_view, 23> no_zone = {
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
      "sun", "mon", "tue", "wed", "thu", "fri", "sat", "am",  "pm",  "ad",  "bc"};
  const size_t time = text.find(':');
  if (time != std::string_view::npos && text.find_first_of("+-", time) != std::string_view::npos) return true;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of(" 0123456789,.:+-", at), text.size());
    const std::string word = lower(text.substr(at, end - at));
    const bool known = word.empty() || word == "t" ||
                       std::any_of(no_zone.begin(), no_zone.end(),
                                   [&](std::string_view one) { return word.starts_with(one); });
    if (!known) return true;
    at = std::max(end, at + 1);
  }
  return false;
}

}  // namespace

std::string Session::misreads(std::string_view type, std::string_view text) const {
  const size_t first = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(first);
  const size_t digits =
      static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const bool zoned = type == "timestamptz" || type == "timetz";
  const bool has_digits = std::any_of(text.begin(), text.end(), is_digit);
  if (zoned && has_digits && has_other_zone() && !names_zone(text)) return "timezone " + values_.timezone;
  const bool dated = type == "date" || type == "timestamp" || type == "timestamptz";
  const bool year_last = (digits == 1 || digits == 2) && digits < text.size() &&
                         std::string_view("/-.").find(text[digits]) != std::string_view::npos;
  if (dated && year_last && has_other_order()) return "datestyle " + values_.datestyle;
  const size_t blank = text.find(' ');
  const bool several = text.starts_with('-') && blank != std::string_view::npos &&
                       std::any_of(text.begin() + static_cast<std::ptrdiff_t>(blank), text.end(), is_digit);
  if (type == "interval" && several && has_other_sign()) return "intervalstyle " + values_.intervalstyle;
  return {};
}

bool Session::reads_null_as_text() const {
  const std::string& value = values_.array_nulls;
  return value == "off" || value == "false" || value == "no" || value == "0" || value == Values::computed;
}

std::string* Session::Values::find(std::string_view name) {
  if (name == "timezone") return &timezone;
  if (name == "datestyle") return &datestyle;
  if (name == "intervalstyle") return &intervalstyle;
  if (name == "array_nulls") return &array_nulls;
  return name == "session_replication_role" ? &session_replication_role : nullptr;
}

void Session::take(const ast::StatementNode& node) {
  if (const auto* words = std::get_if<ast::Transaction>(&node)) {
    in_transaction_ = begins(*words);
    if (!in_transaction_ && outside_) {
      path_ = std::move(outside_->path);
      role_ = std::move(outside_->role);
      values_ = std::move(outside_->values);
      outside_.reset();
    }
  } else if (const auto* set = std::get_if<ast::SetVariable>(&node)) {
    this->set(*set);
  } else if (const auto* select = std::get_if<ast::SelectStatement>(&node)) {
    if (!runs_once(*select->query)) return lose_all(*select->query);
    for (const ast::SelectItem& target : select->query->targets) configure(target);
    lose_computed(*select->query);
  } else if (const auto* meta = std::get_if<ast::MetaCommand>(&node)) {
    const PsqlCommand command = read_psql_command(meta->text);
    if (command.name == "connect" || command.name == "c") connect(command.arguments);
  } else if (const auto* opaque = std::get_if<ast::Opaque>(&node)) {
    if (discards_all(*opaque)) {
      reset_all();
      role_.clear();
      user_.clear();
    }
    if (opaque->kind == "ALTER DATABASE SET" || opaque->kind == "ALTER ROLE SET") alter(opaque->text);
  } else if (const auto* block = std::get_if<ast::DoBlock>(&node)) {
    run(*block);
  }
}

/// Roles are left to RESET ROLE.
void Session::reset_all() {
  path_ = initial_path_;
  values_ = {};
}

void Session::configure(const ast::SelectItem& target) {
  const std::optional<ConfiguredSetting> configured = configured_setting(target);
  if (!configured) return;
  if (configured->name == "search_path")
    return set_path(schemas_of(split_list(configured->text)), configured->local);
  ast::SetVariable set;
  set.name = configured->name;
  set.local = configured->local;
  ast::Literal value;
  value.kind = ast::Literal::Kind::string;
  value.text = configured->text;
  set.values.push_back(ast::Expr{std::move(value)});
  this->set(set);
}

void Session::set(const ast::SetVariable& variable) {
  std::string* const value = values_.find(variable.name);
  if (variable.local && (variable.name == "role" || value != nullptr)) {
    if (!in_transaction_) return;
    if (!outside_) outside_ = Outside{path_, role_, values_};
  }
  if (variable.name == "search_path" && variable.kind == ast::SetVariable::Kind::value) {
    set_path(schemas_of(entries_of(variable.values)), variable.local);
  } else if (variable.kind == ast::SetVariable::Kind::reset_all) {
    reset_all();
  } else if (variable.name == "search_path") {
    path_ = initial_path_;
  }
  if (value != nullptr) {
    value->clear();
    if (variable.kind == ast::SetVariable::Kind::value) {
      for (const std::string& entry : entries_of(variable.values))
        *value += (value->empty() ? "" : ", ") + lower(entry);
    }
    if (!variable.local && outside_) *outside_->values.find(variable.name) = *value;
  }
  if (variable.name == "role" || variable.name == "session_authorization") {
    const std::vector<std::string> names = entries_of(variable.values);
    const bool named =
        variable.kind == ast::SetVariable::Kind::value && names.size() == 1 && names[0] != "none";
    (variable.name == "role" ? role_ : user_) = named ? names[0] : std::string();
    if (variable.name == "session_authorization") role_.clear();
  }
}

namespace {

/// The last word: SAVEPOINT a, ROLLBACK TO SAVEPOINT a.
std::string savepoint_name(const std::string& text) {
  std::string error;
  const std::optional<std::vector<transform::Token>> tokens = transform::scan_sql(text, error);
  return tokens && !tokens->empty() ? tokens->back().name() : std::string();
}

}  // namespace

std::vector<RolledBack> rolled_back(const ast::Script& script) {
  std::vector<RolledBack> ranges;
  std::optional<ast::StatementId> begun;
  std::vector<std::pair<std::string, ast::StatementId>> savepoints;
  for (const ast::Statement& statement : script.statements) {
    if (const auto* words = std::get_if<ast::Transaction>(&statement.node)) {
      if (begins(*words)) {
        // A script's own goes before that which its migration tool begins (parse_dump.cpp).
        const bool by_tool = begun && script.statements[*begun].reason->starts_with("its migration tool");
        if (!begun || by_tool) begun = statement.id;
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
        savepoints.emplace_back(savepoint_name(opaque->text), statement.id);
      } else if (opaque->kind == "ROLLBACK TO SAVEPOINT" || opaque->kind == "RELEASE SAVEPOINT") {
        const std::string name = savepoint_name(opaque->text);
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
