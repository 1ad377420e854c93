#include "driver/workload_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "ast/walk.h"
#include "bind/namespace.h"
#include "emit/sql.h"
#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using transform::Token;

constexpr FindingKind rules[] = {
    {"workload-refused", Severity::error, "workload",
     "CockroachDB does not parse a statement of the application", "Write it in CockroachDB's words."},
    {"workload-rewritten", Severity::warning, "workload",
     "CockroachDB refuses a statement of the application as it is written, or answers it otherwise",
     "Write what is shown into the application."},
    {"workload-name", Severity::warning, "workload",
     "a statement of the application names what the schema does not have, so that little is known of it",
     "Give the whole schema as INPUT; what only a search_path finds needs its schema in the name."},
    {"workload-lock", Severity::warning, "workload",
     "CockroachDB says of each pg_try_advisory_lock that it was taken, and locks nothing",
     "Lock a row instead: SELECT ... FOR UPDATE of a table of locks."},
};
enum : size_t { refused, rewritten, unknown_name, lock };

/// What is about a session, a cursor or rows on the wire: there is nothing in it that a pass would write
/// otherwise, so that the grammar's word is all there is to say.
bool is_about_session(const std::string& sql) {
  constexpr std::array<std::string_view, 22> words = {
      "abort",   "begin",    "close",     "commit", "copy",   "deallocate", "declare", "discard",
      "end",     "execute",  "explain",   "fetch",  "listen", "move",       "notify",  "prepare",
      "release", "rollback", "savepoint", "show",   "start",  "unlisten"};
  const auto end = std::ranges::find_if(sql, [](char c) { return !in_name(c); });
  return std::ranges::binary_search(words, lower(std::string(sql.begin(), end)));
}

/// What settings of a session have CockroachDB do as PostgreSQL does.
struct BySettings {
  bool width = false;  ///< of `integer`
  bool nulls = false;  ///< their place in an order
};

/// What a statement differs in that CockroachDB reads alike; nothing where settings alone do not make up for
/// it.
std::optional<BySettings> differ_by_settings(const std::string& written, const std::string& needed) {
  BySettings found;
  const auto words = [&](const std::string& sql) {
    std::vector<std::string> all;
    const transform::ScannedSql scanned = transform::scan(sql);
    for (size_t i = 0; i < scanned.tokens.size(); ++i) {
      const Token& token = scanned.tokens[i];
      if (token.is("nulls") && i + 1 < scanned.tokens.size()) {
        ++i;
        found.nulls = true;
        continue;
      }
      const std::string word = token.kind == Token::Kind::word ? lower(token.text) : std::string(token.text);
      const bool is_integer = word == "int4" || word == "int" || word == "integer";
      found.width = found.width || is_integer;
      all.push_back(is_integer ? "integer" : word);
    }
    return all;
  };
  const bool alike = words(written) == words(needed) && (found.width || found.nulls);
  return alike ? std::optional(found) : std::nullopt;
}

Diagnostic finding_of(const FindingKind& rule, const Span& span, std::string message, std::string advice) {
  Diagnostic finding;
  finding.rule = &rule;
  finding.severity = rule.severity;
  finding.span = span;
  finding.message = std::move(message);
  finding.advice = std::move(advice);
  return finding;
}

/// What became of the statements of a workload, by its number in it.
class Verdicts {
 public:
  Verdicts(const CompiledInput& input, CockroachGrammar& grammar, Diagnostics& diagnostics)
      : input_(input),
        grammar_(grammar),
        diagnostics_(diagnostics),
        read_(size()),
        emitted_(size()),
        errors_(size()),
        infos_(size()),
        refused_(size()) {
    for (const ast::Statement& statement : input.script.statements) {
      if (const size_t number = number_of(statement.span); number < size())
        read_[number].push_back(&statement);
    }
    for (const EmittedStatement& one : input.output.statements) {
      if (const size_t number = number_of(one.statement->span); number < size())
        emitted_[number].push_back(&one);
    }
    for (const Diagnostic& one : diagnostics.all()) {
      const size_t number = number_of(one.span);
      if (number >= size()) continue;
      errors_[number] = errors_[number] || one.severity == Severity::error;
      if (one.severity == Severity::info) infos_[number].push_back(one.message);
    }
  }

  void find() {
    for (size_t i = 0; i < size(); ++i) {
      if (!errors_[i]) look_at(i);
    }
    look_for_names();
    // That a script can do without it says nothing to an application, which asks for it; that nothing is to
    // be done, neither.
    std::erase_if(diagnostics_.all(), [&](const Diagnostic& one) {
      const size_t number = number_of(one.span);
      if (number >= size() || one.rule == &rules[rewritten]) return false;
      const bool is_said = !written_otherwise(number).empty() && one.severity == Severity::info;
      return is_said ||
             (is_dropped(number) && one.severity < (refused_[number] ? Severity::error : Severity::warning));
    });
  }

