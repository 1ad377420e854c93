#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "driver/options.h"
#include "driver/workload_collector.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr std::string_view fast_calls =
    "are calls over the protocol's fast path, as of lo_open() in libpq, which no CockroachDB is known to "
    "have";
constexpr std::string_view stray_lines =
    "are no lines of PostgreSQL's log: the statement before such a line may go on in it, and was read "
    "without "
    "it";

/// What auto_explain wrote behind `plan:`; empty where it is no query.
std::string query_of_plan(std::string_view plan) {
  const size_t first = plan.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && plan[first] == '{') {
    simdjson::dom::parser parser;
    std::string_view query;
    const simdjson::padded_string json(plan.substr(first));
    return parser.parse(json)["Query Text"].get(query) == simdjson::SUCCESS ? std::string(query)
                                                                            : std::string();
  }
  constexpr std::string_view label = "Query Text: ";
  const size_t found = plan.find(label);
  if (found == std::string_view::npos) return {};
  plan.remove_prefix(found + label.size());
  size_t end = 0;
  while (end < plan.size()) {
    const size_t line_end = std::min(plan.find('\n', end), plan.size());
    const std::string_view line = plan.substr(end, line_end - end);
    if (line.starts_with("Query Parameters: ") || line.find("  (cost=") != std::string_view::npos ||
        line.find("  (actual ") != std::string_view::npos)
      break;
    end = std::min(line_end + 1, plan.size());
  }
  return std::string(plan.substr(0, end));
}

/// Whether the line is of syslog: `... postgres[77]: [5-1] ...`. It cuts statements into lines and may lose
/// some. A log_line_prefix as `%t [%p]: [%l-1]` has no name before the number.
bool is_of_syslog(std::string_view line) {
  const auto is_digit = [&](size_t i) { return i < line.size() && line[i] >= '0' && line[i] <= '9'; };
  constexpr std::string_view begin = "]: [";
  const size_t found = line.find(begin);
  if (found == std::string_view::npos) return false;
  size_t before = found;
  while (before > 0 && is_digit(before - 1)) --before;
  if (before < 2 || before == found || line[before - 1] != '[' || !in_name(line[before - 2])) return false;
  size_t at = found + begin.size();
  const size_t number = at;
  while (is_digit(at)) ++at;
  return at > number && at < line.size() && line[at] == '-' && is_digit(at + 1);
}

/// Where what a line says begins, behind `label`; npos where it has none.
size_t behind_label(std::string_view line, std::string_view label) {
  const size_t found = line.find(label);
  return found == std::string_view::npos ? found : found + label.size();
}

bool has_label(std::string_view line) {
  constexpr std::array<std::string_view, 14> labels = {
      "DEBUG",    "LOG:  ",    "INFO:  ", "NOTICE:  ", "WARNING:  ", "ERROR:  ",    "FATAL:  ",
      "PANIC:  ", "DETAIL:  ", "HINT:  ", "QUERY:  ",  "CONTEXT:  ", "LOCATION:  ", "STATEMENT:  "};
  return std::ranges::any_of(
      labels, [&](std::string_view label) { return line.find(label) != std::string_view::npos; });
}

}  // namespace

void take_log_message(std::string_view message, const WorkloadPlace& place, std::string_view detail,
                      const WorkloadPlace& detail_place, WorkloadCollector& into) {
  const std::string_view whole = message;
  WorkloadCollector::Call call;
  constexpr std::string_view duration = "duration: ";
  if (message.starts_with(duration)) {
    message.remove_prefix(duration.size());
    std::from_chars(message.data(), message.data() + message.size(), call.milliseconds);
    const size_t unit = message.find(" ms");
    if (unit == std::string_view::npos) return;
    message.remove_prefix(std::min(message.find_first_not_of(' ', unit + 3), message.size()));
  }
  if (constexpr std::string_view plan = "plan:"; message.starts_with(plan)) {
    const std::string query = query_of_plan(message.substr(plan.size()));
    const size_t at = whole.find(query.substr(0, query.find('\n')));
    call.explained = true;
    return into.add(query, place.behind(whole.substr(0, std::min(at, whole.size()))), call);
  }
  if (message.starts_with("fastpath function call: ")) return into.add_unseen(fast_calls, place, whole);
  // Further rows of a cursor are no further call; what is parsed and bound is executed, too.
  const bool executes = message.starts_with("execute ") && !message.starts_with("execute fetch from ");
  if (!executes && !message.starts_with("statement: ")) return;
  const size_t colon = message.find(": ");
  if (colon == std::string_view::npos) return;
  message.remove_prefix(colon + 2);
  if (constexpr std::string_view prepare = "prepare: "; detail.starts_with(prepare)) {
    call.prepared = detail.substr(prepare.size());
    call.prepared_place = detail_place.behind(prepare);
  }
  into.add(message, place.behind(whole.substr(0, whole.size() - message.size())), call);
}

Result<void> take_log(std::string_view text, WorkloadCollector& into) {
  struct Text {
    std::string text;
    WorkloadPlace place;
  } message, detail;
  Text* goes_on = nullptr;
  const auto end = [&] {
    if (!message.text.empty()) take_log_message(message.text, message.place, detail.text, detail.place, into);
    message = detail = {};
    goes_on = nullptr;
  };
  for (WorkloadPlace place; !text.empty();) {
    const size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, size);
    const std::string_view words = line.substr(0, line.find_last_not_of("\r\n") + 1);
    const size_t log = behind_label(words, "LOG:  ");
    const size_t further = behind_label(words, "DETAIL:  ");
    const auto begin = [&](Text& one, size_t at) {
      one = {std::string(words.substr(at)), place.behind(words.substr(0, at))};
      goes_on = &one;
    };
    if (log != std::string_view::npos && is_of_syslog(words.substr(0, log)))
      return usage_error("a log of syslog cannot be read: it cuts statements into lines",
                         "log_destination = 'stderr' or 'csvlog' writes them whole");
    if (line.starts_with('\t')) {
      if (goes_on != nullptr) goes_on->text.append("\n").append(words.substr(1));
    } else if (log != std::string_view::npos) {
      end();
      begin(message, log);
    } else if (further != std::string_view::npos && !message.text.empty()) {
      begin(detail, further);
    } else {
      if (!message.text.empty() && !words.empty() && !has_label(words))
        into.add_unseen(stray_lines, place, words);
      end();
    }
    place = place.behind(line);
    text.remove_prefix(size);
  }
  end();
  return {};
}

}  // namespace pg2crdb
