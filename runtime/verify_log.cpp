#include "runtime/verify_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "support/json.h"
#include "support/plurals.h"
#include "support/printable.h"
#include "support/utf8.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

// A long value is shown around the byte at which it begins to differ from the other.
std::string excerpt(const std::optional<std::string>& value, const std::optional<std::string>& other) {
  constexpr size_t longest = 200;
  constexpr size_t before = 40;
  if (!value) return "NULL";
  if (value->size() <= longest) return "'" + printable(*value) + "'";
  size_t begin = 0;
  if (other) {
    const auto [differs, ignored] = std::mismatch(value->begin(), value->end(), other->begin(), other->end());
    const auto at = static_cast<size_t>(differs - value->begin());
    begin = at > before ? at - before : 0;
  }
  const auto inside_character = [&](size_t at) {
    return at < value->size() && continues_character((*value)[at]);
  };
  size_t end = std::min(begin + longest, value->size());
  while (begin > 0 && inside_character(begin)) --begin;
  while (end < value->size() && inside_character(end)) ++end;
  return fmt::format("{}'{}'{} ({} bytes)", begin > 0 ? "..." : "",
                     printable(value->substr(begin, end - begin)), end < value->size() ? "..." : "",
                     value->size());
}

std::string_view word_of(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::missing:
      return "missing";
    case Difference::Kind::mismatch:
      return "mismatching";
    case Difference::Kind::extraneous:
      break;
  }
  return "extraneous";
}

const Difference::Row& shown_row(const Difference& difference) {
  return difference.source.empty() ? difference.target : difference.source;
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_value(const std::optional<std::string>& value) {
  return value ? json_string(*value) : "null";
}

std::string row_name(const ComparedTable& compared, const Difference& difference) {
  const Difference::Row& row = shown_row(difference);
  if (row.empty()) return "the row has changed while it was looked at";
  std::string columns;
  std::string values;
  const auto add = [&](size_t column, const std::string& value) {
    if (!columns.empty()) {
      columns += ", ";
      values += ", ";
    }
    columns += compared.columns[column].name;
    values += value;
  };
  if (!compared.key.empty()) {
    for (const size_t column : compared.key) add(column, row[column] ? printable(*row[column]) : "NULL");
    return fmt::format("key ({})=({})", columns, values);
  }
  for (size_t column = 0; column < row.size(); ++column) add(column, excerpt(row[column], std::nullopt));
  return fmt::format("row ({})=({})", columns, values);
}

std::string json_details(const ComparedTable& compared, const Difference& difference) {
  std::string out = R"(,"type":"data","primary_key":{)";
  const auto append_values = [&](const std::vector<size_t>& columns, const Difference::Row& row) {
    bool first = true;
    for (const size_t column : columns) {
      if (row.empty()) break;
      out += fmt::format("{}{}:{}", first ? "" : ",", json_string(compared.columns[column].name),
                         json_value(row[column]));
      first = false;
    }
    out += '}';
  };
  append_values(compared.key, shown_row(difference));
  std::vector<size_t> columns = difference.columns;
  if (difference.kind != Difference::Kind::mismatch) {
    for (size_t i = 0; i < compared.columns.size(); ++i) columns.push_back(i);
  }
  if (difference.kind != Difference::Kind::extraneous) {
    out += R"(,"source_values":{)";
    append_values(columns, difference.source);
  }
  if (difference.kind != Difference::Kind::missing) {
    out += R"(,"target_values":{)";
    append_values(columns, difference.target);
  }
  return out;
}

}  // namespace

VerifyLog::VerifyLog(const LoadPlan::Table& table, bool json, Observer& observer, uint64_t shard,
                     uint64_t shards)
    : table_(table),
      name_(quote_name(table.schema, table.name)),
      shard_(fmt::format("shard {}/{}", shard, shards)),
      json_(json),
      observer_(observer) {}

void VerifyLog::say(std::string_view message) const {
  line("info", "", message);
}

void VerifyLog::starting() const {
  say(fmt::format("starting verify on {}, {}", name_, shard_));
  observer_.rows_moved(name_, 0, 0);
}

void VerifyLog::progress(uint64_t rows) {
  if (rows <= told_) return;
  observer_.rows_moved(name_, rows - told_, 0);
  told_ = rows;
  line("info", fmt::format(R"(,"type":"progress","num_truth_rows":{})", rows),
       fmt::format("progress on {} ({}): truth rows seen: {}", name_, shard_, rows));
}

