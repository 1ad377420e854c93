#include "driver/workload_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ast/walk.h"
#include "bind/namespace.h"
#include "driver/findings.h"
#include "driver/workload_collector.h"
#include "driver/workload_session.h"
#include "emit/sql.h"
#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"
#include "target/functions.h"

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
    {"workload-unread", Severity::warning, "workload",
     "CockroachDB parses a statement of the application; what it means there was not looked at",
     "Try it on CockroachDB."},
    {"workload-unseen", Severity::warning, "workload",
     "the file does not show statements of the application, or not whole: nothing is said of them",
     "Take the workload again where they count."},
};
enum : size_t { refused, rewritten, unknown_name, lock, unread, unseen };

/// Its word on a whole statement is all that a pass has; the grammar says more, and where it takes it, that
/// is `workload-unread`.
constexpr std::string_view not_modelled = "statement-unknown";
/// It counts the objects of a dump; an application calls functions.
constexpr std::string_view of_large_objects = "large-objects";

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

/// What to write instead of a form that the grammar refuses, and that no pass writes otherwise.
std::string_view advice_of(const std::string& sql) {
  const transform::ScannedSql scanned = transform::scan(sql);
  const std::vector<Token>& tokens = scanned.tokens;
  if (tokens.empty()) return {};
  if (tokens[0].is("merge"))
    return "Write INSERT ... ON CONFLICT, or UPDATE and INSERT in one transaction: CockroachDB has no MERGE.";
  if (tokens[0].is("truncate"))
    return "Leave RESTART IDENTITY and CONTINUE IDENTITY out; ALTER SEQUENCE ... RESTART behind it.";
  if (tokens[0].is("listen") || tokens[0].is("notify") || tokens[0].is("unlisten"))
    return "Have a changefeed tell of rows (CREATE CHANGEFEED), or ask a table again and again: CockroachDB "
           "has no "
           "LISTEN and NOTIFY.";
  if (tokens[0].is("create"))
    return "Leave ON COMMIT DROP and ON COMMIT DELETE ROWS out, and drop or empty the table (#46556).";
  return {};
}

Diagnostic finding_of(const FindingKind& rule, const Span& span, std::string message, std::string advice) {
  Diagnostic finding = about(rule, span, {}, std::move(message));
  finding.advice = std::move(advice);
  return finding;
}

