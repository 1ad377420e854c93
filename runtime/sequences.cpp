#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "runtime/sequences_behind.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

struct Position {
  std::string value;
  bool is_called = true;
};

std::string place(const LoadPlan::Sequence& sequence) {
  return sequence.file.empty() ? std::string() : fmt::format("{}:{}: ", sequence.file, sequence.line);
}

Error with_context(Error error, const std::string& context) {
  error.message = fmt::format(
      "{}: {}{}", context, error.sqlstate.empty() ? std::string() : fmt::format("ERROR {}: ", error.sqlstate),
      error.message);
  if (error.advice.empty()) error.advice = "run the same command with --resume";
  return error;
}

Result<Position> position_at_source(Connection& source, const LoadPlan::Sequence& sequence) {
  const std::string name = quote_name(sequence.source_schema, sequence.source_name);
  const Result<Rows> rows = source.query("SELECT last_value, is_called FROM " + name);
  if (!rows) return with_context(rows.error(), "sequence " + name + " of the source");
  if (rows->size() != 1) throw InternalError("a sequence without its one row");
  return Position{rows->values[0][0], rows->values[0][1] == "t"};
}

// An identity column's own sequence, where the target named it otherwise.
Result<std::string> identity_sequence(Connection& target, const LoadPlan& plan,
                                      const LoadPlan::Sequence& sequence) {
  for (const LoadPlan::Table& table : plan.tables) {
    if (sequence.source_schema != table.source_schema) continue;
    for (const LoadPlan::Column& column : table.columns) {
      if (sequence.source() != own_sequence(table, column)) continue;
      const Result<Rows> rows = target.query(fmt::format("SELECT pg_get_serial_sequence({}, {})",
                                                         quote_literal(quote_name(table.schema, table.name)),
                                                         quote_literal(column.name)));
      if (!rows) return rows.error();
      if (rows->size() == 1 && !rows->nulls[0][0]) return rows->values[0][0];
    }
  }
  return std::string();
}

Result<void> set_sequence(Connection& target, const LoadPlan& plan, const LoadPlan::Sequence& sequence,
                          const Position& position) {
  const auto setval = [&](const std::string& name) {
    return target.execute(fmt::format("SELECT setval({}, {}, {})", quote_literal(name), position.value,
                                      position.is_called ? "true" : "false"));
  };
  std::optional<Error> unknown;
  if (!sequence.name.empty()) {
    const Result<void> set = setval(quote_name(sequence.schema, sequence.name));
    if (set || set.error().sqlstate != "42P01") return set;
    unknown = set.error();
  }
  const Result<std::string> name = identity_sequence(target, plan, sequence);
  if (!name) return name.error();
  if (name->empty()) {
    if (unknown) return *unknown;
    return Error{.kind = Error::Kind::interrupted,
                 .message = "the target has no sequence for it",
                 .sqlstate = {},
                 .advice = "set the value by hand: SELECT setval(...)"};
  }
  return setval(*name);
}

/// Rows of a script have their sequences with them: what it does not set stands where it began.
bool has_csv_files(const LoadPlan& plan) {
  return std::ranges::any_of(plan.tables, [&](const LoadPlan::Table& table) {
    return std::ranges::any_of(table.data, [&](const LoadPlan::Data& data) {
      return data.form.csv &&
             std::ranges::none_of(plan.statements, [&](const LoadPlan::Statement& statement) {
               return statement.file == plan.inputs[data.input].path;
             });
    });
  });
}

constexpr std::string_view data_exception = "22";  ///< how its SQLSTATEs begin

Error stopped() {
  return {.kind = Error::Kind::interrupted,
          .message = "stopped while sequences were set",
          .sqlstate = {},
          .advice = "run the same command with --resume"};
}

}  // namespace

Result<void> set_unknown_sequences(const LoadPlan& plan, Connection& target, Observer& observer) {
  if (!has_csv_files(plan) || std::ranges::all_of(plan.sequences, &LoadPlan::Sequence::has_value)) return {};
  const Result<SequenceUses> found = sequence_uses(plan, target);
  if (!found) return found.error();
  std::map<std::string, SequenceUse> furthest;  // several columns may draw from one sequence
  for (const SequenceUse& one : found->uses) {
    const auto [known, is_new] = furthest.emplace(one.sequence, one);
    const bool is_further =
        one.counts_down ? one.furthest < known->second.furthest : one.furthest > known->second.furthest;
    if (!is_new && is_further) known->second = one;
  }
  for (const LoadPlan::Sequence& sequence : plan.sequences) {
    const bool is_drawn_from =
        std::ranges::any_of(furthest, [&](const auto& one) { return is_called(sequence, one.first); });
    if (!sequence.has_value && !sequence.name.empty() && !is_drawn_from)
      observer.problem(
          fmt::format("sequence {} keeps its start: neither the input nor a column's numbers say more",
                      quote_name(sequence.schema, sequence.name)));
  }
  for (const auto& [name, one] : furthest) {
    const bool is_planned = std::ranges::any_of(plan.sequences, [&](const LoadPlan::Sequence& sequence) {
      return sequence.has_value && is_called(sequence, name);
    });
    // One that stands there may not have given the number yet.
    if (is_planned || (!one.is_behind() && one.last != one.furthest)) continue;
    const Result<void> set =
        target.execute(fmt::format("SELECT setval({}, {}, true)", quote_literal(name), one.furthest));
    if (!set && set.error().sqlstate.starts_with(data_exception)) {  // rows beyond its MAXVALUE, for one
      observer.problem(fmt::format("sequence {} is not set to {}, the {} {} of {}: {}", name, one.furthest,
                                   one.counts_down ? "smallest" : "largest", one.column, one.table,
                                   set.error().message));
      continue;
    }
    if (!set) return with_context(set.error(), "sequence " + name);
    observer.log(fmt::format("sequence {} set to {}, the {} {} of {}: the input holds no value", name,
                             one.furthest, one.counts_down ? "smallest" : "largest", one.column, one.table));
  }
  return {};
}

Result<void> set_sequences(const LoadPlan& plan, const std::string& source, const std::string& target,
                           Observer& observer) {
  Result<Connection> connection = Connection::open(target);
  if (!connection) return connection.error();
  std::optional<Connection> live;
  if (!source.empty() && !plan.sequences.empty()) {
    Result<Connection> opened = Connection::open(source);
    if (!opened) return opened.error();
    live.emplace(std::move(*opened));
  }

  for (const LoadPlan::Sequence& sequence : plan.sequences) {
    if (stop_requested) return stopped();
    const ObjectName known = sequence.name.empty() ? sequence.source() : sequence.target();
    const std::string name = quote_name(known.schema, known.name);
    Position position{std::to_string(sequence.value), sequence.is_called};
    if (live) {
      Result<Position> asked = position_at_source(*live, sequence);
      if (!asked) return asked.error();
      position = std::move(*asked);
    } else if (!sequence.has_value) {
      continue;
    }
    const Result<void> set = set_sequence(*connection, plan, sequence, position);
    if (!set) return with_context(set.error(), place(sequence) + "sequence " + name);
    observer.log(fmt::format("sequence {} set to {}{}", name, position.value,
                             position.is_called ? "" : ", which comes next"));
  }
  return live ? Result<void>() : set_unknown_sequences(plan, *connection, observer);
}

}  // namespace pg2crdb
