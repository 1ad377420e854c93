#include "driver/run_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "support/json.h"

namespace pg2crdb {
namespace {

using std::chrono::steady_clock;

double since(steady_clock::time_point moment) {
  return std::chrono::duration<double>(steady_clock::now() - moment).count();
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Of a label: backslash, quote and line end are escaped.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out;
}

}  // namespace

double RunRecord::Stage::seconds() const {
  return ended ? *ended : since(began);
}

void RunRecord::begin(std::string_view stage, const std::map<std::string, ExpectedRows>& expected) {
  end();
  stages_.push_back(
      {std::string(stage), std::chrono::system_clock::now(), steady_clock::now(), std::nullopt, {}});
  for (const auto& [name, rows] : expected) stages_.back().tables[name].expected = rows.rows;
}

void RunRecord::end() {
  if (!stages_.empty() && !stages_.back().ended) stages_.back().ended = now();
}

double RunRecord::now() const {
  return since(stages_.back().began);
}

void RunRecord::rows_moved(std::string_view name, uint64_t rows, uint64_t bytes) {
  if (stages_.empty() || stages_.back().ended) return;
  Table& table = stages_.back().tables[std::string(name)];
  table.last = now();
  if (!table.began) table.began = table.last;
  table.rows += rows;
  table.bytes += bytes;
}

std::string run_metrics(const RunRecord& record) {
  std::string out;
  const auto metric = [&](std::string_view name, std::string_view type, std::string_view help, auto values) {
    out += fmt::format("# HELP pg2crdb_run_{0} {1}\n# TYPE pg2crdb_run_{0} {2}\n", name, help, type);
    for (const RunRecord::Stage& stage : record.stages()) values(fmt::format("pg2crdb_run_{}", name), stage);
  };
  const auto of_tables = [&](auto value) {
    return [&out, value](const std::string& name, const RunRecord::Stage& stage) {
      for (const auto& [table, counts] : stage.tables) {
        if (const std::optional<uint64_t> number = value(counts))
          out += fmt::format("{}{{stage=\"{}\",table=\"{}\"}} {}\n", name, stage.name, label(table), *number);
      }
    };
  };
  metric("stage_seconds", "gauge", "Seconds that a stage took, or takes so far.",
         [&](const std::string& name, const RunRecord::Stage& stage) {
           out += fmt::format("{}{{stage=\"{}\"}} {:.3f}\n", name, stage.name, stage.seconds());
         });
  metric("stage_ended", "gauge", "Whether the stage has ended.",
         [&](const std::string& name, const RunRecord::Stage& stage) {
           out += fmt::format("{}{{stage=\"{}\"}} {}\n", name, stage.name, stage.ended ? 1 : 0);
         });
  metric("rows_total", "counter", "Rows that this process loaded or compared.",
         of_tables([](const RunRecord::Table& table) { return std::optional(table.rows); }));
  metric("rows_expected", "gauge", "Rows that the input or the source's statistics name.",
         of_tables([](const RunRecord::Table& table) { return table.expected; }));
  metric("bytes_total", "counter", "Bytes of the rows that were loaded, as they were read.",
         of_tables([](const RunRecord::Table& table) {
           return table.bytes > 0 ? std::optional(table.bytes) : std::nullopt;
         }));
  return out;
}

std::string run_json(std::string_view command, int exit_status, const RunRecord& record) {
  std::string out =
      fmt::format(R"({{"command": {}, "exit_status": {}, "stages": [)", json_text(command), exit_status);
  for (const RunRecord::Stage& stage : record.stages()) {
    out += fmt::format(R"({}{{"stage": {}, "began": "{:%Y-%m-%dT%H:%M:%SZ}", "seconds": {:.3f}, "tables": [)",
                       out.ends_with('[') ? "\n    " : ",\n    ", json_text(stage.name),
                       fmt::gmtime(std::chrono::system_clock::to_time_t(stage.moment)), stage.seconds());
    std::string_view comma = "";
    for (const auto& [name, table] : stage.tables) {
      if (!table.began) continue;
      out += fmt::format(
          R"({}      {{"name": {}, "began": {:.3f}, "ended": {:.3f}, "rows": {}, "bytes": {}}})",
          comma.empty() ? "\n" : ",\n", json_text(name), *table.began, table.last, table.rows, table.bytes);
      comma = ",";
    }
    out += "]}";
  }
  return out + "]}";
}

}  // namespace pg2crdb
