#include "driver/decision_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "ast/describe.h"
#include "driver/decision_text.h"
#include "driver/findings_by_place.h"
#include "driver/kept_statements.h"
#include "driver/toml_text.h"
#include "support/script_order.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

std::string path_of(const Options& options, const Config& config) {
  if (!config.path.empty()) return config.path;
  if (!options.config.empty()) return options.config;
  const fs::path input = options.arguments.front();
  std::error_code ignored;
  const fs::path folder = fs::is_directory(input, ignored)      ? input
                          : fs::is_regular_file(input, ignored) ? input.parent_path()
                                                                : fs::path();
  return (folder / "pg2crdb.toml").string();
}

bool is_of_statements(DecisionAction action) {
  return action != DecisionAction::acknowledge && action != DecisionAction::add_user;
}

std::string about(const Decision& decision) {
  return decision.object.empty() ? "" : fmt::format(" about `{}`", decision.object);
}

std::optional<Error> wrong_added(const Decision& decision) {
  SourceFile file(0, "sql");
  Diagnostics ignored;
  const auto read = read_decided_sql(*decision.sql, file, ignored);
  return read ? std::nullopt : std::optional(read.error());
}

/// What replaces them is one statement each.
std::optional<Error> wrong_sql(const Decision& decision, const std::vector<StatementAbout>& statements) {
  if (!decision.sql) return {};
  const bool adds = decision.action == DecisionAction::add;
  if (adds && statements.size() > 1)
    return usage_error(fmt::format("{} statements read as that of line {}", statements.size(),
                                   statements[0].statement->line),
                       "nothing was written; add it beside another one, or first or last");
  if (adds && statements.empty()) return wrong_added(decision);
  for (const StatementAbout& one : statements) {
    const std::string after = text_after(decision, one.text);
    SourceFile file(0, "sql");
    Diagnostics ignored;
    if (auto read = read_decided_sql(after, file, ignored); !read) return read.error();
    if (after.find('\\') != std::string::npos && has_escapes_in_strings(one.input->script, *one.statement))
      return usage_error(
          fmt::format("a backslash begins an escape in line {}: standard_conforming_strings is "
                      "off there, and what a decision has is read as where it is on",
                      one.statement->line),
          "nothing was written; write the character itself");
  }
  return {};
}

/// What would be refused when it is compiled is said at once.
std::optional<Error> wrong_keep(const Decision& decision, const std::vector<StatementAbout>& statements) {
  if (decision.action != DecisionAction::keep) return {};
  for (const StatementAbout& one : statements) {
    const std::string why = why_not_kept(one.input->script, *one.statement, one.text);
    if (!why.empty())
      return usage_error(fmt::format("the {} of line {} cannot be kept word for word: {}",
                                     ast::statement_kind(one.statement->node), one.statement->line, why),
                         "nothing was written; `--action replace` writes what it shall be");
  }
  return {};
}

std::optional<Error> wrong_day(const Decision& decision) {
  if (decision.until.empty()) return {};
  if (!is_toml_day(decision.until))
    return usage_error(fmt::format("`--until` needs a day such as 2030-12-31, not `{}`", decision.until));
  if (decision.until >= today()) return {};
  return usage_error(fmt::format("`--until {}` is over: the decision would hold for no day", decision.until));
}

}  // namespace

Result<DecisionFile> find_decision_file(const Options& options, const Config& config) {
  DecisionFile file{path_of(options, config), {}, true};
  std::error_code ignored;
  file.exists = fs::exists(file.path, ignored);
  if (!file.exists) return file;
  Result<Config> now = read_config(file.path);
  if (!now) return now.error();
  file.text = std::move(now->text);
  return file;
}

std::vector<StatementAbout> statements_about(const Decision& decision, const Compiled& compiled) {
  using enum ast::Fate;
  const FindingsByPlace by_place(compiled.findings);
  std::set<ScriptPlace> deleted;
  for (const DecidedStatement& one : compiled.decided) {
    if (compiled.choices.config.decisions[one.decision].action == DecisionAction::remove)
      deleted.insert(script_place(one.in_dump));
  }
  const auto can = [&](const ast::Statement& statement) {
    if (decision.action == DecisionAction::keep) return is_open_to_keep(statement);
    if (decision.adds_beside()) return true;
    if (decision.action == DecisionAction::replace && std::holds_alternative<ast::CopyFrom>(statement.node))
      return false;
    return statement.fate != dropped || !deleted.contains(script_place(statement.span));
  };
  std::vector<StatementAbout> found;
  if (decision.action == DecisionAction::add && !decision.adds_beside()) return found;
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id >= input.statements_read) break;
      const std::string_view source = source_text(input, statement);
      if (!can(statement) || !may_be_about(decision, source)) continue;
      std::string text = statement_text(source);
      if (is_about(decision, decision.rule.empty() ? ast::statement_object(statement.node) : std::string(),
                   text, statement.span, compiled.findings, by_place))
        found.push_back({&input, &statement, std::move(text)});
    }
  }
  return found;
}