void VerifyLog::pushed_down(const PushedDown& pushed) const {
  line(
      "info",
      fmt::format(R"(,"type":"push-down","ranges":{},"opened":{},"hash_bytes":{},"row_bytes":{})",
                  pushed.ranges, pushed.opened, pushed.hash_bytes, pushed.row_bytes),
      fmt::format("{}: hashes differ in {} of {} ranges of rows; {} bytes of hashes and {} of rows were read",
                  name_, pushed.opened, pushed.ranges, pushed.hash_bytes, pushed.row_bytes));
}

void VerifyLog::finished(const Comparison& found, uint64_t equal_now) const {
  if (found.truth_rows > told_) observer_.rows_moved(name_, found.truth_rows - told_, 0);
  if (json_) {
    line("info",
         fmt::format(
             R"(,"type":"summary","num_truth_rows":{},"num_success":{},"num_missing":{},"num_mismatch":{},)"
             R"("num_extraneous":{},"num_live_retry":{})",
             found.truth_rows, found.success, found.missing, found.mismatch, found.extraneous, equal_now),
         fmt::format("finished row verification on {} ({})", name_, shard_));
    return;
  }
  say(
      fmt::format("finished row verification on {} ({}): truth rows seen: {}, success: {}, missing: {}, "
                  "mismatch: {}, extraneous: {}, live_retry: {}",
                  name_, shard_, found.truth_rows, found.success, found.missing, found.mismatch,
                  found.extraneous, equal_now));
}

void VerifyLog::difference(const ComparedTable& compared, const Difference& difference) const {
  if (json_) {
    line("warn", json_details(compared, difference), fmt::format("{} row", word_of(difference.kind)));
    return;
  }
  std::string text =
      fmt::format("{} row on {}: {}", word_of(difference.kind), name_, row_name(compared, difference));
  if (difference.kind == Difference::Kind::mismatch) {
    bool first = true;
    for (const size_t column : difference.columns) {
      text +=
          fmt::format("{}column {}: source {}, target {}", first ? ": " : "; ", compared.columns[column].name,
                      excerpt(difference.source[column], difference.target[column]),
                      excerpt(difference.target[column], difference.source[column]));
      first = false;
    }
  }
  line("warn", "", text);
}

void VerifyLog::line(std::string_view level, const std::string& details, std::string_view message) const {
  if (!json_) {
    observer_.log(message);
    return;
  }
  observer_.log(fmt::format(R"({{"level":"{}","table_schema":{},"table_name":{}{},"message":{}}})", level,
                            json_string(table_.schema), json_string(table_.name), details,
                            json_string(message)));
}

void SchemaLog::finished(const LoadPlan& plan, size_t differences) const {
  size_t columns = 0;
  for (const LoadPlan::Table& table : plan.tables) columns += table.columns.size();
  line("info", fmt::format("finished schema verification: {}, {}, {}, {}, {}, {}, differences: {}",
                           counted(plan.tables.size(), "table"), counted(columns, "column"),
                           counted(plan.indexes.size(), "index", "indexes"),
                           counted(plan.constraints.size(), "constraint"), counted(plan.enums.size(), "enum"),
                           counted(plan.policies.size(), "policy", "policies"), differences));
  line("info",
       "of the schema were not compared: the text of views, bodies of routines and triggers, expressions of "
       "defaults, CHECKs, policies and computed columns, privileges, owners, comments, and what the target "
       "has "
       "besides the plan's tables");
}

void SchemaLog::line(std::string_view level, const std::string& message) const {
  observer_.log(
      json_ ? fmt::format(R"({{"level":"{}","type":"schema","message":{}}})", level, json_string(message))
      : level == "error" ? "schema differs: " + message
                         : message);
}

void tell_left_out(const LoadPlan::LeftOut& rows, bool json, Observer& observer) {
  const std::string message =
      fmt::format("{}: {} of the dump {} left out, and not compared: {}", quote_name(rows.schema, rows.table),
                  counted(rows.rows, "row"), rows.rows == 1 ? "was" : "were", rows.reason);
  observer.log(
      json
          ? fmt::format(
                R"({{"level":"warn","type":"left_out","table_schema":{},"table_name":{},"rows":{},"message":{}}})",
                json_string(rows.schema), json_string(rows.table), rows.rows, json_string(message))
          : message);
}

}  // namespace pg2crdb