 private:
  size_t size() const { return input_.workload->statements.size(); }
  size_t number_of(const Span& span) const {
    return span.file >= input_.workload_begin ? span.file - input_.workload_begin : size();
  }

  Span span_of(size_t number) const {
    const WorkloadStatement& statement = input_.workload->statements[number];
    return {static_cast<uint32_t>(input_.workload_begin + number), statement.begin,
            statement.begin + statement.sql.size()};
  }

  bool is_dropped(size_t number) const {
    return !read_[number].empty() && std::ranges::all_of(read_[number], [](const ast::Statement* one) {
      return one->fate == ast::Fate::dropped;
    });
  }

  void look_at(size_t number) {
    const WorkloadStatement& statement = input_.workload->statements[number];
    const Span span = span_of(number);
    const std::string other = written_otherwise(number);
    const std::string advice = other.empty() ? std::string() : "Write `" + other + "`.";
    if (const auto problem = grammar_.check(statement.sql)) {
      refused_[number] = true;
      Span place = span;
      place.begin += std::min(problem->offset, statement.sql.size());
      place.end = place.begin + problem->length;
      Diagnostic finding =
          finding_of(rules[refused], place, problem->message, problem->hint.empty() ? advice : problem->hint);
      finding.notes = infos_[number];
      if (is_dropped(number)) finding.notes = {*read_[number].front()->reason};
      diagnostics_.add(std::move(finding));
    } else if (!other.empty()) {
      Diagnostic finding =
          finding_of(rules[rewritten], span,
                     "as it is written, CockroachDB refuses this statement or answers it otherwise", advice);
      finding.notes = infos_[number];
      const std::string printed = to_sql(parse_whole_statement(statement.sql).node, Dialect::postgresql);
      if (const std::optional<BySettings> settings = differ_by_settings(printed, other)) {
        finding.severity = Severity::info;
        finding.message = "a setting of the session has CockroachDB answer this statement as PostgreSQL does";
        if (settings->width)
          finding.notes.emplace_back(
              "`integer` is INT8, and what does not fit into four bytes is no error: `SET default_int_size = "
              "4`");
        if (settings->nulls)
          finding.notes.emplace_back("NULLs come first, and last with DESC: `SET null_ordered_last = on`");
      }
      diagnostics_.add(std::move(finding));
    }
  }

  /// Of tables and views that nothing in the schema makes.
  void look_for_names() {
    for (size_t i = 0; i < size(); ++i) {
      std::set<std::string> known;  // common tables, and what was told
      ast::Visitor gather;
      gather.query = [&](ast::Query& query) {
        for (const ast::CommonTable& one : query.with) known.insert(one.name);
      };
      ast::Visitor look;
      look.table_ref = [&](ast::TableRef& table) {
        const ast::ObjectId id = table.name.object;
        if (id != ast::no_object && input_.script.objects[id].made_here()) return;
        const std::string name = to_string(table.name);
        if (bind::is_system_schema(table.name.schema) || table.name.name.starts_with("pg_") ||
            !known.insert(name).second)
          return;
        Diagnostic finding =
            finding_of(rules[unknown_name], span_of(i), "`" + name + "` is not in the schema", {});
        finding.object = name;
        diagnostics_.add(std::move(finding));
      };
      look.expr = [&](ast::Expr& expr) {
        const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
        if (call != nullptr && call->name.name == "pg_try_advisory_lock" && known.insert("()").second)
          diagnostics_.add(finding_of(rules[lock], span_of(i),
                                      "`pg_try_advisory_lock` is always true, and locks nothing", {}));
      };
      for (const ast::Statement* one : read_[i]) {
        ast::StatementNode node = one->node;
        std::visit(
            [&](auto& its) {
              if constexpr (requires { its.with.front().name; })
                for (const ast::CommonTable& common : its.with) known.insert(common.name);
            },
            node);
        walk(node, gather);
        walk(node, look);
      }
    }
  }

  /// What the statement has to be; empty where it may stay as it is.
  std::string written_otherwise(size_t number) const {
    const bool changed = std::ranges::any_of(read_[number], [](const ast::Statement* one) {
      return one->fate != ast::Fate::kept || !to_sql_if_different(one->node).empty();
    });
    std::string sql;
    for (const EmittedStatement* one : emitted_[number]) {
      if (changed && !one->held_back()) sql += (sql.empty() ? "" : "; ") + one->sql;
    }
    return sql;
  }

