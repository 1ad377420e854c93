#include "driver/workload_collector.h"

#include <fmt/format.h>

#include <algorithm>

#include "driver/options.h"
#include "driver/workload_shape.h"
#include "parser/statement_text.h"
#include "support/ascii.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using transform::Token;

constexpr std::string_view hidden =
    "could not be seen by who read them: read them with the role pg_read_all_stats";
constexpr std::string_view not_prepared = "are EXECUTE of a statement that the file does not show";
constexpr std::string_view changing =
    "that change the schema were not looked at: lint the migrations that they come from";
constexpr std::string_view cut_short = "are cut short where a password may stand, and are not shown";

/// What stands before a password in a statement whose end is missing; all of it where there is none. What is
/// printed must not have it.
std::string_view before_password(std::string_view sql) {
  constexpr std::string_view word = "password";
  const size_t found = lower(sql).find(word);
  return found == std::string::npos ? sql : sql.substr(0, found + word.size());
}

}  // namespace

WorkloadPlace WorkloadPlace::behind(std::string_view text) const {
  WorkloadPlace place = *this;
  place.begin += text.size();
  if (const size_t last = text.rfind('\n'); last != std::string_view::npos) {
    place.line += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    place.column = 1;
    text.remove_prefix(last + 1);
  }
  place.column += count_characters(text);
  return place;
}

void WorkloadCollector::add(std::string_view text, const WorkloadPlace& place, const Call& call) {
  if (text == "<insufficient privilege>") return add_unseen(hidden, place, text);
  const std::string sql(text);
  const bool is_text = first_invalid_byte(sql) == sql.size() && sql.find('\0') == std::string::npos;
  const transform::ScannedSql scanned = is_text ? transform::scan(sql) : transform::ScannedSql{};
  if (!is_text || !scanned.error.empty()) {
    const std::string_view shown = before_password(sql);
    if (shown.size() < sql.size()) return add_unseen(cut_short, place, shown);
    return count(sql, sql, place, call, true);
  }
  for (auto from = scanned.tokens.begin(); from != scanned.tokens.end();) {
    const auto end =
        std::find_if(from, scanned.tokens.end(), [](const Token& token) { return token.text == ";"; });
    if (from != end)
      add_one(sql, {from, end}, place.behind(std::string_view(sql).substr(0, from->begin)), call);
    from = end == scanned.tokens.end() ? end : std::next(end);
  }
}

void WorkloadCollector::add_one(const std::string& sql, std::span<const Token> tokens,
                                const WorkloadPlace& place, const Call& call) {
  if (changes_schema(tokens)) return add_unseen(changing, place, {}, 1, true);
  const bool has_name = tokens.size() > 1 && tokens[1].is_name();
  if (has_name && tokens[0].is("prepare")) prepared_.insert(tokens[1].name());
  if (has_name && tokens[0].is("execute")) {
    if (!call.prepared.empty()) {
      Call of_prepared = call;
      of_prepared.prepared = {};
      return add(call.prepared, call.prepared_place, of_prepared);
    }
    const size_t begin = tokens.front().begin;
    Executed& executed = executed_[tokens[1].name()];
    if (executed.count == 0) executed = {place, sql.substr(begin, tokens.back().end - begin), 0};
    executed.count += call.count;
  }
  count(shape_of(tokens), text_of(sql, tokens), place, call, false);
}

void WorkloadCollector::add_unseen(std::string_view what, const WorkloadPlace& place, std::string_view text,
                                   uint64_t count, bool as_meant) {
  std::vector<UnseenStatements>& unseen = workload_.unseen;
  const auto known = std::ranges::find(unseen, what, &UnseenStatements::what);
  if (known != unseen.end()) {
    known->count += count;
    return;
  }
  unseen.push_back(
      {std::string(what), count, place.begin, place.line, place.column, std::string(text), as_meant});
}

void WorkloadCollector::count(std::string shape, std::string sql, const WorkloadPlace& place,
                              const Call& call, bool is_whole) {
  const auto [found, fresh] = counts_.try_emplace(std::move(shape), Counts{workload_.statements.size()});
  if (fresh) {
    WorkloadStatement& statement = workload_.statements.emplace_back();
    statement.begin = place.begin;
    statement.line = place.line;
    statement.column = place.column;
    statement.parts = is_whole ? std::vector<WorkloadStatement::Part>{{0, sql}} : parts_of(sql);
    statement.sql = std::move(sql);
  }
  (call.explained ? found->second.explained : found->second.logged) += call.count;
  workload_.statements[found->second.statement].milliseconds += call.milliseconds;
}

uint64_t calls_of(const Workload& workload) {
  uint64_t calls = 0;
  for (const WorkloadStatement& statement : workload.statements) calls += statement.calls;
  return calls;
}

Result<Workload> WorkloadCollector::finish() {
  for (const auto& [shape, counts] : counts_) {
    WorkloadStatement& statement = workload_.statements[counts.statement];
    statement.calls = std::max(counts.logged, counts.explained);
  }
  std::vector<std::pair<std::string, Executed>> executed(executed_.begin(), executed_.end());
  std::ranges::sort(executed, {}, [](const auto& one) { return one.second.place.begin; });
  for (const auto& [name, one] : executed) {
    if (!prepared_.contains(name)) add_unseen(not_prepared, one.place, one.text, one.count);
  }
  if (workload_.statements.empty()) {
    if (!workload_.unseen.empty()) {
      const UnseenStatements& first = workload_.unseen.front();
      return usage_error(fmt::format("{}:{}: nothing can be looked at: {} {}", workload_.path, first.line,
                                     first.count, first.what));
    }
    return usage_error(
        fmt::format(
            "{} holds no statement: it is neither CSV with the columns `query` and `calls` and a row, "
            "nor a log with `statement:`, `execute ...:` or `Query Text:`",
            workload_.path),
        "psql -c \"\\copy (SELECT query, calls, total_exec_time FROM pg_stat_statements) TO stats.csv CSV "
        "HEADER\" writes one; a log needs log_statement or log_min_duration_statement, and lc_messages = "
        "C");
  }
  std::ranges::stable_sort(
      workload_.statements, [](const WorkloadStatement& one, const WorkloadStatement& other) {
        return one.calls != other.calls ? one.calls > other.calls : one.milliseconds > other.milliseconds;
      });
  // Temporary tables come before what asks them.
  std::ranges::stable_partition(workload_.statements, [](const WorkloadStatement& one) {
    return lower(std::string_view(one.sql).substr(0, 6)) == "create";
  });
  return std::move(workload_);
}

}  // namespace pg2crdb
