#include "driver/load_status_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "driver/findings.h"
#include "support/json.h"
#include "support/printable.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string name_of(const ObjectName& table) {
  return table.name.empty() ? std::string("(the end)") : quote_name(table.schema, table.name);
}

std::string duration(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds < 0 ? 0 : seconds);
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
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

bool compares(const LoadStatus& load) {
  return load.work == SharedWork::verification;
}

/// The beginning of what all verifications with the same words have in common, and which of them it is.
std::string short_run(const std::string& run) {
  const size_t hyphen = run.find('-');
  return run.substr(0, 8) + (hyphen == std::string::npos ? std::string() : run.substr(hyphen));
}

std::string one_text(const LoadStatus& load) {
  const LoadStatus::Parts parts = load.parts();
  std::string out = fmt::format(
      "{} {}: {}, {}\n", compares(load) ? "verification" : "load", short_run(load.run), load.state(),
      load.ended ? "took " + duration(load.age) : "began " + duration(load.age) + " ago");
  out +=
      fmt::format("  {} of {} parts done, {} leased, {} free{}\n", parts.done, parts.all(), parts.leased,
                  parts.free, parts.refused > 0 ? fmt::format(", {} refused", parts.refused) : std::string());
  if (load.state() == "stands still")
    out += "  no worker is at work: the same command that began it goes on with it\n";
  if (load.given_up) out += "  another one with the same words was begun in its place\n";
  out += fmt::format("  {} rows, {} a second{}\n", with_commas(load.rows()),
                     with_commas(static_cast<uint64_t>(load.rate())),
                     load.left() ? ", about " + duration(*load.left()) + " left" : std::string());
  out += "\ntables:\n";
  for (const LoadStatus::Table& table : load.tables) {
    out += fmt::format("  {}: {}{} rows, {} of {} parts\n", printable(name_of(table.table)),
                       with_commas(table.rows),
                       table.expected ? " of " + with_commas(*table.expected) : std::string(),
                       table.parts.done, table.parts.all());
    if (table.parts.refused > 0) out += fmt::format("    refused: {}\n", printable(table.problem));
    if (table.differing() > 0) {
      out += fmt::format(
          "    differs: missing: {}, mismatch: {}, extraneous: {}{}\n", table.missing, table.mismatch,
          table.extraneous,
          table.changing > 0 ? fmt::format("; still changing: {}", table.changing) : std::string());
    }
  }
  if (load.schema_differences > 0)
    out += fmt::format("  the schema differs in {}\n", counted(load.schema_differences, "place"));
  if (!load.leases.empty()) out += "\nleases:\n";
  for (const LoadStatus::Lease& lease : load.leases) {
    out += fmt::format("  {}, part {}: {} since {}, {}, {} rows\n", printable(name_of(lease.table)),
                       lease.part, printable(lease.session), duration(lease.age),
                       lease.runs_out_in < 0 ? "ran out " + duration(-lease.runs_out_in) + " ago"
                                             : "runs out in " + duration(lease.runs_out_in),
                       with_commas(lease.rows));
  }
  out += "\nworkers:\n";
  for (const LoadStatus::Worker& worker : load.workers) {
    out += worker.gone
               ? fmt::format("  {}: gone, was there for {}\n", printable(worker.name), duration(worker.age))
               : fmt::format("  {}: there since {}, seen {} ago\n", printable(worker.name),
                             duration(worker.age), duration(worker.seen));
  }
  return out;
}

std::string one_json(const LoadStatus& load) {
  const auto parts_json = [](const LoadStatus::Parts& parts) {
    return fmt::format(R"({{"done": {}, "leased": {}, "free": {}, "refused": {}}})", parts.done, parts.leased,
                       parts.free, parts.refused);
  };
  const auto names = [](const ObjectName& table) {
    return fmt::format(R"("schema": {}, "table": {})", json_text(table.schema), json_text(table.name));
  };
  std::string out = fmt::format(
      R"(  {{"run": {}, "state": {}, "ended": {}, "seconds": {:.1f}, "parts": {}, "rows": {}, "rows_per_second": {:.1f}, "seconds_left": {})",
      json_text(load.run), json_text(load.state()), load.ended, load.age, parts_json(load.parts()),
      load.rows(), load.rate(), load.left() ? fmt::format("{:.1f}", *load.left()) : std::string("null"));
  if (compares(load)) out += fmt::format(", \"schema_differences\": {}", load.schema_differences);
  out += ",\n   \"tables\": [";
  std::string_view comma = "";
  for (const LoadStatus::Table& table : load.tables) {
    out += fmt::format("{}\n    {{{}, \"parts\": {}, \"rows\": {}, ", comma, names(table.table),
                       parts_json(table.parts), table.rows);
    out += compares(load)
               ? fmt::format(R"("missing": {}, "mismatch": {}, "extraneous": {}, "changing": {}, )",
                             table.missing, table.mismatch, table.extraneous, table.changing)
               : fmt::format(R"("expected": {}, )",
                             table.expected ? std::to_string(*table.expected) : std::string("null"));
    out += fmt::format("\"problem\": {}}}",
                       table.parts.refused > 0 ? json_text(table.problem) : std::string("null"));
    comma = ",";
  }
  out += "],\n   \"leases\": [";
  comma = "";
  for (const LoadStatus::Lease& lease : load.leases) {
    out += fmt::format(
        "{}\n    {{{}, \"part\": {}, \"session\": {}, \"seconds\": {:.1f}, \"runs_out_in\": {:.1f}, "
        "\"rows\": {}}}",
        comma, names(lease.table), lease.part, json_text(lease.session), lease.age, lease.runs_out_in,
        lease.rows);
    comma = ",";
  }
  out += "],\n   \"workers\": [";
  comma = "";
  for (const LoadStatus::Worker& worker : load.workers) {
    out += fmt::format("{}\n    {{\"worker\": {}, \"seconds\": {:.1f}, \"seen\": {:.1f}, \"gone\": {}}}",
                       comma, json_text(worker.name), worker.age, worker.seen, worker.gone);
    comma = ",";
  }
  return out + "]}";
}