  const CompiledInput& input_;
  CockroachGrammar& grammar_;
  Diagnostics& diagnostics_;
  std::vector<std::vector<const ast::Statement*>> read_;
  std::vector<std::vector<const EmittedStatement*>> emitted_;
  std::vector<bool> errors_;
  std::vector<std::vector<std::string>> infos_;  // which become notes
  std::vector<bool> refused_;                    // by the grammar
};

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string counted(uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", with_commas(count), what, count == 1 ? "" : "s");
}

std::string calls_note(const WorkloadStatement& statement, uint64_t all) {
  std::string note = fmt::format("called {}, {:.1f} % of all calls",
                                 statement.calls == 1 ? "once" : counted(statement.calls, "time"),
                                 percent(statement.calls, all));
  if (statement.milliseconds > 0)
    note += fmt::format("; {} ms in all", with_commas(static_cast<uint64_t>(statement.milliseconds + 0.5)));
  return note;
}

/// The input that the workload was read behind: there is one.
const CompiledInput& workload_of(const Compiled& compiled) {
  return compiled.inputs.front();
}

}  // namespace

const std::span<const FindingKind> workload_rules = rules;

Result<void> add_workload(const std::string& path, ScriptReader& reader, CompiledInput& input) {
  Result<Workload> workload = read_workload(path);
  if (!workload) return workload.error();
  input.workload_begin = input.file->index() + input.file->next().size() + 1;
  for (const WorkloadStatement& statement : workload->statements) {
    SourceFile& file = input.file->add_next(path);
    file.keep(statement.begin, statement.line, statement.column, statement.sql);
    if (is_about_session(statement.sql)) continue;
    Segment segment;
    segment.begin = statement.begin;
    segment.end = statement.begin + statement.sql.size();
    segment.line = statement.line;
    segment.column = statement.column;
    segment.text = statement.sql;
    reader.read_session(segment, file);
  }
  input.workload = std::move(*workload);
  return {};
}

void find_in_workload(const CompiledInput& input, const Choices& choices, Diagnostics& diagnostics) {
  CockroachGrammar grammar(choices.target);
  Verdicts(input, grammar, diagnostics).find();
}

void keep_workload(Compiled& compiled) {
  const CompiledInput& input = workload_of(compiled);
  const Workload& workload = *input.workload;
  JudgedFindings& findings = compiled.findings;
  const auto number_of = [&](const Span& span) -> size_t {
    return span.file < input.workload_begin ? workload.statements.size() : span.file - input.workload_begin;
  };
  std::vector<Diagnostic> kept;
  std::vector<std::optional<Acknowledged>> marks;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    Diagnostic& finding = findings.diagnostics[i];
    const size_t number = number_of(finding.span);
    if (number >= workload.statements.size()) continue;
    finding.notes.push_back(calls_note(workload.statements[number], workload.calls));
    kept.push_back(std::move(finding));
    marks.push_back(std::move(findings.acknowledged[i]));
  }
  findings.diagnostics = std::move(kept);
  findings.acknowledged = std::move(marks);
}

std::string workload_line(const Compiled& compiled) {
  const CompiledInput& input = workload_of(compiled);
  const Workload& workload = *input.workload;
  std::vector<std::optional<Severity>> worst(workload.statements.size());
  for (const Diagnostic& finding : compiled.findings.diagnostics) {
    std::optional<Severity>& one = worst[finding.span.file - input.workload_begin];
    one = std::max(one.value_or(Severity::info), finding.severity);
  }
  struct Count {
    uint64_t statements = 0;
    uint64_t calls = 0;
  } failing, other, good;
  for (size_t i = 0; i < worst.size(); ++i) {
    Count& count = worst[i] == Severity::error ? failing : worst[i] == Severity::warning ? other : good;
    ++count.statements;
    count.calls += workload.statements[i].calls;
  }
  const auto shown = [&](const Count& count) {
    return fmt::format("{} ({:.1f} % of the calls)", with_commas(count.statements),
                       percent(count.calls, workload.calls));
  };
  std::string line = fmt::format(
      "workload: {}, {}: {} run as they are, {} are answered otherwise or have to be written "
      "otherwise, {} are refused",
      counted(workload.statements.size(), "statement"), counted(workload.calls, "call"), shown(good),
      shown(other), shown(failing));
  if (workload.changes_of_schema > 0)
    line += fmt::format("; {} that change the schema were not looked at",
                        with_commas(workload.changes_of_schema));
  if (workload.hidden > 0)
    line += fmt::format("; {} could not be seen: read them with the role pg_read_all_stats",
                        with_commas(workload.hidden));
  if (!compiled.choices.target_from.empty())
    line += fmt::format("; for CockroachDB {}, {}", to_string(compiled.choices.target.version()),
                        compiled.choices.target_from);
  return line;
}

}  // namespace pg2crdb
