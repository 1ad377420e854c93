#include "driver/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "driver/toml_text.h"
#include "driver/workload_findings.h"
#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "runtime/secrets.h"
#include "scan/value_checks.h"

namespace pg2crdb {
namespace {

constexpr std::array<FindingKind, 5> rules = {{
    {"unused-decision", Severity::warning, "configuration",
     "a decision in pg2crdb.toml or an inline `pg2crdb: ignore` matches no finding: it may be misspelt or "
     "out of date",
     "Correct its rule and object, or remove it."},
    {"expired-decision", Severity::warning, "configuration",
     "the last day of a decision in pg2crdb.toml is over: its findings count again",
     "Decide again, and set `until` to a later day."},
    {"not-cockroachdb", Severity::error, "syntax",
     "a statement that is kept word for word, or that a rule or pass of your own wrote, is none that "
     "CockroachDB parses: it is left for a person",
     "Write it in CockroachDB's words, or correct the rule; `pg2crdb lint --dialect cockroachdb` checks it."},
    {"internal-error", Severity::error, "syntax",
     "pg2crdb does not stand behind what it makes of a statement: a mistake of pg2crdb, not of the dump; the "
     "statement is left for a person, the rest goes out",
     "Write the statement by hand: it stands in the output as a comment. Please report it, with this finding "
     "and the statement of the dump; `pg2crdb version` tells the versions."},
    {"capabilities-contradicted", Severity::error, "configuration",
     "what becomes of a statement under --capabilities is no SQL of the cluster's release, where the file "
     "says of some capabilities the contrary of what is known of that release",
     "Ask the cluster again: `pg2crdb probe --target URL` writes the file anew. Where it was not edited and "
     "the cluster answers the same, leave --capabilities out, and report it."},
}};

Error wrong(const std::string& path, const toml::node& node, std::string_view what) {
  return usage_error(
      fmt::format("{}:{}:{}: {}", path, node.source().begin.line, node.source().begin.column, what));
}

void note_place(Config& config, std::string key, const toml::node& node) {
  config.places[std::move(key)] = fmt::format("{}:{}", config.path, node.source().begin.line);
}

std::optional<Error> read_string(const std::string& path, std::string_view key, const toml::node& node,
                                 std::string& out) {
  const auto value = node.value_exact<std::string>();
  if (!value) return wrong(path, node, fmt::format("`{}` has to be a string", key));
  out = *value;
  return {};
}

std::optional<Error> read_strings(const std::string& path, std::string_view key, const toml::node& node,
                                  std::vector<std::string>& out) {
  const toml::array* array = node.as_array();
  if (!array) return wrong(path, node, fmt::format("`{}` has to be an array of strings", key));
  for (const toml::node& element : *array) {
    const auto value = element.value_exact<std::string>();
    if (!value) return wrong(path, element, fmt::format("`{}` has to be an array of strings", key));
    out.push_back(*value);
  }
  return {};
}

std::optional<Error> read_severities(const std::string& path, const toml::node& node, Config& config) {
  const toml::table* table = node.as_table();
  if (!table) return wrong(path, node, "`severity` has to be a table of rule = level");
  for (const auto& [rule, level] : *table) {
    note_place(config, fmt::format("severity.{}", rule.str()), level);
    if (auto error = read_string(path, rule.str(), level, config.severity[std::string(rule.str())]))
      return error;
  }
  return {};
}

std::optional<Error> unknown_key(const std::string& path, const toml::key& key, const toml::node& node,
                                 const std::vector<std::string>& known) {
  const std::string near = nearest(key.str(), known);
  return wrong(path, node,
               near.empty()
                   ? fmt::format("unknown key `{}`: the keys are {}", key.str(), fmt::join(known, ", "))
                   : fmt::format("unknown key `{}`: did you mean `{}`?", key.str(), near));
}

std::optional<Error> read_flag(const std::string& path, std::string_view key, const toml::node& node,
                               bool& out) {
  const auto value = node.value_exact<bool>();
  if (!value) return wrong(path, node, fmt::format("`{}` has to be true or false", key));
  out = *value;
  return {};
}

std::optional<Error> read_day(const std::string& path, const toml::node& node, std::string& out) {
  if (const auto day = node.value_exact<toml::date>()) {
    out = fmt::format("{:04}-{:02}-{:02}", day->year, day->month, day->day);
    return {};
  }
  const std::string text = node.value_exact<std::string>().value_or("");
  if (!is_toml_day(text)) return wrong(path, node, "`until` has to be a day: 2026-12-31");
  out = text;
  return {};
}

// The byte at which a line of the configuration begins and ends.
Span line_span(std::string_view text, size_t line) {
  size_t begin = 0;
  for (; line > 1; --line) begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  size_t end = std::min(text.find('\n', begin), text.size());
  return {0, begin, end};
}

/// From an element of [[decision]] to the last of its values.
Span lines_of(std::string_view text, const toml::table& table) {
  size_t last = table.source().begin.line;
  for (const auto& [key, value] : table) last = std::max<size_t>(last, value.source().end.line);
  Span span = {0, line_span(text, table.source().begin.line).begin, line_span(text, last).end};
  if (span.end < text.size()) ++span.end;
  if (text.substr(0, span.begin).ends_with("\n\n")) --span.begin;
  if (text.substr(0, span.begin).ends_with("\n\r\n")) span.begin -= 2;
  return span;
}

std::optional<Error> read_decision(const toml::node& node, Config& config) {
  const toml::table* table = node.as_table();
  if (!table) return wrong(config.path, node, "`decision` has to be an array of tables: write [[decision]]");
  static const std::vector<std::string> known = {
      "rule", "object",   "statement", "action", "find", "regular_expression",
      "sql",  "position", "reason",    "until"};
  Decision decision;
  bool is_expression = false;
  std::string action, sql, position;
  const std::pair<std::string_view, std::string&> texts[] = {
      {"rule", decision.rule}, {"object", decision.object}, {"statement", decision.statement},
      {"action", action},      {"find", decision.find},     {"sql", sql},
      {"position", position},  {"reason", decision.reason}};
  for (const auto& [key, value] : *table) {
    std::optional<Error> error;
    const auto text = std::ranges::find(
        texts, key.str(), [](const auto& one) -> const auto& { return one.first; });
    if (text != std::end(texts))
      error = read_string(config.path, text->first, value, text->second);
    else if (key == "until")
      error = read_day(config.path, value, decision.until);
    else if (key == "regular_expression")
      error = read_flag(config.path, key.str(), value, is_expression);
    else
      error = unknown_key(config.path, key, value, known);
    if (error) return error;
  }
  // Line ends of Windows are the configuration's, not the text's.
  for (std::string* text : {&decision.statement, &decision.find, &sql}) {
    for (size_t at = text->find("\r\n"); at != std::string::npos; at = text->find("\r\n", at))
      text->erase(at, 1);
  }
  if (is_expression) decision.expression = RegularExpression(decision.find);
  if (const toml::node* node_of_sql = table->get("sql")) {
    decision.sql = sql;
    const Span line = line_span(config.text, node_of_sql->source().begin.line);
    const bool begins_below =
        std::string_view(config.text).substr(line.begin, line.end - line.begin).ends_with("\"\"\"");
    decision.sql_line = node_of_sql->source().begin.line + (begins_below ? 1 : 0);
  }
  if (action.empty()) {
    return wrong(config.path, node,
                 fmt::format("a decision needs an `action`: it is one of {}", known_actions()));
  }
  const auto parsed = parse_action(action);
  if (!parsed) {
    return wrong(config.path, node,
                 fmt::format("`action` cannot be `{}`: it is one of {}", action, known_actions()));
  }
  decision.action = *parsed;
  decision.position = parse_position(position);
  if (!position.empty() && !decision.position)
    return wrong(config.path, node,
                 fmt::format("`position` cannot be `{}`: it is one of first, last, above, below", position));
  if (const auto problem = problem_of(decision)) return wrong(config.path, node, *problem);
  if (decision.reason.empty()) return wrong(config.path, node, "a decision needs a `reason`");
  decision.span = line_span(config.text, node.source().begin.line);
  decision.whole = lines_of(config.text, *table);
  decision.place = fmt::format("{}:{}:{}", config.path, node.source().begin.line, node.source().begin.column);
  config.decisions.push_back(std::move(decision));
  return {};
}

/// Paths that are relative to the configuration's folder.
std::optional<Error> read_paths(std::string_view key, const toml::node& node, const Config& config,
                                std::vector<std::string>& paths) {
  if (auto error = read_strings(config.path, key, node, paths)) return error;
  const std::filesystem::path folder = std::filesystem::path(config.path).parent_path();
  for (std::string& path : paths) path = (folder / path).string();
  return {};
}

/// One that says something.
std::optional<Error> read_choice(std::string_view key, const toml::node& node, const Config& config,
                                 std::string& out) {
  if (auto error = read_string(config.path, key, node, out)) return error;
  return out.empty() ? std::optional(wrong(config.path, node, fmt::format("`{}` is empty", key)))
                     : std::nullopt;
}

std::optional<Error> read_path(std::string_view key, const toml::node& node, const Config& config,
                               std::string& path) {
  if (auto error = read_choice(key, node, config, path)) return error;
  path = (std::filesystem::path(config.path).parent_path() / path).string();
  return {};
}

std::optional<Error> read_key(const toml::key& key, const toml::node& node, Config& config) {
  static const std::vector<std::string> known = {"crdb",     "sequences", "hstore",  "integers", "fail_on",
                                                 "passes",   "plugins",   "rules",   "select",   "ignore",
                                                 "severity", "baseline",  "decision"};
  if (key == "crdb") return read_choice("crdb", node, config, config.crdb);
  if (key == "hstore") return read_choice("hstore", node, config, config.hstore);
  if (key == "integers") return read_choice("integers", node, config, config.integers);
  if (key == "sequences") return read_choice("sequences", node, config, config.sequences);
  if (key == "fail_on") return read_choice("fail_on", node, config, config.fail_on);
  if (key == "baseline") return read_path("baseline", node, config, config.baseline);
  if (key == "passes") return read_strings(config.path, "passes", node, config.passes);
  if (key == "plugins") return read_paths("plugins", node, config, config.plugins);
  if (key == "rules") return read_paths("rules", node, config, config.rules);
  if (key == "select") return read_strings(config.path, "select", node, config.select);
  if (key == "ignore") return read_strings(config.path, "ignore", node, config.ignore);
  if (key == "severity") return read_severities(config.path, node, config);
  if (key != "decision") return unknown_key(config.path, key, node, known);
  const toml::array* decisions = node.as_array();
  if (!decisions)
    return wrong(config.path, node, "`decision` has to be an array of tables: write [[decision]]");
  for (const toml::node& decision : *decisions) {
    if (auto error = read_decision(decision, config)) return error;
  }
  return {};
}

constexpr std::pair<DecisionAction, std::string_view> action_names[] = {
    {DecisionAction::acknowledge, "acknowledge"},
    {DecisionAction::remove, "delete"},
    {DecisionAction::keep, "keep"},
    {DecisionAction::add_user, "add-user"},
    {DecisionAction::replace, "replace"},
    {DecisionAction::add, "add"},
};

}  // namespace

std::string_view to_string(DecisionAction action) {
  return std::ranges::find(action_names, action, [](const auto& one) { return one.first; })->second;
}

std::optional<DecisionAction> parse_action(std::string_view name) {
  const auto found = std::ranges::find(action_names, name, [](const auto& one) { return one.second; });
  if (found == std::end(action_names)) return {};
  return found->first;
}

std::optional<std::string> problem_of(const Decision& decision) {
  const DecisionAction action = decision.action;
  const bool changes = action == DecisionAction::remove || action == DecisionAction::replace;
  const bool adds = action == DecisionAction::add;
  const bool takes_sql = adds || action == DecisionAction::replace;
  if (takes_sql != decision.sql.has_value()) {
    return takes_sql ? fmt::format("`{}` needs `sql`", to_string(action))
                     : "`sql` goes with the actions `replace` and `add` alone";
  }
  if (action != DecisionAction::replace && !decision.find.empty())
    return "`find` goes with `action = \"replace\"` alone";
  if (!decision.expression.empty() && decision.find.empty())
    return "`regular_expression` says what `find` is, which is missing";
  if (const auto problem = decision.expression.problem())
    return fmt::format("`find` is no regular expression: {}", *problem);
  if (const auto problem = decision.expression.problem_of(decision.sql.value_or("")))
    return fmt::format("`sql` does not go with `find`: {}", *problem);
  if (!adds && decision.position) return "`position` goes with `action = \"add\"` alone";
  if (adds) {
    if (!decision.rule.empty() || !decision.object.empty())
      return "`add` is about no finding: it takes neither `rule` nor `object`";
    if (decision.adds_beside() == !decision.statement.empty()) return {};
    return decision.adds_beside() ? fmt::format("`position = \"{}\"` needs the `statement` that it is beside",
                                                to_string(*decision.position))
                                  : "`statement` says beside which one a statement is added: it needs "
                                    "`position`, `above` or `below`";
  }
  if (!changes && action != DecisionAction::keep && !decision.statement.empty())
    return fmt::format("`statement` does not go with `action = \"{}\"`", to_string(action));
  if (action == DecisionAction::add_user && decision.rule != "missing-role")
    return "`add-user` goes with `rule = \"missing-role\"`";
  if (!decision.rule.empty()) return {};
  if (!changes && (action != DecisionAction::keep || decision.statement.empty()))
    return "a decision needs a `rule`";
  if (decision.object.empty() && decision.statement.empty() && decision.find.empty())
    return fmt::format("`{}` of every statement is not meant: it needs a `rule`, `object` or `statement`",
                       to_string(action));
  return {};
}

std::string_view to_string(AddedPosition position) {
  switch (position) {
    case AddedPosition::first:
      return "first";
    case AddedPosition::last:
      return "last";
    case AddedPosition::above:
      return "above";
    case AddedPosition::below:
      return "below";
  }
  return {};
}

std::optional<AddedPosition> parse_position(std::string_view name) {
  for (const AddedPosition position :
       {AddedPosition::first, AddedPosition::last, AddedPosition::above, AddedPosition::below}) {
    if (to_string(position) == name) return position;
  }
  return {};
}

std::string known_actions() {
  std::string out;
  for (const auto& [action, name] : action_names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

const std::span<const FindingKind> driver_rules = rules;
const FindingKind& unused_decision = rules[0];
const FindingKind& expired_decision = rules[1];
const FindingKind& not_cockroachdb = rules[2];
const FindingKind& internal_error = rules[3];
const FindingKind& capabilities_contradicted = rules[4];

const FindingKind* find_any_rule(std::string_view id, std::span<const PlacedPass> placed) {
  const auto find = [&](std::span<const FindingKind> some) -> const FindingKind* {
    const auto it =
        std::find_if(some.begin(), some.end(), [&](const FindingKind& rule) { return rule.id == id; });
    return it == some.end() ? nullptr : &*it;
  };
  if (const FindingKind* rule = find(driver_rules)) return rule;
  if (const FindingKind* rule = find(parser_rules)) return rule;
  if (const FindingKind* rule = find(scan_rules)) return rule;
  if (const FindingKind* rule = find(workload_rules)) return rule;
  for (const PlacedPass& outside : placed) {
    if (const FindingKind* rule = find(outside.pass->rules)) return rule;
  }
  if (cockroachdb_syntax.id == id) return &cockroachdb_syntax;
  return find_rule(id);
}

std::vector<std::string> rule_ids(const PipelineOptions& pipeline) {
  std::vector<std::string> ids;
  const auto add = [&](std::span<const FindingKind> some) {
    for (const FindingKind& rule : some) ids.emplace_back(rule.id);
  };
  add(parser_rules);
  for (const Pass* pass : passes_in_order(pipeline)) add(pass->rules);
  add(std::span(&cockroachdb_syntax, 1));
  add(driver_rules);
  add(scan_rules);
  add(workload_rules);
  return ids;
}

std::optional<Error> unknown_rule(std::string_view id, const PipelineOptions& pipeline) {
  if (find_any_rule(id, pipeline.placed)) return {};
  const std::vector<std::string> ids = rule_ids(pipeline);
  const std::string near = nearest(id, ids);
  return usage_error(fmt::format("there is no rule `{}`{}", id,
                                 near.empty() ? "" : fmt::format(": did you mean `{}`?", near)),
                     "`pg2crdb rules list` names them");
}

Result<Config> read_config(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream || std::filesystem::is_directory(path)) {
    return usage_error(fmt::format("the configuration {} cannot be read", path));
  }
  std::ostringstream text;
  text << stream.rdbuf();
  Config config;
  config.path = path;
  config.text = text.str();
  try {
    const toml::table table = toml::parse(config.text, path);
    for (const auto& [key, node] : table) {
      if (auto error = read_key(key, node, config)) return *error;
      note_place(config, std::string(key.str()), node);
    }
  } catch (const toml::parse_error& problem) {
    return usage_error(fmt::format("{}:{}:{}: {}", path, problem.source().begin.line,
                                   problem.source().begin.column, toml_problem(problem.description())));
  }
  return config;
}

std::string find_config(const std::string& input) {
  namespace fs = std::filesystem;
  std::error_code problem;
  const bool is_file = input != "-" && !is_connection_string(input);
  fs::path folder = is_file ? fs::absolute(input, problem) : fs::current_path(problem);
  if (is_file && !fs::is_directory(folder, problem)) folder = folder.parent_path();
  problem.clear();
  while (!problem) {
    const fs::path candidate = folder / "pg2crdb.toml";
    std::error_code missing;
    if (fs::is_regular_file(candidate, missing)) {
      const fs::path relative = candidate.lexically_proximate(fs::current_path(problem));
      return relative.native().starts_with("..") ? candidate.string() : relative.string();
    }
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

}  // namespace pg2crdb