/// What became of the statements of a workload, by its number in it.
class Verdicts {
 public:
  Verdicts(const CompiledInput& input, const Target& target, CockroachGrammar& grammar,
           Diagnostics& diagnostics)
      : input_(input),
        target_(target),
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
      if (number >= size() || is_replaced(one)) continue;
      errors_[number] = errors_[number] || one.severity == Severity::error;
      if (one.severity == Severity::info) infos_[number].push_back(one.message);
    }
  }

  void find() {
    for (size_t i = 0; i < size(); ++i) {
      if (!errors_[i]) look_at(i);
    }
    look_for_names();
    tell_unseen();
    // That a script can do without it says nothing to an application, which asks for it; that nothing is to
    // be done, neither.
    std::erase_if(diagnostics_.all(), [&](const Diagnostic& one) {
      const size_t number = number_of(one.span);
      if (number >= size() || one.rule == &rules[rewritten]) return false;
      if (is_replaced(one)) return true;
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

  static bool is_replaced(const Diagnostic& one) {
    return one.rule->id == not_modelled || one.rule->id == of_large_objects;
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
      Diagnostic finding = finding_of(rules[refused], place, problem->message, advice);
      finding.notes = infos_[number];
      if (is_dropped(number)) finding.notes = {*read_[number].front()->reason};
      // A word that is meant for another one is no reason.
      const bool is_guess = problem->hint.starts_with("Did you mean");
      if (!problem->hint.empty() && !is_guess)
        finding.notes.push_back(std::exchange(finding.message, problem->hint));
      if (other.empty()) finding.advice = advice_of(statement.sql);
      if (is_guess && finding.advice.empty()) finding.advice = problem->hint;
      diagnostics_.add(std::move(finding));
    } else if (auto its = session_problem(statement.sql); its && statement.parts.empty()) {
      tell_session(number, std::move(*its));
    } else if (const std::string missing = missing_call(number); !missing.empty()) {
      refused_[number] = true;
      diagnostics_.add(finding_of(rules[refused], span,
                                  "the statement calls `" + missing + "`, which CockroachDB does not have",
                                  "Write it without that function."));
    } else if (!other.empty()) {
      tell_rewritten(number, other, advice);
    } else if (is_held_back(number)) {
      diagnostics_.add(finding_of(rules[unread], span,
                                  "CockroachDB parses this statement; what it means there was not looked at",
                                  {}));
    }
    if (auto its = session_problem(statement.sql); its && !statement.parts.empty())
      tell_session(number, std::move(*its));
  }

  void tell_session(size_t number, SessionProblem problem) {
    Diagnostic finding =
        finding_of(rules[refused], span_of(number), std::move(problem.message), std::move(problem.advice));
    finding.severity = problem.severity;
    diagnostics_.add(std::move(finding));
  }

  void tell_rewritten(size_t number, const std::string& other, const std::string& advice) {
    Diagnostic finding =
        finding_of(rules[rewritten], span_of(number),
                   "as it is written, CockroachDB refuses this statement or answers it otherwise", advice);
    finding.notes = infos_[number];
    const std::string printed = with_parts(number, [](const WorkloadStatement::Part& part) {
      return to_sql(parse_whole_statement(part.text).node, Dialect::postgresql);
    });
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

  /// What the workload's file says of statements that it does not show.
  void tell_unseen() {
    const std::vector<UnseenStatements>& all = input_.workload->unseen;
    for (size_t i = 0; i < all.size(); ++i) {
      Span span{static_cast<uint32_t>(input_.workload_begin + size() + i), all[i].begin, all[i].begin};
      span.end += all[i].text.size();
      if (!all[i].as_meant)
        diagnostics_.add(
            finding_of(rules[unseen], span, fmt::format("{} {}", all[i].count, all[i].what), {}));
    }
  }

  /// A call in what a pass left out that CockroachDB has no function for.
  std::string missing_call(size_t number) const {
    std::string missing;
    if (!is_dropped(number)) return missing;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      if (call != nullptr && !call->sql_syntax && !has_function(target_, call->name.name))
        missing = call->name.name;
    };
    for (const ast::Statement* one : read_[number]) {
      ast::StatementNode node = one->node;
      walk(node, look);
    }
    return missing;
  }

  bool is_held_back(size_t number) const {
    return std::ranges::any_of(
        read_[number], [](const ast::Statement* one) { return one->fate == ast::Fate::needs_person; });
  }

  /// Of tables and views that nothing in the schema makes.
  void look_for_names() {
    for (size_t i = 0; i < size(); ++i) {
      std::set<std::string> known;  // common tables, and what was told
      ast::Visitor gather;
      gather.query = [&](ast::Query& query) {
        for (const ast::CommonTable& one : query.with) known.insert(one.name);
      };
      if (input_.workload->statements[i].parts.size() > 1) add_common_tables(i, known);
      look_up_word(i, known);
      ast::Visitor look;
      look.table_ref = [&](ast::TableRef& table) { look_up(i, table.name, known); };
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
        if (const auto* truncate = std::get_if<ast::Truncate>(&node)) {
          for (const ast::Name& table : truncate->tables) look_up(i, table, known);
        }
      }
    }
  }

  /// The names before `AS (` and `(a, b) AS (`, where common tables are read one by one.
  void add_common_tables(size_t number, std::set<std::string>& known) const {
    const WorkloadStatement& statement = input_.workload->statements[number];
    const transform::ScannedSql scanned = transform::scan(statement.sql);
    const std::vector<Token>& tokens = scanned.tokens;
    for (size_t i = 1; i + 1 < tokens.size(); ++i) {
      const Token& next = tokens[i + 1];
      if (!tokens[i].is("as") || (next.text != "(" && !next.is("not") && !next.is("materialized"))) continue;
      size_t name = i - 1;
      while (tokens[name].text != "(" && name > 0 && tokens[i - 1].text == ")") --name;
      if (tokens[name].text == "(" && name > 0) --name;
      if (tokens[name].is_name()) known.insert(tokens[name].name());
    }
  }

  /// A table or view; what is not `known` and not made is told, and known from then on.
  void look_up(size_t number, const ast::Name& table, std::set<std::string>& known) {
    if (table.object != ast::no_object && input_.script.objects[table.object].made_here()) return;
    const bool of_system = bind::is_system_schema(table.schema) && table.schema != "pg_temp";
    if (of_system || table.name.starts_with("pg_")) return;
    tell_unknown(number, to_string(table), known);
  }

  void tell_unknown(size_t number, const std::string& name, std::set<std::string>& known) {
    if (!known.insert(name).second) return;
    Diagnostic finding =
        finding_of(rules[unknown_name], span_of(number), "`" + name + "` is not in the schema", {});
    finding.object = name;
    diagnostics_.add(std::move(finding));
  }

  /// The name behind COPY, CALL and LOCK TABLE, of which no tree tells.
  void look_up_word(size_t number, std::set<std::string>& known) {
    const std::string& sql = input_.workload->statements[number].sql;
    const transform::ScannedSql scanned = transform::scan(sql);
    const auto is = [&](size_t i, std::string_view word) {
      return i < scanned.tokens.size() && scanned.tokens[i].is(word);
    };
    const bool calls = is(0, "call");
    if (!calls && !is(0, "copy") && !is(0, "lock")) return;
    size_t i = 1;
    while (is(i, "table") || is(i, "only") || is(i, "binary")) ++i;
    if (i >= scanned.tokens.size() || !scanned.tokens[i].is_name()) return;
    const transform::WrittenName written =
        transform::read_name(std::string_view(sql).substr(scanned.tokens[i].begin));
    if (written.parts.empty() || written.parts.size() > 2) return;
    ast::Name name;
    name.name = written.parts.back();
    if (written.parts.size() == 2) name.schema = written.parts.front();
    if (bind::is_system_schema(name.schema) || name.name.starts_with("pg_")) return;
    const auto is_it = [&](const ast::Object& object) {
      const std::string schema = object.name.schema.empty() ? "public" : object.name.schema;
      return object.made_here() && ast::is_routine(object.kind) == calls && object.parent == ast::no_object &&
             object.name.name == name.name && (name.schema.empty() || schema == name.schema);
    };
    if (std::ranges::none_of(input_.script.objects, is_it)) tell_unknown(number, to_string(name), known);
  }

  /// The statement, with something else for each of its parts.
  template <class Write>
  std::string with_parts(size_t number, Write write) const {
    const WorkloadStatement& statement = input_.workload->statements[number];
    std::string sql;
    size_t copied = 0;
    for (const WorkloadStatement::Part& part : statement.parts) {
      sql.append(statement.sql, copied, part.begin - copied).append(write(part));
      copied = part.begin + part.text.size();
    }
    return sql.append(statement.sql, copied);
  }

  /// What the statement has to be; empty where it may stay as it is.
  std::string written_otherwise(size_t number) const {
    const bool changed = std::ranges::any_of(read_[number], [](const ast::Statement* one) {
      return one->fate != ast::Fate::kept || !to_sql_if_different(one->node).empty();
    });
    bool any = false;
    const uint64_t begin = input_.workload->statements[number].begin;
    std::string sql = with_parts(number, [&](const WorkloadStatement::Part& part) {
      std::string its;
      for (const EmittedStatement* one : emitted_[number]) {
        const uint64_t at = one->statement->span.begin - begin;
        if (at < part.begin || at >= part.begin + part.text.size() || one->held_back()) continue;
        its += (its.empty() ? "" : "; ") + one->sql;
      }
      any = any || !its.empty();
      return its.empty() ? part.text : its;
    });
    return changed && any ? sql : std::string();
  }

  const CompiledInput& input_;
  const Target& target_;
  CockroachGrammar& grammar_;
  Diagnostics& diagnostics_;
  std::vector<std::vector<const ast::Statement*>> read_;
  std::vector<std::vector<const EmittedStatement*>> emitted_;
  std::vector<bool> errors_;
  std::vector<std::vector<std::string>> infos_;  // which become notes
  std::vector<bool> refused_;                    // by the grammar
};

}  // namespace