std::string metrics_of(const LoadStatus& load) {
  const std::string prefix = compares(load) ? "pg2crdb_verify_" : "pg2crdb_load_";
  std::string out;
  const auto metric = [&](std::string_view name, std::string_view type, std::string_view help) {
    out += fmt::format("# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n", prefix, name, help, type);
  };
  const auto value = [&](std::string_view name, const std::string& labels, const auto& of) {
    out += fmt::format("{}{}{} {}\n", prefix, name, labels.empty() ? labels : "{" + labels + "}", of);
  };
  const auto of_table = [](const LoadStatus::Table& table) {
    return fmt::format(R"(schema="{}",table="{}")", label(table.table.schema), label(table.table.name));
  };
  metric("ended", "gauge",
         compares(load) ? "Whether all tables and the schema were compared."
                        : "Whether all rows are there and were counted.");
  value("ended", "", load.ended ? 1 : 0);
  metric("parts", "gauge", "Parts of tables, by what became of them.");
  for (const LoadStatus::Table& table : load.tables) {
    const LoadStatus::Parts& parts = table.parts;
    for (const auto& [state, count] : {std::pair("done", parts.done), std::pair("leased", parts.leased),
                                       std::pair("free", parts.free), std::pair("refused", parts.refused)})
      value("parts", fmt::format("{},state=\"{}\"", of_table(table), state), count);
  }
  metric("rows_total", "counter",
         compares(load) ? "Rows of the source that were compared." : "Rows that arrived.");
  for (const LoadStatus::Table& table : load.tables) value("rows_total", of_table(table), table.rows);
  if (compares(load)) {
    metric("differing_rows", "gauge", "Rows that differ, by how, in the parts that were compared.");
    for (const LoadStatus::Table& table : load.tables) {
      for (const auto& [kind, count] :
           {std::pair("missing", table.missing), std::pair("mismatch", table.mismatch),
            std::pair("extraneous", table.extraneous)})
        value("differing_rows", fmt::format("{},kind=\"{}\"", of_table(table), kind), count);
    }
    metric("changing_rows", "gauge", "Rows, of those that differ, that were others at each look.");
    for (const LoadStatus::Table& table : load.tables)
      value("changing_rows", of_table(table), table.changing);
    metric("schema_differences", "gauge", "Places in which the schema differs, known at the end.");
    value("schema_differences", "", load.schema_differences);
  } else {
    metric("rows_expected", "gauge", "Rows of the input, where it says.");
    for (const LoadStatus::Table& table : load.tables) {
      if (table.expected) value("rows_expected", of_table(table), *table.expected);
    }
  }
  metric("workers", "gauge", "Workers that have not left.");
  value("workers", "", std::ranges::count(load.workers, false, &LoadStatus::Worker::gone));
  metric("lease_age_seconds_max", "gauge", "Age of the oldest lease.");
  value("lease_age_seconds_max", "",
        fmt::format("{:.1f}", load.leases.empty() ? 0.0 : load.leases.front().age));
  metric("leases_run_out", "gauge", "Leases that ran out and that nobody has taken over yet.");
  value("leases_run_out", "", std::ranges::count_if(load.leases, [](const LoadStatus::Lease& lease) {
          return lease.runs_out_in < 0;
        }));
  return out;
}

}  // namespace

std::string status_text(std::span<const LoadStatus> loads) {
  std::string out;
  for (const LoadStatus& load : loads) out += (out.empty() ? "" : "\n") + one_text(load);
  return out;
}

std::string status_json(std::span<const LoadStatus> loads) {
  const auto list = [&](SharedWork work) {
    std::string out;
    for (const LoadStatus& load : loads) {
      if (load.work == work) out += (out.empty() ? "\n" : ",\n") + one_json(load);
    }
    return out;
  };
  return fmt::format("{{\"loads\": [{}],\n \"verifications\": [{}]}}\n", list(SharedWork::load),
                     list(SharedWork::verification));
}

std::string status_prometheus(std::span<const LoadStatus> loads) {
  std::string out;
  for (const SharedWork work : {SharedWork::load, SharedWork::verification}) {
    const auto newest = std::ranges::find(loads, work, &LoadStatus::work);
    if (newest != loads.end()) out += metrics_of(*newest);
  }
  return out;
}

}  // namespace pg2crdb