size_t findings_about(const Decision& decision, const Compiled& compiled) {
  const JudgedFindings& findings = compiled.findings;
  size_t count = 0;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    if (!findings.acknowledged[i] && matches(decision, findings.diagnostics[i])) ++count;
  }
  return count;
}

Result<const ast::Statement*> statement_in_line(const CompiledInput& input, uint64_t line) {
  std::vector<const ast::Statement*> begin, go_on;
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read) break;
    const SourceFile& file = input.file->of(statement.span);
    if (input.is_added(statement)) continue;
    const uint64_t first = file.locate(statement.span.begin).line;
    if (first == line) begin.push_back(&statement);
    if (first < line && line <= file.locate(statement.span.end).line) go_on.push_back(&statement);
  }
  const auto& there = begin.empty() ? go_on : begin;
  if (there.empty()) return usage_error(fmt::format("no statement stands in line {}", line));
  if (there.size() == 1) return there[0];
  return usage_error(fmt::format("{} statements stand in line {}", there.size(), line),
                     "decide by rule and object, or write the decision with its `statement` by hand");
}

Result<std::string> text_to_decide_on(const CompiledInput& input, const ast::Statement& statement) {
  std::string text = statement_text(source_text(input, statement));
  if (secret_literals(text).empty()) return text;
  return usage_error("the statement holds a password, which is not to stand in a configuration",
                     "decide by rule and object, or edit the dump");
}

Result<size_t> check_decisions(std::span<const Decision> decisions, const Compiled& compiled) {
  size_t all = 0;
  for (const Decision& decision : decisions) {
    if (!decision.rule.empty()) {
      if (auto error = unknown_rule(decision.rule, compiled.choices.pipeline)) return *error;
    }
    if (auto problem = problem_of(decision)) return usage_error(*problem);
    if (auto error = wrong_day(decision)) return *error;
    const bool of_statements = is_of_statements(decision.action);
    const auto statements =
        of_statements ? statements_about(decision, compiled) : std::vector<StatementAbout>();
    if (auto error = wrong_sql(decision, statements)) return *error;
    if (auto error = wrong_keep(decision, statements)) return *error;
    const bool adds_at_an_end = decision.action == DecisionAction::add && !decision.adds_beside();
    const size_t count = adds_at_an_end  ? 1
                         : of_statements ? statements.size()
                                         : findings_about(decision, compiled);
    if (count > 0) {
      all += count;
      continue;
    }
    if (decision.rule.empty())
      return usage_error(
          fmt::format("no statement{} is there to {}", about(decision), to_string(decision.action)),
          "nothing was written");
    return usage_error(
        fmt::format("no finding of `{}`{} is left to decide on", decision.rule, about(decision)),
        "nothing was written; `pg2crdb lint INPUT --format jsonl` names the object of each finding");
  }
  return all;
}

std::string toml_decisions(std::span<const Decision> decisions) {
  std::string out;
  for (const Decision& decision : decisions) out += (out.empty() ? "" : "\n") + toml_decision(decision);
  return out;
}

Result<std::string> with_decisions(const DecisionFile& file, std::span<const Decision> decisions) {
  std::string after = file.text;
  if (!after.empty() && !after.ends_with('\n')) after += '\n';
  const bool windows = after.find("\r\n") != std::string::npos;
  for (const char c : (after.empty() ? "" : "\n") + toml_decisions(decisions)) {
    if (c == '\n' && windows) after += '\r';
    after += c;
  }
  try {
    static_cast<void>(toml::parse(after));
  } catch (const toml::parse_error& problem) {
    return usage_error(
        fmt::format("{} cannot be added to: {}", file.path, toml_problem(problem.description())),
        "nothing was written; each decision has to be a [[decision]] of its own");
  }
  return after;
}

}  // namespace pg2crdb