const std::span<const FindingKind> workload_rules = rules;

Result<void> add_workload(const std::string& path, ScriptReader& reader, CompiledInput& input) {
  Result<Workload> workload = read_workload(path);
  if (!workload) return workload.error();
  input.workload_begin = input.file->index() + input.file->next().size() + 1;
  for (const WorkloadStatement& statement : workload->statements) {
    SourceFile& file = input.file->add_next(path);
    file.keep(statement.begin, statement.line, statement.column, statement.sql);
    for (const WorkloadStatement::Part& part : statement.parts) {
      const std::string_view before = std::string_view(statement.sql).substr(0, part.begin);
      const WorkloadPlace place =
          WorkloadPlace{statement.begin, statement.line, statement.column}.behind(before);
      Segment segment;
      segment.begin = place.begin;
      segment.end = place.begin + part.text.size();
      segment.line = place.line;
      segment.column = place.column;
      segment.text = part.text;
      reader.read_session(segment, file);
    }
  }
  for (const UnseenStatements& one : workload->unseen)
    input.file->add_next(path).keep(one.begin, one.line, one.column, one.text);
  input.workload = std::move(*workload);
  return {};
}

void find_in_workload(const CompiledInput& input, const Choices& choices, Diagnostics& diagnostics) {
  CockroachGrammar grammar(choices.target);
  Verdicts(input, choices.target, grammar, diagnostics).find();
}

}  // namespace pg2crdb
